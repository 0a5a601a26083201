"""`claims …` and `parties …`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.answers import claim_answer, claims_answer
from app.options import Amount, F, IsoDate, json_option, open_matter, workspace_option
from app.output import in_words, message, print_json, print_table, say, word
from pipeline.course import respond, set_status, undo_response, undo_status
from pipeline.judgement import import_claims
from pipeline.ledger import money
from pipeline.notice_rules import ANSWERS
from pipeline.partybook.edit import merge, part, rename
from pipeline.partybook.entries import Entry, Reason, entries
from pipeline.register import STATUSES, read_register
from pipeline.statistics import NO_CURRENCY, Statistics, claims_statistics
from pipeline.workspace import working


@click.group("claims")
def claims_command() -> None:
    """The claims register: import, list, show, status, respond, stats."""


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
        for told in answer["statuses"]:
            was, status = (word(f"claim_{told[key]}") for key in ("was", "register"))
            message(f"{told['claim']}: {was} → {status} ({word('by_register')}, {told['date']})")
        for told in answer["differing"]:
            status, said = (word(f"claim_{told[key]}") for key in ("status", "register"))
            message(f"{told['claim']}: {status} ({word('by_people')}); {word('by_register')}: {said}")


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
    else:
        _print_claim(body)


def _print_claim(body: dict[str, Any]) -> None:
    kind, status = word(f"type_{body['type']}"), word(f"claim_{body['status']}")
    say(f"{body['id']}  {body['title']}  ({kind}, {status})  {body['currency'] or ''} {body['amount'] or ''}")
    print_table(
        ["role", "name", "aliases"],
        [(p["role"], p["name"], ", ".join(p["aliases"])) for p in body["parties"]],
    )
    columns = ["id", "title", "start", "end", "aware"]
    rows = [[*(event[column] for column in columns), event["evidence"]] for event in body["events"]]
    print_table([*columns, "documents"], rows)
    if body["history"]:
        columns = ["date", "status", "actor", "evidence", "note"]
        told = [{**change, "status": word(f"claim_{change['status']}")} for change in body["history"]]
        print_table(columns, [[change[column] for column in columns] for change in told])
    answers = [
        {**said, "event": event["id"], "answer": word(f"answer_{said['answer']}")}
        for event in body["events"]
        for said in event["responses"]
    ]
    if answers:
        columns = ["event", "date", "answer", "currency", "amount", "actor", "evidence", "note"]
        print_table(columns, [[said[column] for column in columns] for said in answers])


def _noting(command: F) -> F:
    """What is said of a status or an answer that is noted, passed as `date`, `evidence`, `note` and `undo`."""
    for option in (
        click.option("--undo", is_flag=True, help="Take back what a person noted last."),
        click.option("--note", default="", help="What a person wants to add."),
        click.option("--evidence", metavar="DOC", help="The document that shows it."),
        click.option("--date", type=IsoDate(), help="The day of it (default: today)."),
    ):
        command = option(command)
    return command


@claims_command.command("status")
@click.argument("claim")
@click.argument("status", type=click.Choice(STATUSES), required=False)
@_noting
@workspace_option
@json_option
def claims_status(
    claim: str,
    status: str | None,
    date: datetime.date | None,
    evidence: str | None,
    note: str,
    undo: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Note that CLAIM came to have a STATUS; every change is kept with its day and who noted it.

    Example: claimtrail claims status CLM-001 submitted --date 2023-05-01
    """
    if undo == (status is not None):
        raise click.UsageError("Give either a STATUS or --undo.")
    with open_matter(workspace) as matter, working(matter.workspace, "claims status"):
        if status is None:
            answer = undo_status(matter, claim)
        else:
            answer = set_status(matter, claim, status, date, evidence, note)
    if as_json:
        print_json(answer)
        return
    message(f"{answer['claim']}: {word('claim_' + answer['status'])}")
    _warn(answer["warnings"])


@claims_command.command("respond")
@click.argument("event")
@click.option("--answer", type=click.Choice(ANSWERS), help="What the other side answered.")
@_noting
@click.option("--amount", type=Amount(), help="The sum that it accepts or offers.")
@click.option("--currency", help="ISO 4217 (default: the claim's).")
@workspace_option
@json_option
def claims_respond(
    event: str,
    answer: str | None,
    date: datetime.date | None,
    amount: Decimal | None,
    currency: str | None,
    evidence: str | None,
    note: str,
    undo: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Note what the other side answered for EVENT (CLAIM/EVENT); deadlines take it as the reply.

    Example: claimtrail claims respond CLM-001/E1 --answer part_accepted --date 2023-06-01 --amount 80000
    """
    if undo == (answer is not None):
        raise click.UsageError("Give either --answer or --undo.")
    with open_matter(workspace) as matter, working(matter.workspace, "claims respond"):
        if answer is None:
            told = undo_response(matter, event)
        else:
            told = respond(matter, event, answer, date, amount, currency, evidence, note)
    if as_json:
        print_json(told)
        return
    for said in told["responses"]:
        money = f"  {said['currency'] or ''} {said['amount']}" if said["amount"] else ""
        message(f"{told['event']}  {said['date']}  {word('answer_' + said['answer'])}{money}")
    _warn(told["warnings"])


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        message(f"{word('warning')}: {in_words(warning)}")


@claims_command.command("stats")
@click.option("--today", type=IsoDate(), help="Reckon ages from this day instead of today.")
@workspace_option
@json_option
def claims_stats(today: datetime.date | None, workspace: Path, as_json: bool) -> None:
    """Counts and sums by type, status, respondent, age and currency; evidence by kind and event.

    Example: claimtrail claims stats
    """
    with open_matter(workspace) as matter:
        found = claims_statistics(matter, today)
    if as_json:
        print_json(found.as_json())
    else:
        _print_statistics(found)


def _print_statistics(found: Statistics) -> None:
    """What a person reads: how many claims for how much, then the same by each of what tells them apart."""
    say(f"{word('claims')}: {found.claims}   {word('claimed')}: {_money(found.claimed)}")
    for heading, groups, prefix in (
        ("by_type", found.by_type, "type_"),
        ("by_status", found.by_status, "claim_"),
        ("by_respondent", found.by_respondent, ""),
        ("by_age", found.by_age, "age_"),
    ):
        rows = [(word(f"{prefix}{key}"), group.count, _money(group.claimed)) for key, group in groups.items()]
        if rows:
            print_table([heading, "count", "claimed"], rows)
    if found.ages:
        columns = ["claim", "title", "days_since_event", "days_since_submission"]
        ages = [(a.claim, found.titles[a.claim], a.since_event, a.since_submission) for a in found.ages]
        print_table(columns, ages)
    say(f"{word('evidence')}: {found.documents} {word('documents')}")
    if found.by_kind:
        kinds = found.by_kind.items()
        print_table(["kind", "count"], [(word(f"kind_{kind}"), count) for kind, count in kinds])
    if found.by_event:
        events = [(e, found.titles[e], count, _kinds(found, e)) for e, count in found.by_event.items()]
        print_table(["event", "title", "count", "kind"], events)


def _money(sums: Mapping[str, Decimal]) -> str:
    """Sums by currency, as people read them; a currency that is not told stands as a question mark."""
    told = (
        f"{'?' if currency == NO_CURRENCY else currency} {money(value)}" for currency, value in sums.items()
    )
    return "; ".join(told) or "–"


def _kinds(found: Statistics, event: str) -> str:
    kinds = found.kinds_by_event.get(event, {})
    return ", ".join(f"{word(f'kind_{kind}')} {count}" for kind, count in kinds.items())


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
        say(f"  {name} = {reason.name}: {in_words(reason.detail)}{place} [{reason.score:.2f}]")


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
