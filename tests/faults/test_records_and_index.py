"""Records and index that are locked, damaged or gone, and settings that cannot be read."""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from flows.night import spend
from index.engine import SearchIndex
from pipeline import clock
from pipeline.errors import WorkspaceBusy
from pipeline.indexing import index_pending
from pipeline.ingest import Ingest
from pipeline.ingest_report import Outcome, Taken
from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.verify import verify
from pipeline.workspace import working
from tests.conftest import LETTER, Answer, Command, say


def named(answer: Answer, *codes: str) -> dict[str, str]:
    """The error of a command that ended as the contract says."""
    assert answer.status == 2, answer
    error: dict[str, str] = answer.json["error"]
    assert error["code"] in codes
    assert error["message"]
    assert error["hint"]
    assert "Traceback" not in answer.err
    return error


@pytest.fixture
def locked(workspace: Path) -> Iterator[None]:
    """Another program holds the write lock of the database."""
    with Matter.open(workspace, "tester"):
        pass
    other = sqlite3.connect(workspace / "records.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.usefixtures("locked")
def test_a_locked_database_is_told_after_the_time_to_wait(workspace: Path) -> None:
    with Matter.open(workspace, "tester", busy_seconds=0.2) as matter:
        with pytest.raises(WorkspaceBusy, match=r"records\.sqlite is locked"), matter.change():
            raise AssertionError("the lock is another's")
        with matter.reading() as tx:
            assert documents.summaries(tx) == []


def test_a_database_locked_for_a_while_is_waited_for(workspace: Path) -> None:
    with Matter.open(workspace, "tester", busy_seconds=20) as matter:
        other = sqlite3.connect(workspace / "records.sqlite", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
        with matter.change() as change:
            change.note("test", "matter")
        other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands wait a moment for the records, not half a minute."""
    monkeypatch.setattr("app.options.Matter.open", partial(Matter.open, busy_seconds=0.2))


LOCKED = [
    ("ingest", "EVIDENCE"),
    ("link",),
    ("reindex",),
    ("claims", "import", "REGISTER"),
    ("retry", "--all"),
]


@pytest.mark.usefixtures("impatient")
def test_every_command_names_a_locked_database_and_works_once_it_is_free(
    filled: Command, workspace: Path, evidence_folder: Path, register_file: Path
) -> None:
    (evidence_folder / "new.txt").write_text(LETTER.replace("0145", "0146"), encoding="utf-8")
    register_file.write_text(
        register_file.read_text(encoding="utf-8").replace("USD", "EUR"), encoding="utf-8"
    )
    places = {"EVIDENCE": str(evidence_folder), "REGISTER": str(register_file)}
    other = sqlite3.connect(workspace / "records.sqlite", isolation_level=None)
    for words in LOCKED:
        command = [places.get(word, word) for word in words]
        other.execute("BEGIN IMMEDIATE")
        error = named(filled(*command, "--json"), "workspace_busy")
        assert "records.sqlite" in error["message"]
        assert filled("search", "Area", "--json").status == 0
        other.execute("ROLLBACK")
        assert filled(*command, "--json").status == 0
    other.close()
    assert len(filled("list", "--json").json) == 4
    assert verify(workspace).faults == ()


@pytest.mark.usefixtures("impatient")
def test_a_database_that_is_locked_in_the_middle_of_an_ingest(
    claimtrail: Command, workspace: Path, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops the run; nothing is called unreadable because of it; the next run goes on."""
    claimtrail("list")
    other = sqlite3.connect(workspace / "records.sqlite", isolation_level=None, check_same_thread=False)
    attempt, locked = Ingest.attempt, []

    def locked_meanwhile(self: Ingest, taken: Taken) -> Outcome:
        if len(locked) == 1:
            other.execute("BEGIN IMMEDIATE")
        locked.append(taken)
        return attempt(self, taken)

    monkeypatch.setattr(Ingest, "attempt", locked_meanwhile)
    named(claimtrail("ingest", evidence_folder, "--json"), "workspace_busy")
    other.execute("ROLLBACK")
    other.close()
    states = {found["state"] for found in claimtrail("list", "--json").json}
    assert "failed" not in states
    assert claimtrail("ingest", evidence_folder).status == 0
    assert [found["state"] for found in claimtrail("list", "--json").json] == ["ok"] * 3
    assert verify(workspace).faults == ()


def overwrite(path: Path, start: int, count: int, seed: int = 7) -> None:
    with path.open("r+b") as stream:
        stream.seek(start)
        stream.write(random.Random(seed).randbytes(count))  # noqa: S311


COMMANDS = [("list",), ("search", "Area"), ("link",), ("reindex",), ("gaps", "CLM-001")]


@pytest.mark.parametrize("start", [0, 16, 100])
def test_a_damaged_head_of_the_records(filled: Command, workspace: Path, start: int) -> None:
    overwrite(workspace / "records.sqlite", start, 4000)
    for command in COMMANDS:
        named(filled(*command, "--json"), "records_unusable")


@pytest.mark.parametrize("seed", range(4))
def test_pages_of_the_records_overwritten(filled: Command, workspace: Path, seed: int) -> None:
    """Whatever is hit: a named error or an answer, and `verify` finds it or nothing is wrong."""
    path = workspace / "records.sqlite"
    for number in range(6):
        at = random.Random(100 * seed + number).randrange(1, path.stat().st_size // 4096)  # noqa: S311
        overwrite(path, 4096 * at, 2048, seed)
    for command in (("list",), ("search", "*"), ("link",), ("ledger", "CLM-001"), ("claims", "list")):
        answer = filled(*command, "--json")
        if answer.status:
            named(answer, "records_unusable")
    answer = filled("verify", workspace, "--json")
    if answer.status == 2:
        named(answer, "records_unusable")
    else:
        assert (answer.status == 1) == bool(answer.json["faults"])


def test_records_that_are_no_database(filled: Command, workspace: Path, evidence_folder: Path) -> None:
    (workspace / "records.sqlite").write_bytes(b"not a database, " * 400)
    for command in (("list",), ("ingest", str(evidence_folder)), ("doctor",)):
        answer = filled(*command, "--json")
        if command == ("doctor",):
            assert answer.status == 1
        else:
            named(answer, "records_unusable")
    assert len(list((workspace / "originals").glob("??/*"))) == 3


@pytest.mark.parametrize(
    "content", [b"a: [", b"- a list", b"just words", b"\xff\xfe\x00broken", b"workers: many"]
)
def test_broken_settings(filled: Command, workspace: Path, content: bytes) -> None:
    settings = workspace / "settings.yaml"
    before = settings.read_bytes()
    settings.write_bytes(content)
    assert "settings.yaml" in named(filled("list", "--json"), "usage")["message"]
    settings.write_bytes(before)
    assert len(filled("list", "--json").json) == 3


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b"\xff\xfe", b'{"seq": "x", "hash": 1}'])
def test_a_lost_or_garbled_audit_head(filled: Command, workspace: Path, content: bytes | None) -> None:
    """It is a fault with what to do; the next change writes it anew; the chain itself is untouched."""
    head = workspace / "audit-head.json"
    head.unlink() if content is None else head.write_bytes(content)
    faults = verify(workspace).faults
    assert [fault.where for fault in faults] == ["audit-head.json"]
    document = filled("list", "--json").json[0]["id"]
    assert filled("mark", document, "privileged").status == 0
    assert verify(workspace).faults == ()
    assert json.loads(head.read_text())["seq"] > 0


def damage_index(workspace: Path, how: str) -> None:
    index = workspace / "index"
    pages = next(index.glob("pages-*"))
    if how == "folder deleted":
        shutil.rmtree(index)
    elif how == "pages deleted":
        shutil.rmtree(pages)
    elif how == "pointer garbled":
        (index / "index.json").write_bytes(b"\xff{")
    else:
        for path in pages.iterdir():
            if path.suffix != ".lock" and path.stat().st_size > 20:
                overwrite(path, 4, min(4000, path.stat().st_size - 4))


DAMAGE = ["folder deleted", "pages deleted", "pointer garbled", "bytes overwritten"]


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_index_is_named_by_search_and_mended_by_ingest(
    filled: Command, workspace: Path, evidence_folder: Path, how: str
) -> None:
    damage_index(workspace, how)
    assert "reindex" in named(filled("search", "Area", "--json"), "index_missing", "index_damaged")["hint"]
    (evidence_folder / "new.txt").write_text(LETTER.replace("0145", "0146"), encoding="utf-8")
    assert filled("ingest", evidence_folder).status == 0
    assert filled("search", "*", "--json").json["total"] == 4
    assert verify(workspace).faults == ()


@pytest.mark.parametrize("how", DAMAGE)
def test_reindex_mends_it_too(filled: Command, workspace: Path, how: str) -> None:
    damage_index(workspace, how)
    assert filled("reindex").status == 0
    assert filled("search", "*", "--json").json["total"] == 3


@pytest.mark.parametrize("how", DAMAGE[:2])
def test_the_index_goes_while_it_is_written(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """It is built anew from the records in the same run."""
    import pipeline.indexing as indexing

    write, gone = indexing._write, []

    def written_then_gone(*given: object) -> None:
        write(*given)  # type: ignore[arg-type]
        if not gone:
            gone.append(how)
            damage_index(workspace, how)

    monkeypatch.setattr(indexing, "_write", written_then_gone)
    with Matter.open(workspace, "tester") as matter:
        with matter.change() as change:
            documents.undo(change.tx, "index")
        assert index_pending(matter) == 3
    assert gone
    assert filled("search", "*", "--json").json["total"] == 3
    assert verify(workspace).faults == ()


@pytest.mark.parametrize("how", DAMAGE)
def test_the_index_goes_while_it_is_open_for_search(filled: Command, workspace: Path, how: str) -> None:
    from index.engines import open_index
    from index.errors import IndexDamaged, IndexMissing

    opened: SearchIndex = open_index(workspace / "index")
    assert opened.search("Area").total == 1
    damage_index(workspace, how)
    with suppress(IndexDamaged, IndexMissing):  # what is open or in memory may still answer, and then rightly
        assert opened.search("tulips OR 塔吊").total == 2
    assert filled("reindex").status == 0
    assert opened.search("Area").total == 1


def test_the_second_ingest_is_told_who_holds_the_workspace(
    workspace: Path, claimtrail: Command, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.intake.working", partial(working, wait_seconds=0.2))
    with Matter.open(workspace, "tester") as matter, working(matter.workspace, "link"):
        answer = claimtrail("ingest", evidence_folder, "--json")
    error = named(answer, "workspace_busy")
    assert f"claimtrail link (process {os.getpid()} on " in error["message"]
    assert claimtrail("list", "--json").json == []


def test_two_ingests_at_once(workspace: Path, claimtrail: Command, evidence_folder: Path) -> None:
    """Whichever comes second waits (here as long as it takes), and finds everything known."""
    code = (
        "import sys; from functools import partial; from app import cli; from app.commands import intake\n"
        "intake.working = partial(intake.working, wait_seconds=200); sys.exit(cli.run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "ingest", str(evidence_folder), "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [json.loads(one.communicate(timeout=250)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(len(answer["ingested"]) for answer in answers) == [0, 3]
    assert sorted(len(answer["duplicates"]) for answer in answers) == [0, 3]
    assert len(claimtrail("list", "--json").json) == 3
    assert verify(workspace).faults == ()


class Clock:
    """Stands for the module `datetime` in `pipeline.clock`, and says what it is told to."""

    UTC = datetime.UTC

    def __init__(self, *said: datetime.datetime) -> None:
        self.datetime, self._said = self, list(said)

    def now(self, _zone: datetime.tzinfo) -> datetime.datetime:
        return self._said.pop(0) if len(self._said) > 1 else self._said[0]


def test_the_clock_is_set_back(
    filled: Command, workspace: Path, evidence_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of the audit is that of its numbers, not of its times."""
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.1}\n")
    monkeypatch.setattr(clock, "datetime", Clock(datetime.datetime(2001, 2, 3, tzinfo=datetime.UTC)))
    (evidence_folder / "new.txt").write_text(LETTER.replace("0145", "0146"), encoding="utf-8")
    (workspace / "inbox" / "newer.txt").write_text(LETTER.replace("0145", "0147"), encoding="utf-8")
    assert filled("ingest", evidence_folder).status == 0
    assert filled("watch", "--once").status == 0
    assert filled("link").status == 0
    assert filled("reindex").status == 0
    assert verify(workspace).faults == ()
    assert filled("search", "*", "--json").json["total"] == 5
    for name in ("new.txt", "newer.txt"):
        found = next(d for d in filled("list", "--json").json if d["name"] == name)
        shown = filled("show", found["id"], "--json").json
        assert shown["sightings"][0]["received"] == "2001-02-03T00:00:00Z"
    assert filled("deadlines", "CLM-001").status == 0
    assert filled("export", "CLM-001", "--out", tmp_path / "bundle", "--zip").status == 0
    assert verify(tmp_path / "bundle").faults == verify(tmp_path / "bundle.zip").faults == ()


def test_a_night_that_comes_twice_by_the_clock_keeps_both_reports(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "datetime", Clock(datetime.datetime(2026, 10, 25, 2, tzinfo=datetime.UTC)))
    with Matter.open(workspace, "nightly") as matter:
        assert spend(matter)["ok"]
        assert spend(matter)["ok"]
    names = sorted(path.name for path in (workspace / "reports").iterdir())
    assert names == ["nightly-20261025T020000Z-2.md", "nightly-20261025T020000Z.md"]
    assert verify(workspace).faults == ()


def test_a_clock_that_jumps_to_and_fro(
    workspace: Path, claimtrail: Command, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = [datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2030, 1999, 2024, 1971) * 50]
    monkeypatch.setattr(clock, "datetime", Clock(*years))
    assert claimtrail("ingest", evidence_folder).status == 0
    assert len(claimtrail("ingest", evidence_folder, "--json").json["duplicates"]) == 3
    assert claimtrail("search", "*", "--json").json["total"] == 3
    assert verify(workspace).faults == ()
