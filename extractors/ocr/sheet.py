"""The outline of a sheet of paper that was photographed on a desk, or that lies askew on a scanner's dark lid.

A wrong outline is worse than none: every test here is there to say no. A scan that fills its picture has no outline,
and a window or a sign on a building is ruled out by the writing that must run along its edges once it is flat (see
`geometry`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.pictures import Grey
from extractors.ocr.prepared import Points

SIDE = 480
"""Pixels of the long side of the picture in which the outline is looked for."""
LEAST_SHARE, MOST_SHARE = 0.25, 0.97
"""Share of the picture that the sheet takes up."""
_TEXT = 0.025
"""Share of the long side up to which dark things on the sheet (writing, rules) are closed before it is looked for."""
_WHOLE = 0.93
"""Share of the outline's convex hull, and of the four-sided figure, that is the sheet: dog-ears yes, a hand no."""
_STRAIGHT = 0.008
"""Mean distance of the outline from its four sides, in long sides: curled paper has more."""
_LEAST_ANGLE, _MOST_ANGLE = 60.0, 120.0
_MOST_NARROWING = 1.6
"""How much longer a side may be than the one across from it."""
_MARGIN = 0.012
"""Share of the picture's size within which a side lies along the picture's edge: the sheet goes on beyond it."""
_STEP, _STEADY, _NEAR = 15.0, 0.85, 0.02
"""Grey levels by which the sheet is brighter than what lies `_NEAR` beside it, and along how much of each side."""
_CLOSER = (0.0, 0.35, 0.6)
"""How far above Otsu's threshold, towards the paper's brightness, others are tried: desks are of many greys."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A sheet's corners as fractions of the picture: top left, top right, bottom right, bottom left.

    Where the sheet goes on beyond the picture, corners may lie outside of it. `misfit` is 0 for four straight sides.
    """

    corners: Points
    misfit: float


def outline_of(grey: Grey) -> Outline | None:
    """The outline of the one sheet in the picture; None when there is none that is certain."""
    scale = SIDE / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if min(small.shape) < SIDE // 8:
        return None
    reach = 2 * round(SIDE * _TEXT / 2) + 1
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    blank = np.asarray(cv2.GaussianBlur(closed, (5, 5), 0), dtype=np.uint8)
    found = [each for mask in _bright(blank) if (each := _outline(mask, blank)) is not None]
    return min(found, key=lambda each: each.misfit, default=None)


def _bright(blank: Grey) -> Iterator[Mask]:
    """The largest bright region, for several notions of bright."""
    otsu, _ = cv2.threshold(blank, 0, 255, cv2.THRESH_OTSU)
    paper = float(np.median(blank[blank > otsu])) if (blank > otsu).any() else 255.0
    for share in _CLOSER:
        _, marks = cv2.threshold(blank, otsu + share * (paper - otsu) * 0.8, 255, cv2.THRESH_BINARY)
        marks = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
        yield np.asarray(marks, dtype=np.uint8)


def _outline(mask: Mask, blank: Grey) -> Outline | None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    hull = np.asarray(cv2.convexHull(contour), dtype=np.int32)
    area, share = cv2.contourArea(contour), cv2.contourArea(contour) / mask.size
    if not LEAST_SHARE <= share <= MOST_SHARE or area < _WHOLE * cv2.contourArea(hull):
        return None
    rough = _four_corners(hull)
    if rough is None:
        return None
    edge = contour.reshape(-1, 2).astype(np.float64)
    fitted = _fitted(edge, rough, blank.shape)
    if fitted is None:
        return None
    corners, misfit = fitted
    if not _is_plausible(corners, area, blank):
        return None
    height, width = blank.shape
    return Outline((corners + 0.5) / (width, height), misfit)


def _four_corners(hull: NDArray[np.int32]) -> Points | None:
    """The hull's corners, clockwise from the top left, when four sides describe it."""
    around = cv2.arcLength(hull, closed=True)
    for tolerance in (0.01, 0.015, 0.02, 0.03, 0.04, 0.05):
        figure = cv2.approxPolyDP(hull, tolerance * around, closed=True)
        if len(figure) == 4:
            return ordered(figure.reshape(4, 2).astype(np.float64))
        if len(figure) < 4:
            return None
    return None


def ordered(corners: Points) -> Points:
    """Four corners clockwise, beginning with the one nearest to the top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    around = corners[np.argsort(angles)]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """A line through `point` along `direction`; `framed` where it is but the picture's edge."""

    point: Points
    direction: Points
    framed: bool
    misfit: float


def _fitted(edge: Points, rough: Points, shape: tuple[int, ...]) -> tuple[Points, float] | None:
    """The corners where straight lines through the outline's sides meet, and how far it strays from these."""
    sides = [_side(edge, rough[n], rough[(n + 1) % 4], shape) for n in range(4)]
    if any(side is None for side in sides):
        return None
    known = [side for side in sides if side is not None]
    framed = [side.framed for side in known]
    if sum(framed) > 2 or (sum(framed) == 2 and framed[0] != framed[2]):
        return None
    lines = [_completed(known, n, edge) if framed[n] else known[n] for n in range(4)]
    corners = [_crossing(lines[n - 1], lines[n]) for n in range(4)]
    if any(corner is None for corner in corners):
        return None
    misfit = max(side.misfit for side in known if not side.framed) / max(shape)
    return (np.array(corners), misfit) if misfit <= _STRAIGHT else None


def _side(edge: Points, start: Points, end: Points, shape: tuple[int, ...]) -> _Side | None:
    """The line through the outline's points between two corners, away from these."""
    along = end - start
    length = float(np.hypot(*along))
    if length < 0.1 * max(shape):
        return None
    unit = along / length
    place = (edge - start) @ unit / length
    away = np.abs((edge - start) @ np.array([-unit[1], unit[0]]))
    near = edge[(place > 0.08) & (place < 0.92) & (away < 0.04 * max(shape))]
    if len(near) < 0.5 * length:
        return None
    vx, vy, x, y = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    direction, point = np.array([vx, vy], dtype=np.float64), np.array([x, y], dtype=np.float64)
    misfit = float(np.abs((near - point) @ np.array([-direction[1], direction[0]])).mean())
    return _Side(point, direction, _is_framed(near, shape), misfit)


def _is_framed(points: Points, shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    x, y = points.T
    return any(
        float(np.median(distance)) < _MARGIN * max(shape)
        for distance in (x, width - 1 - x, y, height - 1 - y)
    )


def _completed(sides: list[_Side], number: int, edge: Points) -> _Side:
    """Where the picture cuts the sheet off: a line like the side across from it, that leaves nothing outside."""
    across, before, after = sides[(number + 2) % 4], sides[number - 1], sides[(number + 1) % 4]
    direction = across.direction
    if across.framed:
        turned = after.direction if before.direction @ after.direction > 0 else -after.direction
        between = before.direction + turned
        direction = np.array([-between[1], between[0]]) / np.hypot(*between)
    normal = np.array([-direction[1], direction[0]])
    if (sides[number].point - edge.mean(axis=0)) @ normal < 0:
        normal = -normal
    return _Side(edge[int(np.argmax(edge @ normal))], direction, True, 0.0)


def _crossing(one: _Side, other: _Side) -> Points | None:
    lines = np.column_stack([one.direction, -other.direction])
    if abs(np.linalg.det(lines)) < 0.3:
        return None
    step = np.linalg.solve(lines, other.point - one.point)
    return np.asarray(one.point + step[0] * one.direction)


def _is_plausible(corners: Points, area: float, blank: Grey) -> bool:
    """Whether the figure is a sheet seen from somewhere above it: shape, size, and brighter than its surroundings."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    narrowing = np.maximum(lengths / np.roll(lengths, 2), np.roll(lengths, 2) / lengths)
    units = sides / lengths[:, None]
    angles = np.degrees(np.arccos(np.clip((-np.roll(units, 1, axis=0) * units).sum(axis=1), -1, 1)))
    figure = cv2.contourArea(corners.astype(np.float32))
    if angles.min() < _LEAST_ANGLE or angles.max() > _MOST_ANGLE or narrowing.max() > _MOST_NARROWING:
        return False
    return area >= _WHOLE * _WHOLE * figure and _stands_out(corners, blank)


def _stands_out(corners: Points, blank: Grey) -> bool:
    """Whether along each side that is in the picture the sheet is brighter than what is beside it."""
    middle, distance = corners.mean(axis=0), _NEAR * max(blank.shape)
    blank = np.asarray(cv2.medianBlur(blank, 11), dtype=np.uint8)  # stone and wood have bright grains
    seen = False
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        places = start + np.linspace(0.1, 0.9, 33)[:, None] * (end - start)
        outwards = np.array([end[1] - start[1], start[0] - end[0]]) / np.hypot(*(end - start))
        outwards = outwards if (start - middle) @ outwards > 0 else -outwards
        inside, outside = (
            _levels(blank, places - distance * outwards),
            _levels(blank, places + distance * outwards),
        )
        steps = (inside - outside)[np.isfinite(inside) & np.isfinite(outside)]
        if len(steps) < 12:
            continue
        seen = True
        if np.median(steps) < _STEP or (steps > _STEP / 3).mean() < _STEADY:
            return False
    return seen


def _levels(grey: Grey, places: Points) -> NDArray[np.float64]:
    """The grey levels at the places, NaN outside of the picture."""
    height, width = grey.shape
    x, y = np.rint(places).astype(np.intp).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    found = np.full(len(places), np.nan)
    found[inside] = grey[y[inside], x[inside]]
    return found
