from __future__ import annotations

import datetime
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.chronology import chronology
from tests.pipeline.case_builder import case, claim, event, evidence, link


def test_events_and_dated_documents_stand_in_one_line_in_order_of_date() -> None:
    letter = evidence("L-0145.pdf", "front", "Refused", date="2023-03-16", title="Refusal of access")
    diary = evidence("diary.txt", "Gate locked", kind="work_record", date="2023-03-14")
    about = claim(
        event("E1", "2023-03-14", end="2023-04-30", title="Access refused"), event("E2", "2023-01-02")
    )
    rows = chronology(case(about, [letter, diary], [link(letter, page=2), link(diary, score=0.6)]))
    assert [row.as_json() for row in rows] == [
        {
            "date": "2023-01-02",
            "end": None,
            "event": "CLM-1/E2",
            "doc": None,
            "page": None,
            "text": "Access refused",
            "conflicts": [],
        },
        {
            "date": "2023-03-14",
            "end": "2023-04-30",
            "event": "CLM-1/E1",
            "doc": letter.id,
            "page": 2,
            "text": "Access refused",
            "conflicts": [],
        },
        {
            "date": "2023-03-14",
            "end": None,
            "event": None,
            "doc": diary.id,
            "page": 1,
            "text": "Work record: diary.txt",
            "conflicts": [],
        },
        {
            "date": "2023-03-16",
            "end": None,
            "event": None,
            "doc": letter.id,
            "page": 1,
            "text": "Refusal of access",
            "conflicts": [],
        },
    ]


def test_a_confirmed_link_proves_an_event_before_a_better_score() -> None:
    strong, confirmed = evidence("a.pdf", "a"), evidence("b.pdf", "b")
    links = [link(strong, score=0.99), link(confirmed, score=0.5, status="confirmed")]
    (row,) = chronology(case(claim(event()), [strong, confirmed], links))
    assert row.doc == confirmed.id


def test_the_page_of_a_document_is_the_one_that_bears_its_date() -> None:
    letter = evidence(
        "l.pdf",
        "cover",
        "16 March 2023",
        date="2023-03-16",
        facts=[("date", "document", "2023-03-16", "16 March 2023")],
    )
    (row,) = [row for row in chronology(case(claim(), [letter])) if row.event is None]
    assert row.page == 2


def test_what_a_document_tells_is_given_in_its_own_sentence() -> None:
    text = "We write about Area B. On 20 March\n2023 one excavator was moved. Please reply by 1 April 2023."
    letter = evidence(
        "l.pdf",
        text,
        date="2023-05-05",
        facts=[
            ("date", "event", "2023-03-20", "20 March\n2023"),
            ("date", "due", "2023-04-01", "1 April 2023"),
        ],
    )
    told, own = chronology(case(claim(), [letter]))
    assert (told.date.isoformat(), told.doc, told.page) == ("2023-03-20", letter.id, 1)
    assert told.text == "On 20 March 2023 one excavator was moved."
    assert own.date.isoformat() == "2023-05-05"


def test_a_day_that_a_document_tells_of_twice_or_hardly_is_not_repeated() -> None:
    text = "On 20 March 2023 it stood. Again: 20.03.2023. Perhaps 21 March 2023. Written 5 May 2023."
    letter = evidence(
        "l.pdf",
        text,
        date="2023-05-05",
        facts=[
            ("date", "event", "2023-03-20", "20 March 2023"),
            ("date", "event", "2023-03-20", "20.03.2023"),
            ("date", "event", "2023-03-21", "21 March 2023", {"confidence": 0.3}),
            ("date", "event", "2023-05-05", "5 May 2023"),
        ],
    )
    assert [row.date.isoformat() for row in chronology(case(claim(), [letter]))] == [
        "2023-03-20",
        "2023-05-05",
    ]


def test_the_digits_of_a_number_are_no_date() -> None:
    facts = [("date", "event", "2023-02-01/2023-02-28", "2023-02"), ("reference", "letter", "HZJL-2023-02")]
    assert chronology(case(claim(), [evidence("l.pdf", "Stopped by HZJL-2023-02.", facts=facts)])) == []


def test_an_undated_document_is_not_in_the_line() -> None:
    assert chronology(case(claim(), [evidence("x.pdf", "no date")])) == []


@given(st.lists(st.dates(min_value=event().start.replace(year=1990)), max_size=8), st.randoms())
def test_the_order_is_that_of_the_dates_whatever_the_order_of_the_evidence(
    days: list[object], random: object
) -> None:
    documents = [evidence(f"{n}.pdf", "text", date=str(found)) for n, found in enumerate(days)]
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    about = claim(event())
    rows = chronology(case(about, documents))
    assert [row.date for row in rows] == sorted(row.date for row in rows)
    assert len(rows) == len(documents) + 1
    assert chronology(case(about, shuffled, [link(found) for found in documents])) == rows


def test_what_is_told_with_a_time_stands_in_order_of_time_within_its_day() -> None:
    text = "14 March 2023 at 15:20: stopped. 14 March 2023 at 09:40: begun. 14 March 2023 it rained."
    raw = ["14 March 2023 at 15:20", "14 March 2023 at 09:40", "14 March 2023 it"]
    facts = [("date", "event", "2023-03-14", words) for words in raw]
    diary = evidence("diary.txt", text, facts=facts)
    timed = [
        replace(f, value=replace(f.value, time=time))
        for f, time in zip(diary.facts, (datetime.time(15, 20), datetime.time(9, 40), None), strict=True)
    ]
    about = claim(event("E1", "2023-03-14"), event("E2", "2023-03-15"))
    rows = chronology(case(about, [replace(diary, facts=tuple(timed))], []))
    told = [row.as_json().get("time") for row in rows]
    assert [row.event for row in rows] == ["CLM-1/E1", None, None, None, "CLM-1/E2"]
    assert told == [None, None, "09:40", "15:20", None]
