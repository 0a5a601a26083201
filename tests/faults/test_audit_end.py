"""The end of the audit, cut off in every way that a hand or a back-up can: `verify` says so, and goes on saying so."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.night import spend
from pipeline.audit import LOST
from pipeline.matter import Matter
from pipeline.records import audit_log, documents
from pipeline.verify import verify
from tests.conftest import Command

pytestmark = pytest.mark.sqlite_only

Damage = Callable[[Path], None]


def sql(workspace: Path, *statements: str) -> None:
    with sqlite3.connect(workspace / "records.sqlite") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def cut_tail(workspace: Path) -> None:
    last_two = "DELETE FROM audit WHERE seq > (SELECT max(seq) FROM audit) - 2"
    sql(workspace, "DROP TRIGGER audit_no_delete", last_two)


def cut_tail_and_row(workspace: Path) -> None:
    cut_tail(workspace)
    newest = "SELECT 1, seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
    sql(workspace, "DELETE FROM audit_head", f"INSERT INTO audit_head {newest}")


def delete_head(workspace: Path) -> None:
    (workspace / "audit-head.json").unlink()


def put_back_records(workspace: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        (workspace / f"records.sqlite{ending}").unlink(missing_ok=True)
    shutil.copy(workspace.parent / "backup.sqlite", workspace / "records.sqlite")


def delete_all_entries(workspace: Path) -> None:
    sql(workspace, "DROP TRIGGER audit_no_delete", "DELETE FROM audit")


@pytest.fixture
def marked(filled: Command, workspace: Path) -> Command:
    """A workspace with a back-up from before its two newest entries."""
    with (
        sqlite3.connect(workspace / "records.sqlite") as source,
        sqlite3.connect(workspace.parent / "backup.sqlite") as out,
    ):
        source.backup(out)
    mark(filled)
    mark(filled, "--clear")
    return filled


def mark(claimtrail: Command, *options: str) -> None:
    document = claimtrail("list", "--json").json[0]["id"]
    assert claimtrail("mark", document, "privileged", *options).status == 0


def faults(workspace: Path) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in verify(workspace).faults]


CUT = {
    "entries": (cut_tail,),
    "entries, head": (cut_tail, delete_head),
    "entries, row": (cut_tail_and_row,),
    "records put back": (put_back_records,),
    "all entries, head": (delete_all_entries, delete_head),
}


@pytest.mark.parametrize("how", CUT)
def test_a_cut_off_tail_is_noticed_and_cannot_be_covered(marked: Command, workspace: Path, how: str) -> None:
    assert faults(workspace) == []
    for damage in CUT[how]:
        damage(workspace)
    assert [fault for fault in faults(workspace) if "are missing" in fault]
    mark(marked)
    mark(marked, "--clear")
    assert [fault for fault in faults(workspace) if "were gone before it" in fault]


@pytest.mark.parametrize("damages", [(cut_tail_and_row, delete_head), (put_back_records, delete_head)])
def test_where_all_inside_is_cut_the_missing_head_is_a_fault_and_then_an_entry(
    marked: Command, workspace: Path, damages: tuple[Damage, ...]
) -> None:
    for damage in damages:
        damage(workspace)
    assert [fault.partition(";")[0] for fault in faults(workspace)] == ["audit-head.json: is missing"]
    mark(marked)
    assert faults(workspace) == []
    with Matter.open(workspace, "test") as matter, matter.reading() as tx:
        actions = [entry.action for entry in audit_log.entries(tx)]
    assert actions[-2:] == ["head written anew", "marked"]


def test_a_night_is_a_witness(marked: Command, workspace: Path) -> None:
    with Matter.open(workspace, "nightly") as matter:
        stood = spend(matter)["audit"]
    assert faults(workspace) == []
    for damage in (put_back_records, delete_head):
        damage(workspace)
    mark(marked)
    (night,) = (workspace / "reports").glob("*.md")
    assert f"entry {stood['seq']}, hash {stood['hash']}" in night.read_text(encoding="utf-8")
    assert [fault for fault in faults(workspace) if f"reports/{night.name} knows" in fault]


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_bundle_that_went_out_is_a_witness(
    marked: Command, workspace: Path, tmp_path: Path, form: str
) -> None:
    assert marked("export", "CLM-001", "--out", tmp_path / "out", "--zip").status == 0
    bundle = tmp_path / ("out.zip" if form == "zip" else "out")
    assert marked("verify", workspace, "--against", bundle, "--json").json["faults"] == []
    for damage in (put_back_records, delete_head):
        damage(workspace)
    for path in workspace.glob("audit-head.json"):
        path.unlink()
    for _ in range(4):
        mark(marked)
    assert faults(workspace) == []
    answer = marked("verify", workspace, "--against", bundle, "--json")
    assert answer.status == 1
    assert all(bundle.name in fault["what"] for fault in answer.json["faults"])


def test_what_is_no_bundle_is_refused_as_a_witness(filled: Command, workspace: Path, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", workspace / "records.sqlite"):
        answer = filled("verify", workspace, "--against", path, "--json")
        assert (answer.status, answer.json["error"]["code"]) == (2, "usage")
    answer = filled("verify", tmp_path / "evidence", "--against", workspace, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "usage")


def broken_zip(path: Path, how: str) -> Path:
    """A bundle's zip with noise in what is packed, a password on everything, or a way of packing nobody knows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("tagmanifest-sha256.txt", "timestamp.tsr", "data/manifest.json", "data/audit.jsonl"):
            packed.writestr(f"out/{name}", "what a bundle holds " * 50)
        starts = [(entry.header_offset, len(entry.filename)) for entry in packed.infolist()]
        at = packed.start_dir
    raw = bytearray(path.read_bytes())
    for start, name in starts:
        if how == "noise":
            raw[start + 30 + name : start + 36 + name] = b"\xff" * 6
        elif how == "password":
            raw[start + 6] |= 1
            raw[at + 8] |= 1
        else:
            raw[start + 8] = raw[at + 10] = 97
        at += 46 + name
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("how", ["noise", "password", "packing"])
def test_a_zip_that_cannot_be_unpacked_is_told(
    filled: Command, workspace: Path, tmp_path: Path, how: str
) -> None:
    path = broken_zip(tmp_path / "out.zip", how)
    answer = filled("verify", path, "--json")
    assert answer.status == 1
    assert {fault["where"] for fault in answer.json["faults"]} >= {path.name}
    answer = filled("verify", workspace, "--against", path, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "usage")


def test_a_head_that_is_older_than_the_chain_is_no_fault(filled: Command, workspace: Path) -> None:
    """As a kill between the commit and the writing of the head leaves it."""
    before = (workspace / "audit-head.json").read_bytes()
    mark(filled)
    (workspace / "audit-head.json").write_bytes(before)
    assert faults(workspace) == []
    mark(filled, "--clear")
    with Matter.open(workspace, "test") as matter, matter.reading() as tx:
        assert not {entry.action for entry in audit_log.entries(tx)} & {LOST, "head written anew"}


def test_killed_before_the_first_head_was_written(
    workspace: Path, claimtrail: Command, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    write = Matter._write_head

    def killed(self: Matter, head) -> None:
        if head.seq:
            raise Killed
        write(self, head)

    with monkeypatch.context() as patch:
        patch.setattr(Matter, "_write_head", killed)
        with Matter.open(workspace, "tester") as matter, pytest.raises(Killed), matter.change() as change:
            change.note("test", "matter")
    with Matter.open(workspace, "test") as matter, matter.reading() as tx:
        assert audit_log.head(tx).seq == 1
    assert json.loads((workspace / "audit-head.json").read_text())["seq"] == 0
    assert claimtrail("ingest", evidence_folder).status == 0
    assert faults(workspace) == []


def test_another_process_that_writes_meanwhile_is_no_fault(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head that is newer than the entries that were read would look like a cut-off tail."""
    summaries, found = documents.summaries, []

    def then_written(tx, *given):
        answer = summaries(tx, *given)
        if not found:
            found.append(True)
            with Matter.open(workspace, "other") as other, other.change() as change:
                change.note("test", "matter")
        return answer

    monkeypatch.setattr(documents, "summaries", then_written)
    with Matter.open(workspace, "nightly") as matter:
        assert spend(matter)["faults"] == []
    found.clear()
    assert faults(workspace) == []
    assert found


def test_an_old_workspace_gets_its_row(filled: Command, workspace: Path) -> None:
    sql(
        workspace,
        "DROP TABLE audit_head",
        *(f"DROP TABLE {table}" for table in ("status_changes", "responses")),
        "DROP TABLE date_orders",
        "ALTER TABLE facts DROP COLUMN time",
        "DROP TABLE mentions",
        "ALTER TABLE pages DROP COLUMN marks",
        *(f"DROP TABLE {table}" for table in ("party_ties", "party_book", "party_apart")),
        "DROP TABLE kind_evidence",
        "ALTER TABLE documents DROP COLUMN findings",
        *(f"DROP TABLE {table}" for table in ("tokens", "sessions", "users", "jobs")),
        *(f"DROP TABLE {table}" for table in ("rulings", "saved_searches", "matter", "holds")),
        "ALTER TABLE runs DROP COLUMN position",
        "DROP INDEX facts_by_role",
        *(f"DROP TABLE {table}" for table in ("stances", "link_weights")),
        "UPDATE alembic_version SET version_num = '0004'",
    )
    assert faults(workspace) == []
    cut_tail(workspace)
    delete_head(workspace)
    assert [fault for fault in faults(workspace) if "that records.sqlite knows" in fault]


@pytest.mark.parametrize("head", ['{"seq": -1, "hash": "x"}', '{"seq": 3, "hash": "short"}', '{"seq": true}'])
def test_a_head_that_is_none_counts_as_unreadable(filled: Command, workspace: Path, head: str) -> None:
    (workspace / "audit-head.json").write_text(head)
    assert [fault.partition(";")[0] for fault in faults(workspace)] == ["audit-head.json: cannot be read"]
