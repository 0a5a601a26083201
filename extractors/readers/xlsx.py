"""Workbooks (.xlsx, .xlsm): every sheet from a page of its own, every row a line, every cell a slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from extractors.document import Cell, PageText
from extractors.errors import Corrupt, Empty, TooLarge
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.embedded import Embedded, take_embedded
from extractors.readers.ooxml import Package, core_properties, open_package
from extractors.readers.paging import HEIGHT, MOST_CELLS, WIDTH
from extractors.readers.xlsx_book import Sheet, Value, Workbook

MEDIA_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "application/vnd.ms-excel.template.macroEnabled.12",
    }
)
PAGE_CHARS = 20_000
"""A sheet with more text goes on on a further page, under its name again."""
_WITHOUT_CELLS = f"only the first {MOST_CELLS} cells are known as cells"
_MOST_TABS = 16
"""Empty cells in a row that are written as tabs; wider gaps are cut to this."""


def read(source: Input) -> Draft:
    """The values as they are shown, sheet by sheet; hidden sheets too, noted. Pictures as children.

    Raises Corrupt, Encrypted, TooLarge beyond cells, pages or text_chars, Unsupported for .xlsb, Empty.
    """
    package = open_package(source)
    book = Workbook(source, package)
    pages = tuple(_pages(source, book))
    embedded = _embedded(package, ChildStore(source))
    if not pages and not embedded.children:
        if book.faults:
            raise Corrupt(f"{source.untrusted_name}: {book.faults[0]}")
        raise Empty(f"{source.untrusted_name}: all sheets are empty")
    hidden = [f"sheet {sheet.name} is hidden; it was read" for sheet in book.sheets if sheet.hidden]
    damaged = [f"its part {name} is damaged" for name in dict.fromkeys(package.damaged)]
    title, metadata = core_properties(package, "xlsx")
    lean = [_WITHOUT_CELLS] if any(not page.cells for page in pages) else []
    notes = (*hidden, *damaged, *book.faults, *lean, *embedded.notes)
    return Draft(source.media_type, pages, embedded.children, tuple(metadata), notes, title)


def _pages(source: Input, book: Workbook) -> Iterator[PageText]:
    pages = cells = characters = 0
    limits, name = source.limits, source.untrusted_name
    for sheet in book.sheets:
        for page in _sheet_pages(
            sheet, _counted(book.values(sheet), limits.cells - cells, name, limits.cells)
        ):
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


def _sheet_pages(sheet: Sheet, values: Iterable[Value]) -> Iterator[PageText]:
    """The sheet's name as the first line of each page, then its rows; an empty sheet has no page."""
    page = _PageWriter(sheet.name)
    for row, cells in groupby(values, key=lambda value: value.row):
        if page.length > PAGE_CHARS:
            yield page.done()
            page = _PageWriter(sheet.name)
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


def _embedded(package: Package, store: ChildStore) -> Embedded:
    pictures = [("image", name) for name in package.names("xl/media/")]
    return take_embedded(package, [*pictures, *_files(package)], store)


def _files(package: Package) -> Iterator[tuple[str, str]]:
    """Whole files inside; `.bin` are objects of other programs, in a form that is not read."""
    for name in package.names("xl/embeddings/"):
        yield "oleObject" if name.endswith(".bin") else "package", name
