"""Plain text, delimited text and everything else that is written to be read as it stands."""

from __future__ import annotations

import re

from extractors.document import Cell
from extractors.errors import Corrupt, Empty, TooLarge
from extractors.readers.delimited import cells_of, delimiter_of
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import Decoded, decode
from extractors.readers.paging import MOST_CELLS, paged

MEDIA_TYPES = frozenset(
    {
        "text/",
        "application/csv",
        "application/javascript",
        "application/json",
        "application/x-ndjson",
        "application/x-subrip",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
    }
)
_DELIMITED_TYPES = ("text/csv", "text/tab-separated-values", "application/csv")
_DELIMITED_NAMES = (".csv", ".tsv", ".tab")
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MAX_BINARY = 0.2
"""Share of control and undecodable characters from which a file is not text, whatever it is called."""


def read(source: Input) -> Draft:
    """The text as it is (line ends become `\\n`). Raises Empty, TooLarge, or Corrupt when it is not text."""
    decoded = _decoded(source)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    cells, notes = _cells(source, text)
    pages = paged(text, source.untrusted_name, source.limits, cells)
    return Draft(source.media_type, pages, notes=decoded.notes + notes)


def bounded_bytes(source: Input, most: int, limit: str) -> bytes:
    """The file's bytes. Raises Empty for a file without any, TooLarge (naming `limit`) for more than `most`."""
    size = source.path.stat().st_size
    if size == 0:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    if size > most:
        raise TooLarge(f"{source.untrusted_name}: {size} bytes, more than the limit {limit} allows ({most})")
    return source.path.read_bytes()


def _decoded(source: Input) -> Decoded:
    data = bounded_bytes(source, 4 * source.limits.text_chars, "text_chars")
    declared = _XML_ENCODING.match(data[:400])
    decoded = decode(data, declared[1].decode("ascii") if declared else None)
    if not decoded.text.strip():
        raise Empty(f"{source.untrusted_name}: there is nothing but blanks in it")
    if len(_NOT_TEXT.findall(decoded.text)) > _MAX_BINARY * len(decoded.text):
        raise Corrupt(f"{source.untrusted_name}: called text, but most of it is not text")
    return decoded


def _cells(source: Input, text: str) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    is_table = source.media_type in _DELIMITED_TYPES or source.untrusted_name.lower().endswith(
        _DELIMITED_NAMES
    )
    delimiter = delimiter_of(text) if is_table else None
    if delimiter is None:
        return (), ()
    most = min(source.limits.cells, MOST_CELLS)
    cells = cells_of(text, delimiter, most)
    return cells, (f"only the first {most} cells are known as cells",) if len(cells) == most else ()
