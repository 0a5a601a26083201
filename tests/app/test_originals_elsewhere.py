"""A matter whose originals lie in a store that speaks S3, on the command line from intake to bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import LETTER, Command
from tests.object_store import ObjectStore


@pytest.fixture
def bucket(object_store: ObjectStore, workspace: Path) -> str:
    """Its name; the workspace's settings name it too. JSON is YAML."""
    bucket = object_store.bucket()
    settings = {"originals": {"url": f"s3://{bucket}/northport", "options": object_store.options}}
    (workspace / "settings.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return bucket


def test_a_matter_lives_with_its_originals_in_a_store(
    bucket: str, object_store: ObjectStore, filled: Command, workspace: Path, tmp_path: Path
) -> None:
    documents = {found["name"]: found for found in filled("list", "--json").json}
    sha256 = documents["L-0145.txt"]["sha256"]
    assert filled("verify", workspace, "--json").json["faults"] == []
    assert not list((workspace / "originals").iterdir())
    shutil.rmtree(workspace / "fetched")  # derived
    assert filled("export", "CLM-001", "--out", tmp_path / "bundle", "--json").json["exhibits"] == 2
    assert filled("verify", tmp_path / "bundle", "--json").json["faults"] == []
    assert filled("show", sha256[:8], "--original", tmp_path / "out.txt").status == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == LETTER
    doctor = {check["name"]: check for check in filled("doctor", "--json").json["checks"]}
    assert f"s3://{bucket}/northport" in doctor["originals"]["detail"]

    object_store.client.delete_object(Bucket=bucket, Key=f"northport/{sha256[:2]}/{sha256}")
    answer = filled("verify", workspace, "--json")
    assert (answer.status, [fault["what"] for fault in answer.json["faults"]]) == (1, ["is missing"])
    assert filled("custody", sha256[:8], "--json").json["intact"] is False
    assert filled("ingest", tmp_path / "evidence").status == 0  # heals it
    assert filled("verify", workspace, "--json").json["faults"] == []


def test_a_store_that_is_away_stops_what_needs_it_and_nothing_is_lost(
    bucket: str, object_store: ObjectStore, claimtrail: Command, workspace: Path, evidence_folder: Path
) -> None:
    there = (workspace / "settings.yaml").read_text(encoding="utf-8")
    away = there.replace(object_store.endpoint, "http://127.0.0.1:9")
    (workspace / "settings.yaml").write_text(away, encoding="utf-8")
    answer = claimtrail("ingest", evidence_folder, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "originals_away")
    assert claimtrail("list", "--json").json == []
    (workspace / "settings.yaml").write_text(there, encoding="utf-8")
    assert len(claimtrail("ingest", evidence_folder, "--json").json["ingested"]) == 3
    (workspace / "settings.yaml").write_text(away, encoding="utf-8")
    assert len(claimtrail("list", "--json").json) == 3  # which needs no original
    assert claimtrail("verify", workspace, "--json").json["error"]["code"] == "originals_away"
    named = [c for c in claimtrail("doctor", "--json").json["checks"] if c["name"] == "originals"]
    assert [check["ok"] for check in named] == [False]
