"""Pages put straight: turned upright, levelled, and photographed sheets made flat. Each is a new file in `folder`.

All give the way back, so that what is read in them has its place in the picture as delivered.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from extractors.ocr import pictures
from extractors.ocr.engine import OcrImage
from extractors.ocr.ink import Ink, ink_of
from extractors.ocr.pictures import MAX_PIXELS, Grey
from extractors.ocr.prepared import CORNERS, Homography, Points, Prepared, Size, in_fractions, turn_back
from extractors.ocr.sheet import Outline, outline_of
from extractors.ocr.skew import Slant, is_steady, slant_of

LEAST_SLANT = 1.0
"""Degrees below which a slant does no harm: Tesseract reads up to two as well as none, and of three hardly a word."""
ALONG_EDGES = 3.5
"""Degrees by which writing may slant against the edges of its own sheet: print is not always cut straight."""
NOTHING_TO_GAIN = 0.02
"""Share of the picture's sides within which an outline is the picture's own."""
MOST_GROWTH = 1.5
"""Times its pixels that a picture may grow when a sheet in it is made flat."""
_FEWEST_LETTERS = 20
_NARROWEST, _WIDEST = 1 / 8, 8.0
"""Widths to heights of sheets: from a till roll to one on its side."""


def turned(image: OcrImage, degrees: int, folder: Path) -> Prepared:
    """The picture turned clockwise by 90, 180 or 270 degrees."""
    return Prepared(pictures.turned(image, degrees, folder), turn_back(degrees), (f"turned by {degrees}°",))


def deskewed(image: OcrImage, folder: Path) -> Prepared | None:
    """The picture turned so that its lines of writing are level (upright ones where it lies on its side).

    None when they slant by less than `LEAST_SLANT` degrees, by more than `skew.MOST_SLANT`, or not everywhere alike.
    """
    grey = pictures.loaded(image)
    ink = ink_of(grey)
    slant = slant_of(ink)
    if slant is None or abs(slant.angle) < LEAST_SLANT or not _is_certain(ink, slant):
        return None
    level, back = _levelled(grey, slant.angle, _paper(ink))
    return Prepared(pictures.saved(image, level, folder, "level"), back, (f"levelled by {slant.angle:.1f}°",))


def flattened(image: OcrImage, folder: Path) -> Prepared | None:
    """The sheet in a photo of it, as if seen from straight above, without what lies around it.

    None when there is no sheet with four straight edges, when it fills the picture, or when the writing on it does
    not run along its edges: then what looks like a sheet is something else.
    """
    grey = pictures.loaded(image)
    outline = outline_of(grey)
    if outline is None or np.abs(outline.corners - CORNERS).max() < NOTHING_TO_GAIN:
        return None
    height, width = grey.shape
    size = _fitting(outline, (width, height))
    if size is None:
        return None
    from_picture = _projection(outline.corners * (width, height), size)
    warped = cv2.warpPerspective(
        grey,
        from_picture,
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_brightest(grey),
    )
    flat = np.asarray(warped, dtype=np.uint8)
    if not _is_written_along_edges(flat):
        return None
    to_picture: Homography = np.linalg.inv(from_picture).astype(np.float64)
    back = in_fractions(to_picture, size, (width, height))
    return Prepared(pictures.saved(image, flat, folder, "flat"), back, ("made flat",))


def _is_certain(ink: Ink, slant: Slant) -> bool:
    return len(ink.letters) >= _FEWEST_LETTERS and is_steady(ink, slant)


def _levelled(grey: Grey, degrees: float, paper: int) -> tuple[Grey, Homography]:
    """The picture turned about its middle against a slant of `degrees`, on a sheet that holds all of it."""
    height, width = grey.shape
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    size = (math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    level = cv2.warpAffine(
        grey, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
    )
    back = in_fractions(np.linalg.inv(np.vstack([matrix, (0, 0, 1)])), size, (width, height))
    return np.asarray(level, dtype=np.uint8), back


def _paper(ink: Ink) -> int:
    """The grey of what nothing is written on, in the picture itself."""
    level = int(np.median(ink.grey))
    return 255 - level if ink.inverted else level


def _brightest(grey: Grey) -> int:
    return int(np.quantile(grey[::8, ::8], 0.9))


def _projection(corners: Points, size: Size) -> Homography:
    """The homography of pixels that puts the corners into those of a picture of that size."""
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), (CORNERS * size).astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def _fitting(outline: Outline, whole: Size) -> Size | None:
    """Width and height in pixels of the flat sheet: as fine as in the picture, in the sheet's own proportion."""
    corners = outline.corners * whole
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = max(lengths[0], lengths[2]), max(lengths[1], lengths[3])
    proportion = proportion_of(corners, whole) or width / height
    if not _NARROWEST <= proportion <= _WIDEST:
        return None
    if width < height * proportion:
        width = height * proportion
    else:
        height = width / proportion
    most = min(MAX_PIXELS, MOST_GROWTH * whole[0] * whole[1])
    shrink = min(1.0, math.sqrt(most / (width * height)))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def proportion_of(corners: Points, whole: Size) -> float | None:
    """Width to height of the rectangle that is seen with these corners (pixels of a picture of size `whole`).

    Zhang and He, Whiteboard scanning and image enhancement (2007), for square pixels and the lens in the middle of the
    picture. None where it is seen so straight that its sides tell as much, or where the answer is beyond belief.
    """
    centred = np.column_stack([corners - np.array(whole) / 2, np.ones(4)])
    top_left, top_right, bottom_right, bottom_left = centred
    depth_right = np.cross(top_left, bottom_right) @ bottom_left
    depth_right /= np.cross(top_right, bottom_right) @ bottom_left
    depth_below = np.cross(top_left, bottom_right) @ top_right
    depth_below /= np.cross(bottom_left, bottom_right) @ top_right
    across, down = depth_right * top_right - top_left, depth_below * bottom_left - top_left
    if abs(across[2]) < 0.05 or abs(down[2]) < 0.05:
        return None
    focal = -(across[:2] @ down[:2]) / (across[2] * down[2])
    if not (0.3 * max(whole)) ** 2 <= focal <= (6 * max(whole)) ** 2:
        return None
    seen = [float(axis[:2] @ axis[:2] / focal + axis[2] ** 2) for axis in (across, down)]
    return math.sqrt(seen[0] / seen[1])


def _is_written_along_edges(flat: Grey) -> bool:
    ink = ink_of(flat)
    slant = slant_of(ink)
    return slant is not None and len(ink.letters) >= _FEWEST_LETTERS and abs(slant.angle) <= ALONG_EDGES
