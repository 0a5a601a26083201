"""Unread ink: which seals, stamps and handwriting are found on a page, and what is not taken for them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bench.samples import overlap
from extractors.document import UNREAD, Box, Mark, Word
from extractors.extract import extract
from extractors.limits import Limits
from extractors.ocr.marks import marks, note
from extractors.ocr.options import OcrOptions
from extractors.readers.render import reduced
from tests.extractors.marked_pages import (
    BLACK,
    BLUE,
    NOTHING,
    RED,
    VIOLET,
    Sheet,
    barcode,
    logo,
    scenery,
    worn,
)
from tests.extractors.ocr_pictures import ENGLISH

A4_WIDTH = 595.0


def found_on(sheet: Sheet, picture: Image.Image | None = None) -> tuple[Mark, ...]:
    return marks(reduced(picture or sheet.picture), A4_WIDTH, sheet.words)


def is_found(found: tuple[Mark, ...], kind: str, box: Box) -> bool:
    return any(mark.kind == kind and overlap(mark.box.as_list(), box.as_list()) >= 0.5 for mark in found)


SEALS: dict[str, Callable[[Sheet], Box]] = {
    "on blank paper": lambda s: s.seal(150, 240),
    "over read words": lambda s: s.seal(80, 130),
    "small": lambda s: s.seal(60, 240, 13),
    "large": lambda s: s.seal(100, 235, 28),
    "oval": lambda s: s.seal(110, 235, 22, oval=0.7),
    "oval, turned": lambda s: s.seal(110, 235, 22, oval=0.7, turn=25),
    "square": lambda s: s.square_seal(110, 220),
    "pale": lambda s: s.seal(150, 240, colour=(230, 120, 120)),
}


@pytest.mark.parametrize("name", SEALS)
def test_a_red_seal_is_found(name: str) -> None:
    sheet = Sheet().letter()
    box = SEALS[name](sheet)
    found = found_on(sheet)
    assert is_found(found, "seal", box), found
    assert len(found) == 1


@pytest.mark.parametrize("dpi", [75, 150, 200])
def test_a_seal_is_found_at_any_resolution(dpi: int) -> None:
    sheet = Sheet(dpi).letter()
    box = sheet.seal(150, 240)
    assert is_found(found_on(sheet), "seal", box)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_may_lie_any_way(turn: int) -> None:
    sheet = Sheet().letter()
    sheet.seal(150, 240)
    sheet.signature(30, 240)
    turned = sheet.picture.rotate(turn, expand=True)
    width = A4_WIDTH if turn == 180 else 842.0
    kinds = sorted(mark.kind for mark in marks(reduced(turned), width, _turned(sheet.words, turn)))
    assert kinds == ["handwriting", "seal"]


def _turned(words: list[Word], turn: int) -> list[Word]:
    for _ in range(turn // 90):
        words = [replace(w, box=Box.clamped(w.box.y0, 1 - w.box.x1, w.box.y1, 1 - w.box.x0)) for w in words]
    return words


def test_two_seals_that_cross_are_two() -> None:
    sheet = Sheet().letter()
    boxes = [sheet.seal(80, 240), sheet.seal(108, 236)]
    found = found_on(sheet)
    assert all(is_found(found, "seal", box) for box in boxes), found


@pytest.mark.parametrize(
    "paper", [(255, 255, 255), (250, 240, 200), (225, 240, 225), (250, 222, 222), (200, 200, 205)]
)
def test_a_seal_is_found_on_tinted_paper(paper: tuple[int, int, int]) -> None:
    sheet = Sheet(paper=paper).letter()
    assert found_on(sheet) == ()
    box = sheet.seal(150, 240)
    assert is_found(found_on(sheet), "seal", box)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_ring_without_colour_is_a_seal_when_it_is_whole(mode: str) -> None:
    sheet = Sheet().letter()
    box = sheet.seal(150, 240)
    picture = sheet.picture.convert("L")
    if mode == "1":
        picture = picture.point(lambda level: 255 if level > 140 else 0)
    assert is_found(found_on(sheet, picture), "seal", box)
    sheet.pen.rectangle(sheet.px(120, 215, 150, 270), fill=sheet.paper)
    assert "seal" not in {mark.kind for mark in found_on(sheet, sheet.picture.convert("L"))}


def test_a_seal_on_a_worn_page_is_found() -> None:
    sheet = Sheet().letter()
    box = sheet.seal(150, 240)
    buffer = io.BytesIO()
    worn(sheet.picture).save(buffer, "JPEG", quality=40)
    found = found_on(sheet, Image.open(buffer))
    assert is_found(found, "seal", box)
    assert len(found) == 1


@pytest.mark.parametrize("colour", [VIOLET, BLUE, RED, (30, 120, 60)])
@pytest.mark.parametrize(("turn", "sure"), [(5, 0.95), (5, None), (0, None), (-8, 0.3)])
def test_a_stamp_askew_or_unread_is_found(
    colour: tuple[int, int, int], turn: float, sure: float | None
) -> None:
    sheet = Sheet().letter()
    box = sheet.stamp(110, 215, colour, turn, sure)
    found = found_on(sheet)
    assert is_found(found, "stamp", box), found
    assert len(found) == 1


def test_a_printed_frame_that_was_read_is_no_stamp() -> None:
    sheet = Sheet().letter()
    sheet.stamp(110, 215, VIOLET, 0, 0.97)
    assert found_on(sheet) == ()


@pytest.mark.parametrize("colour", [BLUE, BLACK, (190, 40, 50)])
@pytest.mark.parametrize("seed", range(3))
def test_a_signature_is_found(colour: tuple[int, int, int], seed: int) -> None:
    sheet = Sheet().letter()
    box = sheet.signature(40, 230, colour, seed)
    sheet.line([(30, 238), (100, 238)], BLACK, 0.4)
    found = found_on(sheet)
    assert is_found(found, "handwriting", box), found
    assert len(found) == 1


def test_a_signature_is_found_that_was_read_as_a_few_letters() -> None:
    sheet = Sheet().letter()
    box = sheet.signature(40, 230)
    sheet.words.append(Word(0, 3, box, 0.92))
    assert is_found(found_on(sheet), "handwriting", box)


def test_a_signature_is_found_on_a_grey_scan_and_at_the_edge_nothing_is() -> None:
    sheet = Sheet().letter()
    box = sheet.signature(40, 230)
    sheet.signature(0, 260)
    found = found_on(sheet, sheet.picture.convert("L"))
    assert is_found(found, "handwriting", box)
    assert len(found) == 1


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("wear", ["clean", "worn", "grey"])
def test_what_was_printed_is_not_flagged(name: str, wear: str) -> None:
    sheet = Sheet().letter()
    NOTHING[name](sheet)
    picture = {"clean": sheet.picture, "worn": worn(sheet.picture), "grey": sheet.picture.convert("L")}[wear]
    assert found_on(sheet, picture) == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_of_scenery_has_no_marks(seed: int) -> None:
    picture = scenery(seed, (900, 700))
    assert marks(picture, A4_WIDTH, []) == ()
    assert marks(picture.convert("L"), A4_WIDTH, []) == ()


def test_a_red_ring_in_a_colourful_picture_is_no_seal() -> None:
    sheet = Sheet()
    sheet.picture.paste(scenery(2, (sheet.picture.width, sheet.picture.height // 3)))
    sheet.seal(100, 200)
    assert found_on(sheet) == ()


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (199, 5000), (400, 400)])
def test_blank_and_tiny_pictures_have_no_marks(size: tuple[int, int]) -> None:
    assert marks(reduced(Image.new("RGB", size, "white")), A4_WIDTH, []) == ()
    assert marks(reduced(Image.new("L", size, 0)), A4_WIDTH, []) == ()


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(200, 330),
    st.integers(200, 330),
    st.floats(0.0, 0.4),
    st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=6),
)
def test_marks_lie_on_the_page(
    seed: int, wide: int, high: int, inked: float, boxes: list[tuple[float, float, float, float]]
) -> None:
    rng = np.random.default_rng(seed)
    pixels = np.full((high, wide, 3), 250, dtype=np.uint8)
    for _ in range(int(60 * inked)):
        x, y, radius = rng.integers(-20, wide + 20), rng.integers(-20, high + 20), rng.integers(5, 60)
        down, across = np.ogrid[:high, :wide]
        rim = np.abs(np.hypot(down - y, across - x) - radius) < 1.5
        pixels[rim] = rng.integers(0, 200, 3)
    words = [Word(0, 1, Box.clamped(*box), 0.9) for box in boxes]
    for mark in marks(Image.fromarray(pixels), A4_WIDTH, words):
        assert 0 <= mark.box.x0 < mark.box.x1 <= 1
        assert 0 <= mark.box.y0 < mark.box.y1 <= 1
        assert 0 < mark.confidence < 1


def test_the_note_counts_and_does_not_say_that_something_is_missing() -> None:
    box = Box(0.1, 0.1, 0.2, 0.2)
    found = [
        Mark("seal", box, 0.9),
        Mark("handwriting", box, 0.7),
        Mark("seal", box, 0.9),
        Mark("stamp", box, 0.8),
    ]
    said = note(found)
    assert said == "unread ink: handwriting, 2 seals, a stamp"
    assert not said.endswith(UNREAD)
    assert note([]) is None


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Box]:
    """A sealed and signed letter in two forms: a picture, and a PDF that holds nothing but it."""
    folder = tmp_path_factory.mktemp("scan")
    sheet = Sheet(150).text(22, 40, "Notice of claim for late possession", 6)
    box = sheet.seal(140, 120)
    sheet.signature(40, 120)
    sheet.picture.save(folder / "letter.png", dpi=(150, 150))
    sheet.picture.save(folder / "letter.pdf", resolution=150)
    sheet.picture.save(folder / "letter.jpg", dpi=(150, 150), quality=80)
    sheet.picture.save(folder / "letter.tif", dpi=(150, 150), compression="tiff_lzw")
    return folder, box


def extracted(path: Path, scratch: Path, **options: Any) -> Any:
    scratch.mkdir(exist_ok=True)
    return extract(
        path, path.name, scratch, Limits(), OcrOptions(mode="fast", languages=("eng",), **options)
    ).document


@pytest.mark.parametrize("form", ["png", "jpg", "pdf", "tif"])
def test_a_scan_has_marks_and_says_so(scan: tuple[Path, Box], tmp_path: Path, form: str) -> None:
    folder, box = scan
    document = extracted(folder / f"letter.{form}", tmp_path)
    (page,) = document.pages
    assert is_found(page.marks, "seal", box)
    assert "unread ink: handwriting, a seal" in page.notes
    assert "possession" in document.text
    assert document.unread == ()


def test_a_reading_that_was_kept_has_the_same_marks(scan: tuple[Path, Box], tmp_path: Path) -> None:
    folder, _ = scan
    fresh, kept = (extracted(folder / "letter.png", tmp_path / str(n), shared=tmp_path) for n in range(2))
    assert list((tmp_path / "readings").rglob("*.json.gz"))
    assert fresh.pages[0].marks == kept.pages[0].marks != ()


def typed_pdf(
    path: Path, draw: Callable[[Sheet], Any], place: tuple[float, float, float], pages: int = 1
) -> Path:
    """A typed letter with a picture that is transparent but for what is drawn: left, bottom and side in millimetres."""
    sheet = Sheet(100, (255, 255, 255))
    draw(sheet)
    grey = sheet.picture.convert("RGBA")
    pixels = np.asarray(grey).copy()
    pixels[..., 3] = np.where(pixels[..., :3].min(axis=2) > 230, 0, 255)
    picture = Image.fromarray(pixels)
    canvas = Canvas(str(path), pagesize=(595, 842))
    for _ in range(pages):
        for line in range(30):
            canvas.drawString(72, 760 - 14 * line, ENGLISH[line % len(ENGLISH)])
        left, low, side = (each / 25.4 * 72 for each in place)
        canvas.drawImage(ImageReader(picture.crop(picture.getbbox())), left, low, side, side, "auto", True)
        canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize(
    ("draw", "kinds"),
    [
        (lambda s: s.seal(100, 100), ["seal"]),
        (lambda s: s.square_seal(100, 100, 30), ["seal"]),
        (lambda s: s.signature(60, 100, BLACK), ["handwriting"]),
        (lambda s: s.stamp(60, 100, VIOLET, 6), ["stamp"]),
        (lambda s: logo(s), []),
        (lambda s: barcode(s), []),
    ],
)
def test_a_picture_on_a_typed_page_may_be_a_mark(
    tmp_path: Path, draw: Callable[[Sheet], Any], kinds: list[str]
) -> None:
    document = extracted(typed_pdf(tmp_path / "letter.pdf", draw, (120, 40, 38), 3), tmp_path)
    assert [page.source for page in document.pages] == ["text"] * 3
    assert [[mark.kind for mark in page.marks] for page in document.pages] == [kinds] * 3
    assert document.unread == ()


def test_a_curly_letterhead_is_no_signature(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "letter.pdf", lambda s: s.signature(60, 100, BLACK), (80, 270, 20))
    assert extracted(path, tmp_path).pages[0].marks == ()


def test_a_scan_that_a_copier_recognised_has_marks(tmp_path: Path) -> None:
    sheet = Sheet().letter()
    box = sheet.seal(100, 240)
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(595, 842))
    canvas.drawImage(ImageReader(sheet.picture), 0, 0, 595, 842)
    hidden = canvas.beginText(62, 670)
    hidden.setTextRenderMode(3)
    hidden.setLeading(19.8)
    for line in range(18):
        hidden.textLine(ENGLISH[line % len(ENGLISH)])
    canvas.drawText(hidden)
    canvas.save()
    (page,) = extracted(tmp_path / "scan.pdf", tmp_path).pages
    assert is_found(page.marks, "seal", box)
