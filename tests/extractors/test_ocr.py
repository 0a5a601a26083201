"""OCR: what is read, where it stands, and that failure is never an empty page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from extractors.document import Box, PageText, Word, is_han
from extractors.errors import OcrFailed, TesseractMissing, TimedOut
from extractors.limits import Limits
from extractors.ocr import engine
from extractors.ocr.engine import Bearing, Engine, Layout, OcrImage, PageReading, Recognised
from extractors.ocr.merit import confidence, without_noise, without_scenery
from extractors.ocr.options import OcrOptions
from extractors.ocr.pages import page_of
from extractors.ocr.pictures import turned_back
from extractors.ocr.policy import Readers, recognise
from extractors.readers.draft import PendingPage
from tests.extractors import drawn_pages
from tests.extractors.drawn_pages import grained, page
from tests.extractors.ocr_pictures import (
    CHINESE,
    ENGLISH,
    HAN_FONT,
    box_of,
    saved,
    sheet,
    text_of,
)


def read(image: OcrImage, reader: Engine | None = None, options: OcrOptions | None = None) -> Recognised:
    found = read_all([image], reader or engine("tesseract"), options)
    assert len(found) == 1
    return found[0]


def read_all(
    images: Sequence[OcrImage], reader: Engine, options: OcrOptions | None = None
) -> list[Recognised]:
    """What one engine makes of the images."""
    found = recognise(images, Readers(reader, None), options or OcrOptions(), Limits())
    return [reading.found for reading in found]


@pytest.mark.parametrize("mode", ["fast", "auto"])
def test_english_is_read_with_places(tmp_path: Path, mode: str) -> None:
    found = read(saved(sheet(ENGLISH), tmp_path), options=OcrOptions(mode=mode))  # type: ignore[arg-type]
    assert text_of(found) == " ".join(ENGLISH)
    assert [len(line) for line in found.lines if line] == [len(line.split()) for line in ENGLISH]
    box = box_of(found, "Notice")
    assert (box.x0, box.y0) == pytest.approx((0.08, 0.095), abs=0.01)
    assert 0.85 < (confidence(found) or 0) <= 1


def test_chinese_is_recognised_as_such(tmp_path: Path) -> None:
    found = read(saved(sheet(CHINESE, HAN_FONT), tmp_path))
    whole = "".join(word for word, _, _ in found.words)
    for phrase in ("工期延误的索赔", "东湾置业发展有限公司", "HG-2020-108", "1,250,000.00"):
        assert phrase in whole


def test_the_pages_of_a_document_may_be_in_either_script(tmp_path: Path) -> None:
    sheets = [sheet(CHINESE, HAN_FONT), sheet(CHINESE, HAN_FONT), sheet(ENGLISH), sheet(CHINESE, HAN_FONT)]
    images = [saved(each, tmp_path, n) for n, each in enumerate(sheets, 1)]
    found = [text_of(each) for each in read_all(images, engine("tesseract"))]
    assert [any(map(is_han, text)) for text in found] == [True, True, False, True]
    assert found[2] == " ".join(ENGLISH)


@pytest.mark.parametrize(
    ("transpose", "corner"),
    [
        (Image.Transpose.ROTATE_90, (0.086, 0.90)),
        (Image.Transpose.ROTATE_180, (0.90, 0.86)),
        (Image.Transpose.ROTATE_270, (0.87, 0.09)),
    ],
)
def test_a_page_on_its_side_is_read_and_its_boxes_stay(
    tmp_path: Path, transpose: Image.Transpose, corner: tuple[float, float]
) -> None:
    found = read(saved(sheet(ENGLISH).transpose(transpose), tmp_path))
    assert text_of(found) == " ".join(ENGLISH)
    box = box_of(found, "Notice")
    assert box.x0 - 0.06 < corner[0] < box.x1 + 0.06
    assert box.y0 - 0.06 < corner[1] < box.y1 + 0.06


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turning_back_is_the_inverse_of_turning(turn: int) -> None:
    box, back = Box(0.1, 0.2, 0.4, 0.3), {90: 270, 270: 90}.get(turn, turn)
    there = turned_back(Recognised(((("a", box, 1.0),),)), turn)
    again = turned_back(there, back).words[0][1]
    assert (again.x0, again.y0, again.x1, again.y1) == pytest.approx((0.1, 0.2, 0.4, 0.3))


def test_specks_do_not_hinder(tmp_path: Path) -> None:
    picture = sheet(ENGLISH, size=22)
    for n in range(6000):
        picture.putpixel((n * 7919 % 1000, n * 104_729 % 3571 % 700), 0)
    words = set(text_of(read(saved(picture, tmp_path))).split())
    expected = " ".join(ENGLISH).split()
    assert sum(word in words for word in expected) >= 0.85 * len(expected)


def test_nothing_is_read_from_a_photo_without_writing(tmp_path: Path) -> None:
    texture = Image.effect_noise((900, 700), 60).filter(ImageFilter.GaussianBlur(3))
    found = read(saved(texture, tmp_path))
    assert len(text_of(found)) <= 3


def test_a_blank_page_is_empty(tmp_path: Path) -> None:
    found = read(saved(Image.new("L", (800, 1000), "white"), tmp_path))
    assert found.lines == ()
    assert confidence(found) is None


def test_a_missing_program_is_an_error_of_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from extractors.ocr.tesseract import Tesseract

    image = saved(sheet(ENGLISH), tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (
        lambda: Tesseract().recognise([image], ["eng"], "page", 60),
        lambda: Tesseract().check(["eng"]),
    ):
        with pytest.raises(TesseractMissing):
            call()


@pytest.mark.parametrize(
    "script", ["exit 3", "kill -9 $$", "true", 'printf "level\\tpage\\n\\377\\376" > "$2.tsv"'], ids=range(4)
)
def test_a_program_that_fails_never_gives_an_empty_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(OcrFailed, match="page 1"):
        engine("tesseract").recognise([saved(sheet(ENGLISH), tmp_path)], ["eng"], "page", 30)


class Scripted:
    """An engine that answers what it is told to, and keeps what it was asked."""

    name = "scripted"
    version = "1"

    def __init__(self, answers: dict[str, Recognised], fallback: Recognised | Exception) -> None:
        self._answers, self._fallback = answers, fallback
        self.asked: list[tuple[int, str]] = []

    def check(self, _languages: Sequence[str]) -> None:
        return

    def recognise(
        self, images: Sequence[OcrImage], languages: Sequence[str], _layout: Layout, _seconds: float
    ) -> list[Recognised]:
        self.asked.append((len(images), "+".join(languages)))
        answer = self._answers.get("+".join(languages), self._fallback)
        if isinstance(answer, Exception):
            raise answer
        return [answer] * len(images)

    def bearing(self, _image: OcrImage, _seconds: float) -> Bearing | None:
        return Bearing(0, 9.0, "Latin")


def words(*texts: str, sure: float = 0.95) -> Recognised:
    return Recognised((tuple((text, Box(0.1, 0.1, 0.2, 0.12), sure) for text in texts),))


@pytest.mark.parametrize(
    "error", [OcrFailed("page 1: no"), TimedOut("page 1: slow"), TesseractMissing("gone")]
)
def test_what_an_engine_raises_is_passed_on(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)):
        read(saved(sheet(ENGLISH), tmp_path), Scripted({}, error))


def test_clean_print_is_read_once_and_in_lists(tmp_path: Path) -> None:
    images = [saved(sheet(ENGLISH), tmp_path, n) for n in range(12)]
    reader = Scripted({}, words(*" ".join(ENGLISH).split()))
    assert len(read_all(images, reader)) == 12
    assert reader.asked == [(8, "eng"), (4, "eng")]


def test_what_looks_chinese_is_read_as_chinese_at_once(tmp_path: Path) -> None:
    images = [saved(sheet(CHINESE, HAN_FONT), tmp_path, n) for n in range(5)]
    reader = Scripted({"eng": words("FA", "ER", sure=0.2)}, words(*CHINESE, sure=0.95))
    found = read_all(images, reader)
    assert [text_of(each) for each in found] == [" ".join(CHINESE)] * 5
    assert reader.asked == [(5, "chi_sim")]


@pytest.mark.parametrize(
    ("script", "languages"), [("en", "eng"), ("zh", "eng+chi_sim"), ("both", "eng+chi_sim")]
)
def test_fast_is_one_pass_in_the_languages_of_the_page(tmp_path: Path, script: str, languages: str) -> None:
    reader = Scripted({}, words("doubt", sure=0.3))
    drawn = page("zh" if script == "zh" else "en", px=20)
    if script == "both":
        drawn = np.vstack([drawn, page("zh", px=20, lines=6)])
    read(drawn_pages.saved(grained(drawn), tmp_path), reader, OcrOptions(mode="fast"))
    assert reader.asked == [(1, languages)]


def test_accurate_tries_more_and_keeps_the_best(tmp_path: Path) -> None:
    best = words(*" ".join(ENGLISH).split(), sure=0.97)
    reader = Scripted({"eng+chi_sim": best}, words(*" ".join(ENGLISH).split(), sure=0.9))
    found = read(saved(sheet(ENGLISH), tmp_path), reader, OcrOptions(mode="accurate"))
    assert len(reader.asked) >= 3
    assert found == best


@pytest.mark.parametrize(
    ("word", "sure", "kept"),
    [("~", 0.4, False), ("ae", 0.1, False), ("|;.", 0.45, False), ("No", 0.5, True), ("Total", 0.2, True),
     ("75.00", 0.2, True), ("&", 0.8, True), ("元", 0.9, True), ("元", 0.1, False)],
)  # fmt: skip
def test_noise_is_told_from_words(word: str, sure: float, kept: bool) -> None:
    found = without_noise(Recognised((*words("Notice", "of", "claim").lines, *words(word, sure=sure).lines)))
    assert (word in text_of(found).split()) is kept


@pytest.mark.parametrize(
    ("word", "sure", "kept"),
    [("G", 0.77, False), ("ASNO", 0.86, False), ("00", 0.9, False), ("六", 0.8, False), ("■", 0.99, False),
     ("6", 0.99, True), ("STOP", 0.95, True), ("工地", 0.92, True)],
)  # fmt: skip
def test_in_scenery_only_certain_words_are_words(word: str, sure: float, kept: bool) -> None:
    assert bool(without_scenery(words(word, sure=sure)).words) is kept


def test_a_sign_in_scenery_is_kept_whole() -> None:
    sign = Recognised(
        (*words("HARBOUR").lines, (*words("Road").lines[0], *words("works", sure=0.6).lines[0]))
    )
    assert text_of(without_scenery(sign)) == "HARBOUR Road works"


def typed(*texts: str, y: float) -> PageText:
    text, start, found = " ".join(texts), 0, []
    for number, each in enumerate(texts):
        found.append(Word(start, start + len(each), Box(0.2 * number, y, 0.2 * number + 0.1, y + 0.02)))
        start += len(each) + 1
    return PageText(text, 600, 800, words=tuple(found))


@pytest.mark.parametrize(("y", "expected"), [(0.95, "Notice\nABC000123"), (0.01, "ABC000123\nNotice\n")])
def test_typed_words_are_kept_and_ocr_adds_what_they_lack(y: float, expected: str) -> None:
    lines = ((("Notice", Box(0.1, 0.5, 0.2, 0.52), 0.9),), (("A8C0O0123", Box(0.0, y, 0.1, y + 0.019), 0.6),))
    pending = PendingPage(Path("x"), 600, 800, 200, "a scan", typed("ABC000123", y=y))
    page = page_of(pending, PageReading(Recognised(lines), "tesseract 5"))
    assert page.text == expected
    assert [page.text[w.start : w.end] for w in page.words] == page.text.split()
    assert (page.source, page.engine) == ("ocr", "tesseract 5")
    assert page.confidence == pytest.approx(0.9)
    assert {w.confidence for w in page.words} == {None, 0.9}


def test_han_words_are_joined_without_spaces_and_paragraphs_parted() -> None:
    lines = (words("索赔", "通知", "No.", "7").lines[0], (), words("end").lines[0])
    page = page_of(
        PendingPage(Path("x"), 600, 800, 200, "a scan"),
        PageReading(Recognised(lines), "tesseract 5", ("why",)),
    )
    assert page.text == "索赔通知 No. 7\n\nend\n"
    assert page.notes == ("a scan", "why")
