"""Where page numbers stand: in the profile's corner, beside what is there already, readable however the page lies."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from extractors.errors import Corrupt
from pipeline.bundle import build, check
from pipeline.bundle.corners import CELL, CORNERS, STRIP, Ink, place
from pipeline.bundle.exhibits import ink
from pipeline.bundle.exhibits.foreign import taken_over
from pipeline.bundle.exhibits.ink import inks
from pipeline.bundle.stamp import Stamper
from pipeline.renditions.geometry import View
from tests.pipeline.bundle_cases import case_of, exhibit, pdf

A4 = (595.0, 842.0)
BOX = (60.0, 14.0)
UPRIGHT = View(*A4, (1, 0, 0, 1, 0, 0))


def drawn(path: Path, *blocks: tuple[float, float, float, float], gray: float = 0.0) -> Path:
    """A page of A4 with filled rectangles (x, y, width, height)."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setFillColor(Color(gray, gray, gray))
    for block in blocks:
        canvas.rect(*block, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return path


def scanned(path: Path, *blocks: tuple[float, float, float, float], turn: int = 0, mode: str = "L") -> Path:
    """The same as a scan of 200 dpi with grain, which viewers turn by so many degrees clockwise."""
    size = round(A4[0] * 200 / 72), round(A4[1] * 200 / 72)
    grain = np.random.default_rng(1).normal(238, 4, size[::-1])
    image = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for x, y, wide, high in blocks:
        dots = [v * 200 / 72 for v in (x, A4[1] - y - high, x + wide, A4[1] - y)]
        pen.rectangle([*dots], fill=20)
    image = image.rotate(turn, expand=True).convert(mode)
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    with pikepdf.new() as file:
        points = tuple(v / 200 * 72 for v in image.size)
        file.add_blank_page(page_size=points)
        stream = file.make_stream(out.getvalue())
        stream.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=image.width,
            Height=image.height,
            ColorSpace=Name.DeviceGray if mode == "L" else Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        file.pages[0].Resources = Dictionary(XObject=Dictionary(Scan=stream))
        file.pages[0].Contents = file.make_stream(f"{points[0]} 0 0 {points[1]} 0 0 cm /Scan Do".encode())
        file.pages[0].Rotate = turn
        file.save(path)
    return path


CORNER = (480.0, 10.0, 100.0, 30.0)
FOOT = (10.0, 5.0, 575.0, 50.0)
TOP_RIGHT = (480.0, 800.0, 100.0, 30.0)
HEAD = (10.0, 785.0, 575.0, 50.0)
MIDDLE = (100.0, 200.0, 300.0, 400.0)


@pytest.mark.parametrize("make", [drawn, scanned], ids=["typed", "scanned"])
@pytest.mark.parametrize(
    ("corner", "ink", "where"),
    [
        ("bottom-right", [], (502, 19)),
        ("bottom-right", [MIDDLE], (502, 19)),
        ("bottom-right", [TOP_RIGHT], (502, 19)),
        ("bottom-right", [CORNER], "left of it"),
        ("bottom-right", [FOOT], "above"),
        ("top-right", [FOOT], (502, 807)),
        ("top-right", [HEAD], "below"),
        ("bottom-centre", [(250.0, 10.0, 90.0, 30.0)], "left or right of it"),
        ("bottom-right", [FOOT, HEAD], "covers"),
    ],
    ids=str,
)
def test_where_a_number_goes(
    tmp_path: Path, make: object, corner: str, ink: list[tuple[float, float, float, float]], where: object
) -> None:
    (found,) = inks(make(tmp_path / "a.pdf", *ink))  # type: ignore[operator]
    put = place(UPRIGHT, (66.0, 16.0), corner, found)
    free = not any(_meet((put.x, put.y, 66.0, 16.0), block) for block in ink)
    assert free != put.covers
    if isinstance(where, tuple):
        assert (round(put.x), round(put.y)) == where
    elif where == "covers":
        assert put.covers
    elif where in ("above", "below"):
        assert (put.y > 421) == (where == "above")
    else:
        assert put.y < 60
        assert put.x < 480


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


@pytest.mark.parametrize("gray", [0.0, 0.5, 0.85])
def test_faint_marks_are_ink_too(tmp_path: Path, gray: float) -> None:
    (found,) = inks(drawn(tmp_path / "a.pdf", CORNER, gray=gray))
    assert place(UPRIGHT, BOX, "bottom-right", found).x < 480 - BOX[0]


def test_a_dark_page_has_no_free_place(tmp_path: Path) -> None:
    (found,) = inks(drawn(tmp_path / "a.pdf", (0, 0, *A4), gray=0.3))
    assert place(UPRIGHT, BOX, "bottom-right", found).covers


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_ink_is_seen_as_the_reader_sees_it(tmp_path: Path, turn: int, mode: str) -> None:
    """A scan that lies on its side, and is turned upright by viewers, has its ink where the reader sees it."""
    (found,) = inks(scanned(tmp_path / "a.pdf", CORNER, turn=turn, mode=mode))
    assert found is not None
    assert not any(found.top)
    put = place(UPRIGHT, BOX, "bottom-right", found)
    assert not put.covers
    assert not _meet((put.x, put.y, *BOX), CORNER)
    assert put.y < STRIP


cells = st.lists(st.integers(0, 2**297 - 1), min_size=30, max_size=30).map(tuple)


@settings(max_examples=60, deadline=None)
@given(cells, cells, st.sampled_from(CORNERS), st.integers(20, 300))
def test_no_place_that_is_called_free_has_ink(
    top: tuple[int, ...], bottom: tuple[int, ...], corner: str, wide: int
) -> None:
    sparse = [tuple(row & (row >> 1) & (row >> 3) & (row >> 7) for row in rows) for rows in (top, bottom)]
    ink = Ink(297, *sparse)
    put = place(UPRIGHT, (wide, 14.0), corner, ink)
    assert 0 <= put.x <= A4[0] - wide
    assert 0 <= put.y <= A4[1] - 14
    columns = range(int(put.x / A4[0] * 297), int((put.x + wide) / A4[0] * 297) + 1)
    below = put.y < A4[1] / 2
    rows = ink.bottom if below else ink.top
    edge = STRIP if below else A4[1]
    lines = range(int((edge - put.y - 14) / CELL), int((edge - put.y) / CELL) + 1)
    inked = any(rows[line] >> column & 1 for line in lines for column in columns)
    assert put.covers or not inked


def test_what_draws_too_much_or_cannot_be_drawn_keeps_the_corner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drawn(tmp_path / "a.pdf", CORNER)
    taken_over(path, tmp_path / "taken.pdf")
    with monkeypatch.context() as patched:
        patched.setattr(ink, "_HEAVY", 10)
        assert ink.inks(tmp_path / "taken.pdf") == [None]
    with pytest.raises(Corrupt):
        ink.inks(_junk(tmp_path / "b.pdf"))


def _junk(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7 and nothing of one")
    return path


def test_a_bundle_spares_what_stands_in_the_corner(tmp_path: Path) -> None:
    one = exhibit(drawn(tmp_path / "a.pdf", CORNER), "application/pdf")
    report = build(case_of(one), tmp_path / "bundle")
    assert (check(report.path).faults, report.notes) == ((), ())
    page = _picture(report.path / "data/bundle.pdf", 4)
    assert page[802:832, 480:580].max() < 20, "the ink in the corner is whole"
    assert page[800:830, 300:478].min() < 100, "the number stands beside it"


def test_a_number_that_covers_ink_is_told_of(tmp_path: Path) -> None:
    full = drawn(tmp_path / "full.pdf", (0, 0, *A4), gray=0.2)
    report = build(case_of(exhibit(full, "application/pdf")), tmp_path / "bundle")
    assert check(report.path).faults == ()
    assert report.notes == ("1: full.pdf: the page number covers part of page 5",)
    assert _picture(report.path / "data/bundle.pdf", 4)[812:822, 505:565].max() > 230


def _picture(path: Path, at: int) -> np.ndarray:
    document = pypdfium2.PdfDocument(path)
    try:
        return np.asarray(document[at].render(scale=1).to_pil().convert("L"))
    finally:
        document.close()


@pytest.mark.parametrize(
    "boxes",
    [
        {"/MediaBox": [0, 0, 842, 595]},
        {"/MediaBox": [-50, -30, 800, 600], "/CropBox": [40, 120, 500, 560], "/Rotate": 90},
        {"/MediaBox": [0, 0, 3370, 2384], "/Rotate": 270},
        {"/MediaBox": [0, 0, 200, 300], "/UserUnit": 2},
        {"/MediaBox": [0, 0, 120, 900]},
    ],
    ids=str,
)
def test_the_number_is_readable_on_odd_pages(tmp_path: Path, boxes: dict[str, object]) -> None:
    path = pdf(tmp_path / "a.pdf", ["text"])
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        for key, value in boxes.items():
            file.pages[0].obj[key] = Array(value) if isinstance(value, list) else value
        file.save(path)
    report = build(case_of(exhibit(path, "application/pdf")), tmp_path / "bundle")
    assert check(report.path).faults == ()
    document = pypdfium2.PdfDocument(report.path / "data/bundle.pdf")
    page = document[4]
    text = page.get_textpage()
    box = text.get_charbox(text.get_text_range().index("Page 5"))
    document.close()
    with pikepdf.open(report.path / "data/bundle.pdf") as file:
        view = View.of(file.pages[4])
        (link,) = file.pages[4].Annots
        x0, y0, x1, y1 = (float(v) for v in link.Rect)
    assert x0 <= box[0] < box[2] <= x1 + 1
    assert y0 <= box[1] < box[3] <= y1 + 1
    corner = view.point(view.width, 0)
    assert max(abs(corner[0] - (x0 + x1) / 2), abs(corner[1] - (y0 + y1) / 2)) < max(view.width, 100) * 0.5


def test_texts_share_one_font_of_a_kind_and_strange_signs_do_no_harm() -> None:
    with pikepdf.new() as file:
        stamper = Stamper(file, "bottom-centre")
        texts = ["Page 1", "ABC-000000002", "第 3 页", "第 14 页", "(5)\\", "\ud800\U0001f600", ""]
        for text in texts:
            file.add_blank_page()
            stamper.stamp(file.pages[-1], text)
        names = {name for page in file.pages for name in page.Resources.Font}
        out = BytesIO()
        file.save(out)
    assert len(names) <= 3
    document = pypdfium2.PdfDocument(out.getvalue())
    said = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert said[:5] == texts[:5]


def test_an_unknown_corner_is_refused() -> None:
    with pikepdf.new() as file, pytest.raises(ValueError, match="bottom-left"):
        Stamper(file, "bottom-left")


def test_every_page_leads_back_to_its_row_in_the_index(tmp_path: Path) -> None:
    many = [
        exhibit(pdf(tmp_path / f"{n:02}.pdf", [f"text {n}", "more"]), "application/pdf", title=f"Letter {n}")
        for n in range(30)
    ]
    report = build(case_of(*many), tmp_path / "bundle")
    assert check(report.path).faults == ()
    with pikepdf.open(report.path / "data/bundle.pdf") as file:
        numbers = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
        last = file.pages[-1].Annots[0]
        row = numbers[last.Dest[0].objgen]
        assert row == 3, "the last document's row is on the second page of the index"
        sheet = len(file.pages) - 2
        tops = [
            float(link.Rect[3])
            for link in file.pages[row - 1].Annots
            if numbers[link.Dest[0].objgen] == sheet
        ]
        assert float(last.Dest[3]) == max(tops)
        assert last.Dest[4] is None


def _spoil_lead(file: pikepdf.Pdf) -> None:
    file.pages[4].Annots[0].Dest = Array([file.pages[0].obj, Name.Fit])


def _spoil_row(file: pikepdf.Pdf) -> None:
    """The way back leads to the sheet of the exhibit, which does not lead there."""
    file.pages[4].Annots[0].Dest = Array([file.pages[3].obj, Name.Fit])


def _spoil_action(file: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Highlight, Rect=Array([0, 0, 9, 9]))
    note.A = Dictionary(S=Name.URI, URI="http://x")
    file.pages[4].Annots.append(note)


def _spoil_script(file: pikepdf.Pdf) -> None:
    link = file.pages[4].Annots[0]
    del link["/Dest"]
    link.A = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _spoil_stamp(file: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([0, 0, 9, 9]))
    file.pages[4].Annots.append(note)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.pages[4].Annots.__delitem__(0),
        _spoil_lead,
        _spoil_row,
        _spoil_action,
        _spoil_script,
        _spoil_stamp,
    ],
    ids=["no way back", "to the title", "to the sheet", "a mark that acts", "a script", "another stamp"],
)
def test_what_is_added_to_an_exhibits_page_or_leads_astray_is_told(
    tmp_path: Path, spoil: Callable[[pikepdf.Pdf], object]
) -> None:
    one = exhibit(pdf(tmp_path / "a.pdf", ["text"]), "application/pdf")
    folder = build(case_of(one), tmp_path / "bundle").path
    with pikepdf.open(folder / "data/bundle.pdf", allow_overwriting_input=True) as file:
        spoil(file)
        file.save(folder / "data/bundle.pdf")
    told = [fault.what for fault in check(folder).faults if fault.where == "data/bundle.pdf, page 5"]
    assert told
