"""Where an exhibit's pages have ink at their top and bottom, so that page numbers can step aside for it.

Runs in a worker. Only the two strips are drawn, by pdfium, at 36 dpi on A4; large scans are decoded at an eighth of
their size beforehand, which is what drawing them would otherwise cost most for.
"""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream
from PIL import Image

from extractors.errors import Corrupt
from pipeline.bundle.corners import CELL, STRIP, Ink, scale_of
from pipeline.bundle.exhibits.foreign import MALFORMED
from pipeline.renditions.geometry import View
from pipeline.renditions.picture import BAD_IMAGE

_HEAVY = 8 * 2**20
"""Bytes of packed content from which on a page is not drawn."""
_LARGE = 1_000_000
"""Pixels from which on a JPEG is decoded small."""
_DARK = 150
"""Paper darker than this (0 to 255) bears no black number; all of it counts as ink."""
_LIFT = 22
"""How much a spot differs from the paper around it to count as ink; less is grain, or what shines through."""


def inks(file: Path) -> list[Ink | None]:
    """For each page of the PDF where its strips have ink; None where they have none, or cannot be drawn.

    Raises Corrupt for pages that are not what the format demands.
    """
    try:
        with pikepdf.open(file) as pdf:
            views = [View.of(page) if _is_light(page) else None for page in pdf.pages]
            light = _lightened(pdf)
    except MALFORMED as error:
        raise Corrupt(f"{file.name}: its pages cannot be looked at ({type(error).__name__})") from error
    try:
        with closing(pypdfium2.PdfDocument(light or file)) as drawn:
            return [_ink(drawn, at, view) if view else None for at, view in enumerate(views)]
    except pypdfium2.PdfiumError:
        return [None] * len(views)


def _is_light(page: Page) -> bool:
    """Whether the page draws little enough to be looked at: a plan of millions of lines takes many seconds."""
    body = page.obj.Resources.get("/XObject", Dictionary()).get("/Body")
    return not isinstance(body, Stream) or len(body.read_raw_bytes()) <= _HEAVY


def _lightened(pdf: Pdf) -> bytes | None:
    """The file with its large JPEGs in an eighth of their size, black and white; None where it has none."""
    large = [found for found in pdf.objects if _is_large_jpeg(found)]
    if not sum(map(_shrink, large)):
        return None
    out = BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def _is_large_jpeg(found: object) -> bool:
    if not isinstance(found, Stream) or found.get("/Filter") != Name.DCTDecode or "/Decode" in found:
        return False
    plain = found.get("/ColorSpace") in (Name.DeviceGray, Name.DeviceRGB)
    return plain and int(found.get("/Width", 0)) * int(found.get("/Height", 0)) > _LARGE


def _shrink(picture: Object) -> bool:
    """Replaces the picture's data, if it can be read."""
    try:
        with Image.open(BytesIO(picture.read_raw_bytes()), formats=("JPEG",)) as image:
            if image.size != (int(picture.Width), int(picture.Height)):
                return False
            image.draft("L", (1, 1))
            small = image.convert("L")
    except BAD_IMAGE:
        return False
    picture.write(small.tobytes())
    picture.Width, picture.Height = small.size
    picture.ColorSpace, picture.BitsPerComponent = Name.DeviceGray, 8
    return True


def _ink(document: pypdfium2.PdfDocument, at: int, view: View) -> Ink | None:
    try:
        with closing(document[at]) as page:
            bottom, top = (_strip(page, scale_of(view), edge) for edge in ("bottom", "top"))
    except (pypdfium2.PdfiumError, ValueError):
        return None
    if not bottom.any() and not top.any():
        return None
    return Ink(bottom.shape[1], _rows(top), _rows(bottom))


def _strip(page: pypdfium2.PdfPage, scale: float, edge: str) -> NDArray[np.bool_]:
    """The cells of a strip, from its top left: whether each has ink."""
    high = page.get_height()
    rest = max(high - STRIP * scale, 0.0)
    crop = (0.0, 0.0, 0.0, rest) if edge == "bottom" else (0.0, rest, 0.0, 0.0)
    bitmap = page.render(scale=1 / (CELL * scale), crop=crop, grayscale=True)
    try:
        gray = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].astype(np.int16)
    finally:
        bitmap.close()
    paper = int(np.median(gray))
    inked: NDArray[np.bool_] = np.abs(gray - paper) > _LIFT if paper >= _DARK else gray < 256
    return inked


def _rows(cells: NDArray[np.bool_]) -> tuple[int, ...]:
    packed = np.packbits(cells, axis=1, bitorder="little")
    return tuple(int.from_bytes(row.tobytes(), "little") for row in packed)
