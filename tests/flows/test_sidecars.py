"""Sidecars that come early, late, alone or broken: each travels with its file, or is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import flows.watch
from flows.night import spend
from pipeline import inbox as inbox_module
from pipeline import sidecars
from pipeline.inbox import Settling, described, quarantine, release, waiting
from pipeline.intake import Found, Lost
from pipeline.matter import Matter
from pipeline.verify import verify
from tests.conftest import LETTER, Command, say

SAID = "party: Harbour\nnote: by hand\nreceived: 2023-03-20\nclaim: CLM-001\n"
EMPTY_PDF = "%PDF-1.4 nothing follows"


@pytest.fixture
def inbox(workspace: Path, claimtrail: Command, register_file: Path) -> Path:
    say(workspace, "watch: {flow_runs: false, settle_seconds: 0.1}\n")
    assert claimtrail("claims", "import", register_file).status == 0
    return workspace / "inbox"


def put(folder: Path, name: str, text: str = LETTER) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def drain(claimtrail: Command) -> dict[str, Any]:
    answer = claimtrail("watch", "--once", "--json")
    assert answer.status == bool(answer.json["failed"])
    found: dict[str, Any] = answer.json
    return found


def told_of(claimtrail: Command, name: str) -> dict[str, str]:
    document = next(found["id"] for found in claimtrail("list", "--json").json if found["name"] == name)
    shown = claimtrail("show", document, "--json").json
    labels = {label["key"]: label["value"] for label in shown["labels"]}
    return {**labels, "claims": " ".join(shown["claims"]), "received": shown["sightings"][0]["received"]}


TOLD = {"party": "Harbour", "note": "by hand", "claims": "CLM-001", "received": "2023-03-20T00:00:00Z"}


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("after", ["move", "delete"])
@pytest.mark.parametrize("folder", ["", "post/2023/"])
def test_a_sidecar_that_comes_after_its_file_was_taken_in(
    claimtrail: Command, inbox: Path, workspace: Path, after: str, folder: str
) -> None:
    settings = f"watch: {{flow_runs: false, settle_seconds: 0.1, after: {after}}}\n"
    say(workspace, settings)
    put(inbox, f"{folder}L.txt")
    drain(claimtrail)
    put(inbox, f"{folder}L.txt.yaml", SAID)
    report = drain(claimtrail)
    assert [found["path"].rpartition("/")[2] for found in report["duplicates"]] == ["L.txt.yaml"]
    assert TOLD.items() <= told_of(claimtrail, "L.txt").items()
    assert [found["name"] for found in claimtrail("list", "--json").json] == ["L.txt"]
    kept = [f".done/{folder}L.txt", f".done/{folder}L.txt.yaml"]
    assert files(inbox) == (kept if after == "move" else [])
    assert claimtrail("search", "claim:CLM-001", "--json").json["total"] == 1
    assert verify(workspace).faults == ()


def test_a_sidecar_that_comes_before_its_file(claimtrail: Command, inbox: Path) -> None:
    put(inbox, "L.txt.yaml", SAID)
    settling = Settling(1.0)
    assert [settling.whole(waiting(inbox), now) for now in (0.0, 1.0, 9.9)] == [[], [], []]
    put(inbox, "L.txt")
    drain(claimtrail)
    assert TOLD.items() <= told_of(claimtrail, "L.txt").items()
    assert files(inbox) == [".done/L.txt", ".done/L.txt.yaml"]


@pytest.mark.parametrize("part", ["L.pdf.part", "L.pdf.crdownload", "~$L.pdf", "l.PDF.tmp"])
def test_a_sidecar_waits_while_its_file_is_on_the_way(inbox: Path, part: str) -> None:
    sidecar, settling = put(inbox, "L.pdf.yaml", SAID), Settling(1.0)
    settling.whole([sidecar], 0.0)
    assert settling.whole([sidecar], 9.9) == []
    assert settling.whole([sidecar], 10.0) == [sidecar]
    put(inbox, part)
    assert settling.whole([sidecar], 99.0) == []


def test_a_sidecar_whose_file_never_came_is_named_and_can_be_put_back(
    claimtrail: Command, inbox: Path, workspace: Path
) -> None:
    put(inbox, "L.txt.yaml", SAID)
    [failure] = drain(claimtrail)["failed"]
    assert failure["reason"].startswith("sidecar_alone: ")
    assert failure["quarantined"] == "quarantine/L.txt.yaml"
    assert files(workspace / "quarantine") == ["L.txt.yaml", "L.txt.yaml.reason.json"]
    assert claimtrail("list", "--json").json == []
    put(inbox, "L.txt")
    drain(claimtrail)
    (workspace / "quarantine" / "L.txt.yaml").rename(inbox / "L.txt.yaml")
    drain(claimtrail)
    assert TOLD.items() <= told_of(claimtrail, "L.txt").items()
    assert files(workspace / "quarantine") == []


def test_a_sidecar_goes_with_its_file_into_the_quarantine_and_out(
    claimtrail: Command, inbox: Path, workspace: Path
) -> None:
    put(inbox, "bad.pdf", EMPTY_PDF)
    put(inbox, "bad.pdf.yaml", SAID)
    drain(claimtrail)
    quarantined = workspace / "quarantine"
    assert files(quarantined) == ["bad.pdf", "bad.pdf.reason.json", "bad.pdf.yaml"]
    assert TOLD.items() <= told_of(claimtrail, "bad.pdf").items()
    document = json.loads((quarantined / "bad.pdf.reason.json").read_text())["document"]
    release(quarantined, inbox, [document])
    assert (files(quarantined), files(inbox)) == ([], [".done/bad.pdf", ".done/bad.pdf.yaml"])


def test_a_sidecar_that_comes_after_its_file_failed(
    claimtrail: Command, inbox: Path, workspace: Path
) -> None:
    put(inbox, "bad.pdf", EMPTY_PDF)
    drain(claimtrail)
    put(inbox, "bad.pdf.yaml", SAID)
    assert drain(claimtrail)["failed"][0]["quarantined"] == "quarantine/bad.pdf.yaml"
    assert TOLD.items() <= told_of(claimtrail, "bad.pdf").items()
    quarantined = workspace / "quarantine"
    document = json.loads((quarantined / "bad.pdf.yaml.reason.json").read_text())["document"]
    release(quarantined, inbox, [document])
    assert (files(quarantined), files(inbox)) == ([], [".done/bad.pdf", ".done/bad.pdf.yaml"])


def test_a_sidecar_that_comes_while_its_file_is_read(
    claimtrail: Command, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not be put away with the file, unread."""
    put(inbox, "L.txt")
    known, came = flows.watch.described, []

    def then_came(path: Path, *given):
        found = known(path, *given)
        if not came:
            came.append(put(inbox, "L.txt.yaml", SAID))
        return found

    monkeypatch.setattr(flows.watch, "described", then_came)
    drain(claimtrail)
    assert TOLD.items() <= told_of(claimtrail, "L.txt").items()
    assert files(inbox) == [".done/L.txt", ".done/L.txt.yaml"]


def test_what_a_sidecar_says_is_taken_as_it_is_written(tmp_path: Path) -> None:
    path = put(tmp_path, "letter.txt.yaml", "source: 0145\nnote: 12:30\nclaim: 7\nparty: No\n")
    said, fault = sidecars.read(path)
    assert (said.source, said.note, said.claim, said.party, fault) == ("0145", "12:30", "7", "No", None)


BROKEN = [
    "claim: [",
    "\x00",
    "colour: red\nclaim: CLM-001",
    "[" * 2000,
    "received: soon",
    "received: 20230320",
    "\ufeffclaim: {",
]


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("late", [False, True])
def test_a_broken_sidecar_is_a_finding_on_its_document(
    claimtrail: Command, inbox: Path, text: str, late: bool
) -> None:
    put(inbox, "L.txt")
    if late:
        drain(claimtrail)
    put(inbox, "L.txt.yaml", text)
    drain(claimtrail)
    assert "L.txt.yaml" in told_of(claimtrail, "L.txt")["sidecar_fault"]
    assert files(inbox) == [".done/L.txt", ".done/L.txt.yaml"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("L.pdf.yaml", "note: x", Lost),
        ("L.7z.yaml", "note: x", Lost),
        ("L.pdf.yaml", "note: [", Lost),
        ("L.pdf.yaml", "a: list\nof: its own", Found),
        ("L.pdf.yaml", "- note: x", Found),
        ("L.pdf.yaml", "", Found),
        ("L.pdf.yaml", "note: " + "x" * 70_000, Found),
        ("list.yaml", "note: x", Found),
        ("v1.2.yaml", "note: x", Found),
        ("L.pdf.yml", "note: x", Found),
        (".yaml", "note: x", Found),
    ],
)
def test_what_counts_as_a_sidecar_without_its_file(
    tmp_path: Path, name: str, text: str, expected: type
) -> None:
    assert type(described(put(tmp_path, name, text), tmp_path, [])) is expected


def test_a_sidecar_never_takes_the_place_of_another(tmp_path: Path) -> None:
    inbox, quarantined = tmp_path / "inbox", tmp_path / "quarantine"
    put(quarantined, "L.pdf.yaml", "note: first")
    path = put(inbox, "L.pdf")
    put(inbox, "L.pdf.yaml", "note: second")
    target = quarantine(path, inbox, quarantined, {"code": "corrupt", "document": "d"})
    assert target.name == "L (2).pdf"
    assert files(quarantined) == ["L (2).pdf", "L (2).pdf.reason.json", "L (2).pdf.yaml", "L.pdf.yaml"]
    assert (quarantined / "L.pdf.yaml").read_text() == "note: first"


def test_reasons_are_told_from_files_of_such_a_name(tmp_path: Path) -> None:
    inbox, quarantined = tmp_path / "inbox", tmp_path / "quarantine"
    evidence = put(inbox, "a.reason.json", '{"document": "d"}')
    quarantine(evidence, inbox, quarantined, {"code": "corrupt", "document": "other"})
    put(quarantined, "gone.pdf.reason.json", "{}")
    inbox_module.forget_reasons(quarantined)
    release(quarantined, inbox, ["d"])
    assert files(quarantined) == ["a.reason.json", "a.reason.json.reason.json"]
    release(quarantined, inbox, ["other"])
    assert (files(quarantined), files(inbox)) == ([], [".done/a.reason.json"])


def test_a_garbled_reason_stops_no_retry(claimtrail: Command, inbox: Path, workspace: Path) -> None:
    put(inbox, "bad.pdf", EMPTY_PDF)
    drain(claimtrail)
    (workspace / "quarantine" / "bad.pdf.reason.json").write_bytes(b"\xff{")
    assert claimtrail("retry", "--all").status == 1
    assert files(workspace / "quarantine") == ["bad.pdf", "bad.pdf.reason.json"]


def test_a_night_names_what_it_could_not_follow(inbox: Path, workspace: Path) -> None:
    put(inbox, "CLM-404/L.txt")
    put(inbox, "b.txt", "Another letter.")
    put(inbox, "b.txt.yaml", "note: [")
    with Matter.open(workspace, "nightly") as matter:
        night = spend(matter)
    assert [(found["path"], found["what"]) for found in night["not_followed"]] == [
        ("L.txt", "unknown_claim"),
        ("b.txt", "sidecar_fault"),
    ]
    (report,) = (workspace / "reports").iterdir()
    assert "## Sidecars and folders not followed" in report.read_text(encoding="utf-8")
