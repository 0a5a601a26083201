"""The lines of bills and what is wrong with their sums: intake, `show`, `extract`, `gaps`, the night's report."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import output
from pipeline.clock import now
from pipeline.matter import Matter
from pipeline.night import Night, look_after
from tests.conftest import Command

INVOICE = """\
TAX INVOICE No. INV-118
Harbour Plant Ltd
Date: 20 March 2023
To: Harbour Civil Ltd, letter GC/L/0145

Description Qty Unit Price Amount USD
Crane hire 2 days 850.00 1,700.00
Pump 3 100.00 300.00
Hose 4 10.00 45.00
Total 2,145.00
"""
WRONG = ["4 × 10.00 makes 40.00, not 45.00"]


@pytest.fixture
def bill(claimtrail: Command, register_file: Path, tmp_path: Path) -> tuple[Command, str, Path]:
    """A workspace with an invoice whose sums contradict each other; its id and file."""
    path = tmp_path / "INV-118.txt"
    path.write_text(INVOICE, encoding="utf-8")
    assert claimtrail("claims", "import", register_file).status == 0
    (taken,) = claimtrail("ingest", path, "--claim", "CLM-001", "--json").json["ingested"]
    return claimtrail, taken["id"], path


def test_json_has_lines_and_findings_after_intake_as_without(bill: tuple[Command, str, Path]) -> None:
    claimtrail, document, path = bill
    shown = claimtrail("show", document, "--json").json
    assert shown["kind"] == "invoice"
    assert [found["message"] for found in shown["findings"]] == WRONG
    (wrong,) = shown["findings"]
    assert wrong == {
        "code": "line_product",
        "message": WRONG[0],
        "parts": {"line": "4 × 10.00", "made": "40.00", "said": "45.00"},
        "page": 1,
        "box": None,
        "raw": "45.00",
        "settled": False,
    }
    assert shown["lines"][0] == {
        "description": "Crane hire",
        "quantity": "2",
        "unit": "days",
        "rate": "850.00",
        "amount": "1700.00",
        "tax_rate": None,
        "currency": "USD",
        "page": 1,
        "box": None,
    }
    assert [line["amount"] for line in shown["lines"]] == ["1700.00", "300.00", "45.00"]
    (extracted,) = claimtrail("extract", path, "--json").json
    assert extracted["lines"] == shown["lines"]
    assert [found | {"settled": False} for found in extracted["findings"]] == shown["findings"]
    assert claimtrail("show", document, "--page", "1", "--json").json["lines"] == shown["lines"]


def test_a_document_without_bills_has_neither(claimtrail: Command, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("We claim the sum of US$1.25 million.", encoding="utf-8")
    (answer,) = claimtrail("extract", path, "--json").json
    assert (answer["findings"], answer["lines"]) == ([], [])
    assert "contradiction" not in claimtrail("extract", path).out


TOLD = {"en": ["contradiction: 4 × 10.00 makes 40.00", "Qty"], "zh": ["矛盾: 4 × 10.00 应为 40.00", "数量"]}


def test_people_are_told_in_their_language(
    bill: tuple[Command, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    claimtrail, document, path = bill
    for language, words in TOLD.items():
        monkeypatch.setenv("CLAIMTRAIL_LANG", language)
        output.language.cache_clear()
        try:
            told = [claimtrail("show", document).out, claimtrail("extract", path).out]
        finally:
            output.language.cache_clear()
        for text in told:
            assert all(word in text for word in [*words, "Crane hire", "1700.00"])


def test_gaps_and_the_night_know_of_it(bill: tuple[Command, str, Path], workspace: Path) -> None:
    claimtrail, document, _ = bill
    doubtful = claimtrail("gaps", "CLM-001", "--json").json["doubtful_facts"]
    assert [(doubt["doc"], doubt["kind"], doubt["why"]) for doubt in doubtful if "makes" in doubt["why"]] == [
        (document, "amount", WRONG[0])
    ]
    with Matter.open(workspace, "nightly") as matter:
        night = Night(now(), workspace)
        look_after(matter, night)
    assert night.as_json()["with_findings"] == 1
