"""Table cells as rows of a label and figures, for formats whose tables have no layout (sheets, CSV, Word, HTML)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from extractors.document import Cell, Document, Page
from extractors.facts.amount_columns import SUMS, Column, cell_heads, roles_of
from extractors.facts.amount_labels import label_of
from extractors.facts.amount_rows import Figure, Row, rows_of
from extractors.facts.numerals import decimal_of

_MARKS = " $€£¥rm元"
_SCALED = "the column counts in 万元"


def sheet_rows(document: Document, plain: str) -> list[Row]:
    """The rows of all pages in order of place: of cells where a page has cells and no layout, else of its lines."""
    rows: list[Row] = []
    for page in document.pages:
        lines, cells = rows_of(page, plain), _cell_rows(plain, page) if page.cells else []
        if page.words:
            rows += _merged(lines, cells)
        else:
            rows += sorted([*_outside(lines, page.cells), *cells], key=lambda row: row.start)
    return rows


def _merged(lines: Sequence[Row], cells: Sequence[Row]) -> list[Row]:
    """Lines of a page with layout; the columns of their figures are those of the cells."""
    known = {
        figure.start: role for row in cells for figure, role in zip(row.figures, row.columns, strict=True)
    }
    return [
        replace(row, columns=tuple(known.get(f.start, "") for f in row.figures))
        if any(known.get(f.start) for f in row.figures)
        else row
        for row in lines
    ]


def _outside(lines: Sequence[Row], cells: Sequence[Cell]) -> list[Row]:
    ends = sorted(cell.end for cell in cells)
    starts = sorted(cell.start for cell in cells)
    return [row for row in lines if bisect_left(starts, row.end) == bisect_left(ends, row.start + 1)]


def _cell_rows(plain: str, page: Page) -> list[Row]:
    heads = cell_heads(plain, page.cells)
    ordered = sorted(page.cells, key=lambda c: (c.table, c.row, c.start))
    rows = [
        _cell_row(plain, page.number, list(cells), heads)
        for _, cells in groupby(ordered, key=lambda c: (c.table, c.row))
    ]
    return sorted((row for row in rows if row), key=lambda row: row.start)


def _cell_row(
    plain: str, page: int, cells: Sequence[Cell], heads: dict[tuple[int, int], tuple[int, Column]]
) -> Row | None:
    figures: list[Figure] = []
    columns: list[str] = []
    words: list[str] = []
    for cell in cells:
        column = roles_of(heads, cell)
        figure = cell_figure(plain, cell, column)
        if figure:
            figures.append(figure)
            columns.append(column.role if column else "")
        elif not figures and cell.end > cell.start:
            words.append(plain[cell.start : cell.end])
    lead = " ".join(words)
    label = label_of(lead)
    if not figures and label is None:
        return None
    return Row(cells[0].start, cells[-1].end, page, label, tuple(figures), lead, columns=tuple(columns))


def cell_figure(plain: str, cell: Cell, column: Column | None) -> Figure | None:
    """The figure that fills a cell; in a column of sums whole numbers are sums too, and 万元 are counted in 元."""
    text = plain[cell.start : cell.end]
    shown = text.strip(_MARKS)
    number = shown.strip("()").strip(_MARKS)
    at = text.find(number)
    value = _number(number)
    if value is None or at < 0:
        return None
    if shown.startswith("(") and shown.endswith(")"):
        value = -value
    start, money = cell.start + at, column is not None and column.role in SUMS
    decimals = money or "," in number or ("." in number and len(number.rpartition(".")[2]) == 2)
    scaled = money and column is not None and column.scale != 1
    value = value * column.scale if scaled and column else value
    return Figure(value, start, start + len(number), decimals, doubt=_SCALED if scaled else "")


def _number(text: str) -> Decimal | None:
    negative = text.startswith("-")
    digits = text.lstrip("-")
    value = decimal_of(digits) if digits[:1].isdigit() else None
    return -value if value is not None and negative else value
