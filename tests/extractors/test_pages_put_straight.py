"""Pages as scanners and cameras deliver them: what is read is right, and boxes lie where the words are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.document import Document
from extractors.extract import extract
from extractors.limits import Limits
from extractors.ocr.options import OcrMode, OcrOptions
from tests.extractors.drawn_pages import (
    HAN_FONT,
    LATIN_FONT,
    QUAD,
    Grey,
    Points,
    grained,
    photographed,
    rotated,
    shadowed,
)
from tests.extractors.ocr_pictures import ENGLISH, LEFT, RIGHT, TRADITIONAL, side_by_side

SIZE = (1000, 1300)
LINES = (ENGLISH * 2)[:9]
PX, STEP, MARGIN = 32, 70, 70


@dataclass(frozen=True)
class Drawn:
    """A sheet, and where the middles of some words are on it (pixels)."""

    picture: Grey
    places: dict[str, tuple[float, float]]


def sheet(px: int = PX) -> Drawn:
    """Lines of print of which three words stand nowhere else."""
    picture = Image.new("L", SIZE, 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(LATIN_FONT, px)
    places = {}
    for number, line in enumerate(LINES):
        draw.text((MARGIN, MARGIN + number * STEP), line, font=font, fill=20)
    for word, x, line in (("ALPHA", 880, 0), ("OMEGA", 120, 10), ("BRAVO", 860, 10)):
        y = MARGIN + line * STEP
        draw.text((x, y), word, font=ImageFont.truetype(LATIN_FONT, min(px, 28)), fill=20)
        left, top, right, bottom = draw.textbbox(
            (x, y), word, font=ImageFont.truetype(LATIN_FONT, min(px, 28))
        )
        places[word] = ((left + right) / 2, (top + bottom) / 2)
    return Drawn(np.asarray(picture), places)


Way = Callable[[Points], Points]
"""From pixels of the sheet to fractions of the picture as delivered."""


def skewed(degrees: float) -> tuple[Callable[[Grey], Grey], Way]:
    def way(points: Points) -> Points:
        turn = math.radians(degrees)
        matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        picture = rotated(np.zeros(SIZE[::-1], np.uint8), degrees)
        whole = np.array(picture.shape[::-1])
        return ((points - np.array(SIZE) / 2) @ matrix.T + whole / 2) / whole

    return lambda grey: grained(rotated(grey, degrees)), way


def in_perspective() -> tuple[Callable[[Grey], Grey], Way]:
    own = np.array([(0, 0), (SIZE[0], 0), SIZE, (0, SIZE[1])], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(own, QUAD.astype(np.float32))

    def way(points: Points) -> Points:
        lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
        return np.asarray(lifted[:, :2] / lifted[:, 2:] / (1000, 1333))

    return lambda grey: photographed(grey, QUAD, (1000, 1333)), way


def in_place(change: Callable[[Grey], Grey]) -> tuple[Callable[[Grey], Grey], Way]:
    return change, lambda points: points / np.array(SIZE)


PAGES = {
    "skewed": (*skewed(-6.0), ("levelled by -",)),
    "photographed": (*in_perspective(), ("made flat", "evenly lit")),
    "shadowed": (*in_place(shadowed), ("evenly lit",)),
    "on its side": (*skewed(90.0), ("turned by 270°",)),
}


def read(picture: Grey, folder: Path, mode: OcrMode = "fast") -> Document:
    path = folder / "page.png"
    Image.fromarray(picture).save(path)
    return extract(path, "page.png", folder, Limits(), OcrOptions(mode=mode)).document


def middle_of(document: Document, word: str) -> tuple[float, float]:
    page = document.pages[0]
    box = next(each.box for each in page.words if document.text[each.start : each.end] == word)
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


@pytest.mark.parametrize("name", PAGES)
def test_one_pass_reads_the_page_and_words_keep_their_places(tmp_path: Path, name: str) -> None:
    change, way, notes = PAGES[name]
    drawn = sheet()
    document = read(change(drawn.picture), tmp_path)
    there = document.text.split()
    wanted = " ".join(LINES).split()
    assert sum(word in there for word in wanted) >= 0.97 * len(wanted)
    assert all(any(said.startswith(note) for said in document.pages[0].notes) for note in notes)
    for word, place in drawn.places.items():
        expected = way(np.array([place]))[0]
        assert middle_of(document, word) == pytest.approx(tuple(expected), abs=0.012)


COLUMNS = ["關於工程延誤的索賠通知書", "保險公司應於三十日之後賠償", "總承包商東灣建築有限公司"]


def columns(
    texts: list[str], right: int, top: int, px: int = 34
) -> tuple[Grey, list[tuple[float, float, float]]]:
    """Chinese in columns from right to left; and the middle (x) and the reach (y) of each column, as fractions."""
    size = (900, 1000)
    picture, places = Image.new("L", size, 255), []
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(HAN_FONT, px)
    for number, text in enumerate(texts):
        x = right - number * 2 * px
        for place, char in enumerate(text):
            draw.text((x, top + place * 1.15 * px), char, font=font, fill=20)
        places.append(((x + px / 2) / size[0], top / size[1], (top + len(text) * 1.15 * px) / size[1]))
    return np.asarray(picture), places


@pytest.mark.parametrize(
    ("title", "turned"), [("", False), ("索賠通知", True)], ids=["alone", "below a title, turned"]
)
def test_chinese_in_columns_is_read_from_right_to_left(tmp_path: Path, title: str, turned: bool) -> None:
    grey, places = columns(COLUMNS, 700, 250)
    picture = Image.fromarray(grey)
    if title:
        ImageDraw.Draw(picture).text((250, 60), title, font=ImageFont.truetype(HAN_FONT, 70), fill=20)
    document = read(grained(np.asarray(picture.rotate(180) if turned else picture)), tmp_path, "auto")
    assert document.text.split() == [title] * bool(title) + COLUMNS
    for text, (x, top, bottom) in zip(COLUMNS, places, strict=True):
        start = document.text.index(text)
        box = document.where(start, start + len(text)).box
        assert box is not None
        found = (
            (1 - box.x1, 1 - box.y1, 1 - box.x0, 1 - box.y0) if turned else (box.x0, box.y0, box.x1, box.y1)
        )
        assert (found[0] + found[2]) / 2 == pytest.approx(x, abs=0.01)
        assert (found[1], found[3]) == pytest.approx((top, bottom), abs=0.02)


def test_a_couplet_is_read_from_the_right(tmp_path: Path) -> None:
    right, _ = columns(["生意興隆通四海"], 740, 200, px=70)
    left, _ = columns(["財源茂盛達三江"], 80, 200, px=70)
    document = read(grained(np.minimum(left, right)), tmp_path, "auto")
    assert document.text.split() == ["生意興隆通四海", "財源茂盛達三江"]


def test_a_page_on_its_side_is_no_page_in_columns(tmp_path: Path) -> None:
    picture = Image.new("L", (800, 500), 255)
    for number, line in enumerate(TRADITIONAL):
        font = ImageFont.truetype(HAN_FONT, 34)
        ImageDraw.Draw(picture).text((100, 100 + 70 * number), f"{number}、{line}", font=font, fill=20)
    document = read(grained(np.asarray(picture.rotate(90, expand=True))), tmp_path, "auto")
    assert document.text.split() == [f"{number}、{line}" for number, line in enumerate(TRADITIONAL)]


def test_photographed_columns_of_text_are_read_one_by_one(tmp_path: Path) -> None:
    text = side_by_side(list(zip(LEFT, RIGHT, strict=True)), (60, 560), size=28)
    paper = Image.new("L", SIZE, 255)
    paper.paste(text.crop((0, 0, 1000, text.height)), (0, 60))
    document = read(in_perspective()[0](np.asarray(paper)), tmp_path, "auto")
    there = " ".join(document.text.split())
    beginnings = [" ".join(line.split()[:2]) for line in [*LEFT, *RIGHT]]
    places = [there.index(words) for words in beginnings]
    assert places == sorted(places)
    assert "a photo" in document.pages[0].notes


def test_a_picture_without_writing_has_no_words(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    layers = [
        cv2.GaussianBlur(chance.normal(0, 1, (600, 800)).astype(np.float32), (0, 0), s) * s
        for s in (3, 9, 27)
    ]
    assert read(grained(110 + 35 * sum(layers)), tmp_path, "auto").text.split() == []
