"""The chain of custody: every touch of a document with the entry that proves it, in workspace and bundle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html

from pipeline.audit import Head
from pipeline.bundle import build, check
from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.kept import check_custody
from pipeline.touches import COLUMNS, process_of, touches
from tests.conftest import Command
from tests.pipeline.bundle_cases import audit_line, case_of, exhibit, pdf

pytestmark = pytest.mark.both_homes


def id_of(claimtrail: Command, name: str) -> str:
    return str(next(found["id"] for found in claimtrail("list", "--json").json if found["name"] == name))


def test_the_custody_of_a_document_from_its_source_to_its_bundle(
    filled: Command, workspace: Path, tmp_path: Path
) -> None:
    letter = id_of(filled, "L-0145.txt")
    assert filled("correct", letter, "--date", "2023-03-17").status == 0
    assert filled("confirm", letter, "CLM-001/E1").status == 0
    assert filled("export", "CLM-001", "--out", tmp_path / "bundle").status == 0
    found = filled("custody", letter[:8], "--json").json
    assert (found["doc"], found["name"], found["intact"], found["fault"]) == (
        letter,
        "L-0145.txt",
        True,
        None,
    )
    (source,) = found["received"]
    assert (source["path"], source["command"]) == ("letters/L-0145.txt", "ingest")
    steps = [(t["process"], t["action"], t["actor"]) for t in found["touches"]]
    assert steps[:3] == [
        ("acquisition", "taken in", "tester"),
        ("acquisition", "seen", "tester"),
        ("examination", "read", "tester"),
    ]
    assert {("interpretation", "corrected", "tester"), ("interpretation", "confirmed", "tester")} <= set(
        steps
    )
    assert steps[-1] == ("transfer", "exported", "tester")
    details = {t["action"]: t["detail"] for t in found["touches"]}
    assert "engines: text 1" in details["read"]
    assert "software: claimtrail" in details["read"]
    assert "claim: CLM-001" in details["exported"]
    assert source["run"] in details["seen"]
    entries = {e["seq"]: e["hash"] for e in filled("show", letter, "--json").json["history"] if "hash" in e}
    assert all(entries.get(t["entry"], t["hash"]) == t["hash"] for t in found["touches"])
    assert found["audit"]["seq"] >= max(t["entry"] for t in found["touches"])


def test_a_custody_record_is_a_paper_in_either_language_and_a_table(filled: Command, tmp_path: Path) -> None:
    letter = id_of(filled, "L-0145.txt")
    for name in ("c.html", "c.docx", "c.csv", "c.md"):
        assert filled("custody", letter, "--language", "zh", "--out", tmp_path / name).status == 0
    page = html.fromstring((tmp_path / "c.html").read_bytes())
    assert page.get("lang") == "zh-Hans"
    told = page.text_content()
    assert all(word in told for word in ("证据保管链记录", "获取", "收录", letter, "ISO/IEC 27037:2012"))
    assert "taken in" not in told
    document = Document(str(tmp_path / "c.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {"letters/L-0145.txt", "收录"} <= set(cells)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "c.csv").read_text())))
    assert tuple(rows[0]) == COLUMNS
    assert {row["document"] for row in rows} == {letter}


def test_an_original_that_was_changed_is_said(filled: Command, workspace: Path) -> None:
    letter = id_of(filled, "L-0145.txt")
    path = next(p for p in (workspace / "originals").rglob("*") if p.is_file() and p.name.startswith(letter))
    path.chmod(0o600)
    path.write_bytes(b"other")
    told = filled("custody", letter, "--json")
    assert (told.status, told.json["intact"]) == (1, False)
    assert told.json["fault"]


def test_no_such_document(claimtrail: Command) -> None:
    told = claimtrail("custody", "abcdef", "--json")
    assert (told.status, told.json["error"]["code"]) == (2, "not_found")


@pytest.mark.parametrize(
    ("action", "process"),
    [
        ("taken in", "acquisition"),
        ("read", "examination"),
        ("linked", "interpretation"),
        ("exported", "transfer"),
    ],
)
def test_processes_are_called_as_the_standards_call_them(action: str, process: str) -> None:
    assert process_of(action) == process


def test_what_an_entry_tells_of_other_documents_is_no_ones_business() -> None:
    entry = {
        **json.loads(audit_line(3, "0" * 64)),
        "action": "exported",
        "subject": "CLM-1",
        "detail": {"documents": ["a", "b"], "pages": 9},
    }
    assert [t.detail for t in touches([entry], "a")] == ["claim: CLM-1; pages: 9"]
    assert not list(touches([entry], "c"))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of one letter on which there are two entries of the audit, and one of something else."""
    letter = exhibit(pdf(tmp_path / "L-1.pdf", ["text"]), "application/pdf", id="doc")
    first = audit_line(1, "0" * 64)
    second = audit_line(2, json.loads(first)["hash"])
    head = json.loads(second)
    case = case_of(letter, audit=(first, second), audit_head=Head(2, head["hash"]))
    return build(case, tmp_path / "bundle").path


def test_a_bundle_brings_the_custody_of_its_documents(bundle: Path) -> None:
    assert check(bundle).faults == ()
    rows = list(csv.DictReader((bundle / "data/custody.csv").open(encoding="utf-8-sig", newline="")))
    assert [(row["tab"], row["document"], row["entry"], row["actor"]) for row in rows] == [
        ("1", "doc", "1", "anna"),
        ("1", "doc", "2", "anna"),
    ]
    assert json.loads((bundle / "data/manifest.json").read_text())["custody"] == {
        "file": "data/custody.csv",
        "rows": 2,
    }


def _edit(change: Callable[[str], str]) -> Callable[[Path], Any]:
    def edit(bundle: Path) -> None:
        path = bundle / "data/custody.csv"
        path.write_bytes(change(path.read_bytes().decode("utf-8-sig")).encode("utf-8-sig"))

    return edit


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


TAMPERED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "gone": (lambda b: (b / "data/custody.csv").unlink(), "is missing"),
    "a row gone": (_edit(lambda t: "".join(_lines(t)[:-1])), "leaves out entry 2"),
    "a row twice": (_edit(lambda t: t + _lines(t)[-1]), "2 times"),
    "another actor": (_edit(lambda t: t.replace("anna", "berta", 1)), "differs from the entry"),
    "another time": (_edit(lambda t: t.replace("2023-05-01", "2023-04-01", 1)), "differs from the entry"),
    "another document": (_edit(lambda t: t.replace("1,doc", "1,dog", 1)), "not in the bundle"),
    "another entry": (_edit(lambda t: t.replace(",2,2023", ",7,2023", 1)), "does not hold"),
    "another tab": (_edit(lambda t: t.replace("1,doc", "2,doc", 1)), "another tab or hash"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_custody_table_that_was_tampered_with_is_told(bundle: Path, name: str) -> None:
    tamper, what = TAMPERED[name]
    tamper(bundle)
    findings = Findings(bundle)
    check_custody(findings)
    assert any(what in fault.what for fault in findings.faults), findings.faults


def test_a_bundle_of_an_earlier_version_has_none_and_is_whole(bundle: Path) -> None:
    record = bundle / "data/manifest.json"
    told = json.loads(record.read_text())
    del told["custody"]
    record.write_text(json.dumps(told))
    findings = Findings(bundle)
    check_custody(findings)
    assert findings.faults == []
