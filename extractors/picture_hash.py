"""Perceptual hashes of pages that are pictures, so that a rescan, a photocopy or a recompressed photo can be found.

Both are signs of the lowest frequencies (discrete cosine transform) of a small grey picture, which do not change with
resolution, compression or brightness (Zauner, "Implementation and benchmarking of perceptual image hash functions",
2010). `whole` is of the picture as it lies, for photos. A sheet of paper lies a little differently each time it is
scanned: `sheet` is of what stands on it, evenly lit, made straight and cut out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

FREQUENCIES = 16
"""Waves across and down: 256 bits. Pages of text all look alike to the usual 8."""
BITS = FREQUENCIES * FREQUENCIES
SIDE = 400
"""Pixels of the long side of what is looked at."""
LEAST_SIDE = 24
"""Pixels of the short side below which a picture is a bullet or an icon."""
SMALL = 64
"""Pixels of the sides of the small picture whose frequencies are taken."""
PAPER, PAPER_SHARE = 0.88, 0.75
"""What is at least so bright as the brightest around it is paper; a picture with such a share of it is a sheet."""
INK_FROM, INK_RANGE = 0.9, 0.5
"""Brightness to that of the paper from which downwards a point is ink, and the range over which it becomes full."""
INK = 0.3
BLANK_INK, BORDER = 0.002, 0.08
"""Share of ink up to which a sheet is blank (specks), its border apart: there are punched holes and page numbers."""
LEAST_CONTRAST = 2.0
"""Grey levels of contrast below which a picture that is no sheet is black."""
STEEPEST, ANGLE_STEP = 3.0, 0.25
"""Degrees by which a sheet may lie askew."""
EDGE, DARK_EDGE = 0.015, 0.06
"""Shares of the height or width that count as edge always, and where they are mostly dark: a copier's shadow."""
OUTLYING, MARGIN = 0.03, 0.05
"""Share of the ink on each side that may lie outside of what is cut out, and what is added around that again."""

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PictureHash:
    """The hashes (32 bytes) of one page's picture, and its size in pixels. `sheet` is None where it is no paper."""

    whole: bytes
    sheet: bytes | None
    width: int
    height: int


def picture_hash(picture: Image.Image) -> PictureHash | None:
    """The hashes of a grey picture ("L"); None where it shows nothing."""
    if min(picture.size) < LEAST_SIDE:
        return None
    small = _reduced(picture)
    whole = np.asarray(small.resize((SMALL, SMALL), Image.Resampling.BOX), dtype=np.float32)
    light = _lit(small)
    sheet = None
    if float((light > PAPER).mean()) >= PAPER_SHARE:
        ink = _without_edges(np.clip((INK_FROM - light) / INK_RANGE, 0.0, 1.0))
        if _is_blank(ink):
            return None
        sheet = _bits(_cut_out(_straight(ink)))
    elif float(whole.std()) < LEAST_CONTRAST:
        return None
    return PictureHash(_bits(whole), sheet, *picture.size)


def turned(found: bytes, quarters: int) -> bytes:
    """The hash that a picture has when it is turned clockwise by so many quarters: no picture is needed for that."""
    signs = np.unpackbits(np.frombuffer(found, dtype=np.uint8)).reshape(FREQUENCIES, FREQUENCIES)
    for _ in range(quarters % 4):
        signs = signs.T ^ _ODD_ACROSS
    return _packed(signs)


def _reduced(picture: Image.Image) -> Image.Image:
    factor = max(picture.size) / SIDE
    rough = picture.reduce(int(factor)) if factor >= 2 else picture
    factor = SIDE / max(rough.size)
    sides = (max(8, round(rough.width * factor)), max(8, round(rough.height * factor)))
    return rough.resize(sides, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC)


def _lit(picture: Image.Image) -> Grey:
    """Brightness relative to the paper, which is the brightest nearby, smoothed."""
    rough = picture.resize((max(1, picture.width // 4), max(1, picture.height // 4)), Image.Resampling.BOX)
    paper = rough.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
    around = np.asarray(paper.resize(picture.size, Image.Resampling.BILINEAR), dtype=np.float32)
    return (np.asarray(picture, dtype=np.float32) / np.maximum(around, 1.0)).astype(np.float32)


def _without_edges(ink: Grey) -> Grey:
    """Without what lies beside the sheet: the dark strips that a scanner or copier adds."""
    clean = ink.copy()
    for side in (clean, clean[::-1], clean.T, clean.T[::-1]):
        dark = np.flatnonzero((side[: int(DARK_EDGE * len(side))] > INK).mean(axis=1) > 0.5)
        side[: max(int(EDGE * len(side)), dark[-1] + 2 if len(dark) else 0)] = 0
    return clean


def _is_blank(ink: Grey) -> bool:
    down, across = (round(BORDER * side) for side in ink.shape)
    return float(ink[down:-down, across:-across].mean()) <= BLANK_INK


def _straight(ink: Grey) -> Grey:
    """Turned so that its lines are level, or upright: then the sums of its rows, or columns, differ most."""
    down, across = np.nonzero(ink > INK)
    if not len(down):
        return ink
    steps = round(STEEPEST / ANGLE_STEP)
    angles = sorted((step * ANGLE_STEP for step in range(-steps, steps + 1)), key=abs)
    angle = max(angles, key=lambda each: _evenness(down, across, each))
    if not angle:
        return ink
    straight = Image.fromarray(ink).rotate(angle, resample=Image.Resampling.BILINEAR)
    return np.asarray(straight, dtype=np.float32)


def _evenness(down: NDArray[np.intp], across: NDArray[np.intp], degrees: float) -> float:
    slope = math.tan(math.radians(degrees))
    return _steps(down - across * slope) + _steps(across + down * slope)


def _steps(places: NDArray[np.float64]) -> float:
    sums = np.bincount((places - places.min()).astype(np.intp))
    return float((np.diff(sums).astype(np.float64) ** 2).sum())


def _cut_out(ink: Grey) -> Grey:
    """What stands on the sheet, as a small square."""
    (left, right), (top, bottom) = _extent(ink.sum(axis=0)), _extent(ink.sum(axis=1))
    fine = Image.fromarray(ink).transform(
        (4 * SMALL, 4 * SMALL), Image.Transform.EXTENT, (left, top, right, bottom), Image.Resampling.BILINEAR
    )
    return np.asarray(fine.resize((SMALL, SMALL), Image.Resampling.BOX), dtype=np.float32)


def _extent(sums: Grey) -> tuple[float, float]:
    share = np.cumsum(sums, dtype=np.float64) / max(float(sums.sum()), 1e-6)
    first, last = np.searchsorted(share, OUTLYING), np.searchsorted(share, 1 - OUTLYING) + 1
    margin = MARGIN * float(last - first)
    return float(first) - margin, float(last) + margin


def _bits(square: Grey) -> bytes:
    """The signs of its lowest frequencies."""
    signs = (_COSINES @ square @ _COSINES.T > 0).astype(np.uint8)
    signs[0, 0] = 0  # the mean brightness says nothing
    return _packed(signs)


def _packed(signs: NDArray[np.uint8]) -> bytes:
    return np.packbits(signs.ravel()).tobytes()


_COSINES = np.cos(np.pi / SMALL * np.outer(np.arange(FREQUENCIES), np.arange(SMALL) + 0.5)).astype(np.float32)
"""The first rows of the discrete cosine transform (type II)."""
_ODD_ACROSS = np.tile(np.arange(FREQUENCIES, dtype=np.uint8) % 2, (FREQUENCIES, 1))
