"""What is written in a picture, told without OCR: its ink, and which parts of it have the size and shape of letters.

It is measured once, on a reduced grey picture; the preparations and the signals look at what is found here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.pictures import Grey

PIXELS = 1_800_000
"""About the pixels of a reduced picture: A4 at some 140 dpi, where print of 8 points is 11 pixels high."""
AROUND = 25
"""Pixels (reduced) of the square whose mean a pixel is compared with: wider than a stroke, narrower than shadows."""
LEAST_CONTRAST, MOST_CONTRAST, SHARE_OF_CONTRAST = 9, 60, 0.4
"""How much darker than around it ink is, in grey levels: a share of what the darkest half per cent has, in bounds."""
BRIGHTER = 1.0
"""How much more (as a logarithm) the bright strokes of an inverted page stand out than anything dark on it."""
SMALLEST, LARGEST = 4, 150
"""Long side in reduced pixels of what may be a letter, a Han character, or some letters that touch."""
LONGEST = 12
"""Times its short side that the long side of such a piece may have."""
BLOCK, FULL = 24, 0.9
"""A piece longer than so many pixels that fills more of its box than this is a bar or a block, not a letter."""

Boxes = NDArray[np.int32]
"""Left, top, width, height and ink in pixels, a row for each piece."""
Marks = NDArray[np.uint8]
"""1 where something is, else 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The ink of a picture, in a reduced one of which a pixel is `step` pixels of the picture wide and high.

    `grey` is the reduced picture with its writing dark, even where the page is bright on dark (`inverted`); `lean`
    tells how much more dark stands out from what is around it than bright, as a logarithm (writing on paper has
    more than 0.5, scenery has not). `marks` is all ink, `letters` the pieces of it that may be letters,
    `lettered` their pixels.
    """

    grey: Grey
    step: int
    inverted: bool
    lean: float
    contrast: int
    marks: Marks
    letters: Boxes
    lettered: Marks


def ink_of(grey: Grey) -> Ink:
    """The ink of a grey picture of any size."""
    small, step = reduced(grey)
    mean = cv2.blur(small, (AROUND, AROUND))
    darker = np.asarray(cv2.subtract(mean, small), dtype=np.uint8)
    brighter = np.asarray(cv2.subtract(small, mean), dtype=np.uint8)
    lean = math.log((_weight(darker) + 1) / (_weight(brighter) + 1))
    inverted = lean < -BRIGHTER
    if inverted:
        small, darker, lean = np.asarray(cv2.bitwise_not(small), dtype=np.uint8), brighter, -lean
    contrast = _contrast(darker)
    marks = (darker >= contrast).astype(np.uint8)
    boxes, labels = pieces_of(marks)
    may_be = _may_be_letters(boxes)
    lettered = np.take(np.append(np.uint8(0), may_be.astype(np.uint8)), labels)
    return Ink(small, step, inverted, lean, contrast, marks, boxes[may_be], lettered)


def pieces_of(marks: Marks) -> tuple[Boxes, NDArray[np.int32]]:
    """The pieces that hang together, and for each pixel the number of its piece (from 1; 0 is no ink)."""
    # BBDT takes less than half of the default algorithm's time.
    _, labels, boxes, _ = cv2.connectedComponentsWithStatsWithAlgorithm(marks, 8, cv2.CV_32S, cv2.CCL_BBDT)
    return np.asarray(boxes[1:], dtype=np.int32), np.asarray(labels, dtype=np.int32)


def reduced(grey: Grey, pixels: int = PIXELS) -> tuple[Grey, int]:
    """The picture halved until it has about so many pixels, and how many pixels one of its pixels is wide."""
    halvings = max(0, round(math.log2(grey.size / pixels) / 2))
    for _ in range(halvings):
        size = (max(1, grey.shape[1] // 2), max(1, grey.shape[0] // 2))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return grey, 2**halvings


def levels(grey: Grey) -> NDArray[np.float64]:
    """How many pixels have each of the 256 grey levels."""
    return cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(np.float64)


def quantile(counts: NDArray[np.float64], share: float) -> int:
    """The grey level below which this share of the pixels lies."""
    return int(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _weight(deviation: Grey) -> float:
    """The third moment: few strong deviations (strokes) weigh more than many weak ones (paper near strokes)."""
    return float(levels(deviation[::2]) @ np.arange(256.0) ** 3)


def _contrast(darker: Grey) -> int:
    strongest = quantile(levels(darker[::2]), 0.995)
    return round(min(max(SHARE_OF_CONTRAST * strongest, LEAST_CONTRAST), MOST_CONTRAST))


def _may_be_letters(boxes: Boxes) -> NDArray[np.bool_]:
    width, height, area = (boxes[:, column] for column in (2, 3, 4))
    long, short = np.maximum(width, height), np.minimum(width, height)
    right = (long >= SMALLEST) & (long <= LARGEST) & (long <= LONGEST * short) & (area > long)
    right &= (long <= BLOCK) | (area < FULL * width * height)
    return np.asarray(right)
