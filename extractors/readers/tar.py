"""Tape archives (.tar, POSIX.1-2017 pax and ustar): read as a stream, nothing but plain files is taken out."""

from __future__ import annotations

import datetime
import lzma
import tarfile
import zlib
from collections import deque
from typing import IO, cast

from extractors.errors import Corrupt, Empty
from extractors.readers.draft import Draft, Input
from extractors.readers.unpacking import GuardedStream, RatioGuard, Unpacking, reason, shown
from extractors.readers.zip_names import guessed_name

MEDIA_TYPES = frozenset({"application/x-tar", "application/x-gtar", "application/x-ustar"})

BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError, OverflowError)
"""What a damaged archive, or the packing around it, can raise."""
_BLOCK = 512
_RECORD = 20 * _BLOCK


def read(source: Input) -> Draft:
    """A listing, and the plain files inside as children; links and devices are named only.

    Raises Empty, TooLarge beyond archive_members, archive_bytes and archive_ratio, Corrupt when there is none.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    with source.path.open("rb") as file:
        return read_stream(source, GuardedStream(file.read, RatioGuard(source)))


def read_stream(source: Input, stream: GuardedStream) -> Draft:
    """The archive that a stream of unpacked bytes holds; as `read`."""
    unpacking = Unpacking(source)
    watched = _Watched(stream)
    try:
        with tarfile.open(
            fileobj=cast("IO[bytes]", watched),
            mode="r|",
            bufsize=_RECORD,
            encoding="utf-8",
            errors="surrogateescape",
        ) as archive:
            for member in archive:
                _take(archive, member, unpacking)
            if watched.is_data_at(archive.offset):
                unpacking.faults.append("an entry is damaged")
    except BROKEN as error:
        if not unpacking.listing:
            raise Corrupt(f"{source.untrusted_name}: the archive cannot be read ({reason(error)})") from error
        unpacking.faults.append(reason(error))
    return unpacking.draft()


def is_tar(head: bytes) -> bool:
    """Whether these first 512 bytes are a tar header: its checksum is right (POSIX.1-2017, pax, ustar format)."""
    if len(head) < _BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, unpacking: Unpacking) -> None:
    if member.isdir():
        return
    name = _name(member)
    wanted = unpacking.announce(name, member.size, _when(member.mtime))
    content = archive.extractfile(member) if member.isreg() and wanted else None
    if not member.isreg():
        unpacking.special.append(name)
    elif content is not None:
        with content:
            unpacking.take(name, content, BROKEN, member.size)


def _name(member: tarfile.TarInfo) -> str:
    raw = member.name.encode("utf-8", "surrogateescape")
    try:
        return shown(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return shown(guessed_name(raw))


def _when(seconds: float) -> str:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return ""


class _Watched:
    """A stream that remembers its last records: `tarfile` takes a damaged header for the archive's end."""

    def __init__(self, stream: GuardedStream) -> None:
        self._stream = stream
        self._last: deque[tuple[int, bytes]] = deque(maxlen=3)
        self._total = 0

    def read(self, size: int = _RECORD) -> bytes:
        parts: list[bytes] = []
        while size > 0 and (block := self._stream.read(size)):
            parts.append(block)
            size -= len(block)
        data = b"".join(parts)
        self._last.append((self._total, data))
        self._total += len(data)
        return data

    def is_data_at(self, offset: int) -> bool:
        """Whether a block that is not all zeros stands at `offset`, as far as it is remembered."""
        return any(
            any(data[offset - start : offset - start + _BLOCK])
            for start, data in self._last
            if start <= offset < start + len(data)
        )
