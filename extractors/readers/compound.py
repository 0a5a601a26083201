"""OLE compound files ([MS-CFB]) for readers: streams by name, errors under one roof."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
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
    OverflowError,
    MemoryError,
)
"""What olefile raises on damaged files: its own error is an OSError, the others come from its parsing, the last two
from sizes that no file has."""
_NATIVE = "\x01Ole10Native"
_HOLDERS = frozenset({"CONTENTS", "Package", _NATIVE})
_DOCUMENTS = frozenset({"WordDocument", "Workbook", "Book", "PowerPoint Document", "__properties_version1.0"})
_DEEPEST = 50
"""Folders within folders that are looked into."""
_METADATA = (("author", "author"), ("create_time", "created"), ("last_saved_time", "modified"))


Path = tuple[str, ...]


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


def paths(ole: Any, folders: bool = False) -> list[Path]:
    """The streams of the file, on demand also its folders, each once: a damaged tree may bite its own tail."""
    found: list[Path] = []
    seen: set[int] = set()
    waiting: list[tuple[Path, Any]] = [((), ole.root)]
    while waiting:
        above, folder = waiting.pop()
        for entry in folder.kids if len(above) < _DEEPEST else ():
            if entry.sid in seen:
                continue
            seen.add(entry.sid)
            path = (*above, entry.name)
            if entry.entry_type == olefile.STGTY_STORAGE:
                found += [path] if folders else []
                waiting.append((path, entry))
            elif entry.entry_type == olefile.STGTY_STREAM:
                found.append(path)
    return sorted(found)


def embedded_files(ole: Any, under: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Whole files that were put into the document, below a folder: an Office file ("Package"), another
    program's ("CONTENTS", as Acrobat keeps a PDF), or any file with its name ([MS-OLEDS] 2.3.6)."""
    for path in paths(ole):
        if len(path) > max(1, len(under)) and path[: len(under)] == tuple(under):
            yield from _held(ole, path)


def files_of_object(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in an object of another program, a compound file of its own ([MS-OLEDS] 2.3): what its program
    keeps in it, or the object itself where that is a whole document; nothing when it is damaged."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except OLE_ERRORS:
        return
    with ole:
        roots = {path[0] for path in paths(ole)}
        if roots & _DOCUMENTS:
            yield "embedded", data
            return
        for name in roots & _HOLDERS:
            yield from _held(ole, (name,))


def _held(ole: Any, path: Path) -> Iterator[tuple[str, bytes]]:
    """The file that a stream holds, if it is one that holds files."""
    if path[-1] not in _HOLDERS:
        return
    try:
        data: bytes = ole.openstream(list(path)).read()
        name, content = native(data) if path[-1] == _NATIVE else ("embedded", data)
    except OLE_ERRORS:
        return
    if content:
        yield name, content


def native(data: bytes) -> tuple[str, bytes]:
    """Name and bytes of a file as Windows packs it: size, flags, label, path, two numbers, the path again behind
    its length, then the file behind its length ([MS-OLEDS] 2.3.6)."""
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
