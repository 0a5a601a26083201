"""A rescan of a letter, and another letter of the same form, from intake to what `show` and `search` say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.matter import Matter
from pipeline.records import documents, likenesses
from tests.conftest import Command
from tests.pipeline.test_likeness import CRANE, letter


@pytest.fixture
def copied(claimtrail: Command, tmp_path: Path) -> dict[str, str]:
    """Letters with a noisy copy of one, taken in by two runs; their ids by name."""
    first, second = tmp_path / "first", tmp_path / "second"
    noisy = letter().replace("piling", "pi1ing").replace("rights", "rlghts").replace("Project Manager, ", "")
    texts = {
        first / "letter.txt": letter(),
        first / "next.txt": letter(17, 146),
        first / "other.txt": letter(20, 150, CRANE),
        second / "rescan.txt": f"RECEIVED\n{noisy}",
    }
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in (first, second):
        assert claimtrail("ingest", folder, "--json").status == 0
    return {found["name"]: found["id"] for found in claimtrail("list", "--json").json}


def shown(claimtrail: Command, document: str) -> Any:
    return claimtrail("show", document, "--json").json["near_duplicates"]


def test_a_rescan_is_shown_from_both_sides(claimtrail: Command, copied: dict[str, str]) -> None:
    (there,) = shown(claimtrail, copied["letter.txt"])
    (back,) = shown(claimtrail, copied["rescan.txt"])
    assert (there["doc"], back["doc"]) == (copied["rescan.txt"], copied["letter.txt"])
    assert there["score"] == back["score"] >= 0.9
    assert there["differs"] == {"only_here": 4, "only_there": 3, "pages": [1], "facts": []}
    assert (back["differs"]["only_here"], back["differs"]["only_there"]) == (3, 4)
    assert f"≈ {copied['rescan.txt']}" in claimtrail("show", copied["letter.txt"]).out


def test_other_letters_are_no_copies_and_nothing_is_merged(
    claimtrail: Command, copied: dict[str, str]
) -> None:
    assert len(copied) == 4
    assert shown(claimtrail, copied["next.txt"]) == shown(claimtrail, copied["other.txt"]) == []


def test_search_marks_those_with_copies(claimtrail: Command, copied: dict[str, str]) -> None:
    printed = claimtrail("search", "Northport").out
    marked = {name for name in copied if f"{name} ≈" in printed}
    assert marked == {"letter.txt", "rescan.txt"}
    hits = claimtrail("search", "Northport", "--json").json["hits"]
    assert {hit["name"] for hit in hits} == set(copied)


def test_a_document_that_is_read_again_is_compared_again(
    claimtrail: Command, copied: dict[str, str], matter: Matter, tmp_path: Path
) -> None:
    before = shown(claimtrail, copied["letter.txt"])
    with matter.change() as change:
        documents.set_state(change.tx, copied["letter.txt"], "open")
        documents.undo_all(change.tx, copied["letter.txt"])
        likenesses.replace_likenesses(change.tx, copied["letter.txt"], [], [])
    (tmp_path / "leaflet.txt").write_text("Tulips are planted in October.")
    claimtrail("ingest", tmp_path / "leaflet.txt")
    assert shown(claimtrail, copied["letter.txt"]) == before
    assert len(before) == 1


def test_a_run_that_stopped_between_two_documents_is_finished(
    claimtrail: Command, copied: dict[str, str], matter: Matter, tmp_path: Path
) -> None:
    with matter.change() as change:
        documents.undo(change.tx, "likeness", [copied["rescan.txt"]])
        likenesses.replace_likenesses(change.tx, copied["rescan.txt"], [], [])
    assert shown(claimtrail, copied["letter.txt"]) == []
    (tmp_path / "leaflet.txt").write_text("Tulips are planted in October.")
    claimtrail("ingest", tmp_path / "leaflet.txt")
    assert [found["doc"] for found in shown(claimtrail, copied["letter.txt"])] == [copied["rescan.txt"]]
