"""A picture made readier for OCR, and the way back from it to the picture as delivered.

Whatever is read from a prepared picture is told in places of the delivered one: `restored` puts the boxes back. Each
preparation carries a homography of fractions (0 to 1, from the top left), so that sizes do not matter and that one
preparation after another is a product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.document import Box
from extractors.ocr.engine import OcrImage, Recognised

Homography = NDArray[np.float64]
"""A 3x3 matrix that maps points (x, y, 1) to (x·w, y·w, w)."""
Points = NDArray[np.float64]
"""Points in rows of x and y."""
Size = tuple[int, int]
"""Width and height in pixels."""

CORNERS: Points = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
_TURNS_BACK = {
    0: ((1, 0, 0), (0, 1, 0)),
    90: ((0, 1, 0), (-1, 0, 1)),
    180: ((-1, 0, 1), (0, -1, 1)),
    270: ((0, -1, 1), (1, 0, 0)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A picture made from another one. `back` maps fractions of `image` to fractions of the picture as delivered;
    `how` says what was done, for people.

    Raises a ValueError when `back` is no homography of the whole picture (a part of it would lie at infinity).
    """

    image: OcrImage
    back: Homography
    how: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        usable = self.back.shape == (3, 3) and bool(np.isfinite(self.back).all())
        if not usable or (_lifted(CORNERS, self.back)[:, 2] <= 0).any():
            raise ValueError(f"not a way back to the delivered picture: {self.back.tolist()}")

    @property
    def is_in_place(self) -> bool:
        """Whether all stands where it stands in the picture as delivered."""
        return np.array_equal(self.back, np.eye(3))


def as_delivered(image: OcrImage, *how: str) -> Prepared:
    """The picture itself, or one with all in the same place: what a chain of preparations begins with."""
    return Prepared(image, np.eye(3), how)


def chained(first: Prepared, second: Prepared) -> Prepared:
    """The picture of `second`, which was made from that of `first`, with the way back through both."""
    return Prepared(second.image, first.back @ second.back, (*first.how, *second.how))


def turn_back(degrees: int) -> Homography:
    """The way back from a picture that was turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.array((*_TURNS_BACK[degrees], (0, 0, 1)), dtype=np.float64)


def in_fractions(back: Homography, prepared: Size, delivered: Size) -> Homography:
    """A homography of pixels, from a picture of size `prepared` to one of size `delivered`, in fractions of both."""
    whole: Homography = np.diag([1 / delivered[0], 1 / delivered[1], 1.0]) @ back @ np.diag([*prepared, 1.0])
    scaled: Homography = whole / whole[2, 2]
    return scaled


def mapped(points: Points, homography: Homography) -> Points:
    """The points where `homography` puts them."""
    lifted = _lifted(points, homography)
    return lifted[:, :2] / lifted[:, 2:]


def restored(reading: Recognised, prepared: Prepared) -> Recognised:
    """What was read from the prepared picture, its boxes in fractions of the picture as delivered.

    A box that came from a turned or slanting one is the smallest upright box around it, as far as it is on the page.
    """
    lines = (
        tuple((word, _restored(box, prepared.back), sure) for word, box, sure in line)
        for line in reading.lines
    )
    return Recognised(tuple(lines))


def _restored(box: Box, back: Homography) -> Box:
    corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    there = mapped(corners, back)
    left, top = there.min(axis=0)
    right, bottom = there.max(axis=0)
    return Box.clamped(float(left), float(top), float(right), float(bottom))


def _lifted(points: Points, homography: Homography) -> Points:
    return np.column_stack([points, np.ones(len(points))]) @ homography.T
