"""Which engine a page goes to, told from its picture before anything is read, and why."""

from __future__ import annotations

from extractors.ocr.glyphs import Script
from extractors.ocr.options import OcrOptions
from extractors.ocr.readied import is_tiny, lies_on_its_side
from extractors.ocr.signals import Signals

SURE_SCRIPT, ALL_LATIN = 0.5, 0.75
"""How sure the script must be to be tried first (it is right 24 times in 25, see `glyphs.Glyphs`), and to be read
alone: a page of which one line in twenty is Chinese has less."""
RECEIPT = 1.7
"""Height to width from which on a picture is a receipt, whatever stands on it."""
CUTTING = 500_000
"""Pixels up to which a picture is a cutting or a single line rather than a page."""
BLURRED = 0.55
"""Sharpness below which print is blurred: clean print has 0.9."""
PALE = 0.3
"""Contrast below which print is pale."""
BARE = 0.002
"""Share of a picture up to which ink is dust: nothing is written there."""


def why_better(seen: Signals, size: tuple[int, int]) -> str | None:
    """What speaks for the better engine at once; None for what may be clean Latin print, and for blank pages.

    `size` is the picture's width and height in pixels.
    """
    width, height = size
    reasons = {
        "a cutting": width * height <= CUTTING,
        "a receipt": height > RECEIPT * width,
        "a photo": seen.photo,
        "blurred": seen.sharpness is not None and seen.sharpness < BLURRED,
        "Han characters": seen.glyphs is not None and seen.glyphs.script == "Han",
        "its lines run down the picture": lies_on_its_side(seen),
        "small print": is_tiny(seen),
        "pale": seen.writing and seen.contrast < PALE,
        "no straight lines": seen.slant is None,
    }
    return None if is_blank(seen) else next((why for why, holds in reasons.items() if holds), None)


def is_blank(seen: Signals) -> bool:
    """Whether nothing is to be seen on the page, as on the backs of sheets."""
    return not seen.writing and not seen.photo and seen.cover < BARE


def first_languages(seen: Signals, options: OcrOptions) -> tuple[str, ...]:
    """The languages to begin with: those of the script that the picture shows, Latin where that is not certain."""
    sure_han = _is_sure(seen, "Han", SURE_SCRIPT)
    return (options.han if sure_han else options.latin) or options.languages


def only_languages(seen: Signals, options: OcrOptions) -> tuple[str, ...]:
    """The languages for the only pass: those of Latin script for a page that is surely in it, else all."""
    return options.latin or options.languages if _is_sure(seen, "Latin", ALL_LATIN) else options.languages


def _is_sure(seen: Signals, script: Script, sure: float) -> bool:
    return seen.glyphs is not None and seen.glyphs.script == script and seen.glyphs.sure >= sure
