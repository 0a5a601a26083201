"""Rings on a page, round or oval, with writing in them: what seals are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.mark_ink import Mask
from extractors.ocr.mark_shapes import Group

RADIUS = (8.5, 34.0)
"""Millimetres. Seals of firms have 15 to 29; on a photo of unknown size they may seem to have others."""
MOST_CIRCLES = 12
"""Circles looked at on one page, the likeliest first."""
SECTORS = 60
RIM, BESIDE = 0.7, (1.2, 2.6)
"""Millimetres from the line of a ring that belong to it, and between which it is blank beside a line."""
BAND = (0.45, 0.9)
"""Distances from the middle, in radii, between which the writing of a seal runs."""
LETTERED = (0.04, 0.85)
"""Share of ink in a sector of that band between which something is written there."""
_FIT = (2.0, 1.2, 0.8)
"""Millimetres from a circle within which ink is its line, as it is put right step by step."""
_FIND_SCALE, _FIND_SHAPE = 2.4, 0.6
"""Pixels per millimetre at which circles are sought (61 dpi), and how perfect they have to be (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A place on the page in pixels, half its axes, and the degrees by which the first of them is turned."""

    x: float
    y: float
    halves: tuple[float, float]
    degrees: float = 0.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The edges around it: left, top, right, bottom."""
        (a, b), turn = self.halves, np.deg2rad(self.degrees)
        across = float(np.hypot(a * np.cos(turn), b * np.sin(turn)))
        down = float(np.hypot(a * np.sin(turn), b * np.cos(turn)))
        return self.x - across, self.y - down, self.x + across, self.y + down


@dataclass(frozen=True, slots=True)
class Ring:
    """How much of an ellipse is drawn (0 to 1), of lines a little inside or outside of it, in how much of the band
    along it something is written, and the share of its inside that is ink."""

    rim: float
    beside: float
    lettered: float
    inside: float

    @property
    def stands_out(self) -> float:
        """How much more there is of the line than beside it: writing and tables have as much there."""
        return self.rim - self.beside


def circles(mask: Mask, scale: float) -> Iterator[Ellipse]:
    """Circles that may be drawn in ink, the likeliest first. `scale` is pixels per millimetre."""
    if not mask.any():
        return
    shrink = _FIND_SCALE / scale
    size = [max(1, round(side * shrink)) for side in mask.shape[1::-1]]
    small = cv2.GaussianBlur(
        cv2.resize(mask * np.uint8(255), size, interpolation=cv2.INTER_AREA), (0, 0), 0.8
    )
    least, most = (round(radius * _FIND_SCALE) for radius in RADIUS)
    found = cv2.HoughCircles(
        small,
        cv2.HOUGH_GRADIENT_ALT,
        1.5,
        10,
        param1=120,
        param2=_FIND_SHAPE,
        minRadius=least,
        maxRadius=most,
    )
    if found is None:
        return
    rows = np.asarray(found, dtype=np.float64)[..., :3].reshape(-1, 3) / shrink
    for x, y, radius in rows[:MOST_CIRCLES].tolist():
        yield _fitted(mask, Ellipse(x, y, (radius, radius)), scale)


def _fitted(mask: Mask, at: Ellipse, scale: float) -> Ellipse:
    """The circle through the ink near one that was found on a coarse picture, by least squares (Kåsa)."""
    for reach in _FIT:
        rows, columns = _bounds(mask.shape, at, reach * scale)
        down, across = (each.astype(np.float64) for each in np.nonzero(mask[rows, columns]))
        down, across = down + rows.start - at.y, across + columns.start - at.x
        near = np.abs(np.hypot(down, across) - at.halves[0]) < reach * scale
        if np.count_nonzero(near) < SECTORS:
            return at
        x, y = across[near], down[near]
        (a, b, c), *_ = np.linalg.lstsq(np.stack([x, y, np.ones_like(x)], axis=1), x * x + y * y, rcond=None)
        radius = float(np.sqrt(max(c + (a * a + b * b) / 4, 1.0)))
        if max(abs(a) / 2, abs(b) / 2, abs(radius - at.halves[0])) > 2 * reach * scale:
            return at
        at = Ellipse(float(at.x + a / 2), float(at.y + b / 2), (radius, radius))
    return at


def ellipse_of(group: Group) -> Ellipse:
    """The ellipse that touches the sides of the smallest rectangle, at any angle, around a group of ink."""
    turned = group.turned
    return Ellipse(*turned.middle, (float(turned.halves[0]), float(turned.halves[1])), turned.degrees)


def ring(mask: Mask, at: Ellipse, scale: float) -> Ring:
    """What is drawn along an ellipse and within it."""
    reach, angle, mean = _polar(mask.shape, at, 3 * scale)
    ink = _cut(mask, at, 3 * scale) > 0
    sector = ((angle + np.pi) * (SECTORS / (2 * np.pi))).astype(np.int32) % SECTORS
    off = (reach - 1) * mean / scale

    def share(low: float, high: float) -> float:
        return len(np.unique(sector[ink & (off > low) & (off < high)])) / SECTORS

    band = (reach > BAND[0]) & (reach < BAND[1])
    whole = np.bincount(sector[band], minlength=SECTORS)
    inked = np.bincount(sector[band & ink], minlength=SECTORS) / np.maximum(whole, 1)
    lettered = float(((inked > LETTERED[0]) & (inked < LETTERED[1])).mean())
    low, high = BESIDE
    beside = max(share(low, high), share(-high, -low))
    return Ring(
        share(-RIM, RIM), beside, lettered, float(ink[reach < 1].mean()) if (reach < 1).any() else 1.0
    )


def _bounds(shape: tuple[int, ...], at: Ellipse, margin: float) -> tuple[slice, slice]:
    left, top, right, low = at.box
    rows = slice(max(0, int(top - margin)), min(shape[0], int(low + margin) + 1))
    return rows, slice(max(0, int(left - margin)), min(shape[1], int(right + margin) + 1))


def _cut(mask: Mask, at: Ellipse, margin: float) -> Mask:
    return mask[_bounds(mask.shape, at, margin)]


def _polar(
    shape: tuple[int, ...], at: Ellipse, margin: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Of each point around an ellipse: distance from its middle in radii, and angle; and the mean radius."""
    rows, columns = _bounds(shape, at, margin)
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - at.y
    across = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] - at.x
    turn = np.deg2rad(at.degrees)
    first = (across * np.cos(turn) + down * np.sin(turn)) / max(at.halves[0], 0.5)
    second = (down * np.cos(turn) - across * np.sin(turn)) / max(at.halves[1], 0.5)
    mean = (at.halves[0] + at.halves[1]) / 2
    return np.hypot(first, second), np.arctan2(second, first), mean
