"""Where text goes that lies over a picture: lines of words become runs, each without a gap.

A run has one baseline and one size, as a typed line has: viewers tell lines by their baselines and blanks by the
gaps between characters. So a blank fills the gap between two words exactly, and a Han character reaches to the next.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from statistics import median

from extractors.document import is_han
from pipeline.renditions.geometry import Matrix
from pipeline.renditions.words import Line, PlacedWord

BRIDGED = 2.5
"""Gap, in heights of the line, up to which Han characters without a blank between them are drawn together: a title
is spaced out by up to two characters; what stands farther apart are columns."""
APART, BACK = 1.5, 1.0
"""How far from the word before it, in heights of the line, a word lies elsewhere: up or down, and back."""
ABOVE, BELOW = 0.5, 0.4
"""How far a line reaches beyond the usual top and bottom of its words, in heights: strange boxes do not count."""
LEAST_BLANK, LEAST_CHAR, LEAST_SIZE = 0.2, 0.2, 1.0
"""Width of a blank and of a character in proportion to the size (where boxes overlap), and the size in points."""
SKEW_LINES, SKEW_WORDS = 3, 3
"""Lines, and words in each, that are needed to tell how a page lies."""
LEAST_SKEW, MOST_SKEW = math.radians(0.1), math.radians(10)


@dataclass(frozen=True, slots=True)
class Part:
    """Text within a run: from `start`, `width` points wide."""

    text: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Run:
    """Text on one baseline. `matrix` takes text space to the page as it is seen (points from its bottom left)."""

    matrix: Matrix
    size: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A word as its line lies: points along the line, and down the page."""

    word: PlacedWord
    start: float
    end: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.start + self.end) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page of `width` x `height` points that must be turned clockwise by `turn` degrees for its lines to be level,
    and whose lines then still fall by `skew` (radians)."""

    width: float
    height: float
    turn: int = 0
    skew: float = 0.0

    def place(self, word: PlacedWord) -> _Place:
        left, top, right, bottom = self._turned(word)
        cos, sin = math.cos(self.skew), math.sin(self.skew)
        u, v = (left + right) / 2, (top + bottom) / 2
        across, down = _unskewed(right - left, bottom - top, self.skew)
        u, v = u * cos + v * sin, v * cos - u * sin
        return _Place(word, u - across / 2, u + across / 2, v - down / 2, v + down / 2)

    def _turned(self, word: PlacedWord) -> tuple[float, float, float, float]:
        box, wide, high = word.box, self.width, self.height
        if self.turn == 90:
            return high * (1 - box.y1), wide * box.x0, high * (1 - box.y0), wide * box.x1
        if self.turn == 180:
            return wide * (1 - box.x1), high * (1 - box.y1), wide * (1 - box.x0), high * (1 - box.y0)
        if self.turn == 270:
            return high * box.y0, wide * (1 - box.x1), high * box.y1, wide * (1 - box.x0)
        return wide * box.x0, high * box.y0, wide * box.x1, high * box.y1

    def matrix(self, along: float, down: float) -> Matrix:
        """Text space with its origin at that place, on the page as it is seen."""
        wide, high = self.width, self.height
        x, y, across, below = {
            0: (0.0, high, (1, 0), (0, -1)),
            90: (0.0, 0.0, (0, 1), (1, 0)),
            180: (wide, 0.0, (-1, 0), (0, 1)),
            270: (wide, high, (0, -1), (-1, 0)),
        }[self.turn]
        cos, sin = math.cos(self.skew), math.sin(self.skew)
        a, b = (cos * across[i] + sin * below[i] for i in (0, 1))
        c, d = (sin * across[i] - cos * below[i] for i in (0, 1))
        return a, b, c, d, x + along * a - down * c, y + along * b - down * d


def _unskewed(across: float, down: float, skew: float) -> tuple[float, float]:
    """The sides of a rectangle from those of the upright box around it when it is turned by `skew`."""
    cos, sin = math.cos(skew), abs(math.sin(skew))
    span = cos * cos - sin * sin
    wide, high = (across * cos - down * sin) / span, (down * cos - across * sin) / span
    return max(wide, across * 0.3), max(high, down * 0.3)


def runs(lines: Iterable[Line], width: float, height: float) -> Iterator[Run]:
    """The lines of a page of `width` x `height` points as runs, in the same order."""
    lines = list(lines)
    level = _Frame(width, height, _turn(lines, width, height))
    frame = replace(level, skew=_skew([[level.place(word) for word in line] for line in lines]))
    for line in lines:
        groups = list(_groups([frame.place(word) for word in line]))
        for group, after in zip(groups, [*groups[1:], None], strict=True):
            yield _run(group, frame, _needs_blank(group[-1].word, after[0].word if after else None))


def _needs_blank(last: PlacedWord, after: PlacedWord | None) -> bool:
    """Whether a run ends in a blank: pdf.js joins lines whose ends are level, as they are where a page is askew."""
    return not is_han(last.text[-1:] or " ") if after is None else not after.joined


def _turn(lines: Sequence[Line], width: float, height: float) -> int:
    """How the page must be turned clockwise for its lines to be level: by the way from each word to the next."""
    votes = dict.fromkeys((0, 90, 180, 270), 0.0)
    for line in lines:
        for one, other in pairwise(word.box for word in line):
            dx = (other.x0 + other.x1 - one.x0 - one.x1) * width
            dy = (other.y0 + other.y1 - one.y0 - one.y1) * height
            if abs(dx) > abs(dy):
                votes[0 if dx > 0 else 180] += abs(dx)
            else:
                votes[270 if dy > 0 else 90] += abs(dy)
    return max(votes, key=votes.__getitem__) if any(votes.values()) else _turn_of_words(lines, width, height)


def _turn_of_words(lines: Sequence[Line], width: float, height: float) -> int:
    """The same where no line has two words: by the shape of the words, and the way from each line to the next."""
    boxes = [word.box for line in lines for word in line if len(word.text) > 2]
    tall = sum((b.y1 - b.y0) * height > 1.5 * (b.x1 - b.x0) * width for b in boxes)
    if tall * 2 <= len(boxes):
        return 0
    return 90 if boxes[0].x0 <= boxes[-1].x0 else 270


def _skew(lines: Sequence[Sequence[_Place]]) -> float:
    """How the level lines of a page fall to the right: the median of their slopes, long ones counting for more."""
    slopes: list[tuple[float, float]] = []
    for line in lines:
        if len(line) >= SKEW_WORDS:
            slopes.append(_slope([place.middle for place in line]))
    slopes = [(slope, weight) for slope, weight in slopes if weight > 0]
    if len(slopes) < SKEW_LINES:
        return 0.0
    slopes.sort()
    passed = list(accumulate(weight for _, weight in slopes))
    skew = math.atan(slopes[bisect_left(passed, passed[-1] / 2)][0])
    return skew if LEAST_SKEW <= abs(skew) <= MOST_SKEW else 0.0


def _slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The slope of the line through the points by least squares, and how far they reach."""
    u, v = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    spread = sum((p[0] - u) ** 2 for p in points)
    if not spread:
        return 0.0, 0.0
    return sum((p[0] - u) * (p[1] - v) for p in points) / spread, math.sqrt(spread)


def _groups(line: Sequence[_Place]) -> Iterator[list[_Place]]:
    """The words of a line that can share a baseline and follow each other."""
    usual = median(place.height for place in line)
    group: list[_Place] = []
    for place in line:
        if group and _apart(group[-1], place, usual):
            yield group
            group = []
        group.append(place)
    yield group


def _apart(before: _Place, after: _Place, usual: float) -> bool:
    elsewhere = abs(before.middle[1] - after.middle[1]) > APART * max(usual, before.height, after.height)
    back = after.start < before.start - BACK * usual
    columns = after.word.joined and after.start - before.end > BRIDGED * usual
    return elsewhere or back or columns


def _run(group: Sequence[_Place], frame: _Frame, blank: bool) -> Run:
    """The words as a run, with a `blank` behind them if wanted."""
    top, bottom = _extent(group)
    size = max(bottom - top, LEAST_SIZE)
    return Run(frame.matrix(group[0].start, bottom), size, tuple(_parts(group, size, blank)))


def _extent(group: Sequence[_Place]) -> tuple[float, float]:
    """Where the line's characters begin above and end below."""
    top, bottom = median(p.top for p in group), median(p.bottom for p in group)
    usual = bottom - top
    highest, lowest = min(p.top for p in group), max(p.bottom for p in group)
    return max(highest, top - ABOVE * usual), min(lowest, bottom + BELOW * usual)


def _parts(group: Sequence[_Place], size: float, blank: bool) -> Iterator[Part]:
    """Each word and each blank between them; all reach to the next."""
    small = LEAST_BLANK * size
    first = start = group[0].start
    for place, after in pairwise(group):
        end = start + LEAST_CHAR * size * len(place.word.text)
        following = max(after.start, end if after.word.joined else end + small)
        gap = 0.0 if after.word.joined else max(following - max(place.end, end), small)
        yield Part(place.word.text, start - first, following - start - gap)
        if gap:
            yield Part(" ", following - first - gap, gap)
        start = following
    width = max(group[-1].end - start, LEAST_CHAR * size * len(group[-1].word.text))
    yield Part(group[-1].word.text, start - first, width)
    if blank:
        yield Part(" ", start - first + width, small)
