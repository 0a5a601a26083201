"""Shapes of ink: groups that belong together, whether they are a frame, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.mark_ink import Mask

MOST_GROUPS = 400
"""Groups looked at on one page; a page with more is a drawing or worn out."""
_LEAST_POINTS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the page in pixels that is a mark, and how surely (0 to 1)."""

    left: float
    top: float
    right: float
    low: float
    sure: float

    @property
    def area(self) -> float:
        """In pixels."""
        return max(0.0, self.right - self.left) * max(0.0, self.low - self.top)

    def shared(self, other: Place) -> float:
        """How much (0 to 1) of it lies in another."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.low, other.low) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down) / max(self.area, 1.0)


@dataclass(frozen=True)
class Group:
    """Ink that lies close together: its cut-out mask, and where that lies on the page in pixels."""

    left: int
    top: int
    mask: Mask

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.mask.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.mask.shape[0])

    @cached_property
    def area(self) -> int:
        """Pixels of ink."""
        return int(np.count_nonzero(self.mask))

    @property
    def fill(self) -> float:
        """The share of its box that is ink."""
        return self.area / (self.width * self.height)

    def within(self, picture: Mask) -> Mask:
        """The part of a picture of the page that lies in the box."""
        return picture[self.top : self.top + self.height, self.left : self.left + self.width]

    def place(self, sure: float) -> Place:
        """Where it lies."""
        return Place(self.left, self.top, self.left + self.width, self.top + self.height, sure)

    @cached_property
    def turned(self) -> Turned:
        """The ink in the smallest rectangle, at any angle, that holds it."""
        rows, columns = np.nonzero(self.mask)
        points = np.stack([columns, rows], axis=1).astype(np.float32)
        middle, sides, degrees = cv2.minAreaRect(points)
        angle = np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], dtype=np.float32)
        halves = np.maximum(np.array(sides, dtype=np.float32) / 2, 0.5)
        along = (points - np.array(middle, dtype=np.float32)) @ turn
        return Turned(along, halves, float(degrees), (middle[0] + self.left, middle[1] + self.top))


@dataclass(frozen=True)
class Turned:
    """Points (x, y) from the middle of their rectangle along its sides, half its sides, the degrees of its turn, and
    where on the page its middle lies."""

    points: NDArray[np.float32]
    halves: NDArray[np.float32]
    degrees: float
    middle: tuple[float, float]

    @property
    def aspect(self) -> float:
        """The long side to the short one."""
        return float(self.halves.max() / self.halves.min())

    @property
    def tilt(self) -> float:
        """Degrees (0 to 45) by which it is askew."""
        turn = self.degrees % 90
        return float(min(turn, 90 - turn))

    def sides(self, begin: float, end: float) -> list[float]:
        """How much (0 to 1) of each of the four sides is drawn between so many pixels from the edge."""
        return [self._side(axis, sign, begin, end) for axis in (0, 1) for sign in (-1, 1)]

    def _side(self, axis: int, sign: int, begin: float, end: float) -> float:
        away = self.halves[axis] - sign * self.points[:, axis]
        near = (away >= begin) & (away < end)
        along, half = self.points[near, 1 - axis], self.halves[1 - axis]
        cells = max(4, int(half))
        places = ((along / half + 1) * (cells / 2)).astype(int).clip(0, cells - 1)
        return len(np.unique(places)) / cells


def groups(mask: Mask, gap: int, least: float) -> Iterator[Group]:
    """The groups of ink between which more than `gap` pixels are blank; those whose longer side has `least` pixels
    or more, the largest first."""
    if not mask.any():
        return
    joined = (
        cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap + 1, gap + 1))) if gap else mask
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    sizes = stats[1:, 2:4].max(axis=1)
    order = [int(n) + 1 for n in np.argsort(-sizes, kind="stable")[:MOST_GROUPS]]
    for number in order:
        left, top, width, height = (int(v) for v in stats[number, :4])
        if max(width, height) < least:
            return
        part = (labels[top : top + height, left : left + width] == number).astype(np.uint8)
        part &= mask[top : top + height, left : left + width]
        if (group := _trimmed(left, top, part)) is not None:
            yield group


def _trimmed(left: int, top: int, mask: Mask) -> Group | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows) or np.count_nonzero(mask) < _LEAST_POINTS:
        return None
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Group(left + int(columns[0]), top + int(rows[0]), cut)


def apart(places: Iterable[Place]) -> list[Place]:
    """Those that do not lie in one of those before them, nor one of them in theirs."""
    kept: list[Place] = []
    for place in places:
        if not any(max(place.shared(other), other.shared(place)) > 0.5 for other in kept):
            kept.append(place)
    return kept


def without(mask: Mask, places: Iterable[Place]) -> Mask:
    """The mask with nothing in these places."""
    rest = mask.copy()
    for place in places:
        rest[max(0, int(place.top)) : int(place.low) + 1, max(0, int(place.left)) : int(place.right) + 1] = 0
    return rest


def straight(mask: Mask, length: int) -> Mask:
    """The level and upright lines of `length` pixels or more."""
    found = np.zeros_like(mask)
    for axis, kernel in ((1, (1, length)), (0, (length, 1))):
        if int(mask.sum(axis=axis, dtype=np.int32).max(initial=0)) >= length:
            found |= cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(kernel, np.uint8)).astype(np.uint8)
    return found


def rules(mask: Mask, length: int) -> Mask:
    """The level and upright lines of `length` pixels or more, with what clings to them."""
    lines = cv2.dilate(straight(mask, length), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(lines, mask), dtype=np.uint8)


def larger(mask: Mask, least: float) -> Mask:
    """The parts of the ink, each hanging together, whose longer side has `least` pixels or more."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    wanted = (stats[:, 2:4].max(axis=1) >= least).astype(np.uint8)
    wanted[0] = 0
    return np.asarray(wanted[labels], dtype=np.uint8)


def runs(mask: Mask, axis: int) -> float:
    """How often a line across the ink meets a stroke, on average: along columns (axis 0) or rows (axis 1)."""
    padded = np.pad(mask, ((1, 0), (0, 0)) if axis == 0 else ((0, 0), (1, 0))).astype(np.int8)
    starts = (np.diff(padded, axis=axis) == 1).sum(axis=axis)
    met = starts[starts > 0]
    return float(met.mean()) if len(met) else 0.0


def stroke_width(mask: Mask) -> tuple[float, float]:
    """How thick the strokes are in pixels: the mean, and the thickest."""
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)
    inside = depth[depth > 0]
    return 4 * float(inside.mean()) - 1, 2 * float(inside.max()) - 1
