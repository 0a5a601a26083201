"""The command line as a stranger calls it: options before the name, queries with a minus, odd places, what is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Command

LETTER = "L-0145.txt"


def test_workspace_and_json_stand_before_the_name_too(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAIMTRAIL_WORKSPACE")
    expected = filled("claims", "list", "--workspace", workspace, "--json")
    assert expected.json[0]["id"] == "CLM-001"
    for words in (
        ("--workspace", workspace, "--json", "claims", "list"),
        ("--json", f"--workspace={workspace}", "claims", "list"),
        ("--workspace", workspace, "claims", "--json", "list"),
        ("--workspace", "nowhere", "claims", "list", "--workspace", workspace, "--json"),
    ):
        assert filled(*words) == expected
    assert filled("--workspace", workspace, "verify").out.startswith("No fault found")
    for words in (("verify", workspace), ("extract", workspace / "settings.yaml")):
        assert filled("--workspace", workspace, "--json", *words).status == 0
    assert filled("verify", "--workspace", workspace.parent, "--json").json["error"]["code"] == "no_workspace"
    for words in (
        (),
        ("--json",),
        ("--workspace", workspace, "--json"),
        ("--workspace", workspace, "parties", "--json"),
    ):
        answer = filled(*words)
        assert answer.status == 2
        assert (
            answer.json["error"]["code"] == "usage" if "--json" in words else answer.err.startswith("Usage:")
        )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("-tulips",), 2),
        (("-access -tulips",), 1),
        (("--sort", "-date", "-tulips", "--limit", "1"), 2),
        (("--", "-tulips"), 2),
        (("-tulips", "--kind", "work_record"), 1),
    ],
)
def test_a_query_may_begin_with_a_minus(filled: Command, words: tuple[str, ...], found: int) -> None:
    assert filled("search", "--json", *words).json["total"] == found


def test_list_takes_and_refuses_the_filters_that_search_does(filled: Command) -> None:
    for words in (
        ("--from", "2023-05", "--to", "2023-04"),
        ("--min-amount", "2", "--max-amount", "1"),
        ("--min-amount", "NaN"),
        ("--max-amount", "inf"),
        ("--party", "–"),
    ):
        answers = [filled(*command, *words, "--json") for command in (("search", "*"), ("list",))]
        assert [answer.status for answer in answers] == [2, 2], words
        assert answers[0].json["error"]["code"] == answers[1].json["error"]["code"]
    for words in (
        ("--kind", "Correspondence"),
        ("--language", "ZH"),
        ("--claim", "clm-001", "--kind", "WORK_RECORD"),
    ):
        hits = filled("search", "*", *words, "--json").json["hits"]
        assert {hit["doc"] for hit in hits} == {row["id"] for row in filled("list", *words, "--json").json}
        assert hits


def test_a_workspace_among_the_evidence_is_not_evidence(filled: Command, workspace: Path) -> None:
    shutil.copytree(workspace, workspace.parent / "evidence" / "claimtrail-workspace")
    (workspace.parent / "evidence" / "claimtrail.json").write_text('{"form": 1}')
    answer = filled("ingest", workspace.parent / "evidence", "--json")
    assert [Path(found["path"]).name for found in answer.json["ingested"]] == ["claimtrail.json"]
    assert len(answer.json["duplicates"]) == 3
    (failed,) = filled("ingest", workspace, "--json").json["failed"]
    assert "is a workspace" in failed["reason"]


def test_what_may_not_be_read_stops_nothing(
    claimtrail: Command, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the tests may be allowed everything, so the refusals are made here."""
    closed, open_ = evidence_folder / "leaflet.txt", evidence_folder / "letters" / LETTER
    within, access, stat = evidence_folder / "closed" / "a.txt", os.access, Path.stat

    def refusing(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == within.name:
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed and access(path, mode))
    monkeypatch.setattr(Path, "stat", refusing)
    answer = claimtrail("extract", closed, evidence_folder, open_, "--json")
    assert answer.status == 1
    assert [found.get("error", {}).get("code") for found in answer.json] == [
        "unreachable",
        "unreachable",
        None,
    ]
    assert "claimtrail ingest" in answer.json[1]["error"]["hint"]
    answer = claimtrail("ingest", within, open_, "--json")
    assert answer.status == 1
    assert [found["path"] for found in answer.json["ingested"]] == [str(open_)]
    assert [found["path"] for found in answer.json["failed"]] == [str(within)]


def test_records_that_are_gone_are_not_begun_anew(filled: Command, workspace: Path) -> None:
    for path in workspace.glob("records.sqlite*"):
        path.unlink()
    for command in (("list",), ("search", "*"), ("ingest", workspace.parent / "evidence")):
        assert filled(*command, "--json").json["error"]["code"] == "records_unusable"
    assert filled("doctor", "--json").status == 1
    answer = filled("verify", "--json")
    assert answer.status == 1
    assert "records.sqlite is missing" in answer.json["faults"][0]["what"]
    assert not list(workspace.glob("records.sqlite*"))


def test_a_zip_that_was_cut_off_is_a_fault(filled: Command, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert filled("export", "CLM-001", "--out", out, "--zip").status == 0
    cut = tmp_path / "bundle.zip"
    cut.write_bytes(cut.read_bytes()[:-2000])
    answer = filled("verify", cut, "--json")
    assert answer.status == 1
    assert answer.json["faults"][0]["where"] == "bundle.zip"
    with (out / "data" / "chronology.csv").open("a") as table:
        table.write("x")
    assert all("Error" not in fault["what"] for fault in filled("verify", out, "--json").json["faults"])
