"""Pictures and files that stand in RTF as hexadecimal digits (specification 1.9.1, \\pict and \\objdata)."""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Iterator

from extractors.readers.compound import OLE_ERRORS, files_of_object, native
from extractors.readers.embedded import MOST, SMALLEST_PICTURE
from extractors.readers.ooxml import is_raster

_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_EMBEDDED = 2
"""The form of an object whose data is in the file, and not only where it lies ([MS-OLEDS] 2.2.4)."""


class RtfEmbedded:
    """Takes in what stands in an RTF file beside its text: `files` are names and bytes, `left_out` counts the rest."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.left_out = 0

    def take(self, place: str, digits: bytes, raw: bytes) -> None:
        """What stood in a "picture" or "object" group: digits, or bytes behind \\bin."""
        plain = _NOT_HEX.sub(b"", digits)
        data = raw or binascii.unhexlify(plain[: len(plain) // 2 * 2])
        found = list(_picture(data) if place == "picture" else _object(data))
        room = MOST - len(self.files)
        self.left_out += not found or len(found) > room
        self.files += found[:room]


def _picture(data: bytes) -> Iterator[tuple[str, bytes]]:
    if len(data) >= SMALLEST_PICTURE and is_raster(data[:8]):
        yield "picture", data


def _object(data: bytes) -> Iterator[tuple[str, bytes]]:
    """An object as OLE 1 writes it: version, form, three strings, the size of the data, the data (2.2.5)."""
    try:
        form = struct.unpack_from("<I", data, 4)[0]
        at, names = 8, []
        for _ in range(3):
            size = struct.unpack_from("<I", data, at)[0]
            names.append(data[at + 4 : at + 4 + size].rstrip(b"\0"))
            at += 4 + size
        size = struct.unpack_from("<I", data, at)[0]
        content = data[at + 4 : at + 4 + size]
        if form == _EMBEDDED and names[0] == b"Package":
            yield native(struct.pack("<I", len(content)) + content)
        elif form == _EMBEDDED:
            yield from files_of_object(content)
    except OLE_ERRORS:
        return
