"""OLE compound files ([MS-CFB]) for readers: streams by name, errors under one roof."""

from __future__ import annotations

import io
import os
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
_READINGS = 8
"""How often a file's bytes may be read in all: streams do not overlap, and readers read some twice."""
_SUMMARIES = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_LARGEST_SUMMARY = 2**20
_METADATA = (("author", "author"), ("create_time", "created"), ("last_saved_time", "modified"))
Path = tuple[str, ...]


class Compound:
    """An open compound file. Sizes in a damaged one may be anything: what is read of it in all is bounded."""

    def __init__(self, ole: Any) -> None:
        self._ole = ole
        size = ole.fp.seek(0, os.SEEK_END)
        self._left = _READINGS * size
        ole.root.size = min(ole.root.size, size)

    def content(self, path: Sequence[str]) -> bytes:
        """A stream's bytes. Raises one of OLE_ERRORS when it is missing or damaged, or claims more than there is."""
        size = self._ole.get_size(list(path))
        if size > self._left:
            raise OSError("it claims more bytes than the file has")
        self._left -= size
        data: bytes = self._ole.openstream(list(path)).read()
        return data

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream in the root; None when it is missing or damaged."""
        try:
            return self.content([name])
        except OLE_ERRORS:
            return None

    def paths(self, folders: bool = False) -> list[Path]:
        """The streams of the file, on demand also its folders, each once: a damaged tree may bite its own tail."""
        found: list[Path] = []
        seen: set[int] = set()
        waiting: list[tuple[Path, Any]] = [((), self._ole.root)]
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

    def embedded_files(self, under: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Whole files that were put into the document, below a folder: an Office file ("Package"), another
        program's ("CONTENTS", as Acrobat keeps a PDF), or any file with its name ([MS-OLEDS] 2.3.6)."""
        for path in self.paths():
            if len(path) > max(1, len(under)) and path[: len(under)] == tuple(under):
                yield from self.held(path)

    def held(self, path: Path) -> Iterator[tuple[str, bytes]]:
        """The file that a stream holds, if it is one that holds files."""
        if path[-1] not in _HOLDERS:
            return
        try:
            data = self.content(path)
            name, content = native(data) if path[-1] == _NATIVE else ("embedded", data)
        except OLE_ERRORS:
            return
        if content:
            yield name, content

    def summary(self, label: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
        """The title, and author and times as metadata ([MS-OLEPS] 2.23, the summary information)."""
        try:
            sizes = [self._ole.get_size([name]) for name in _SUMMARIES if self._ole.exists([name])]
            told = self._ole.get_metadata() if max(sizes, default=0) <= _LARGEST_SUMMARY else None
        except OLE_ERRORS:
            return None, ()
        found = []
        for key, shown in _METADATA if told else ():
            value = getattr(told, key)
            text = value.isoformat() if hasattr(value, "isoformat") else _text(value)
            found += [(f"{label} {shown}", text)] if text else []
        return (_text(told.title) or None) if told else None, tuple(found)


@contextmanager
def opened(source: Input) -> Iterator[Compound]:
    """The compound file. Raises Corrupt when it is none."""
    try:
        ole = olefile.OleFileIO(str(source.path))
    except OLE_ERRORS as error:
        raise Corrupt(f"{source.untrusted_name}: not a compound file ({error})") from error
    with ole:
        yield Compound(ole)


def files_of_object(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in an object of another program, a compound file of its own ([MS-OLEDS] 2.3): what its program
    keeps in it, or the object itself where that is a whole document; nothing when it is damaged."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except OLE_ERRORS:
        return
    with ole:
        compound = Compound(ole)
        roots = {path[0] for path in compound.paths()}
        if roots & _DOCUMENTS:
            yield "embedded", data
            return
        for name in sorted(roots & _HOLDERS):
            yield from compound.held((name,))


def native(data: bytes) -> tuple[str, bytes]:
    """Name and bytes of a file as Windows packs it: size, flags, label, path, two numbers, the path again behind
    its length, then the file behind its length ([MS-OLEDS] 2.3.6)."""
    label, _, rest = data[6:].partition(b"\0")
    _, _, rest = rest.partition(b"\0")
    skipped = 8 + struct.unpack_from("<I", rest, 4)[0]
    size = struct.unpack_from("<I", rest, skipped)[0]
    return decode(label).text[:200] or "embedded", rest[skipped + 4 : skipped + 4 + size]


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return " ".join(text.replace("\0", "").split()) if isinstance(text, str) else ""
