"""What every OCR engine must do; and that an engine which fails, however it does, costs no more than one document."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path

import pytest
from PIL import Image

from extractors.document import is_han, text_of_lines
from extractors.errors import ClaimtrailError, InstallationError, OcrFailed, TimedOut, WorkerDied
from extractors.limits import Limits
from extractors.ocr import engine, engines
from extractors.ocr.checked import Checked
from extractors.ocr.engine import Engine, OcrImage
from extractors.ocr.pictures import turned, turned_back
from extractors.workers import Workers
from tests.extractors.ocr_fakes import (
    BadText,
    Crashing,
    Fake,
    Hanging,
    Misplacing,
    Raising,
    Silent,
    read_with,
)
from tests.extractors.ocr_pictures import (
    CHINESE,
    ENGLISH,
    HAN_FONT,
    LEFT,
    MIXED,
    RECEIPT,
    RIGHT,
    TRADITIONAL,
    box_of,
    lines_of,
    saved,
    sheet,
    side_by_side,
    text_of,
)

BOTH = ("eng", "chi_sim")


@pytest.fixture(params=engines())
def reader(request: pytest.FixtureRequest) -> Engine:
    return engine(request.param)


def _has(reader: Engine, language: str) -> bool:
    try:
        reader.check([language])
    except InstallationError:
        return False
    return True


def test_english_is_read_with_places(reader: Engine, tmp_path: Path) -> None:
    [found] = reader.recognise([saved(sheet(ENGLISH), tmp_path)], ["eng"], "page", 60)
    assert lines_of(found) == ENGLISH
    assert [len(line) for line in found.lines if line] == [len(line.split()) for line in ENGLISH]
    box = box_of(found, "Notice")
    assert (box.x0, box.y0) == pytest.approx((0.08, 0.095), abs=0.012)
    assert (box.x1, box.y1) == pytest.approx((0.178, 0.126), abs=0.012)
    assert all(0.5 < (sure or 0) <= 1 for _, _, sure in found.words)
    for line in found.lines:
        edges = [edge for _, box, _ in line for edge in (box.x0, box.x1)]
        assert edges == sorted(edges)


def test_chinese_is_read_without_spaces(reader: Engine, tmp_path: Path) -> None:
    [found] = reader.recognise([saved(sheet(CHINESE, HAN_FONT), tmp_path)], ["chi_sim"], "page", 60)
    text = text_of_lines(found.lines)[0]
    for phrase in ("工期延误的索赔", "东湾置业发展有限公司", "收到贵方来函，", "HG-2020-108", "1,250,000.00"):
        assert phrase in text
    assert all(sum(map(is_han, word)) <= 8 for word, _, _ in found.words)


def test_traditional_chinese_is_read_or_said_to_be_missing(reader: Engine, tmp_path: Path) -> None:
    image = saved(sheet(TRADITIONAL, HAN_FONT), tmp_path)
    if not _has(reader, "chi_tra"):
        with pytest.raises(InstallationError, match="chi_tra"):
            reader.recognise([image], ["chi_tra"], "page", 60)
        return
    [found] = reader.recognise([image], ["chi_tra"], "page", 60)
    whole = text_of(found).replace(" ", "")
    for phrase in ("工程延誤的索賠", "保險公司", "賠償損失", "東灣建築有限公司"):
        assert phrase in whole


def test_lines_in_both_scripts(reader: Engine, tmp_path: Path) -> None:
    [found] = reader.recognise([saved(sheet(MIXED, HAN_FONT), tmp_path)], BOTH, "page", 60)
    whole = text_of(found)
    for phrase in ("Invoice No.", "76453392", "Total", "96,382.30", "Date of payment"):
        assert phrase in whole
    assert "发票号码" in whole.replace(" ", "")
    assert "付款日期" in whole.replace(" ", "")


def test_what_stands_level_is_one_line_of_a_receipt(reader: Engine, tmp_path: Path) -> None:
    [found] = reader.recognise([saved(side_by_side(RECEIPT, (80, 840)), tmp_path)], ["eng"], "block", 60)
    assert lines_of(found) == [f"{item} {price}" for item, price in RECEIPT]


def test_columns_are_read_one_after_the_other(reader: Engine, tmp_path: Path) -> None:
    rows = list(zip(LEFT, RIGHT, strict=True))
    [found] = reader.recognise([saved(side_by_side(rows, (60, 590), 24), tmp_path)], ["eng"], "page", 60)
    assert lines_of(found) == LEFT + RIGHT


def test_a_blank_page_is_empty(reader: Engine, tmp_path: Path) -> None:
    image = saved(Image.new("L", (800, 1000), "white"), tmp_path)
    assert text_of(reader.recognise([image], BOTH, "page", 60)[0]) == ""
    assert reader.bearing(image, 60) is None


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_how_a_page_lies_is_told(reader: Engine, tmp_path: Path, quarters: int) -> None:
    page = sheet(ENGLISH[:3]).crop((0, 0, 1000, 300))
    image = saved(page.rotate(-90 * quarters, expand=True), tmp_path)
    bearing = reader.bearing(image, 60)
    assert bearing is not None
    assert bearing.turn == -90 * quarters % 360
    assert bearing.sure >= 1.5
    assert bearing.script == "Latin"
    upright = turned(image, bearing.turn, tmp_path) if bearing.turn else image
    [found] = reader.recognise([upright], ["eng"], "page", 60)
    assert lines_of(found) == ENGLISH[:3]
    box = box_of(turned_back(found, bearing.turn), "Notice")
    left_top = [(box.x0, box.y0), (box.y0, 1 - box.x1), (1 - box.x1, 1 - box.y1), (1 - box.y1, box.x0)]
    assert left_top[quarters] == pytest.approx((0.08, 0.22), abs=0.03)


def test_pages_are_answered_in_order(reader: Engine, tmp_path: Path) -> None:
    pages = [sheet([f"Page number {n} of this letter"]).crop((0, 0, 1000, 140)) for n in range(1, 4)]
    images = [saved(page, tmp_path, n) for n, page in enumerate(pages, 1)]
    found = reader.recognise(images, ["eng"], "page", 60)
    assert [f"number {n} of" in text_of(each) for n, each in enumerate(found, 1)] == [True] * 3
    assert reader.recognise([], ["eng"], "page", 60) == []


def test_the_page_that_fails_is_named(reader: Engine, tmp_path: Path) -> None:
    images = [saved(sheet(ENGLISH[:1]).crop((0, 0, 1000, 200)), tmp_path, n) for n in (4, 5, 6)]
    images[1].path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    with pytest.raises(OcrFailed, match=r"^page 5\b"):
        reader.recognise(images, ["eng"], "page", 60)
    images[1].path.unlink()
    with pytest.raises(OcrFailed, match=r"^page 5\b"):
        reader.recognise(images, ["eng"], "page", 60)


def test_a_language_that_is_missing_is_named_with_the_remedy(reader: Engine, tmp_path: Path) -> None:
    image = saved(sheet(ENGLISH), tmp_path)
    for call in (
        lambda: reader.recognise([image], ["xyz"], "page", 60),
        lambda: reader.check(["eng", "xyz"]),
    ):
        with pytest.raises(InstallationError, match="xyz") as caught:
            call()
        assert caught.value.remedy


def test_it_says_its_version_and_that_all_is_there(reader: Engine) -> None:
    assert reader.version[0].isdigit()
    reader.check(BOTH)


def test_what_takes_too_long_is_ended(reader: Engine, tmp_path: Path) -> None:
    with pytest.raises(TimedOut, match="page 3"):
        reader.recognise([saved(sheet(ENGLISH), tmp_path, 3)], ["eng"], "page", 0.01)


ODD = {
    "a dot": Image.new("L", (1, 1), 0),
    "a hair": Image.new("L", (900, 1), 0),
    "a tower": Image.linear_gradient("L").resize((3, 2000)),
    "black": Image.new("L", (640, 480), 0),
    "noise": Image.effect_noise((300, 300), 120),
}


@pytest.mark.parametrize("name", ODD)
def test_no_picture_is_too_odd(reader: Engine, tmp_path: Path, name: str) -> None:
    image = saved(ODD[name], tmp_path)
    with contextlib.suppress(OcrFailed):
        [found] = reader.recognise([image], ["eng"], "page", 60)
        assert len(text_of(found)) < 200


def test_engines_are_found_by_name() -> None:
    assert {"rapidocr", "tesseract"} <= set(engines())
    assert [engine(name).name for name in engines()] == list(engines())
    with pytest.raises(InstallationError, match="no OCR engine called magic") as caught:
        engine("magic")
    assert "tesseract" in caught.value.remedy


@pytest.mark.parametrize(
    ("fake", "seconds", "error", "says"),
    [
        (Crashing, 30, WorkerDied, "SIGABRT"),
        (Hanging, 1, TimedOut, "1 seconds"),
        (Raising, 30, OcrFailed, "page 1: fake failed"),
        (Misplacing, 30, OcrFailed, "page 1: fake failed"),
    ],
)
def test_an_engine_that_fails_costs_one_document(
    tmp_path: Path, fake: type[Fake], seconds: float, error: type[ClaimtrailError], says: str
) -> None:
    image = saved(sheet(ENGLISH), tmp_path)
    with Workers(1, Limits()) as workers:
        with pytest.raises(error, match=says) as caught:
            workers.submit(read_with, fake, image.path, seconds=seconds, name="scan.png").result(60)
        assert "secret" not in caught.value.message
        assert workers.submit(read_with, BadText, image.path, seconds=30, name="scan.png").result(60) > 0


def test_bad_text_is_made_storable_and_confidences_are_brought_to_order(tmp_path: Path) -> None:
    [found] = Checked(BadText()).recognise([saved(sheet(ENGLISH), tmp_path)], ["eng"], "page", 60)
    assert [word for word, _, _ in found.words] == ["No\ufffdtice", "\ufffdof", "claim", "B"]
    assert [sure for _, _, sure in found.words] == [0.9, 0.0, 1.0, 0.0]
    text = text_of_lines(found.lines)[0]
    assert text.encode("utf-8").decode("utf-8") == text
    assert not any(math.isnan(sure or 0) for _, _, sure in found.words)


def test_an_engine_that_answers_for_fewer_pages_has_failed(tmp_path: Path) -> None:
    images = [OcrImage(tmp_path / f"{n}.png", n, 150) for n in (2, 3)]
    with pytest.raises(OcrFailed, match="page 2 to 3: fake failed"):
        Checked(Silent()).recognise(images, ["eng"], "page", 60)


def test_one_page_of_several_that_an_engine_cannot_take_is_named(tmp_path: Path) -> None:
    class Picky(Fake):
        def recognise(self, images, languages, layout, seconds):  # type: ignore[no-untyped-def]
            if any(image.page == 3 for image in images):
                raise RuntimeError
            return super().recognise(images, languages, layout, seconds)

    images = [OcrImage(tmp_path / f"{n}.png", n, 150) for n in (2, 3, 4)]
    with pytest.raises(OcrFailed, match=r"^page 3: fake failed"):
        Checked(Picky()).recognise(images, ["eng"], "page", 60)
    with pytest.raises(OcrFailed, match=r"^page 2: fake failed"):
        Checked(Raising()).bearing(images[0], 60)


def test_an_engine_that_finds_nothing_gives_empty_pages(tmp_path: Path) -> None:
    images = [OcrImage(tmp_path / f"{n}.png", n, 150) for n in (2, 3)]
    found = Checked(Fake()).recognise(images, ["eng"], "page", 60)
    assert [each.lines for each in found] == [(), ()]
