"""The text of Word 97 to 2003 documents (.doc), straight from the piece table ([MS-DOC] 2.4.1)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from extractors.errors import Corrupt, Empty, Encrypted, TooLarge, Unsupported
from extractors.readers.compound import opened
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode
from extractors.readers.layout import TextBuilder
from extractors.readers.paging import paged
from extractors.readers.soffice import HINT

_IDENTITY, _OLD_IDENTITY = 0xA5EC, 0xA5DC
_OLD_VERSION = 0x00C1
"""From this nFib on it is Word 97 ([MS-DOC] 2.5.1)."""
_COMPLEX, _ENCRYPTED, _TABLE_1 = 0x0004, 0x0100, 0x0200
_CLX = 0x01A2
"""Offset of fcClx and lcbClx in the FIB of Word 97 and later ([MS-DOC] 2.5.6)."""
_COUNTS = 0x4C
"""Offset of ccpText; ccpFtn, ccpHdd, a reserved one, ccpAtn, ccpEdn, ccpTxbx, ccpHdrTxbx follow (2.5.4)."""
_COMPRESSED = 0x40000000
_PIECE_TABLE, _PROPERTIES = 2, 1
_MARKS = re.compile("[\x13\x14\x15]")
_CHARACTERS = str.maketrans(
    {
        "\x0b": "\n",
        "\x1e": "-",
        "\xa0": " ",
        "\x0e": "\n",
        **dict.fromkeys("\x00\x01\x02\x03\x04\x05\x08\x1f"),
    }
)
"""Line break, hyphens, column break; pictures, footnote and comment marks stand for what is not text (2.4.5)."""


def doc_draft(source: Input) -> Draft:
    """Text with page breaks and tables, then notes, heads, comments and text boxes.

    Raises Corrupt, Encrypted, TooLarge, Empty, and Unsupported for Word 95 and older in its complex form.
    """
    with opened(source) as ole:
        main = ole.stream("WordDocument")
        if main is None or len(main) < 0x60:
            raise Corrupt(f"{source.untrusted_name}: it holds no document, or a damaged one")
        tables = [ole.stream("0Table"), ole.stream("1Table")]
        title, metadata = ole.summary("doc")
    out = TextBuilder()
    for part in _parts(source, main, tables):
        _add(part, out)
    if not out.text().strip():
        raise Empty(f"{source.untrusted_name}: there is no text in it")
    pages = paged(out.text(), source.untrusted_name, source.limits, out.cells)
    return Draft(source.media_type, pages, metadata=metadata, title=title)


def _parts(source: Input, main: bytes, tables: list[bytes | None]) -> Iterator[str]:
    """The main text, then the texts beside it in the order of [MS-DOC] 2.4.1."""
    identity, version = struct.unpack_from("<HH", main)
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if identity not in (_IDENTITY, _OLD_IDENTITY):
        raise Corrupt(f"{source.untrusted_name}: its head is not that of a Word document")
    if flags & _ENCRYPTED:
        raise Encrypted(f"{source.untrusted_name}: the document is protected with a password")
    if version < _OLD_VERSION:
        yield _old_text(source, main, flags)
        return
    table = tables[bool(flags & _TABLE_1)]
    if table is None or len(main) < _CLX + 8:
        raise Corrupt(f"{source.untrusted_name}: its table stream is missing or damaged")
    text = "".join(_pieces(source, main, _clx(source, main, table)))
    start = 0
    for count in struct.unpack_from("<8i", main, _COUNTS):
        yield text[start : start + max(0, count)]
        start += max(0, count)


def _old_text(source: Input, main: bytes, flags: int) -> str:
    """Word 6 and 95: one run of bytes between fcMin and fcMac, unless the document was saved in pieces."""
    if flags & _COMPLEX:
        raise Unsupported(f"{source.untrusted_name}: a Word 95 document that was saved in pieces", HINT)
    first, last = struct.unpack_from("<II", main, 0x18)
    return decode(main[first:last]).text


def _clx(source: Input, main: bytes, table: bytes) -> bytes:
    """The piece table: behind any number of property lists ([MS-DOC] 2.9.38)."""
    at, size = struct.unpack_from("<II", main, _CLX)
    end = min(at + size, len(table))
    while at + 5 <= end:
        if table[at] == _PIECE_TABLE:
            length = struct.unpack_from("<I", table, at + 1)[0]
            return table[at + 5 : min(at + 5 + length, end)]
        if table[at] != _PROPERTIES:
            break
        at += 3 + struct.unpack_from("<H", table, at + 1)[0]
    raise Corrupt(f"{source.untrusted_name}: its table of pieces is damaged")


def _pieces(source: Input, main: bytes, plc: bytes) -> Iterator[str]:
    """The pieces in order: positions of all, then eight bytes for each ([MS-DOC] 2.8.35, 2.9.177)."""
    count = max(0, (len(plc) - 4) // 12)
    positions = struct.unpack_from(f"<{count + 1}I", plc) if count else ()
    total = 0
    for number in range(count):
        length = positions[number + 1] - positions[number]
        place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        total += max(0, length)
        if total > source.limits.text_chars:
            raise TooLarge(f"{source.untrusted_name}: more text than the limit text_chars")
        yield _piece(main, place, max(0, length))


def _piece(main: bytes, place: int, length: int) -> str:
    at = place & ~_COMPRESSED
    if place & _COMPRESSED:
        return main[at // 2 : at // 2 + length].decode("cp1252", "replace").ljust(length, "\0")
    raw = main[at : at + 2 * length]
    return (
        raw.decode("utf-16-le", "surrogatepass").ljust(length, "\0") if len(raw) % 2 == 0 else "\0" * length
    )


def _add(text: str, out: TextBuilder) -> None:
    """Adds a part of the text: paragraphs end with a return, cells and rows with \\x07."""
    shown = without_fields(text).translate(_CHARACTERS)
    shown = shown.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    chunks = shown.split("\x07")
    table: list[str] = []
    for chunk in chunks[:-1]:
        before, mark, cell = chunk.rpartition("\r")
        if mark and (not table or table[-1] == ""):
            _end_table(table, out)
            table = []
            _add_paragraphs(before, out)
            table.append(cell)
        else:
            table.append(chunk)
    _end_table(table, out)
    _add_paragraphs(chunks[-1], out)
    out.newline()


def _add_paragraphs(text: str, out: TextBuilder) -> None:
    for line in text.removesuffix("\r").split("\r"):
        for number, piece in enumerate(line.split("\f")):
            if number:
                out.newline()
                out.add("\f", exact=True)
            out.add(piece, exact=True)
        out.line_break()


def _end_table(chunks: list[str], out: TextBuilder) -> None:
    """Writes the rows. A row's end looks like an empty cell: the width at which all rows end is looked for."""
    if not chunks:
        return
    number = out.new_table()
    for index, row in enumerate(_rows(chunks)):
        out.row([cell.replace("\r", " ").replace("\f", " ") for cell in row], number, index)
    out.line_break()


def _rows(chunks: list[str]) -> list[list[str]]:
    for width in range(1, min(len(chunks), 64)):
        step = width + 1
        if len(chunks) % step == 0 and not any(chunks[width::step]):
            return [chunks[at : at + width] for at in range(0, len(chunks), step)]
    rows: list[list[str]] = [[]]
    for chunk in chunks:
        if chunk or not rows[-1]:
            rows[-1].append(chunk)
        else:
            rows.append([])
    return [row for row in rows if row]


def without_fields(text: str) -> str:
    """The text with fields as their results: what stands between \\x13 and \\x14 is a command ([MS-DOC] 2.8.25)."""
    kept: list[str] = []
    in_command: list[bool] = []
    commands = position = 0
    for mark in _MARKS.finditer(text):
        if not commands:
            kept.append(text[position : mark.start()])
        position = mark.end()
        if mark[0] == "\x13":
            in_command.append(True)
            commands += 1
        elif in_command and mark[0] == "\x14":
            commands -= in_command[-1]
            in_command[-1] = False
        elif in_command:
            commands -= in_command.pop()
    if not commands:
        kept.append(text[position:])
    return "".join(kept)
