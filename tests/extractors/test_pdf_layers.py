"""Text layers that say something else than the page shows, and those that do not."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors import reading
from extractors.document import Box, Document, Page, PageText
from extractors.errors import TesseractMissing
from extractors.extract import READ_VERSION
from extractors.limits import Limits
from extractors.ocr.checked import Checked
from extractors.ocr.options import OcrOptions
from extractors.ocr.policy import Readers
from extractors.readers import read
from extractors.readers.draft import Draft, Input
from extractors.reading import read_document
from tests.extractors.layer_pages import (
    CHINESE,
    ENGLISH,
    HAN,
    LEFT,
    OTHERS,
    TOP,
    Sheet,
    both,
    box,
    clipped,
    exchanged,
    file_of,
    outlines,
    pasted,
    register_fonts,
    scan,
    shifted,
    turned,
    typed,
)
from tests.extractors.ocr_fakes import Fake, Raising
from tests.extractors.ocr_pictures import HAN_FONT

OCR = OcrOptions(mode="fast", engine="tesseract", slots=2)
DIFFERS = "the text layer says something else than the page shows; read by OCR"
UNCHECKED = "the text layer could not be checked against the page"
TYPED, SEEN = " ".join(ENGLISH), " ".join(OTHERS)
SPACED = [" ".join(line.replace(" ", "")) for line in ENGLISH]
DOUBLED = ["".join(char * 2 for char in line) for line in ENGLISH]
NOISE = [
    *("SCT LPI TERY FAI aa BI", "Be ABER ERA AA", "RAT=A+W AW BY SPE TBI", "BE Eis SHU F: ABAD AAS"),
    *("AA HE AM LR WETS Ab", "AE ARB LLY RK=+ KR ET", "HAM 445 RT HEAL ABER", "BSL KL ARA"),
]
FEW, HIDDEN = ENGLISH[:5], ENGLISH[5:7]
HIDDEN_AT = (LEFT, 60.0)


class Case(NamedTuple):
    """A page, and what is to come of it: whose text, which words it has and lacks, how its note begins."""

    sheet: Sheet
    source: str
    says: str
    not_says: str = "tulips"
    note: str | None = None


def kept(sheet: Sheet, says: str = TYPED) -> Case:
    return Case(sheet, "text", says)


def replaced(sheet: Sheet, says: str, not_says: str = "Holloway") -> Case:
    return Case(sheet, "ocr", says, not_says, DIFFERS)


def hidden(sheet: Sheet, words: int = 19) -> Case:
    return Case(sheet, "text", " ".join(FEW), "diary", f"{words} words of hidden text")


STAMP = typed(["HCL 000145"], at=(300, 20))
CASES = {
    "typed": kept(Sheet(typed())),
    "typed in Chinese": kept(Sheet(typed(CHINESE, "Han")), "工期延误的索赔通知书"),
    "white on dark": kept(
        Sheet(
            both(
                box(30, 230, 300, 50, 0.1), typed(ENGLISH[:1], white=True), typed(ENGLISH[1:], at=(LEFT, 200))
            )
        )
    ),
    "fake bold": kept(Sheet(both(typed(), typed(at=(LEFT + 0.4, TOP))))),
    "seen and unseen": kept(Sheet(both(typed(), typed(mode=3)))),
    "letters exchanged": replaced(
        Sheet(typed(font="Latin"), exchanged(shifted(string.ascii_lowercase, 7))), "late possession of Area B"
    ),
    "figures exchanged": replaced(
        Sheet(typed(font="Latin"), exchanged(shifted(string.digits))), "amounts to 1257800 dollars", "5356"
    ),
    "figures of a coded font": replaced(
        Sheet(typed(font="Coded"), exchanged(shifted(string.digits))), "amounts to 1257800 dollars", "5356"
    ),
    "Chinese exchanged": replaced(
        Sheet(typed(CHINESE, "Han"), exchanged(shifted(HAN, 17))), "关于工期延误的索赔通知书"
    ),
    "white": hidden(Sheet(both(typed(FEW), typed(HIDDEN, at=HIDDEN_AT, white=True)))),
    "invisible": hidden(Sheet(both(typed(FEW), typed(HIDDEN, at=HIDDEN_AT, mode=3)))),
    "tiny": hidden(Sheet(both(typed(FEW), typed(HIDDEN, at=HIDDEN_AT, size=0.5)))),
    "clipped": hidden(Sheet(both(typed(FEW), clipped(typed(HIDDEN, at=HIDDEN_AT))))),
    "beside the page": hidden(Sheet(both(typed(FEW), typed(HIDDEN, at=(LEFT, -60))))),
    "blacked out": hidden(Sheet(both(typed(FEW), typed(HIDDEN, at=HIDDEN_AT), box(30, 30, 350, 50, 0)))),
    "beneath a scan": kept(Sheet(both(typed(), scan()))),
    "a good copier's": kept(Sheet(both(scan(), typed(mode=3)))),
    "a good one in Chinese": kept(
        Sheet(both(scan(CHINESE, HAN_FONT), typed(CHINESE, "Han", mode=3))), "工期延误的索赔通知书"
    ),
    "a good one, turned": kept(Sheet(both(scan(), typed(mode=3)), turned)),
    "a good one, stamped": kept(Sheet(both(scan(), typed(mode=3), STAMP)), f"{TYPED} HCL 000145"),
    "another page's": replaced(Sheet(both(scan(), typed(OTHERS, mode=3))), TYPED),
    "another page's, turned": replaced(Sheet(both(scan(), typed(OTHERS, mode=3)), turned), TYPED),
    "another page's, stamped": replaced(
        Sheet(both(scan(), typed(OTHERS, mode=3), STAMP)), f"{TYPED} HCL 000145"
    ),
    "spaced out": replaced(Sheet(both(scan(), typed(SPACED, mode=3, size=7))), TYPED, "N o t i c e"),
    "doubled": replaced(Sheet(both(scan(), typed(DOUBLED, mode=3, size=7))), TYPED, "NNoottiiccee"),
    "Chinese taken for Latin": replaced(
        Sheet(both(scan(CHINESE, HAN_FONT), typed(NOISE, mode=3))), "工期延误的索赔通知书", "ABER"
    ),
    "a part of it": replaced(Sheet(both(scan(), typed(ENGLISH[:3], mode=3))), TYPED),
    "a pasted scan": Case(
        Sheet(both(typed(size=9), typed(CHINESE, "Han", size=6, at=(260, 262)), pasted(OTHERS[:5], 10, 115))),
        "ocr",
        f"{TYPED} {OTHERS[0]}",
        "thanked",
        "a picture within the page holds writing",
    ),
    "outlines": Case(Sheet(outlines(ENGLISH)), "ocr", TYPED, note="the page is drawn without text"),
    "outlines with a typed head": Case(
        Sheet(both(typed(ENGLISH[:1]), outlines(["", *ENGLISH[1:]]))),
        "ocr",
        TYPED,
        note="letters drawn as outlines",
    ),
}


@pytest.fixture(autouse=True, scope="module")
def fonts() -> None:
    register_fonts()


@pytest.fixture(scope="module")
def documents(fonts: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Document, int]]:
    """Each case as a page of a file with others in its script, as Tesseract reads it, and its number there."""
    found = {}
    for languages in (("eng",), ("eng", "chi_sim")):
        names = [name for name in CASES if ("Chinese" in name) is (len(languages) > 1)]
        folder = tmp_path_factory.mktemp("layers")
        path = stored(folder, *(CASES[name].sheet for name in names))
        options = replace(OCR, languages=languages)
        document = read_document(path, "x.pdf", folder, Limits(), options).document
        found |= {name: (document, number) for number, name in enumerate(names, 1)}
    return found


def stored(folder: Path, *sheets: Sheet) -> Path:
    path = folder / "stored"
    path.write_bytes(file_of(*sheets))
    return path


@pytest.mark.parametrize("name", CASES)
def test_the_text_of_a_page_is_what_it_shows(documents: dict[str, tuple[Document, int]], name: str) -> None:
    document, number = documents[name]
    page, text = document.pages[number - 1], document.page_text(number)
    _, source, says, not_says, note = CASES[name]
    assert page.source == source
    assert all(text.count(word) >= says.split().count(word) for word in says.split())
    assert not_says not in " ".join(text.split())
    assert [n.startswith(note) for n in page.notes] == [True] if note else page.notes == ()
    assert not document.unread


@pytest.mark.parametrize("name", CASES)
def test_every_word_is_a_slice_with_its_place(documents: dict[str, tuple[Document, int]], name: str) -> None:
    document, number = documents[name]
    page = document.pages[number - 1]
    words = [document.text[w.start : w.end] for w in page.words]
    assert "".join(words) == "".join(document.page_text(number).split())
    assert all(w.box.x0 < w.box.x1 and w.box.y0 < w.box.y1 for w in page.words)


@pytest.mark.parametrize("name", ["fake bold", "seen and unseen"])
def test_what_is_painted_twice_counts_once(documents: dict[str, tuple[Document, int]], name: str) -> None:
    document, number = documents[name]
    assert document.page_text(number).split() == TYPED.split()


def drafted(folder: Path, *sheets: Sheet) -> Draft:
    return read(Input(stored(folder, *sheets), "x.pdf", "application/pdf", folder, Limits()))


LATIN_WORDS = sorted({word for line in (*ENGLISH, *OTHERS) for word in line.split()})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.lists(st.sampled_from(LATIN_WORDS), min_size=1, max_size=7).map(" ".join), min_size=1, max_size=12
    )
    | st.lists(st.sampled_from(CHINESE), min_size=1, max_size=12),
    turn=st.sampled_from([0, 90, 180, 270]),
    grey=st.sampled_from([0.0, 0.5, 0.8]),
)
def test_a_clean_typed_page_is_never_sent_to_ocr(
    tmp_path: Path, lines: list[str], turn: int, grey: float
) -> None:
    font = "Han" if lines[0] in CHINESE else "Latin"
    page = both(lambda canvas: canvas.setFillGray(grey), typed(lines, font))
    (found,) = drafted(tmp_path, Sheet(page, lambda pdf: pdf.pages[0].rotate(turn, relative=False))).pages
    assert isinstance(found, PageText)
    assert sorted(found.text.split()) == sorted(" ".join(lines).split())
    assert found.notes == ()


def test_a_letterhead_without_writing_is_not_read(tmp_path: Path) -> None:
    draft = drafted(tmp_path, *[Sheet(both(pasted([], 10, 100), typed())) for _ in range(2)])
    assert all(isinstance(page, PageText) for page in draft.pages)


def broken(engine: Fake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[Page]:
    """A page of an exchanged layer as it is read with an engine that cannot read."""
    monkeypatch.setattr(reading, "readers_for", lambda _: Readers(Checked(engine), None))
    path = stored(folder, Sheet(both(scan(), typed(OTHERS, mode=3))))
    return read_document(path, "x.pdf", folder, Limits(), OCR).document.pages


class Unsure(Fake):
    def answer(self) -> tuple[tuple[tuple[str, Box, float], ...], ...]:
        return ((("Ncticc", Box(0.1, 0.1, 0.2, 0.2), 0.3),),)


@pytest.mark.parametrize(
    ("engine", "why"), [(Raising(), "OCR failed"), (Fake(), "too little"), (Unsure(), "too little")]
)
def test_a_layer_that_cannot_be_checked_stays_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Fake, why: str
) -> None:
    (page,) = broken(engine, tmp_path, monkeypatch)
    assert (page.source, len(page.words)) == ("text", len(SEEN.split()))
    (note,) = page.notes
    assert note.startswith(UNCHECKED)
    assert why in note
    assert not note.endswith("not read")


def test_without_an_engine_layers_stay_but_scans_are_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_options: OcrOptions) -> Readers:
        raise TesseractMissing("gone")

    monkeypatch.setattr(reading, "readers_for", missing)
    path = stored(tmp_path, Sheet(both(scan(), typed(mode=3))))
    (page,) = read_document(path, "x.pdf", tmp_path, Limits(), OCR).document.pages
    assert page.notes[0].startswith(UNCHECKED)
    path = stored(tmp_path, Sheet(both(scan(), typed(mode=3))), Sheet(scan()))
    with pytest.raises(TesseractMissing):
        read_document(path, "x.pdf", tmp_path, Limits(), OCR)


def test_a_page_is_a_picture_only_where_it_was_read_as_one(tmp_path: Path) -> None:
    path = stored(tmp_path, Sheet(both(scan(), typed(mode=3))), Sheet(both(scan(), typed(OTHERS, mode=3))))
    found = read_document(path, "x.pdf", tmp_path, Limits(), OCR)
    assert [number for number, _ in found.pictures] == [2]


def test_readings_of_before_are_made_anew() -> None:
    assert READ_VERSION >= 3
