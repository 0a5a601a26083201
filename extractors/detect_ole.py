"""What an OLE compound file holds, told from the streams in its root ([MS-CFB] 2.2 to 2.6)."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are not sectors ([MS-CFB] 2.1)."""
_MAX_SECTORS = 4096
_SECTOR_SHIFTS = (9, 12)
"""Sectors are of 512 bytes, or of 4096 in version 4 ([MS-CFB] 2.2)."""
_HEADER_SECTORS = 109
"""Sectors of the allocation table that the header itself names."""

_STREAM_TYPES = {
    "EncryptedPackage": "application/encrypted",
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "__properties_version1.0": "application/vnd.ms-outlook",
}


def ole_type(path: Path) -> str | None:
    """The media type that the root's streams tell; None when they tell nothing or the file is damaged."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            names = {name.casefold() for name in _root_names(data)}
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError):
        return None
    return next((kind for stream, kind in _STREAM_TYPES.items() if stream.casefold() in names), None)


def _root_names(data: mmap.mmap) -> Iterator[str]:
    shift = struct.unpack_from("<H", data, 0x1E)[0]
    if data[: len(_SIGNATURE)] != _SIGNATURE or shift not in _SECTOR_SHIFTS:
        return
    size = 1 << shift
    table = _allocation(data, size)
    entries = [
        sector[at : at + 128]
        for sector in _chain(data, size, table, struct.unpack_from("<I", data, 0x30)[0])
        for at in range(0, size, 128)
    ]
    yield from _siblings(entries, struct.unpack_from("<I", entries[0], 0x4C)[0])


def _allocation(data: mmap.mmap, size: int) -> list[int]:
    """The sector that follows each; the table's own sectors are named in the header, those of large files also
    in sectors of their own ([MS-CFB] 2.5)."""
    sectors = list(struct.unpack_from(f"<{_HEADER_SECTORS}I", data, 0x4C))
    further = struct.unpack_from("<I", data, 0x44)[0]
    needed = len(data) // size // (size // 4) + 1
    while further < _END and len(sectors) < needed:
        *more, further = struct.unpack_from(f"<{size // 4}I", data, (further + 1) * size)
        sectors += more
    table: list[int] = []
    for sector in sectors[:needed]:
        if sector < _END:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table


def _chain(data: mmap.mmap, size: int, table: list[int], sector: int) -> Iterator[bytes]:
    for _ in range(_MAX_SECTORS):
        if sector >= _END:
            return
        yield data[(sector + 1) * size : (sector + 2) * size]
        sector = table[sector]


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
