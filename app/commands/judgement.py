"""`correct`, `settle`, `review` and `mark`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.answers import review_answer
from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json, print_table, word
from pipeline.contradictions import answer_finding, clear_finding
from pipeline.errors import UsageError
from pipeline.judgement import MARKS, correct, mark, rule, unrule
from pipeline.matter import Matter
from pipeline.rulings import FINDING, RELIED_ON
from pipeline.workspace import working


@click.command("correct")
@click.argument("document", metavar="DOC")
@click.option("--kind", help="What kind of document it is; auto takes a correction back.")
@click.option("--date", help="Its own date, as 2023-03-14; auto.")
@click.option("--title", help="Its title.")
@click.option(
    "--party", "parties", multiple=True, metavar="ROLE=NAME", help="A party in a role (may be repeated)."
)
@click.option(
    "--amount", "amounts", multiple=True, metavar="ROLE=SUM", help="A sum in a role (may be repeated)."
)
@workspace_option
@json_option
def correct_command(
    document: str,
    kind: str | None,
    date: str | None,
    title: str | None,
    parties: tuple[str, ...],
    amounts: tuple[str, ...],
    workspace: Path,
    as_json: bool,
) -> None:
    """Correct what was read; it outlives every re-run. The value auto takes a correction back.

    \b
    Example:
      claimtrail correct 3f9a --kind invoice --date 2023-03-14 --party "seller=Harbour Civil Ltd"
      claimtrail correct 3f9a --amount "total=8600.00 CNY"
    """
    with open_matter(workspace) as matter, working(matter.workspace, "correct"):
        answer = correct(matter, document, kind, date, title, parties, amounts)
    if as_json:
        print_json(answer)
    else:
        for found in answer["corrected"]:
            message(f"{answer['doc']}: {found['field']} ({found['role']}) = {found['value']}")


@click.command("settle")
@click.argument("document", metavar="DOC")
@click.argument("kind", metavar="KIND", type=click.Choice((*RELIED_ON, FINDING)))
@click.argument("role", metavar="ROLE")
@click.argument("read", metavar="VALUE")
@click.option("--as", "answer", metavar="VALUE", help="What it is.")
@click.option("--wrong", is_flag=True, help="There is no such value.")
@click.option("--clear", is_flag=True, help="Take back what was said of it.")
@workspace_option
@json_option
def settle_command(
    document: str,
    kind: str,
    role: str,
    read: str,
    answer: str | None,
    wrong: bool,
    clear: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Say of a single value that was read that it is right, what it is, or that it is none; it outlives every re-run.

    Gaps and show tell of values as VALUE is written here: 2023-03-14, "84500.00 USD", a name or a number. Of what
    contradicts itself KIND is finding, ROLE its code and VALUE its message; --as tells what the sum is that is wrong.

    \b
    Example:
      claimtrail settle 3f9a amount total "84500.00 USD"
      claimtrail settle 3f9a amount total "84500.00 USD" --as "34500.00 USD"
      claimtrail settle 3f9a reference letter GC/L/O145 --wrong
      claimtrail settle 3f9a finding lines_total "the lines add up to 8000.00, not 84500.00"
    """
    if (answer is not None) + wrong + clear > 1:
        raise UsageError(
            "What is it?", "Give one of --as VALUE, --wrong and --clear, or none where it is right."
        )
    with open_matter(workspace) as matter, working(matter.workspace, "settle"):
        if kind == FINDING:
            told = _settle_finding(matter, document, role, read, answer, wrong, clear)
        elif clear:
            told = unrule(matter, document, kind, role, read)
        else:
            told = rule(matter, document, kind, role, read, None if wrong else answer or read)
    if as_json:
        print_json(told)
    else:
        message(f"{told['doc']}: {kind} ({role}) {told['was']} → {told.get('value') or '-'}")


@click.command("review")
@workspace_option
@json_option
def review_command(workspace: Path, as_json: bool) -> None:
    """How much waits for a person: proposed links, doubtful values, contradictions, documents that could not be read.

    One after the other they are answered on the page Review of claimtrail serve.

    \b
    Example:
      claimtrail review
    """
    with open_matter(workspace) as matter:
        waits = review_answer(matter)
    if as_json:
        print_json(waits)
    else:
        print_table(
            ["waits", "count"], [[word(f"waits_{name}"), str(count)] for name, count in waits.items()]
        )


def _settle_finding(
    matter: Matter, document: str, code: str, message_: str, answer: str | None, wrong: bool, clear: bool
) -> dict[str, Any]:
    if wrong:
        raise UsageError("A finding is no value.", "Accept it as it is, or say with --as what the sum is.")
    if clear:
        return clear_finding(matter, document, code, message_)
    return answer_finding(matter, document, code, message_, answer)


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
