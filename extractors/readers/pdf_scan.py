"""The picture of a scanned page as it lies in the PDF: sharper than the page drawn anew, at a tenth of the cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from extractors.readers import render
from extractors.readers.pdf_content import Content, matrix, product
from extractors.readers.pdf_text import Geometry

WHOLE = 0.005
"""Share of the page's width or height by which the picture may miss each edge of it."""
UPRIGHT = 0.001
"""How much, to its sides, the picture may lie askew on the page."""
COARSE = 8
"""Times by which the page as it is shown is made smaller before the picture is compared with it."""
ALIKE, NOWHERE = 4.0, 60
"""Grey levels by which they may differ on average, and by which (nearly) no point may."""
FEW = 0.002
"""Share of the points that are left out of that: pdfium draws small pages roughly."""
_TURNED = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_PLAIN = (pdfium_c.FPDFBitmap_Gray, pdfium_c.FPDFBitmap_BGR, pdfium_c.FPDFBitmap_BGRx)
_PAINTED_WITH = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_FORM)


@dataclass(frozen=True, slots=True)
class Scan:
    """A page's picture in grey ("L"), and whether it has colours in the file."""

    picture: Image.Image
    coloured: bool


def scan(drawn: Content, shape: Geometry, shown: Image.Image, pixels: int) -> Scan | None:
    """The picture that is all that is seen on a page, upright; None where more is seen, or something else.

    `shown` is the page drawn small, in colour: what a reader does with the picture on its way to the page (masks,
    colours turned round, blending) makes it look different there. `pixels` is the most that it may have.
    """
    handle = _only_picture(drawn)
    if handle is None or not _covers_upright(drawn, shape) or not _is_fit(drawn, pixels):
        return None
    found = _decoded(handle)
    if found is None:
        return None
    if shape.rotation:
        found = replace(found, picture=found.picture.transpose(_TURNED[shape.rotation]))
    return found if _looks_like(found.picture, shown) else None


def _only_picture(drawn: Content) -> Any:
    """The handle of the page's picture; None where anything else is painted but text (which is not seen)."""
    others = [kind for kind, _, _ in drawn.objects if kind not in _PAINTED_WITH]
    handles = [handle for kind, handle, _ in drawn.objects if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE]
    return handles[0] if len(handles) == len(drawn.pictures) == 1 and not others else None


def _covers_upright(drawn: Content, shape: Geometry) -> bool:
    """Whether the picture lies on the page as it is, from edge to edge."""
    handle, outer = next((h, m) for kind, h, m in drawn.objects if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE)
    a, b, c, d, e, f = product(matrix(handle), outer)
    if a <= 0 or d <= 0 or max(abs(b), abs(c)) > UPRIGHT * min(a, d):
        return False
    wide, high = shape.right - shape.left, shape.top - shape.bottom
    across = (abs(e - shape.left), abs(e + a - shape.right))
    down = (abs(f - shape.bottom), abs(f + d - shape.top))
    return max(across) <= WHOLE * wide and max(down) <= WHOLE * high


def _is_fit(drawn: Content, pixels: int) -> bool:
    """Whether OCR wants the picture in the size that it has."""
    (picture,) = drawn.pictures
    size = picture.key[0] * picture.key[1]
    return render.MIN_DPI <= round(picture.dpi) <= render.MAX_DPI and size <= min(pixels, render.OCR_PIXELS)


def _decoded(handle: Any) -> Scan | None:
    raw = pdfium_c.FPDFImageObj_GetBitmap(handle)
    if not raw:
        return None
    bitmap = pdfium.PdfBitmap.from_raw(raw)  # pdfium's memory lives as long as its buffer does
    if bitmap.format not in _PLAIN:
        return None
    return Scan(bitmap.to_pil().convert("L"), bitmap.format != pdfium_c.FPDFBitmap_Gray)


def _looks_like(picture: Image.Image, shown: Image.Image) -> bool:
    size = (max(1, shown.width // COARSE), max(1, shown.height // COARSE))
    page, rough = (
        each.resize(size, Image.Resampling.BOX, reducing_gap=2.0) for each in (shown.convert("L"), picture)
    )
    apart = np.abs(np.asarray(page, dtype=np.int16) - np.asarray(rough, dtype=np.int16))
    return float(apart.mean()) <= ALIKE and float((apart > NOWHERE).mean()) <= FEW
