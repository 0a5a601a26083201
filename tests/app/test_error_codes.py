"""Every error that the program can name stands in the guide, with what it means."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import app
import extractors
import flows
import index
import pipeline
from extractors.errors import ClaimtrailError
from index.errors import SearchError
from pipeline.errors import MatterError

ROOTS = {ClaimtrailError, MatterError, SearchError}
"""Families: no one raises them."""
OTHERS = ("partial", "interrupted")
"""Codes that no class of error carries."""
GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


def kinds(root: type) -> set[type]:
    return {root}.union(*(kinds(child) for child in root.__subclasses__()))


@pytest.fixture(scope="module")
def classes() -> set[type[ClaimtrailError | SearchError]]:
    for package in (app, extractors, flows, index, pipeline):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name and "__main__" not in module.name:
                importlib.import_module(module.name)
    own = ("app", "extractors", "flows", "index", "pipeline")
    return {
        kind for kind in kinds(ClaimtrailError) | kinds(SearchError) if kind.__module__.split(".")[0] in own
    }


def listed() -> dict[str, str]:
    """code -> what the guide says of it, from all rows that name codes first."""
    found: dict[str, str] = {}
    for row in re.findall(r"^\| (`[a-z_`, ]+`) \| (.+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`([a-z_]+)`", row[0]), row[1])
    return found


def test_every_code_stands_in_the_guide(classes: set[type]) -> None:
    codes = {kind.code for kind in classes - ROOTS} | set(OTHERS)
    assert codes - listed().keys() == set()
    assert all(len(listed()[code]) > 10 for code in codes)


def test_every_error_says_what_to_do(classes: set[type]) -> None:
    assert {kind.__name__ for kind in classes - ROOTS if not kind.hint} == set()
    assert {kind.__name__ for kind in classes if kind.exit_code not in (1, 2)} == set()


def test_each_code_has_one_meaning(classes: set[type]) -> None:
    """Two errors share a code only when one is a kind of the other, or both are about a query."""
    by_code: dict[str, list[type]] = {}
    for kind in classes - ROOTS:
        by_code.setdefault(kind.code, []).append(kind)
    shared = {code for code, found in by_code.items() if len(found) > 1}
    assert shared <= {"query"}


def test_no_one_raises_a_family() -> None:
    raising = re.compile(rf"raise ({'|'.join(root.__name__ for root in ROOTS)})\(")
    folders = ("app", "extractors", "flows", "index", "pipeline")
    sources = [path for folder in folders for path in (GUIDE.parents[1] / folder).rglob("*.py")]
    assert [path.name for path in sources if raising.search(path.read_text(encoding="utf-8"))] == []
