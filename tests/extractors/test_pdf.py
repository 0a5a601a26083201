"""PDF pages: their text with places, and which of them need OCR."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from extractors.document import PageText, is_han
from extractors.errors import Corrupt, DocumentError, Encrypted, TooLarge
from extractors.limits import Limits
from extractors.readers import read
from extractors.readers.draft import Draft, Input, PendingPage

WIDTH, HEIGHT = A4
HAN_FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
CODED_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
"""One that bundles do not use: reportlab keeps how a font was first numbered."""
Draw = Callable[[Canvas], object]


@pytest.fixture(autouse=True, scope="module")
def fonts() -> None:
    pdfmetrics.registerFont(TTFont("Han", HAN_FONT, subfontIndex=0))
    pdfmetrics.registerFont(TTFont("Coded", CODED_FONT, asciiReadable=False))


def made(*pages: Draw, **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(*texts: str, font: str = "Helvetica", x: float = 72, y: float = 700) -> Draw:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(x, y)
        text.setFont(font, 12)
        for line in texts:
            text.textLine(line)
        canvas.drawText(text)

    return draw


def scan(dpi: int = 150, area: float = 1.0) -> Draw:
    pixels = (round(WIDTH / 72 * dpi), round(HEIGHT / 72 * dpi))
    picture = Image.new("L", pixels, "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 400, 200), fill="black")
    return lambda canvas: canvas.drawImage(ImageReader(picture), 0, 0, WIDTH * area, HEIGHT * area)


def both(*draws: Draw) -> Draw:
    return lambda canvas: [draw(canvas) for draw in draws]


def drafted(data: bytes, folder: Path, limits: Limits | None = None) -> Draft:
    file = folder / "stored"
    file.write_bytes(data)
    return read(Input(file, "letter.pdf", "application/pdf", folder, limits or Limits()))


def text_page(draft: Draft, number: int = 1) -> PageText:
    page = draft.pages[number - 1]
    assert isinstance(page, PageText)
    return page


def pending_page(draft: Draft, number: int = 1) -> PendingPage:
    page = draft.pages[number - 1]
    assert isinstance(page, PendingPage)
    return page


def edited(data: bytes, change: Callable[[pikepdf.Pdf], object], **options: object) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(buffer, **options)
    return buffer.getvalue()


LETTER = made(lines("Notice of claim GC/L/0145", "dated 14 March 2023"))


def test_words_are_slices_with_their_place(tmp_path: Path) -> None:
    page = text_page(drafted(LETTER, tmp_path))
    assert page.text == "Notice of claim GC/L/0145\ndated 14 March 2023"
    assert [page.text[w.start : w.end] for w in page.words] == page.text.split()
    assert (round(page.width), round(page.height)) == (595, 842)
    first = page.words[0].box
    assert first.x0 == pytest.approx(72 / WIDTH, abs=0.005)
    assert first.y1 == pytest.approx((HEIGHT - 700) / HEIGHT, abs=0.005)
    assert page.words[4].box.y0 > first.y1
    assert page.source == "text"


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, (0.12, 0.17)), (90, (0.83, 0.12)), (180, (0.88, 0.83)), (270, (0.17, 0.88))],
)
def test_boxes_are_on_the_page_as_displayed(
    tmp_path: Path, rotation: int, expected: tuple[float, float]
) -> None:
    turned = edited(LETTER, lambda pdf: pdf.pages[0].rotate(rotation, relative=False))
    page = text_page(drafted(turned, tmp_path))
    assert (page.width > page.height) is (rotation in (90, 270))
    box = page.words[0].box
    near = (
        min(abs(x - expected[0]) for x in (box.x0, box.x1)),
        min(abs(y - expected[1]) for y in (box.y0, box.y1)),
    )
    assert max(near) < 0.01


def test_boxes_are_fractions_of_the_crop_box(tmp_path: Path) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = (72, 600, 372, 750)

    page = text_page(drafted(edited(LETTER, crop), tmp_path))
    assert (page.width, page.height) == (300, 150)
    assert page.words[0].box.x0 == pytest.approx(0, abs=0.01)
    assert page.words[0].box.y1 == pytest.approx(50 / 150, abs=0.03)


def test_text_outside_the_crop_box_has_no_box(tmp_path: Path) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = (72, 0, 372, 300)

    assert text_page(drafted(edited(LETTER, crop), tmp_path)).words == ()


def test_a_word_parted_at_the_line_end_is_one(tmp_path: Path) -> None:
    parted = made(lines("the con-", "tract of ABC-", "123 and Smith-", "Jones here"))
    page = text_page(drafted(parted, tmp_path))
    assert page.text.split() == ["the", "contract", "of", "ABC-123", "and", "Smith-Jones", "here"]
    assert "\x02" not in page.text
    start = page.text.index("contract")
    parts = [w for w in page.words if start <= w.start < start + 8]
    assert [page.text[w.start : w.end] for w in parts] == ["con", "tract"]
    assert parts[1].box.y0 > parts[0].box.y0
    assert parts[1].box.x0 < parts[0].box.x0


def test_han_words_are_short(tmp_path: Path) -> None:
    page = text_page(drafted(made(lines("致：东湾置业发展有限公司于2023年3月14日", font="Han")), tmp_path))
    assert page.text == "致：东湾置业发展有限公司于2023年3月14日"
    pieces = [page.text[w.start : w.end] for w in page.words]
    assert "".join(pieces) == page.text
    assert all(len(p) <= 3 for p in pieces if is_han(p[0]))
    assert "2023" in pieces
    assert all(a.box.x0 < b.box.x0 for a, b in zip(page.words, page.words[1:], strict=False))


def test_a_blank_page_is_a_page_without_text(tmp_path: Path) -> None:
    draft = drafted(made(lambda canvas: canvas.line(50, 50, 500, 50), lines("second")), tmp_path)
    assert text_page(draft).text == ""
    assert text_page(draft, 2).text == "second"


@pytest.mark.parametrize(("dpi", "rendered"), [(100, 200), (250, 250), (600, 400)])
def test_a_scan_goes_through_ocr_in_its_own_resolution(tmp_path: Path, dpi: int, rendered: int) -> None:
    page = pending_page(drafted(made(scan(dpi)), tmp_path))
    assert page.typed is None
    assert page.dpi == pytest.approx(rendered, abs=2)
    with Image.open(page.image) as picture:
        assert picture.size == pytest.approx((WIDTH / 72 * rendered, HEIGHT / 72 * rendered), abs=10)
        assert picture.mode == "L"


def test_a_huge_page_is_rendered_within_the_limit(tmp_path: Path) -> None:
    page = pending_page(drafted(made(scan(200)), tmp_path, Limits(pixels=500_000)))
    with Image.open(page.image) as picture:
        assert picture.width * picture.height <= 510_000


def test_a_scan_with_a_typed_stamp_keeps_it(tmp_path: Path) -> None:
    page = pending_page(drafted(made(both(scan(), lines("ABC000123 RECEIVED 14 MAR 2023", y=20))), tmp_path))
    assert page.typed is not None
    assert page.typed.text == "ABC000123 RECEIVED 14 MAR 2023"
    assert len(page.typed.words) == 5


def test_a_searchable_scan_is_not_read_again(tmp_path: Path) -> None:
    body = [f"Line {n} of a letter whose scanner has read it already" for n in range(30)]
    assert len(text_page(drafted(made(both(scan(), lines(*body))), tmp_path)).words) == 330


def test_a_typed_page_with_a_logo_is_not_read_again(tmp_path: Path) -> None:
    text_page(drafted(made(both(scan(area=0.2), lines("Harbour Civil Ltd", "Notice"))), tmp_path))


def test_a_page_with_text_as_outlines_goes_through_ocr(tmp_path: Path) -> None:
    page = made(lambda canvas: [canvas.circle(50 + 9 * n, 500, 4) for n in range(40)])
    assert "drawn" in pending_page(drafted(page, tmp_path)).reason


GARBAGE = [
    "\ue000\ue001\ue002\ue003 \ue004\ue005\ue006\ue007\ue008",
    "��� ������ ����",
    "$%& '() *+,- ./:;< =>?@ [\\]^ _`{| }~!\" #$% &'( )*+ ,-./ :;<= >?@[",
    "ÖÐÎÄ ÎÄ±¾ ºÏÍ¬ ¹¤³Ì ÑÓÎó ÐÎÄÖ ÎÄ±¾ ºÏÍ¬ ¹¤³Ì ÑÓÎó ÖÐÎÄ ÎÄ±¾ ÖÐÎÄ ÎÄ±¾ ºÏÍ¬",
]


@pytest.mark.parametrize("text", GARBAGE)
def test_noise_is_not_taken_for_text(text: str) -> None:
    from extractors.readers.pdf_quality import fault

    assert fault(text, 0.0) is not None


SOUND = [
    "Notice",
    "Total ................................................ 1,250.00",
    "2023-03-14  1,250.00  17.5%  (2)  12/34-56  #9  @ 6%  75.00  70.75  4.25 06/03/2018 20:01",
    "关于工期延误的索赔通知：合同编号HG-2020-108，金额￥1,250,000.00元。",
    "Übergabe der Baustelle für Los 3 am 14. März 2023, Größe 12 m²; Façade côté église à réparer",
    "Акт приёмки № 12 от 14 марта 2023 года, стороны договорились о нижеследующем порядке работ",
    "工程 Engineer エンジニア 엔지니어 — αβγ test 2023",
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_is_not_taken_for_noise(text: str) -> None:
    from extractors.readers.pdf_quality import fault

    assert fault(text, 0.0) is None


def test_a_layer_whose_font_says_nothing_goes_through_ocr(tmp_path: Path) -> None:
    def forget(pdf: pikepdf.Pdf) -> None:
        font = pdf.pages[0].Resources.Font[next(k for k in pdf.pages[0].Resources.Font if k != "/F1")]
        del font.ToUnicode
        font.Encoding = pikepdf.Dictionary(
            Type=pikepdf.Name.Encoding,
            Differences=pikepdf.Array([0, *[pikepdf.Name(f"/g{n}") for n in range(256)]]),
        )

    data = edited(made(lines("Ανακοίνωση απαίτησης για καθυστερημένη παράδοση", font="Coded")), forget)
    assert "cannot be used" in pending_page(drafted(data, tmp_path)).reason


def test_cells_of_a_ruled_table_are_slices(tmp_path: Path) -> None:
    rows = [["Item", "Days", "Amount"], ["Idle plant", "12", "1,200.00"], ["Overheads", "30", "4,500.00"]]

    def draw(canvas: Canvas) -> None:
        lines("Schedule of costs")(canvas)
        table = Table(rows, colWidths=100)
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 72, 500)

    page = text_page(drafted(made(draw), tmp_path))
    found = {(c.row, c.column): page.text[c.start : c.end] for c in page.cells}
    assert found == {(r, c): rows[r][c] for r in range(3) for c in range(3)}


def test_a_page_with_rules_but_no_table_has_no_cells(tmp_path: Path) -> None:
    ruled = both(lines("Notice"), lambda canvas: [canvas.line(72, y, 500, y) for y in (650, 600, 550)])
    assert text_page(drafted(made(ruled), tmp_path)).cells == ()


def test_a_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(Encrypted, match=r"letter\.pdf"):
        drafted(made(lines("secret"), encrypt=StandardEncryption("user", "owner")), tmp_path)


def test_an_owner_password_alone_hinders_nobody(tmp_path: Path) -> None:
    locked = made(lines("Notice"), encrypt=StandardEncryption("", "owner", canCopy=0))
    assert text_page(drafted(locked, tmp_path)).text == "Notice"


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"limits\.pages"):
        drafted(made(lines("1"), lines("2"), lines("3")), tmp_path, Limits(pages=2))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4\nnothing in it\n%%EOF", LETTER[:200]])
def test_a_pdf_without_pages_is_corrupt(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Corrupt):
        drafted(data, tmp_path)


@pytest.mark.parametrize("end", [b"\nxref", b"xref", b"trailer", b"%%EOF"])
def test_a_pdf_without_its_end_is_read_and_said_so(tmp_path: Path, end: bytes) -> None:
    draft = drafted(LETTER[: LETTER.index(end)], tmp_path)
    assert text_page(draft).text.startswith("Notice of claim")
    assert bool(draft.notes) is (end != b"%%EOF")


def test_a_page_that_the_repair_lost_is_not_passed_off_as_blank(tmp_path: Path) -> None:
    draft = drafted(LETTER[: LETTER.index(b"stream\n")], tmp_path)
    assert text_page(draft).text == ""
    assert text_page(draft).notes[0].endswith("not read")


def test_attached_files_are_children(tmp_path: Path) -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["../plan 平面.txt"] = b"Area B"

    draft = drafted(edited(LETTER, attach), tmp_path)
    assert [(c.untrusted_name, c.path.read_bytes()) for c in draft.children] == [
        ("../plan 平面.txt", b"Area B")
    ]
    assert draft.children[0].path.parent == tmp_path


def test_what_was_filled_into_a_form_is_text(tmp_path: Path) -> None:
    def form(canvas: Canvas) -> None:
        lines("Claimant:")(canvas)
        canvas.acroForm.textfield(
            name="claimant", value="Harbour Civil Ltd", x=150, y=690, width=200, height=20
        )

    page = text_page(drafted(made(form), tmp_path))
    assert "Harbour Civil Ltd" in page.text
    place = next(w.box for w in page.words if page.text[w.start : w.end] == "Harbour")
    assert place.x0 == pytest.approx(152 / WIDTH, abs=0.02)


def test_metadata_is_named_and_never_empty(tmp_path: Path) -> None:
    def describe(canvas: Canvas) -> None:
        canvas.setTitle("Notice\nof claim")
        canvas.setAuthor("")

    found = dict(drafted(made(describe), tmp_path).metadata)
    assert found["PDF Title"] == "Notice of claim"
    assert found["PDF CreationDate"].startswith("D:2")
    assert all(found.values())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(LETTER) - 1), junk=st.binary(max_size=20), cut=st.booleans())
def test_damage_never_leads_to_another_error(tmp_path: Path, at: int, junk: bytes, cut: bool) -> None:
    damaged = LETTER[:at] + junk + (b"" if cut else LETTER[at + len(junk) :])
    try:
        outcome = f"letter.pdf of {len(drafted(damaged, tmp_path).pages)}"
    except DocumentError as error:
        outcome = error.message
    assert outcome.startswith("letter.pdf")
    assert not outcome.endswith(" 0")
