"""Decoding large pictures within the memory of a worker: what it takes, and grey pictures made band by band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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


def grey(picture: Image.Image, side: int) -> Image.Image:
    """The picture in grey; one that is at least twice as large as `side` made smaller, but not below it."""
    if picture.mode == "L" and max(picture.size) < 2 * side:
        return picture
    levels = picture.getextrema() if picture.mode.startswith(("I", "F")) else None
    return grey_of_bands(_bands(picture), picture.size, side, levels)


def _bands(picture: Image.Image) -> Iterator[Image.Image]:
    rows = max(1, BAND_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        yield picture.crop((0, top, picture.width, min(picture.height, top + rows)))


def grey_of_bands(
    bands: Iterable[Image.Image], size: tuple[int, int], side: int, levels: object = None
) -> Image.Image:
    """The grey picture of this size that is cut into bands, from the top; as for `grey`.

    `levels` are the darkest and the brightest point of a picture of more than eight bits.
    """
    factor = max(1, max(size) // side)
    result = Image.new("L", (-(-size[0] // factor), -(-size[1] // factor)), 255)
    top = 0
    for part in _evened((_grey(band, levels) for band in bands), size[0], factor):
        result.paste(part.reduce(factor) if factor > 1 else part, (0, top))
        top += -(-part.height // factor)
    return result


def _evened(bands: Iterable[Image.Image], width: int, factor: int) -> Iterator[Image.Image]:
    """The same rows in bands of some height that `factor` divides, but for the last."""
    waiting: list[Image.Image] = []
    for band in bands:
        waiting.append(band)
        if (rows := sum(one.height for one in waiting)) * width >= BAND_PIXELS // 4 and rows >= factor:
            whole, ready = _joined(waiting, width), rows // factor * factor
            yield whole.crop((0, 0, width, ready))
            waiting = [whole.crop((0, ready, width, rows))] if ready < rows else []
    if waiting:
        yield _joined(waiting, width)


def _joined(parts: Sequence[Image.Image], width: int) -> Image.Image:
    if len(parts) == 1:
        return parts[0]
    whole, top = Image.new("L", (width, sum(part.height for part in parts))), 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def _grey(picture: Image.Image, levels: object) -> Image.Image:
    """Grey, what is transparent white: OCR sees no colour."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        paper = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(paper, layers).convert("L")
    if picture.mode.startswith(("I", "F")):
        return _from_deep(picture, levels)
    return picture.convert("L")


def _from_deep(picture: Image.Image, levels: object) -> Image.Image:
    """Eight bits from sixteen or more, stretched from the darkest to the brightest point."""
    found = np.asarray(picture, dtype=np.float32)
    low, high = levels if isinstance(levels, tuple) else (float(found.min()), float(found.max()))
    return Image.fromarray(((found - low) * (255.0 / max(high - low, 1e-6))).astype(np.uint8))
