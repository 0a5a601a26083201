"""Builds text from marked-up sources: runs, lines, paragraphs and tables become one string and its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extractors.document import Cell

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_CELL_LINES, _CELL_CHARS = 6, 400
"""A cell with more than this holds running text."""
_LINE_BLANKS = re.compile(r"[ \t\r\f\v]+")


class TextBuilder:
    """Collects text piece by piece. Blanks collapse as in a browser, unless a piece is `exact`."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._tail = ""
        self._blank_due = False
        self.cells: list[Cell] = []
        self.tables = 0

    def __len__(self) -> int:
        return self._length

    def add(self, text: str, exact: bool = False) -> None:
        """A run of text within the current line; with `exact`, its own line breaks and blanks stay."""
        if exact:
            self._emit(text.replace("\r\n", "\n").replace("\r", "\n"))
            return
        collapsed = _BLANKS.sub(" ", text)
        body = collapsed.strip(" ")
        if collapsed.startswith(" "):
            self._blank_due = True
        if body:
            self._emit(body)
            self._blank_due = collapsed.endswith(" ")

    def newline(self) -> None:
        """Ends the current line, if there is anything on it."""
        self._blank_due = False
        if self._tail and not self._tail.endswith(("\n", "\f")):
            self._append("\n")

    def line_break(self) -> None:
        """A line break that the source asks for: two in a row make an empty line, three no more than that."""
        self._blank_due = False
        if self._tail and not self._tail.endswith(("\n\n", "\f")):
            self._append("\n")

    def paragraph(self) -> None:
        """Ends the current line and leaves one empty line, except at the very beginning."""
        self.newline()
        self.line_break()

    def row(self, cells: Sequence[str], table: int, row: int) -> None:
        """A line of cells with tabs between them. An empty cell leaves its tab and no slice; a row with one
        filled cell has no tabs."""
        texts = [_BLANKS.sub(" ", cell).strip() for cell in cells]
        filled = [column for column, text in enumerate(texts) if text]
        self.newline()
        for column in range(filled[-1] + 1 if filled else 0):
            if column and len(filled) > 1:
                self._append("\t")
            if texts[column]:
                end = self._length + len(texts[column])
                self.cells.append(Cell(table, row, column, self._length, end))
                self._append(texts[column])
        self.newline()

    def new_table(self) -> int:
        """The number of the next table, from 0."""
        self.tables += 1
        return self.tables - 1

    def include(self, other: TextBuilder) -> None:
        """The whole of another builder's text, as lines of their own, with its cells."""
        text = other.text().strip("\n")
        if not text.strip():
            return
        self.newline()
        lead = len(other.text()) - len(other.text().lstrip("\n"))
        shift = self._length - lead
        for cell in other.cells:
            moved = replace(
                cell, table=cell.table + self.tables, start=cell.start + shift, end=cell.end + shift
            )
            self.cells.append(moved)
        self.tables += other.tables
        self._append(text)
        self.newline()

    def text(self) -> str:
        """What was collected so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def _emit(self, text: str) -> None:
        if self._blank_due and self._tail and not self._tail.endswith(("\n", " ", "\t")):
            self._append(" ")
        self._blank_due = False
        self._append(text)

    def _append(self, text: str) -> None:
        if not text:
            return
        self._parts.append(text)
        self._length += len(text)
        self._tail = (self._tail + text)[-2:] if len(text) < 2 else text[-2:]


@dataclass
class OpenTable:
    """A table while it is read: the cells of the row that is not finished yet."""

    number: int
    row: int = 0
    cells: list[TextBuilder] = field(default_factory=list)

    def end_row(self, out: TextBuilder) -> None:
        """Writes the row: as a line of cells, or as blocks where cells hold running text (a table for layout)."""
        cells, self.cells = self.cells, []
        filled = [cell for cell in cells if cell.text().strip()]
        if len(cells) > 1 and filled and not any(map(_is_running_text, filled)):
            out.row([cell.text() for cell in cells], self.number, self.row)
        else:
            for cell in filled:
                out.include(cell)
        self.row += bool(cells)


def _is_running_text(cell: TextBuilder) -> bool:
    text = cell.text().strip()
    return bool(cell.cells) or len(text) > _CELL_CHARS or text.count("\n") > _CELL_LINES


def joined(
    blocks: Iterable[tuple[str, Sequence[Cell]]], between: str = "\n\n"
) -> tuple[str, tuple[Cell, ...]]:
    """Blocks of text one behind the other; their cells move with them, their tables are numbered on."""
    parts: list[str] = []
    cells: list[Cell] = []
    offset = tables = 0
    for text, own in blocks:
        if parts:
            parts.append(between)
            offset += len(between)
        cells += (Cell(c.table + tables, c.row, c.column, c.start + offset, c.end + offset) for c in own)
        tables += 1 + max((c.table for c in own), default=-1)
        parts.append(text)
        offset += len(text)
    return "".join(parts), tuple(cells)


def tidy_lines(lines: Iterable[str]) -> str:
    """The lines without blanks at their ends, runs of blanks as one, never two empty lines in a row."""
    kept: list[str] = []
    for line in lines:
        plain = _LINE_BLANKS.sub(" ", line).strip()
        if plain or (kept and kept[-1]):
            kept.append(plain)
    return "\n".join(kept)
