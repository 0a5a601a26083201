"""`claims …`, `events …` and `parties …`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app.answers import claim_answer, claims_answer, suggestions_answer
from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json, print_table, say, word
from pipeline.casefile import load_case
from pipeline.judgement import import_claims
from pipeline.partybook.edit import merge, part, rename
from pipeline.partybook.entries import Entry, Reason, entries
from pipeline.register import read_register
from pipeline.statistics import claims_statistics
from pipeline.workspace import working


@click.group("claims")
def claims_command() -> None:
    """The claims register: import, list, show, stats."""


@claims_command.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@workspace_option
@json_option
def claims_import(file: Path, workspace: Path, as_json: bool) -> None:
    """Load or update claims from a YAML register; people's verdicts stay.

    Example: claimtrail claims import register.yaml
    """
    claims = read_register(file)
    with open_matter(workspace) as matter, working(matter.workspace, "claims import"):
        answer = import_claims(matter, claims)
    if as_json:
        print_json(answer)
    else:
        message(f"{', '.join(answer['imported'])} ({len(answer['changed'])} new or changed)")


@claims_command.command("list")
@workspace_option
@json_option
def claims_list(workspace: Path, as_json: bool) -> None:
    """All claims.

    Example: claimtrail claims list
    """
    with open_matter(workspace) as matter:
        claims = claims_answer(matter)
    if as_json:
        print_json(claims)
        return
    columns = ["id", "title", "type", "status", "currency", "amount"]
    print_table(columns, [[claim[column] for column in columns] for claim in claims])


@claims_command.command("show")
@click.argument("claim")
@workspace_option
@json_option
def claims_show(claim: str, workspace: Path, as_json: bool) -> None:
    """One claim with its parties, events and how much evidence each event has.

    Example: claimtrail claims show CLM-001
    """
    with open_matter(workspace) as matter:
        body = claim_answer(matter, claim)
    if as_json:
        print_json(body)
        return
    say(
        f"{body['id']}  {body['title']}  ({body['type']}, {body['status']})  {body['currency']} {body['amount']}"
    )
    print_table(
        ["role", "name", "aliases"],
        [(p["role"], p["name"], ", ".join(p["aliases"])) for p in body["parties"]],
    )
    columns = ["id", "title", "start", "end", "aware"]
    rows = [[*(event[column] for column in columns), event["evidence"]] for event in body["events"]]
    print_table([*columns, "documents"], rows)


@claims_command.command("stats")
@workspace_option
@json_option
def claims_stats(workspace: Path, as_json: bool) -> None:
    """Counts and sums by type, status and currency; evidence by kind and event.

    Example: claimtrail claims stats
    """
    with open_matter(workspace) as matter:
        answer = claims_statistics(matter).as_json()
    if as_json:
        print_json(answer)
    else:
        _print_tree(answer)


def _print_tree(value: dict[str, Any], depth: int = 0) -> None:
    for key, found in value.items():
        if isinstance(found, dict):
            say(f"{'  ' * depth}{word(str(key))}:")
            _print_tree(found, depth + 1)
        else:
            say(f"{'  ' * depth}{word(str(key))}: {found}")


@click.group("events")
def events_command() -> None:
    """Events of claims: suggest."""


@events_command.command("suggest")
@click.argument("claim")
@workspace_option
@json_option
def events_suggest(claim: str, workspace: Path, as_json: bool) -> None:
    """Dated happenings in the evidence that no event covers.

    Example: claimtrail events suggest CLM-001
    """
    with open_matter(workspace) as matter:
        found = suggestions_answer(matter, load_case(matter, claim))
    if as_json:
        print_json(found)
    else:
        columns = ["date", "end", "doc", "page", "text"]
        print_table(columns, [[row[column] for column in columns] for row in found])


@click.group("parties")
def parties_command() -> None:
    """The book of parties and their aliases: list, merge, rename."""


@parties_command.command("list")
@workspace_option
@json_option
def parties_list(workspace: Path, as_json: bool) -> None:
    """The parties of register and documents: names, kind, roles, numbers, and why their names are one party's.

    Example: claimtrail parties list
    """
    with open_matter(workspace) as matter, matter.reading() as tx:
        found = entries(tx)
    if as_json:
        print_json([entry.as_json() for entry in found])
        return
    columns = ["name", "kind", "roles", "documents", "aliases", "ids", "works_for"]
    print_table(columns, map(_row, found))
    _print_reasons("joined", [(entry.name, reason) for entry in found for reason in entry.why])
    _print_reasons("perhaps", [(entry.name, reason) for entry in found for reason in entry.proposals])


def _row(entry: Entry) -> tuple[Any, ...]:
    ids = ", ".join(f"{value} ({scheme})" for scheme, value in entry.ids)
    roles = ", ".join(entry.roles)
    return (
        entry.name,
        word(entry.nature),
        roles,
        entry.documents,
        ", ".join(entry.aliases),
        ids,
        entry.company,
    )


def _print_reasons(heading: str, reasons: Sequence[tuple[str, Reason]]) -> None:
    if reasons:
        say(f"{word(heading)}:")
    for name, reason in reasons:
        place = f" ({reason.document[:8]}, p. {reason.page}: {reason.words})" if reason.document else ""
        say(f"  {name} = {reason.name}: {reason.detail}{place} [{reason.score:.2f}]")


@parties_command.command("merge")
@click.argument("name")
@click.argument("others", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="OTHERS are no names of NAME after all, whoever joined them.")
@workspace_option
@json_option
def parties_merge(name: str, others: tuple[str, ...], undo: bool, workspace: Path, as_json: bool) -> None:
    """Say that OTHERS are names of the party NAME.

    Example: claimtrail parties merge "Harbour Civil Ltd" HCL 港务土木
    """
    with open_matter(workspace) as matter, working(matter.workspace, "parties"):
        answer = part(matter, name, others) if undo else merge(matter, name, others)
    if as_json:
        print_json(answer)
    elif undo:
        message(f"{answer['name']}, {', '.join(answer['apart'])}: {word('parted')}")
    else:
        message(f"{answer['name']}: {', '.join(answer['aliases'])}")
        for unseen in answer["unseen"]:
            message(f"  {unseen}: {word('unseen')}")


@parties_command.command("rename")
@click.argument("old")
@click.argument("new")
@workspace_option
@json_option
def parties_rename(old: str, new: str, workspace: Path, as_json: bool) -> None:
    """Call the party OLD by the name NEW; OLD stays as an alias.

    Example: claimtrail parties rename "Harbour Civil" "Harbour Civil Ltd"
    """
    with open_matter(workspace) as matter, working(matter.workspace, "parties"):
        answer = rename(matter, old, new)
    if as_json:
        print_json(answer)
    else:
        message(f"{answer['name']}: {', '.join(answer['aliases'])}")
