"""Kill -9 at the boundaries between the steps of each command, then the same command again."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from pipeline.verify import verify
from pipeline.workspace import init
from tests.conftest import LETTER
from tests.test_crash import state

DRIVER = Path(__file__).parent / "killed.py"
SIGKILLED = -9
POINTS = 12
"""Boundaries tried of each command; all of them where there are fewer."""


class Driver:
    """Runs commands in children that can be killed at a boundary."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, at: int, *arguments: str | Path, number: int = signal.SIGKILL) -> dict[str, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"at": at, "signal": int(number), "arguments": [str(a) for a in arguments]}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    started = Driver()
    yield started
    started.close()


@pytest.fixture
def prepared(tmp_path: Path, register_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the register, and nothing taken in."""
    root = tmp_path / "prepared"
    init(root)
    (root / "settings.yaml").write_text("watch: {flow_runs: false, settle_seconds: 0.1}\n")
    monkeypatch.setenv("CLAIMTRAIL_USER", "tester")
    assert run(["claims", "import", str(register_file), "--workspace", str(root)]) == 0
    return root


@pytest.fixture
def taken(prepared: Path, evidence_folder: Path) -> Path:
    """A workspace with the three documents, linked and indexed."""
    assert run(["ingest", str(evidence_folder), "--claim", "CLM-001", "--workspace", str(prepared)]) == 0
    return prepared


@pytest.fixture
def other_words(taken: Path, tmp_path: Path) -> Path:
    """The same, the register's words changed and nothing linked anew."""
    register = tmp_path / "register.yaml"
    text = register.read_text(encoding="utf-8").replace("keywords: [Area B,", "keywords: [spade,")
    register.write_text(text, encoding="utf-8")
    assert run(["claims", "import", str(register), "--workspace", str(taken)]) == 0
    return taken


def points(boundaries: int) -> list[int]:
    if boundaries <= POINTS:
        return list(range(1, boundaries + 1))
    return sorted(random.Random(145).sample(range(1, boundaries + 1), POINTS))  # noqa: S311


def copies(prepared: Path, tmp_path: Path, count: int) -> Iterator[Path]:
    for number in range(count):
        shutil.rmtree(root := tmp_path / f"copy-{number}", ignore_errors=True)
        shutil.copytree(prepared, root)
        yield root


def settled(root: Path) -> dict[str, Any]:
    """The state, and that nothing half-done lies about."""
    assert verify(root).faults == ()
    assert not list((root / "scratch").iterdir())
    return state(root)


def check_command(driver: Driver, prepared: Path, tmp_path: Path, *command: str | Path) -> int:
    """Kills the command at its boundaries and runs it again; returns at how many."""
    whole = next(copies(prepared, tmp_path, 1)).rename(tmp_path / "whole")
    undisturbed = driver.run(0, *command, "--workspace", whole)
    assert undisturbed["status"] == 0
    expected = settled(whole)
    chosen = points(undisturbed["passed"])
    for at, root in zip(chosen, copies(prepared, tmp_path, len(chosen)), strict=True):
        assert driver.run(at, *command, "--workspace", root)["status"] == SIGKILLED
        assert driver.run(0, *command, "--workspace", root)["status"] == 0, f"after boundary {at}"
        assert settled(root) == expected, f"killed at boundary {at}"
    return len(chosen)


def test_ingest(driver: Driver, prepared: Path, tmp_path: Path, evidence_folder: Path) -> None:
    (evidence_folder / "again.txt").write_text(LETTER, encoding="utf-8")
    assert check_command(driver, prepared, tmp_path, "ingest", evidence_folder) == POINTS


def test_watch_once(driver: Driver, prepared: Path, tmp_path: Path, evidence_folder: Path) -> None:
    shutil.copytree(evidence_folder, prepared / "inbox" / "CLM-001" / "Harbour")
    sidecar = prepared / "inbox" / "CLM-001" / "Harbour" / "leaflet.txt.yaml"
    sidecar.write_text("party: Gardening club\nnote: by hand\nreceived: 2023-03-20\n")
    assert check_command(driver, prepared, tmp_path, "watch", "--once") == POINTS


def test_link(driver: Driver, other_words: Path, tmp_path: Path) -> None:
    assert check_command(driver, other_words, tmp_path, "link") > 4


def test_reindex(driver: Driver, taken: Path, tmp_path: Path) -> None:
    assert check_command(driver, taken, tmp_path, "reindex") > 8


def test_export(driver: Driver, taken: Path, tmp_path: Path) -> None:
    """A bundle has its final name only when it is whole; the command again makes it, or says that it is there."""
    command = ("export", "CLM-001", "--zip", "--workspace", taken)
    whole = driver.run(0, *command, "--out", tmp_path / "whole")
    assert whole["status"] == 0
    for at in points(whole["passed"]):
        out = tmp_path / f"out-{at}" / "bundle"
        assert driver.run(at, *command, "--out", out)["status"] == SIGKILLED
        finished = out.exists()
        for made in (out, out.with_name("bundle.zip")):
            assert not made.exists() or verify(made).faults == (), f"after boundary {at}"
        assert driver.run(0, *command, "--out", out)["status"] == (2 if finished else 0), (
            f"after boundary {at}"
        )
        assert verify(out).faults == verify(out.with_name("bundle.zip")).faults == ()
        assert [p.name for p in sorted(out.parent.iterdir())] == ["bundle", "bundle.zip"]
    assert verify(taken).faults == ()


INTERRUPTED = 130


def check_interrupted(driver: Driver, prepared: Path, tmp_path: Path, *command: str | Path) -> None:
    """Ctrl-C at some boundaries of a command: it ends with 130, and the same command again ends as if nothing was."""
    whole = next(copies(prepared, tmp_path, 1)).rename(tmp_path / "whole")
    passed = driver.run(0, *command, "--workspace", whole)["passed"]
    expected = settled(whole)
    chosen = [max(1, passed * share // 100) for share in (30, 75)]
    for at, root in zip(chosen, copies(prepared, tmp_path, len(chosen)), strict=True):
        ended = driver.run(at, *command, "--workspace", root, number=signal.SIGINT)
        assert ended["status"] == INTERRUPTED, f"at boundary {at}"
        assert driver.run(0, *command, "--workspace", root)["status"] == 0, f"after boundary {at}"
        assert settled(root) == expected, f"interrupted at boundary {at}"


def test_ctrl_c_in_ingest(driver: Driver, prepared: Path, tmp_path: Path, evidence_folder: Path) -> None:
    check_interrupted(driver, prepared, tmp_path, "ingest", evidence_folder)


def test_ctrl_c_in_watch(driver: Driver, prepared: Path, tmp_path: Path, evidence_folder: Path) -> None:
    shutil.copytree(evidence_folder, prepared / "inbox" / "CLM-001")
    check_interrupted(driver, prepared, tmp_path, "watch", "--once")


def test_ctrl_c_in_link(driver: Driver, other_words: Path, tmp_path: Path) -> None:
    check_interrupted(driver, other_words, tmp_path, "link")


def test_ctrl_c_in_reindex(driver: Driver, taken: Path, tmp_path: Path) -> None:
    check_interrupted(driver, taken, tmp_path, "reindex")


def test_ctrl_c_in_export(driver: Driver, taken: Path, tmp_path: Path) -> None:
    command = ("export", "CLM-001", "--workspace", taken)
    passed = driver.run(0, *command, "--out", tmp_path / "whole")["passed"]
    for share in (30, 75):
        out = tmp_path / f"interrupted-{share}"
        ended = driver.run(max(1, passed * share // 100), *command, "--out", out, number=signal.SIGINT)
        assert ended["status"] == INTERRUPTED
        assert not out.exists() or verify(out).faults == ()
        again = driver.run(0, *command, "--out", out.with_name(f"{out.name}-again"))
        assert again["status"] == 0
        assert verify(out.with_name(f"{out.name}-again")).faults == ()
