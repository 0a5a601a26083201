"""Files that go or change while they are read, and a Tesseract that is missing or dies."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from PIL import Image, ImageDraw, ImageFont

import flows.batches
import flows.watch
import pipeline.originals.copied as originals
from pipeline.verify import verify
from tests.conftest import DIARY, LETTER, Answer, Command, say


@pytest.fixture
def inbox(workspace: Path) -> Path:
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.2}\n")
    for name, text in (("a.txt", LETTER), ("b.txt", DIARY)):
        (workspace / "inbox" / name).write_text(text, encoding="utf-8")
    return workspace / "inbox"


def on_first_read(monkeypatch: pytest.MonkeyPatch, name: str, happens) -> None:
    """Lets something happen when the file of this name has been opened to be kept, before it is read."""
    state, done = originals._state, []

    def seen(stream: IO[bytes]) -> tuple[int, int]:
        found = state(stream)
        if Path(stream.name).name == name and not done:
            done.append(name)
            happens(Path(stream.name))
        return found

    monkeypatch.setattr(originals, "_state", seen)


def grow(path: Path) -> None:
    path.write_text(LETTER + "\nP.S. More came.\n", encoding="utf-8")
    os.utime(path, (1_600_000_000, 1_600_000_000))


def test_a_file_that_is_written_to_while_it_is_read_is_taken_in_once_it_is_whole(
    claimtrail: Command, inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_first_read(monkeypatch, "a.txt", grow)
    answer = claimtrail("watch", "--once", "--json")
    assert answer.status == 0
    assert answer.json["failed"] == []
    assert sorted(found["name"] for found in claimtrail("list", "--json").json) == ["a.txt", "b.txt"]
    assert claimtrail("search", '"More came"', "--json").json["total"] == 1
    assert (inbox / ".done" / "a.txt").read_text(encoding="utf-8").endswith("More came.\n")
    assert verify(workspace).faults == ()


def test_ingest_names_a_file_that_is_written_to_while_it_is_read(
    claimtrail: Command, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_first_read(monkeypatch, "leaflet.txt", grow)
    answer = claimtrail("ingest", evidence_folder, "--json")
    assert answer.status == 1
    assert [failure["reason"].partition(":")[0] for failure in answer.json["failed"]] == ["unreachable"]
    assert len(answer.json["ingested"]) == 2
    assert claimtrail("ingest", evidence_folder).status == 0
    assert len(claimtrail("list", "--json").json) == 3


def test_a_file_that_is_replaced_after_it_was_read_is_not_put_away(
    claimtrail: Command, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest, replaced = flows.batches.ingest, []

    def then_replaced(*given, **named):
        report = ingest(*given, **named)
        if not replaced:
            replaced.append(True)
            grow(inbox / "a.txt")
        return report

    monkeypatch.setattr(flows.batches, "ingest", then_replaced)
    answer = claimtrail("watch", "--once", "--json")
    assert answer.status == 0
    assert len(claimtrail("list", "--json").json) == 3
    assert claimtrail("search", '"More came"', "--json").json["total"] == 1


def test_a_file_that_is_deleted_while_it_is_taken_in(
    claimtrail: Command, inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = flows.watch.described

    def gone(path: Path, *given):
        if path.name == "a.txt":
            path.unlink()
        return known(path, *given)

    monkeypatch.setattr(flows.watch, "described", gone)
    answer = claimtrail("watch", "--once", "--json")
    assert answer.status == 1
    [failure] = answer.json["failed"]
    assert failure["reason"].startswith("unreachable: a.txt")
    assert failure["quarantined"] is None
    assert [found["name"] for found in claimtrail("list", "--json").json] == ["b.txt"]
    assert claimtrail("watch", "--once").status == 0
    assert verify(workspace).faults == ()


def test_with_delete_the_sidecar_goes_too(claimtrail: Command, inbox: Path, workspace: Path) -> None:
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.2, after: delete}\n")
    (inbox / "a.txt.yaml").write_text("note: by hand\n")
    assert claimtrail("watch", "--once").status == 0
    assert claimtrail("watch", "--once").status == 0
    assert sorted(found["name"] for found in claimtrail("list", "--json").json) == ["a.txt", "b.txt"]
    assert [path.name for path in inbox.rglob("*") if path.is_file()] == []


@pytest.fixture
def scan(evidence_folder: Path) -> Path:
    image = Image.new("L", (900, 300), 255)
    font = ImageFont.load_default(size=48)
    ImageDraw.Draw(image).text((40, 100), "Notice of delay, Area B", fill=0, font=font)
    image.save(evidence_folder / "scan.png", dpi=(200, 200))
    return evidence_folder / "scan.png"


def ingest_with_path(path: str, folder: Path) -> Answer:
    """`ingest` by Tesseract alone, in a new process: workers are forked from a server that keeps its environment."""
    settings = Path(os.environ["CLAIMTRAIL_WORKSPACE"]) / "settings.yaml"
    settings.write_text("ocr: {engine: tesseract}\n", encoding="utf-8")
    command = [sys.executable, "-m", "app", "ingest", str(folder), "--json"]
    environment = {**os.environ, "PATH": path}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return Answer(ended.returncode, ended.stdout, ended.stderr)


def without_tesseract(tmp_path: Path) -> str:
    """A PATH with everything that the one in use has, but Tesseract."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name != "tesseract" and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return str(folder)


def test_without_tesseract_the_run_stops_and_the_next_one_goes_on(
    claimtrail: Command, evidence_folder: Path, scan: Path, workspace: Path, tmp_path: Path
) -> None:
    answer = ingest_with_path(without_tesseract(tmp_path), evidence_folder)
    assert answer.status == 2
    assert answer.json["error"]["code"] == "tesseract_missing"
    assert "apt-get install" in answer.json["error"]["hint"]
    assert claimtrail("ingest", evidence_folder).status == 0
    assert claimtrail("search", "delay", "--json").json["total"] >= 1
    assert len(claimtrail("list", "--json").json) == 4
    assert verify(workspace).faults == ()


def tesseract_that(tmp_path: Path, does: str) -> str:
    """A PATH on which Tesseract does this instead of reading."""
    real = shutil.which("tesseract")
    other = tmp_path / "bin" / "tesseract"
    other.parent.mkdir()
    asks = f'case "$*" in --version|--list-langs) exec {real} "$@";; esac'
    other.write_text(f"#!/bin/sh\n{asks}\n{does.format(real=real)}\n")
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    return f"{other.parent}{os.pathsep}{os.environ['PATH']}"


def test_a_tesseract_that_is_killed_once_costs_nothing(
    claimtrail: Command, evidence_folder: Path, scan: Path, workspace: Path, tmp_path: Path
) -> None:
    once = tmp_path / "once"
    does = f'if [ ! -e {once} ]; then touch {once}; kill -9 $$; fi\nexec {{real}} "$@"'
    answer = ingest_with_path(tesseract_that(tmp_path, does), evidence_folder)
    assert (answer.status, len(answer.json["ingested"])) == (0, 4)
    assert once.exists()
    assert claimtrail("search", "delay", "--json").json["total"] >= 1
    assert verify(workspace).faults == ()


def test_a_tesseract_that_dies_costs_one_document_until_it_is_tried_again(
    claimtrail: Command, evidence_folder: Path, scan: Path, workspace: Path, tmp_path: Path
) -> None:
    answer = ingest_with_path(tesseract_that(tmp_path, "kill -9 $$"), evidence_folder)
    assert answer.status == 1
    [failure] = answer.json["failed"]
    assert failure["path"].endswith("scan.png")
    assert failure["reason"].startswith("ocr_failed: ")
    assert len(answer.json["ingested"]) == 3
    assert claimtrail("retry", "--all").status == 0
    assert claimtrail("search", "delay", "--json").json["total"] >= 1
    assert verify(workspace).faults == ()
