"""Where writing stands in a picture: a segmentation network marks it, and each marked patch becomes a rectangle.

The network is one of the DB family (Liao et al., "Real-time Scene Text Detection with Differentiable Binarization",
AAAI 2020): for each pixel it gives the probability that it lies in the core of a line of text.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Network = Callable[[Floats], Floats]
"""A network: an array in, an array out."""

MAX_PIXELS = 2_000_000
"""Pixels of the picture in which writing is looked for: A4 at 145 dpi. It is read in the picture as given."""
SMALL_PIXELS, MAX_ENLARGEMENT = 500_000, 2.0
"""Smaller pictures than this are enlarged: their letters tend to be small, too."""
MAX_SIDE = 6000
STRIP_PIXELS = 700_000
"""Pixels that the network sees at a time: its memory grows by some 300 bytes for each."""
CONTEXT = 32
"""Rows that a strip is shown beyond its own, so that no line is seen only in part."""
FRAME = 32
"""Pixels added around the picture: writing that touches its edge would be missed."""
STRIDE = 32
"""The network halves its picture five times, so sides must be multiples of this."""
MARKED, SURE = 0.3, 0.5
"""Probability from which a pixel counts as marked, and its mean over a rectangle from which that holds writing."""
LOOK_CLOSER, LAST_LOOK, HARDLY = 0.2, 0.85, 0.25
"""By how much more a badly filled patch must be marked when it is looked at again, up to what, and the mean over a
rectangle with which a patch counts that cannot be parted: a bent line."""
GROWTH = 1.6
"""What is marked is the core of a line; the rectangle around it grows by area * GROWTH / perimeter on each side."""
MIN_SIDE = 3
MAX_REGIONS = 3000


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle, maybe slanted, that holds a line of text or a part of one.

    `corners` are (x, y) in pixels of the picture, in shape (4, 2): top left, top right, bottom right, bottom left.
    """

    corners: Floats

    @property
    def width(self) -> float:
        """Length in pixels of the longer of the upper and lower edge."""
        return _longer(self.corners[0], self.corners[1], self.corners[3], self.corners[2])

    @property
    def height(self) -> float:
        """Length in pixels of the longer of the left and right edge."""
        return _longer(self.corners[0], self.corners[3], self.corners[1], self.corners[2])

    def turned(self, quarters: int) -> Region:
        """The same rectangle for writing that runs down (1), upside down (2) or up (3) in it."""
        return Region(np.roll(self.corners, -quarters, axis=0))


def _longer(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
    return max(math.dist(a, b), math.dist(c, d))


def find_regions(picture: Grey, network: Network) -> list[Region]:
    """The rectangles in which something is written, in no particular order."""
    height, width = picture.shape
    scale = _scale(height, width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    marks = _marks(_framed(picture, inner), network)
    marks = marks[FRAME : FRAME + inner[0], FRAME : FRAME + inner[1]]
    enlarged = np.array([width / inner[1], height / inner[0]], dtype=np.float32)
    found = (Region(_within(corners * enlarged, height, width)) for corners in _rectangles(marks, MARKED))
    large = (region for region in found if min(region.width, region.height) >= MIN_SIDE)
    return list(itertools.islice(large, MAX_REGIONS))


def _scale(height: int, width: int) -> float:
    pixels = height * width
    if pixels < SMALL_PIXELS:
        return min(MAX_ENLARGEMENT, math.sqrt(SMALL_PIXELS / pixels), MAX_SIDE / max(height, width))
    return min(1.0, math.sqrt(MAX_PIXELS / pixels), MAX_SIDE / max(height, width))


def _framed(picture: Grey, inner: tuple[int, int]) -> Grey:
    """The picture in the size `inner`, with a frame of its own edge around it, its sides multiples of STRIDE."""
    height, width = inner
    shrinks = height < picture.shape[0]
    sized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    below, right = (-(side + 2 * FRAME) % STRIDE + FRAME for side in inner)
    return np.asarray(
        cv2.copyMakeBorder(sized, FRAME, below, FRAME, right, cv2.BORDER_REPLICATE), dtype=np.uint8
    )


def _marks(picture: Grey, network: Network) -> Floats:
    """For each pixel the probability that it belongs to a line's core; found strip by strip."""
    marks = np.empty(picture.shape, dtype=np.float32)
    for start, end in _strips(*picture.shape):
        first, last = max(0, start - CONTEXT), min(picture.shape[0], end + CONTEXT)
        answer = network(as_input(picture[first:last]))[0, 0]
        marks[start:end] = answer[start - first : end - first]
    return marks


def _strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Rows (start, end) of strips of about the same height, which together are the whole picture."""
    room = max(STRIP_PIXELS // width // STRIDE * STRIDE - 2 * CONTEXT, CONTEXT)
    count = 1 if height * width <= STRIP_PIXELS else math.ceil(height / room)
    rows = math.ceil(height / count / STRIDE) * STRIDE
    for start in range(0, height, rows):
        yield start, min(start + rows, height)


def as_input(picture: Grey) -> Floats:
    """The picture as the networks want it: (1, 3, height, width), black -1, white 1."""
    levels = picture.astype(np.float32) * np.float32(2 / 255) - np.float32(1)
    return np.ascontiguousarray(np.broadcast_to(levels, (1, 3, *picture.shape)))


def _rectangles(marks: Floats, least: float) -> Iterator[Floats]:
    """The corners of the grown rectangles around the patches that are marked with `least` or more.

    A patch that fills its rectangle badly is several lines that touch, or a bent one: it is looked at again where
    it is marked more strongly.
    """
    mask = cv2.dilate((marks > least).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:MAX_REGIONS]:
        outline = np.asarray(contour, dtype=np.int32)
        rectangle = cv2.minAreaRect(outline)
        if min(rectangle[1]) < MIN_SIDE:
            continue
        filled = _mean(marks, np.asarray(cv2.boxPoints(rectangle), dtype=np.float32))
        if filled >= SURE or (least >= LAST_LOOK and filled >= HARDLY):
            yield _grown(rectangle)
        elif least < LAST_LOOK:
            part, offset = _cut_out(marks, outline)
            yield from (corners + offset for corners in _rectangles(part, least + LOOK_CLOSER))


def _cut_out(marks: Floats, outline: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """The marks within an outline, and where they lie (x, y)."""
    x, y, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.drawContours(inside, [outline], -1, (1,), cv2.FILLED, offset=(-x, -y))
    return marks[y : y + height, x : x + width] * inside, np.array([x, y], dtype=np.float32)


def _mean(marks: Floats, corners: Floats) -> float:
    """The mean of the marks within a rectangle."""
    limits = np.array(marks.shape[::-1]) - 1
    x0, y0 = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, limits)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, limits) + 1
    inside = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
    cv2.fillPoly(inside, [(corners - (x0, y0)).astype(np.int32)], (1,))
    return float(cv2.mean(marks[y0:y1, x0:x1], inside)[0])


def _grown(rectangle: tuple[Sequence[float], Sequence[float], float]) -> Floats:
    centre, (width, height), angle = rectangle
    grow = GROWTH * width * height / (width + height)  # twice the distance: both sides grow
    corners = cv2.boxPoints((centre, (width + grow, height + grow), angle))
    return _in_order(np.asarray(corners, dtype=np.float32))


def _in_order(corners: Floats) -> Floats:
    """Top left, top right, bottom right, bottom left."""
    left, right = np.split(corners[np.argsort(corners[:, 0], kind="stable")], 2)
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.stack([left[0], right[0], right[1], left[1]])


def _within(corners: Floats, height: int, width: int) -> Floats:
    return np.clip(corners, 0, np.array([width, height], dtype=np.float32))
