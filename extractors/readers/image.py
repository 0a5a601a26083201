"""Pictures: JPEG, PNG, TIFF (each page), WebP, BMP, GIF, HEIC. Every page goes through OCR."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from extractors.errors import Corrupt, TooLarge
from extractors.picture_hash import picture_hash
from extractors.readers import decoding, render
from extractors.readers.draft import Draft, Input, PendingPage
from extractors.readers.image_exif import exif_metadata, orientation
from extractors.readers.tiff_strips import has_strips, strips

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
TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
"""EXIF 2.32, tag 0x0112: what makes a picture upright."""
_SIDEWAYS = (
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
)


def read(source: Input) -> Draft:
    """A page for each picture in the file, turned upright as its EXIF says, with the camera's metadata.

    Raises TooLarge (limits.megapixels, limits.pages, limits.memory_mib) before anything is decoded, and Corrupt.
    """
    with _opened(source) as image:
        _check_pixels(source, image)
        if image.format == "PNG":  # its metadata may stand behind its pixels
            _check_memory(source, image, *image.size)
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
    with warnings.catch_warnings(), _most_pixels(source.limits.pixels):
        warnings.simplefilter("ignore")
        try:
            image = Image.open(source.path, formats=_FORMATS[source.media_type])
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(source) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise Corrupt(f"{source.untrusted_name}: the picture is damaged") from error
        with image:
            yield image


@contextmanager
def _most_pixels(most: int) -> Iterator[None]:
    """Pillow's own limit, which is lower than ours and would make a higher setting idle."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, most
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


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
    width, height = frame.size
    _check_pixels(source, frame)
    turns = TURNS.get(orientation(frame), ())
    dpi = _dpi(frame)
    _as_draft(frame)
    _check_memory(source, frame, width, height)
    views = _views(source, frame, number, notes)
    picture, small = views.grey, views.small
    for turn in turns:
        picture, small = picture.transpose(turn), small.transpose(turn)
        width, height = (height, width) if turn in _SIDEWAYS else (width, height)
    found = picture_hash(picture)
    seen = replace(found, width=width, height=height) if found else None
    shrink = min(1.0, FINEST_SIDE / max(width, height))
    wanted = (round(width * shrink), round(height * shrink))
    if picture.size != wanted:
        picture = picture.resize(wanted, Image.Resampling.LANCZOS)
    path = render.saved(picture, source.scratch, number, dpi * shrink, number <= render.SMALL_JOB)
    size = (width * 72 / dpi, height * 72 / dpi)
    look = render.saved_small(small, source.scratch, number)
    return PendingPage(path, *size, dpi * shrink, "the file is a picture", picture=seen, small=look)


def _check_pixels(source: Input, frame: Image.Image) -> None:
    if frame.width * frame.height > source.limits.pixels:
        raise _too_many_pixels(source)


def _check_memory(source: Input, frame: Image.Image, width: int, height: int) -> None:
    """Raises TooLarge where the picture would have to lie in memory whole and cannot."""
    need = decoding.bytes_needed(frame, width, height)
    if need > decoding.SHARE * source.limits.memory and not has_strips(frame):
        most = source.limits.memory // 2**20
        raise TooLarge(
            f"{source.untrusted_name}: the picture ({width} x {height} pixels) takes {need // 2**20} MiB of memory, "
            f"more than limits.memory_mib ({most}) allows"
        )


def _as_draft(frame: Image.Image) -> None:
    """A JPEG that is far larger than OCR wants can be decoded at a half, a quarter or an eighth of its size.

    One that would take much memory in colour is decoded in grey.
    """
    if frame.format in ("JPEG", "MPO"):
        shrink = min(1.0, FINEST_SIDE / max(frame.size))
        wanted = (round(frame.width * shrink), round(frame.height * shrink))
        pixels = min(frame.width * frame.height, 4 * wanted[0] * wanted[1])
        is_dear = frame.mode in ("RGB", "YCbCr") and 4 * pixels > decoding.EASY
        frame.draft("L" if is_dear else frame.mode, wanted)


def _views(source: Input, frame: Image.Image, number: int, notes: list[str]) -> decoding.Views:
    """The picture, not yet turned, in grey and small in colour; one of more than twice the size that OCR wants reduced
    to below that."""
    most = min(decoding.EASY, decoding.SHARE * source.limits.memory) if has_strips(frame) else None
    if most is None or decoding.bytes_needed(frame, *frame.size) <= most:
        return decoding.views(_decoded(source, frame, number, notes), FINEST_SIDE, render.SMALL_PIXELS)
    try:
        return decoding.views_of_bands(
            strips(source.path, frame), frame.size, (FINEST_SIDE, render.SMALL_PIXELS)
        )
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Corrupt(f"{source.untrusted_name}: the picture is damaged") from error


def _decoded(source: Input, frame: Image.Image, number: int, notes: list[str]) -> Image.Image:
    """The picture in memory. One that was cut off is read as far as it goes, if that is a good part of it."""
    try:
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
    most = source.limits.pixels / 1e6
    return TooLarge(
        f"{source.untrusted_name}: the picture has more megapixels than limits.megapixels ({most:g})"
    )
