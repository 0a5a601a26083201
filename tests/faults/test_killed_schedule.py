"""`claimtrail schedule --now` killed in the middle of its night, with its own Prefect server; then given again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import crash_cases as cases
from tests.faults.crash_cases import Driver, copies, settled

COMMAND = [sys.executable, "-m", "app", "schedule", "--now", "--json", "--workspace"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}


def processes_of(root: Path) -> set[int]:
    """The processes that work on this workspace or for it: each has its name in the command or the environment."""
    found, wanted = set(), os.fsencode(root)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if wanted in said and int(folder.name) != os.getpid():
            found.add(int(folder.name))
    return found


def wait_for(true: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def entries(root: Path) -> int:
    return int(json.loads((root / "audit-head.json").read_text())["seq"])


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at /proc")
def test_killed_in_the_middle_of_the_night(
    driver: Driver, taken: Path, tmp_path: Path, prefect_database: Path
) -> None:
    (taken / "prefect").mkdir()
    shutil.copy(prefect_database, taken / "prefect")
    made = copies(taken, tmp_path)
    command = cases.night(taken)
    whole = next(made).rename(tmp_path / "whole")
    assert driver.run(*command, "--workspace", whole).status == 1
    expected, before = settled(whole), entries(root := next(made))
    running = subprocess.Popen([*COMMAND, str(root)], env=ENVIRONMENT, start_new_session=True)
    try:
        wait_for(lambda: entries(root) > before + 3, 240)
        assert len(processes_of(root)) > 2
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    wait_for(lambda: not processes_of(root), 60)
    ended = subprocess.run(
        [*COMMAND, str(root)], env=ENVIRONMENT, capture_output=True, text=True, timeout=280, check=False
    )
    assert ended.returncode in (0, 1), ended.stderr
    assert json.loads(ended.stdout)["faults"] == []
    assert settled(root) == expected
    assert not processes_of(root)
