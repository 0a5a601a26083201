"""The letters and Han characters in a picture: how high they are, how many, and of which script they seem to be.

Nothing is read. Pieces of ink that stand above each other within a line (the dot of an i, the strokes of a 三) count
as one character. Han characters are known from Latin letters by how many strokes a cut through them from top to bottom
meets, and by lying strokes being as many as standing ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.ink import Boxes, Ink, Marks, pieces_of

Script = Literal["Han", "Latin"]

_JOINED, _STACKED = 0.4, 0.6
"""Gaps within a character, in sizes of its pieces: what is surely less than the gap between lines, for heights; and
what is surely more than that within a Han character, for counting its strokes."""
_WHOLE, _HUGE = 0.6, 4.0
"""Sizes below and above which a piece is no character: dots, commas, broken print; edges, textures, drawings."""
_TALL = 0.8
"""Share of the characters that are lower than what is told as the height: so it is that of capitals, not of an a."""
# Fitted by logistic regression to 585 pages drawn in both scripts (10 to 44 pixels, several faces, slanted, blurred,
# broken, pale, in letters and in lists) and rounded.
_STROKES, _STROKES_WEIGHT = 1.63, 6.0
_STANDING, _STANDING_WEIGHT = 0.08, 8.0
_MANY = 25
"""Characters of which half the certainty that many would give is to be had."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a picture: `height` of the tall ones in pixels of the picture, `count`, their `script`.

    `sure` is how surely they are of that script, 0 to 1: from 0.5 on it is right 24 times in 25.
    """

    height: float
    count: int
    script: Script
    sure: float


def glyphs_of(ink: Ink, across: bool = True) -> Glyphs | None:
    """The characters in lines that run across the picture or down it; None when there is none."""
    lettered, letters = ink.lettered, ink.letters
    if not across:
        lettered, letters = np.ascontiguousarray(lettered.T), letters[:, [1, 0, 3, 2, 4]]
    if not len(letters):
        return None
    sizes = np.maximum(letters[:, 2], letters[:, 3])
    size = _quantile(sizes, sizes, 0.5)
    characters = _characters(_closed(lettered, _JOINED * size), size)
    if not len(characters):
        return None
    height = _quantile(characters[:, 3], characters[:, 2], _TALL)
    script, sure = _script(lettered, _closed(lettered, _STACKED * size), len(characters))
    return Glyphs(height * ink.step, len(characters), script, sure)


def _closed(lettered: Marks, gap: float) -> Marks:
    """Gaps of that many pixels from top to bottom filled."""
    return np.asarray(cv2.morphologyEx(lettered, cv2.MORPH_CLOSE, np.ones((max(2, round(gap)), 1), np.uint8)))


def _characters(joined: Marks, size: float) -> Boxes:
    boxes, _ = pieces_of(joined)
    longest = np.maximum(boxes[:, 2], boxes[:, 3])
    found = boxes[(longest > _WHOLE * size) & (boxes[:, 3] < _HUGE * size)]
    return np.asarray(found, dtype=np.int32)


def _script(lettered: Marks, joined: Marks, count: int) -> tuple[Script, float]:
    """The script and how sure it is."""
    lying = _edges_down(lettered)
    standing = _edges_across(lettered)
    strokes = lying / _edges_down(joined)
    lead = _STROKES_WEIGHT * (strokes - _STROKES)
    lead -= _STANDING_WEIGHT * (math.log(standing / lying) - _STANDING)
    sure = math.tanh(abs(lead) / 2) * count / (count + _MANY)
    return ("Han" if lead > 0 else "Latin"), sure


def _edges_down(marks: Marks) -> int:
    """How often ink begins or ends on the way from top to bottom."""
    return cv2.countNonZero(cv2.bitwise_xor(marks[1:], marks[:-1])) + 1


def _edges_across(marks: Marks) -> int:
    return cv2.countNonZero(cv2.bitwise_xor(marks[:, 1:], marks[:, :-1])) + 1


def _quantile(values: NDArray[np.int32], weights: NDArray[np.int32], share: float) -> float:
    """The value below which the values with this share of the weight lie."""
    order = np.argsort(values)
    summed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(summed, share * summed[-1])])
