"""Kill -9 at the boundaries between the steps of each command, then the same command again.

A few boundaries of each command at every run, more in the long tests; CLAIMTRAIL_KILL_POINTS says another number, `all`
tries all of them.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults import crash_cases as cases
from tests.faults.crash_cases import SIGKILLED, Bundle, Case, Driver, copies, count_from, settled


@pytest.fixture(params=[pytest.param(4, id="few"), pytest.param(12, id="many", marks=pytest.mark.long)])
def most(request: pytest.FixtureRequest) -> int:
    """Boundaries tried of each command; all of them where there are fewer."""
    return count_from("CLAIMTRAIL_KILL_POINTS", request.param)


def points(boundaries: int, most: int) -> list[int]:
    if boundaries <= most:
        return list(range(1, boundaries + 1))
    return sorted(random.Random(145).sample(range(1, boundaries + 1), most))  # noqa: S311


def check_command(driver: Driver, root: Path, folder: Path, case: Case, most: int) -> None:
    """Kills the command at its boundaries and runs it again: the state of a run that was not disturbed."""
    command, made = case(root), copies(root, folder)
    undisturbed = driver.run(*command, "--workspace", whole := next(made))
    assert undisturbed.status in (0, 1)
    assert undisturbed.passed > 1
    expected = settled(whole)
    for at in points(undisturbed.passed, most):
        command_here = (*command, "--workspace", copy := next(made))
        assert driver.run(*command_here, at=at).status == SIGKILLED
        assert driver.run(*command_here).status in (0, 1), f"after boundary {at}"
        assert settled(copy) == expected, f"killed at boundary {at}"


def test_ingest(driver: Driver, prepared: Path, tmp_path: Path, most: int) -> None:
    check_command(driver, prepared, tmp_path, cases.ingest, most)


def test_watch_once(driver: Driver, prepared: Path, tmp_path: Path, most: int) -> None:
    check_command(driver, prepared, tmp_path, cases.watch, most)


@pytest.mark.parametrize("case", [cases.night, cases.retry, cases.link, cases.reindex, cases.claims_import])
def test_of_documents_taken_in(driver: Driver, taken: Path, tmp_path: Path, case: Case, most: int) -> None:
    check_command(driver, taken, tmp_path, case, most)


JUDGEMENTS = [cases.confirm, cases.reject, cases.correct, cases.mark, cases.unmark, cases.merge]


@pytest.mark.parametrize("case", JUDGEMENTS)
def test_of_what_people_decide(driver: Driver, taken: Path, tmp_path: Path, case: Case, most: int) -> None:
    check_command(driver, taken, tmp_path, case, most=max(3, most // 2))


def test_export(driver: Driver, taken: Path, tmp_path: Path, most: int) -> None:
    """A bundle has its final name only when it is whole; the command again makes it, or says that it is there."""
    whole = driver.run(*Bundle(driver, taken, tmp_path / "whole").command)
    assert whole.status == 0
    for at in points(whole.passed, most):
        bundle = Bundle(driver, taken, tmp_path / f"out-{at}" / "bundle")
        assert driver.run(*bundle.command, at=at).status == SIGKILLED
        bundle.check_killed()
        bundle.finish()


def test_an_export_left_open_is_closed_by_the_next_command(
    driver: Driver, taken: Path, tmp_path: Path, most: int
) -> None:
    """Wherever it was killed: a bundle with its final name is told of, one without is told not to be."""
    passed = driver.run(*Bundle(driver, taken, tmp_path / "whole").command).passed
    for at in range(passed - 12, passed + 1, 1 if most > 4 else 3):
        bundle = Bundle(driver, taken, tmp_path / f"out-{at}" / "bundle")
        assert driver.run(*bundle.command, at=at).status == SIGKILLED
        assert driver.run("ingest", tmp_path / "case" / "evidence", "--workspace", taken).status == 0
        assert bundle.told() in ([], ["exporting", "exported"], ["exporting", "export not finished"])
        packed = bundle.out.with_name("bundle.zip")
        assert ("exported" in bundle.told()) == (bundle.out.exists() or packed.exists())
