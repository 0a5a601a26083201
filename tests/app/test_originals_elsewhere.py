"""A matter whose originals lie in a store that speaks S3, on the command line from intake to bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import anyio
import httpx
import pytest

from app.web.application import create_app
from tests.conftest import LETTER, Command, say
from tests.object_store import AT_ONCE, ObjectStore


async def served(workspace: Path, *paths: str) -> list[str]:
    """What the pages' server answers."""
    app = create_app(workspace)
    asking = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")
    async with app.router.lifespan_context(app), asking as client:
        return [(await client.get(path)).text for path in paths]


@pytest.fixture
def bucket(object_store: ObjectStore, workspace: Path) -> str:
    """Its name; the workspace's settings name it too."""
    bucket = object_store.bucket()
    options = {**object_store.options, "key": "testing", "secret": "hunter2"}
    say(workspace, f"originals: {json.dumps({'url': f's3://{bucket}/northport', 'options': options})}")
    return bucket


def test_a_matter_lives_with_its_originals_in_a_store(
    bucket: str,
    object_store: ObjectStore,
    claimtrail: Command,
    evidence_folder: Path,
    register_file: Path,
    workspace: Path,
    tmp_path: Path,
) -> None:
    assert claimtrail("claims", "import", register_file).status == 0
    assert claimtrail("ingest", evidence_folder).status == 0
    documents = {found["name"]: found for found in claimtrail("list", "--json").json}
    sha256 = documents["L-0145.txt"]["sha256"]
    assert claimtrail("verify", workspace, "--json").json["faults"] == []
    assert not list((workspace / "originals").iterdir())
    shutil.rmtree(workspace / "fetched")  # derived
    assert claimtrail("export", "CLM-001", "--out", tmp_path / "bundle", "--json").json["exhibits"] == 2
    assert claimtrail("verify", tmp_path / "bundle", "--json").json["faults"] == []
    assert claimtrail("show", sha256[:8], "--original", tmp_path / "out.txt").status == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == LETTER
    original, settings = anyio.run(
        served, workspace, f"/api/v1/documents/{sha256[:16]}/original", "/settings"
    )
    assert original == LETTER
    assert f"s3://{bucket}/northport" in settings
    assert "hunter2" not in settings
    doctor = {check["name"]: check for check in claimtrail("doctor", "--json").json["checks"]}
    assert f"s3://{bucket}/northport" in doctor["originals"]["detail"]

    object_store.client.delete_object(Bucket=bucket, Key=f"northport/{sha256[:2]}/{sha256}")
    answer = claimtrail("verify", workspace, "--json")
    assert (answer.status, [fault["what"] for fault in answer.json["faults"]]) == (1, ["is missing"])
    assert claimtrail("custody", sha256[:8], "--json").json["intact"] is False


def test_a_store_that_is_away_stops_what_needs_it_and_nothing_else(
    bucket: str, filled: Command, workspace: Path, evidence_folder: Path
) -> None:
    away = {"url": f"s3://{bucket}/x", "options": {"endpoint_url": "http://127.0.0.1:9", **AT_ONCE}}
    say(workspace, f"originals: {json.dumps(away)}")
    for command in (["ingest", evidence_folder], ["verify", workspace]):
        answer = filled(*command, "--json")
        assert (answer.status, answer.json["error"]["code"]) == (2, "originals_away")
    assert len(filled("list", "--json").json) == 3
    assert filled("search", "Area", "--json").json["total"] == 1
    named = [c for c in filled("doctor", "--json").json["checks"] if c["name"] == "originals"]
    assert [check["ok"] for check in named] == [False]


def test_doctor_looks_at_the_disk_that_the_originals_lie_on(
    claimtrail: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, usage = tmp_path / "shared", shutil.disk_usage
    shared.mkdir()
    full = usage(tmp_path)._replace(free=0)
    monkeypatch.setattr("shutil.disk_usage", lambda path: full if Path(path) == shared else usage(path))
    claimtrail("init", workspace)
    say(workspace, f"originals: {json.dumps({'url': str(shared)})}")
    checks = {check["name"]: check["ok"] for check in claimtrail("doctor", "--json").json["checks"]}
    assert (checks["disk"], checks["disk of the originals"]) == (True, False)
