"""A kill -9 in the middle of an ingest, then the same command again: the state of a run that was not disturbed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipeline.matter import Matter
from pipeline.records import documents
from tests.faults.crash_cases import state
from tests.waiting import soon

CLAIMTRAIL = [sys.executable, "-m", "app"]


def call(workspace: Path, *arguments: str | Path) -> Any:
    command = [*CLAIMTRAIL, *map(str, arguments), "--workspace", str(workspace), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def heap(tmp_path: Path, evidence_folder: Path) -> Path:
    for n in range(25):
        head = f"Harbour Civil Ltd\nDate: {n % 27 + 1} May 2023\nOur ref: GC/L/{200 + n}"
        text = f"{head}\n\nDear Sir,\nArea B, part {n}.\n"
        (evidence_folder / f"letter {n:02d}.txt").write_text(text)
    (evidence_folder / "empty.pdf").write_bytes(b"")
    return evidence_folder


@pytest.mark.long
def test_killed_and_run_again_ends_in_the_same_state(tmp_path: Path, heap: Path, register_file: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for workspace in (whole, broken):
        subprocess.run([*CLAIMTRAIL, "init", str(workspace)], check=True, capture_output=True)
        call(workspace, "claims", "import", register_file)
    started = time.monotonic()
    call(whole, "ingest", heap)
    duration = time.monotonic() - started
    chance = random.Random(20230314)  # noqa: S311
    for share in (0.3, 0.5, chance.uniform(0.4, 0.9), 0.8, 0.95):
        kill_in_the_middle(broken, heap, share * duration)
    report = call(broken, "ingest", heap)
    assert report["failed"]
    assert state(broken) == state(whole)
    for workspace in (whole, broken):
        command = [*CLAIMTRAIL, "verify", str(workspace), "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert json.loads(ended.stdout)["faults"] == []
    assert not list((broken / "scratch").iterdir())


def test_interrupted_ends_with_130_and_what_was_finished_is_kept(tmp_path: Path, heap: Path) -> None:
    workspace = tmp_path / "matter"
    subprocess.run([*CLAIMTRAIL, "init", str(workspace)], check=True, capture_output=True)
    command = [*CLAIMTRAIL, "ingest", str(heap), "--workspace", str(workspace)]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # tests that run in the background of a shell ignore the signal, and so would what they start
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # without the index it cannot end, should it come to that before the signal does
    with FileLock(workspace / "index" / "writer.lock"):
        wait_until_documents_came_in(workspace)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=120)
    assert running.returncode == 130, said
    assert "Traceback" not in said
    kept = sum(found["state"] == "ok" for found in call(workspace, "list"))
    report = call(workspace, "ingest", heap)
    assert len(report["ingested"]) + kept == len(call(workspace, "list")) - len(report["failed"])
    assert call(workspace, "search", "*")["total"] == 28


def wait_until_documents_came_in(workspace: Path) -> None:
    with Matter.open(workspace, "test") as matter:

        def came_in() -> bool:
            with matter.reading() as tx:
                return any(found.state == "ok" for found in documents.summaries(tx))

        assert soon(came_in)


def kill_in_the_middle(workspace: Path, heap: Path, seconds: float) -> None:
    command = [*CLAIMTRAIL, "ingest", str(heap), "--workspace", str(workspace)]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
