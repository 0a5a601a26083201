"""Answers that are kept until the records change, and pictures of pages that are drawn once."""

from __future__ import annotations

import datetime
import math
import os
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.web.kept import Kept
from app.web.line import BEFOREHAND, LISTED_OLD, NOW, SHOWN_OLD, Line
from app.web.reckoning import at_once
from app.web.trail import SUBJECT
from extractors.errors import Corrupt
from pipeline.errors import NotFound
from pipeline.matter import Matter
from pipeline.page_pictures import PagePictures, draw, forget_pictures
from pipeline.records import documents
from tests.conftest import Command
from tests.extractors.media_files import film, scene
from tests.waiting import soon
from tests.web.pages.conftest import letter


class Slow:
    """Works overviews out when it is let, and counts how often."""

    def __init__(self) -> None:
        self.calls = 0
        self.may_go = threading.Event()
        self.fails = False

    def __call__(self, matter: Matter, kind: str, name: str, today: datetime.date) -> Any:
        self.calls += 1
        assert self.may_go.wait(30)
        if self.fails:
            raise NotFound("It is gone.")
        return at_once(matter, kind, name, today)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def kept(filled: Command, matter: Matter, slow: Slow) -> Iterator[Kept]:
    made = Kept(matter, slow)
    yield made
    slow.may_go.set()
    made.close()


def change(matter: Matter, subject: str = "CLM-001") -> None:
    with matter.change() as change:
        change.note("tested", subject)


def test_an_answer_is_worked_out_once(kept: Kept, slow: Slow, matter: Matter) -> None:
    assert kept.claims(["CLM-001"]) == ([], 1)
    slow.may_go.set()
    assert kept.claim("CLM-001").found.overview.claim.id == "CLM-001"
    change(matter, SUBJECT)  # somebody looked at something: that changes no claim
    known = kept.claim("CLM-001")
    assert (known.old, slow.calls) == (False, 1)
    assert 'role="group"' in known.found.picture


def test_an_old_answer_is_shown_while_a_new_one_is_made(kept: Kept, slow: Slow, matter: Matter) -> None:
    slow.may_go.set()
    assert not kept.claim("CLM-001").old
    slow.may_go.clear()
    change(matter)
    assert kept.claim("CLM-001").old
    assert kept.claim("CLM-001").old
    slow.may_go.set()
    assert soon(lambda: not kept.claim("CLM-001").old)
    assert slow.calls == 2


def test_what_somebody_looks_at_comes_before_what_is_made_beforehand(matter: Matter) -> None:
    asked: list[str] = []
    begun, may_go = threading.Event(), threading.Event()

    def ask(_: Matter, __: str, name: str, ___: datetime.date) -> Any:
        asked.append(name)
        begun.set()
        assert may_go.wait(30)
        return name

    kept = Kept(matter, ask)
    try:
        kept.begin(["A", "B", "C"])
        assert begun.wait(30)
        kept.begin(["B", "C"])
        assert kept.suggestions("X", False, 0.0) is None
        may_go.set()
        assert kept.claim("C").found == "C"
        assert (asked[:2], sorted(asked)) == (["A", "X"], sorted(set(asked)))
    finally:
        may_go.set()
        kept.close()


def test_work_in_line_comes_by_urgency_and_once() -> None:
    line, done, may_go = Line("tested"), [], threading.Event()
    first = line.add("first", lambda: done.append(may_go.wait(30)), NOW)
    ends = [line.add(key, partial(done.append, key), BEFOREHAND) for key in "ABCD"]
    line.urge("C", NOW)
    ends.append(line.add("E", partial(done.append, "E"), NOW))
    ends.append(line.add("fails", lambda: [][0], NOW))
    line.urge("first", NOW)  # it is being done
    line.urge("nothing", NOW)
    may_go.set()
    wait([first, *ends], 30)
    assert done == [True, "C", "E", "A", "B", "D"]
    assert isinstance(ends[-1].exception(), IndexError)
    may_go.clear()
    begun = threading.Event()
    last = line.add("last", lambda: (begun.set(), done.append(may_go.wait(30)))[1], NOW)
    assert begun.wait(30)
    never = line.add("never", lambda: done.append("never"), NOW)
    threading.Timer(0.05, may_go.set).start()
    line.close()
    assert (last.done(), never.cancelled(), line.add("late", may_go.set, NOW).cancelled()) == (
        True,
        True,
        True,
    )
    assert "never" not in done


def test_what_replaces_an_older_answer_waits_until_the_line_has_rested(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.web.line.REST", 10**6)
    line, done = Line("tested"), list[str]()
    line.add("first", lambda: threading.Event().wait(0.01), SHOWN_OLD).result(
        30
    )  # it had nothing to rest from
    old = {key: line.add(key, partial(done.append, key), LISTED_OLD) for key in "AB"}
    line.add("before", partial(done.append, "before"), BEFOREHAND).result(30)
    line.urge("A", SHOWN_OLD)
    line.urge("B", NOW)  # somebody cannot do without it
    line.urge("B", LISTED_OLD)
    line.add("now", partial(done.append, "now"), NOW).result(30)
    line.close()
    assert (done, old["A"].cancelled(), old["B"].done()) == (["before", "B", "now"], True, True)


def test_what_somebody_sees_is_replaced_before_what_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.line.REST", 0.01)
    line, done, may_go = Line("tested"), list[str](), threading.Event()
    line.add("first", lambda: may_go.wait(30), NOW)
    ends = [line.add(key, partial(done.append, key), LISTED_OLD) for key in "ABC"]
    line.urge("B", SHOWN_OLD)
    may_go.set()
    wait(ends, 30)
    line.close()
    assert done == ["B", "A", "C"]


def test_a_look_does_not_wait_for_what_took_longer_the_last_time(
    kept: Kept, slow: Slow, matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("kept", "line"):
        monkeypatch.setattr(f"app.web.{module}.REST", 10**6)
    threading.Timer(0.05, slow.may_go.set).start()
    assert not kept.claim("CLM-001").old
    change(matter)
    assert (kept.claim("CLM-001", 0.001).old, slow.calls) == (True, 1)
    assert (kept.claim("CLM-001", 30.0).old, slow.calls) == (False, 2)


def test_what_doctor_says_is_shown_while_it_looks_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(range(9))
    may_go = threading.Event()
    may_go.set()
    monkeypatch.setattr("app.web.kept.LATELY", math.inf)
    monkeypatch.setattr("app.web.kept.doctor_answer", lambda _: ({"checks": next(said)}, may_go.wait(30)))
    assert [(kept.checks().found["checks"], kept.checks().old) for _ in range(2)] == [(0, False)] * 2
    monkeypatch.setattr("app.web.kept.LATELY", -1.0)
    may_go.clear()
    assert [(kept.checks().found["checks"], kept.checks().old) for _ in range(2)] == [(0, True)] * 2
    may_go.set()
    assert soon(lambda: kept.checks().found["checks"])


def test_what_fails_is_told_and_tried_again(kept: Kept, slow: Slow) -> None:
    slow.fails = True
    slow.may_go.set()
    with pytest.raises(NotFound):
        kept.claim("CLM-001")
    slow.fails = False
    assert kept.claim("CLM-001").found.overview.evidence["CLM-001/E1"]["proposed"] == 1


def test_pages_are_drawn_once_and_kept(claimtrail: Command, matter: Matter, tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    folder.mkdir()
    letter(folder / "letter.pdf")
    turned = Image.new("RGB", (400, 200), "white")
    turned.paste("black", (0, 0, 40, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(folder / "turned.jpg", exif=exif)
    (folder / "note.txt").write_text("Meeting of 3 May 2023.\n", encoding="utf-8")
    (folder / "walk.mov").write_bytes(film([scene(number) for number in (1, 2) for _ in range(6)]))
    assert claimtrail("ingest", folder, "--ocr", "fast").status == 0
    with matter.reading() as tx:
        found = {one.name: one for one in documents.summaries(tx)}
    pictures = PagePictures(matter)
    try:
        first = pictures.picture(found["letter.pdf"], 2, "page")
        drawn_at = first.stat().st_mtime_ns
        assert pictures.picture(found["letter.pdf"], 2, "page").stat().st_mtime_ns == drawn_at
        with Image.open(first) as image:
            assert (image.format, max(image.size)) == ("WEBP", 1500)
        with Image.open(pictures.picture(found["turned.jpg"], 1, "small")) as image:
            assert image.height > image.width
            assert image.convert("L").getpixel((image.width // 2, 2)) < 60
        frames = found["walk.mov"].page_count
        assert frames > 2
        last = pictures.picture(found["walk.mov"], frames, "small")
        with Image.open(last) as image:
            assert (image.format, max(image.size)) == ("WEBP", 240)
        others = list(matter.workspace.pictures.glob(f"*/{found['walk.mov'].sha256[:32]}-*.webp"))
        assert len(others) == frames - 1  # one look at the film draws all of its frames
        for name, number in (("note.txt", 1), ("letter.pdf", 0), ("letter.pdf", 3), ("walk.mov", 1)):
            with pytest.raises(NotFound):
                pictures.picture(found[name], number, "page")
    finally:
        pictures.close()
    assert not list(matter.workspace.pictures.rglob(".drawing-*"))


@pytest.mark.parametrize(
    ("media_type", "content"), [("application/pdf", b"%PDF-1.4 nothing"), ("image/png", b"\x89PNG nothing")]
)
def test_a_page_that_cannot_be_drawn_leaves_nothing(tmp_path: Path, media_type: str, content: bytes) -> None:
    original, out = tmp_path / "original", tmp_path / "page.webp"
    original.write_bytes(content)
    with pytest.raises(Corrupt):
        draw(original, media_type, 1, 240, 10**8, out, "x")
    assert list(tmp_path.iterdir()) == [original]


def test_pictures_of_no_use_are_deleted_and_so_are_too_many(tmp_path: Path) -> None:
    day = datetime.timedelta(days=1)
    now = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    for age in range(6):
        kept = tmp_path / f"0{age}" / f"{age}.webp"
        kept.parent.mkdir()
        kept.write_bytes(bytes(100))
        left = kept.parent / ".drawing-x"
        left.mkdir()
        for path in (kept, left):
            os.utime(path, times=((now - age * day).timestamp(),) * 2)
    assert forget_pictures(tmp_path, now - 3.5 * day) == 2
    assert sorted(path.name for path in tmp_path.glob("*/*")) == [".drawing-x"] * 4 + [
        f"{n}.webp" for n in range(4)
    ]
    assert forget_pictures(tmp_path, now - 3.5 * day, most_bytes=250) == 2
    assert sorted(path.name for path in tmp_path.glob("*/*.webp")) == ["0.webp", "1.webp"]
    assert forget_pictures(tmp_path / "nothing", now) == 0
