"""Pictures as exhibits: each on a page of paper, the right way up, with its name and the time it was taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from PIL import ExifTags, Image

from extractors.limits import Limits
from extractors.readers.image_exif import orientation
from pipeline.renditions.picture import (
    BAD_IMAGE,
    BadPicture,
    Placed,
    as_stored,
    check_pixels,
    encoded,
    flat,
    frames,
    opened,
)

_QUALITY = 88
_FILTER = Image.Resampling.HAMMING
"""As sharp as bicubic when a picture becomes smaller, in less than half of Lanczos' time, which photos mostly took."""
_FEW_COLORS = 256
_CHUNK = 32 * 2**20
"""Bytes of pictures that go into one file, so that a long TIFF is not all in memory."""

_LOSSLESS = {"PNG", "GIF", "BMP", "TIFF"}
_MARGIN = 40.0
_CAPTION = 36.0


def placed(source: Path, paper: tuple[float, float], dpi: int) -> Iterator[Placed]:
    """Each picture of the file on paper, upright or lying as suits it, with `dpi` dots per inch at most."""
    for image in frames(source):
        check_pixels(image, Limits().pixels)
        yield _one(image, source, paper, dpi)


def _one(image: Image.Image, source: Path, paper: tuple[float, float], dpi: int) -> Placed:
    turn = orientation(image)
    upright = image.size if turn <= 4 else image.size[::-1]
    sheet = paper if upright[0] <= upright[1] else (paper[1], paper[0])
    seen = _fitted(upright, sheet)
    fine = upright[0] / (seen[2] / 72) <= dpi * 1.01
    stored = as_stored(image, source, sheet, seen) if fine else None
    if stored is not None:
        return stored
    lossless = image.format in _LOSSLESS
    if not fine:
        most = round(max(seen[2:]) / 72 * dpi)
        image.draft(image.mode, (most, most))
    small = _smaller(flat(image), seen[2:] if turn <= 4 else (seen[3], seen[2]), dpi)
    few = lossless and small.getcolors(_FEW_COLORS) is not None
    return encoded(small, few, _QUALITY, sheet, seen, turn)


def _fitted(size: tuple[int, int], sheet: tuple[float, float]) -> tuple[float, float, float, float]:
    """Where a picture of that size stands on the sheet: x, y, width, height; never more than 1 point a pixel."""
    wide, high = sheet[0] - 2 * _MARGIN, sheet[1] - 2 * _MARGIN - _CAPTION
    scale = min(wide / size[0], high / size[1], 1.0)
    w, h = size[0] * scale, size[1] * scale
    return (sheet[0] - w) / 2, _MARGIN + _CAPTION + (high - h) / 2, w, h


def _smaller(image: Image.Image, points: tuple[float, float], dpi: int) -> Image.Image:
    most = max(1, round(points[0] / 72 * dpi)), max(1, round(points[1] / 72 * dpi))
    if image.width <= most[0] * 1.01:
        return image
    gray = image.convert("L") if image.mode == "1" else image
    return gray.resize(most, _FILTER, reducing_gap=2.0)


def chunks(pictures: Iterator[Placed]) -> Iterator[list[Placed]]:
    """The pictures in lists that are not too large to hold in memory; the good ones before a damaged one too.

    Raises BadPicture.
    """
    held: list[Placed] = []
    try:
        for picture in pictures:
            held.append(picture)
            if sum(len(p.data) for p in held) >= _CHUNK:
                yield held
                held = []
    except BAD_IMAGE as error:
        if held:
            yield held
        raise BadPicture(f"The picture cannot be read ({type(error).__name__})") from error
    if held:
        yield held


def taken(source: Path) -> datetime | None:
    """When the picture was taken, by the camera's own clock (no time zone), if its EXIF says so."""
    try:
        with opened(source) as image:
            exif = image.getexif()
    except BAD_IMAGE:
        return None
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    said = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.strptime(str(said).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - a camera names no zone
    except ValueError:
        return None
