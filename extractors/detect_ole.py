"""What an OLE compound file holds, told from the streams in its root ([MS-CFB] 2.2 to 2.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are not sectors ([MS-CFB] 2.1)."""
_MAX_SECTORS = 4096
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
        names = set(_root_names(path.read_bytes()))
    except (struct.error, IndexError, UnicodeDecodeError):
        return None
    return next((kind for stream, kind in _STREAM_TYPES.items() if stream in names), None)


def _root_names(data: bytes) -> Iterator[str]:
    if not data.startswith(_SIGNATURE):
        return
    size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    table = _allocation(data, size)
    entries = [
        sector[at : at + 128]
        for sector in _chain(data, size, table, struct.unpack_from("<I", data, 0x30)[0])
        for at in range(0, size, 128)
    ]
    yield from _siblings(entries, struct.unpack_from("<I", entries[0], 0x4C)[0])


def _allocation(data: bytes, size: int) -> list[int]:
    sectors = [s for s in struct.unpack_from(f"<{_HEADER_SECTORS}I", data, 0x4C) if s < _END]
    table: list[int] = []
    for sector in sectors:
        table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table


def _chain(data: bytes, size: int, table: list[int], sector: int) -> Iterator[bytes]:
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
