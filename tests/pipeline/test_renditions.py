"""Searchable renditions of scans: looks as before, right words at the right places, in the viewers' own libraries."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFont, ImageOps

from extractors.document import Box
from extractors.errors import Corrupt
from pipeline.renditions import truetype, volume
from tests.pipeline import scanned
from tests.pipeline.scanned import (
    A4,
    LETTER,
    Lines,
    Sheet,
    by_pdfium,
    by_plumber,
    page,
    places,
    recognised,
    rendered,
    rendition,
    scan_pdf,
)

LANDSCAPE = (0.0, 0.0, 842.0, 595.0)
SHEETS = {
    "upright": Sheet(),
    "turned 90": Sheet(rotate=90),
    "turned 180": Sheet(rotate=180),
    "turned 270": Sheet(LANDSCAPE, rotate=270),
    "landscape": Sheet(LANDSCAPE),
    "offset": Sheet((-100, -50, 495, 792)),
    "cropped": Sheet((0, 0, 900, 1000), (150, 120, 745, 962)),
    "cropped and turned": Sheet((0, 0, 900, 1000), (150, 120, 745, 962), 90),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("how", SHEETS)
def test_words_stand_where_they_are_seen(tmp_path: Path, how: str) -> None:
    sheet = SHEETS[how]
    lines = recognised(LETTER, sheet.seen)
    source = scan_pdf(tmp_path / "scan.pdf", [sheet])
    out = rendition(source, [page(lines, sheet.seen)])
    assert by_pdfium(out).splitlines() == by_plumber(out).splitlines() == list(map(spaced, LETTER))
    expected = {word: box for line in lines for word, box, _ in line if len(word) > 3}
    found = dict(places(out))
    for word, box in expected.items():
        close = np.abs(np.subtract(found[word].as_list(), box.as_list()))
        assert close.max() < 0.01, (word, found[word], box)


def spaced(line: str) -> str:
    """The line as text_of_lines has it: Han is parted from Latin by a blank, and from Han by none."""
    return page(recognised([line])).text.strip()


@pytest.mark.parametrize("how", SHEETS)
def test_the_page_looks_as_before(tmp_path: Path, how: str) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", [SHEETS[how]])
    before = hashlib.sha256(source.read_bytes()).digest()
    out = rendition(source, [page(recognised(LETTER, SHEETS[how].seen), SHEETS[how].seen)])
    assert np.array_equal(rendered(source, scale=1.5), rendered(out, scale=1.5))
    assert hashlib.sha256(source.read_bytes()).digest() == before


@pytest.mark.parametrize("gap", [-0.3, 0.0, 0.4, 1.0, 2.0])
def test_han_has_no_blanks_whatever_the_gaps(tmp_path: Path, gap: float) -> None:
    size, words = 12.0, ["工程", "款", "支付", "延误", "通知"]
    x, line = 60.0, []
    for number, word in enumerate(words):
        wide, y = size * len(word), 100.0 + number % 2 * 2.5  # boxes of Han words are seldom level
        line.append((word, Box(x / 595, y / 842, (x + wide) / 595, (y + size) / 842), 0.8))
        x += wide + gap * size
    out = rendition(scan_pdf(tmp_path / "scan.pdf"), [page([line])])
    assert by_pdfium(out) == by_plumber(out) == "工程款支付延误通知"


def askew(lines: Lines, degrees: float) -> Lines:
    """The same lines on a page that was scanned askew: the boxes around the slanting words."""
    angle = math.radians(degrees)
    return [[(word, slanting(box, angle), sure) for word, box, sure in line] for line in lines]


def slanting(box: Box, angle: float) -> Box:
    corners = [(x * 595 - 297, y * 842 - 421) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    turned = [
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
        for x, y in corners
    ]
    xs, ys = [(x + 297) / 595 for x, _ in turned], [(y + 421) / 842 for _, y in turned]
    return Box.clamped(min(xs), min(ys), max(xs), max(ys))


PROSE = [f"first{n} of a letter that runs over the whole width of its sheet, to last{n}" for n in range(12)]


@pytest.mark.parametrize("degrees", [-2.5, -0.8, 0.8, 2.5])
def test_lines_of_a_page_that_lies_askew_stay_lines(tmp_path: Path, degrees: float) -> None:
    out = rendition(scan_pdf(tmp_path / "scan.pdf"), [page(askew(recognised(PROSE, letter=12), degrees))])
    assert by_pdfium(out).splitlines() == PROSE
    found = dict(places(out))
    for line in askew(recognised(PROSE, letter=12), degrees):
        for word, box, _ in (line[0], line[-1]):
            assert np.allclose(found[word].as_list(), box.as_list(), atol=0.01)


def upside_down(box: Box) -> Box:
    return Box(1 - box.x1, 1 - box.y1, 1 - box.x0, 1 - box.y0)


def on_its_left_side(box: Box) -> Box:
    """The page lies so that it must be turned clockwise to be read."""
    return Box(box.y0, 1 - box.x1, box.y1, 1 - box.x0)


def on_its_right_side(box: Box) -> Box:
    return Box(1 - box.y1, box.x0, 1 - box.y0, box.x1)


@pytest.mark.parametrize("turned", [upside_down, on_its_left_side, on_its_right_side])
def test_a_page_that_lies_on_its_side_is_read_in_its_order(
    tmp_path: Path, turned: Callable[[Box], Box]
) -> None:
    lines = [[(word, turned(box), sure) for word, box, sure in line] for line in recognised(PROSE)]
    out = rendition(scan_pdf(tmp_path / "scan.pdf"), [page(lines)])
    told = " ".join(by_pdfium(out).split())
    assert all(line in told for line in PROSE)
    found = dict(places(out))
    for line in lines:
        for word, box, _ in (line[0], line[-1]):
            assert np.allclose(found[word].as_list(), box.as_list(), atol=0.01)


def test_typed_words_are_not_doubled(tmp_path: Path) -> None:
    typed = b"BT /F1 14 Tf 60 700 Td (RECEIVED 5 May 2023) Tj ET"
    source = scan_pdf(tmp_path / "scan.pdf", extra=typed)
    stamp = recognised(["RECEIVED 5 May 2023"])
    out = rendition(source, [page(recognised(LETTER)[1:], typed=stamp)])
    for text in (by_pdfium(out), by_plumber(out)):
        assert text.count("RECEIVED") == 1
        assert spaced(LETTER[1]) in text


def test_only_pages_that_were_recognised_are_touched(tmp_path: Path) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", [Sheet(), Sheet()], b"BT /F1 9 Tf 60 700 Td (typed) Tj ET")
    out = rendition(source, [page(recognised(LETTER)), page([], typed=recognised(["typed"]))])
    with pikepdf.open(source) as before, pikepdf.open(out) as after:
        assert before.pages[1].Contents.read_bytes() == after.pages[1].Contents.read_bytes()
        assert set(after.pages[1].Resources.Font.keys()) == {"/F1"}


def invisible(text: str) -> bytes:
    return f"BT 3 Tr /F1 12 Tf 60 700 Td ({text}) Tj ET\n".encode()


@pytest.mark.parametrize(
    ("content", "stays"),
    [
        (invisible("x7#garbage"), False),
        (b"q 3 Tr BT /F1 12 Tf 60 700 Td [(x7#) 20 (garbage)] TJ ET Q", False),
        (b"BT /F1 12 Tf 60 700 Td (x7#garbage) Tj ET", True),
        (b"3 Tr 0 Tr BT /F1 12 Tf 60 700 Td (x7#garbage) Tj ET", True),
        (b"BT 3 Tr /F1 12 Tf 60 700 Td (x7#garbage) Tj 0 Tr (seen) Tj ET", True),
        (invisible("x7#garbage") + b"BT (unended", False),
    ],
)
def test_what_an_earlier_ocr_left_is_not_found_beside_ours(
    tmp_path: Path, content: bytes, stays: bool
) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", extra=content)
    out = rendition(source, [page(recognised(LETTER))])
    assert ("x7#garbage" in squeezed(by_pdfium(out))) == stays
    assert spaced(LETTER[0]) in by_pdfium(out)
    assert np.array_equal(rendered(source), rendered(out))


@pytest.mark.parametrize(
    "extra", [b"q q 0.01 0 0 0.01 0 0 cm", b"Q Q Q 7 Tr 0 0 1 1 re W n", b"BT /F1 8 Tf (unended"]
)
def test_strange_content_does_not_reach_the_text(tmp_path: Path, extra: bytes) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", extra=extra)
    out = rendition(source, [page(recognised(LETTER))])
    found = dict(places(out))
    assert found["Refusal"].x0 == pytest.approx(60 / 595, abs=0.01)
    assert np.array_equal(rendered(source), rendered(out))


def test_a_copy_for_reading_does_nothing_on_its_own_and_names_its_original(tmp_path: Path) -> None:
    source = scan_pdf(tmp_path / "scan.pdf")
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction, pdf.Root.AA = script, Dictionary(WC=script)
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=["x", script]))
        pdf.docinfo["/Title"] = "Scan of a letter"
        pdf.save(source)
    out = rendition(source, [page(recognised(LETTER))])
    with pikepdf.open(out) as pdf:
        assert {"/OpenAction", "/AA"}.isdisjoint(pdf.Root.keys())
        assert "/JavaScript" not in pdf.Root.Names
        assert pdf.docinfo["/Title"] == "Scan of a letter"
        assert pdf.docinfo["/SearchableRenditionOf"] == "0" * 64
        assert not pdf.check_pdf_syntax()


def test_pages_that_share_their_resources_and_inherit_them(tmp_path: Path) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", [Sheet(), Sheet(rotate=90)])
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        shared = pdf.make_indirect(pdf.pages[0].Resources)
        for one in pdf.pages:
            del one.obj.Resources
            del one.obj.MediaBox
        pdf.Root.Pages.Resources, pdf.Root.Pages.MediaBox = shared, [0, 0, 595, 842]
        pdf.save(source)
    sizes = [A4, A4[::-1]]
    out = rendition(source, [page(recognised([LETTER[n]], sizes[n]), sizes[n]) for n in (0, 1)])
    assert [by_pdfium(out, n) for n in (0, 1)] == [spaced(line) for line in LETTER[:2]]


def test_a_pdf_whose_pages_cannot_be_matched_is_shown_as_pictures(tmp_path: Path) -> None:
    source = scan_pdf(tmp_path / "scan.pdf", [Sheet(), Sheet()])
    out = rendition(source, [page(recognised(LETTER), typed=recognised(["typed besides"], letter=8))])
    assert by_pdfium(out).startswith("typed besides")
    assert spaced(LETTER[3]) in by_pdfium(out)
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 1


def test_what_is_no_pdf_at_all_is_named(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(Corrupt, match=r"scan\.pdf"):
        rendition(tmp_path / "scan.pdf", [page(recognised(LETTER))])


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_a_picture_keeps_every_pixel(tmp_path: Path, mode: str) -> None:
    source, size = tmp_path / "scan.png", (200.0, 300.0)
    scanned.picture(size, 144, mode).save(source, dpi=(144, 144))
    out = rendition(source, [page(recognised(["Area B"], size), size)], "image/png")
    with Image.open(source) as image:
        assert np.array_equal(rendered(out, scale=2), np.asarray(image.convert("RGB")))
    assert by_pdfium(out) == by_plumber(out) == "Area B"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_with_its_very_bytes(tmp_path: Path, orientation: int) -> None:
    source, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[274] = orientation
    scanned.picture((240, 160), mode="RGB").save(source, exif=exif)
    size = (240.0, 160.0) if orientation <= 4 else (160.0, 240.0)
    out = rendition(source, [page(recognised(["Gate 7"], size, 10), size)], "image/jpeg")
    with pikepdf.open(out) as pdf:
        (stored,) = pdf.pages[0].Resources.XObject.values()
        assert stored.read_raw_bytes() == source.read_bytes()
    with Image.open(source) as image:
        upright = np.asarray(ImageOps.exif_transpose(image), dtype=int)
    assert np.abs(rendered(out).astype(int) - upright).mean() < 4
    assert dict(places(out))["Gate"].x0 == pytest.approx(60 / size[0], abs=0.02)


def test_a_long_tiff_is_put_together_from_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "_CHUNK", 1)
    source, size = tmp_path / "scan.tif", (200.0, 100.0)
    frame = scanned.picture(size, mode="1")
    frame.save(source, save_all=True, append_images=[frame, frame], dpi=(72, 72), compression="group4")
    pages = [page(recognised([f"页 {n}"], size, 10), size) for n in range(3)]
    out = rendition(source, pages, "image/tiff")
    assert [by_pdfium(out, n) for n in range(3)] == ["页 0", "页 1", "页 2"]
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == ["scan.out.pdf"]


def test_a_picture_that_was_cut_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    source, size = tmp_path / "scan.png", (200.0, 300.0)
    scanned.picture(size).save(source)
    source.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    out = rendition(source, [page(recognised(["half"], size), size)], "image/png")
    assert by_pdfium(out) == "half"


WORDS = st.text(
    st.sampled_from(
        "()<>[]{}/%\\\"'“”‘’`$&#@*+-=,.;:!?aZ09éß€年工程𠮷𪚥𬺈，。（）\x00\x07\x1b\x7f\u200b\u202e\ufeff"
    ),
    min_size=1,
    max_size=12,
)


def seen(word: str) -> str:
    return "".join(char for char in word if char not in "\x00\x07\x1b\x7f\u200b\u202e\ufeff")


@settings(max_examples=25)
@given(words=st.lists(WORDS, min_size=1, max_size=6))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    lines = []
    for number, word in enumerate(words):
        y = 60.0 + 40 * number
        lines.append([(word, Box(0.1, y / 842, min(0.1 + 0.03 * len(word), 0.95), (y + 14) / 842), 0.5)])
    out = rendition(scan_pdf(tmp_path_factory.mktemp("any") / "scan.pdf"), [page(lines)])
    told = [seen(word) for word in words if seen(word)]
    assert squeezed(by_plumber(out)) == "".join(told)
    # pdfium takes a hyphen that ends a line for one that parts a word
    assert squeezed(by_pdfium(out)).replace("\ufffe", "-").replace("\x02", "-") == "".join(told)


def test_the_font_leaves_no_ink_even_where_it_is_drawn(tmp_path: Path) -> None:
    source = scan_pdf(tmp_path / "scan.pdf")
    out = rendition(source, [page(recognised(LETTER))])
    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        layer, *content = pdf.pages[0].Contents
        over = pdf.make_stream(layer.read_bytes().replace(b"3 Tr", b"0 Tr"))
        pdf.pages[0].Contents = Array([*content, over])
        pdf.save(out)
    assert "Refusal" in by_pdfium(out)
    assert np.array_equal(rendered(source, scale=2), rendered(out, scale=2))


def test_the_font_is_sound() -> None:
    font = ImageFont.truetype(BytesIO(truetype.font()), 1000)
    assert font.getname() == ("Glyphless", "Regular")
    assert len(truetype.font()) < 4096
    tables = {truetype.font()[12 + 16 * n : 16 + 16 * n] for n in range(10)}
    assert {b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"} <= tables
