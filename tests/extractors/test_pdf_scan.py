"""A scanned page is read from the picture in the file, as long as that is what the page shows."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.limits import Limits
from extractors.readers import read
from extractors.readers.draft import Input, PendingPage
from tests.extractors.ocr_pictures import ENGLISH, sheet

WIDE, HIGH = 360.0, 252.0
"""Points: 1000 x 700 pixels are 200 dpi."""
Change = Callable[[pikepdf.Pdf, pikepdf.Object], object]


def scanned(
    picture: Image.Image,
    change: Change | None = None,
    over: Callable[[Canvas], object] | None = None,
    size: tuple[float, float] = (WIDE, HIGH),
    at: tuple[float, float] = (0, 0),
) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDE, HIGH))
    canvas.drawImage(ImageReader(picture), *at, *size)
    if over:
        over(canvas)
    canvas.showPage()
    canvas.save()
    if change is None:
        return buffer.getvalue()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        change(pdf, image)
        pdf.save(out)
    return out.getvalue()


def pending(data: bytes, folder: Path) -> PendingPage:
    file = folder / "stored"
    file.write_bytes(data)
    (page,) = read(Input(file, "scan.pdf", "application/pdf", folder, Limits())).pages
    assert isinstance(page, PendingPage)
    return page


def pixels(path: Path | None) -> NDArray[np.uint8]:
    assert path is not None
    with Image.open(path) as picture:
        return np.asarray(picture)


def shown(data: bytes, dpi: float) -> NDArray[np.uint8]:
    """The page as pdfium draws it."""
    page = pypdfium2.PdfDocument(data)[0]
    return np.asarray(page.render(scale=dpi / 72).to_pil().convert("L"))


def box(canvas: Canvas) -> None:
    canvas.setFillGray(0)
    canvas.rect(100, 60, 120, 60, fill=1)


def inverted(_pdf: pikepdf.Pdf, image: pikepdf.Object) -> None:
    image.Decode = pikepdf.Array([1, 0])


def masked(pdf: pikepdf.Pdf, image: pikepdf.Object) -> None:
    veil = Image.new("L", (10, 10), 255)
    veil.paste(0, (0, 0, 10, 5))
    mask = pdf.make_stream(veil.tobytes())
    mask.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=10,
            Height=10,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
        )
    )
    image.SMask = mask


def turned(degrees: int) -> Change:
    def change(pdf: pikepdf.Pdf, _image: pikepdf.Object) -> None:
        pdf.pages[0].Rotate = degrees

    return change


def upside_down(pdf: pikepdf.Pdf, _image: pikepdf.Object) -> None:
    page = pdf.pages[0]
    flip = pdf.make_stream(f"q 1 0 0 -1 0 {HIGH} cm\n".encode())
    back = pdf.make_stream(b"\nQ")
    page.Contents = pikepdf.Array([flip, *_streams(page), back])


def _streams(page: pikepdf.Page) -> list[pikepdf.Object]:
    contents = page.obj.Contents
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_scan_is_read_pixel_by_pixel_whichever_way_the_page_is_turned(
    tmp_path: Path, quarters: int
) -> None:
    picture = sheet(ENGLISH)
    page = pending(scanned(picture, turned(90 * quarters)), tmp_path)
    assert np.array_equal(pixels(page.image), np.rot90(np.asarray(picture), -quarters))
    assert page.picture is not None


@pytest.mark.parametrize(
    "options",
    [
        {"change": inverted},
        {"change": masked},
        {"change": upside_down},
        {"over": box},
        {"size": (WIDE * 0.8, HIGH * 0.8)},
        {"size": (WIDE * 1.3, HIGH * 1.3), "at": (-40, -40)},
        {"size": (WIDE * 2.5, HIGH * 2.5), "at": (-100, -100)},
    ],
    ids=["inverted", "masked", "upside down", "something over it", "smaller", "cut off", "coarse"],
)
def test_what_is_read_is_what_the_page_shows(tmp_path: Path, options: dict[str, object]) -> None:
    data = scanned(sheet(ENGLISH), **options)  # type: ignore[arg-type]
    page = pending(data, tmp_path)
    found, wanted = pixels(page.image), shown(data, page.dpi)
    assert found.shape == pytest.approx(wanted.shape, abs=2)
    high, wide = (min(sides) for sides in zip(found.shape, wanted.shape, strict=True))
    apart = np.abs(found[:high, :wide].astype(int) - wanted[:high, :wide])
    assert apart.mean() < 3


def test_the_small_picture_for_marks_has_colours_only_where_the_scan_has(tmp_path: Path) -> None:
    grey = pending(scanned(sheet(ENGLISH)), tmp_path)
    assert pixels(grey.small).ndim == 2
    red = sheet(ENGLISH).convert("RGB")
    red.paste((200, 20, 20), (600, 500, 800, 650))
    small = pixels(pending(scanned(red), tmp_path).small)
    assert small.ndim == 3
    assert (
        int(small[..., 0].max()) - int(small[int(small.shape[0] * 0.8), int(small.shape[1] * 0.7), 1]) > 150
    )
