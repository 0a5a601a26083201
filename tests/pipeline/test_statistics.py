from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app import output
from pipeline.claims import Party, StatusChange
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import matters
from pipeline.statistics import claims_statistics, statistics
from tests.conftest import REGISTER, Command
from tests.pipeline.case_builder import claim, day, event, evidence, link

TODAY = day("2023-06-30")


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
    found = statistics(claims, links, [d.summary for d in (bill, letter, refused, tied, foreign)], TODAY)
    respondent = {"count": 5, "claimed": {"CNY": "7.00", "USD": "101.00", "unknown": "3.00"}}
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
        "by_respondent": {"Northport Authority": respondent},
        "by_age": {
            "3_to_6_months": {"count": 1, "claimed": {"USD": "100.50"}},
            "unknown": {"count": 4, "claimed": {"CNY": "7.00", "USD": "0.50", "unknown": "3.00"}},
        },
        "ages": [
            {
                "claim": "CLM-1",
                "days_since_event": 108,
                "days_since_submission": None,
                "band": "3_to_6_months",
            },
            *(
                {
                    "claim": f"CLM-{n}",
                    "days_since_event": None,
                    "days_since_submission": None,
                    "band": "unknown",
                }
                for n in (2, 3, 4, 5)
            ),
        ],
        "evidence": {
            "documents": 3,
            "by_kind": {"correspondence": 1, "invoice": 1, "photo": 1},
            "by_event": {"CLM-1/E1": 2, "CLM-1/E2": 1},
            "kinds_by_event": {"CLM-1/E1": {"correspondence": 1, "invoice": 1}, "CLM-1/E2": {"invoice": 1}},
        },
    }


def test_no_claims_are_no_fault() -> None:
    found = statistics([], [], [], TODAY).as_json()
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


@pytest.mark.parametrize(
    ("start", "days", "band"),
    [
        ("2023-06-30", 0, "under_3_months"),
        ("2023-03-31", 91, "under_3_months"),
        ("2023-03-30", 92, "3_to_6_months"),
        ("2022-06-30", 365, "6_to_12_months"),
        ("2022-06-29", 366, "1_to_2_years"),
        ("2021-06-29", 731, "over_2_years"),
        ("2023-08-01", -32, "under_3_months"),  # not begun yet
    ],
)
def test_the_age_of_a_claim_is_that_of_its_first_event(start: str, days: int, band: str) -> None:
    about = claim(
        event("E2", "2023-09-01"), event("E1", start), history=(StatusChange("submitted", day("2023-06-20")),)
    )
    (age,) = statistics([about], [], [], TODAY).ages
    assert (age.since_event, age.since_submission, age.band) == (days, 10, band)


def test_an_insurers_claim_is_against_the_insurer_and_one_of_two_respondents_counts_for_each() -> None:
    insured = claim(id="A", parties=(Party("insurer", "Safe plc"),), amount=Decimal(1))
    both = claim(id="B", parties=(Party("respondent", "One"), Party("respondent", "Two")), amount=Decimal(2))
    nobody = claim(id="C", parties=())
    found = statistics([insured, both, nobody], [], [], TODAY).by_respondent
    assert {name: (group.count, dict(group.claimed)) for name, group in found.items()} == {
        "One": (1, {"USD": Decimal(2)}),
        "Safe plc": (1, {"USD": Decimal(1)}),
        "Two": (1, {"USD": Decimal(2)}),
        "unknown": (1, {}),
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("By respondent", "Northport Authority", "construction", "over 2 years", "USD 1250000.00")),
        ("zh", ("按被索赔方", "建设工程", "2年以上", "未提交")),
    ],
)
def test_a_person_reads_them_in_both_languages(
    claimtrail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: tuple[str, ...]
) -> None:
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    claimtrail("claims", "import", tmp_path / "register.yaml")
    monkeypatch.setenv("CLAIMTRAIL_LANG", language)
    output.language.cache_clear()
    try:
        told = claimtrail("claims", "stats", "--today", "2026-01-01").out
    finally:
        output.language.cache_clear()
    assert all(words in told for words in said)
