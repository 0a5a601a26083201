"""What an OLE compound file holds, told from the streams in its root ([MS-CFB] 2.2 to 2.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are not sectors ([MS-CFB] 2.1)."""
_MAX_SECTORS = 4096
_HEAD_BYTES = 512
_SECTOR_SHIFTS = (9, 12)
"""Sectors are of 512 bytes, or of 4096 in version 4 ([MS-CFB] 2.2)."""
_HEADER_SECTORS = 109
"""Sectors of the allocation table that the header itself names."""
_MOST_LISTS = 2000
"""Lists of the allocation table's further sectors: those of a file of 16 GB; a chain of them may run in a circle."""

_STREAM_TYPES = {
    "EncryptedPackage": "application/encrypted",
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "__properties_version1.0": "application/vnd.ms-outlook",
}


def ole_type(path: Path) -> str | None:
    """The media type that the root's streams tell; None when they tell nothing or the file is damaged.

    Reads the head, the directory and what leads to it, however large the file is.
    """
    try:
        with path.open("rb") as file:
            names = {name.casefold() for name in _root_names(file)}
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError):
        return None
    return next((kind for stream, kind in _STREAM_TYPES.items() if stream.casefold() in names), None)


def _root_names(file: IO[bytes]) -> Iterator[str]:
    head = file.read(_HEAD_BYTES)
    shift = struct.unpack_from("<H", head, 0x1E)[0]
    if not head.startswith(_SIGNATURE) or shift not in _SECTOR_SHIFTS:
        return
    sectors = _Sectors(file, head, 1 << shift)
    entries = [
        sector[at : at + 128]
        for sector in sectors.chain(struct.unpack_from("<I", head, 0x30)[0])
        for at in range(0, sectors.size, 128)
    ]
    yield from _siblings(entries, struct.unpack_from("<I", entries[0], 0x4C)[0])


class _Sectors:
    """The sectors of a file, read one by one. Raises struct.error or IndexError where the file is cut off."""

    def __init__(self, file: IO[bytes], head: bytes, size: int) -> None:
        self.size, self._file = size, file
        self._table = [s for s in struct.unpack_from(f"<{_HEADER_SECTORS}I", head, 0x4C) if s < _END]
        self._more, self._lists = struct.unpack_from("<I", head, 0x44)[0], 0

    def chain(self, sector: int) -> Iterator[bytes]:
        """The sectors of a stream, from its first on."""
        for _ in range(_MAX_SECTORS):
            if sector >= _END:
                return
            yield self._read(sector)
            sector = self._following(sector)

    def _read(self, sector: int) -> bytes:
        self._file.seek((sector + 1) * self.size)
        return self._file.read(self.size)

    def _following(self, sector: int) -> int:
        """What the allocation table says comes behind a sector."""
        part, at = divmod(sector, self.size // 4)
        while part >= len(self._table):
            self._extend()
        found: int = struct.unpack_from("<I", self._read(self._table[part]), 4 * at)[0]
        return found

    def _extend(self) -> None:
        """The sectors of the table that the head has no room for: a chain of lists ([MS-CFB] 2.5)."""
        self._lists += 1
        if self._more >= _END or self._lists > _MOST_LISTS:
            raise IndexError("a sector outside the allocation table")
        *named, self._more = struct.unpack(f"<{self.size // 4}I", self._read(self._more))
        self._table += [sector for sector in named if sector < _END]


def _siblings(entries: list[bytes], first: int) -> Iterator[str]:
    """The names in one folder: a tree whose nodes name their left and right neighbour."""
    waiting, seen = [first], set[int]()
    while waiting:
        number = waiting.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        length = struct.unpack_from("<H", entry, 0x40)[0]
        yield entry[: max(0, length - 2)].decode("utf-16-le")
        waiting += struct.unpack_from("<II", entry, 0x44)
