"""Words of a line that was read character by character: where they begin and end on paper.

The reading tells the middle of each character; the blank columns of the line's picture tell where characters end,
how words are parted, and where the reading lost a space.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.document import is_han
from extractors.ocr.detection import Floats, Grey, Region
from extractors.ocr.recognition import Char, LineReading

HAN_GROUP = 3
"""Han characters of one word: few, so that a fact inside a sentence gets a tight box."""
_REACH = 28
"""Pixels that a character reaches from its middle at most; a Han character is about 36 wide."""
_RULE = 0.7
"""Share of dark pixels in a row from which on it belongs to a rule, not to letters."""
_LEAST_SPACE = 9
"""Pixels that a blank must have to be a space that was lost."""
_PARTING = frozenset(",;:.)")
"""Marks behind which a space may be lost; between digits they belong to a number."""

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word; `left` and `right` are fractions of its line's length."""

    text: str
    left: float
    right: float
    confidence: float


@dataclass(frozen=True, slots=True)
class WordLine:
    """The words of a region in order; `top` and `bottom` of its letters are fractions of the region's height."""

    region: Region
    words: tuple[PlacedWord, ...]
    top: float
    bottom: float

    def corners(self, left: float = 0.0, right: float = 1.0) -> Floats:
        """The corners (x, y), in shape (4, 2), of the part of the line between `left` and `right`."""
        a, b, c, d = self.region.corners
        upper, lower = (a + (d - a) * down for down in (self.top, self.bottom))
        upper_end, lower_end = (b + (c - b) * down for down in (self.top, self.bottom))
        ends = [
            upper + (upper_end - upper) * left,
            upper + (upper_end - upper) * right,
            lower + (lower_end - lower) * right,
            lower + (lower_end - lower) * left,
        ]
        return np.stack(ends).astype(np.float32)

    def around(self) -> Floats:
        """The corners of the part of the line that its words take up."""
        return self.corners(self.words[0].left, self.words[-1].right)


def words_of(reading: LineReading) -> WordLine | None:
    """The words of a line; None when nothing was read."""
    width = reading.picture.shape[1]
    chars, spaces = _without_spaces(reading.chars)
    if not chars:
        return None
    ink = _ink(reading.picture)
    gaps = [_gap(ink, a.at * width, b.at * width) for a, b in pairwise(chars)]
    spaces = _mended(chars, spaces, [end - start for start, end in gaps])
    edges = [
        _first(ink, chars[0].at * width),
        *(x for gap in gaps for x in gap),
        _last(ink, chars[-1].at * width),
    ]
    words = tuple(
        _word(chars[start:end], edges[2 * start] / width, edges[2 * end - 1] / width)
        for start, end in _spans(chars, spaces)
    )
    top, bottom = _rows(ink)
    return WordLine(reading.region, words, top, bottom)


def _without_spaces(chars: Sequence[Char]) -> tuple[list[Char], list[bool]]:
    """The characters other than spaces, and for each but the last whether a space follows."""
    kept: list[Char] = []
    spaces: list[bool] = []
    for char in chars:
        if not char.text.isspace():
            kept.append(char)
            spaces.append(False)
        elif kept:
            spaces[-1] = True
    return kept, spaces[:-1]


def _ink(line: Grey) -> Marks:
    """Which pixels are written: the rarer of dark and light. Rows of a rule count as blank."""
    _, light = cv2.threshold(line, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ink: Marks = light == 0
    if ink.mean() > 0.5:
        ink = ~ink
    ink[ink.mean(axis=1) > _RULE] = False
    return ink


def _gap(ink: Marks, left: float, right: float) -> tuple[float, float]:
    """The widest run of blank columns between two middles; without one, the point half way, twice."""
    start, end = int(left), math.ceil(right)
    blank = np.flatnonzero(~ink[3:-3, start:end].any(axis=0))
    if not len(blank):
        return (left + right) / 2, (left + right) / 2
    runs = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    widest = max(runs, key=len)
    first, last = start + float(widest[0]), start + float(widest[-1]) + 1
    first = min(max(first, left), left + _REACH)
    return first, max(first, right - _REACH, min(last, right))


def _first(ink: Marks, middle: float) -> float:
    inked = np.flatnonzero(ink[:, : int(middle) + 1].any(axis=0))
    return max(float(inked[0]), middle - _REACH) if len(inked) else max(0.0, middle - _REACH / 2)


def _last(ink: Marks, middle: float) -> float:
    inked = np.flatnonzero(ink[:, int(middle) :].any(axis=0))
    if len(inked):
        return min(int(middle) + float(inked[-1]) + 1, middle + _REACH)
    return min(float(ink.shape[1]), middle + _REACH / 2)


def _rows(ink: Marks) -> tuple[float, float]:
    """Where the letters begin and end, as fractions of the height, without what reaches in from other lines."""
    height = len(ink)
    inked: Marks = np.asarray(ink.any(axis=1))
    rows = np.flatnonzero(inked)
    if not len(rows):
        return 0.0, 1.0
    quarter = height // 4
    above = np.flatnonzero(~inked[:quarter])
    below = np.flatnonzero(~inked[-quarter:])
    top = max(int(rows[0]), int(above[-1]) + 1 if len(above) else 0)
    bottom = min(int(rows[-1]) + 1, height - quarter + int(below[0]) if len(below) else height)
    return (top / height, bottom / height) if bottom > top else (0.0, 1.0)


def _mended(chars: Sequence[Char], spaces: Sequence[bool], gaps: Sequence[float]) -> list[bool]:
    """`spaces`, and those that were lost: blanks as wide as this line's spaces between two words of letters."""
    inner = [gap for gap, space in zip(gaps, spaces, strict=True) if not space]
    if not inner:
        return list(spaces)
    outer = [gap for gap, space in zip(gaps, spaces, strict=True) if space]
    least = max(_LEAST_SPACE, 3 * median(inner) + 3, 0.75 * median(outer) if outer else 0)
    wide = [space or gap >= least for space, gap in zip(spaces, gaps, strict=True)]
    return [space or (wide[i] and _may_part(chars, wide, i)) for i, space in enumerate(spaces)]


def _may_part(chars: Sequence[Char], wide: Sequence[bool], i: int) -> bool:
    """Whether the blank behind character `i` may part words: never inside a number, never a single letter off."""
    before, after = chars[i].text, chars[i + 1].text
    if is_han(before) or is_han(after) or not after.isalnum():
        return False
    if before in _PARTING:
        last = next((char.text for char in reversed(chars[:i]) if char.text not in _PARTING), "")
        return not (last.isdigit() and after.isdigit())
    alone = (i == 0 or wide[i - 1]) or (i + 2 == len(chars) or wide[i + 1])
    return before.isalnum() and not (before.isdigit() and after.isdigit()) and not alone


def _spans(chars: Sequence[Char], spaces: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The (start, end) of the words: between spaces, and within runs of Han characters, which have none.

    Letters that follow a Han character without a space stay with it: apart they would be joined by one.
    """
    start = 0
    for i, (char, after) in enumerate(pairwise(chars)):
        if spaces[i] or (is_han(char.text) and is_han(after.text) and _ends(chars, spaces, start, i)):
            yield start, i + 1
            start = i + 1
    yield start, len(chars)


def _ends(chars: Sequence[Char], spaces: Sequence[bool], start: int, i: int) -> bool:
    """Whether a word that began at `start` ends with the Han character `i`, which another follows."""
    if i + 1 - start >= HAN_GROUP or _is_mark(chars[i].text) or _is_mark(chars[i + 1].text):
        return True
    return i + 2 < len(chars) and not spaces[i + 1] and not is_han(chars[i + 2].text)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char[0])[0] in "PS"


def _word(chars: Sequence[Char], left: float, right: float) -> PlacedWord:
    text = "".join(char.text for char in chars)
    return PlacedWord(text, left, max(left, right), sum(char.confidence for char in chars) / len(chars))
