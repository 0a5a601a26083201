from __future__ import annotations

from typing import Any

import pytest

from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.suggest import suggest
from tests.pipeline.case_builder import case, claim, event, evidence


def told(text: str, raw: str, value: str = "2023-06-05", role: str = "mentioned", **more: Any) -> Evidence:
    values = {"kind": "minutes", "date": "2023-06-30", **more}
    return evidence(values.pop("name", "m.pdf"), text, facts=[("date", role, value, raw)], **values)


def texts(document: Evidence, *events: Event) -> list[str]:
    return [found.text for found in suggest(case(claim(*(events or (event(),))), [document]))]


@pytest.mark.parametrize(
    ("text", "raw", "expected"),
    [
        (
            "Safety fine. On 5 June 2023 the crane stopped for a day. Next item.",
            "5 June 2023",
            "On 5 June 2023 the crane stopped for a day.",
        ),
        (
            "4.1 Barrier renewed.\n4.2 Water main struck on 5 June\n2023 at the trench.",
            "5 June\n2023",
            "4.2 Water main struck on 5 June 2023 at the trench.",
        ),
        (
            "一、安全。2023年6月5日塔吊发生故障，全部停工。二、质量良好。",
            "2023年6月5日",
            "2023年6月5日塔吊发生故障，全部停工。",
        ),
        (
            "二〇二三年六月五日基坑被淹\n抽水两天。",
            "二〇二三年六月五日",
            "二〇二三年六月五日基坑被淹抽水两天。",
        ),
    ],
)
def test_a_dated_happening_is_told_in_its_own_sentence(text: str, raw: str, expected: str) -> None:
    assert texts(told(text, raw)) == [expected]


@pytest.mark.parametrize(
    "document",
    [
        told("On 5 June 2023 we met and had tea.", "5 June 2023"),
        told("The crane stopped. On 5 June 2023 we had tea.", "5 June 2023"),
        told("The crane stopped on 5 June 2023.", "5 June 2023", role="due"),
        told("The crane stopped on 5 June 2023.", "5 June 2023", kind="invoice"),
        told("The road is closed from 5 July 2023.", "5 July 2023", value="2023-07-05"),
    ],
    ids=["nothing happens", "another sentence", "a term", "an invoice", "yet to come"],
)
def test_what_is_no_happening(document: Evidence) -> None:
    assert texts(document) == []


@pytest.mark.parametrize(
    ("events", "linked", "covered"),
    [
        ((event("E1", "2023-06-01", end="2023-06-10"),), True, True),
        ((event("E1", "2023-06-01", end="2023-06-10", keywords=("crane",)),), False, True),
        ((event("E1", "2023-06-01", end="2023-06-10", keywords=("gate",)),), False, False),
        ((event("E1", "2023-06-01", end="2023-06-04"),), True, False),
        ((event("E1", "2023-06-06"),), True, False),
        ((event("E1", "2023-06-05"),), True, True),
        ((event("E1", "2023-01-01"), event("E2", "2023-06-05", keywords=("crane",))), True, True),
    ],
)
def test_an_event_covers_what_happens_in_its_days_and_is_about_it(
    events: tuple[Event, ...], linked: bool, covered: bool
) -> None:
    document = told("The crane stopped on 5 June 2023.", "5 June 2023")
    found = suggest(case(claim(*events), [document], None if linked else []))
    assert bool(found) is not covered


def test_loose_documents_are_searched_too_and_all_is_in_order_of_date() -> None:
    first = told("Pump failed on 5 June 2023.", "5 June 2023", name="a.pdf")
    earlier = told("Pump failed on 2 May 2023.", "2 May 2023", value="2023-05-02/2023-05-04", name="b.pdf")
    found = suggest(case(claim(event()), [first]), [earlier])
    assert [s.as_json() for s in found] == [
        {
            "date": "2023-05-02",
            "end": "2023-05-04",
            "text": "Pump failed on 2 May 2023.",
            "doc": earlier.id,
            "page": 1,
        },
        {
            "date": "2023-06-05",
            "end": None,
            "text": "Pump failed on 5 June 2023.",
            "doc": first.id,
            "page": 1,
        },
    ]


def test_the_same_sentence_in_two_documents_is_suggested_once() -> None:
    copies = [told("Pump failed on 5 June 2023.", "5 June 2023", name=f"{n}.pdf") for n in range(2)]
    assert len(suggest(case(claim(event()), copies))) == 1


def test_the_page_is_that_of_the_sentence() -> None:
    facts = [("date", "mentioned", "2023-06-05", "5 June 2023")]
    document = evidence("m.pdf", "first", "The crane stopped on 5 June 2023.", kind="minutes", facts=facts)
    assert [found.page for found in suggest(case(claim(event()), [document]))] == [2]
