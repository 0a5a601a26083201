"""Decoding large pictures within the memory of a worker: what it takes, and grey pictures made band by band."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, JpegImagePlugin

SHARE = 0.8
"""Of a worker's memory for one decoded picture; the rest is for the program itself."""
EASY = 256 * 2**20
"""Bytes up to which a picture is decoded whole even where it could be read strip by strip, which takes longer."""
BAND_PIXELS = 8_000_000
"""Pixels that are worked on at once."""
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes that Pillow takes for a pixel; 4 in all other modes."""
_GREY = ("1", "L", "LA", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Modes without colours."""
_TWICE = ("WEBP", "HEIF")
"""Formats whose decoders make a picture of their own first."""


def bytes_needed(frame: Image.Image, width: int, height: int) -> int:
    """What decoding a picture of `width` x `height` pixels takes, roughly; `frame` is open, and may be a draft."""
    per_pixel = _BYTES.get(frame.mode, 4) * (2 if frame.format in _TWICE else 1)
    return frame.width * frame.height * per_pixel + round(width * height * _coefficients(frame))


def _coefficients(frame: Image.Image) -> float:
    """Bytes for a pixel of a progressive JPEG, whose decoder keeps all coefficients, two bytes each."""
    if not (isinstance(frame, JpegImagePlugin.JpegImageFile) and frame.info.get("progressive")):
        return 0.0
    samples = [across * down for _, across, down, _ in frame.layer]
    return 2.0 * sum(samples) / max(samples, default=1)


@dataclass(frozen=True, slots=True)
class Views:
    """A picture as OCR wants it, grey, and as small as it needs to be to look at its colours (grey if it has none)."""

    grey: Image.Image
    small: Image.Image


def views(picture: Image.Image, side: int, small_pixels: int) -> Views:
    """The picture in grey, made smaller where it is at least twice as large as `side` but not below it; and in colour,
    made smaller towards `small_pixels` but not below them."""
    if picture.mode == "L" and max(picture.size) < 2 * side:
        return Views(picture, picture)
    levels = picture.getextrema() if picture.mode.startswith(("I", "F")) else None
    return views_of_bands(_bands(picture), picture.size, (side, small_pixels), levels)


def _bands(picture: Image.Image) -> Iterator[Image.Image]:
    rows = max(1, BAND_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        yield picture.crop((0, top, picture.width, min(picture.height, top + rows)))


def views_of_bands(
    bands: Iterable[Image.Image], size: tuple[int, int], most: tuple[int, int], levels: object = None
) -> Views:
    """The views of the picture of this size that is cut into bands, from the top; as for `views`.

    `most` is the side and the pixels there; `levels` are the darkest and the brightest point of a picture of more
    than eight bits.
    """
    grey = _Canvas("L", size, max(1, max(size) // most[0]))
    small = _Canvas("RGB", size, max(1, math.isqrt(size[0] * size[1] // most[1])))
    has_colours = False
    for band in bands:
        flat = _flat(band)
        grey.add(_grey(flat, levels))
        if has_colours := flat.mode not in _GREY:
            small.add(flat.convert("RGB"))
    found = grey.done()
    return Views(found, small.done() if has_colours else found)


class _Canvas:
    """A picture put together from bands, made smaller by a whole factor."""

    def __init__(self, mode: str, size: tuple[int, int], factor: int) -> None:
        self._picture = Image.new(mode, (-(-size[0] // factor), -(-size[1] // factor)), "white")
        self._width, self._factor, self._top = size[0], factor, 0
        self._waiting: list[Image.Image] = []

    def add(self, band: Image.Image) -> None:
        """The next rows. They are put in once they are many, in a number that the factor divides."""
        self._waiting.append(band)
        rows = sum(one.height for one in self._waiting)
        if rows * self._width >= BAND_PIXELS // 4 and rows >= self._factor:
            whole, ready = _joined(self._waiting, self._width), rows // self._factor * self._factor
            self._put(whole.crop((0, 0, self._width, ready)))
            self._waiting = [whole.crop((0, ready, self._width, rows))] if ready < rows else []

    def done(self) -> Image.Image:
        """The picture."""
        if self._waiting:
            self._put(_joined(self._waiting, self._width))
        return self._picture

    def _put(self, part: Image.Image) -> None:
        reduced = part.reduce(self._factor) if self._factor > 1 else part
        self._picture.paste(reduced, (0, self._top))
        self._top += reduced.height


def _joined(parts: Sequence[Image.Image], width: int) -> Image.Image:
    if len(parts) == 1:
        return parts[0]
    whole, top = Image.new(parts[0].mode, (width, sum(part.height for part in parts))), 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def _flat(picture: Image.Image) -> Image.Image:
    """The picture with white where it is transparent."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        paper = Image.new("RGBA", layers.size, "white")
        flat = Image.alpha_composite(paper, layers)
        return flat.convert("L" if picture.mode == "LA" else "RGB")
    return picture


def _grey(picture: Image.Image, levels: object) -> Image.Image:
    """Grey: OCR sees no colour."""
    if picture.mode.startswith(("I", "F")):
        return _from_deep(picture, levels)
    return picture.convert("L")


def _from_deep(picture: Image.Image, levels: object) -> Image.Image:
    """Eight bits from sixteen or more, stretched from the darkest to the brightest point."""
    found = np.asarray(picture, dtype=np.float32)
    low, high = levels if isinstance(levels, tuple) else (float(found.min()), float(found.max()))
    return Image.fromarray(((found - low) * (255.0 / max(high - low, 1e-6))).astype(np.uint8))
