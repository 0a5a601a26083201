"""A page drawn small, to see where there is ink: under a word, and as letters that the text layer leaves out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.document import Box
from extractors.readers import render

DPI, MAX_PIXELS = 100.0, 4_000_000
CONTRAST, LEAST_INK = 24, 0.015
"""Grey levels that ink differs from what is around it, and the share of a word's box that it takes at least."""
EDGE = 0.15
"""Share of a word's height that is left out above and below: neighbouring lines and rules reach into it."""
LETTER_LOW, LETTER_HIGH, LETTER_WIDE, LETTER_FULL = 4, 34, 60, 0.93
"""Pixels of a letter's height, of its width at most (letters that touch), and how full of ink its box may be."""
PAPER, PAPER_SHARE = 0.85, 0.6
"""Brightness to that of the paper from which on a point is paper, and its least share: less of it is a photo."""
DARK = 0.72
"""Brightness to that of the paper below which a point is ink."""
ROW = 10
"""Letters that stand side by side in a row of writing."""

Grey = NDArray[np.uint8]
Stats = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page drawn in grey."""

    grey: Grey

    def has_ink(self, box: Box, reach: float = 0.0) -> bool:
        """Whether something is to be seen within the box, or no further from it than `reach` times its height."""
        high = box.y1 - box.y0
        if self._has_ink(Box(box.x0, box.y0 + high * EDGE, box.x1, box.y1 - high * EDGE)):
            return True
        around = high * reach
        return reach > 0 and self._has_ink(
            Box.clamped(box.x0 - around, box.y0 - around, box.x1 + around, box.y1 + around)
        )

    def _has_ink(self, box: Box) -> bool:
        part = self.grey[self._part(box)]
        ink = np.abs(part.astype(np.int16) - np.int16(np.median(part))) > CONTRAST
        return bool(ink.mean() >= LEAST_INK)

    def letters(self, within: Box) -> list[Box]:
        """The boxes of all that may be letters within `within`: dark on light, of a letter's size, in rows."""
        import cv2

        part = self._part(within)
        grey = self.grey[part]
        paper = np.median(grey)
        if paper < 128:
            grey, paper = 255 - grey, 255 - paper
        if (grey >= PAPER * paper).mean() < PAPER_SHARE:
            return []
        dark = (grey < DARK * paper).astype(np.uint8)
        stats: Stats = np.asarray(cv2.connectedComponentsWithStats(dark, connectivity=8)[2], dtype=np.int32)
        wide, high, area = stats[:, 2], stats[:, 3], stats[:, 4]
        sized = (high >= LETTER_LOW) & (high <= LETTER_HIGH) & (wide <= LETTER_WIDE) & (wide >= 1)
        found = stats[sized & (area <= LETTER_FULL * wide * high) & (np.arange(len(stats)) > 0)]
        return [self._box(part, x, y, w, h) for x, y, w, h, _ in _in_rows(found)]

    def _part(self, box: Box) -> tuple[slice, slice]:
        height, width = self.grey.shape
        y0, x0 = min(int(box.y0 * height), height - 1), min(int(box.x0 * width), width - 1)
        y1, x1 = max(y0 + 2, math.ceil(box.y1 * height)), max(x0 + 2, math.ceil(box.x1 * width))
        return slice(y0, y1), slice(x0, x1)

    def _box(self, part: tuple[slice, slice], x: int, y: int, wide: int, high: int) -> Box:
        height, width = self.grey.shape
        left, top = int(x) + part[1].start, int(y) + part[0].start
        return Box.clamped(left / width, top / height, (left + int(wide)) / width, (top + int(high)) / height)


def shot(page: Any, width: float, height: float) -> Shot:
    """The pdfium page of `width` x `height` points, drawn small."""
    most = 72 * math.sqrt(MAX_PIXELS / max(width * height, 1.0))
    return Shot(np.asarray(render.rendered(page, min(DPI, most))))


def _in_rows(stats: Stats) -> Stats:
    """Those that have at least ROW others at their height: specks and texture stand alone, or everywhere."""
    if not len(stats):
        return stats
    middles = stats[:, 1] + stats[:, 3] / 2
    rows = np.round(middles / 6).astype(int)
    counts = np.bincount(rows, minlength=rows.max() + 2)
    in_rows: Stats = stats[counts[rows] >= ROW]
    return in_rows


def uncovered(letters: Iterable[Box], words: Iterable[Box]) -> list[Box]:
    """The letters whose middle lies in none of the words' boxes, each a little enlarged."""
    boxes = np.array([(w.x0, w.y0, w.x1, w.y1) for w in words], dtype=np.float32).reshape(-1, 4)
    high = boxes[:, 3] - boxes[:, 1]
    grown = boxes + np.stack((-high * 0.2, -high * 0.25, high * 0.2, high * 0.25), axis=1)
    left_out = []
    for letter in letters:
        x, y = (letter.x0 + letter.x1) / 2, (letter.y0 + letter.y1) / 2
        inside = (grown[:, 0] <= x) & (x <= grown[:, 2]) & (grown[:, 1] <= y) & (y <= grown[:, 3])
        if not inside.any():
            left_out.append(letter)
    return left_out
