"""The order in which fragments of lines are read: pieces side by side make one line, columns are read one by one.

A receipt has the item on the left and its price on the right, a form a label and its value: they stand on one line,
whatever blank is between them. Columns of running text are told from those by their lines, which fill them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

SAME_LINE = 0.5
"""Share of the lower fragment's height that two fragments of one line have in common at least."""
SIDE_BY_SIDE = 0.3
"""Share of the narrower fragment's width that two fragments of one line may overlap."""
PARAGRAPH = 0.8
"""Blank between two lines, in heights of a line, from which on a paragraph ends, and 1.5 times the usual blank."""
COLUMN_LINES = 4
"""Lines that a column of running text has at least."""
FULL, FULL_SHARE = 0.6, 0.5
"""A line is full when it takes up so much of its column; of a column's lines so many are."""
GOING_ON_SHARE = 0.4
"""Share of a column's lines that go on with a sentence, from which on it is running text, full lines or not."""
LONG_LINE = 9
"""Length of a line of running text, in heights of a line."""
WHOLE = 0.15
"""Blank between fragments of one line, as a share of these, up to which lines are whole; a table's are not."""
CANDIDATES = 16
"""Places that are looked at closely: a page of a table has hundreds."""
GUTTER = 0.6
"""Blank between columns, in heights of a line."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The box of a piece of a line, in any unit that is the same both ways; y grows downwards.

    `continues`: it begins with a small letter, so that it goes on with the sentence of the line above.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    continues: bool = False

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


Row = tuple[int, ...]
"""The positions of a line's fragments, from left to right; empty where a paragraph ends."""


def reading_order(fragments: Sequence[Fragment], columns: bool = True) -> list[Row]:
    """The lines in the order in which they are read, as positions in `fragments`; each stands in just one line.

    An empty row ends a paragraph or a column. Without `columns` all is one block: lines from top to bottom.
    """
    everything = list(range(len(fragments)))
    blocks = _blocks(fragments, everything) if columns else [everything]
    rows: list[Row] = []
    for block in blocks:
        if rows and block:
            rows.append(())
        rows += _with_paragraphs(fragments, _rows(fragments, block))
    return rows


def _blocks(fragments: Sequence[Fragment], among: list[int]) -> Iterator[list[int]]:
    """What is read as one block of lines: columns, and what stands above, between and below them."""
    gutter = _gutter(fragments, among)
    if gutter is None:
        yield among
        return
    insets = _insets(fragments, among, gutter)
    bands = _bands(fragments, [i for i in among if i not in insets], gutter)
    widths = _widths(fragments, [band for band in bands if _are_columns(fragments, band)])
    rest: list[int] = []
    for band in bands:
        if not _are_columns(fragments, band, widths):
            rest += band.members
            continue
        if rest:
            yield rest
        rest = []
        yield from _blocks(fragments, band.left)
        yield from _blocks(fragments, band.right)
    if rest:
        yield rest
    if insets:
        yield sorted(insets)


def _insets(fragments: Sequence[Fragment], among: list[int], x: float) -> set[int]:
    """What stands on `x` with lines beside it on both sides: a caption around which the columns flow."""
    tolerance = _tolerance(fragments, among)
    crossing = [i for i in among if _crosses(fragments[i], x, tolerance)]
    others = [fragments[i] for i in among if not _crosses(fragments[i], x, tolerance)]
    found: set[int] = set()
    for i in crossing:
        level = [other for other in others if _overlap_down(fragments[i], other) >= SAME_LINE]
        if any(other.x1 <= fragments[i].x0 for other in level) and any(
            other.x0 >= fragments[i].x1 for other in level
        ):
            found.add(i)
    return found


@dataclass(slots=True)
class _Band:
    """Fragments on the two sides of a gutter, or some that cross it, with nothing else between them."""

    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    across: list[int] = field(default_factory=list)

    @property
    def members(self) -> list[int]:
        return self.left + self.right + self.across


def _gutter(fragments: Sequence[Fragment], among: list[int]) -> float | None:
    """Where a blank from top to bottom parts the most lines into columns of running text; None if nowhere."""
    best, most = None, 0
    for x in _candidates(fragments, among):
        insets = _insets(fragments, among, x)
        bands = _bands(fragments, [i for i in among if i not in insets], x)
        parted = sum(len(band.members) for band in bands if _are_columns(fragments, band))
        if parted > most:
            best, most = x, parted
    return best


def _candidates(fragments: Sequence[Fragment], among: list[int]) -> list[float]:
    """The middles of blanks between a fragment's end and the next fragment's beginning, from left to right: of
    alike ones the first, and of all the CANDIDATES behind which the most fragments begin."""
    if len(among) < 2 * COLUMN_LINES:
        return []
    starts = sorted(fragments[i].x0 for i in among)
    height = median(fragments[i].height for i in among)
    found: list[tuple[int, float]] = []
    for end in sorted(fragments[i].x1 for i in among):
        following = bisect_left(starts, end)
        if following == len(starts) or starts[following] - end < GUTTER * height:
            continue
        x = (end + starts[following]) / 2
        if not found or x - found[-1][1] > GUTTER * height / 4:
            beginning = bisect_left(starts, starts[following] + 2 * height) - following
            found.append((beginning, x))
    return sorted(x for _, x in sorted(found, reverse=True)[:CANDIDATES])


def _bands(fragments: Sequence[Fragment], among: list[int], x: float) -> list[_Band]:
    """From top to bottom: bands that keep clear of `x`, and those that cross it by more than half a line's height."""
    tolerance = _tolerance(fragments, among)
    bands: list[_Band] = []
    for i in sorted(among, key=lambda i: (fragments[i].middle, fragments[i].x0)):
        fragment = fragments[i]
        crosses = _crosses(fragment, x, tolerance)
        if not bands or bool(bands[-1].across) is not crosses:
            bands.append(_Band())
        if crosses:
            bands[-1].across.append(i)
        else:
            (bands[-1].left if fragment.x0 + fragment.x1 < 2 * x else bands[-1].right).append(i)
    return bands


def _tolerance(fragments: Sequence[Fragment], among: list[int]) -> float:
    return median(fragments[i].height for i in among) / 2


def _crosses(fragment: Fragment, x: float, tolerance: float) -> bool:
    return fragment.x0 < x - tolerance and fragment.x1 > x + tolerance


def _widths(fragments: Sequence[Fragment], bands: Sequence[_Band]) -> tuple[float, float]:
    """The widths of the left and of the right column."""
    left = [i for band in bands for i in band.left]
    right = [i for band in bands for i in band.right]
    return _width(fragments, left), _width(fragments, right)


def _width(fragments: Sequence[Fragment], among: Sequence[int]) -> float:
    return max(fragments[i].x1 for i in among) - min(fragments[i].x0 for i in among)


def _are_columns(
    fragments: Sequence[Fragment], band: _Band, widths: tuple[float, float] | None = None
) -> bool:
    """Whether a band is two columns of running text. Where `widths` of such columns are known, one line will do."""
    sides = (band.left, band.right)
    least = 1 if widths else COLUMN_LINES
    if band.across or min(map(len, sides)) < least:
        return False
    known = widths or (_width(fragments, band.left), _width(fragments, band.right))
    return all(
        _is_running_text(fragments, side, width, least) for side, width in zip(sides, known, strict=True)
    )


def _is_running_text(fragments: Sequence[Fragment], side: list[int], width: float, least: int) -> bool:
    """Whether most lines are long, and go on from one to the next: they reach from edge to edge or begin within a
    sentence. Cells, labels and prices do not."""
    rows = _rows(fragments, side)
    height = median(fragments[i].height for i in side)
    taken = [sum(fragments[i].x1 - fragments[i].x0 for i in row) for row in rows]
    blanks = [_width(fragments, row) - length for row, length in zip(rows, taken, strict=True)]
    full = sum(length >= FULL * width for length in taken)
    going_on = sum(fragments[row[0]].continues for row in rows)
    return (
        len(rows) >= least
        and median(taken) >= LONG_LINE * height
        and sum(blanks) <= WHOLE * sum(taken)
        and (full >= FULL_SHARE * len(rows) or going_on >= GOING_ON_SHARE * len(rows))
    )


def _rows(fragments: Sequence[Fragment], among: Sequence[int]) -> list[Row]:
    """Lines from top to bottom, each from left to right."""
    rows: list[list[int]] = []
    for i in sorted(among, key=lambda i: (fragments[i].middle, fragments[i].x0)):
        row = _row_for(fragments, rows[-8:], i)
        if row is None:
            rows.append([i])
        else:
            row.append(i)
    rows.sort(key=lambda row: sum(fragments[i].middle for i in row) / len(row))
    return [tuple(sorted(row, key=lambda i: (fragments[i].x0, fragments[i].y0))) for row in rows]


def _row_for(fragments: Sequence[Fragment], rows: list[list[int]], i: int) -> list[int] | None:
    """The row that the fragment belongs to: the one whose nearest member stands most nearly level with it."""
    best, least = None, float("inf")
    for row in rows:
        if any(_overlap_across(fragments[i], fragments[j]) > SIDE_BY_SIDE for j in row):
            continue
        nearest = min(row, key=lambda j: _distance(fragments[i], fragments[j]))
        apart = abs(fragments[i].middle - fragments[nearest].middle)
        if _overlap_down(fragments[i], fragments[nearest]) >= SAME_LINE and apart < least:
            best, least = row, apart
    return best


def _distance(a: Fragment, b: Fragment) -> float:
    return max(a.x0, b.x0) - min(a.x1, b.x1)


def _overlap_across(a: Fragment, b: Fragment) -> float:
    return _share(min(a.x1, b.x1) - max(a.x0, b.x0), min(a.x1 - a.x0, b.x1 - b.x0))


def _overlap_down(a: Fragment, b: Fragment) -> float:
    return _share(min(a.y1, b.y1) - max(a.y0, b.y0), min(a.height, b.height))


def _share(common: float, whole: float) -> float:
    return common / whole if whole > 0 else float(common >= 0)


def _with_paragraphs(fragments: Sequence[Fragment], rows: list[Row]) -> Iterator[Row]:
    """The rows, with an empty one where the blank below a line is wider than usual."""
    if not rows:
        return
    blanks = [_blank(fragments, above, below) for above, below in pairwise(rows)]
    height = median(fragments[i].height for row in rows for i in row)
    least = max(PARAGRAPH * height, 1.5 * median(blanks)) if blanks else 0.0
    yield rows[0]
    for blank, row in zip(blanks, rows[1:], strict=True):
        if blank > least:
            yield ()
        yield row


def _blank(fragments: Sequence[Fragment], above: Row, below: Row) -> float:
    return min(fragments[i].y0 for i in below) - max(fragments[i].y1 for i in above)
