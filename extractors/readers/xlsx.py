"""Workbooks (.xlsx, .xlsm): every sheet from a page of its own, every row a line, every cell a slice."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.errors import Corrupt, Empty
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.embedded import Embedded, take_embedded
from extractors.readers.ooxml import Package, core_properties, open_package
from extractors.readers.sheets import WITHOUT_CELLS, sheet_pages
from extractors.readers.xlsx_book import Workbook

MEDIA_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "application/vnd.ms-excel.template.macroEnabled.12",
    }
)


def read(source: Input) -> Draft:
    """The values as they are shown, sheet by sheet; hidden sheets too, noted. Pictures as children.

    Raises Corrupt, Encrypted, TooLarge beyond cells, pages or text_chars, Unsupported for .xlsb, Empty.
    """
    package = open_package(source)
    book = Workbook(source, package)
    pages = tuple(sheet_pages(source, ((sheet.name, book.values(sheet)) for sheet in book.sheets)))
    embedded = _embedded(package, ChildStore(source))
    if not pages and not embedded.children:
        if book.faults:
            raise Corrupt(f"{source.untrusted_name}: {book.faults[0]}")
        raise Empty(f"{source.untrusted_name}: all sheets are empty")
    hidden = [f"sheet {sheet.name} is hidden; it was read" for sheet in book.sheets if sheet.hidden]
    damaged = [f"its part {name} is damaged" for name in dict.fromkeys(package.damaged)]
    title, metadata = core_properties(package, "xlsx")
    lean = [WITHOUT_CELLS] if any(not page.cells for page in pages) else []
    notes = (*hidden, *damaged, *book.faults, *lean, *embedded.notes)
    return Draft(source.media_type, pages, embedded.children, tuple(metadata), notes, title)


def _embedded(package: Package, store: ChildStore) -> Embedded:
    pictures = [("image", name) for name in package.names("xl/media/")]
    return take_embedded(package, [*pictures, *_files(package)], store)


def _files(package: Package) -> Iterator[tuple[str, str]]:
    """Whole files inside; `.bin` are objects of other programs, which may hold some."""
    for name in package.names("xl/embeddings/"):
        yield "oleObject" if name.endswith(".bin") else "package", name
