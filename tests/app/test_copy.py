"""`claimtrail copy`: from SQLite to a server and back, from a folder to a store and back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import people
from pipeline.errors import CopyDiffers
from pipeline.judgement import correct
from pipeline.matter import Matter
from pipeline.records import audit_log, tables, transfer
from pipeline.records.tables import audit, audit_head
from tests.conftest import Command, say
from tests.object_store import ObjectStore

JSONS = ([], {}, "", 0, -0.0, 1e308, 5e-324, -(10**40), True, "\0", "\ud800", {"é": [None, {"b": 1, "a": 2}]})
HARD = "a\0b \U0001f600 北港 \ufdd0"


def tallies(root: Path) -> dict[str, transfer.Tally]:
    """Every table that is copied, but the audit, which goes on in each copy by itself."""
    with Matter.open(root, "tester") as matter, matter.reading() as tx:
        return {t.name: transfer.tally(tx, t) for t in transfer.moved() if t not in (audit, audit_head)}


def told(command: Command, root: Path) -> list[Any]:
    """What people are told of a matter."""
    asked = (
        ["list"],
        ["links", "CLM-001"],
        ["chronology", "CLM-001"],
        ["ledger", "CLM-001"],
        ["gaps", "CLM-001"],
    )
    shown = [["show", found["id"]] for found in command("list", "--workspace", root, "--json").json]
    return [command(*each, "--workspace", root, "--json").json for each in (*asked, *shown)]


def make_hard(root: Path) -> None:
    """Rows with what databases differ about."""
    with Matter.open(root, "tester") as matter:
        document = None
        with matter.change() as change:
            tx = change.tx
            document = tx.execute(sa.select(tables.documents.c.id)).scalars().first()
            label = {"document": document, "key": "note", "value": HARD}
            tx.execute(tables.labels.insert().values(label))
            for number, body in enumerate(JSONS):
                row = {"id": f"r-{number}", "command": HARD, "started": "", "summary": body}
                tx.execute(tables.runs.insert().values(row))
            body = {
                "huge": 10**30,
                "text": "\0 \ud800 \U0001f600",
                "none": None,
                "amount": "1.50",
                "float": 0.1,
            }
            tx.execute(tables.runs.insert().values(id="one", command="x", started="", summary=body))
            tx.execute(tables.runs.insert().values(id="sql null", command="x", started="", summary=sa.null()))
            tx.execute(
                tables.runs.insert().values(id="json null", command="x", started="", summary=sa.JSON.NULL)
            )
            tx.execute(tables.signatures.delete())
            tx.execute(tables.signatures.insert().values(document=document, signature=b"", version=2**31 - 1))
            change.note("test", "workspace", text="a\0b \U0001f600", big=2**60)
        people.add(matter, "mei", "admin", "correct horse battery")
        session = {"hash": "h", "user": "mei", "csrf": "c", "begun": "", "seen": ""}
        with matter.change() as change:
            change.tx.execute(tables.sessions.insert().values(session))


def test_a_matter_goes_to_a_server_and_a_store_and_comes_back_the_same(
    filled: Command, workspace: Path, tmp_path: Path, postgres_url: str, object_store: ObjectStore
) -> None:
    filled("confirm", filled("list", "--json").json[0]["id"], "CLM-001/E1")
    correct = ("correct", filled("list", "--json").json[0]["id"], "--date")
    assert filled(*correct, "2023-03-17").status == 0
    make_hard(workspace)
    say(workspace, "# ours\nworkers: 1  # few\nlinks: {learn: false}")
    (workspace / "quarantine" / "locked.pdf").write_bytes(b"locked")
    before, seen = tallies(workspace), told(filled, workspace)
    team, home = tmp_path / "team", tmp_path / "home"
    store = f"s3://{object_store.bucket()}/np"
    options = [f"--originals-option={name}={value}" for name, value in object_store.options.items()]
    places = ["--records", postgres_url, "--originals", store, "--search", "postgres"]
    there = filled("copy", workspace, team, *places, *options, "--json")
    assert (there.status, there.json["faults"], there.json["indexed"]) == (0, [], 3)
    assert there.json["left_behind"] == {"sessions": 1}
    assert not list((team / "originals").iterdir())
    assert (
        (team / "settings.yaml").read_text().startswith("# ours\nworkers: 1  # few\nlinks: {learn: false}\n")
    )
    assert (team / "quarantine" / "locked.pdf").read_bytes() == b"locked"
    assert filled("verify", team, "--json").json["faults"] == []
    assert tallies(team) == before
    assert told(filled, team) == seen

    back = filled("copy", team, home, "--json")
    assert (back.status, back.json["originals"]) == (0, {"count": 3, "copied": True})
    assert tallies(home) == before
    assert told(filled, home) == seen
    for root in (workspace, team, home):
        assert filled("verify", root, "--json").json["faults"] == []
        assert filled("search", "Area", "--workspace", root, "--json").json["total"] == 1
    assert filled(*correct, "2023-03-18", "--workspace", team).status == 0  # numbers go on
    assert "copied to" in actions(workspace)
    assert [a for a in actions(home) if a.startswith("copied")] == ["copied from", "copied from"]


def actions(root: Path) -> list[str]:
    with Matter.open(root, "tester") as matter, matter.reading() as tx:
        return list(tx.execute(sa.select(audit.c.action).order_by(audit.c.seq)).scalars())


Interrupt = Callable[[pytest.MonkeyPatch], None]


def broken(name: str) -> Interrupt:
    """Makes a step of a copy fail as if the machine had stopped there."""

    def fail(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    return lambda patched: patched.setattr(name, fail)


STEPS = {
    "files": "pipeline.moving.copy.copy_files",
    "rows": "pipeline.records.transfer.tally",
    "originals": "pipeline.moving.copy.copy_originals",
    "index": "pipeline.moving.copy.write_anew",
    "end": "pipeline.moving.copy.Begun.finish",
}


def test_a_copy_that_was_interrupted_is_no_workspace_and_is_gone_on_with(
    filled: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, before = tmp_path / "to", tallies(workspace)
    for step, name in STEPS.items():
        with monkeypatch.context() as patched:
            broken(name)(patched)
            assert filled("copy", workspace, to).status == 130, step
        assert filled("list", "--workspace", to, "--json").json["error"]["code"] == "no_workspace"
    answer = filled("copy", workspace, to, "--json")
    assert (answer.status, answer.json["rows"]["documents"]) == (0, 3)
    assert tallies(to) == before
    assert filled("verify", to, "--json").json["faults"] == []
    assert [a for a in actions(workspace) if a == "copied to"] == ["copied to"]
    assert [a for a in actions(to) if a == "copied from"] == ["copied from"]
    assert not (to / "copy-unfinished.json").exists()


def test_people_work_on_while_a_matter_is_copied(
    filled: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they write and take away between the look at a folder and the copy of what is in it is no fault."""
    for name in ("a.txt", "b.txt", "c.txt"):
        (workspace / "inbox" / name).write_text(name)
    (workspace / ".audit-head.json.1-half").write_text("{")
    (document, *_) = (found["id"] for found in filled("list", "--json").json)
    copied = shutil.copy2

    def meanwhile(source: Any, target: Any, **more: Any) -> Any:
        if Path(source).parent.name == "inbox" and len(list((workspace / "inbox").iterdir())) == 3:
            for path in (workspace / "inbox").iterdir():
                if path != Path(source):
                    path.unlink()
            (workspace / "inbox" / "new.txt").write_text("put there")
            with Matter.open(workspace, "mei") as served:
                correct(served.acting_as("mei", later=lambda: None), document, title="Said meanwhile")
        return copied(source, target, **more)

    monkeypatch.setattr(shutil, "copy2", meanwhile)
    answer = filled("copy", workspace, tmp_path / "to", "--json")
    assert (answer.status, answer.json["faults"]) == (0, [])
    assert not list((tmp_path / "to").glob(".*.json.*"))
    assert len(list((tmp_path / "to" / "inbox").iterdir())) == 1
    assert filled("verify", tmp_path / "to", "--json").json["faults"] == []


def test_a_copy_that_differs_is_not_kept(
    filled: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = transfer._given

    def forgetful(table: sa.Table, row: sa.RowMapping) -> dict[str, Any]:
        found = given(table, row)
        return {**found, "given_name": "other"} if table.name == "documents" else found

    with monkeypatch.context() as patched:
        patched.setattr(transfer, "_given", forgetful)
        answer = filled("copy", workspace, tmp_path / "to", "--json")
        assert (answer.status, answer.json["error"]["code"]) == (1, CopyDiffers.code)
    assert "documents" in answer.json["error"]["message"]
    assert filled("copy", workspace, tmp_path / "to", "--json").status == 0


def test_damaged_originals_are_told_and_the_rest_is_copied(
    filled: Command, workspace: Path, tmp_path: Path
) -> None:
    bad = next((workspace / "originals").glob("??/*"))
    bad.chmod(0o644)
    bad.write_bytes(b"forged")
    answer = filled("copy", workspace, tmp_path / "to", "--json")
    assert answer.status == 1
    assert [fault["where"] for fault in answer.json["faults"]] == [f"original {bad.name[:16]}"]
    assert "other bytes" in answer.json["faults"][0]["what"]
    assert len(list((tmp_path / "to" / "originals").glob("??/*"))) == 2


def test_originals_that_both_use_stay_where_they_are(
    filled: Command, workspace: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    first = filled("copy", workspace, tmp_path / "one", "--originals", shared, "--json").json
    second = filled(
        "copy", tmp_path / "one", tmp_path / "two", "--originals", f"file://{shared}", "--json"
    ).json
    assert (first["originals"]["copied"], second["originals"]["copied"]) == (True, False)
    (tmp_path / "more.txt").write_text("Of the second alone.", encoding="utf-8")
    assert filled("ingest", tmp_path / "more.txt", "--workspace", tmp_path / "two").status == 0
    for name, notes in (("one", 1), ("two", 0)):
        verified = filled("verify", tmp_path / name, "--json").json
        assert (verified["faults"], len(verified["notes"])) == ([], notes)
    (workspace / "originals" / "ab").mkdir(exist_ok=True)
    (workspace / "originals" / "ab" / ("ab" * 32)).touch()  # in a folder of its own it is one
    assert filled("verify", workspace, "--json").json["faults"][0]["what"] == "is not in the records"


def test_a_folder_in_other_use_is_refused_and_left_as_it_is(
    claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").touch()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "copy-unfinished.json").write_text('{"copy": "1", "of": "another"}')
    (tmp_path / "file").touch()
    claimtrail("init", tmp_path / "other")
    before = {path for path in tmp_path.rglob("*") if "matter" not in path.parts}
    for to in ("matter", "matter/inside", ".", "taken", "begun", "file", "other"):
        answer = claimtrail("copy", workspace, tmp_path / to, "--json")
        assert (answer.status, answer.json["error"]["code"]) == (2, "usage"), to
    assert {path for path in tmp_path.rglob("*") if "matter" not in path.parts} == before
    assert not (workspace / "inside").exists()


def test_a_database_in_use_is_refused_and_no_password_is_told(
    filled: Command, workspace: Path, tmp_path: Path, postgres_url: str
) -> None:
    url = postgres_url.replace("claimtrail@", "claimtrail:hunter2@")
    answers = [filled("copy", workspace, tmp_path / "one", "--records", url)]
    assert answers[0].status == 0
    for source in (workspace, tmp_path / "one"):
        answers.append(filled("copy", source, tmp_path / f"of-{source.name}", "--records", url, "--json"))
        assert answers[-1].json["error"]["code"] == "usage"
        assert "holds a matter already" in answers[-1].json["error"]["message"]
    with Matter.open(tmp_path / "one", "tester") as matter, matter.reading() as tx:
        noted = [entry.line() for entry in audit_log.entries(tx)]
    assert "hunter2" not in "".join([*noted, *(text for answer in answers for text in answer[1:])])
    assert filled("verify", tmp_path / "one", "--json").json["faults"] == []


@pytest.mark.parametrize(
    "options",
    [["--schema", "x"], ["--records", "mysql://x/y"], ["--originals-option", "a=b"], ["--search", "none"]],
)
def test_options_that_cannot_be_meant_are_refused(
    claimtrail: Command, workspace: Path, tmp_path: Path, options: list[str]
) -> None:
    assert claimtrail("copy", workspace, tmp_path / "to", *options, "--json").status == 2
    assert not (tmp_path / "to").exists()
