"""Back-up and restore as docs/operations.md tells it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Command

pytestmark = pytest.mark.sqlite_only


def found_by(answer: dict) -> list[tuple[str, int]]:
    """The pages of an answer; scores depend on what the index held before."""
    return [(hit["doc"], hit["page"]) for hit in answer["hits"]]


def test_what_is_the_truth_is_enough_to_restore(filled: Command, workspace: Path, tmp_path: Path) -> None:
    filled("confirm", filled("list", "--json").json[0]["id"], "CLM-001/E1")
    hits = found_by(filled("search", "access", "--json").json)
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(workspace / "audit-head.json", restored)
    filled("confirm", filled("list", "--json").json[1]["id"], "CLM-001/E2")  # while the back-up is made
    before = [filled(*command, "--json").json for command in (["list"], ["links", "CLM-001"])]
    with (
        sqlite3.connect(workspace / "records.sqlite") as source,
        sqlite3.connect(restored / "records.sqlite") as out,
    ):
        source.backup(out)
    for name in ("settings.yaml", "claimtrail.json"):
        shutil.copy(workspace / name, restored / name)
    shutil.copytree(workspace / "originals", restored / "originals")
    shutil.rmtree(workspace)
    there = ["--workspace", restored]
    assert filled("reindex", *there).status == 0
    assert [filled(*command, *there, "--json").json for command in (["list"], ["links", "CLM-001"])] == before
    assert found_by(filled("search", "access", *there, "--json").json) == hits
    assert filled("verify", restored, "--json").json["faults"] == []
