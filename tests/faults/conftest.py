"""The driver that kills, and workspaces to be killed: built once for the tests of a file, each of which gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.workspace import init
from tests.conftest import DIARY, LEAFLET, LETTER, REGISTER
from tests.faults.crash_cases import Driver


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    started = Driver()
    yield started
    started.close()


@pytest.fixture(scope="module")
def empty_template(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace that has the register and no documents; the evidence and the register beside it."""
    place = tmp_path_factory.mktemp("empty")
    (place / "evidence" / "letters").mkdir(parents=True)
    (place / "evidence" / "letters" / "L-0145.txt").write_text(LETTER, encoding="utf-8")
    (place / "evidence" / "施工日志.txt").write_text(DIARY, encoding="utf-8")
    (place / "evidence" / "leaflet.txt").write_text(LEAFLET, encoding="utf-8")
    (place / "register.yaml").write_text(REGISTER, encoding="utf-8")
    init(root := place / "matter")
    (root / "settings.yaml").write_text("watch: {flow_runs: false, settle_seconds: 0.1}\n")
    assert driver.run("claims", "import", place / "register.yaml", "--workspace", root).status == 0
    return place


@pytest.fixture(scope="module")
def full_template(driver: Driver, empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the three documents, linked and indexed."""
    place = tmp_path_factory.mktemp("full") / "case"
    shutil.copytree(empty_template, place)
    command = ("ingest", place / "evidence", "--claim", "CLM-001", "--workspace", place / "matter")
    assert driver.run(*command).status == 0
    return place


@pytest.fixture
def prepared(empty_template: Path, tmp_path: Path) -> Path:
    """A workspace with the register, and nothing taken in; the evidence and the register beside it."""
    return shutil.copytree(empty_template, tmp_path / "case") / "matter"


@pytest.fixture
def taken(full_template: Path, tmp_path: Path) -> Path:
    """A workspace with the three documents, linked and indexed."""
    return shutil.copytree(full_template, tmp_path / "case") / "matter"
