"""Pieces of lines: what stands together on the paper, and what stands to the right of it or below it.

A line of text that crosses two columns is two segments; where a page has no layout, tabs, pipes and wide runs
of spaces separate them. Labels and their values are found on segments ("Invoice No." left of or above "INV-7").
"""

from __future__ import annotations

import re
import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Generic, TypeVar

from extractors.document import Box, Cell, Document, Page, Word, lines_of
from extractors.facts.plain import HAN, Plain, plain

_SEPARATOR = re.compile(rf"\t+| {{3,}}|\u3000{{2,}}| ?\|+ ?|(?<=\S)[ \u3000]{{1,2}}(?=[{HAN}]{{2,8}} ?[:：])")
_LABEL = re.compile(rf"[{HAN}]{{2,8}} ?[:：]")
_LOOKED_AT = 120
_WIDE_GAP = 1.7
"""A gap so many times as wide as the line's letters are high separates columns (a space is about 0.4)."""
_LABEL_GAP = 0.6
"""Before a Chinese label with its colon a narrower gap does."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`text[start:end]` of the document; `line` counts the page's lines from 0, `column` a line's parts."""

    start: int
    end: int
    page: int
    line: int
    column: int
    box: Box | None
    """Its place on the page turned so that the text runs from left to right."""


@dataclass(frozen=True)
class PageSegments:
    """The segments of one page, in reading order."""

    page: Page
    segments: tuple[Segment, ...]
    source: str
    """The text of the document."""

    @cached_property
    def plain(self) -> Plain:
        """The plain form of the whole page."""
        return plain(self.source, self.page.start, self.page.end)

    @cached_property
    def lines(self) -> tuple[Plain, ...]:
        """The plain form of each segment."""
        return tuple(plain(self.source, s.start, s.end) for s in self.segments)

    @cached_property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The indexes of the segments, row by row from the top of the page and from left to right in a row.

        A file may store a page's text in any order; where the head of the paper is meant, this is the order. OCR
        reads from the top, and its order holds where lines slant; so does the order of a text without layout.
        """
        placed = sorted((s.box.y0, s.box.x0, at) for at, s in enumerate(self.segments) if s.box)
        if len(placed) < len(self.segments) or self.page.source == "ocr":
            lines = groupby(range(len(self.segments)), key=lambda at: self.segments[at].line)
            return tuple(tuple(line) for _, line in lines)
        rows: list[list[tuple[float, int]]] = []
        bottom = -1.0
        for _, left, at in placed:
            box = self.segments[at].box
            if box is None or (box.y0 + box.y1) / 2 > bottom:
                rows.append([])
                bottom = box.y1 if box else bottom
            rows[-1].append((left, at))
        return tuple(tuple(at for _, at in sorted(row)) for row in rows)

    @cached_property
    def _index(self) -> dict[int, int]:
        return {s.start: at for at, s in enumerate(self.segments)}

    @cached_property
    def _by_height(self) -> list[tuple[Box, Segment]]:
        placed = [(s.box, s) for s in self.segments if s.box]
        return sorted(placed, key=lambda p: (p[0].y0, p[1].start))

    @cached_property
    def _cells(self) -> dict[tuple[int, int, int], Cell]:
        return {(c.table, c.row, c.column): c for c in self.page.cells}

    @cached_property
    def _cell_starts(self) -> list[Cell]:
        return sorted(self.page.cells, key=lambda c: c.start)

    def after(self, segment: Segment) -> Segment | None:
        """The next segment to the right of this one, on the same height."""
        if segment.box is None:
            following = self.following(segment)
            return following if following and following.line == segment.line else None
        box = segment.box
        height = box.y1 - box.y0
        near = self._between(box.y0 - height, box.y1)
        rights = [(b.x0, s) for b, s in near if b.x0 >= box.x1 - 0.005 and _share(b, box) > 0.5]
        return min(rights, key=lambda r: r[0])[1] if rights else None

    def below(self, segment: Segment) -> Segment | None:
        """The next segment under this one, not more than three of its heights away."""
        if segment.box is None:
            return self._under(segment)
        box = segment.box
        height = max(box.y1 - box.y0, 0.004)
        near = self._between(box.y1 - height * 0.3, box.y1 + 3 * height)
        unders = (s for b, s in near if b.x0 < box.x1 and b.x1 > box.x0 and abs(b.x0 - box.x0) < 0.2)
        return next(unders, None)

    def following(self, segment: Segment) -> Segment | None:
        """The next segment in reading order."""
        at = self._index[segment.start] + 1
        return self.segments[at] if at < len(self.segments) else None

    def cell_near(self, segment: Segment, down: int, right: int) -> tuple[int, int] | None:
        """The table cell so many rows down and columns right of the segment's own: its slice, else None."""
        at = bisect_right(self._cell_starts, segment.start, key=lambda c: c.start) - 1
        own = self._cell_starts[at] if at >= 0 else None
        if own is None or segment.start >= own.end:
            return None
        cell = self._cells.get((own.table, own.row + down, own.column + right))
        return (cell.start, cell.end) if cell and cell.end > cell.start else None

    @cached_property
    def _places(self) -> dict[tuple[int, int], Segment]:
        return {(s.line, s.column): s for s in self.segments}

    def _under(self, segment: Segment) -> Segment | None:
        """The segment of the same column in the next line that holds any."""
        at = bisect_right(self.segments, segment.line, key=lambda s: s.line)
        return self._places.get((self.segments[at].line, segment.column)) if at < len(self.segments) else None

    def _between(self, top: float, bottom: float) -> list[tuple[Box, Segment]]:
        placed = self._by_height
        first = bisect_left(placed, top, key=lambda p: p[0].y0)
        return placed[first : bisect_right(placed, bottom, key=lambda p: p[0].y0)]


_last: list[tuple[weakref.ref[Document], dict[int, PageSegments]]] = []


def segments_of(document: Document, page: Page) -> PageSegments:
    """The segments of a page; those of the document asked for last are remembered, since each rule needs them."""
    if not _last or _last[0][0]() is not document:
        _last[:] = [(weakref.ref(document), {})]
    known = _last[0][1]
    if page.start not in known:
        known[page.start] = _segments(document, page)
    return known[page.start]


def _segments(document: Document, page: Page) -> PageSegments:
    found: list[Segment] = []
    placed, wide = upright(page)
    words = _Ahead(placed)
    cells = _Ahead(sorted((c for c in page.cells if c.end > c.start), key=lambda c: c.start))
    for number, (start, end) in enumerate(lines_of(document.text, page.start, page.end)):
        own, in_cells = words.until(end), cells.until(end)
        if own:
            parts = list(_by_gap(document.text, own, wide))
        elif len(in_cells) > 1:
            parts = [part for c in in_cells for part in _stripped(document.text, c.start, min(c.end, end))]
        else:
            parts = list(_by_spaces(document.text, start, end))
        found += [Segment(a, b, page.number, number, column, box) for column, (a, b, box) in enumerate(parts)]
    return PageSegments(page, tuple(found), document.text)


def upright(page: Page) -> tuple[Sequence[Word], float]:
    """The words with their boxes as on the page turned upright, and its width as a multiple of its height.

    A scan may lie on its side or stand on its head; the way from word to word tells.
    """
    ratio = page.width / page.height if page.height else 1.0
    across = down = 0.0
    for a, b in pairwise(page.words[:_LOOKED_AT]):
        step_x, step_y = b.box.x0 - a.box.x0, b.box.y0 - a.box.y0
        if abs(step_x) < 0.25 and abs(step_y) < 0.25:
            across += step_x
            down += step_y
    if across > 0 and across >= abs(down) * 0.5:
        return page.words, ratio
    if abs(across) >= abs(down):
        turned = [_turned(w, 1 - w.box.x1, 1 - w.box.y1, 1 - w.box.x0, 1 - w.box.y0) for w in page.words]
        return (page.words, ratio) if across >= 0 else (turned, ratio)
    if down > 0:
        return [_turned(w, w.box.y0, 1 - w.box.x1, w.box.y1, 1 - w.box.x0) for w in page.words], 1 / ratio
    return [_turned(w, 1 - w.box.y1, w.box.x0, 1 - w.box.y0, w.box.x1) for w in page.words], 1 / ratio


def _turned(word: Word, x0: float, y0: float, x1: float, y1: float) -> Word:
    return Word(word.start, word.end, Box.clamped(x0, y0, x1, y1), word.confidence)


S = TypeVar("S", Word, Cell)


class _Ahead(Generic[S]):
    """Slices in order of start, handed out line by line."""

    def __init__(self, slices: Sequence[S]) -> None:
        self._slices: Sequence[S] = slices
        self._at = 0

    def until(self, end: int) -> Sequence[S]:
        """Those not handed out yet that begin before `end`."""
        first = self._at
        while self._at < len(self._slices) and self._slices[self._at].start < end:
            self._at += 1
        return self._slices[first : self._at]


def _by_gap(text: str, words: Sequence[Word], wide: float) -> Iterator[tuple[int, int, Box | None]]:
    height = sorted(w.box.y1 - w.box.y0 for w in words)[len(words) // 2]
    group = [words[0]]
    for word in words[1:]:
        gap = (word.box.x0 - group[-1].box.x1) * wide
        most = _LABEL_GAP if _LABEL.match(text, word.start) else _WIDE_GAP
        if gap > most * height or gap < -4 * height:
            yield group[0].start, group[-1].end, Box.around(w.box for w in group)
            group = []
        group.append(word)
    yield group[0].start, group[-1].end, Box.around(w.box for w in group)


def _by_spaces(text: str, start: int, end: int) -> Iterator[tuple[int, int, Box | None]]:
    at = start
    for cut in _SEPARATOR.finditer(text, start, end):
        yield from _stripped(text, at, cut.start())
        at = cut.end()
    yield from _stripped(text, at, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int, Box | None]]:
    first, last = (
        start + len(text[start:end]) - len(text[start:end].lstrip()),
        start + len(text[start:end].rstrip()),
    )
    if first < last:
        yield first, last, None


def _share(a: Box, b: Box) -> float:
    """How much of the lower of two boxes lies at the height of the other (0 to 1)."""
    common = min(a.y1, b.y1) - max(a.y0, b.y0)
    return common / max(min(a.y1 - a.y0, b.y1 - b.y0), 1e-6)
