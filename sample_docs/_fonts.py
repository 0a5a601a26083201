"""The fonts of the rendered pages: base-14 and DejaVu for Latin, WenQuanYi Zen Hei for Chinese."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path("/usr/share/fonts/truetype")
HAN_FILE = FOLDER / "wqy" / "wqy-zenhei.ttc"
DEJAVU_FILES = {
    "DejaVuSans": "DejaVuSans.ttf",
    "DejaVuSans-Bold": "DejaVuSans-Bold.ttf",
    "DejaVuSerif": "DejaVuSerif.ttf",
    "DejaVuSerif-Bold": "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic": "DejaVuSerif-Italic.ttf",
    "DejaVuSansMono": "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold": "DejaVuSansMono-Bold.ttf",
}
# A writer's habit: (plain, bold, italic) for the Latin part of the text.
FAMILIES = {
    "serif": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "sans": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "mono": ("Courier", "Courier-Bold", "Courier-Oblique"),
    "dejavu": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif-Italic"),
    "dejavu-serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic"),
    "han": ("Han", "Han", "Han"),
}
HAN = "Han"


class FontMissing(SystemExit):
    """Says which font file is missing and how to install it."""


def _found(path: Path, package: str) -> Path:
    if not path.is_file():
        raise FontMissing(f"sample_docs: font file {path} is missing; install it: apt-get install {package}")
    return path


@cache
def register() -> None:
    """Makes all fonts known to reportlab; ends the program with a clear message when one is missing."""
    pdfmetrics.registerFont(TTFont(HAN, str(_found(HAN_FILE, "fonts-wqy-zenhei")), subfontIndex=0))
    for name, file in DEJAVU_FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_found(FOLDER / "dejavu" / file, "fonts-dejavu"))))


@cache
def picture_font(size: int, *, han: bool = False) -> ImageFont.FreeTypeFont:
    """A font for drawing straight into a picture (photos, hand-typed scraps)."""
    if han:
        return ImageFont.truetype(str(_found(HAN_FILE, "fonts-wqy-zenhei")), size, index=0)
    return ImageFont.truetype(str(_found(FOLDER / "dejavu" / "DejaVuSans-Bold.ttf", "fonts-dejavu")), size)


def is_wide(char: str) -> bool:
    """Whether the character is set as a full Chinese square."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or 0xFF00 <= code <= 0xFFEF
    )


@cache
def font_for(char: str, latin: str) -> str:
    """The font that has a glyph for `char` when the Latin part is set in `latin`."""
    if is_wide(char):
        return HAN
    if latin == HAN or latin.startswith("DejaVu"):
        return latin
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return "DejaVuSans" if ord(char) not in range(0x2460, 0x2500) else HAN
    return latin


def runs(text: str, latin: str) -> list[tuple[str, str]]:
    """`text` cut into (font, piece), so that each piece can be drawn in one font."""
    found: list[tuple[str, str]] = []
    for char in text:
        font = font_for(char, latin)
        if found and found[-1][0] == font:
            found[-1] = (font, found[-1][1] + char)
        else:
            found.append((font, char))
    return found


def width(text: str, latin: str, size: float) -> float:
    """The width of `text` in points."""
    return sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in runs(text, latin))
