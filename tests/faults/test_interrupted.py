"""Ctrl-C between the steps of each command: it ends with 130, and the same command again ends as if nothing was."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pipeline.verify import verify
from tests.faults import crash_cases as cases
from tests.faults.crash_cases import Case, Driver, copies, settled

INTERRUPTED = 130
SHARES = (0.3, 0.75)
"""How far into a command it is interrupted."""


def check_interrupted(driver: Driver, root: Path, folder: Path, case: Case) -> None:
    command, made = case(root), copies(root, folder)
    passed = driver.run(*command, "--workspace", whole := next(made)).passed
    expected = settled(whole)
    for share in SHARES:
        here = (*command, "--workspace", copy := next(made))
        at = max(1, int(share * passed))
        assert driver.run(*here, at=at, number=signal.SIGINT).status == INTERRUPTED, f"at boundary {at}"
        assert driver.run(*here).status in (0, 1), f"after boundary {at}"
        assert settled(copy) == expected, f"interrupted at boundary {at}"


@pytest.mark.parametrize("case", [cases.ingest, cases.watch])
def test_intake(driver: Driver, prepared: Path, tmp_path: Path, case: Case) -> None:
    check_interrupted(driver, prepared, tmp_path, case)


@pytest.mark.parametrize("case", [cases.link, cases.reindex, cases.retry])
def test_of_documents_taken_in(driver: Driver, taken: Path, tmp_path: Path, case: Case) -> None:
    check_interrupted(driver, taken, tmp_path, case)


def test_export(driver: Driver, taken: Path, tmp_path: Path) -> None:
    command = ("export", "CLM-001", "--workspace", taken, "--out")
    passed = driver.run(*command, tmp_path / "whole").passed
    for share in SHARES:
        out = tmp_path / f"interrupted at {share}"
        ended = driver.run(*command, out, at=max(1, int(share * passed)), number=signal.SIGINT)
        assert ended.status == INTERRUPTED
        assert not out.exists() or verify(out).faults == ()
        again = out.with_name(f"{out.name}, again")
        assert driver.run(*command, again).status == 0
        assert verify(again).faults == ()
