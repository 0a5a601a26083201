"""Handwriting: strokes of a pen that OCR did not read, or took for a few letters that they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extractors.document import Word
from extractors.ocr.mark_ink import Inks, Mask
from extractors.ocr.mark_rings import ellipse_of, ring
from extractors.ocr.mark_shapes import Group, Place, groups, rules, runs, straight, stroke_width

LONG, HIGH = 2.3, 1.2
"""Length and height, in letters, of the longest stroke that is handwriting: print does not hang together so far."""
AIRY = 0.22
"""Share of its box that ink takes up to which a stroke is one of the pen; letters that touch take more."""
MOST = (120.0, 60.0)
"""Millimetres of the width and height of a signature or a note."""
PEN = (1.4, 3.0)
"""Millimetres of a stroke: the mean and the thickest, as they look on a coarse picture."""
STRAIGHT = 0.3
"""Share of level and upright lines from which on something was drawn with a ruler, or is a barcode."""
LOOPS, WAVES = 1.25, 2.5
"""How often, on average, a line across meets the stroke, both ways; and, for a stroke without loops, one way."""
BOW, BOW_SIZE, BOW_FILL = 9.0, 1.8, 0.13
"""A stroke that goes neither to and fro nor in loops, such as a circle drawn around something: its length to its width
at most, its size in letters and the share of ink in its box. A crease is longer and thinner."""
DRAWN_RING = 0.9
"""How much of a ring is there in one that was drawn with compasses."""
RULE = 9.0
"""Millimetres of a line from which on it is a rule of the form, and no stroke."""
EDGE = 0.8
"""Millimetres from the edge of the picture within which nothing is told from a shadow."""
TOUCH = 3.0
"""Millimetres between a curve and the axes of its diagram."""


def handwriting(inks: Inks, ink: Mask, words: Sequence[Word], read: Mask, letter: float) -> Iterator[Place]:
    """Groups of strokes that are those of a pen.

    `ink` is the ink that is looked at, `read` where words stand that were read, `letter` their usual height in pixels.
    """
    ruled = rules(ink, inks.length(RULE))
    strokes = ink - ruled
    known = read.copy()
    for word in words:
        rows, columns = _cut(word, strokes.shape)
        if _is_scrawl(strokes[rows, columns], letter):
            known[rows, columns] = 0
    for group in groups(strokes & (1 - known), inks.length(1.2), LONG * letter):
        if _is_at_edge(group, inks) or _is_curve(group, ruled, inks):
            continue
        if _is_written(group, inks, letter):
            yield group.place(_sure(group, strokes))


def _cut(word: Word, shape: tuple[int, ...]) -> tuple[slice, slice]:
    high, wide = shape
    box = word.box
    rows = slice(int(round(box.y0, 5) * high), int(round(box.y1, 5) * high) + 2)
    return rows, slice(int(round(box.x0, 5) * wide), int(round(box.x1, 5) * wide) + 2)


def _is_scrawl(ink: Mask, letter: float) -> bool:
    """Whether the ink of a word hangs together as no printed word does: "www" for a signature."""
    if ink.shape[1] < LONG * letter:
        return False
    longest = next(groups(ink, 0, LONG * letter), None)
    return longest is not None and longest.fill < AIRY and float(ink.mean()) < AIRY


def _is_written(group: Group, inks: Inks, letter: float) -> bool:
    if group.width > inks.length(MOST[0]) or group.height > inks.length(MOST[1]) or group.fill > 2 * AIRY:
        return False
    longest = next(groups(group.mask, 0, LONG * letter), None)
    if longest is None or longest.height < HIGH * letter or longest.width < letter or longest.fill > AIRY:
        return False
    mean, thickest = stroke_width(group.mask)
    if mean > PEN[0] * inks.scale or thickest > PEN[1] * inks.scale:
        return False
    lines = straight(longest.mask, max(6, round(1.5 * letter)))
    if np.count_nonzero(lines) > STRAIGHT * longest.area:
        return False
    return _is_drawn_by_hand(longest, letter) and not _is_ring(group, inks)


def _is_drawn_by_hand(stroke: Group, letter: float) -> bool:
    down, across = runs(stroke.mask, 0), runs(stroke.mask, 1)
    if min(down, across) >= LOOPS or max(down, across) >= WAVES:
        return True
    large = min(stroke.width, stroke.height) >= BOW_SIZE * letter
    return large and stroke.fill <= BOW_FILL and stroke.turned.aspect <= BOW


def _is_ring(group: Group, inks: Inks) -> bool:
    return ring(inks.ink, ellipse_of(group), inks.scale).rim >= DRAWN_RING


def _is_at_edge(group: Group, inks: Inks) -> bool:
    """Whether it touches the edge of the picture, where shadows and the scanner's lid are."""
    high, wide = inks.ink.shape
    right, low = group.left + group.width, group.top + group.height
    return bool(min(group.left, group.top, wide - right, high - low) < inks.length(EDGE))


def _is_curve(group: Group, ruled: Mask, inks: Inks) -> bool:
    """Whether it runs between the axes of a diagram, once above each point of one of them."""
    if runs(group.mask, 0) >= LOOPS:
        return False
    reach = inks.length(TOUCH)
    top, left = max(0, group.top - reach), max(0, group.left - reach)
    around = ruled[top : group.top + group.height + reach, left : group.left + group.width + reach]
    beside, below = around[:, : 2 * reach], around[-2 * reach :]
    return bool(beside.any(axis=1).mean() > 0.8 and below.any(axis=0).mean() > 0.8)


def _sure(group: Group, strokes: Mask) -> float:
    """The more of the ink in its box belongs to it, the likelier it stands for itself."""
    own = group.area / max(1, int(np.count_nonzero(group.within(strokes))))
    return 0.5 + 0.4 * own
