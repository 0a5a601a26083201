"""The ledger as a workbook with live formulas and links (xlsx), and as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.casefile import CaseFile
from pipeline.evidence import Evidence
from pipeline.harmless import csv_text, terminal
from pipeline.ledger import Entry, Ledger

COLUMNS = (
    "event",
    "cost",
    "date",
    "document",
    "page",
    "description",
    "amount",
    "currency",
    "counted",
    "why_not",
)
WIDTHS = (16, 13, 12, 34, 7, 60, 16, 10, 10, 36)
LEDGER, SUMMARY, EVIDENCE = "Ledger", "Summary", "Evidence"
MONEY = "#,##0.00;[Red]-#,##0.00"
FIRST = 2
"""The first row below the heads."""


def as_csv(found: Ledger, case: CaseFile) -> str:
    """The ledger's rows as CSV (RFC 4180), harmless for spreadsheet programs."""
    return csv_text(COLUMNS, (_values(entry, case.evidence) for entry in found.rows))


def as_workbook(found: Ledger, case: CaseFile, made: datetime) -> bytes:
    """An xlsx workbook: a summary whose sums are formulas over the ledger's rows, the ledger, and the evidence cited.

    Whoever changes "yes" to "no" in a row sees the sums follow. Each row leads to its document in the third sheet,
    which tells its file's name and SHA-256. `made` (aware UTC) is the time that the workbook says it was made.
    """
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)  # noqa: S101  a new workbook has a sheet
    summary.title = SUMMARY
    rows, evidence = book.create_sheet(LEDGER), book.create_sheet(EVIDENCE)
    places = _fill_evidence(evidence, found, case.evidence)
    _fill_rows(rows, found, case.evidence, places)
    _fill_summary(summary, found, len(found.rows))
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    book.properties.creator = "claimtrail"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _values(entry: Entry, evidence: Mapping[str, Evidence]) -> Sequence[object]:
    summary = evidence[entry.doc].summary
    counted = "yes" if entry.counted else "no"
    return (
        entry.event or "",
        entry.cost,
        summary.date.isoformat() if summary.date else "",
        summary.name,
        entry.page,
        entry.description,
        entry.amount,
        entry.currency or "",
        counted,
        entry.why_not or "",
    )


def _fill_rows(
    sheet: Worksheet, found: Ledger, evidence: Mapping[str, Evidence], places: Mapping[str, int]
) -> None:
    _heads(sheet, COLUMNS, WIDTHS)
    for number, entry in enumerate(found.rows, FIRST):
        for column, value in enumerate(_values(entry, evidence), 1):
            _put(sheet.cell(number, column), value)
        link = sheet.cell(number, COLUMNS.index("document") + 1)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{EVIDENCE}!A{places[entry.doc]}")
        link.style = "Hyperlink"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(FIRST, len(found.rows) + 1)}"


def _fill_evidence(sheet: Worksheet, found: Ledger, evidence: Mapping[str, Evidence]) -> dict[str, int]:
    """Returns the row of each document."""
    _heads(sheet, ("document", "title", "kind", "date", "id", "sha256"), (34, 50, 18, 12, 20, 68))
    places: dict[str, int] = {}
    for entry in found.rows:
        if entry.doc not in places:
            places[entry.doc] = len(places) + FIRST
            summary = evidence[entry.doc].summary
            day = summary.date.isoformat() if summary.date else ""
            told = (summary.name, summary.title or "", summary.kind, day, summary.id, summary.sha256)
            for column, value in enumerate(told, 1):
                _put(sheet.cell(places[entry.doc], column), value)
    return places


def _fill_summary(sheet: Worksheet, found: Ledger, count: int) -> None:
    _heads(sheet, ("", "amount", "currency"), (34, 18, 10))
    last = max(FIRST, count + 1)
    lines: list[tuple[str, object]] = [
        ("claimed", found.claimed),
        ("evidenced", _sum_of(last, {})),
        ("difference", "=B2-B3" if found.claimed is not None else None),
    ]
    for title, column, keys in (
        ("by event", "event", found.totals("event")),
        ("by kind of cost", "cost", found.totals("cost")),
    ):
        lines += [("", None), (title, None)]
        lines += [(key, _sum_of(last, {column: len(lines) + number + 2})) for number, key in enumerate(keys)]
    for number, (name, value) in enumerate(lines, FIRST):
        _put(sheet.cell(number, 1), name)
        amount = sheet.cell(number, 2)
        if isinstance(value, str):
            amount.value = value  # a formula of our own
            amount.number_format = MONEY
        else:
            _put(amount, value)
        if value is not None:
            _put(sheet.cell(number, 3), found.currency or "")
        elif name:
            sheet.cell(number, 1).font = Font(bold=True)


def _sum_of(last: int, where: Mapping[str, int]) -> str:
    """A formula: the sum of the rows that count, and whose column says what stands in column A of that row."""
    conditions = {"counted": '"yes"'} | {column: f"A{row}" for column, row in where.items()}
    told = "".join(f",{_range(column, last)},{value}" for column, value in conditions.items())
    return f"=SUMIFS({_range('amount', last)}{told})"


def _range(column: str, last: int) -> str:
    letter = get_column_letter(COLUMNS.index(column) + 1)
    return f"{LEDGER}!${letter}${FIRST}:${letter}${last}"


def _put(target: Cell | MergedCell, value: object) -> None:
    """A value that is no formula, whatever it looks like."""
    if isinstance(target, MergedCell):
        return
    if isinstance(value, Decimal):
        target.value = value
        target.number_format = MONEY
    elif isinstance(value, str):
        target.value = terminal(value).replace("\x0c", " ")
        target.data_type = "s"
        target.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, int):
        target.value = value


def _heads(sheet: Worksheet, names: Iterable[str], widths: Iterable[float]) -> None:
    for column, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        head = sheet.cell(1, column, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE5EE")
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
