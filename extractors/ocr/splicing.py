"""Lines that were read later, put where they belong among those of a page that stand in reading order already."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.document import Box, Piece
from extractors.ocr.engine import Line

LEVEL = 0.5
"""Share of the lower one's height that two pieces of one line have in common at least."""
CLOSE = 2.0
"""Blank, in heights of a line, up to which what stands level is one line, and a line above is that of one column."""


def spliced(lines: Sequence[Line], more: Sequence[Line], shape: tuple[int, ...]) -> tuple[Line, ...]:
    """The lines with the pieces of `more` in the lines with which they stand level, else as lines of their own below
    what stands above them. The order of `lines` stays; `shape` is the picture's height and width."""
    wide = shape[1] / shape[0]
    rows: list[list[Piece]] = [list(line) for line in lines]
    for line in sorted(filter(None, more), key=lambda each: _around(each).y0):
        at = _level_row(rows, line, wide)
        if at is None:
            rows.insert(_place_for(rows, line), list(line))
        else:
            rows[at] = sorted([*rows[at], *line], key=lambda piece: piece[1].x0)
    return tuple(map(tuple, rows))


def _level_row(rows: Sequence[Sequence[Piece]], line: Line, wide: float) -> int | None:
    """The nearest line that stands level, unless that is one of another column."""
    box = _around(line)
    gaps = {
        at: min(_gap(box, piece[1]) for piece in row if _is_level(box, piece[1])) * wide
        for at, row in enumerate(rows)
        if any(_is_level(box, piece[1]) for piece in row)
    }
    if not gaps:
        return None
    at = min(gaps, key=lambda each: gaps[each])
    high = box.y1 - box.y0
    if gaps[at] <= CLOSE * high:
        return at
    above = _above(rows, box)
    if above is None or box.y0 - _around(rows[above]).y1 > CLOSE * high:
        return at
    return at if _across(_around(rows[above]), _around(rows[at])) > 0 else None


def _place_for(rows: Sequence[Sequence[Piece]], line: Line) -> int:
    """Behind the line above it, else before the first line below it."""
    box = _around(line)
    above = _above(rows, box)
    if above is not None:
        return above + 1
    below = [at for at, row in enumerate(rows) if row and _across(_around(row), box) > 0]
    return below[0] if below else len(rows)


def _above(rows: Sequence[Sequence[Piece]], box: Box) -> int | None:
    """The lowest line above the box of which something stands over it."""
    middle = (box.y0 + box.y1) / 2
    found = [
        (max(p[1].y1 for p in row if _across(p[1], box) > 0), at)
        for at, row in enumerate(rows)
        if any(_across(p[1], box) > 0 for p in row) and (_around(row).y0 + _around(row).y1) / 2 < middle
    ]
    return max(found)[1] if found else None


def _around(line: Sequence[Piece]) -> Box:
    return Box.around([box for _, box, _ in line]) or line[0][1]


def _is_level(a: Box, b: Box) -> bool:
    common = min(a.y1, b.y1) - max(a.y0, b.y0)
    return common >= LEVEL * min(a.y1 - a.y0, b.y1 - b.y0)


def _gap(a: Box, b: Box) -> float:
    return max(0.0, -_across(a, b))


def _across(a: Box, b: Box) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)
