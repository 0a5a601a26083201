"""Pictures as exhibits: each on a page of paper, the right way up, with its name and the time it was taken."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pi_heif
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import ExifTags, Image, ImageOps, ImageSequence, UnidentifiedImageError

from extractors.limits import Limits
from pipeline.bundle.geometry import Matrix

_QUALITY = 88
_FEW_COLORS = 256
_CHUNK = 32 * 2**20
"""Bytes of pictures that go into one file, so that a long TIFF is not all in memory."""

_LOSSLESS = {"PNG", "GIF", "BMP", "TIFF"}
_MULTIPAGE = {"TIFF"}
_MARGIN = 40.0
_CAPTION = 36.0

BAD_IMAGE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises on a picture that it cannot read."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture as PDF stores it, and where it goes: `matrix` takes the unit square to its place on a page."""

    data: bytes
    filter: str
    size: tuple[int, int]
    color: str
    bits: int
    paper: tuple[float, float]
    matrix: Matrix


def placed(source: Path, paper: tuple[float, float], dpi: int) -> Iterator[Placed]:
    """Each picture of the file on paper, upright or lying as suits it, with `dpi` dots per inch at most."""
    _openers()
    with Image.open(source) as image:
        if image.format in _MULTIPAGE:
            for frame in ImageSequence.Iterator(image):
                yield _one(frame, None, paper, dpi)
        else:
            yield _one(image, source, paper, dpi)


def _one(image: Image.Image, source: Path | None, paper: tuple[float, float], dpi: int) -> Placed:
    if image.width * image.height > Limits().pixels:
        raise ValueError("more pixels than limits.megapixels")
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    seen = image.size if turn in (1, 2, 3, 4) else image.size[::-1]
    sheet = paper if seen[0] <= seen[1] else (paper[1], paper[0])
    box = _fitted(seen, sheet)
    fine = seen[0] / (box[2] / 72) <= dpi * 1.01
    if source is not None and image.format == "JPEG" and image.mode in ("L", "RGB") and fine:
        color = "DeviceGray" if image.mode == "L" else "DeviceRGB"
        return Placed(source.read_bytes(), "DCTDecode", image.size, color, 8, sheet, _turned(turn, *box))
    lossless = image.format in _LOSSLESS
    if not fine:
        most = round(max(box[2:]) / 72 * dpi)
        image.draft(image.mode, (most, most))
    upright = _smaller(_flat(ImageOps.exif_transpose(image)), (box[2], box[3]), dpi)
    return _encoded(upright, lossless, sheet, _turned(1, *box))


def _fitted(size: tuple[int, int], sheet: tuple[float, float]) -> tuple[float, float, float, float]:
    """Where a picture of that size stands on the sheet: x, y, width, height; never more than 1 point a pixel."""
    wide, high = sheet[0] - 2 * _MARGIN, sheet[1] - 2 * _MARGIN - _CAPTION
    scale = min(wide / size[0], high / size[1], 1.0)
    w, h = size[0] * scale, size[1] * scale
    return (sheet[0] - w) / 2, _MARGIN + _CAPTION + (high - h) / 2, w, h


def _turned(orientation: int, x: float, y: float, w: float, h: float) -> Matrix:
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


def _flat(image: Image.Image) -> Image.Image:
    """The picture in black and white, grey or RGB, on white where it is transparent."""
    if image.mode in ("1", "L", "RGB"):
        return image
    if image.mode.startswith("I") or image.mode == "F":
        low, high = image.getextrema()
        span = max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
        return image.convert("F").point(lambda v: (v - float(low)) * 255 / span).convert("L")  # type: ignore[arg-type]
    if "A" in image.mode or "transparency" in image.info:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return image.convert("RGB")


def _smaller(image: Image.Image, points: tuple[float, float], dpi: int) -> Image.Image:
    most = max(1, round(points[0] / 72 * dpi)), max(1, round(points[1] / 72 * dpi))
    if image.width <= most[0] * 1.01:
        return image
    gray = image.convert("L") if image.mode == "1" else image
    return gray.resize(most, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encoded(image: Image.Image, lossless: bool, sheet: tuple[float, float], matrix: Matrix) -> Placed:
    color = "DeviceRGB" if image.mode == "RGB" else "DeviceGray"
    if image.mode == "1" or (lossless and image.getcolors(_FEW_COLORS)):
        bits = 1 if image.mode == "1" else 8
        return Placed(
            zlib.compress(image.tobytes(), 9), "FlateDecode", image.size, color, bits, sheet, matrix
        )
    return Placed(_jpeg(image, _QUALITY), "DCTDecode", image.size, color, 8, sheet, matrix)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def full_page(image: Image.Image, paper: tuple[float, float], quality: int) -> Placed:
    """The picture of a whole page, as large as the page (points)."""
    flat = _flat(image)
    color = "DeviceGray" if flat.mode == "L" else "DeviceRGB"
    matrix = (paper[0], 0.0, 0.0, paper[1], 0.0, 0.0)
    return Placed(_jpeg(flat, quality), "DCTDecode", flat.size, color, 8, paper, matrix)


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
    name = page.add_resource(pdf.make_indirect(image), Name.XObject, Name.Picture)
    numbers = " ".join(f"{v:.3f}" for v in picture.matrix)
    page.contents_add(f"q {numbers} cm {name} Do Q\n".encode(), prepend=True)


def blank(pdf: Pdf, size: tuple[float, float]) -> pikepdf.Page:
    """A new empty page at the end."""
    pdf.add_blank_page(page_size=size)
    page = pdf.pages[-1]
    page.MediaBox = Array([0, 0, *(round(v, 3) for v in size)])
    return page


def chunks(pictures: Iterator[Placed]) -> Iterator[list[Placed]]:
    """The pictures in lists that are not too large to hold in memory; the good ones before a damaged one too."""
    held: list[Placed] = []
    try:
        for picture in pictures:
            held.append(picture)
            if sum(len(p.data) for p in held) >= _CHUNK:
                yield held
                held = []
    except BAD_IMAGE:
        if held:
            yield held
        raise
    if held:
        yield held


def taken(source: Path) -> datetime | None:
    """When the picture was taken, by the camera's own clock (no time zone), if its EXIF says so."""
    _openers()
    try:
        with Image.open(source) as image:
            exif = image.getexif()
    except BAD_IMAGE:
        return None
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    said = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.strptime(str(said).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - a camera names no zone
    except ValueError:
        return None


@cache
def _openers() -> None:
    """Lets Pillow read HEIC."""
    pi_heif.register_heif_opener()
