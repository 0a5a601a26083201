"""`chronology`, `deadlines`, `ledger` and `gaps`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from app.answers import claim_ids, deadlines_of
from app.files import Forms, out_option, write_form
from app.options import IsoDate, json_option, open_matter, workspace_option
from app.output import in_words, language, print_json, print_table, say, word
from pipeline import ledger_book, timeline
from pipeline.calendar_file import calendar
from pipeline.casefile import load_case
from pipeline.chronology import Row, chronology
from pipeline.clock import now
from pipeline.deadlines import Deadline
from pipeline.gaps import gaps
from pipeline.ledger import ledger
from pipeline.notices import told


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
        _print_chronology(rows, as_json)


def _print_chronology(rows: Sequence[Row], as_json: bool) -> None:
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    disputed = any(row.conflicts for row in rows)
    columns = timeline.COLUMNS if disputed else timeline.COLUMNS[:-1]
    print_table(columns, [timeline.cells(row)[: len(columns)] for row in rows])


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
        wanted = [claim] if claim else claim_ids(matter)
        found = deadlines_of(matter, wanted, today or now().date())
    if out is not None:
        write_form(out, {".ics": lambda: calendar(found, now(), language())})
    if as_json:
        print_json([deadline.as_json() for deadline in found])
    elif out is None:
        _print_deadlines(found)


def _print_deadlines(found: Sequence[Deadline]) -> None:
    columns = ["event", "step", "clause", "clock_start", "due", "done", "days_left", "status"]
    rows = [deadline.as_json() for deadline in found]
    lines = [
        {**row, "step": told(f"step_{row['step']}", language()), "status": word(f"deadline_{row['status']}")}
        for row in rows
    ]
    print_table(columns, [[row[column] for column in columns] for row in lines])
    for deadline in found:
        for note in _notes(deadline):
            say(f"{deadline.event} {told(f'step_{deadline.step}', language())}: {note}")


def _notes(deadline: Deadline) -> Iterator[str]:
    """What follows from a step that is late, and what the evidence says of one that is missing."""
    speech = language()
    if deadline.consequence is not None:
        yield f"{told(f'missed_{deadline.consequence}', speech)} ({deadline.clause})"
    if deadline.answer is not None:
        yield word(f"answer_{deadline.answer}")
    if (spoken := deadline.mentioned) is not None:
        day = f"{spoken.day}, " if spoken.day else ""
        place = f"{day}{spoken.doc[:8]}, {word('page')} {spoken.page}"
        yield f"{told('only_mentioned', speech)}: {place}: {spoken.words}"
    first = deadline.first_mention
    if first is not None and first.day < deadline.clock_start:
        place = f"{first.day}, {first.proof.doc[:8]}, {word('page')} {first.proof.page}"
        yield f"{told('known_before', speech)}: {place}"


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
    print_table(columns, [[row[column] for column in columns] for row in rows])
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
        case = load_case(matter, claim)
    answer = gaps(case).as_json()
    if as_json:
        print_json(answer)
        return
    _print_gaps(answer, {summary.id: f"{summary.id[:8]} {summary.name}" for summary in case.summaries})


GAPS = (
    "events_without_evidence",
    "missing_kinds",
    "missing_items",
    "unlinked_documents",
    "missing_references",
    "doubtful_facts",
    "undated",
)


def _print_gaps(answer: dict[str, Any], called: Mapping[str, str]) -> None:
    """Each sort of gap with what to do about it."""
    said = {**answer, "missing_references": answer["reference_sources"]}  # with their pages and reasons
    for key in GAPS:
        say(f"{word(key)}: {len(said[key])}")
        if said[key]:
            say(f"  → {word(f'todo_{key}')}")
        for one in said[key]:
            say(f"  {_gap(key, one, called)}")


def _gap(key: str, one: Any, called: Mapping[str, str]) -> str:
    if key == "missing_items":
        where, speech = one["event"] or word("whole_claim"), language()
        perhaps = ", ".join(called.get(doc, doc) for doc in one["perhaps"])
        candidates = f" ({word('perhaps_it')}: {perhaps})" if perhaps else ""
        return f"{where}  {one['name'][speech]}: {one['todo'][speech]}{candidates}"
    if key == "missing_kinds":
        return f"{one['event']}  {word('kind_' + one['kind'])}"
    if isinstance(one, str):
        return called.get(one, one)
    where = {"doc": called.get(one["doc"], one["doc"]), "page": f"{word('page')} {one['page']}"}
    where |= {key: in_words(one[key]) for key in ("why", "number") if key in one}
    return "  ".join(str(value) for value in {**one, **where}.values())
