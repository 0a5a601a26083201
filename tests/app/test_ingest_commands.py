"""Taking in by the command line: what the contract promises of `extract`, `ingest`, `retry`, `list` and `show`."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from pipeline.matter import Matter
from pipeline.records import documents
from tests.conftest import LETTER, Answer, Command

DOCUMENT_KEYS = {
    "id", "sha256", "name", "media_type", "parent", "children", "sightings", "kind", "kind_confidence", "language",
    "title", "date", "pages", "dates", "parties", "amounts", "references",
}  # fmt: skip


def by_name(answer: Answer) -> dict[str, dict]:
    return {found["name"]: found for found in answer.json}


def test_extract_gives_the_contracts_document(claimtrail: Command, evidence_folder: Path) -> None:
    path = evidence_folder / "letters" / "L-0145.txt"
    answer = claimtrail("extract", path, "--json")
    assert answer.status == 0
    (document,) = answer.json
    assert set(document) >= DOCUMENT_KEYS
    assert document["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document["sha256"].startswith(document["id"])
    assert (document["kind"], document["language"], document["date"]) == (
        "correspondence",
        "en",
        "2023-03-16",
    )
    assert [page["number"] for page in document["pages"]] == [1]
    assert "Area B" in document["pages"][0]["text"]


def test_every_fact_is_a_slice_of_its_page(claimtrail: Command, evidence_folder: Path) -> None:
    answer = claimtrail("extract", *sorted(evidence_folder.rglob("*.txt")), "--json")
    for document in answer.json:
        text = {page["number"]: page["text"] for page in document["pages"]}
        facts = [f for key in ("dates", "parties", "amounts", "references") for f in document[key]]
        for fact in facts:
            assert fact["raw"] in text[fact["page"]]
            assert 0 <= fact["confidence"] <= 1
    assert by_name(answer)["L-0145.txt"]["amounts"]


def test_an_amount_is_a_decimal_string_with_its_currency(claimtrail: Command, evidence_folder: Path) -> None:
    (document,) = claimtrail("extract", evidence_folder / "letters" / "L-0145.txt", "--json").json
    claimed = [a for a in document["amounts"] if a["role"] == "claimed"]
    assert [(float(a["value"]), a["currency"]) for a in claimed] == [(1250000.0, "USD")]
    assert all(isinstance(a["value"], str) for a in document["amounts"])


def test_a_file_that_cannot_be_read_stands_as_its_error(claimtrail: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "good.txt").write_text(LETTER)
    answer = claimtrail(
        "extract", tmp_path / "empty.pdf", tmp_path / "gone.pdf", tmp_path / "good.txt", "--json"
    )
    assert answer.status == 1
    empty, gone, good = answer.json
    assert (empty["name"], empty["error"]["code"]) == ("empty.pdf", "empty")
    assert (gone["name"], gone["error"]["code"]) == ("gone.pdf", "unreachable")
    assert empty["error"]["hint"]
    assert good["kind"] == "correspondence"


def test_children_follow_their_parent(claimtrail: Command, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("letter.txt", LETTER)
        archive.writestr("sub/none.pdf", b"")
    answer = claimtrail("extract", tmp_path / "both.zip", "--json")
    parent, letter, broken = answer.json
    assert answer.status == 1
    assert parent["children"] == [letter["id"]]
    assert letter["parent"] == parent["id"] == broken["parent"]
    assert broken["error"]["code"] == "empty"


def test_ingest_accounts_for_every_file(claimtrail: Command, evidence_folder: Path) -> None:
    (evidence_folder / "copy of L-0145.txt").write_text(LETTER, encoding="utf-8")
    (evidence_folder / "empty.pdf").write_bytes(b"")
    answer = claimtrail("ingest", evidence_folder, evidence_folder / "none", "--json")
    assert answer.status == 1
    report = answer.json
    assert set(report) == {"run", "ingested", "duplicates", "failed"}
    assert len(report["ingested"]) == 3
    assert all(set(found) == {"path", "id", "kind", "pages"} for found in report["ingested"])
    assert len(report["duplicates"]) == 1
    assert sorted(Path(found["path"]).name for found in report["failed"]) == ["empty.pdf", "none"]
    assert all(found["reason"] for found in report["failed"])


def test_taking_in_again_only_notes_a_sighting(
    filled: Command, evidence_folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "rescan.txt").write_text(LETTER, encoding="utf-8")
    report = filled("ingest", evidence_folder, elsewhere, "--json").json
    assert report["ingested"] == []
    assert len(report["duplicates"]) == 4
    document = by_name(filled("list", "--json"))["L-0145.txt"]["id"]
    paths = [seen["path"] for seen in filled("show", document, "--json").json["sightings"]]
    assert paths == ["letters/L-0145.txt", "rescan.txt"]


def test_the_original_is_given_back_byte_for_byte(
    filled: Command, tmp_path: Path, evidence_folder: Path
) -> None:
    document = by_name(filled("list", "--json"))["施工日志.txt"]["id"]
    assert filled("show", document[:6], "--original", tmp_path / "out.txt").status == 0
    assert (tmp_path / "out.txt").read_bytes() == (evidence_folder / "施工日志.txt").read_bytes()
    assert filled("show", document, "--original", tmp_path / "out.txt").status == 2


def test_ingest_for_a_claim_ties_to_it(
    claimtrail: Command, evidence_folder: Path, register_file: Path
) -> None:
    claimtrail("claims", "import", register_file)
    assert claimtrail("ingest", evidence_folder / "leaflet.txt", "--claim", "CLM-001").status == 0
    assert claimtrail("list", "--claim", "CLM-001", "--json").json[0]["name"] == "leaflet.txt"
    unknown = claimtrail("ingest", evidence_folder, "--claim", "CLM-999", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (2, "not_found")


def test_a_failed_document_is_listed_and_can_be_tried_again(claimtrail: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    claimtrail("ingest", tmp_path / "empty.pdf")
    (found,) = claimtrail("list", "--json").json
    assert (found["state"], found["pages"]) == ("failed", 0)
    assert found["reason"].startswith("empty")
    for arguments in (("retry", "--all"), ("retry", found["id"])):
        again = claimtrail(*arguments, "--json")
        assert (again.status, len(again.json["failed"])) == (1, 1)
    assert claimtrail("ingest", tmp_path / "empty.pdf", "--json").json["failed"]


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "mkfifo"), reason="needs fifos")
def test_a_pipe_in_a_folder_does_not_stop_the_run(claimtrail: Command, evidence_folder: Path) -> None:
    os.mkfifo(evidence_folder / "pipe")
    report = claimtrail("ingest", evidence_folder, "--json").json
    assert [Path(found["path"]).name for found in report["failed"]] == ["pipe"]
    assert len(report["ingested"]) == 3


def test_excluded_names_are_left_out(claimtrail: Command, evidence_folder: Path) -> None:
    report = claimtrail("ingest", evidence_folder, "--exclude", "*leaf*", "--json").json
    assert len(report["ingested"]) == 2


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["L-0145.txt", "leaflet.txt", "施工日志.txt"]),
        (["--kind", "work_record"], ["施工日志.txt"]),
        (["--kind", "work_record", "--kind", "correspondence"], ["L-0145.txt", "施工日志.txt"]),
        (["--from", "2023-03-16", "--to", "2023-03-16"], ["L-0145.txt"]),
        (["--from", "2023-04"], ["施工日志.txt"]),
        (["--party", "northport"], ["L-0145.txt"]),
        (["--party", "HCL"], ["L-0145.txt", "施工日志.txt"]),
        (["--language", "zh"], ["施工日志.txt"]),
        (["--min-amount", "1000000"], ["L-0145.txt"]),
        (["--from", "2023年4月", "--to", "9999", "--min-amount", "0"], []),
        (["--from", "2023/3/16", "--to", "2023-03", "--min-amount", "１，０００，０００"], ["L-0145.txt"]),
        (["--max-amount", "1000"], []),
        (["--event", "CLM-001/E2"], ["施工日志.txt"]),
        (["--claim", "CLM-999"], []),
    ],
)
def test_list_has_the_filters_of_search(filled: Command, filters: list[str], names: list[str]) -> None:
    assert sorted(found["name"] for found in filled("list", *filters, "--json").json) == names
    if filters:
        hits = filled("search", "*", *filters, "--json").json["hits"]
        assert sorted({hit["name"] for hit in hits}) == names


@pytest.mark.parametrize("command", [("search",), ("list",), ("claims", "respond", "CLM-001/E1")])
@pytest.mark.parametrize("sum_", ["nan", "-Infinity", "1e5", "1_000", "much"])
def test_a_sum_that_is_no_number_is_refused(claimtrail: Command, command: tuple[str, ...], sum_: str) -> None:
    option = "--amount" if "respond" in command else "--min-amount"
    answer = claimtrail(*command, option, sum_, "--json")
    assert answer.status == 2
    assert (answer.json["error"]["code"], "not an amount" in answer.json["error"]["message"]) == (
        "usage",
        True,
    )


def test_what_an_earlier_run_left_open_is_told_of_once_and_under_the_name_given(
    claimtrail: Command, workspace: Path, evidence_folder: Path
) -> None:
    (evidence_folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing follows")
    claimtrail("ingest", evidence_folder)
    with Matter.open(workspace, "tester") as matter, matter.change() as change:
        for found in documents.summaries(change.tx):
            documents.set_state(change.tx, found.id, "open")
            documents.undo_all(change.tx, found.id)
    (evidence_folder / "leaflet.txt").unlink()
    report = claimtrail("ingest", evidence_folder, "--json").json
    assert [Path(failure["path"]) for failure in report["failed"]] == [evidence_folder / "broken.pdf"]
    paths = sorted(Path(found["path"]).name for found in report["ingested"])
    assert (paths, report["duplicates"]) == (["L-0145.txt", "leaflet.txt", "施工日志.txt"], [])
