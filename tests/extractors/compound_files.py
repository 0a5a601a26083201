"""Writes OLE compound files ([MS-CFB] version 3) for tests: folders are dicts, streams are bytes."""

from __future__ import annotations

import struct
from typing import Union

Tree = dict[str, Union[bytes, "Tree"]]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(tree: Tree) -> bytes:
    """A compound file that holds the tree."""
    return _Writer().written(tree)


class _Writer:
    def __init__(self) -> None:
        self._sectors: list[bytes] = []
        self._table: list[int] = []
        self._mini = bytearray()
        self._mini_table: list[int] = []
        self._entries: list[list[object]] = []

    def written(self, tree: Tree) -> bytes:
        self._entries.append(["Root Entry", 5, _FREE, 0, 0])
        self._entries[0][2] = self._folder(tree)
        if self._mini:
            self._entries[0][3:] = [self._add(bytes(self._mini)), len(self._mini)]
        mini_fat = self._add(struct.pack(f"<{len(self._mini_table)}I", *self._mini_table), fill=b"\xff")
        directory = self._add(b"".join(self._entry(*e) for e in self._entries))
        used = len(self._sectors)
        tables = 1
        while tables * 128 < used + tables:
            tables += 1
        table = self._table + [_TABLE] * tables
        table += [_FREE] * (tables * 128 - len(table))
        fat = struct.pack(f"<{len(table)}I", *table)
        places = [used + n for n in range(tables)] + [_FREE] * (109 - tables)
        count = -(-len(self._mini_table) * 4 // _SECTOR)
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        head += bytes(6) + struct.pack("<IIIII", 0, tables, directory, 0, _CUTOFF)
        head += struct.pack("<IIII", mini_fat if count else _END, count, _END, 0)
        return head + struct.pack("<109I", *places) + b"".join(self._sectors) + fat

    def _folder(self, tree: Tree) -> int:
        """Writes the entries of a folder; each names the next as its right neighbour. The first one's number."""
        first = previous = _FREE
        for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            number = len(self._entries)
            entry: list[object] = [name, 1 if isinstance(content, dict) else 2, _FREE, 0, 0, _FREE]
            self._entries.append(entry)
            if isinstance(content, dict):
                entry[2] = self._folder(content)
            else:
                entry[3:5] = [self._stream(content), len(content)]
            if previous == _FREE:
                first = number
            else:
                self._entries[previous][5] = number
            previous = number
        return first

    def _stream(self, content: bytes) -> int:
        if len(content) >= _CUTOFF:
            return self._add(content)
        if not content:
            return _END
        start = len(self._mini_table)
        count = -(-len(content) // _MINI)
        self._mini += content.ljust(count * _MINI, b"\0")
        self._mini_table += [*range(start + 1, start + count), _END]
        return start

    def _add(self, content: bytes, fill: bytes = b"\0") -> int:
        start = len(self._sectors)
        blocks = [content[at : at + _SECTOR].ljust(_SECTOR, fill) for at in range(0, len(content), _SECTOR)]
        self._sectors += blocks
        self._table += [*range(start + 1, start + len(blocks)), _END] if blocks else []
        return start if blocks else _END

    @staticmethod
    def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _FREE) -> bytes:
        raw = name.encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw) + 2, kind, 1, _FREE, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )
