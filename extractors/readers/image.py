"""Pictures: JPEG, PNG, TIFF (each page), WebP, BMP, GIF, HEIC. Every page goes through OCR."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from extractors.errors import Corrupt, TooLarge
from extractors.picture_hash import picture_hash
from extractors.readers import render
from extractors.readers.draft import Draft, Input, PendingPage
from extractors.readers.image_exif import exif_metadata, orientation

_FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
    "image/bmp": ("BMP", "DIB"),
    "image/x-ms-bmp": ("BMP", "DIB"),
    "image/gif": ("GIF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
}
MEDIA_TYPES = frozenset(_FORMATS)

A4_LONG_SIDE = 842.0
BELIEVABLE_DPI = (72.5, 1200.0)
"""72 dpi itself is what programs write when they do not know."""
FINEST_SIDE = 4800
"""Pixels of the long side beyond which a photo is made smaller for OCR: more show no more letters."""
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
"""EXIF 2.32, tag 0x0112: what makes a picture upright."""


def read(source: Input) -> Draft:
    """A page for each picture in the file, turned upright as its EXIF says, with the camera's metadata.

    Raises TooLarge (limits.pixels, limits.pages) before anything is decoded, and Corrupt.
    """
    with _opened(source) as image:
        metadata = tuple(exif_metadata(image))
        notes: list[str] = []
        pages = tuple(_pages(source, image, notes))
    if not pages:
        raise Corrupt(f"{source.untrusted_name}: the picture is damaged")
    return Draft(source.media_type, pages, metadata=metadata, notes=tuple(notes))


@contextmanager
def _opened(source: Input) -> Iterator[Image.Image]:
    if source.media_type in ("image/heic", "image/heif"):
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(source.path, formats=_FORMATS[source.media_type])
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(source) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise Corrupt(f"{source.untrusted_name}: the picture is damaged") from error
        with image:
            yield image


def _pages(source: Input, image: Image.Image, notes: list[str]) -> Iterator[PendingPage]:
    frames: Iterator[Image.Image] = ImageSequence.Iterator(image)
    if image.format not in ("TIFF", "HEIF"):
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            notes.append("the picture is animated; its first frame was read")
        frames = itertools.islice(frames, 1)
    for number in itertools.count(1):
        try:
            frame = next(frames, None)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            if number == 1:
                raise Corrupt(f"{source.untrusted_name}: the picture is damaged") from error
            notes.append(f"the file is damaged behind page {number - 1}")
            return
        if frame is None:
            return
        if number > source.limits.pages:
            raise TooLarge(
                f"{source.untrusted_name}: it has more pages than limits.pages ({source.limits.pages})"
            )
        yield _page(source, frame, number, notes)


def _page(source: Input, frame: Image.Image, number: int, notes: list[str]) -> PendingPage:
    if frame.width * frame.height > source.limits.pixels:
        raise _too_many_pixels(source)
    turns = _TURNS.get(orientation(frame), ())
    dpi = _dpi(frame)
    picture = _grey(_decoded(source, frame, number, notes))
    for turn in turns:
        picture = picture.transpose(turn)
    width, height = picture.size
    seen = picture_hash(picture)
    shrink = min(1.0, FINEST_SIDE / max(width, height))
    if shrink < 1:
        picture = picture.resize((round(width * shrink), round(height * shrink)), Image.Resampling.LANCZOS)
    path = render.saved(picture, source.scratch, number, dpi * shrink, number <= render.SMALL_JOB)
    size = (width * 72 / dpi, height * 72 / dpi)
    return PendingPage(path, *size, dpi * shrink, "the file is a picture", picture=seen)


def _decoded(source: Input, frame: Image.Image, number: int, notes: list[str]) -> Image.Image:
    """The picture in memory. One that was cut off is read as far as it goes, if that is a good part of it."""
    try:
        if frame.format in ("JPEG", "MPO") and frame.mode in ("RGB", "YCbCr"):
            frame.draft("L", None)
        frame.load()
        return frame
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        salvaged = _salvaged(source.path, number)
        if salvaged is None:
            raise Corrupt(f"{source.untrusted_name}: the picture is damaged") from error
    notes.append(f"the picture of page {number} is damaged; it was read as far as it goes")
    return salvaged


def _salvaged(path: Path, number: int) -> Image.Image | None:
    """The picture with what is missing left grey or black; None when not even half of its rows came out."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            image.seek(number - 1)
            image.load()
            filled = image.convert("L").resize((1, 100), Image.Resampling.BOX)
            tail = set(list(filled.getdata())[50:])
            return image.copy() if len(tail) > 1 else None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _grey(picture: Image.Image) -> Image.Image:
    """Grey, what is transparent white: OCR sees no colour."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        paper = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(paper, layers).convert("L")
    if picture.mode.startswith(("I", "F")):
        return _from_deep(picture)
    return picture.convert("L")


def _from_deep(picture: Image.Image) -> Image.Image:
    """Eight bits from sixteen or more, stretched from the darkest to the brightest point."""
    levels = np.asarray(picture, dtype=np.float32)
    low, high = float(levels.min()), float(levels.max())
    return Image.fromarray(((levels - low) * (255.0 / max(high - low, 1e-6))).astype(np.uint8))


def _dpi(frame: Image.Image) -> float:
    """The resolution that the file states if it is believable, else that at which it would fill a sheet of A4."""
    stated = frame.info.get("dpi", (0, 0))
    try:
        x, y = float(stated[0]), float(stated[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        x = y = 0.0
    low, high = BELIEVABLE_DPI
    if low <= x <= high and low <= y <= high and max(frame.size) >= max(x, y):
        return max(x, y)
    return max(frame.size) * 72 / A4_LONG_SIDE


def _too_many_pixels(source: Input) -> TooLarge:
    return TooLarge(
        f"{source.untrusted_name}: the picture has more than limits.pixels ({source.limits.pixels}) pixels"
    )
