"""How the lines of writing lie in a picture: across it or down it, and by how much they slant.

Projection profiles (Postl 1986): at the angle of the lines the ink falls into bands that are full or empty. Only ink of
the size of letters counts, so that rules, frames and the edges of paper do not; Han characters and Latin letters serve
alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.ink import Ink

MOST_SLANT = 10.0
"""Degrees up to which a slant is told: a sheet fed or held askew. Beyond it is another thing than a page's skew."""
LINED = 2.5
"""Sharpness from which on there are lines of writing. Writing has 3 and more, scenery mostly less than 2."""
AGREED = 0.8
"""Degrees by which the halves of a page may differ in their slant: more is curled paper or a page seen askew."""
_COARSE, _FINE = 0.5, 0.1
_BEYOND = 2.0
"""Degrees beyond the most that are looked at too, lest the edge of the range be taken for a peak."""
_POINTS, _FEWEST = 8000, 150
_BANDS = 4
"""Bands per height of a letter. Coarser ones do for the coarse steps, whose angle is off by up to a quarter degree."""
_FEWEST_LETTERS = 5

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slant:
    """Lines of writing run `across` the picture (else down it) and fall by `angle` degrees clockwise from that.

    `sure` tells how much clearer they run this way than the other (0 upwards; from about 0.6 on it can be trusted).
    """

    angle: float
    across: bool
    sure: float


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """A sample of the ink, and the height of a band."""

    along: Numbers
    aside: Numbers
    band: float

    def part(self, which: NDArray[np.bool_] | slice) -> _Points:
        return _Points(self.along[which], self.aside[which], self.band)


def slant_of(ink: Ink) -> Slant | None:
    """How the lines lie; None when there are too few letters to tell, or no lines."""
    points = _points(ink)
    if points is None:
        return None
    down = _Points(points.aside, -points.along, points.band)
    angles, sharps = zip(_peak(points), _peak(down), strict=True)
    if max(sharps) < LINED:
        return None
    lead = math.log(sharps[0] / sharps[1]) + 2 * _closeness(ink)
    across = lead >= 0
    angle, sharp = (angles[0], sharps[0]) if across else (angles[1], sharps[1])
    if sharp < LINED or abs(angle) > MOST_SLANT + _COARSE:
        return None
    return Slant(angle, across, abs(lead))


def is_steady(ink: Ink, slant: Slant) -> bool:
    """Whether the lines slant alike in the upper and lower, left and right half of the picture."""
    points = _points(ink)
    if points is None:
        return False
    if not slant.across:
        points = _Points(points.aside, -points.along, points.band)
    near = np.arange(-1.5, 1.5 + 1e-9, 0.25) + slant.angle
    for values in (points.along, points.aside):
        before = values < np.median(values)
        halves = [points.part(before), points.part(~before)]
        found = [float(near[int(np.argmax(_scores(half, near, 1.0)))]) for half in halves]
        if abs(found[0] - found[1]) > AGREED:
            return False
    return True


def _points(ink: Ink) -> _Points | None:
    found = cv2.findNonZero(ink.lettered)
    if found is None or len(found) < _FEWEST or len(ink.letters) < _FEWEST_LETTERS:
        return None
    chance = np.random.default_rng(len(found))
    places = found.reshape(-1, 2)
    if len(places) > _POINTS:
        places = places[chance.integers(0, len(places), _POINTS)]
    # Within its pixel a point lies anywhere: on the bare grid, bands at 0 degrees would be unevenly full.
    x, y = (places + chance.random(places.shape)).T
    return _Points(x, y, max(1.0, letter_size(ink) / _BANDS))


def letter_size(ink: Ink) -> float:
    """The usual long side of a letter, in reduced pixels."""
    return float(np.median(np.maximum(ink.letters[:, 2], ink.letters[:, 3])))


def _peak(points: _Points) -> tuple[float, float]:
    """The angle at which the lines stand apart most, and how much sharper than at the others."""
    most = MOST_SLANT + _BEYOND
    coarse = np.arange(-most, most + 1e-9, _COARSE)
    fewer = points.part(slice(None, None, 2))
    best = coarse[int(np.argmax(_scores(fewer, coarse, 2.0)))]
    fine = np.arange(best - _COARSE, best + _COARSE + 1e-9, _FINE)
    fine_scores = _scores(points, fine, 1.0)
    usual = np.median(_scores(points, coarse[::4], 1.0))
    top = int(np.argmax(fine_scores))
    return float(fine[top]), float(fine_scores[top] / usual)


def _scores(points: _Points, angles: Numbers, wide: float) -> Numbers:
    """For each angle the squared steps from band to band, which is 1 for ink strewn at random."""
    return np.array([_score(points, math.tan(math.radians(angle)), wide) for angle in angles])


def _score(points: _Points, slope: float, wide: float) -> float:
    bands = (points.aside - slope * points.along) * (1 / (wide * points.band))
    profile = np.bincount((bands - bands.min()).astype(np.intp))
    steps = np.diff(profile, prepend=0, append=0)
    return float(steps @ steps) / (2 * len(bands))


def _closeness(ink: Ink) -> float:
    """How much closer letters stand to each other across the picture than down it (a logarithm; 0 is alike)."""
    shares = []
    for share in (0.6, 0.8):
        reach = max(2, round(letter_size(ink) * share)) + 1
        filled = [_filled(ink, (reach, 1)), _filled(ink, (1, reach))]
        shares.append(math.log(filled[0] / filled[1]))
    return sum(shares) / len(shares)


def _filled(ink: Ink, size: tuple[int, int]) -> int:
    """Pixels of the gaps between letters that are as narrow as `size`."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, size)
    closed = cv2.morphologyEx(ink.lettered, cv2.MORPH_CLOSE, kernel)
    return cv2.countNonZero(closed) - cv2.countNonZero(ink.lettered) + 1
