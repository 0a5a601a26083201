"""The watched folder, by the command line and as a running process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from flows.batches import Batches
from flows.night import spend
from flows.watch import Watcher
from pipeline.inbox import Settling, described, quarantine, waiting
from pipeline.long_names import fitting
from pipeline.matter import Matter
from pipeline.pace import Pace
from pipeline.records import documents
from tests.conftest import DIARY, LETTER, Command, say
from tests.waiting import soon

CLAIMTRAIL = [sys.executable, "-m", "app"]


@pytest.fixture
def inbox(workspace: Path) -> Path:
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.3}\n")
    return workspace / "inbox"


def put(inbox: Path, name: str, text: str = LETTER) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def show(claimtrail: Command, name: str) -> dict:
    document = next(found["id"] for found in claimtrail("list", "--json").json if found["name"] == name)
    return claimtrail("show", document, "--json").json


def test_once_drains_the_inbox(
    claimtrail: Command, inbox: Path, workspace: Path, register_file: Path
) -> None:
    claimtrail("claims", "import", register_file)
    put(inbox, "clm-001/Harbour/site office/L-0145.txt")
    put(inbox, "clm-001/日志.txt", DIARY)
    put(inbox, "scanner/L-0145 copy.txt")
    put(inbox, "broken.pdf", "%PDF-1.4 nothing follows")
    answer = claimtrail("watch", "--once", "--json")
    assert answer.status == 1
    assert {key: len(value) for key, value in answer.json.items() if key != "run"} == {
        "ingested": 2,
        "duplicates": 1,
        "failed": 1,
    }
    assert answer.json["failed"][0]["quarantined"] == "quarantine/broken.pdf"
    assert waiting(inbox) == []
    assert (inbox / ".done/clm-001/Harbour/site office/L-0145.txt").read_text(encoding="utf-8") == LETTER
    reason = json.loads((workspace / "quarantine/broken.pdf.reason.json").read_text())
    assert reason["code"] == "corrupt"
    shown = show(claimtrail, "L-0145.txt")
    assert shown["claims"] == ["CLM-001"]
    labels = {("party", "Harbour"), ("source", "site office"), ("source", "scanner")}
    assert {(x["key"], x["value"]) for x in shown["labels"]} == labels
    assert claimtrail("watch", "--once", "--json").json["ingested"] == []


def test_a_sidecar_wins_over_the_folders(claimtrail: Command, inbox: Path, register_file: Path) -> None:
    claimtrail("claims", "import", register_file)
    put(inbox, "CLM-999/L.txt")
    put(inbox, "CLM-999/L.txt.yaml", "claim: CLM-001\nreceived: 2023-03-20\nsource: courier\nnote: by hand\n")
    put(inbox, "list.yaml", "a: list of its own\n")
    assert claimtrail("watch", "--once").status == 0
    shown = show(claimtrail, "L.txt")
    assert shown["claims"] == ["CLM-001"]
    assert shown["sightings"][0]["received"] == "2023-03-20T00:00:00Z"
    assert {x["key"]: x["value"] for x in shown["labels"]} == {"source": "courier", "note": "by hand"}
    assert show(claimtrail, "list.yaml")["state"] == "ok"
    assert (inbox / ".done/CLM-999/L.txt.yaml").exists()


@pytest.mark.parametrize(
    ("sidecar", "label"),
    [("claim: CLM-404", "unknown_claim"), ("claim: [", "sidecar_fault"), ("colour: red", "sidecar_fault")],
)
def test_what_cannot_be_followed_is_a_finding_not_a_loss(
    claimtrail: Command, inbox: Path, sidecar: str, label: str
) -> None:
    put(inbox, "L.txt")
    put(inbox, "L.txt.yaml", sidecar)
    assert claimtrail("watch", "--once").status == 0
    assert [x["key"] for x in show(claimtrail, "L.txt")["labels"]] == [label]


def test_partial_and_hidden_files_are_left_alone(claimtrail: Command, inbox: Path) -> None:
    for name in ("scan.pdf.part", "~$letter.docx", "x.tmp", "y.crdownload", ".sync/z.txt", "Thumbs.db"):
        put(inbox, name)
    assert claimtrail("watch", "--once", "--json").json["ingested"] == []
    assert (inbox / "scan.pdf.part").exists()


def test_a_file_is_whole_when_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    path = put(tmp_path, "scan.txt", "half")
    settling = Settling(2.0)
    assert settling.whole([path], now=10.0) == []
    assert settling.whole([path], now=11.9) == []
    path.write_text("half, and more")
    assert settling.whole([path], now=12.1) == []
    assert settling.whole([path], now=14.2) == [path]


def test_a_file_that_grows_is_taken_when_it_is_whole(
    claimtrail: Command, inbox: Path, matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.watch.PATIENCE", 1000)
    path = put(inbox, "L.txt", "")
    lines = iter(LETTER.splitlines(keepends=True))

    class Writing(threading.Event):
        """Between one look at the inbox and the next, some more lines are written."""

        def wait(self, timeout: float | None = None) -> bool:
            with path.open("a", encoding="utf-8") as out:
                out.writelines(islice(lines, 5))
            return super().wait(timeout)

    stop = Writing()
    with Batches(matter, stop, print) as batches:
        (report,) = Watcher(matter, inbox, batches, stop).drain()
    assert len(report.ingested) == 1
    assert (inbox / ".done/L.txt").read_text(encoding="utf-8") == LETTER
    assert "Yours faithfully" in show(claimtrail, "L.txt")["pages"][0]["text"]


def test_files_can_be_deleted_after_intake(claimtrail: Command, inbox: Path, workspace: Path) -> None:
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.2, after: delete}\n")
    put(inbox, "L.txt")
    (inbox / "L.txt.yaml").mkdir()  # a folder of that name is no sidecar
    claimtrail("watch", "--once")
    assert list(inbox.rglob("*.txt")) == []
    assert show(claimtrail, "L.txt")["state"] == "ok"


@pytest.mark.parametrize(
    ("relative", "claim", "labels"),
    [
        ("a.txt", None, {}),
        ("CLM-001/a.txt", "CLM-001", {}),
        ("clm-001/HCL/e-mail/2023/a.txt", "CLM-001", {"party": "HCL", "source": "e-mail/2023"}),
        ("scanner/a.txt", None, {"source": "scanner"}),
        ("CLM-777/a.txt", None, {"unknown_claim": "CLM-777"}),
    ],
)
def test_folders_say_claim_party_and_source(
    tmp_path: Path, relative: str, claim: str | None, labels: dict[str, str]
) -> None:
    found = described(put(tmp_path, relative), tmp_path, ["CLM-001"])
    assert (found.claim, dict(found.labels)) == (claim, labels)


def flow_runs(workspace: Path) -> list[tuple[str, str]]:
    """Name and state of the flow runs that the workspace's own Prefect server holds."""
    with closing(sqlite3.connect(workspace / "prefect" / "prefect.db")) as records:
        return records.execute(
            "SELECT flow.name, run.state_type FROM flow_run run JOIN flow ON flow.id = run.flow_id"
        ).fetchall()


def test_a_running_watch_takes_in_what_lands_as_flow_runs_and_ends_with_0_on_sigterm(
    claimtrail: Command, inbox: Path, with_prefect: Path
) -> None:
    say(with_prefect, "watch: {settle_seconds: 0.3}\n")
    running = subprocess.Popen(
        [*CLAIMTRAIL, "watch", "--json"],
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    try:
        assert "Watching" in running.stderr.readline()
        second = claimtrail("watch", "--json")
        assert (second.status, second.json["error"]["code"]) == (2, "workspace_busy")
        put(inbox, "L.txt")
        assert soon((inbox / ".done/L.txt").exists)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=120)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert json.loads(out)["ingested"][0]["path"].endswith("L.txt")
    assert flow_runs(with_prefect) == [("ingest", "COMPLETED")]
    assert show(claimtrail, "L.txt")["state"] == "ok"


def test_intake_goes_on_where_prefect_does_not_start(
    claimtrail: Command, inbox: Path, workspace: Path
) -> None:
    say(workspace, "watch: {settle_seconds: 0.3}\n")
    (workspace / "prefect" / "prefect.db").mkdir(parents=True)
    put(inbox, "L.txt")
    command = [*CLAIMTRAIL, "watch", "--once", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (ended.returncode, len(json.loads(ended.stdout)["ingested"])) == (0, 1), ended.stderr
    assert "The Prefect server did not start" in ended.stderr
    assert show(claimtrail, "L.txt")["state"] == "ok"


def test_a_retried_document_leaves_the_quarantine(claimtrail: Command, inbox: Path, workspace: Path) -> None:
    put(inbox, "sub/broken.pdf", "%PDF-1.4 nothing follows")
    claimtrail("watch", "--once")
    assert claimtrail("retry", "--all").status == 1
    assert (workspace / "quarantine/sub/broken.pdf").exists()
    assert (workspace / "quarantine/sub/broken.pdf.reason.json").exists()


def test_names_as_long_as_names_can_be(claimtrail: Command, inbox: Path, workspace: Path) -> None:
    long, han, half = "n" * 251 + ".txt", "关" * 83 + ".pdf", "q" * 240 + ".pdf"
    (inbox / long).write_text(LETTER, encoding="utf-8")
    for name in (han, half):
        (inbox / name).write_bytes(b"%PDF-1.4 " + name.encode())
    drained = claimtrail("watch", "--once", "--json").json
    assert [Path(found["path"]).name for found in drained["ingested"]] == [long]
    assert {Path(found["path"]).name for found in drained["failed"]} == {han, half}
    (inbox / long).write_text(LETTER, encoding="utf-8")
    (inbox / han).write_bytes(b"%PDF-1.4 another")
    claimtrail("watch", "--once", "--json")
    assert [path for path in inbox.iterdir() if path.name != ".done"] == []
    kept = sorted(path.name for path in (inbox / ".done").iterdir())
    assert kept == sorted([long, "n" * 247 + " (2).txt"])
    held = [path.name for path in (workspace / "quarantine").iterdir() if not path.name.endswith(".json")]
    assert sorted(name[-8:] for name in held) == [" (2).pdf", "qqqq.pdf", "关关关关.pdf"]
    for name in held:
        assert (workspace / "quarantine" / f"{name}.reason.json").is_file()
    assert len(claimtrail("list", "--json").json) == 4


@pytest.mark.parametrize(
    ("name", "more", "room", "made"),
    [
        ("scan.pdf", "", 0, "scan.pdf"),
        ("scan.pdf", " (2)", 12, "scan (2).pdf"),
        ("a" * 255, "", 0, "a" * 255),
        ("a" * 255, "", 12, "a" * 243),
        ("a" * 251 + ".pdf", " (2)", 0, "a" * 247 + " (2).pdf"),
        ("文" * 84 + ".p", "", 12, "文" * 80 + ".p"),
        ("a." + "b" * 253, " (3)", 5, "a." + "b" * 244 + " (3)"),
        ("\udcff" * 255, "", 5, "\udcff" * 250),
    ],
)
def test_names_are_cut_where_more_must_fit(name: str, more: str, room: int, made: str) -> None:
    assert fitting(name, more, room) == made


def test_two_files_with_the_same_bytes_that_fail_are_both_quarantined(
    claimtrail: Command, inbox: Path, workspace: Path
) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        put(inbox, name, "%PDF-1.4 nothing follows")
    answer = claimtrail("watch", "--once", "--json")
    assert (answer.json["duplicates"], len(answer.json["failed"])) == ([], 3)
    quarantined = [path.name for path in (workspace / "quarantine").glob("*.pdf")]
    assert sorted(quarantined) == ["a.pdf", "b.pdf", "c.pdf"]


@pytest.mark.parametrize("by", ["retry", "night"])
def test_what_is_read_after_all_leaves_the_quarantine(
    claimtrail: Command, inbox: Path, workspace: Path, by: str
) -> None:
    put(inbox, "sub/L.txt")
    put(inbox, "sub/L.txt.yaml", "note: by hand")
    claimtrail("watch", "--once")
    document = claimtrail("list", "--json").json[0]["id"]
    reason = {"code": "timed_out", "message": "m", "hint": "h"}
    with Matter.open(workspace, "tester") as matter, matter.change() as change:
        documents.set_state(change.tx, document, "failed", reason)
    quarantine(inbox / ".done/sub/L.txt", inbox / ".done", workspace / "quarantine", {"document": document})
    assert len(list((workspace / "quarantine").rglob("L*"))) == 3
    if by == "retry":
        assert claimtrail("retry", document).status == 0
    else:
        with Matter.open(workspace, "nightly") as matter:
            assert spend(matter)["ok"]
    assert list((workspace / "quarantine").rglob("L*")) == []
    assert sorted(path.name for path in (inbox / ".done/sub").iterdir()) == ["L.txt", "L.txt.yaml"]


def test_many_files_are_taken_in_batch_by_batch_and_progress_counts_all_of_them(
    inbox: Path, matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.watch.BATCH", 2)
    for number in range(5):
        put(inbox, f"{number}.txt", f"Letter {number}")
    told: list[Pace] = []
    stop = threading.Event()
    with Batches(matter, stop, print) as batches:
        reports = Watcher(matter, inbox, batches, stop, progress=told.append).drain()
    assert [len(report.ingested) for report in reports] == [2, 2, 1]
    reading = [(pace.done, pace.of) for pace in told if pace.what == "reading"]
    assert reading == [(n, 5) for n in range(1, 6)]
    assert {pace.what for pace in told} == {"reading", "comparing", "names", "linking", "indexing"}
    assert len(list((inbox / ".done").iterdir())) == 5


def test_what_changes_while_other_batches_are_read_waits_until_it_is_whole(
    inbox: Path, matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.watch.BATCH", 1)
    put(inbox, "a.txt", "Letter a")
    late = put(inbox, "b.txt", "Letter b")
    stop = threading.Event()

    def grow(pace: Pace) -> None:
        if pace.item.endswith("a.txt"):
            late.write_text("Letter b, whole")

    with Batches(matter, stop, print) as batches:
        reports = Watcher(matter, inbox, batches, stop, progress=grow).drain()
    assert [found.shown.rpartition("/")[2] for report in reports for found in report.ingested] == [
        "a.txt",
        "b.txt",
    ]
    with matter.reading() as tx:
        texts = [documents.reading(tx, found).text for found in documents.summaries(tx)]
    assert any("whole" in text for text in texts)
