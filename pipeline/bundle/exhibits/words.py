"""Everything that is neither a PDF nor a picture as pages: set from its text, tables as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from extractors.document import Cell, Document, Page
from pipeline.bundle.paper import FOOT, MARGIN, SMALL, Paper
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import GREY, RULE, Style, clean, draw, width, wrap

_BODY = Style(9.5, 13.5)
_SIZES = (9.0, 8.0, 7.0, 6.0)
_PAD = 3.5
_WIDEST = 190.0
_NARROWEST = 24.0
_HEAD = 30.0

_NUMERIC = re.compile(r"[-+(]?[¥$€£]?\s?\d[\d,.]*\)?%?")

Row = list[str]


@dataclass(frozen=True, slots=True)
class Prose:
    """Text in lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equally many cells."""

    rows: list[Row]


def set_pages(
    paper: Paper, document: Document, name: str, profile: Profile, most: int | None = None
) -> tuple[int, ...]:
    """Sets the document, or its first `most` pages; returns for each of them the leaf (from 0) on which it begins."""
    first = paper.page
    starts = []
    for page in document.pages[:most]:
        says = profile.word("sheet.page_of", name=name, n=page.number, total=len(document.pages))
        paper.head = _Header(says)
        blocks = list(_blocks(document, page))
        paper.turn(_sheet(blocks, profile.paper))
        starts.append(paper.page - 1 - first)
        for block in blocks or [Prose("")]:
            _set(paper, block, profile)
    paper.head = None
    return tuple(starts)


class _Header:
    """Draws the name of the document and the number of its page above a page."""

    def __init__(self, says: str) -> None:
        self.says = says

    def __call__(self, paper: Paper) -> None:
        line = wrap(self.says, SMALL, paper.room, most=1)[0]
        draw(paper.canvas, paper.left, paper.baseline(SMALL), line, SMALL)
        paper.y -= SMALL.leading + 3
        paper.rule(0.4)
        paper.y -= _HEAD - SMALL.leading - 3


def _blocks(document: Document, page: Page) -> Iterator[Prose | Table]:
    """The page's prose and tables in their order."""
    at = page.start
    for _, cells in groupby(
        sorted(page.cells, key=lambda c: (c.table, c.row, c.column)), key=lambda c: c.table
    ):
        table = list(cells)
        start = min(cell.start for cell in table)
        if start >= at:
            yield from _prose(document.text[at:start])
            at = max(cell.end for cell in table)
            yield Table(_rows(document.text, table))
    yield from _prose(document.text[at : page.end])


def _prose(text: str) -> Iterator[Prose]:
    if text.strip():
        yield Prose(text.strip("\n").rstrip())


def _rows(text: str, cells: Sequence[Cell]) -> list[Row]:
    columns = sorted({cell.column for cell in cells})
    place = {column: at for at, column in enumerate(columns)}
    rows: dict[int, Row] = {}
    for cell in cells:
        row = rows.setdefault(cell.row, [""] * len(columns))
        row[place[cell.column]] = " ".join(clean(text[cell.start : cell.end]).split())
    return [rows[number] for number in sorted(rows)]


def _sheet(blocks: Sequence[Prose | Table], paper: tuple[float, float]) -> tuple[float, float]:
    """Paper lying on its side where a table would be cramped upright."""
    wide = max((sum(_natural(block, _SIZES[0])) for block in blocks if isinstance(block, Table)), default=0.0)
    return (paper[1], paper[0]) if wide > paper[0] - 2 * MARGIN else paper


def _set(paper: Paper, block: Prose | Table, profile: Profile) -> None:
    if isinstance(block, Prose):
        if block.text:
            paper.write(block.text, _BODY, gap=6)
        else:
            paper.write(profile.word("sheet.blank"), Style(9.5, 13.5, color=GREY))
        return
    style, widths = _fit(block, paper.room)
    if min(widths) < _NARROWEST * 0.6:
        paper.write("\n".join(" | ".join(row) for row in block.rows), Style(8, 11), gap=6)
        return
    for row in block.rows:
        _set_row(paper, row, style, widths)
    paper.y -= 8


def _natural(table: Table, size: float) -> list[float]:
    """How wide each column wants to be: its widest cell, within reason."""
    style = Style(size, size * 1.35)
    return [
        min(max(max(width(cell[:200], style) for cell in column) + 2 * _PAD, _NARROWEST), _WIDEST)
        for column in zip(*table.rows[:2000], strict=True)
    ]


def _fit(table: Table, room: float) -> tuple[Style, list[float]]:
    """The largest size at which the columns fit side by side, else the smallest with columns made narrower."""
    for size in _SIZES:
        widths = _natural(table, size)
        if sum(widths) <= room:
            break
    scale = min(room / sum(widths), 1.0)
    return Style(size, size * 1.35), [w * scale for w in widths]


def _set_row(paper: Paper, row: Row, style: Style, widths: Sequence[float]) -> None:
    """Sets a row with its frame; one that is taller than the page goes on on the next."""
    cells = [wrap(cell, style, wide - 2 * _PAD) for cell, wide in zip(row, widths, strict=True)]
    while any(cells):
        lines = max(map(len, cells))
        most = int((paper.rest - 2 * _PAD) / style.leading)
        if most < min(lines, 6):
            paper.turn()
            most = int((paper.size[1] - MARGIN - FOOT - _HEAD - 2 * _PAD) / style.leading)
        _frame(paper, [cell[:most] for cell in cells], style, widths)
        cells = [cell[most:] for cell in cells]


def _frame(paper: Paper, cells: Sequence[Sequence[str]], style: Style, widths: Sequence[float]) -> None:
    height = max(map(len, cells)) * style.leading + _PAD
    paper.canvas.setLineWidth(0.4)
    paper.canvas.setStrokeColor(RULE)
    x = paper.left
    for lines, wide in zip(cells, widths, strict=True):
        paper.canvas.rect(x, paper.y - height, wide, height)
        for at, line in enumerate(lines):
            y = paper.baseline(style, at) - _PAD / 2
            if _NUMERIC.fullmatch(line):
                paper.right_aligned(x + wide - _PAD, y, line, style)
            else:
                draw(paper.canvas, x + _PAD, y, line, style)
        x += wide
    paper.y -= height
