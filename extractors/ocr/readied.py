"""A page made ready for Tesseract: only what it was measured to need, and only where the picture shows the need.

RapidOCR reads slanted, photographed, shadowed and small pages as well without any of this: it is given the picture as
delivered (docs/decisions.md has the figures).
"""

from __future__ import annotations

from pathlib import Path

from extractors.ocr import pictures
from extractors.ocr.engine import Engine, OcrImage
from extractors.ocr.geometry import LEAST_SLANT, deskewed, flattened, turned
from extractors.ocr.light import EVEN, enlarged, evened
from extractors.ocr.prepared import Prepared, as_delivered, chained
from extractors.ocr.signals import Signals

TINY = 11.0
"""Height in pixels of capitals and Han characters below which a picture is enlarged, and reads better."""
LARGE, ENOUGH = 28.0, 22.0
"""Height in pixels of Latin capitals from which on a picture is made smaller, and to which: Tesseract then reads as
well in three quarters of the time."""
SURE_LATIN = 0.5
WORD = 1.2
"""Height of a word, as engines box it, to that of its capitals."""
SURE_SIDE = 0.6
"""How surely lines must run down the picture for it to be asked which way up it is (see `skew.Slant.sure`)."""
SURE_BEARING = 1.5


def readied(image: OcrImage, seen: Signals, folder: Path) -> Prepared:
    """The picture for Tesseract, with the way back: sheets flat, lines level, light even, print of the right size."""
    page = as_delivered(_shrunk(image, seen, folder))
    if seen.photo:
        page = _and_then(page, flattened(page.image, folder))
    if page.how or _slants(seen):
        page = _and_then(page, deskewed(page.image, folder))
    if seen.evenness < EVEN:
        page = _and_then(page, evened(page.image, folder))
    if is_tiny(seen) and seen.glyphs:
        page = _and_then(page, enlarged(page.image, folder, WORD * seen.glyphs.height))
    return page


def upright(page: Prepared, seen: Signals, engine: Engine, seconds: float, folder: Path) -> Prepared:
    """The page turned upright, where its lines run down the picture and the engine can tell which way up it is."""
    if not lies_on_its_side(seen):
        return page
    bearing = engine.bearing(page.image, seconds)
    if bearing is None or not bearing.turn or bearing.sure < SURE_BEARING:
        return page
    return chained(page, turned(page.image, bearing.turn, folder))


def lies_on_its_side(seen: Signals) -> bool:
    """Whether lines surely run down the picture: a page on its side, or Chinese in columns."""
    return seen.slant is not None and not seen.slant.across and seen.slant.sure >= SURE_SIDE


def is_tiny(seen: Signals) -> bool:
    """Whether the print is so small that enlarging it pays."""
    return seen.writing and seen.glyphs is not None and seen.glyphs.height < TINY


def _shrunk(image: OcrImage, seen: Signals, folder: Path) -> OcrImage:
    glyphs = seen.glyphs
    if glyphs is None or glyphs.height < LARGE or glyphs.script != "Latin" or glyphs.sure < SURE_LATIN:
        return image
    return pictures.fitted(image, round(max(pictures.size(image)) * ENOUGH / glyphs.height), folder)


def _slants(seen: Signals) -> bool:
    return seen.slant is not None and abs(seen.slant.angle) >= LEAST_SLANT


def _and_then(page: Prepared, more: Prepared | None) -> Prepared:
    return page if more is None else chained(page, more)
