from __future__ import annotations

from decimal import Decimal

from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import matters
from pipeline.statistics import claims_statistics, statistics
from tests.pipeline.case_builder import claim, event, evidence, link


def test_the_figures_of_several_claims() -> None:
    claims = [
        claim(event("E1"), event("E2"), id="CLM-1", amount=Decimal("100.50")),
        claim(id="CLM-2", type="warranty", status="rejected", currency="CNY", amount=Decimal("7")),
        claim(id="CLM-3", status="rejected", amount=Decimal("0.50")),
        claim(id="CLM-4", type="other", currency=None, amount=Decimal("3")),
        claim(id="CLM-5", type="other", currency="EUR"),
    ]
    bill, letter, refused, tied, foreign = (
        evidence("bill.pdf", kind="invoice"),
        evidence("letter.pdf"),
        evidence("refused.pdf"),
        evidence("tied.pdf", kind="photo", given_claims=("CLM-2",)),
        evidence("foreign.pdf", given_claims=("CLM-9",)),
    )
    links = [
        link(bill, "E1"),
        link(bill, "E2", status="confirmed"),
        link(letter, "E1"),
        link(refused, "E1", status="rejected"),
        Link(foreign.id, 1, "CLM-9/E1", 0.9, ()),
    ]
    found = statistics(claims, links, [d.summary for d in (bill, letter, refused, tied, foreign)])
    assert found.as_json() == {
        "claims": 5,
        "claimed": {"CNY": "7.00", "USD": "101.00", "unknown": "3.00"},
        "by_type": {
            "construction": {"count": 2, "claimed": {"USD": "101.00"}},
            "other": {"count": 2, "claimed": {"unknown": "3.00"}},
            "warranty": {"count": 1, "claimed": {"CNY": "7.00"}},
        },
        "by_status": {
            "open": {"count": 3, "claimed": {"USD": "100.50", "unknown": "3.00"}},
            "rejected": {"count": 2, "claimed": {"CNY": "7.00", "USD": "0.50"}},
        },
        "evidence": {
            "documents": 3,
            "by_kind": {"correspondence": 1, "invoice": 1, "photo": 1},
            "by_event": {"CLM-1/E1": 2, "CLM-1/E2": 1},
        },
    }


def test_no_claims_are_no_fault() -> None:
    found = statistics([], [], []).as_json()
    assert (found["claims"], found["claimed"], found["evidence"]["by_event"]) == (0, {}, {})


def test_the_figures_of_a_workspace(matter: Matter) -> None:
    with matter.change() as change:
        matters.put_claims(change.tx, [claim(event(), amount=Decimal("5"))])
    found = claims_statistics(matter)
    assert (found.claims, dict(found.claimed), dict(found.by_event)) == (
        1,
        {"USD": Decimal("5")},
        {"CLM-1/E1": 0},
    )
