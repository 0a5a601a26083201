"""Setting text in two fonts at once: measuring, breaking into lines, drawing. Units are points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from extractors.document import is_han
from pipeline.bundle import fonts
from pipeline.bundle.errors import FontMissing

INK = Color(0.1, 0.1, 0.12)
GREY = Color(0.42, 0.42, 0.45)
RULE = Color(0.78, 0.78, 0.8)
LINK = Color(0.05, 0.2, 0.5)

_OPENING = "（《「『【〔〈“‘([{"
_CLOSING = "，。、；：？！）》」』】〕〉”’…)]},.;:?!%"
_HAN = (
    "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff65"
    "\U00020000-\U000323af"
)
_PIECE = re.compile(
    rf"[{re.escape(_OPENING)}]*[{_HAN}][{re.escape(_CLOSING)}]*|\s+|[^\s{_HAN}]*[-/_\\@][^\s{_HAN}]?|[^\s{_HAN}]+"
)
_HAN_CHAR = re.compile(f"[{_HAN}]")
_SUBSTITUTE = "?"
_THICK_FROM = 12.0
"""Smaller Han characters run together when they are thickened."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: size and distance of lines in points."""

    size: float
    leading: float
    bold: bool = False
    color: Color = INK


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    font: str
    width: float


@lru_cache(maxsize=50_000)
def _glyph(char: str, bold: bool) -> _Glyph:
    """The character as it can be set: itself, or a substitute where no font has it; width at size 1."""
    regular, heavy = fonts.latin()
    font = heavy if bold else regular
    if not _has(font, char):
        font = _other_font(char) or font
    char = char if _has(font, char) else _SUBSTITUTE
    return _Glyph(char, font.fontName, font.face.charWidths.get(ord(char), font.face.defaultWidth) / 1000)


def _has(font: TTFont, char: str) -> bool:
    return ord(char) in font.face.charToGlyph


def _other_font(char: str) -> TTFont | None:
    """The font for Han characters, which has many signs besides; only text that needs it makes its lack an error."""
    try:
        return fonts.han()
    except FontMissing:
        if is_han(char) or _HAN_CHAR.match(char):
            raise
        return None


def canvas(
    out: Path | BytesIO, size: tuple[float, float] | None = None, font: TTFont | None = None
) -> Canvas:
    """A new PDF to draw on, first in `font` (else the regular Latin one).

    The same drawing gives the same bytes, and no font is named that is not embedded.
    """
    first = (font or fonts.latin()[0]).fontName
    target = out if isinstance(out, BytesIO) else str(out)
    return Canvas(target, pagesize=size, invariant=1, pageCompression=1, initialFontName=first)


def clean(text: str) -> str:
    """The text without what cannot be set: control, direction and other invisible characters; tabs become spaces."""
    text = text.expandtabs(8)
    return "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


def width(text: str, style: Style) -> float:
    """How wide the text stands in one line."""
    return sum(_glyph(char, style.bold).width for char in text) * style.size


def wrap(text: str, style: Style, room: float, most: int | None = None) -> list[str]:
    """The lines of the text, none wider than `room`; at most `most`, the last then ending in an ellipsis."""
    lines = [line for paragraph in clean(text).split("\n") for line in _broken(paragraph, style, room)]
    if most is not None and len(lines) > most:
        lines = lines[:most]
        while lines[-1] and width(lines[-1] + "…", style) > room:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"
    return lines


def _broken(paragraph: str, style: Style, room: float) -> Iterator[str]:
    line, used = "", 0.0
    for piece in _pieces(paragraph, style, room):
        wide = width(piece, style)
        if line and used + wide > room and not piece.isspace():
            yield line.rstrip()
            line, used = "", 0.0
            piece = piece.lstrip()
        line += piece
        used += wide
    yield line.rstrip()


def _pieces(paragraph: str, style: Style, room: float) -> Iterator[str]:
    """The unbreakable pieces of a paragraph; one that is wider than a line comes in parts that are not."""
    for found in _PIECE.finditer(paragraph):
        piece = found.group()
        if piece.isspace() or width(piece, style) <= room:
            yield piece
            continue
        part = ""
        for char in piece:
            if part and width(part + char, style) > room:
                yield part
                part = ""
            part += char
        yield part


def draw(canvas: Any, x: float, y: float, text: str, style: Style) -> None:
    """Draws one line with its baseline at `y`. Large Han characters, which have no bold font, are thickened."""
    glyphs = [_glyph(char, style.bold) for char in clean(text)]
    canvas.setFillColor(style.color)
    line = canvas.beginText(x, y)
    for name, run in groupby(glyphs, key=lambda glyph: glyph.font):
        line.setFont(name, style.size)
        thick = style.bold and name == "ct-han" and style.size >= _THICK_FROM
        if thick:
            canvas.setStrokeColor(style.color)
            canvas.setLineWidth(style.size / 55)
        line.setTextRenderMode(2 if thick else 0)
        line.textOut("".join(glyph.char for glyph in run))
    line.setTextRenderMode(0)
    canvas.drawText(line)
