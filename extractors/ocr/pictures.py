"""Pictures made readier for OCR: turned, enlarged, evenly lit, freed from specks. Each is a new file in `folder`.

All keep the picture's frame (or turn it), so that boxes as fractions stay right.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.document import Box
from extractors.ocr.engine import OcrImage, Recognised

MAX_PIXELS = 25_000_000
"""Pixels up to which a picture is enlarged."""
SMALL_LETTERS, LETTERS = 26.0, 32.0
"""Height in pixels below which letters are enlarged, and the height that Tesseract reads best."""
MAX_ENLARGEMENT = 2.0
SPECKS_PER_MEGAPIXEL = 2000
"""Specks from which on a page is worn; a printed receipt has up to half of that in its own dots."""
_DARK = 160
_SPECK, _GAP = 1, 3
"""Pixels that a speck reaches around its middle, and within which nothing else may stand."""
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

Grey = NDArray[np.uint8]
Counts = NDArray[np.int32]


def size(image: OcrImage) -> tuple[int, int]:
    """Width and height in pixels."""
    with Image.open(image.path) as picture:
        return picture.size


def turned(image: OcrImage, degrees: int, folder: Path) -> OcrImage:
    """The picture turned clockwise by 90, 180 or 270 degrees."""
    return _saved(image, _loaded(image).transpose(_TURNS[degrees]), folder, f"turned{degrees}", 1.0)


def turned_back(reading: Recognised, degrees: int) -> Recognised:
    """The reading of a picture that was turned clockwise by `degrees`, its boxes put where they were before."""
    if not degrees:
        return reading
    lines = (tuple((word, _back(box, degrees), sure) for word, box, sure in line) for line in reading.lines)
    return Recognised(tuple(lines))


def _back(box: Box, degrees: int) -> Box:
    if degrees == 90:
        return Box.clamped(box.y0, 1 - box.x1, box.y1, 1 - box.x0)
    if degrees == 180:
        return Box.clamped(1 - box.x1, 1 - box.y1, 1 - box.x0, 1 - box.y0)
    return Box.clamped(1 - box.y1, box.x0, 1 - box.y0, box.x1)


def fitted(image: OcrImage, long_side: int, folder: Path) -> OcrImage:
    """The picture made smaller, if need be, so that its long side has at most so many pixels."""
    factor = long_side / max(size(image))
    return image if factor >= 1 else _saved(image, _scaled(_loaded(image), factor), folder, "fitted", factor)


def enlargement(pixels: tuple[int, int], letters: float | None) -> float:
    """By what factor (1 or more) to enlarge a picture whose letters are so many pixels high, if that is known."""
    if letters is None:
        wanted = MAX_ENLARGEMENT if max(pixels) < 1500 else 1.0
    else:
        wanted = min(MAX_ENLARGEMENT, max(1.5, LETTERS / letters)) if letters < SMALL_LETTERS else 1.0
    return max(1.0, min(wanted, math.sqrt(MAX_PIXELS / (pixels[0] * pixels[1]))))


def despeckled(image: OcrImage, folder: Path) -> OcrImage | None:
    """The picture without single dark specks; None when it has so few that they do no harm."""
    grey: Grey = np.asarray(_loaded(image))
    dark = grey < _DARK
    around = _sums(dark, _GAP)
    specks = dark & (_sums(dark, _SPECK) == around)
    if specks.sum() * 1e6 < SPECKS_PER_MEGAPIXEL * grey.size:
        return None
    clean = grey.copy()
    clean[(_sums(specks, _SPECK) > 0) & (around <= (2 * _SPECK + 1) ** 2)] = 255
    return _saved(image, Image.fromarray(clean), folder, "clean", 1.0)


def _sums(marks: NDArray[np.bool_], reach: int) -> Counts:
    """For each pixel the number of marked ones in the square that reaches `reach` pixels around it."""
    side = 2 * reach + 1
    padded = np.pad(marks, ((reach + 1, reach), (reach + 1, reach)))
    table = padded.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)
    sums: Counts = table[side:, side:] - table[:-side, side:] - table[side:, :-side] + table[:-side, :-side]
    return sums


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    pixels = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    if factor > 1:
        return picture.resize(pixels, Image.Resampling.BICUBIC)
    # Down to half the size, neighbours are enough: as good for OCR as the mean of an area, in a sixth of its time.
    how = cv2.INTER_LINEAR if factor > 0.5 else cv2.INTER_AREA
    return Image.fromarray(cv2.resize(np.asarray(picture), pixels, interpolation=how))


def loaded(image: OcrImage) -> Grey:
    """The grey levels of the picture, in rows."""
    return np.asarray(_loaded(image))


def saved(image: OcrImage, grey: Grey, folder: Path, how: str, factor: float = 1.0) -> OcrImage:
    """A picture made from `image`, with `factor` times its resolution; its file in `folder` is named for `how`."""
    return _saved(image, Image.fromarray(grey), folder, how, factor)


def _loaded(image: OcrImage) -> Image.Image:
    with Image.open(image.path) as picture:
        return picture.convert("L")


def _saved(image: OcrImage, picture: Image.Image, folder: Path, how: str, factor: float) -> OcrImage:
    path = folder / f"{image.path.stem}-{how}.tif"  # not packed: soon read, and then deleted
    picture.save(path)
    return OcrImage(path, image.page, image.dpi * factor)
