"""The cells of Excel workbooks of before 2007 (.xls, BIFF), by xlrd."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import xlrd

from extractors.errors import Corrupt, Empty, Encrypted
from extractors.readers.draft import Draft, Input
from extractors.readers.sheets import WITHOUT_CELLS, Value, sheet_pages
from extractors.readers.xlsx_format import parsed, shown_number

_BROKEN = (
    *(
        xlrd.XLRDError,
        xlrd.compdoc.CompDocError,
        struct.error,
        AssertionError,
        zlib.error,
        NotImplementedError,
    ),
    *(IndexError, KeyError, ValueError, TypeError, AttributeError, OSError, OverflowError, RecursionError),
)
"""What xlrd raises on damaged workbooks: its own errors, and those of its parsing."""
_NUMBER, _DATE, _TRUTH, _ERROR = 2, 3, 4, 5


def xls_draft(source: Input) -> Draft:
    """The values as they are shown, sheet by sheet; hidden sheets too, noted.

    Raises Encrypted, Corrupt, TooLarge beyond cells, pages or text_chars, and Empty.
    """
    book = _opened(source)
    faults: list[str] = []
    hidden: list[str] = []
    pages = tuple(sheet_pages(source, _sheets(book, faults, hidden)))
    if not pages:
        if faults:
            raise Corrupt(f"{source.untrusted_name}: {faults[0]}")
        raise Empty(f"{source.untrusted_name}: all sheets are empty")
    lean = [WITHOUT_CELLS] if any(not page.cells for page in pages) else []
    author = " ".join((book.user_name or "").split())
    metadata = (("xls author", author),) if author else ()
    return Draft(source.media_type, pages, metadata=metadata, notes=(*hidden, *faults, *lean))


def _opened(source: Input) -> Any:
    name = source.untrusted_name
    try:
        return xlrd.open_workbook(
            str(source.path), logfile=io.StringIO(), on_demand=True, formatting_info=True, ragged_rows=True
        )
    except _BROKEN as error:
        if "encrypted" in str(error).lower():
            raise Encrypted(f"{name}: the workbook is protected with a password") from error
        raise Corrupt(f"{name}: the workbook cannot be read ({type(error).__name__})") from error


def _sheets(book: Any, faults: list[str], hidden: list[str]) -> Iterator[tuple[str, Iterator[Value]]]:
    for number, name in enumerate(book.sheet_names()):
        try:
            sheet = book.sheet_by_index(number)
        except _BROKEN:
            faults.append(f"sheet {name}: it is damaged, not read")
            continue
        if sheet.visibility:
            hidden.append(f"sheet {name} is hidden; it was read")
        yield name.replace("\0", ""), _values(book, sheet)
        book.unload_sheet(number)


def _values(book: Any, sheet: Any) -> Iterator[Value]:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            text = " ".join(_shown(book, sheet.cell(row, column)).replace("\0", "").split())
            if text:
                yield Value(row, column, text)


def _shown(book: Any, cell: Any) -> str:
    if cell.ctype in (_NUMBER, _DATE):
        return shown_number(repr(cell.value), parsed(_code(book, cell.xf_index)), book.datemode == 1)
    if cell.ctype == _TRUTH:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == _ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    return cell.value if isinstance(cell.value, str) else ""


def _code(book: Any, index: int | None) -> str:
    """The number format of a cell; "General" where the workbook's tables are damaged."""
    try:
        return str(book.format_map[book.xf_list[index].format_key].format_str)
    except (IndexError, KeyError, TypeError):
        return "General"
