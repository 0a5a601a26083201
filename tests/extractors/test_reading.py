"""From file to document: detection, reader and OCR together."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.errors import Corrupt, Empty, InstallationError, TooLarge, Unsupported
from extractors.limits import Limits
from extractors.readers import read, supported
from extractors.readers.draft import Input
from extractors.reading import OcrOptions, Reading, read_document

LATIN_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
LETTER = ["Notice of claim GC/L/0145", "dated 14 March 2023", "Harbour Civil Limited"]


def scanned(*lines: str) -> Image.Image:
    picture = Image.new("L", (1240, 1754), "white")
    for number, line in enumerate(lines):
        place = (150, 200 + 90 * number)
        ImageDraw.Draw(picture).text(place, line, font=ImageFont.truetype(LATIN_FONT, 40), fill=0)
    return picture


def mixed_pdf() -> bytes:
    """A typed page, a scanned one and a typed one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.drawString(72, 700, "first page")
    canvas.showPage()
    canvas.drawImage(ImageReader(scanned(*LETTER)), 0, 0, 595, 842)
    canvas.drawString(72, 20, "BATES-000123")
    canvas.showPage()
    canvas.drawString(72, 700, "third page")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def document(data: bytes, name: str, folder: Path, limits: Limits | None = None) -> Reading:
    file = folder / "stored"
    file.write_bytes(data)
    return read_document(file, name, folder, limits or Limits(), OcrOptions())


def test_pages_stay_in_order_and_each_is_read_its_own_way(tmp_path: Path) -> None:
    found = document(mixed_pdf(), "bundle.pdf", tmp_path).document
    assert [page.source for page in found.pages] == ["text", "ocr", "text"]
    assert found.page_text(1) == "first page"
    assert found.page_text(3) == "third page"
    assert found.page_text(2).replace("\n\n", "\n").split("\n")[:3] == LETTER
    assert "BATES-000123" in found.page_text(2)
    assert found.pages[1].engine is not None
    assert found.pages[1].engine.startswith("tesseract 5")
    start = found.text.index("14 March 2023")
    place = found.where(start, start + len("14 March 2023"))
    assert place.page == 2
    assert place.box is not None
    assert place.box.y0 == pytest.approx(300 / 1754, abs=0.01)


def test_a_suffix_that_lies_is_noted_and_not_believed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    scanned("Notice of claim").save(buffer, "JPEG", dpi=(150, 150))
    found = document(buffer.getvalue(), "letter.pdf", tmp_path).document
    assert found.media_type == "image/jpeg"
    assert found.notes == ("the name ends in .pdf but the content is image/jpeg",)
    assert "Notice of claim" in found.text


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"limits\.text_chars"):
        document(mixed_pdf(), "bundle.pdf", tmp_path, Limits(text_chars=20))


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"limits\.file_mib"):
        document(mixed_pdf(), "bundle.pdf", tmp_path, Limits(file_bytes=100))


def test_a_type_without_a_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="octet-stream"):
        document(b"\x07\x00\x1f\x9d" * 100, "tool.exe", tmp_path)


def test_nothing_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(Empty):
        document(b"", "letter.pdf", tmp_path)


def test_an_unknown_engine_is_an_error_of_the_installation(tmp_path: Path) -> None:
    (tmp_path / "stored").write_bytes(mixed_pdf())
    with pytest.raises(InstallationError):
        read_document(tmp_path / "stored", "a.pdf", tmp_path, Limits(), OcrOptions(engine="magic"))


def test_what_a_parser_raises_is_told_as_damage(tmp_path: Path) -> None:
    (tmp_path / "stored").write_bytes(b"not a picture at all")
    with pytest.raises(Corrupt, match=r"photo\.png"):
        read(Input(tmp_path / "stored", "photo.png", "image/png", tmp_path, Limits()))


@pytest.mark.parametrize(
    ("kind", "known"),
    [("application/pdf", True), ("image/heic", True), ("image/x-unheard-of", False), ("model/vrml", False)],
)
def test_readers_are_found_by_media_type(kind: str, known: bool) -> None:
    assert supported(kind) is known
