"""`correct` and `mark`."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json
from pipeline.judgement import MARKS, correct, mark
from pipeline.workspace import working


@click.command("correct")
@click.argument("document", metavar="DOC")
@click.option("--kind", help="What kind of document it is; auto takes a correction back.")
@click.option("--date", help="Its own date, as 2023-03-14.")
@click.option("--title", help="Its title.")
@click.option(
    "--party", "parties", multiple=True, metavar="ROLE=NAME", help="A party in a role (may be repeated)."
)
@workspace_option
@json_option
def correct_command(
    document: str,
    kind: str | None,
    date: str | None,
    title: str | None,
    parties: tuple[str, ...],
    workspace: Path,
    as_json: bool,
) -> None:
    """Correct what was read; it outlives every re-run.

    Example: claimtrail correct 3f9a --kind invoice --date 2023-03-14 --party "seller=Harbour Civil Ltd"
    """
    with open_matter(workspace) as matter, working(matter.workspace, "correct"):
        answer = correct(matter, document, kind, date, title, parties)
    if as_json:
        print_json(answer)
    else:
        for found in answer["corrected"]:
            message(f"{answer['doc']}: {found['field']} ({found['role']}) = {found['value']}")


@click.command("mark")
@click.argument("document", metavar="DOC")
@click.argument("what", metavar="MARK", type=click.Choice(MARKS))
@click.option("--clear", is_flag=True, help="Take the mark away.")
@workspace_option
@json_option
def mark_command(document: str, what: str, clear: bool, workspace: Path, as_json: bool) -> None:
    """Mark a document: privileged or without_prejudice keeps it out of bundles; original or copy is told in lists.

    \b
    Example:
      claimtrail mark 3f9a privileged
      claimtrail mark 3f9a without_prejudice --clear
      claimtrail mark 3f9a original
    """
    with open_matter(workspace) as matter, working(matter.workspace, "mark"):
        answer = mark(matter, document, what, clear)
    if as_json:
        print_json(answer)
    else:
        message(f"{answer['doc']}: {', '.join(answer['marks']) or '-'}")
