"""Marks on cited words: at their boxes however the page lies, taken off without a trace, and told why."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Name
from PIL import Image

from extractors.document import Box, Document
from pipeline.bundle import Case, CaseEvent, build, check
from pipeline.highlights import highlights
from pipeline.links import Link, Reason
from pipeline.renditions.geometry import View
from tests.pipeline.bundle_cases import MADE, case_of, exhibit, pdf, text_document
from tests.pipeline.scanned import LETTER, Sheet, document, page, places, recognised, scan_pdf

E1 = CaseEvent("CLM-001/E1", "Access refused", MADE.date())


def marked(path: Path, media_type: str, read: Document, *words: str) -> Case:
    """A case of one exhibit whose links rest on these words, each where it first stands."""
    reasons = []
    for word in words:
        start = read.text.index(word)
        reasons.append(Reason("text", 1.0, "", read.page_at(start).number, start, start + len(word)))
    link = Link("doc", 1, E1.id, 0.9, (*reasons, *reasons, Reason("kind", 0.1, "a letter")))
    one = exhibit(path, media_type, document=read, highlights=lambda: highlights(read, [link, link]))
    return case_of(one, events=(E1,))


def built(case: Case, out: Path) -> Path:
    report = build(case, out)
    assert check(report.path).faults == ()
    return report.path / "data/bundle.pdf"


def notes(path: Path, number: int = 4) -> list[tuple[Any, Box]]:
    """The marks on a page, with the part of the page that their quads cover as it is seen."""
    found = []
    with pikepdf.open(path) as file:
        shown = file.pages[number]
        view = View.of(shown)
        for note in shown.obj.get("/Annots", []):
            if note.Subtype == Name.Highlight:
                quad = [float(v) for v in note.QuadPoints]
                a, b, c, d, e, f = view.matrix
                turned = [
                    ((x - e) * a + (y - f) * b, (x - e) * c + (y - f) * d)
                    for x, y in zip(quad[::2], quad[1::2], strict=True)
                ]
                xs, ys = zip(*turned, strict=True)
                box = min(xs) / view.width, 1 - max(ys) / view.height
                found.append(
                    (str(note.Contents), Box.clamped(*box, max(xs) / view.width, 1 - min(ys) / view.height))
                )
    return found


def close(one: Box, other: Box, by: float = 0.004) -> bool:
    pairs = zip(one.as_list(), other.as_list(), strict=True)
    return all(abs(a - b) < by for a, b in pairs)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (40.0, 60.0, 520.0, 800.0)])
def test_words_of_a_scan_are_marked_where_they_stand(
    tmp_path: Path, rotate: int, crop: tuple[float, float, float, float] | None
) -> None:
    sheet = Sheet((-10, 20, 585, 862), crop, rotate)
    path = scan_pdf(tmp_path / "scan.pdf", [sheet])
    read = document([page(recognised(LETTER, sheet.seen), sheet.seen)])
    bundle = built(marked(path, "application/pdf", read, "2023", "claimed"), tmp_path / "bundle")
    boxes = {read.text[word.start : word.end]: word.box for word in read.pages[0].words}
    found = notes(bundle)
    assert [says for says, _ in found] == ["CLM-001/E1  Access refused"] * 2
    for (_, box), word in zip(found, ("2023", "claimed"), strict=True):
        wanted = next(own for text, own in boxes.items() if word in text)
        assert close(box, wanted)


def test_words_of_a_typed_page_are_marked_where_a_reader_finds_them(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", ["first page", "Access to Area B is refused"])
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        file.pages[1].Rotate = 90
        file.save(path)
    words = [*places(path), *places(path, 1)]
    own = page([[(word, box, 0.9) for word, box in words[:2]]]), page([[(w, b, 0.9) for w, b in words[2:]]])
    bundle = built(marked(path, "application/pdf", document(own), "Area B"), tmp_path / "bundle")
    ((_, box),) = notes(bundle, 5)
    at = dict(places(bundle, 5))
    assert close(box, Box.around([at["Area"], at["B"]]) or box)
    assert notes(bundle, 4) == []


def test_words_over_two_lines_have_a_quad_for_each(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "scan.pdf")
    read = document([page(recognised(["notice of", "delay today"]))])
    bundle = built(marked(path, "application/pdf", read, "of\ndelay"), tmp_path / "bundle")
    with pikepdf.open(bundle) as file:
        (note,) = [one for one in file.pages[4].Annots if one.Subtype == Name.Highlight]
        assert len(note.QuadPoints) == 16
        y = [float(v) for v in note.QuadPoints][1::2]
        assert min(y[:4]) > max(y[4:])


def test_words_on_a_photo_are_marked_within_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "plate.png"
    Image.new("RGB", (400, 300), "white").save(path)
    box = Box(0.25, 0.5, 0.75, 0.75)
    read = document([page([[("B·12345", box, 0.9)]], (400, 300))], "image/png")
    bundle = built(marked(path, "image/png", read, "B·12345"), tmp_path / "bundle")
    ((_, found),) = notes(bundle)
    with pikepdf.open(bundle) as file:
        view = View.of(file.pages[4])
        wide, high = (found.x1 - found.x0) * view.width, (found.y1 - found.y0) * view.height
    assert (round(wide / high, 2), round(wide)) == (round(200 / 75, 2), 200)


MAIL = """Dear Sir,

the access was refused. 我方于2023年3月14日再次被拒绝进入现场。{filler}
The access was refused again, and again.
"""


@pytest.mark.parametrize(
    ("words", "before"),
    [("access was refused", ""), ("再次被拒绝进入现场", "3月14日"), ("refused again", "The access was ")],
)
@pytest.mark.parametrize("filler", ["", "工期延误，" * 300], ids=["short", "over pages"])
def test_words_of_a_mail_are_marked_where_its_text_is_set(
    tmp_path: Path, words: str, before: str, filler: str
) -> None:
    path = tmp_path / "access was refused.eml"
    path.write_text("x")
    read = text_document([MAIL.format(filler=filler)], "message/rfc822")
    bundle = built(marked(path, "message/rfc822", read, words), tmp_path / "bundle")
    with pikepdf.open(bundle) as file:
        last = len(file.pages)
    ((number, box),) = [(at, box) for at in range(4, last) for _, box in notes(bundle, at)]
    shown = pypdfium2.PdfDocument(bundle)
    side = shown[number]
    wide, high = side.get_size()
    text = side.get_textpage()
    corners = box.x0 * wide - 1, (1 - box.y1) * high - 1, box.x1 * wide + 1, (1 - box.y0) * high + 1
    said = text.get_text_bounded(*corners)
    around = text.get_text_bounded(0, corners[1], wide, corners[3])
    shown.close()
    assert said.strip() == words
    assert before in around


def test_a_mark_taken_off_leaves_the_page_as_it_was(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "scan.pdf")
    case = marked(path, "application/pdf", document([page(recognised(LETTER))]), "claimed")
    plain = built(
        case_of(exhibit(path, "application/pdf", document=case.exhibits[0].document), events=(E1,)),
        tmp_path / "a",
    )
    with_marks = built(case, tmp_path / "b")
    before, after = _seen(plain.read_bytes()), _seen(with_marks.read_bytes())
    assert np.abs(before - after).max() > 40, "the mark is seen"
    with pikepdf.open(with_marks) as file:
        shown = file.pages[4]
        shown.Annots = pikepdf.Array([note for note in shown.Annots if note.Subtype != Name.Highlight])
        out = BytesIO()
        file.save(out)
    assert np.array_equal(before, _seen(out.getvalue()))


def _seen(data: bytes) -> np.ndarray:
    file = pypdfium2.PdfDocument(data)
    try:
        return np.asarray(file[4].render(scale=1, may_draw_forms=True).to_pil().convert("RGB"), dtype=int)
    finally:
        file.close()


def test_ink_shows_through_a_mark(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", ["MMMM"])
    word, box = places(path)[0]
    bundle = built(
        marked(path, "application/pdf", document([page([[(word, box, 0.9)]])]), word), tmp_path / "b"
    )
    seen = _seen(bundle.read_bytes())
    high, wide = seen.shape[:2]
    spot = seen[
        int(box.y0 * high) + 2 : int(box.y1 * high) - 1, int(box.x0 * wide) + 2 : int(box.x1 * wide) - 1
    ]
    assert spot.min() < 80, "the letters"
    assert spot.max(axis=(0, 1))[2] < 150, "no white is left between them"


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), (5, 5), (9, 4), (10_000, 10_010)],
    ids=["no place", "empty", "back", "beyond"],
)
def test_reasons_without_a_place_mark_nothing(start: int | None, end: int | None) -> None:
    read = text_document(["Access refused"])
    link = Link("doc", 1, E1.id, 0.9, (Reason("date", 1.0, "", 1, start, end),))
    assert list(highlights(read, [link])) == []


def test_a_damaged_file_shown_as_text_is_marked_in_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nbroken")
    read = document([page(recognised(["what was saved of it"]))])
    bundle = built(marked(path, "application/pdf", read, "saved"), tmp_path / "bundle")
    ((_, box),) = notes(bundle)
    at = dict(places(bundle, 4))
    assert close(box, at["saved"], 0.01)
