"""`link`, `links`, `confirm`, `stance` and `reject`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from app.answers import link_again, links_of
from app.options import json_option, open_matter, workspace_option
from app.output import in_words, language, message, print_json, print_table, say, word
from app.progress import progress
from pipeline.errors import UsageError
from pipeline.judgement import judge, take_stance
from pipeline.linking.explained import explained
from pipeline.links import STANCES, Link, Reason, Stance, Status
from pipeline.records import documents
from pipeline.workspace import working

NOTABLE = 0.02
"""From this difference on, what was learned of a kind of reason is worth telling."""


@click.command("link")
@click.argument("claim", required=False)
@click.option(
    "--explain",
    nargs=2,
    metavar="DOC CLAIM/EVENT",
    help="Change nothing; show what speaks for and against this link, and the sum.",
)
@workspace_option
@json_option
def link_command(claim: str | None, explain: tuple[str, str] | None, workspace: Path, as_json: bool) -> None:
    """Propose links between evidence and events, for one claim or all.

    Example: claimtrail link CLM-001
    """
    if explain is not None:
        _explain(*explain, workspace, as_json)
        return
    with open_matter(workspace) as matter, working(matter.workspace, "link"), progress(quiet=as_json) as told:
        answer = link_again(matter, claim, told)
    if as_json:
        print_json(answer)
    else:
        message(f"{answer['links']} links, {len(answer['changed'])} {word('documents')} changed")


def _explain(document: str, event: str, workspace: Path, as_json: bool) -> None:
    with open_matter(workspace) as matter:
        answer = explained(matter, document, event)
    if as_json:
        print_json(answer)
        return
    rows = [
        (f"{r['weight']:+.2f}", f"{r['usual']:+.2f}", r["kind"], r["detail"], r["page"], r["words"])
        for r in answer["reasons"]
    ]
    print_table(["weight", "usual", "reasons", "detail", "page", "words"], rows)
    for learned in answer["learned"]:
        if abs(learned["factor"] - 1) >= NOTABLE:
            say(in_words(learned["detail"]))
    state = word(answer["status"] or "not proposed")
    say(
        f"{answer['doc']} – {answer['event']}: {answer['sum']} → {word('score')} {answer['score']:.2f}, {state}"
    )


@click.command("links")
@click.argument("claim")
@click.option("--status", type=click.Choice(get_args(Status)), help="Only links of this status.")
@click.option("--stance", type=click.Choice(STANCES), help="Only links of this stance.")
@workspace_option
@json_option
def links_command(claim: str, status: str | None, stance: str | None, workspace: Path, as_json: bool) -> None:
    """The links of a claim with their reasons, each with its page and words.

    Example: claimtrail links CLM-001 --stance contradicts
    """
    with open_matter(workspace) as matter, matter.reading() as tx:
        links = links_of(matter, claim, status, stance)
        names = {s.id: s.name for s in documents.summaries(tx, {link.document for link in links})}
    if as_json:
        print_json([link.as_json() for link in links])
        return
    rows = [
        (
            x.event,
            x.document,
            names[x.document],
            x.page,
            f"{x.score:.2f}",
            x.status,
            x.stance,
            _reasons(x),
        )
        for x in sorted(links, key=lambda x: (x.event, -x.score))
    ]
    print_table(["event", "doc", "name", "page", "score", "status", "stance", "reasons"], rows)


def _reasons(link: Link) -> str:
    """Why, each reason with the page and the words on which it rests."""
    between = "；" if language() == "zh" else "; "
    return between.join(f"{in_words(r.detail)}{_place(r)}" for r in link.reasons)


def _place(reason: Reason) -> str:
    if not reason.page:
        return ""
    words = f": “{reason.words}”" if reason.words and reason.words not in reason.detail else ""
    if language() == "zh":
        return f"（第 {reason.page} 页{words.replace(': ', '：')}）"
    return f" (p. {reason.page}{words})"


def _judge(
    document: str, event: str, workspace: Path, as_json: bool, verdict: str, stance: Stance | None = None
) -> None:
    with open_matter(workspace) as matter, working(matter.workspace, verdict):
        _print_judged(judge(matter, document, event, verdict, stance), as_json)


def _print_judged(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        stance = f", {word(answer['stance'])}" if answer["stance"] else ""
        message(f"{answer['doc']} {answer['event']}: {answer['status']}{stance}")


@click.command("confirm")
@click.argument("document", metavar="DOC")
@click.argument("event", metavar="CLAIM/EVENT")
@click.option("--stance", type=click.Choice(STANCES), help="What the evidence does for the event.")
@workspace_option
@json_option
def confirm_command(document: str, event: str, stance: Stance | None, workspace: Path, as_json: bool) -> None:
    """Say that a document is evidence of an event, for it or against it; it outlives every re-run.

    Example: claimtrail confirm 3f9a CLM-001/E1 --stance contradicts
    """
    _judge(document, event, workspace, as_json, "confirmed", stance)


@click.command("stance")
@click.argument("document", metavar="DOC")
@click.argument("event", metavar="CLAIM/EVENT")
@click.argument("stance", metavar="STANCE", required=False, type=click.Choice(STANCES))
@click.option("--clear", is_flag=True, help="Take back what was said.")
@workspace_option
@json_option
def stance_command(
    document: str, event: str, stance: Stance | None, clear: bool, workspace: Path, as_json: bool
) -> None:
    """Say what linked evidence does for an event: supports, contradicts or neutral; it outlives every re-run.

    Example: claimtrail stance 3f9a CLM-001/E1 contradicts
    """
    if clear == (stance is not None):
        raise UsageError("What does it do for the event?", f"Say {', '.join(STANCES)}, or --clear.")
    with open_matter(workspace) as matter, working(matter.workspace, "stance"):
        _print_judged(take_stance(matter, document, event, stance), as_json)


@click.command("reject")
@click.argument("document", metavar="DOC")
@click.argument("event", metavar="CLAIM/EVENT")
@workspace_option
@json_option
def reject_command(document: str, event: str, workspace: Path, as_json: bool) -> None:
    """Say that a document is no evidence of an event; it outlives every re-run.

    Example: claimtrail reject 3f9a CLM-001/E1
    """
    _judge(document, event, workspace, as_json, "rejected")
