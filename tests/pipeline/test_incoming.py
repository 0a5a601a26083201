"""Several machines on one shared folder: what one is just copying is not another's to remove."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.originals import FolderOriginals
from pipeline.originals.incoming import ABANDONED, here


def left(root: Path, name: str, age: float = 0.0) -> Path:
    """A copy that somebody began, and last wrote to so many seconds ago."""
    (root / ".incoming").mkdir(exist_ok=True)
    copy = root / ".incoming" / name
    copy.write_bytes(b"half of it")
    os.utime(copy, (time.time() - age,) * 2)
    return copy


def ended() -> int:
    """The number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("name", "age", "stays"),
    [
        (f"{here()}-{os.getppid()}-abc", 0, True),  # another process of this machine, alive
        ("elsewhere-1234abcd-77-abc", 0, True),  # another machine, just now
        ("elsewhere-1234abcd-77-abc", ABANDONED - 60, True),
        ("elsewhere-1234abcd-77-abc", ABANDONED + 60, False),
        (f"{here()}-{os.getppid()}-abc", ABANDONED + 60, False),  # its number went to another process
        ("no number", 0, True),
        ("no number", ABANDONED + 60, False),
    ],
)
def test_only_what_nobody_goes_on_with_is_swept(tmp_path: Path, name: str, age: float, stays: bool) -> None:
    copy = left(tmp_path, name, age)
    FolderOriginals(tmp_path).sweep()
    assert copy.exists() is stays


def test_what_a_killed_process_left_is_swept_at_once(tmp_path: Path) -> None:
    copy = left(tmp_path, f"{here()}-{ended()}-abc")
    FolderOriginals(tmp_path).sweep()
    assert not copy.exists()


def test_a_copy_outlives_the_sweep_of_its_own_process(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    originals.sweep()
    with originals._incoming.temporary() as temporary:
        originals.sweep()
        assert temporary.exists()
    assert list((tmp_path / ".incoming").iterdir()) == []
