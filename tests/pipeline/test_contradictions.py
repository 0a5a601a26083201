"""What people answer to a document that contradicts itself: it waits, is answered, stays answered, and waits again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.contradictions import answer_finding, clear_finding, sides
from pipeline.errors import AnsweredMeanwhile
from pipeline.judgement import correct, rule, take_back, unrule
from pipeline.matter import Matter
from pipeline.records import documents, findings
from pipeline.redo import understand_outdated
from tests.conftest import Command

BILL = """\
Harbour Civil Ltd
INVOICE HC-77
Date: 20 March 2023

Subtotal USD 1,000.00
GST USD 60.00
Total USD 1,160.00
"""
CERTIFICATE = """\
Northport Authority
PAYMENT CERTIFICATE No. 7
Gross value of work executed to date USD 1,000,000.00
Less retention 5% 50,000.00
Less recovery of advance payment 100,000.00
Less previously certified 600,000.00
Net amount due this certificate USD 260,000.00
"""
OF_BILL = ("net_tax_total", "net 1000.00 and tax 60.00 make 1060.00, not 1160.00")


@pytest.fixture
def ids(filled: Command, tmp_path: Path) -> dict[str, str]:
    """The ids of the two papers that contradict themselves."""
    folder = tmp_path / "bills"
    folder.mkdir()
    (folder / "bill.txt").write_text(BILL, encoding="utf-8")
    (folder / "certificate.txt").write_text(CERTIFICATE, encoding="utf-8")
    filled("ingest", folder, "--claim", "CLM-001")
    return {row["name"]: row["id"] for row in filled("list", "--json").json}


def codes(matter: Matter) -> list[str]:
    with matter.reading() as tx:
        return sorted(found.code for _, found in findings.waiting(tx))


def test_an_answer_counts_everywhere_outlives_a_re_run_and_is_taken_back(
    filled: Command, ids: dict[str, str], workspace: Path
) -> None:
    bill, doubtful = ids["bill.txt"], set[int]()

    def told() -> tuple[int, bool, list[str], list[str]]:
        show = filled("show", bill, "--json").json
        doubts = [
            d["why"] for d in filled("gaps", "CLM-001", "--json").json["doubtful_facts"] if d["doc"] == bill
        ]
        totals = [one["value"] for one in show["amounts"] if one["role"] == "total"]
        waits = filled("review", "--json").json
        doubtful.add(waits["facts"])
        return (
            waits["findings"],
            show["findings"][0]["settled"],
            [why for why in doubts if why == OF_BILL[1]],
            totals,
        )

    waits = (2, False, [OF_BILL[1]], ["1160.00"])
    assert told() == waits
    assert filled("settle", bill, "finding", *OF_BILL, "--json").json == {
        "doc": bill, "kind": "finding", "role": OF_BILL[0], "was": OF_BILL[1], "value": None,
    }  # fmt: skip
    assert told() == (1, True, [], ["1160.00"])
    filled("settle", bill, "finding", *OF_BILL, "--as", "1,060 USD")
    for _ in range(2):
        assert told() == (1, True, [], ["1060"])
        with Matter.open(workspace, "night") as matter:
            with matter.change() as change:
                documents.undo(change.tx, "facts")
            understand_outdated(matter)
    filled("settle", bill, "finding", *OF_BILL, "--clear")
    assert told() == waits
    assert len(doubtful) == 1, "the sum is asked about once, as a contradiction"
    actions = [one["action"] for one in filled("show", bill, "--json").json["history"]]
    assert [one for one in actions if "finding" in one or "settled" in one] == [
        "value settled", "finding answered", "value unsettled", "value settled", "finding answered", "value unsettled",
        "finding answer withdrawn",
    ]  # fmt: skip
    for words in (("net_tax_total", "nothing like it"), ("lines_total", OF_BILL[1]), (*OF_BILL, "--wrong")):
        assert filled("settle", bill, "finding", *words).status == 2
    assert "2" in filled("review").out


def test_what_puts_the_sum_right_answers_too_and_nobody_is_overruled(
    ids: dict[str, str], workspace: Path
) -> None:
    bill, certificate = ids["bill.txt"], ids["certificate.txt"]
    with Matter.open(workspace, "anna") as opened:
        anna, bob = (opened.acting_as(name, lambda: None) for name in ("anna", "bob"))
        before = codes(anna)
        assert before == ["certificate", "net_tax_total"]
        both: list[tuple[Any, Any]] = [
            (
                lambda: correct(anna, bill, amounts=["total=1060 USD"]),
                lambda: take_back(anna, bill, "amount", "total"),
            ),
            (
                lambda: rule(anna, bill, "amount", "total", "1160 USD", "1060 USD"),
                lambda: unrule(anna, bill, "amount", "total", "1160 USD"),
            ),
            (
                lambda: rule(anna, bill, "amount", "total", "1160 USD", None),
                lambda: unrule(anna, bill, "amount", "total", "1160 USD"),
            ),
            (
                lambda: answer_finding(anna, bill, *OF_BILL, "1100 USD", "subtotal", "1000 USD"),
                lambda: clear_finding(anna, bill, *OF_BILL),
            ),
        ]
        for say, back in both:
            say()
            assert codes(anna) == ["certificate"]
            back()
            assert codes(anna) == before
        answer_finding(anna, bill, *OF_BILL, first=True)
        with pytest.raises(AnsweredMeanwhile, match="anna"):
            answer_finding(bob, bill, *OF_BILL, "1060 USD", first=True)
        with pytest.raises(AnsweredMeanwhile, match="anna"):
            clear_finding(bob, bill, *OF_BILL, own=True)
        clear_finding(anna, bill, *OF_BILL, own=True)
        with anna.reading() as tx:
            ((_, found),) = findings.waiting(tx, [certificate])
            sums = [str(fact.value.amount) for fact in sides(found, documents.all_facts(tx, certificate))]  # type: ignore[union-attr]
        assert sums[0] == "260000.00"
        assert {"1000000.00", "50000.00", "600000.00"} <= set(sums)
