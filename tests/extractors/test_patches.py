"""Places of a page that the fast engine is not sure of, or passed over, are read by the better one, and only these."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from extractors.document import Box, Piece
from extractors.errors import OcrFailed
from extractors.limits import Limits
from extractors.ocr import engine
from extractors.ocr.engine import Bearing, Layout, Line, OcrImage, PageReading, Recognised
from extractors.ocr.options import OcrOptions
from extractors.ocr.policy import Readers, recognise
from extractors.ocr.splicing import spliced
from tests.extractors.ocr_pictures import HAN_FONT, LATIN_FONT, box_of, lines_of, saved, text_of, write

LINES = (
    "We refer to your letter dated 14 March 2023 and",
    "give notice that access was refused on the site.",
    "The additional cost amounts to one hundred USD",
    "and the works were delayed by thirty whole days.",
    "The Engineer is asked to determine an extension",
    "of the Time for Completion under clause twenty.",
    "Copies of the records are enclosed for your use.",
    "Yours faithfully, for Harbour Civil Limited only",
)
WIDE, HIGH, STEP, TOP = 1240, 1000, 100, 80


def page(folder: Path, lines: Sequence[str] = LINES, han: Sequence[int] = ()) -> OcrImage:
    picture = Image.new("L", (WIDE, HIGH), 255)
    for number, line in enumerate(lines):
        write(picture, (90, TOP + number * STEP), line, HAN_FONT if number in han else LATIN_FONT, 34)
    return saved(picture, folder)


def told(
    lines: Sequence[str] = LINES, doubtful: Sequence[int] = (), missing: Sequence[int] = ()
) -> Recognised:
    """What an engine says that reads all lines, some without being sure, and passes over some."""
    found: list[Line] = []
    for number, line in enumerate(lines):
        if number not in missing:
            y, sure = (TOP + number * STEP) / HIGH, 0.6 if number in doubtful else 0.96
            font, begin = ImageFont.truetype(LATIN_FONT, 34), 90.0
            words: list[Piece] = []
            for word in line.split():
                end = begin + font.getlength(word)
                words.append((word, Box(begin / WIDE, y, end / WIDE, y + 0.045), sure))
                begin = end + font.getlength(" ")
            found.append(tuple(words))
    return Recognised(tuple(found))


class Fake:
    version = "1"

    def __init__(self, name: str, page: Recognised, cutting: Recognised | Exception = Recognised(())) -> None:  # noqa: B008
        self.name, self._page, self._cutting = name, page, cutting
        self.cuttings: list[tuple[int, int]] = []
        self.pages = 0

    def check(self, _languages: Sequence[str]) -> None:
        return

    def recognise(
        self, images: Sequence[OcrImage], _languages: Sequence[str], layout: Layout, _seconds: float
    ) -> list[Recognised]:
        if layout == "page":
            self.pages += len(images)
            return [self._page] * len(images)
        if isinstance(self._cutting, Exception):
            raise self._cutting
        for image in images:
            with Image.open(image.path) as picture:
                self.cuttings.append(picture.size)
        return [self._cutting] * len(images)

    def bearing(self, _image: OcrImage, _seconds: float) -> Bearing | None:
        return None


def read(image: OcrImage, fast: Fake, best: Fake) -> PageReading:
    (found,) = recognise([image], Readers(fast, best), OcrOptions(), Limits())
    return found


def cutting(*words: str, sure: float = 0.98) -> Recognised:
    share = 1 / len(words)
    return Recognised(
        (tuple((w, Box(n * share, 0.2, (n + 1) * share, 0.8), sure) for n, w in enumerate(words)),)
    )


@pytest.mark.parametrize("how", ["doubtful", "missing"])
def test_one_line_is_read_again_and_stands_where_it_stands_on_the_page(tmp_path: Path, how: str) -> None:
    fast = Fake("quick", told(**{how: [3]}))
    best = Fake("good", told(), cutting(*LINES[3].split()))
    found = read(page(tmp_path), fast, best)
    assert lines_of(found.found) == list(LINES)
    assert (found.engine, best.pages, len(best.cuttings)) == ("quick 1", 0, 1)
    assert found.reasons == ("clean print, 1 doubtful place read by good",)
    wide, high = best.cuttings[0]
    assert (wide < 0.9 * WIDE, high < STEP) == (True, True)
    box = box_of(found.found, "delayed")
    assert TOP + 3 * STEP - 20 < box.y0 * HIGH < box.y1 * HIGH < TOP + 4 * STEP - 20


def test_a_doubtful_line_stays_where_the_other_engine_sees_less(tmp_path: Path) -> None:
    best = Fake("good", told(), cutting("an", sure=0.5))
    found = read(page(tmp_path), Fake("quick", told(doubtful=[3])), best)
    assert (lines_of(found.found), found.engine, best.pages) == (list(LINES), "quick 1", 0)
    assert (len(best.cuttings), found.reasons) == (1, ("clean print",))


def test_what_the_lines_of_a_table_were_taken_for_is_no_text(tmp_path: Path) -> None:
    strange = (("|", Box(0.02, 0.05, 0.021, 0.9), 0.9), ("oes", Box(0.95, 0.9, 0.99, 0.95), 0.2))
    said = told()
    best = Fake("good", told())
    found = read(page(tmp_path), Fake("quick", Recognised((*said.lines, strange))), best)
    assert (lines_of(found.found), best.pages, best.cuttings) == (list(LINES), 0, [])


def test_a_page_with_many_doubtful_lines_is_read_again_as_a_whole(tmp_path: Path) -> None:
    best = Fake("good", told())
    found = read(page(tmp_path), Fake("quick", told(doubtful=range(5))), best)
    assert (found.engine, best.pages, best.cuttings) == ("good 1", 1, [])


def test_where_the_better_engine_fails_on_a_place_the_fast_one_tries_harder(tmp_path: Path) -> None:
    best = Fake("good", told(), OcrFailed("page 1: no"))
    found = read(page(tmp_path), Fake("quick", told(doubtful=[3]), cutting("x")), best)
    assert (found.engine, best.pages) == ("quick 1", 0)
    assert found.reasons[0] == "good failed: ocr_failed"
    assert "refused" in text_of(found.found)


@pytest.mark.parametrize(("read_as", "sure", "notes"), [("2023", 0.98, 0), ("2028", 0.3, 1)])
def test_a_figure_that_was_read_in_two_ways_is_disputed(
    tmp_path: Path, read_as: str, sure: float, notes: int
) -> None:
    said = [list(line) for line in told().lines]
    said[0][-2] = ("2023", said[0][-2][1], 0.6)
    best = Fake("good", told(), cutting(read_as))
    found = read(page(tmp_path), Fake("quick", Recognised(tuple(map(tuple, said)))), best)
    assert [c for w, _, c in found.found.words if w == read_as] == [sure]
    assert [n for n in found.reasons if "was read as" in n] == ["“2028” was read as “2023” by quick"] * notes


def test_chinese_lines_among_english_ones_are_read_by_the_engine_that_can(tmp_path: Path) -> None:
    lines = list(LINES)
    lines[2], lines[5] = "索赔金额为人民币一百万元整", "工期应予顺延三十天"
    image = page(tmp_path, lines, han=(2, 5))
    (found,) = recognise([image], Readers(engine("tesseract"), engine("rapidocr")), OcrOptions(), Limits())
    assert lines_of(found.found) == lines
    assert found.engine.startswith("tesseract")
    assert "doubtful place" in found.reasons[0]


def test_a_cell_that_was_passed_over_joins_its_row_and_a_line_of_a_column_its_column() -> None:
    def piece(word: str, x: float, y: float, wide: float) -> Piece:
        return word, Box(x, y, x + wide, y + 0.02), 0.95

    table = [
        (piece("Item", 0.1, 0.1, 0.2), piece("Sum", 0.7, 0.1, 0.1)),
        (piece("Pump", 0.1, 0.13, 0.2),),
        (piece("Hose", 0.1, 0.16, 0.2), piece("20.00", 0.7, 0.16, 0.1)),
    ]
    (*_, second, third) = spliced(table, [(piece("10.00", 0.7, 0.13, 0.1),)], (1000, 700))
    assert [word for word, _, _ in second] == ["Pump", "10.00"]
    assert third == table[2]
    columns = [
        (piece("left one", 0.1, 0.1, 0.35),),
        (piece("left three", 0.1, 0.16, 0.35),),
        (),
        (piece("right one", 0.6, 0.1, 0.35),),
        (piece("right two", 0.6, 0.13, 0.35),),
        (piece("right three", 0.6, 0.16, 0.35),),
    ]
    found = spliced(columns, [(piece("left two", 0.1, 0.13, 0.35),)], (1000, 700))
    assert [" ".join(word for word, _, _ in line) for line in found] == [
        *("left one", "left two", "left three", ""),
        *("right one", "right two", "right three"),
    ]
    above = spliced(columns, [(piece("heading", 0.1, 0.02, 0.35),)], (1000, 700))
    assert above[0][0][0] == "heading"
