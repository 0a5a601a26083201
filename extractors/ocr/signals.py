"""What a look at a picture tells before anything is read: is there writing, how does it lie, how good is the picture.

One reduced grey picture is measured once; on an idle core a sheet of A4 at 300 dpi takes about 30 ms beyond loading it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extractors.ocr.engine import OcrImage
from extractors.ocr.glyphs import Glyphs, glyphs_of
from extractors.ocr.ink import Ink, ink_of, levels, quantile, reduced
from extractors.ocr.pictures import Grey, loaded
from extractors.ocr.skew import Slant, slant_of

WRITTEN = 0.5
"""Lean of the ink from which on what is dark is rather writing than scenery."""
_FEWEST = 2
PHOTO_UNEVENNESS, PHOTO_MODE = 0.045, 0.5
"""A camera's picture: its paper varies more than that, and less than this share of it has one and the same grey."""
_MODE_LEVELS = 9
_LIGHT_PIXELS = 60_000
"""Pixels on which the light is measured: it changes slowly."""
_SHARPNESS_ROWS = 150
"""Reduced rows above and below the middle of the writing on which sharpness is measured."""
_MEASURABLE = 20
"""Grey levels between paper and ink below which sharpness means nothing."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known about a picture before it is read. Shares and brightnesses are 0 to 1, heights are in its pixels.

    `writing`: there are lines of writing, or dark marks such as writing has; a few words in scenery may escape.
    `slant`: how the lines lie, None when that is not certain. `glyphs`: height, number and script of the characters.
    `photo`: lit like a camera's picture, not like a flat scan. `contrast`: by how much ink is darker than paper.
    `evenness`: 1 is paper of one brightness. `cover`: share that is ink. `sharpness`: about 0.9 is print, below 0.5 is
    blurred.
    """

    writing: bool
    slant: Slant | None
    glyphs: Glyphs | None
    photo: bool
    contrast: float
    evenness: float
    cover: float
    sharpness: float | None


@dataclass(frozen=True, slots=True)
class Light:
    """Brightness of the paper and its evenness (0 to 1), and the share of the picture that has the commonest grey."""

    paper: float
    evenness: float
    commonest: float


def signals_of(image: OcrImage) -> Signals:
    """The signals of a picture."""
    return signals_in(loaded(image))


def signals_in(grey: Grey) -> Signals:
    """The signals of a grey picture."""
    ink = ink_of(grey)
    slant = slant_of(ink)
    across = slant is None or slant.across
    plain = ink.lean >= WRITTEN and not ink.inverted and len(ink.letters) >= _FEWEST
    light = light_of(ink)
    return Signals(
        writing=slant is not None or plain,
        slant=slant,
        glyphs=glyphs_of(ink, across),
        photo=1 - light.evenness > PHOTO_UNEVENNESS and light.commonest < PHOTO_MODE,
        contrast=_contrast(ink, light.paper),
        evenness=light.evenness,
        cover=cv2.countNonZero(ink.marks) / ink.marks.size,
        sharpness=_sharpness(ink),
    )


def light_of(ink: Ink) -> Light:
    """The light on a page, of which dark desks and lids beside the paper are no part."""
    small, _ = reduced(ink.grey, _LIGHT_PIXELS)
    light = cv2.GaussianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), (0, 0), 3)
    middle = float(np.median(light))
    paper = light[light >= 0.8 * middle].astype(np.float64)
    unevenness = float(paper.std() / max(paper.mean(), 1.0))
    runs = np.convolve(levels(small), np.ones(_MODE_LEVELS))
    commonest = float(runs.max() / small.size)
    return Light(float(paper.mean()) / 255, max(0.0, 1 - unevenness), commonest)


def _contrast(ink: Ink, paper: float) -> float:
    inked = ink.grey[ink.lettered.view(bool)]
    if not inked.size:
        return 0.0
    return max(0.0, paper - quantile(levels(inked.reshape(-1, 1)), 0.25) / 255)


def _sharpness(ink: Ink) -> float | None:
    """How much of the step from paper to ink falls between neighbouring pixels, at the letters' edges."""
    if not len(ink.letters):
        return None
    middle = int(np.median(ink.letters[:, 1]))
    rows = slice(max(0, middle - _SHARPNESS_ROWS), middle + _SHARPNESS_ROWS)
    grey, lettered = ink.grey[rows], ink.lettered[rows]
    near = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    wide = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
    edges = cv2.morphologyEx(lettered, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).view(bool)
    steps, whole = near[edges].astype(np.float64), wide[edges]
    clear = whole >= _MEASURABLE
    return float(np.median(steps[clear] / whole[clear])) if clear.any() else None
