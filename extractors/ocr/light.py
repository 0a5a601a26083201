"""Pages made black on white and large enough: even light, nothing behind the writing. Each is a new file in `folder`.

Nothing is moved, so boxes as fractions stay where they are. A page is compared with its own paper, whose brightness is
taken from between the letters all over it: shadows, tinted paper and the light of a lamp fall out of the quotient.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from extractors.ocr import pictures
from extractors.ocr.engine import OcrImage
from extractors.ocr.ink import Ink, ink_of, levels, quantile
from extractors.ocr.pictures import Grey
from extractors.ocr.prepared import Prepared, as_delivered
from extractors.ocr.signals import light_of
from extractors.ocr.skew import letter_size

EVEN = 0.96
"""Evenness of paper from which on there is nothing to even out: Tesseract's own threshold does it, on dark and tinted
paper as well."""
_CUT = 0.45
"""Share of the ink's depth up to which what is lighter goes: a pattern has less than half of it, a stroke more."""
_INK = 0.25
"""Share of the ink that is darker than what is taken for its depth: edges of strokes are paler than they are."""
_LETTER, _CLOSED = 5, 13
"""Pixels of a letter, and of the window in which its paper is looked for, in the picture that paper is taken from."""


def evened(image: OcrImage, folder: Path, *, anyway: bool = False) -> Prepared | None:
    """The page in even light, dark on white. None where that changes nothing (unless `anyway`) and without letters."""
    grey = pictures.loaded(image)
    ink = ink_of(grey)
    if not len(ink.letters) or not (anyway or light_of(ink).evenness < EVEN):
        return None
    return _in_place(image, _evened(grey, ink), folder, "evenly lit")


def cleared(image: OcrImage, folder: Path) -> Prepared | None:
    """The page in even light without what is printed behind its writing: security patterns, watermarks.

    None without letters. Faint print goes with the pattern, so this is kept only where it reads better.
    """
    grey = pictures.loaded(image)
    ink = ink_of(grey)
    return _in_place(image, _cut(_evened(grey, ink), ink), folder, "cleared") if len(ink.letters) else None


def enlarged(image: OcrImage, folder: Path, letters: float | None) -> Prepared | None:
    """The picture with small letters made larger; `letters` is the height of its words in pixels, if it is known.

    None where the letters are large enough, and where the picture is too large for more.
    """
    factor = pictures.enlargement(pictures.size(image), letters)
    if factor <= 1:
        return None
    # Not cubic: that sharpens the marks of JPEG and the steps of bilevel scans, which costs words.
    large = cv2.resize(pictures.loaded(image), None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    return _in_place(image, np.asarray(large, dtype=np.uint8), folder, "enlarged", factor)


def _in_place(image: OcrImage, grey: Grey, folder: Path, how: str, factor: float = 1.0) -> Prepared:
    return as_delivered(pictures.saved(image, grey, folder, how.replace(" ", "-"), factor), how)


def _evened(grey: Grey, ink: Ink) -> Grey:
    """Each pixel relative to the paper around it; writing dark."""
    if ink.inverted:
        grey = np.asarray(cv2.bitwise_not(grey), dtype=np.uint8)
    return np.asarray(cv2.divide(grey, _paper(grey, letter_size(ink) * ink.step), scale=255), dtype=np.uint8)


def _paper(grey: Grey, letter: float) -> Grey:
    """The brightness of the paper at each pixel: the picture with all that is no larger than letters closed."""
    height, width = grey.shape
    step = max(1, int(letter / _LETTER))
    small = cv2.resize(grey, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CLOSED, _CLOSED))
    closed = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, window), (0, 0), _CLOSED / 2)
    return np.asarray(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _reduced_as(ink: Ink, grey: Grey) -> Grey:
    height, width = ink.lettered.shape
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _cut(even: Grey, ink: Ink) -> Grey:
    """The levels stretched so that ink is black, and white what has less than a share of the ink's depth."""
    inked = _reduced_as(ink, even)[ink.lettered.view(bool)]
    depth = quantile(levels(inked.reshape(-1, 1)), _INK)
    black, white = float(np.quantile(inked, 0.1)), 255 - _CUT * (255 - depth)
    black = min(black, white - 20)
    table = np.clip((np.arange(256) - black) * (255 / (white - black)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(even, table), dtype=np.uint8)
