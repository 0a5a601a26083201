"""Which engine reads a page; what is looked at again; what is kept; how many pages are read at once."""

from __future__ import annotations

import datetime
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.document import Box, PageText, assemble
from extractors.errors import InstallationError, OcrFailed
from extractors.facts.fact import Fact
from extractors.facts.misread import as_sure_as_read
from extractors.limits import Limits
from extractors.ocr import engine
from extractors.ocr.engine import Bearing, Layout, OcrImage, PageReading, Recognised
from extractors.ocr.kept import Kept, forget_unused
from extractors.ocr.merit import confidence
from extractors.ocr.options import OcrMode, OcrOptions
from extractors.ocr.pages import page_of
from extractors.ocr.policy import Readers, readers_for, recognise
from extractors.ocr.slots import slot
from extractors.readers.draft import PendingPage
from tests.extractors import drawn_pages
from tests.extractors.drawn_pages import QUAD, Grey, grained, photographed, rotated
from tests.extractors.ocr_pictures import ENGLISH, saved, sheet, text_of
from tests.waiting import PATIENCE, soon

GOOD = " ".join(ENGLISH).split()
PLACE = Box(0.1, 0.1, 0.2, 0.12)


class Fake:
    """An engine that reads every page as the same words, and remembers which pages it was asked for."""

    version = "1"

    def __init__(
        self,
        name: str,
        *texts: str,
        sure: float = 0.95,
        error: Exception | None = None,
        box: Box = PLACE,
    ) -> None:
        self.name, self._error = name, error
        self._found = Recognised((tuple((t, box, sure) for t in texts),))
        self.pages: list[int] = []
        self.cuttings = 0

    def check(self, _languages: Sequence[str]) -> None:
        return

    def recognise(
        self, images: Sequence[OcrImage], _languages: Sequence[str], layout: Layout, _seconds: float
    ) -> list[Recognised]:
        if self._error:
            raise self._error
        if layout == "block" and "figure" in images[0].path.name:
            self.cuttings += len(images)
        else:
            self.pages += [image.page for image in images]
        return [self._found] * len(images)

    def bearing(self, _image: OcrImage, _seconds: float) -> Bearing | None:
        return None


def pages(folder: Path, count: int = 1, size: tuple[int, int] = (1000, 700)) -> list[OcrImage]:
    return [saved(Image.new("L", size, "white"), folder, n) for n in range(1, count + 1)]


def read(images: Sequence[OcrImage], fast: Fake, best: Fake, mode: OcrMode = "auto") -> list[PageReading]:
    return list(recognise(images, Readers(fast, best), OcrOptions(mode=mode), Limits()))


def test_one_pass_of_the_fast_engine_suffices_for_clean_print(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD, sure=0.96), Fake("good", *GOOD)
    (found,) = read(pages(tmp_path), fast, best)
    assert (found.engine, best.pages) == ("quick 1", [])
    assert found.reasons == ("clean print",)


def test_a_page_of_which_the_fast_engine_is_not_sure_goes_to_the_better_one(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD, sure=0.5), Fake("good", *GOOD)
    (found,) = read(pages(tmp_path), fast, best)
    assert (found.engine, fast.pages, best.pages) == ("good 1", [1], [1])
    assert found.reasons == ("quick was not sure (0.50)",)


def drawn(folder: Path, how: Callable[[Grey], Grey] = lambda page: page, **options: Any) -> OcrImage:
    """A page with a text, and what a scanner or a camera made of it."""
    return drawn_pages.saved(grained(how(drawn_pages.page(**options))), folder)


LOOKS = {
    "a receipt": {"size": (600, 1100)},
    "a cutting": {"size": (700, 500)},
    "Han characters": {"script": "zh"},
    "small print": {"px": 11, "size": (900, 900)},
    "its lines run down the picture": {"how": lambda page: rotated(page, 90), "size": (1200, 1000)},
    "a photo": {"how": lambda page: photographed(page, QUAD, (1000, 1333))},
    "blurred": {"how": lambda page: grained(page, blur=3.5)},
    "pale": {"how": lambda page: (225 - (255 - page.astype(np.float64)) * 0.15).astype(np.uint8)},
    "no straight lines": {"how": lambda page: rotated(page, 15)},
}


@pytest.mark.parametrize(("why", "options"), LOOKS.items(), ids=list(LOOKS))
def test_what_is_no_clean_latin_print_goes_to_the_better_engine_at_once(
    tmp_path: Path, why: str, options: dict[str, Any]
) -> None:
    fast, best = Fake("quick", *GOOD), Fake("good", *GOOD)
    (found,) = read([drawn(tmp_path, **options)], fast, best)
    assert (found.engine, fast.pages, found.reasons) == ("good 1", [], (why,))


@pytest.mark.parametrize("options", [{}, {"px": 40}, {"table": True}, {"lines": 2}])
def test_what_may_be_clean_latin_print_goes_to_the_fast_engine(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    fast, best = Fake("quick", *GOOD, sure=0.96, box=Box(0, 0, 1, 1)), Fake("good", *GOOD)
    (found,) = read([drawn(tmp_path, **options)], fast, best)
    assert (found.engine, best.pages, found.reasons) == ("quick 1", [], ("clean print",))


def test_the_back_of_a_sheet_is_blank_for_both_once_the_fast_one_found_nothing(tmp_path: Path) -> None:
    fast, best = Fake("quick"), Fake("good", *GOOD)
    (found,) = read(pages(tmp_path), fast, best)
    assert (found.found.words, found.reasons, fast.pages, best.pages) == ((), ("blank",), [1], [])


def test_accurate_asks_the_better_engine_whatever_the_page_looks_like(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD), Fake("good", *GOOD)
    (found,) = read([drawn(tmp_path)], fast, best, "accurate")
    assert (found.engine, fast.pages, found.reasons) == ("good 1", [], ("as asked",))


def test_the_better_engine_has_to_say_as_much(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD, sure=0.7), Fake("good", "Notice")
    (found,) = read(pages(tmp_path), fast, best)
    assert found.engine == "quick 1"
    assert "said more than good" in found.reasons[0]


def test_where_the_better_engine_fails_the_fast_one_answers(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD), Fake("good", error=OcrFailed("page 1: no"))
    (found,) = read([drawn(tmp_path, size=(300, 900))], fast, best)
    assert (found.engine, text_of(found.found)) == ("quick 1", " ".join(GOOD))
    assert found.reasons == ("good failed: ocr_failed",)


def test_a_missing_engine_is_no_reading(tmp_path: Path) -> None:
    fast, best = Fake("quick", *GOOD, sure=0.5), Fake("good", error=InstallationError("gone"))
    with pytest.raises(InstallationError):
        read(pages(tmp_path), fast, best)


def test_fast_never_asks_the_better_engine(tmp_path: Path) -> None:
    options = OcrOptions(mode="fast")
    assert readers_for(options).best is None
    assert readers_for(options).fast is engine("tesseract")
    assert readers_for(OcrOptions(engine="tesseract")) == Readers(engine("tesseract"), None)


def test_pages_come_in_order_whichever_is_read_first(tmp_path: Path) -> None:
    class Slow(Fake):
        def recognise(self, images: Sequence[OcrImage], *_rest: object) -> list[Recognised]:
            time.sleep(0.05 if images[0].page == 3 else 0)
            self.pages += [image.page for image in images]
            words = [tuple((f"{w}{i.page}", Box(0, 0, 1, 1), 0.95) for w in GOOD) for i in images]
            return [Recognised((each,)) for each in words]

    fast, best = Slow("quick", *GOOD), Fake("good", *GOOD)
    options = OcrOptions(shared=tmp_path / "shared", slots=2)
    found = list(recognise(pages(tmp_path, 21), Readers(fast, best), options, Limits()))
    assert [text_of(each.found).split()[0] for each in found] == [f"{GOOD[0]}{n}" for n in range(1, 22)]


@pytest.mark.parametrize(
    ("other", "sure", "noted"),
    [
        ("1,250.00", 0.85, ""),
        ("1,260.00", 0.3, "“1,250.00” was read as “1,260.00” by good"),
        ("illegible", 0.6, ""),
    ],
)
def test_a_doubtful_figure_is_looked_at_by_the_other_engine(
    tmp_path: Path, other: str, sure: float, noted: str
) -> None:
    class Doubtful(Fake):
        def recognise(self, images: Sequence[OcrImage], *_rest: object) -> list[Recognised]:
            pieces = [(w, Box(0.1, 0.1, 0.2, 0.12), 0.95) for w in GOOD]
            return [Recognised(((*pieces, ("1,250.00", Box(0.5, 0.5, 0.6, 0.52), 0.6)),))] * len(images)

    best = Fake("good", other)
    (found,) = read(pages(tmp_path), Doubtful("quick"), best)
    word, _, confident = found.found.words[-1]
    assert (word, confident, best.cuttings) == ("1,250.00", sure, 1)
    assert [note for note in found.reasons if "was read as" in note] == [noted] * bool(noted)


def test_a_fact_is_no_surer_than_its_figures(tmp_path: Path) -> None:
    lines = ((("USD", Box(0.1, 0.1, 0.2, 0.12), 0.9), ("1,250.00", Box(0.3, 0.1, 0.4, 0.12), 0.3)),)
    page = page_of(PendingPage(Path("x"), 600, 800, 200, "a scan"), PageReading(Recognised(lines), "quick 1"))
    document = assemble([page], "image/png")
    sure = Fact("amount", "total", "1250.00", 0, 12, 0.95, "amount")
    found = as_sure_as_read(document, sure)
    assert (found.confidence, found.doubts) == (0.3, ("OCR is not sure of the words (0.30)",))
    assert as_sure_as_read(assemble([PageText(page.text, 600, 800)], "text/plain"), sure) == sure


def test_a_kept_reading_is_found_by_the_same_picture_and_engines_only(tmp_path: Path) -> None:
    (image,) = pages(tmp_path)
    kept = Kept(tmp_path / "kept", ("2", "quick 1"))
    assert kept.find(image) is None
    reading = PageReading(Recognised(((("索赔", Box(0.1, 0.2, 0.3, 0.4), 0.9),), ())), "quick 1", ("why",))
    kept.keep(image, reading)
    assert kept.find(image) == reading
    assert Kept(tmp_path / "kept", ("2", "quick 2")).find(image) is None
    saved(sheet(ENGLISH), tmp_path)
    assert kept.find(image) is None


def test_readings_of_no_use_for_long_are_forgotten(tmp_path: Path) -> None:
    (image,) = pages(tmp_path)
    folder = tmp_path / "kept"
    wanted, unwanted = Kept(folder, ("2", "quick 2")), Kept(folder, ("2", "quick 1"))
    reading = PageReading(Recognised(()), "quick")
    for kept in (wanted, unwanted):
        kept.keep(image, reading)
    for stored in folder.rglob("*.gz"):
        os.utime(stored, (0, 0))
    assert wanted.find(image) == reading
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    assert [forget_unused(folder, since) for _ in range(2)] == [1, 0]
    assert (wanted.find(image), unwanted.find(image)) == (reading, None)
    assert forget_unused(tmp_path / "nothing there", since) == 0


@given(st.binary(max_size=200))
def test_a_damaged_reading_is_none(tmp_path_factory: pytest.TempPathFactory, damage: bytes) -> None:
    folder = tmp_path_factory.mktemp("kept")
    (image,) = pages(folder)
    kept = Kept(folder / "kept", ("2",))
    kept.keep(image, PageReading(Recognised(()), "quick 1"))
    (stored,) = (folder / "kept").rglob("*.gz")
    stored.write_bytes(damage)
    assert kept.find(image) is None


def _hold(folder: Path, held: Path) -> None:
    with slot(folder, 1):
        held.touch()
        time.sleep(600)


def _take(folder: Path, taken: threading.Event) -> None:
    with slot(folder, 1):
        taken.set()


def test_slots_are_taken_in_turns_and_given_back_when_their_holder_dies(tmp_path: Path) -> None:
    slots, held, taken = tmp_path / "slots", tmp_path / "held", threading.Event()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(slots, held))
    holder.start()
    try:
        assert soon(held.exists)
        waiting = threading.Thread(target=_take, args=(slots, taken), daemon=True)
        waiting.start()
        assert not taken.wait(0.3)
    finally:
        holder.kill()
        holder.join()
    assert taken.wait(PATIENCE)
    waiting.join()


def test_confidence_of_nothing_is_none() -> None:
    assert confidence(Recognised(())) is None
