"""Pictures on pages of a PDF: kept as they are stored where PDF can show that, without loss where they had none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pi_heif
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageSequence, UnidentifiedImageError

from extractors.readers.image_exif import orientation
from pipeline.renditions.geometry import Matrix, Rect

BAD_IMAGE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises on a picture that it cannot read."""

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "DIB", "GIF", "HEIF")
"""What is read as a picture; Pillow knows formats besides for which it starts other programs."""
_MANY = {"TIFF", "HEIF"}
"""Formats whose pictures are pages each; of an animation the first picture stands for all."""
_LOSSLESS = {"PNG", "GIF", "BMP", "DIB", "TIFF"}
_LOSSY_TIFF = {"jpeg", "tiff_jpeg", "webp"}
_QUALITY = 95
_LONGEST = 14_400.0
"""Points of the longest side of a page (PDF 32000-1, annex C)."""


class BadPicture(Exception):
    """A picture cannot be read; the message says why, for people. What OSError there is besides is about the disk."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture as PDF stores it, and where it goes on paper of that size.

    `matrix` takes the unit square to where its pixels stand, `seen` is where the upright picture stands.
    `predicted`: its rows are packed as in PNG.
    """

    data: bytes
    filter: str
    size: tuple[int, int]
    color: str
    bits: int
    paper: tuple[float, float]
    matrix: Matrix
    seen: Rect
    predicted: bool = False


def opened(source: Path) -> Image.Image:
    """The picture in a file, to be closed. Raises one of BAD_IMAGE."""
    _with_all_formats()
    return Image.open(source, formats=_FORMATS)


def frames(source: Path) -> Iterator[Image.Image]:
    """The pictures in the file that are pages, each good until the next is asked for. Raises one of BAD_IMAGE."""
    with opened(source) as image:
        if image.format not in _MANY:
            yield image
            return
        yield from ImageSequence.Iterator(image)


def whole(image: Image.Image, source: Path, paper: tuple[float, float], pixels: int) -> Placed:
    """The picture as a page of that size (points), upright, with all of its pixels, of which it may have `pixels`.

    Raises one of BAD_IMAGE.
    """
    check_pixels(image, pixels)
    scale = min(1.0, _LONGEST / max(paper))
    wide, high = paper[0] * scale, paper[1] * scale
    stored = as_stored(image, source, (wide, high), (0.0, 0.0, wide, high))
    if stored is not None:
        return stored
    lossless = image.format in _LOSSLESS and image.info.get("compression") not in _LOSSY_TIFF
    return encoded(flat(image), lossless, _QUALITY, (wide, high), (0.0, 0.0, wide, high), orientation(image))


def check_pixels(image: Image.Image, most: int) -> None:
    """Raises ValueError for a picture with more pixels than it may have."""
    if image.width * image.height > most:
        raise ValueError("more pixels than limits.pixels")


def as_stored(image: Image.Image, source: Path, paper: tuple[float, float], seen: Rect) -> Placed | None:
    """A JPEG with the very bytes of its file; None for what PDF cannot show so."""
    if image.format not in ("JPEG", "MPO") or image.mode not in ("L", "RGB"):
        return None
    color = "DeviceGray" if image.mode == "L" else "DeviceRGB"
    matrix = turned(orientation(image), *seen)
    return Placed(source.read_bytes(), "DCTDecode", image.size, color, 8, paper, matrix, seen)


def turned(orientation: int, x: float, y: float, w: float, h: float) -> Matrix:
    """The matrix for each of the eight orientations of EXIF (tag 274)."""
    return {
        2: (-w, 0, 0, h, x + w, y),
        3: (-w, 0, 0, -h, x + w, y + h),
        4: (w, 0, 0, -h, x, y + h),
        5: (0, -h, -w, 0, x + w, y + h),
        6: (0, -h, w, 0, x, y + h),
        7: (0, h, w, 0, x, y),
        8: (0, h, -w, 0, x + w, y),
    }.get(orientation, (w, 0, 0, h, x, y))


def flat(image: Image.Image) -> Image.Image:
    """The picture in black and white, grey or RGB, on white where it is transparent."""
    if image.mode in ("1", "L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        low, high = image.getextrema()
        span = max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
        return image.convert("F").point(lambda v: (v - float(low)) * 255 / span).convert("L")  # type: ignore[arg-type]
    if "A" in image.mode or "transparency" in image.info:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return image.convert("RGB")


def encoded(
    image: Image.Image, lossless: bool, quality: int, paper: tuple[float, float], seen: Rect, turn: int = 1
) -> Placed:
    """A flat picture, packed without loss (as black and white always is) or as JPEG; `turn` is its orientation."""
    color = "DeviceRGB" if image.mode == "RGB" else "DeviceGray"
    matrix = turned(turn, *seen)
    if image.mode == "1" or lossless:
        bits = 1 if image.mode == "1" else 8
        return Placed(_packed(image), "FlateDecode", image.size, color, bits, paper, matrix, seen, True)
    return Placed(_jpeg(image, quality), "DCTDecode", image.size, color, 8, paper, matrix, seen)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _packed(image: Image.Image) -> bytes:
    """The picture's rows as PNG packs them (PDF 32000-1, 7.4.4.4): the data of Pillow's own PNG."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=6)
    file, at, data = out.getbuffer(), 8, []
    while at < len(file):
        length, kind = struct.unpack_from(">I4s", file, at)
        if kind == b"IDAT":
            data.append(bytes(file[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join(data)


def full_page(image: Image.Image, paper: tuple[float, float], quality: int) -> Placed:
    """The picture of a whole page, as large as the page (points)."""
    return encoded(flat(image), False, quality, paper, (0.0, 0.0, *paper))


def put(pdf: Pdf, page: pikepdf.Page, picture: Placed) -> None:
    """Puts the picture on the page, under what is there already."""
    image = pikepdf.Stream(pdf, picture.data)
    image.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.size[0],
        Height=picture.size[1],
        ColorSpace=Name("/" + picture.color),
        BitsPerComponent=picture.bits,
        Filter=Name("/" + picture.filter),
    )
    if picture.predicted:
        image.stream_dict.DecodeParms = Dictionary(
            Predictor=15,
            Colors=3 if picture.color == "DeviceRGB" else 1,
            BitsPerComponent=picture.bits,
            Columns=picture.size[0],
        )
    name = page.add_resource(pdf.make_indirect(image), Name.XObject, Name.Picture)
    numbers = " ".join(f"{v:.3f}" for v in picture.matrix)
    page.contents_add(f"q {numbers} cm {name} Do Q\n".encode(), prepend=True)


def blank(pdf: Pdf, size: tuple[float, float]) -> pikepdf.Page:
    """A new empty page at the end."""
    pdf.add_blank_page(page_size=size)
    page = pdf.pages[-1]
    page.MediaBox = Array([0, 0, *(round(v, 3) for v in size)])
    return page


@cache
def _with_all_formats() -> None:
    """Pillow finds its readers by itself only where it may choose among all of them; HEIC is not its own."""
    Image.init()
    pi_heif.register_heif_opener(thumbnails=False)
