"""The same page or photo once more: scanned by another machine, sent by a messenger, taken a minute later."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

TURN, SHIFT = 1.5, 0.03
"""Degrees and share of the sides by which a sheet lies differently on the glass."""


def rescanned(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A sheet scanned again: askew, shifted, finer or coarser, lighter or darker, in colour or grey, as JPEG."""
    scale = rng.choice([0.6, 0.8, 1.0, 1.4])
    sheet = page.convert("RGB").resize((round(page.width * scale), round(page.height * scale)))
    sheet = sheet.rotate(rng.uniform(-TURN, TURN), resample=Image.Resampling.BICUBIC, fillcolor="white")
    across, down = (float(rng.uniform(-SHIFT, SHIFT) * side) for side in sheet.size)
    sheet = sheet.transform(
        sheet.size, Image.Transform.AFFINE, (1, 0, across, 0, 1, down), fillcolor="white"
    ).filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.8))))
    lit = _lamp(np.asarray(sheet, dtype=np.float32), rng)
    if rng.random() < 0.25:
        lit[:, : max(2, round(0.01 * lit.shape[1]))] = 30  # the shadow at a copier's edge
    scan = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
    return _jpeg(scan.convert("L") if rng.random() < 0.5 else scan, int(rng.integers(25, 86)))


def _lamp(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    high, wide = pixels.shape[:2]
    side, foot = np.linspace(0, 1, wide)[None, :, None] ** 6, np.linspace(0, 1, high)[:, None, None]
    light = (1 - rng.uniform(0, 0.2) * side - rng.uniform(0, 0.06) * foot) * rng.uniform(0.8, 1.1)
    grain = rng.normal(0, rng.uniform(0, 5), (high, wide, 1))
    return np.asarray(pixels * light + grain + rng.uniform(-5, 20), dtype=np.float32)


def forwarded(photo: Image.Image, rng: np.random.Generator, crop: float = 0.0) -> Image.Image:
    """A photo as a messenger passes it on: smaller, compressed, a little brighter or darker, without EXIF.

    `crop` is the largest share of each side that may be cut off.
    """
    left, top, right, bottom = rng.uniform(0, crop, 4) if crop else (0.0, 0.0, 0.0, 0.0)
    wide, high = photo.size
    sent = photo.convert("RGB").crop(
        (round(left * wide), round(top * high), round((1 - right) * wide), round((1 - bottom) * high))
    )
    side = int(rng.choice([480, 720, 960]))
    sent.thumbnail((side, side))
    return _jpeg(
        ImageEnhance.Brightness(sent).enhance(float(rng.uniform(0.85, 1.15))), int(rng.integers(35, 76))
    )


def minutes_later(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Another photo from the same place: not held quite the same, with things that have moved."""
    wide, high = photo.size
    shot = photo.convert("RGB").rotate(rng.uniform(-2, 2), resample=Image.Resampling.BICUBIC)
    part = rng.uniform(0.88, 0.95)
    left, top = (rng.uniform(0, 1 - part) * side for side in (wide, high))
    shot = shot.crop((round(left), round(top), round(left + part * wide), round(top + part * high)))
    draw = ImageDraw.Draw(shot)
    for _ in range(int(rng.integers(1, 5))):
        x, y, size = rng.uniform(0, wide), rng.uniform(0.3, 1) * high, rng.uniform(0.05, 0.2) * high
        draw.rectangle(
            (x - size / 2, y - size, x + size / 2, y + size), tuple(map(int, rng.integers(0, 256, 3)))
        )
    return _jpeg(shot.resize((wide, high)), 75)


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue()))
