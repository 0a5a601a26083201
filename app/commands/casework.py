"""`chronology`, `deadlines`, `ledger` and `gaps`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from app.files import Forms, out_option, write_form
from app.options import IsoDate, json_option, open_matter, workspace_option
from app.output import print_json, print_table, say, word
from pipeline import ledger_book, timeline
from pipeline.calendar_file import calendar
from pipeline.casefile import load_case
from pipeline.chronology import chronology
from pipeline.clock import now
from pipeline.deadlines import deadlines
from pipeline.gaps import gaps
from pipeline.ledger import ledger
from pipeline.matter import Matter
from pipeline.records import matters


def _print_rows(rows: list[dict[str, Any]], columns: list[str], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    else:
        print_table(columns, [[row[column] for column in columns] for row in rows])


@click.command("chronology")
@click.argument("claim")
@out_option("csv", "svg", "html")
@workspace_option
@json_option
def chronology_command(claim: str, out: Path | None, workspace: Path, as_json: bool) -> None:
    """Events and dated evidence on one line of time.

    Example: claimtrail chronology CLM-001 --out course.html
    """
    with open_matter(workspace) as matter:
        case = load_case(matter, claim)
    rows = chronology(case)
    title = f"{case.claim.id}: {case.claim.title}"
    if out is not None:
        forms: Forms = {
            ".csv": lambda: timeline.as_csv(rows),
            ".svg": lambda: timeline.as_svg(rows, title),
            ".html": lambda: timeline.as_html(rows, title),
        }
        write_form(out, forms)
    if as_json or out is None:
        _print_rows([row.as_json() for row in rows], list(timeline.COLUMNS), as_json)


@click.command("deadlines")
@click.argument("claim", required=False)
@click.option("--today", type=IsoDate(), help="Reckon from this day instead of today.")
@out_option("ics")
@workspace_option
@json_option
def deadlines_command(
    claim: str | None, today: datetime.date | None, out: Path | None, workspace: Path, as_json: bool
) -> None:
    """Notices, particulars and replies by the contract's rules: met, late, missing or pending.

    Example: claimtrail deadlines CLM-001 --out deadlines.ics
    """
    with open_matter(workspace) as matter:
        wanted = [claim] if claim else _claim_ids(matter)
        day = today or now().date()
        found = [deadline for one in wanted for deadline in deadlines(load_case(matter, one), day)]
    if out is not None:
        write_form(out, {".ics": lambda: calendar(found, now())})
    if as_json or out is None:
        columns = ["event", "step", "clause", "clock_start", "due", "done", "days_left", "status"]
        _print_rows([deadline.as_json() for deadline in found], columns, as_json)


def _claim_ids(matter: Matter) -> list[str]:
    with matter.reading() as tx:
        return [claim.id for claim in matters.all_claims(tx)]


@click.command("ledger")
@click.argument("claim")
@out_option("xlsx", "csv")
@workspace_option
@json_option
def ledger_command(claim: str, out: Path | None, workspace: Path, as_json: bool) -> None:
    """The sum claimed against the sums in the evidence, nothing counted twice.

    Example: claimtrail ledger CLM-001 --out ledger.xlsx
    """
    with open_matter(workspace) as matter:
        case = load_case(matter, claim)
    found = ledger(case)
    if out is not None:
        forms: Forms = {
            ".xlsx": lambda: ledger_book.as_workbook(found, case, now()),
            ".csv": lambda: ledger_book.as_csv(found, case),
        }
        write_form(out, forms)
    answer = found.as_json()
    if as_json:
        print_json(answer)
    if as_json or out is not None:
        return
    columns = ["event", "doc", "page", "description", "amount", "currency", "counted", "why_not"]
    rows = [{**row, "counted": word("yes") if row["counted"] else word("no")} for row in answer["rows"]]
    _print_rows(rows, columns, as_json)
    for key in ("claimed", "evidenced", "difference"):
        say(f"{word(key)}: {answer['currency'] or ''} {answer[key]}")
    for by, sums in answer["totals"].items():
        say(f"{word(by)}: {', '.join(f'{word(key)} {value}' for key, value in sums.items())}")


@click.command("gaps")
@click.argument("claim")
@workspace_option
@json_option
def gaps_command(claim: str, workspace: Path, as_json: bool) -> None:
    """What the claim lacks: evidence, kinds, cited letters; and what is doubtful or undated in it.

    Example: claimtrail gaps CLM-001
    """
    with open_matter(workspace) as matter:
        answer = gaps(load_case(matter, claim)).as_json()
    if as_json:
        print_json(answer)
        return
    answer["missing_references"] = answer.pop("reference_sources")  # with their pages and reasons
    for key, found in answer.items():
        say(f"{word(key)}: {len(found)}")
        for one in found:
            say(f"  {one if isinstance(one, str) else '  '.join(str(v) for v in one.values())}")
