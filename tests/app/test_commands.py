"""The other commands, as the contract has them: search, links, verdicts, corrections, export, verify, errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from app.cli import COMMANDS
from tests.conftest import REGISTER, Command


def id_of(claimtrail: Command, name: str) -> str:
    return next(found["id"] for found in claimtrail("list", "--json").json if found["name"] == name)


def test_search_answers_in_the_contracts_form(filled: Command) -> None:
    answer = filled("search", "塔吊", "--json").json
    assert set(answer) == {"query", "total", "took_ms", "hits", "facets"}
    (hit,) = answer["hits"]
    assert set(hit) == {
        "doc",
        "page",
        "score",
        "kind",
        "date",
        "name",
        "title",
        "snippet",
        "claims",
        "events",
    }
    assert "<mark>塔吊</mark>" in hit["snippet"]
    assert hit["events"] == ["CLM-001/E2"]
    assert answer["facets"]["kind"] == {"work_record": 1}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"Area B" AND access', ["L-0145.txt"]),
        ("工期延误", ["施工日志.txt"]),
        ("工期延誤", ["施工日志.txt"]),
        ("kind:correspondence OR tulips", ["L-0145.txt", "leaflet.txt"]),
        ("ref:GC/L/0145", ["L-0145.txt"]),
        ("amount:[1000000 TO *]", ["L-0145.txt"]),
        ("date:[2023-08-01 TO 2023-08-31]", ["施工日志.txt"]),
        ("claim:CLM-001 -access", ["施工日志.txt"]),
        ("*", ["L-0145.txt", "leaflet.txt", "施工日志.txt"]),
    ],
)
def test_search_finds(filled: Command, query: str, names: list[str]) -> None:
    assert sorted(hit["name"] for hit in filled("search", query, "--json").json["hits"]) == names


@pytest.mark.parametrize("query", ["(access", '"Area B', "date:[2023 TO", "colour:red", "AND"])
def test_a_query_that_cannot_be_read_is_refused_with_its_place(filled: Command, query: str) -> None:
    answer = filled("search", query, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "query")
    assert "character" in answer.json["error"]["message"]
    assert "Traceback" not in filled("search", query).err


def test_links_name_their_reasons(filled: Command) -> None:
    links = filled("links", "CLM-001", "--json").json
    found = {(link["doc"], link["event"]): link for link in links}
    letter = found[(id_of(filled, "L-0145.txt"), "CLM-001/E1")]
    assert set(letter) == {"doc", "page", "event", "score", "status", "stance", "reasons"}
    assert {"reference", "text", "party", "date"} <= {reason["kind"] for reason in letter["reasons"]}
    assert letter["status"] == "proposed"
    assert (id_of(filled, "施工日志.txt"), "CLM-001/E2") in found
    assert id_of(filled, "leaflet.txt") not in {link["doc"] for link in links}


def test_a_link_is_explained_by_the_sum_of_its_reasons_with_their_places(filled: Command) -> None:
    link = filled("links", "CLM-001", "--json").json[0]
    told = filled("link", "--explain", link["doc"][:8], link["event"], "--json").json
    assert (told["doc"], told["status"], told["score"]) == (link["doc"], "proposed", link["score"])
    assert told["sum"] == pytest.approx(sum(reason["weight"] for reason in told["reasons"]), abs=0.01)
    placed = [reason for reason in told["reasons"] if reason["raw"]]
    text = "".join(page["text"] for page in filled("show", link["doc"], "--json").json["pages"])
    assert placed
    assert all(reason["raw"] in text and reason["page"] >= 1 for reason in placed)
    assert "→" in filled("link", "--explain", link["doc"], link["event"]).out


def test_what_is_not_proposed_is_explained_too(filled: Command) -> None:
    linked = {(link["doc"], link["event"]) for link in filled("links", "CLM-001", "--json").json}
    document = next(found["id"] for found in filled("list", "--json").json if found["state"] == "ok")
    for event in ("CLM-001/E1", "CLM-001/E2"):
        told = filled("link", "--explain", document, event, "--json").json
        assert (told["status"] is not None) == ((document, event) in linked)
        assert (told["score"] >= told["proposed_from"]) == ((document, event) in linked)
    refused = filled("link", "--explain", document, "CLM-001/E9", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (2, "not_found")


@pytest.mark.parametrize(
    ("command", "name", "begins"),
    [
        (["chronology", "CLM-001"], "course.csv", b"date,end"),
        (["chronology", "CLM-001"], "course.svg", b"<svg"),
        (["chronology", "CLM-001"], "course.html", b"<!DOCTYPE html>"),
        (["deadlines"], "clocks.ics", b"BEGIN:VCALENDAR"),
        (["ledger", "CLM-001"], "ledger.xlsx", b"PK"),
        (["ledger", "CLM-001"], "ledger.csv", b"event,"),
    ],
)
def test_a_file_is_written_in_the_form_of_its_suffix_and_never_over_another(
    filled: Command, tmp_path: Path, command: list[str], name: str, begins: bytes
) -> None:
    out = tmp_path / name
    assert filled(*command, "--out", str(out)).status == 0
    assert out.read_bytes().startswith(begins)
    assert filled(*command, "--out", str(out)).status == 2
    assert filled(*command, "--out", str(tmp_path / "x.doc")).status == 2


def test_verdicts_outlive_every_rerun(filled: Command, register_file: Path, evidence_folder: Path) -> None:
    letter, leaflet = id_of(filled, "L-0145.txt"), id_of(filled, "leaflet.txt")
    assert filled("reject", letter, "CLM-001/E1").status == 0
    assert filled("confirm", leaflet[:8], "CLM-001/E2", "--json").json["status"] == "confirmed"
    register_file.write_text(REGISTER.replace("Access to Area B refused", "No access to Area B"))
    for again in (("link",), ("claims", "import", register_file), ("ingest", evidence_folder), ("reindex",)):
        assert filled(*again).status == 0
    status = {(x["doc"], x["event"]): x["status"] for x in filled("links", "CLM-001", "--json").json}
    assert status[(letter, "CLM-001/E1")] == "rejected"
    assert status[(leaflet, "CLM-001/E2")] == "confirmed"
    hits = filled("search", "event:CLM-001/E1", "--json").json["hits"]
    assert letter not in {hit["doc"] for hit in hits}
    assert [h["doc"] for h in filled("search", "tulips AND event:CLM-001/E2", "--json").json["hits"]] == [
        leaflet
    ]


@pytest.mark.parametrize(
    ("event", "code"), [("CLM-001/E9", "not_found"), ("CLM-9/E1", "not_found"), ("CLM-001", "usage")]
)
def test_a_verdict_on_no_event_is_refused(filled: Command, event: str, code: str) -> None:
    answer = filled("confirm", id_of(filled, "leaflet.txt"), event, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, code)


def test_corrections_outlive_every_rerun(filled: Command, evidence_folder: Path) -> None:
    leaflet = id_of(filled, "leaflet.txt")
    said = ["--kind", "invoice", "--date", "2023-05-01", "--party", "seller=Tulip Trading Ltd"]
    assert filled("correct", leaflet, *said, "--json").status == 0
    for again in (("ingest", evidence_folder), ("link",), ("reindex",)):
        assert filled(*again).status == 0
    shown = filled("show", leaflet, "--json").json
    assert (shown["kind"], shown["kind_confidence"], shown["date"]) == ("invoice", 1.0, "2023-05-01")
    assert ("Tulip Trading Ltd", "seller") in {(p["name"], p["role"]) for p in shown["parties"]}
    query = 'kind:invoice date:[2023-05-01 TO 2023-05-01] party:"Tulip Trading"'
    assert [hit["doc"] for hit in filled("search", query, "--json").json["hits"]] == [leaflet]


@pytest.mark.parametrize(
    "said", [[], ["--kind", "novel"], ["--date", "5 May"], ["--party", "seller"], ["--party", "boss=X"]]
)
def test_a_wrong_correction_is_refused(filled: Command, said: list[str]) -> None:
    answer = filled("correct", id_of(filled, "leaflet.txt"), *said, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "usage")


def test_parties_are_merged_and_renamed(filled: Command) -> None:
    assert filled("parties", "merge", "Northport Authority", "NPA", "北港管理局").status == 0
    assert filled("parties", "rename", "Northport Authority", "Northport Port Authority").status == 0
    book = {party["name"]: party["aliases"] for party in filled("parties", "list", "--json").json}
    assert book["Northport Port Authority"] == ["NPA", "Northport Authority", "北港管理局"]
    assert filled("search", "party:NPA", "--json").json["total"] == 1


def test_a_bundle_holds_the_evidence_and_verifies(
    filled: Command, tmp_path: Path, evidence_folder: Path
) -> None:
    out = tmp_path / "bundle"
    answer = filled("export", "CLM-001", "--out", out, "--zip", "--json")
    assert answer.status == 0
    for target in (out, tmp_path / "bundle.zip"):
        verified = filled("verify", target, "--json")
        assert (verified.status, verified.json["ok"], verified.json["faults"]) == (0, True, [])
        assert verified.json["checked"] > 10
    manifest = json.loads((out / "data" / "manifest.json").read_text(encoding="utf-8"))
    assert {d["name"] for d in manifest["documents"]} == {"L-0145.txt", "施工日志.txt"}
    originals = sorted(path.read_bytes() for path in (out / "data" / "originals").iterdir())
    wanted = [evidence_folder / "letters" / "L-0145.txt", evidence_folder / "施工日志.txt"]
    assert originals == sorted(path.read_bytes() for path in wanted)
    again = filled("export", "CLM-001", "--out", out, "--json")
    assert (again.status, again.json["error"]["code"]) == (2, "bundle_exists")


def test_cited_words_are_marked_when_asked(filled: Command, tmp_path: Path) -> None:
    marks = {}
    for name, options in (("plain", []), ("marked", ["--highlight"])):
        out = tmp_path / name
        assert filled("export", "CLM-001", "--out", out, *options, "--json").status == 0
        assert filled("verify", out, "--json").json["faults"] == []
        with pikepdf.open(out / "data" / "bundle.pdf") as pdf:
            notes = [note for page in pdf.pages for note in page.obj.get("/Annots", [])]
            marks[name] = [str(note.Contents) for note in notes if note.Subtype == "/Highlight"]
    assert marks["plain"] == []
    assert marks["marked"]
    assert all(says.startswith("CLM-001/E") for says in marks["marked"])


def test_privileged_documents_stay_out_of_bundles(filled: Command, tmp_path: Path) -> None:
    letter = id_of(filled, "L-0145.txt")
    assert filled("mark", letter, "privileged", "--json").json["marks"] == ["privileged"]
    report = filled("export", "CLM-001", "--out", tmp_path / "one", "--json").json
    assert (report["exhibits"], report["withheld"]) == (1, 1)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert letter.encode() not in everything
    assert b"GC/L/0145" not in everything
    filled("mark", letter, "privileged", "--clear")
    assert filled("export", "CLM-001", "--out", tmp_path / "two", "--json").json["exhibits"] == 2


def test_only_confirmed_evidence_when_asked(filled: Command, tmp_path: Path) -> None:
    none = filled("export", "CLM-001", "--out", tmp_path / "b", "--confirmed-only", "--json")
    assert none.status == 2
    filled("confirm", id_of(filled, "L-0145.txt"), "CLM-001/E1")
    report = filled("export", "CLM-001", "--out", tmp_path / "b", "--confirmed-only", "--json").json
    assert report["exhibits"] == 1


def test_verify_names_what_is_wrong_in_a_workspace(filled: Command, workspace: Path) -> None:
    assert filled("verify", workspace, "--json").json["ok"]
    original = next(path for path in (workspace / "originals").rglob("*") if path.is_file())
    original.chmod(0o644)
    original.write_bytes(b"forged")
    answer = filled("verify", workspace, "--json")
    assert answer.status == 1
    assert [fault["where"] for fault in answer.json["faults"]] == [f"original {original.name[:16]}"]


def test_the_index_heals_after_its_folder_was_deleted_or_damaged(filled: Command, workspace: Path) -> None:
    before = filled("search", "Area", "--json").json["hits"]
    shutil.rmtree(workspace / "index")
    assert filled("search", "Area").status == 2
    assert filled("reindex").status == 0
    assert filled("search", "Area", "--json").json["hits"] == before
    for path in (workspace / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0" * 10)
    assert filled("reindex").status == 0
    assert filled("search", "Area", "--json").json["hits"] == before


def test_another_search_engine_finds_the_same(
    filled: Command, monkeypatch: pytest.MonkeyPatch, evidence_folder: Path, workspace: Path
) -> None:
    def answers() -> list[object]:
        found = [filled("search", query, "--json").json for query in ("Area", "工期", "kind:invoice", "*")]
        return [
            (one["total"], one["facets"], {(hit["doc"], hit["page"]) for hit in one["hits"]}) for one in found
        ]

    def advice() -> str:
        checks = filled("doctor", "--json").json["checks"]
        return str(next(check["remedy"] for check in checks if check["name"] == "index"))

    before = answers()
    assert advice() == ""
    monkeypatch.setattr("pipeline.doctor.MANY_PAGES", 1)
    assert "--engine tantivy" in advice()
    monkeypatch.setattr("pipeline.doctor.MANY_PAGES", 30_000)
    (workspace / "settings.yaml").write_text("search_engine: tantivy\n")
    assert "settings.yaml names the engine tantivy" in advice()
    assert filled("reindex", "--engine", "tantivy").status == 0
    assert answers() == before
    assert advice() == ""
    assert filled("ingest", evidence_folder).status == 0
    assert filled("reindex", "--json").json["engine"] == "tantivy"
    assert answers() == before


def test_show_tells_the_history(filled: Command) -> None:
    shown = filled("show", id_of(filled, "L-0145.txt"), "--json").json
    assert [entry["action"] for entry in shown["history"]] == ["taken in", "seen", "read", "linked"]
    assert {entry["actor"] for entry in shown["history"]} == {"tester"}
    assert shown["links"][0]["event"] == "CLM-001/E1"


def test_show_one_page_and_text(filled: Command) -> None:
    letter = id_of(filled, "L-0145.txt")
    assert "Possession of Area B" in filled("show", letter, "--text", "--page", "1").out
    assert filled("show", letter, "--page", "2").status == 2
    assert filled("show", "ffffffff", "--json").json["error"]["code"] == "not_found"
    assert filled("show", "", "--json").status == 2


def test_a_workspace_that_is_not_there_is_named(claimtrail: Command, tmp_path: Path) -> None:
    for command in (["list"], ["search", "x"], ["ingest", tmp_path], ["links", "A"], ["reindex"]):
        answer = claimtrail(*command, "--workspace", tmp_path / "none", "--json")
        assert (answer.status, answer.json["error"]["code"]) == (2, "no_workspace")
        words = claimtrail(*command, "--workspace", tmp_path / "none")
        assert (words.status, words.out) == (2, "")
        assert "claimtrail init" in words.err


@pytest.mark.parametrize(
    "arguments", [["dance"], ["search", "x", "--bogus"], ["confirm"], ["export", "CLM-001"]]
)
def test_wrong_usage_ends_with_2(claimtrail: Command, arguments: list[str]) -> None:
    answer = claimtrail(*arguments, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_shows_an_example(claimtrail: Command, command: str) -> None:
    answer = claimtrail(command, "--help")
    assert answer.status == 0
    if command not in ("claims", "events", "parties"):
        assert f"claimtrail {command}" in answer.out.split("Example:")[1]


def test_doctor_says_how_to_mend(claimtrail: Command, workspace: Path) -> None:
    claimtrail("init", workspace)
    well = claimtrail("doctor", "--json").json
    names = {check["name"] for check in well["checks"]}
    assert names == {
        *(
            "OCR",
            "second OCR engine",
            "libmagic",
            "videos",
            "fonts",
            "LibreOffice",
            "disk",
            "database",
            "index",
        )
    }
    assert all(check["ok"] for check in well["checks"])
    shutil.rmtree(workspace / "index")
    ill = subprocess.run(
        [sys.executable, "-m", "app", "doctor", "--json"],
        env={**os.environ, "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ill.returncode == 1
    remedies = {
        check["name"]: check["remedy"] for check in json.loads(ill.stdout)["checks"] if not check["ok"]
    }
    assert "tesseract" in remedies["OCR"]
    assert "reindex" in remedies["index"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_for_people_speak_both_languages(
    filled: Command, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    from app import output

    output.language.cache_clear()
    monkeypatch.setenv("CLAIMTRAIL_LANG", language)
    try:
        for arguments in (["list"], ["links", "CLM-001"], ["claims", "list"], ["claims", "show", "CLM-001"]):
            answer = filled(*arguments)
            assert answer.status == 0
            assert ("标题" in answer.out or "种类" in answer.out or "事件" in answer.out) is (
                language == "zh"
            )
    finally:
        output.language.cache_clear()
