"""Sheets of any workbook as pages: every row a line, every cell a slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from extractors.document import Cell, PageText
from extractors.errors import TooLarge
from extractors.readers.draft import Input
from extractors.readers.paging import HEIGHT, MOST_CELLS, WIDTH

PAGE_CHARS = 20_000
"""A sheet with more text goes on on a further page, under its name again."""
WITHOUT_CELLS = f"only the first {MOST_CELLS} cells are known as cells"
_MOST_TABS = 16
"""Empty cells in a row that are written as tabs; wider gaps are cut to this."""


@dataclass(frozen=True, slots=True)
class Value:
    """A cell that holds something; row and column count from 0."""

    row: int
    column: int
    text: str


def sheet_pages(source: Input, sheets: Iterable[tuple[str, Iterable[Value]]]) -> Iterator[PageText]:
    """The pages of all sheets, given as their names and values.

    The name is the first line of each page, then come the rows; an empty sheet has no page. Raises TooLarge
    beyond cells, pages or text_chars.
    """
    pages = cells = characters = 0
    limits, name = source.limits, source.untrusted_name
    for sheet, values in sheets:
        for page in _pages(sheet, _counted(values, limits.cells - cells, name, limits.cells)):
            pages, cells, characters = pages + 1, cells + len(page.cells), characters + len(page.text)
            if pages > limits.pages or characters > limits.text_chars:
                raise TooLarge(
                    f"{name}: more text than the limits pages ({limits.pages}) and text_chars allow"
                )
            yield _lean(page, cells)


def _counted(values: Iterable[Value], left: int, name: str, most: int) -> Iterator[Value]:
    for number, value in enumerate(values):
        if number >= left:
            raise TooLarge(f"{name}: more cells than the limit cells ({most})")
        yield value


def _lean(page: PageText, cells_so_far: int) -> PageText:
    """The page without its cells once a workbook has more than are kept."""
    return page if cells_so_far <= MOST_CELLS else replace(page, cells=())


def _pages(sheet: str, values: Iterable[Value]) -> Iterator[PageText]:
    page = _PageWriter(sheet)
    for row, cells in groupby(values, key=lambda value: value.row):
        if page.length > PAGE_CHARS:
            yield page.done()
            page = _PageWriter(sheet)
        page.write(row, cells)
    if page.cells:
        yield page.done()


class _PageWriter:
    def __init__(self, sheet_name: str) -> None:
        self._parts = [sheet_name, "\n"]
        self.length = len(sheet_name) + 1
        self.cells: list[Cell] = []
        self._last_row = -1

    def write(self, row: int, values: Iterable[Value]) -> None:
        """A line of the cells, with tabs for empty ones between; an empty line for rows that were left out."""
        if self.cells and row > self._last_row + 1:
            self._add("\n")
        self._last_row = row
        column = 0
        for value in sorted(values, key=lambda value: value.column):
            self._add("\t" * min(value.column - column, _MOST_TABS))
            column = value.column
            self.cells.append(Cell(0, row, column, self.length, self.length + len(value.text)))
            self._add(value.text)
        self._add("\n")

    def done(self) -> PageText:
        return PageText("".join(self._parts), WIDTH, HEIGHT, cells=tuple(self.cells))

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)
