"""The fonts that bundles are set in: found in the places where systems keep them, embedded in the PDF.

Latin text is set in a sans serif with a bold; where the system has none of the known ones, in the font that comes
with reportlab. Han characters need a Chinese TrueType font, and its lack is an error only once one is to be set.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from extractors.word_lists import word_list
from pipeline.bundle.errors import FontMissing

_PLACES = Path(__file__).with_name("fonts.yaml")


@cache
def latin() -> tuple[TTFont, TTFont]:
    """The regular and the bold Latin font, registered with reportlab."""
    for regular, bold in _latin_places():
        if regular.is_file() and bold.is_file():
            return _registered("ct-latin", regular), _registered("ct-latin-bold", bold)
    raise FontMissing("No Latin font was found.", "Install one: apt-get install fonts-dejavu-core.")


@cache
def han() -> TTFont:
    """The font for Han characters, registered with reportlab. Raises FontMissing when the system has none."""
    for place in _places()["han"]:
        if Path(place["path"]).is_file():
            try:
                return _registered("ct-han", Path(place["path"]), place["face"])
            except TTFError:
                continue  # a font of this name with outlines that cannot be embedded; the next place may do
    raise FontMissing("No Chinese TrueType font was found, and the bundle has Chinese text.")


def _latin_places() -> Iterator[tuple[Path, Path]]:
    for place in _places()["latin"]:
        yield Path(place["regular"]), Path(place["bold"])
    own = Path(reportlab.__file__).parent / "fonts"
    yield own / "Vera.ttf", own / "VeraBd.ttf"


def _registered(name: str, path: Path, face: int = 0) -> TTFont:
    font = TTFont(name, str(path), subfontIndex=face)
    pdfmetrics.registerFont(font)
    return font


@cache
def _places() -> dict[str, Any]:
    places: dict[str, Any] = word_list(_PLACES)
    return places
