"""`link`, `links`, `confirm` and `reject`."""

from __future__ import annotations

from pathlib import Path

import click

from app.answers import link_again
from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json, print_table, say, word
from app.progress import progress
from pipeline.judgement import judge
from pipeline.linking.explained import explained
from pipeline.links import Link
from pipeline.records import documents, matters
from pipeline.workspace import working


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
    rows = [(f"{r['weight']:+.2f}", r["kind"], r["detail"], r["page"], r["raw"]) for r in answer["reasons"]]
    print_table(["weight", "reasons", "detail", "page", "words"], rows)
    state = word(answer["status"] or "not proposed")
    say(
        f"{answer['doc']} – {answer['event']}: {answer['sum']} → {word('score')} {answer['score']:.2f}, {state}"
    )


@click.command("links")
@click.argument("claim")
@workspace_option
@json_option
def links_command(claim: str, workspace: Path, as_json: bool) -> None:
    """The links of a claim with their reasons.

    Example: claimtrail links CLM-001
    """
    with open_matter(workspace) as matter, matter.reading() as tx:
        matters.claim(tx, claim)
        links = matters.link_list(tx, claim)
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
            _reasons(x),
        )
        for x in sorted(links, key=lambda x: (x.event, -x.score))
    ]
    print_table(["event", "doc", "name", "page", "score", "status", "reasons"], rows)


def _reasons(link: Link) -> str:
    """Why, each reason with the page on which it stands."""
    return "; ".join(r.detail + (f" (p. {r.page})" if r.page else "") for r in link.reasons)


def _judge(document: str, event: str, workspace: Path, as_json: bool, verdict: str) -> None:
    with open_matter(workspace) as matter, working(matter.workspace, verdict):
        answer = judge(matter, document, event, verdict)
    if as_json:
        print_json(answer)
    else:
        message(f"{answer['doc']} {answer['event']}: {answer['status']}")


@click.command("confirm")
@click.argument("document", metavar="DOC")
@click.argument("event", metavar="CLAIM/EVENT")
@workspace_option
@json_option
def confirm_command(document: str, event: str, workspace: Path, as_json: bool) -> None:
    """Say that a document is evidence of an event; it outlives every re-run.

    Example: claimtrail confirm 3f9a CLM-001/E1
    """
    _judge(document, event, workspace, as_json, "confirmed")


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
