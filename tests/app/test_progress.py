"""How far a long command has come: in a terminal, in a log, and inside one long document."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.progress import Lines, Stage, progress
from extractors.limits import Limits
from extractors.pace import PaceFile, pace_in
from extractors.reading import OcrOptions, read_document
from pipeline.ingest import Ingest, ocr_options
from pipeline.intake import count, discover
from pipeline.matter import Matter
from pipeline.pace import Pace
from pipeline.workspace import init
from tests.conftest import LETTER
from tests.waiting import soon


def test_a_line_says_how_many_are_done_how_fast_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("app.progress.time.monotonic", lambda: clock[0])
    monkeypatch.setenv("CLAIMTRAIL_LANG", "en")
    lines = Lines()
    for done in range(101):
        lines.report(Pace("reading", done, 10_000, "mails/7.eml"))
        clock[0] += 0.25
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "Reading: 20 / 10000, 4.0/s, 0:41:35 left (mails/7.eml)"
    assert len(told) == 5


def test_a_new_stage_begins_to_count_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("app.progress.time.monotonic", lambda: clock[0])
    stage = Stage()
    assert stage.begins(Pace("reading", 0, 10))
    clock[0] = 100.0
    assert not stage.begins(Pace("reading", 10, 10))
    assert stage.begins(Pace("linking", 0, 10))
    clock[0] = 160.0
    assert stage.rate(Pace("linking", 3, 10)) == "3.0/min"


def test_nothing_is_shown_when_no_one_wants_to_see_it(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as told:
        told(Pace("reading", 1, 2, "a"))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar(tmp_path: Path) -> None:
    init(tmp_path / "matter")
    (tmp_path / "evidence").mkdir()
    for number in range(3):
        (tmp_path / "evidence" / f"{number}.txt").write_text(f"Letter {number}: {LETTER}")
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "app", "ingest", str(tmp_path / "evidence")]
    command += ["--workspace", str(tmp_path / "matter")]
    environment = {**os.environ, "CLAIMTRAIL_LANG": "en", "TERM": "xterm", "COLUMNS": "120"}
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=its, env=environment)
    os.close(its)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    assert running.wait(120) == 0
    assert b"Reading" in shown
    assert b"Indexing" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other side is closed
        return b""


def test_files_are_counted_before_they_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.tmp", "in/c.txt", "in/.DS_Store"):
        (tmp_path / name).write_text("x")
    paths = [tmp_path, tmp_path / "a.txt", tmp_path / "gone.txt"]
    assert count(paths, ["*.tmp"]) == len(list(discover(paths, ["*.tmp"]))) == 4


def test_a_long_document_tells_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.pace.EVERY", 0.0)
    canvas = Canvas(str(tmp_path / "long.pdf"))
    for number in range(7):
        canvas.drawString(100, 700, f"Page {number}")
        canvas.showPage()
    canvas.save()
    read_document(tmp_path / "long.pdf", "long.pdf", tmp_path, Limits(), OcrOptions())
    assert pace_in(tmp_path) == ("pages", 7, 7)


@pytest.mark.parametrize("said", ["", "pages", "pages 3", "pages x y", "\udcff"])
def test_a_pace_that_is_half_written_is_none(tmp_path: Path, said: str) -> None:
    (tmp_path / "pace").write_bytes(said.encode("utf-8", "surrogateescape"))
    assert pace_in(tmp_path) is None
    assert pace_in(tmp_path / "gone") is None


class SlowWorkers:
    """Workers' face: reads in a thread, and goes on once its pace has been told."""

    processes = 1

    def __init__(self, told: list[Pace]) -> None:
        self._told = told

    def stop(self) -> None:
        pass

    def submit(self, function: Callable[..., Any], *args: Any, **_: Any) -> Future[Any]:
        outcome: Future[Any] = Future()

        def work() -> None:
            PaceFile(args[2]).reached("pages", 312, 1000)
            soon(lambda: self._told)
            outcome.set_result(function(*args))

        threading.Thread(target=work).start()
        return outcome


def test_the_pace_of_a_worker_is_passed_on(
    matter: Matter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.pace.EVERY", 0.0)
    monkeypatch.setattr("pipeline.ingest.LOOK_SECONDS", 0.05)
    (tmp_path / "long.txt").write_text(LETTER)
    told: list[Pace] = []
    workers: Any = SlowWorkers(told)
    Ingest(matter, workers, ocr_options(matter), progress=told.append, expected=1).run(
        discover([tmp_path / "long.txt"])
    )
    assert told[0].done == 0
    assert told[0].of == 1
    assert told[0].item.endswith("long.txt: pages 312 / 1000")
    assert [pace.what for pace in told[-4:]] == ["comparing", "names", "linking", "indexing"]


def test_lines_can_be_told_from_several_threads(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(seconds=0.0)
    threads = [
        threading.Thread(target=lambda n=n: [lines.report(Pace("reading", n, 50, "x")) for _ in range(50)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = io.StringIO(capsys.readouterr().err).readlines()
    assert len(told) == 200
    assert all(line.endswith("(x)\n") for line in told)
