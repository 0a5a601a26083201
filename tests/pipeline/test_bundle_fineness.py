"""Scans in PDFs that are finer than a profile wants: as coarse as that in the bundle, untouched among the originals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from pipeline.bundle import build, check
from tests.pipeline.bundle_cases import case_of, exhibit

INCHES = 2.0
POINTS = 72 * INCHES


def scan(dpi: int, mode: str) -> Image.Image:
    side = round(dpi * INCHES)
    picture = Image.new(mode, (side, side), "white")
    ImageDraw.Draw(picture).rectangle((side // 4, side // 4, side // 2, side // 2), fill=0)
    return picture


def scanned(path: Path, dpi: int, mode: str = "RGB", form: str = "jpeg", **drawn: Any) -> Path:
    """A page of two inches that is one picture."""
    file = path.with_suffix(f".{form}")
    scan(dpi, mode).save(file)
    canvas = Canvas(str(path), pagesize=(POINTS, POINTS), invariant=1)
    if drawn.get("nested"):
        canvas.beginForm("sheet")
        canvas.drawImage(str(file), 0, 0, POINTS, POINTS)
        canvas.endForm()
        canvas.doForm("sheet")
    else:
        canvas.rotate(drawn.get("rotate", 0))
        canvas.drawImage(str(file), 0, -POINTS if drawn.get("rotate") else 0, POINTS, POINTS)
    canvas.save()
    return path


def pictures(path: Path) -> Iterator[pikepdf.Object]:
    with pikepdf.open(path) as pdf:
        for found in pdf.objects:
            if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image":
                yield found


def bundled(folder: Path, original: Path) -> list[tuple[int, int]]:
    """The sizes of the pictures in the bundle, which must be whole."""
    before = original.read_bytes()
    out = folder / "bundle"
    build(case_of(exhibit(original, "application/pdf", name="scan.pdf")), out)
    assert check(out).faults == ()
    assert next((out / "data" / "originals").iterdir()).read_bytes() == before
    return [(int(one.Width), int(one.Height)) for one in pictures(out / "data" / "bundle.pdf")]


@pytest.mark.parametrize(
    ("mode", "form", "drawn"),
    [
        ("RGB", "jpeg", {}),
        ("L", "jpeg", {}),
        ("RGB", "png", {}),
        ("L", "png", {}),
        ("RGB", "jpeg", {"rotate": 90}),
        ("RGB", "jpeg", {"nested": True}),
    ],
)
def test_a_fine_scan_is_made_as_coarse_as_the_profile_wants(
    tmp_path: Path, mode: str, form: str, drawn: dict[str, Any]
) -> None:
    original = scanned(tmp_path / "scan.pdf", 600, mode, form, **drawn)
    assert bundled(tmp_path, original) == [(600, 600)]


def test_black_and_white_stays_so(tmp_path: Path) -> None:
    original = scanned(tmp_path / "scan.pdf", 600, "L", "png")
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        image = next(
            found for found in pdf.objects if isinstance(found, pikepdf.Stream) and "/Width" in found
        )
        image.write(scan(600, "L").convert("1").tobytes())
        image.BitsPerComponent, image.ColorSpace = 1, pikepdf.Name.DeviceGray
        pdf.save(original)
    assert bundled(tmp_path, original) == [(600, 600)]
    with pikepdf.open(tmp_path / "bundle" / "data" / "bundle.pdf") as pdf:
        image = next(
            f for f in pdf.objects if isinstance(f, pikepdf.Stream) and f.get("/Subtype") == "/Image"
        )
        assert image.BitsPerComponent == 1
        drawn = pikepdf.PdfImage(image).as_pil_image()
    assert (drawn.getpixel((10, 10)), drawn.getpixel((200, 200))) == (255, 0)


@pytest.mark.parametrize("dpi", [600, 300, 310])
def test_what_is_coarse_enough_or_small_is_left_as_it_is(tmp_path: Path, dpi: int) -> None:
    """At 600 dots an inch, this one is smaller than a megapixel."""
    original = scanned(tmp_path / "scan.pdf", dpi)
    if dpi == 600:
        Image.new("RGB", (900, 900)).save(tmp_path / "small.jpeg")
        canvas = Canvas(str(original), pagesize=(POINTS, POINTS), invariant=1)
        canvas.drawImage(str(tmp_path / "small.jpeg"), 0, 0, 72, 72)
        canvas.save()
    before = {bytes(one.read_raw_bytes()) for one in pictures(original)}
    bundled(tmp_path, original)
    assert before <= {
        bytes(one.read_raw_bytes()) for one in pictures(tmp_path / "bundle" / "data" / "bundle.pdf")
    }


def test_the_same_picture_in_two_places_is_as_fine_as_the_larger_one_needs(tmp_path: Path) -> None:
    scan(600, "RGB").save(tmp_path / "scan.jpeg")
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(600, 600), invariant=1)
    canvas.drawImage(str(tmp_path / "scan.jpeg"), 0, 0, 72, 72)
    canvas.drawImage(str(tmp_path / "scan.jpeg"), 200, 200, 216, 216)
    canvas.save()
    assert bundled(tmp_path, tmp_path / "scan.pdf") == [(900, 900)]
