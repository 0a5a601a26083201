"""Pictures of pages for OCR, written to the scratch folder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from PIL import Image

from extractors.document import Box

MIN_DPI, USUAL_DPI, MAX_DPI = 200.0, 300.0, 400.0
OCR_PIXELS = 40_000_000
"""More pixels than this make OCR slow and not better (A3 at 400 dpi has 31 million)."""
SMALL_JOB = 32
"""Pages up to which pictures are kept without loss; a long scan would fill the disk with gigabytes."""
JPEG_QUALITY = 92
PLAIN_PIXELS = 16_000_000
"""Pixels up to which (A4 at 400 dpi) such a picture is not packed either: that would take an eighth of OCR's time."""
SMALL_PIXELS = 1_000_000
"""Pixels of the small picture in colour in which seals, stamps and handwriting are sought: A4 at 100 dpi."""
SMALL_QUALITY = 90


def ocr_dpi(embedded: float | None, width: float, height: float, pixels: int) -> float:
    """The resolution at which to render a page of `width` x `height` points: that of the picture in it, within
    sane bounds, and never more than `pixels` pixels in all."""
    wanted = min(max(embedded or USUAL_DPI, MIN_DPI), MAX_DPI)
    most = 72 * math.sqrt(min(pixels, OCR_PIXELS) / max(width * height, 1.0))
    return min(wanted, most)


def rendered(page: Any, dpi: float) -> Image.Image:
    """A pdfium page as a grey picture, upright as its /Rotate says, filled-in forms and annotations drawn."""
    return in_colour(page, dpi).convert("L")


def in_colour(page: Any, dpi: float) -> Image.Image:
    """As `rendered`, in colour ("RGB")."""
    bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
    try:
        colours: Image.Image = bitmap.to_pil().convert("RGB")
        return colours
    finally:
        bitmap.close()


def small_dpi(width: float, height: float) -> float:
    """The resolution at which a page of `width` x `height` points has so many pixels as `reduced` leaves."""
    return 72 * math.sqrt(SMALL_PIXELS / max(width * height, 1.0))


def reduced(picture: Image.Image) -> Image.Image:
    """The picture made so small that seals, stamps and handwriting can be sought in it quickly."""
    factor = math.sqrt(SMALL_PIXELS / (picture.width * picture.height))
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.BOX, reducing_gap=1.0) if factor < 1 else picture


def saved_small(image: Image.Image, scratch: Path, number: int) -> Path:
    """Writes the small picture of page `number` and returns its path."""
    path = scratch / f"small-{number:05}.jpg"
    reduced(image).save(path, quality=SMALL_QUALITY, subsampling=0)
    return path


def cut_out(image: Image.Image, area: Box) -> Image.Image:
    """The part of a page's picture that lies in `area`."""
    wide, high = image.size
    left, top = min(int(area.x0 * wide), wide - 1), min(int(area.y0 * high), high - 1)
    right, bottom = max(left + 1, math.ceil(area.x1 * wide)), max(top + 1, math.ceil(area.y1 * high))
    return image.crop((left, top, min(right, wide), min(bottom, high)))


def saved(image: Image.Image, scratch: Path, number: int, dpi: float, small_job: bool = True) -> Path:
    """Writes the picture of page `number` and returns its path."""
    resolution = (round(dpi), round(dpi))
    if small_job and image.width * image.height <= PLAIN_PIXELS:
        path = scratch / f"page-{number:05}.tif"
        image.save(path, dpi=resolution)
    elif small_job:
        path = scratch / f"page-{number:05}.png"
        image.save(path, compress_level=1, dpi=resolution)
    else:
        path = scratch / f"page-{number:05}.jpg"
        image.save(path, quality=JPEG_QUALITY, dpi=resolution)
    return path
