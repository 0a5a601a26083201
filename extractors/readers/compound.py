"""OLE compound files ([MS-CFB]) for readers: streams by name, errors under one roof."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import olefile

from extractors.errors import Corrupt
from extractors.readers.draft import Input
from extractors.readers.encodings import decode

OLE_ERRORS = (
    OSError,
    ValueError,
    IndexError,
    struct.error,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)
"""What olefile raises on damaged files: its own error is an OSError, the others come from its parsing."""
_NATIVE = "\x01Ole10Native"
_METADATA = (("author", "author"), ("create_time", "created"), ("last_saved_time", "modified"))


@contextmanager
def opened(source: Input) -> Iterator[Any]:
    """The compound file. Raises Corrupt when it is none."""
    try:
        ole = olefile.OleFileIO(str(source.path))
    except OLE_ERRORS as error:
        raise Corrupt(f"{source.untrusted_name}: not a compound file ({error})") from error
    with ole:
        yield ole


def stream(ole: Any, name: str) -> bytes | None:
    """A stream's bytes; None when it is missing or damaged."""
    try:
        data: bytes = ole.openstream([name]).read()
    except OLE_ERRORS:
        return None
    return data


def embedded_files(ole: Any) -> Iterator[tuple[str, bytes]]:
    """Whole files that were put into the document: an Office file ("Package"), another program's ("CONTENTS",
    as Acrobat keeps a PDF), or any file with its name ([MS-OLEDS] 2.3.6, "\x01Ole10Native")."""
    for path in ole.listdir():
        if len(path) < 2 or path[-1] not in ("CONTENTS", "Package", _NATIVE):
            continue
        try:
            data: bytes = ole.openstream(path).read()
            name, content = _native(data) if path[-1] == _NATIVE else ("embedded", data)
        except OLE_ERRORS:
            continue
        if content:
            yield name, content


def _native(data: bytes) -> tuple[str, bytes]:
    """Size, flags, label, path, two numbers, path again behind its length, then the file behind its length."""
    label, _, rest = data[6:].partition(b"\0")
    _, _, rest = rest.partition(b"\0")
    skipped = 8 + struct.unpack_from("<I", rest, 4)[0]
    size = struct.unpack_from("<I", rest, skipped)[0]
    return decode(label).text[:200] or "embedded", rest[skipped + 4 : skipped + 4 + size]


def summary(ole: Any, label: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The title, and author and times as metadata ([MS-OLEPS] 2.23, the summary information)."""
    try:
        told = ole.get_metadata()
    except OLE_ERRORS:
        return None, ()
    found = []
    for key, shown in _METADATA:
        value = getattr(told, key)
        text = value.isoformat() if hasattr(value, "isoformat") else _text(value)
        found += [(f"{label} {shown}", text)] if text else []
    return _text(told.title) or None, tuple(found)


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return " ".join(text.replace("\0", "").split()) if isinstance(text, str) else ""
