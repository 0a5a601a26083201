"""What is RapidOCR's own: its models and how they are loaded, words from characters, pages whichever way up."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.document import is_han, text_of_lines
from extractors.errors import RapidOcrMissing, TimedOut, TooLarge
from extractors.limits import Limits
from extractors.ocr import engine
from extractors.ocr.detection import Floats, Region, find_regions
from extractors.ocr.page_lines import Networks
from extractors.ocr.rapidocr import RapidOcr
from extractors.ocr.recognition import Char, LineReading, decoded
from extractors.ocr.word_boxes import WordLine, words_of
from extractors.reading import OcrOptions, read_document
from extractors.workers import Workers
from tests.extractors.ocr_pictures import (
    CHINESE,
    ENGLISH,
    HAN_FONT,
    LATIN_FONT,
    box_of,
    lines_of,
    saved,
    sheet,
    text_of,
    write,
)


def read(picture: Image.Image, folder: Path) -> list[str]:
    [found] = engine("rapidocr").recognise([saved(picture, folder)], ["eng", "chi_sim"], "page", 60)
    return lines_of(found)


def test_chinese_text_is_as_on_paper(tmp_path: Path) -> None:
    assert read(sheet(CHINESE, HAN_FONT), tmp_path) == CHINESE


@pytest.mark.parametrize("quarters", [1, 2])
def test_a_page_is_read_whichever_way_up_it_lies(tmp_path: Path, quarters: int) -> None:
    page = sheet(ENGLISH[:3]).crop((0, 0, 1000, 300)).rotate(-90 * quarters, expand=True)
    [found] = engine("rapidocr").recognise([saved(page, tmp_path)], ["eng"], "page", 60)
    assert lines_of(found) == ENGLISH[:3]
    box = box_of(found, "Notice")
    place = {1: (box.y0, 1 - box.x1), 2: (1 - box.x1, 1 - box.y1)}
    assert place[quarters] == pytest.approx((0.08, 0.22), abs=0.03)


@pytest.mark.parametrize("degrees", [-4, 3])
def test_a_slanted_page_keeps_its_lines(tmp_path: Path, degrees: int) -> None:
    picture = Image.new("L", (1100, 420), 255)
    for number, (item, price) in enumerate([("Concrete", "75.00"), ("Steel", "8.50"), ("Total", "83.50")]):
        write(picture, (120, 120 + 60 * number), item, LATIN_FONT, 26)
        write(picture, (860, 120 + 60 * number), price, LATIN_FONT, 26)
    slanted = picture.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert read(slanted, tmp_path) == ["Concrete 75.00", "Steel 8.50", "Total 83.50"]


def test_light_writing_on_dark_is_read(tmp_path: Path) -> None:
    picture = sheet(ENGLISH[:2], ink=255, paper=20).crop((0, 0, 1000, 220))
    assert read(picture, tmp_path) == ENGLISH[:2]


def test_a_side_note_that_runs_up_is_read(tmp_path: Path) -> None:
    picture = sheet(ENGLISH[:4])
    note = Image.new("L", (420, 60), 255)
    write(note, (10, 10), "Received 14 March", LATIN_FONT, 30)
    picture.paste(note.rotate(90, expand=True), (920, 120))
    found = read(picture, tmp_path)
    assert "Received 14 March" in " ".join(found)
    assert ENGLISH[0] in found


@pytest.mark.parametrize("size", [11, 60])
def test_small_and_large_letters_keep_their_spaces(tmp_path: Path, size: int) -> None:
    lines = ["Payment is due within 28 days", "of the date of this invoice."]
    picture = Image.new("L", (max(300, 20 * size), 4 * size + 60), 255)
    for number, line in enumerate(lines):
        write(picture, (20, 20 + number * 2 * size), line, LATIN_FONT, size)
    assert read(picture, tmp_path) == lines


def test_a_page_at_300_dpi_is_read_within_the_default_memory(tmp_path: Path) -> None:
    picture = Image.new("L", (2480, 3508), 255)
    for number in range(8):
        write(picture, (250, 300 + 400 * number), f"Section {number}: delayed by thirty days", LATIN_FONT, 44)
    picture.save(tmp_path / "scan.png", dpi=(300, 300))
    arguments = (tmp_path / "scan.png", "scan.png", tmp_path, Limits(), OcrOptions(engine="rapidocr"))
    with Workers(1, Limits()) as workers:
        found = workers.submit(read_document, *arguments, seconds=120, name="scan.png").result(120).document
    assert [page.engine for page in found.pages] == [f"rapidocr {engine('rapidocr').version}"]
    assert found.text.count("delayed by thirty days") == 8


def test_too_little_memory_costs_the_document_and_does_not_stop_the_run(tmp_path: Path) -> None:
    sheet(ENGLISH).save(tmp_path / "scan.png")
    arguments = (tmp_path / "scan.png", "scan.png", tmp_path, Limits(), OcrOptions(engine="rapidocr"))
    with Workers(1, Limits(memory=200 * 2**20)) as workers, pytest.raises(TooLarge, match=r"scan\.png"):
        workers.submit(read_document, *arguments, seconds=120, name="scan.png").result(120)


def test_importing_the_engine_loads_no_runtime_and_reading_says_nothing(tmp_path: Path) -> None:
    image = saved(sheet(ENGLISH[:1]).crop((0, 0, 1000, 130)), tmp_path)
    code = (
        "import sys; from pathlib import Path; import extractors.ocr.rapidocr; from extractors.ocr import engine\n"
        "reader = engine('rapidocr'); reader.version\n"
        "assert not {'onnxruntime', 'cv2', 'rapidocr'} & set(sys.modules)\n"
        "from extractors.ocr.engine import OcrImage\n"
        f"found = reader.recognise([OcrImage(Path({str(image.path)!r}), 1, 150)], ['eng'], 'page', 60)\n"
        "assert len(found[0].words) == 9, found\n"
        "assert not {'rapidocr', 'requests'} & set(sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def found_in(folder: Path | None) -> importlib.machinery.ModuleSpec | None:
    if folder is None:
        return None
    spec = importlib.machinery.ModuleSpec("rapidocr", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


@pytest.mark.parametrize("state", ["not installed", "without models", "damaged models"])
def test_what_is_missing_is_named_with_the_remedy_and_never_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    (tmp_path / "models").mkdir()
    if state == "damaged models":
        for name in ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"):
            (tmp_path / "models" / name).write_bytes(b"no model")
    folder = None if state == "not installed" else tmp_path
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: found_in(folder))
    for call in (
        lambda: RapidOcr().check(["eng"]),
        lambda: RapidOcr().recognise([saved(sheet(ENGLISH), tmp_path)], ["eng"], "page", 60),
    ):
        with pytest.raises(RapidOcrMissing, match=r"PP-OCRv6_det_small\.onnx") as caught:
            call()
        assert "claimtrail[ocr]" in caught.value.remedy
        assert "tesseract" in caught.value.remedy
    assert [path.name for path in (tmp_path / "models").iterdir() if path.stat().st_size > 8] == []


def test_a_runtime_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RapidOcrMissing, match="onnxruntime"):
        RapidOcr().check(["eng"])


ALPHABET = ("", *"abcdefghijklmnopqrstuvwxyz", " ")


class Counting:
    """Networks that find one line in each picture and read "ab" in it; they count, and may lose their time."""

    def __init__(self) -> None:
        self.found = self.read = 0
        self.networks = Networks(self._find, self._read, ALPHABET)

    def _find(self, picture: Floats) -> Floats:
        self.found += 1
        marks = np.zeros((1, 1, *picture.shape[2:]), dtype=np.float32)
        marks[:, :, 60:80, 60:300] = 1
        return marks

    def _read(self, picture: Floats) -> Floats:
        self.read += 1
        answer = np.zeros((1, picture.shape[3] // 8, len(ALPHABET)), dtype=np.float32)
        answer[:, :, 0] = 0.9
        answer[:, 3, :2], answer[:, 6, :3] = (0, 0.95), (0, 0, 0.95)
        return answer


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> tuple[RapidOcr, Counting]:
    reader, fakes = RapidOcr(), Counting()
    reader.__dict__["_networks"] = fakes.networks
    return reader, fakes


def test_a_picture_that_is_asked_for_again_is_read_once(
    counting: tuple[RapidOcr, Counting], tmp_path: Path
) -> None:
    reader, fakes = counting
    small = sheet(ENGLISH[:3]).crop((0, 0, 1000, 300))
    image = saved(small, tmp_path)
    first = reader.recognise([image], ["eng"], "page", 60)
    assert text_of(first[0]) == "ab"
    assert reader.recognise([image], ["chi_sim"], "block", 60) == first
    before = fakes.read
    saved(small.rotate(180), tmp_path)
    reader.recognise([image], ["eng"], "page", 60)
    assert fakes.read > before
    assert fakes.found > 1


def test_time_is_looked_at_between_pages(
    counting: tuple[RapidOcr, Counting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, _ = counting
    images = [saved(sheet(ENGLISH), tmp_path, page) for page in (7, 8)]
    clock = iter([0.0, *[1.0] * 3, *[100.0] * 50])
    monkeypatch.setattr("extractors.ocr.rapidocr.time.monotonic", lambda: next(clock))
    with pytest.raises(TimedOut, match=r"page [78]: OCR took longer than 20 seconds"):
        reader.recognise(images, ["eng"], "page", 20)


def test_a_lack_of_memory_is_told_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from extractors.ocr import rapidocr

    class Full:
        def get_inputs(self) -> list[object]:
            return [type("Input", (), {"name": "x"})]

        def run(self, *_: object) -> list[Floats]:
            raise RuntimeError("[ONNXRuntimeError] : 6 : bad allocation")

    network = rapidocr._network(Full())
    reader = RapidOcr()
    reader.__dict__["_networks"] = Networks(network, network, ALPHABET)
    with pytest.raises(MemoryError):
        reader.recognise([saved(sheet(ENGLISH), tmp_path)], ["eng"], "page", 20)


# ---- from characters to words --------------------------------------------------------------------------------------


def line(*words: tuple[str, int], skip: Sequence[int] = ()) -> LineReading:
    """A drawn line: words with a blank of so many pixels before each, bars for letters. The reading knows all the
    spaces but those before the words numbered in `skip`."""
    x, chars, bars = 10, [], []
    for number, (word, blank) in enumerate(words):
        x += blank
        if number and number not in skip:
            chars.append((" ", x - blank / 2))
        for letter in word:
            wide = 30 if is_han(letter) else 12
            bars.append((x, x + wide - 3))
            chars.append((letter, x + (wide - 3) / 2))
            x += wide
    picture = np.full((48, x + 10), 255, dtype=np.uint8)
    for left, right in bars:
        picture[12:36, left:right] = 0
    region = Region(np.array([[0, 0], [x + 10, 0], [x + 10, 48], [0, 48]], dtype=np.float32))
    return LineReading(region, picture, tuple(Char(char, at / (x + 10), 0.9) for char, at in chars))


def texts(found: WordLine | None) -> list[str]:
    assert found is not None
    return [word.text for word in found.words]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (line(("Notice", 0), ("of", 14), ("claim", 14)), ["Notice", "of", "claim"]),
        (line(("Notice", 0), ("of", 16), ("claim", 14), skip=[2]), ["Notice", "of", "claim"]),
        (line(("stationery", 0), ("shop", 18), skip=[1]), ["stationery", "shop"]),
        (line(("Tel:", 0), ("603", 18), skip=[1]), ["Tel:", "603"]),
        (line(("1,250,", 0), ("000.00", 18), skip=[1]), ["1,250,000.00"]),
        (line(("12:", 0), ("30", 18), skip=[1]), ["12:30"]),
        (line(("SUPPL", 0), ("Y", 18), skip=[1]), ["SUPPLY"]),
        (line(("工期延误的", 0), ("索赔", 20), skip=[1]), ["工期延", "误的索", "赔"]),
        (line(("金额为1,250.00元，已付", 0)), ["金额", "为1,250.00元", "，", "已付"]),
        (line(("致：东湾", 0)), ["致", "：", "东湾"]),
        (line(("合同", 0), ("No.7", 20)), ["合同", "No.7"]),
    ],
)  # fmt: skip
def test_words_are_parted_as_on_paper(reading: LineReading, expected: list[str]) -> None:
    assert texts(words_of(reading)) == expected


def test_words_have_the_places_of_their_letters() -> None:
    reading = line(("Notice", 0), ("of", 30))
    found = words_of(reading)
    assert found is not None
    width = reading.picture.shape[1]
    places = [(round(word.left * width), round(word.right * width)) for word in found.words]
    assert places == [(10, 79), (112, 133)]
    assert (found.top, found.bottom) == (0.25, 0.75)


@given(
    st.lists(
        st.tuples(st.text(st.sampled_from("ab7.,:-工期：。"), min_size=1, max_size=6), st.integers(10, 60)),
        min_size=1,
        max_size=6,
    ),
    st.sets(st.integers(1, 5)),
)
def test_no_character_is_lost_or_moved(words: list[tuple[str, int]], lost: set[int]) -> None:
    found = words_of(line(*words, skip=sorted(lost)))
    assert found is not None
    assert "".join(word.text for word in found.words) == "".join(word for word, _ in words)
    edges = [edge for word in found.words for edge in (word.left, word.right)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= 1
    assert text_of_lines([[(word.text, None, None) for word in found.words]])[0].strip()  # type: ignore[misc]


@given(st.lists(st.sampled_from(range(len(ALPHABET))), min_size=1, max_size=60))
def test_an_answer_says_each_run_once(columns: list[int]) -> None:
    answer = np.full((len(columns), len(ALPHABET)), 0.001, dtype=np.float32)
    answer[np.arange(len(columns)), columns] = 0.9
    chars = decoded(answer, ALPHABET, 1.0)
    runs = [c for i, c in enumerate(columns) if c and (i == 0 or columns[i - 1] != c)]
    assert [char.text for char in chars] == [ALPHABET[c] for c in runs]
    assert [char.at for char in chars] == sorted(char.at for char in chars)
    assert all(0 <= char.at <= 1 and char.confidence == pytest.approx(0.9) for char in chars)


def marked(*rectangles: tuple[int, int, int, int]) -> Networks:
    def find(picture: Floats) -> Floats:
        marks = np.zeros((1, 1, *picture.shape[2:]), dtype=np.float32)
        for x0, y0, x1, y1 in rectangles:
            marks[0, 0, y0:y1, x0:x1] = 1.0
        return marks

    return Networks(find, find, ALPHABET)


def test_lines_that_touch_a_large_letter_are_parted() -> None:
    def find(picture: Floats) -> Floats:
        marks = np.zeros((1, 1, *picture.shape[2:]), dtype=np.float32)
        marks[0, 0, 100:200, 60:100] = 1.0
        marks[0, 0, 100:120, 110:700] = 1.0
        marks[0, 0, 100:120, 100:110] = 0.4
        return marks

    regions = find_regions(np.full((560, 900), 255, dtype=np.uint8), find)
    assert sorted(round(region.width) > 300 for region in regions) == [False, True]


def test_regions_lie_in_the_picture() -> None:
    frame = 32
    networks = marked((frame, frame, frame + 200, frame + 20), (700, 540, 932, 592))
    regions = find_regions(np.full((560, 900), 255, dtype=np.uint8), networks.find)
    assert len(regions) == 2
    for region in regions:
        assert region.corners.min() >= 0
        assert (region.corners <= [900, 560]).all()
