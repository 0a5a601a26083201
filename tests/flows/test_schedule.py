"""A night's run: by the command line with a Prefect server of its own, and its parts on a damaged workspace."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.clock import now
from pipeline.matter import Matter
from pipeline.night import CYCLE, Night, close, heal, link_and_index, look_after, tonight
from pipeline.records import documents, tables
from tests.conftest import LETTER, Command, say
from tests.waiting import soon

CLAIMTRAIL = [sys.executable, "-m", "app"]


def night_on(workspace: Path) -> Night:
    with Matter.open(workspace, "nightly") as matter:
        night = Night(now(), workspace)
        heal(matter, night)
        link_and_index(matter, night)
        look_after(matter, night)
        close(matter, night)
    return night


@pytest.mark.parametrize(
    "prefect",
    [
        pytest.param("with_prefect", id="as always"),
        pytest.param("workspace", id="first", marks=pytest.mark.long),
    ],
)
def test_a_run_at_once_takes_in_and_reports(
    claimtrail: Command, workspace: Path, register_file: Path, prefect: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(prefect)
    claimtrail("claims", "import", register_file)
    say(workspace, "watch: {settle_seconds: 0.3}\n")
    (workspace / "inbox" / "L.txt").write_text(LETTER)
    (workspace / "inbox" / "bad [x](y).pdf").write_bytes(b"")
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    command = [*CLAIMTRAIL, "schedule", "--now", "--json"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 1, ended.stderr
    report = json.loads(ended.stdout)
    assert (report["ok"], report["ingested"], len(report["failed"])) == (False, 1, 1)
    assert len(report["newly_linked"]) == 1
    (written,) = (workspace / "reports").iterdir()
    text = written.read_text(encoding="utf-8")
    assert "| taken in | 1 |" in text
    assert "- inbox/bad \\[x\\](y).pdf: empty" in text
    assert str(workspace) not in text
    assert "L.txt: CLM-001/E1" in text
    assert "Possession" not in text + ended.stderr
    assert claimtrail("search", "possession", "--json").json["total"] == 1


def test_a_night_mends_the_index_and_names_what_is_damaged(filled: Command, workspace: Path) -> None:
    shutil.rmtree(workspace / "index")
    (workspace / "index").mkdir()
    for path in (workspace / "originals").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(b"forged")
    nights = []
    for day in range(CYCLE):
        with Matter.open(workspace, "nightly") as matter:
            night = Night(now() + datetime.timedelta(days=day), workspace)
            link_and_index(matter, night)
            look_after(matter, night)
            nights.append(night)
    assert [night.index_rebuilt for night in nights[:3]] == [True, False, False]
    assert filled("search", "access", "--json").json["total"] == 1
    assert sum(night.originals_checked for night in nights) == 3
    assert sum(len(night.faults) for night in nights) == 3
    assert not all(night.ok for night in nights)


def test_an_index_that_differs_from_the_records_is_built_anew(filled: Command, workspace: Path) -> None:
    from index.engines import open_index

    first = filled("list", "--json").json[0]["id"]
    with open_index(workspace / "index").writer() as batch:
        batch.delete(first)
    assert night_on(workspace).index_rebuilt
    assert not night_on(workspace).index_rebuilt


def test_what_time_can_heal_is_tried_again_and_the_rest_is_not(filled: Command, workspace: Path) -> None:
    ids = [found["id"] for found in filled("list", "--json").json]
    with Matter.open(workspace, "tester") as matter, matter.change() as change:
        for document, code in zip(ids, ("timed_out", "encrypted"), strict=False):
            documents.set_state(change.tx, document, "failed", {"code": code, "message": "m", "hint": "h"})
    night = night_on(workspace)
    assert night.retried is not None
    assert [found.document for found in night.retried.ingested] == [ids[0]]
    states = {found["id"]: found["state"] for found in filled("list", "--json").json}
    assert (states[ids[0]], states[ids[1]]) == ("ok", "failed")


@pytest.mark.parametrize("step", ["read", "facts"])
def test_a_step_of_an_older_version_is_done_again(filled: Command, workspace: Path, step: str) -> None:
    with Matter.open(workspace, "tester") as matter, matter.records.writing() as tx:
        tx.execute(sa.update(tables.steps).where(tables.steps.c.step == step).values(version=0))
        tx.execute(sa.update(tables.facts).where(tables.facts.c.kind == "party").values(value="stale"))
    night = night_on(workspace)
    assert len(night.read_again if step == "read" else night.understood_again) == 3
    assert filled("search", "party:stale", "--json").json["total"] == 0
    assert filled("search", "party:Northport", "--json").json["total"] == 1
    again = night_on(workspace)
    assert (again.read_again, again.understood_again) == ([], [])


def test_every_original_has_its_turn_once_in_a_cycle() -> None:
    hashes = [f"{n:064x}" for n in range(0, 2**256, 2**249)]
    first = datetime.date(2026, 1, 1)
    turns = [sha for day in range(CYCLE) for sha in tonight(hashes, first + datetime.timedelta(days=day))]
    assert sorted(turns) == sorted(hashes)


@pytest.mark.parametrize("options", [["--timezone", "Mars/Olympus"], ["--timezone", ""]])
def test_a_wrong_time_zone_is_refused(claimtrail: Command, options: list[str]) -> None:
    answer = claimtrail("schedule", *options, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "usage")


def waits_for_its_hour(workspace: Path) -> bool:
    """Whether the workspace's own Prefect server has been told when to start the nightly run."""
    with closing(sqlite3.connect(workspace / "prefect" / "prefect.db")) as records:
        schedules = records.execute("SELECT schedule FROM deployment_schedule").fetchall()
    return any("0 2 * * *" in str(schedule) for schedule in schedules)


def test_the_service_waits_for_its_hour_and_stops_when_told(with_prefect: Path, claimtrail: Command) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with (with_prefect / "service.log").open("w") as log:
        service = subprocess.Popen(
            [*CLAIMTRAIL, "schedule", "--cron", "0 2 * * *"], env=environment, stdout=log, stderr=log
        )
    try:
        assert soon(lambda: waits_for_its_hour(with_prefect) or service.poll() is not None)
        assert service.poll() is None, (with_prefect / "service.log").read_text()
        service.send_signal(signal.SIGTERM)
        assert service.wait(120) == 0, (with_prefect / "service.log").read_text()
    finally:
        service.kill()
    assert "Traceback" not in (with_prefect / "service.log").read_text()
