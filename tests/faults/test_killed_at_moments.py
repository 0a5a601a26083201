"""Kill -9 of a command's whole process group at random moments, again and again, then the command once more.

CLAIMTRAIL_KILLS says how many kills of each command; CLAIMTRAIL_SEED draws others.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.faults import crash_cases as cases
from tests.faults.crash_cases import SIGKILLED, Bundle, Case, Driver, copies, count_from, settled

pytestmark = pytest.mark.long
KILLS = count_from("CLAIMTRAIL_KILLS", 4)
SEED = int(os.environ.get("CLAIMTRAIL_SEED", "20230314"))
IN_A_ROW = 3
"""At most so many kills before the command is left to end."""


def scan(folder: Path) -> None:
    """A picture of text, so that Tesseract too is killed in the middle."""
    image = Image.new("L", (600, 120), 255)
    font = ImageFont.load_default(size=40)
    ImageDraw.Draw(image).text((20, 30), "Notice of delay, Area B", fill=0, font=font)
    image.save(folder / "scan.png", dpi=(200, 200))


def check_command(driver: Driver, root: Path, folder: Path, case: Case) -> None:
    command, made = case(root), copies(root, folder)
    undisturbed = driver.run(*command, "--workspace", whole := next(made))
    assert undisturbed.status in (0, 1)
    expected, chance = settled(whole), random.Random(f"{SEED} {case.__name__}")  # noqa: S311
    kills = 0
    while kills < KILLS:
        command_here, moments = (*command, "--workspace", next(made)), []
        for _ in range(min(chance.randint(1, IN_A_ROW), KILLS - kills)):
            moments.append(chance.uniform(0, undisturbed.seconds))
            kills += 1
            if driver.run(*command_here, after=moments[-1]).status != SIGKILLED:
                break  # it ended before
        assert driver.run(*command_here).status in (0, 1), f"killed after {moments}"
        assert settled(command_here[-1]) == expected, f"killed after {moments}"


@pytest.mark.parametrize("case", [cases.ingest, cases.watch])
def test_of_what_comes_in(driver: Driver, prepared: Path, tmp_path: Path, case: Case) -> None:
    scan(prepared.parent / "evidence")
    check_command(driver, prepared, tmp_path, case)


@pytest.mark.parametrize("case", [cases.night, cases.retry, cases.link, cases.reindex, cases.claims_import])
def test_of_documents_taken_in(driver: Driver, taken: Path, tmp_path: Path, case: Case) -> None:
    check_command(driver, taken, tmp_path, case)


def test_export(driver: Driver, taken: Path, tmp_path: Path) -> None:
    usual = driver.run(*Bundle(driver, taken, tmp_path / "whole").command).seconds
    chance = random.Random(f"{SEED} export")  # noqa: S311
    kills = 0
    while kills < KILLS:
        bundle = Bundle(driver, taken, tmp_path / f"out-{kills}" / "bundle")
        for _ in range(min(chance.randint(1, IN_A_ROW), KILLS - kills)):
            driver.run(*bundle.command, after=chance.uniform(0, usual))
            bundle.check_killed()
            kills += 1
        bundle.finish()
