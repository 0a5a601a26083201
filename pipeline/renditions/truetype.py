"""A TrueType font that leaves no ink: glyphs of many widths, and nothing in them.

Each is a contour of two points, from corner to corner: it encloses nothing, and still has the extent that pdfium takes
for the box of a character; pdfium drops a character that has none.

Written by the OpenType specification 1.9 (https://learn.microsoft.com/typography/opentype/spec/): the tables that
PDF 32000-1, 9.9, demands of an embedded font, and those that viewers' font checkers miss besides.
"""

from __future__ import annotations

import struct
from functools import cache

EM = 1000
STEP = 50
GLYPHS = 70
"""Glyph n, from 1 on, is n steps wide, in thousandths of the font's size; glyph 0 stands for nothing."""
NAME = "Glyphless"
_MAGIC, _CHECKSUM = 0x5F0F3CF5, 0xB1B0AFBA


@cache
def font() -> bytes:
    """The font file; the same bytes every time."""
    widths = [STEP * n for n in range(1, GLYPHS + 1)]
    glyphs = [_glyph(width) for width in widths]
    places = [0, *(len(glyphs[0]) // 2 * n for n in range(GLYPHS + 1))]
    metrics = [STEP, 0, *(v for width in widths for v in (width, 0))]
    tables = {
        "OS/2": _os2(),
        "cmap": struct.pack(">HHHHI12H", 0, 1, 3, 1, 12, 4, 24, 0, 2, 2, 0, 0, 0xFFFF, 0, 0xFFFF, 1, 0),
        "glyf": b"".join(glyphs),
        "head": _head(0),
        "hhea": struct.pack(
            ">I3hH11hH", 0x10000, EM, 0, 0, widths[-1], 0, 0, widths[-1], 1, *(0,) * 7, GLYPHS + 1
        ),
        "hmtx": struct.pack(f">{len(metrics)}H", *metrics),
        "loca": struct.pack(f">{len(places)}H", *places),
        "maxp": struct.pack(">I14H", 0x10000, GLYPHS + 1, 2, 1, 0, 0, 2, *(0,) * 8),
        "name": _names(),
        "post": struct.pack(">8I", 0x30000, *(0,) * 7),
    }
    tables["head"] = _head((_CHECKSUM - _sum(_file(tables))) % 2**32)
    return _file(tables)


def _file(tables: dict[str, bytes]) -> bytes:
    """The tables behind their directory, each on a multiple of four bytes."""
    power = len(tables).bit_length() - 1
    head = struct.pack(">I4H", 0x10000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
    body, at = b"", len(head) + 16 * len(tables)
    for tag, table in tables.items():
        head += struct.pack(">4s3I", tag.encode(), _sum(table), at + len(body), len(table))
        body += _padded(table)
    return head + body


def _padded(table: bytes) -> bytes:
    return table + bytes(-len(table) % 4)


def _sum(data: bytes) -> int:
    padded = _padded(data)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total % 2**32


def _glyph(width: int) -> bytes:
    """One contour: (0, 0) and, as far as its character reaches, (width, EM)."""
    return struct.pack(">5h2H2B2h", 1, 0, 0, width, EM, 1, 0, 0x31, 0x01, width, EM)


def _head(adjustment: int) -> bytes:
    box = 0, 0, STEP * GLYPHS, EM
    return struct.pack(
        ">4I2H2q4h2H3h", 0x10000, 0x10000, adjustment, _MAGIC, 0, EM, 0, 0, *box, 0, 8, 2, 0, 0
    )


def _os2() -> bytes:
    lines = EM, 0, 0, EM, 0
    return struct.pack(
        ">2h3H11h10s4I4s3H3h2H2I2h3H",
        *(4, EM // 2, 400, 5, 0, *(0,) * 11, bytes(10), *(0,) * 4, b"NONE", 0x40, 0xFFFF, 0xFFFF),
        *(*lines, 0, 0, EM // 2, EM, 0, 0x20, 0),
    )


def _names() -> bytes:
    """Family, style, full name and PostScript name, for Windows in US English."""
    records, texts = b"", b""
    for number, name in ((1, NAME), (2, "Regular"), (4, NAME), (6, NAME)):
        text = name.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), len(texts))
        texts += text
    return struct.pack(">3H", 0, 4, 6 + len(records)) + records + texts
