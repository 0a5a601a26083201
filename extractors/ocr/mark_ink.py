"""Where ink lies on a page and of which colour it is, the paper's own colour and uneven light taken out.

Colour is told from the reduced picture: a chroma of one pixel is noise (JPEG keeps colour at half the size), of
several it is ink.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mask = NDArray[np.uint8]
"""A picture of zeros and ones."""

INK_FROM = 0.78
"""Brightness to that of the paper around it from which downwards a point is ink."""
CHROMA, CHROMA_SHARE = 34, 0.28
"""Difference of the strongest and the weakest colour from which on a point is coloured: in levels of 255, and in
proportion to how far the weakest lies below the paper. Black letters have coloured seams in any scan."""
RED = (168, 8)
"""Hues (0 to 179) from which and up to which, past 179, ink is red: vermilion to crimson; brown begins at 10."""
SHEET = 0.55
"""Share of a page that is paper from which on it is a sheet, and no picture of something else."""
COLOURFUL = 0.12
"""Share of coloured ink from which on a page is a photo, a poster or a brochure, where a ring is no seal."""
PALE, PALE_COLOUR = 90, 110
"""Level of the paper's darkest colour below which, and spread of its colours above which, it is no paper."""
_PAPER_STEP = 12
"""Pixels of the picture for one in which the paper is looked for."""


@dataclass(frozen=True, slots=True)
class Inks:
    """Masks of one size: all ink, the coloured part of it and the red part of that; hues 0 to 179 of all points.

    `scale` is pixels per millimetre. A picture without colours has empty masks for them.
    """

    ink: Mask
    coloured: Mask
    red: Mask
    hues: NDArray[np.uint8]
    scale: float

    def length(self, millimetres: float) -> int:
        """So many millimetres in whole pixels, at least 1."""
        return max(1, round(millimetres * self.scale))


def inks_of(picture: Image.Image, dpi: float) -> Inks | None:
    """The ink on a small picture ("L" or "RGB") of a page at `dpi` pixels per inch; None where it is no sheet."""
    pixels = np.asarray(picture)
    paper = _paper(pixels)
    if not _is_pale(paper):
        return None
    around = cv2.resize(paper, picture.size, interpolation=cv2.INTER_LINEAR)
    clean = np.asarray(cv2.divide(pixels, around, scale=255), dtype=np.uint8)
    low = (
        clean
        if clean.ndim == 2
        else np.asarray(cv2.min(cv2.min(clean[..., 0], clean[..., 1]), clean[..., 2]), dtype=np.uint8)
    )
    ink = (low < INK_FROM * 255).astype(np.uint8)
    if float(1 - ink.mean()) < SHEET:
        return None
    coloured, red, hues = _colours(clean, low)
    if float(coloured.mean()) > COLOURFUL:
        return None
    return Inks(ink, coloured, red, hues, dpi / 25.4)


def _paper(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colour of the paper, small: the brightest nearby, smoothed."""
    size = [max(1, side // _PAPER_STEP) for side in pixels.shape[1::-1]]
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    brightest = cv2.dilate(small, np.ones((5, 5), np.uint8))
    return np.maximum(cv2.blur(brightest, (7, 7)), 1).astype(np.uint8)


def _is_pale(paper: NDArray[np.uint8]) -> bool:
    """Whether most of it may be paper: white, grey, or tinted."""
    if paper.ndim == 2:
        return float((paper > PALE).mean()) >= SHEET
    low, high = paper.min(axis=2), paper.max(axis=2)
    return float(((low > PALE) & (high - low < PALE_COLOUR)).mean()) >= SHEET


def _colours(clean: NDArray[np.uint8], low: NDArray[np.uint8]) -> tuple[Mask, Mask, NDArray[np.uint8]]:
    nothing = np.zeros(low.shape, dtype=np.uint8)
    if clean.ndim == 2:
        return nothing, nothing, nothing
    high = cv2.max(cv2.max(clean[..., 0], clean[..., 1]), clean[..., 2])
    chroma = cv2.subtract(high, low)
    share = cv2.convertScaleAbs(cv2.bitwise_not(low), alpha=CHROMA_SHARE)
    coloured = ((chroma > CHROMA) & (chroma > share)).astype(np.uint8)
    hues = np.asarray(cv2.cvtColor(clean, cv2.COLOR_RGB2HSV)[..., 0], dtype=np.uint8)
    red = coloured * ((hues >= RED[0]) | (hues <= RED[1])).astype(np.uint8)
    return coloured, red, hues
