"""What series of documents lack: letters of several senders and years, invoices, reports, minutes, site diaries."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.evidence import Evidence
from pipeline.gaps import MissingReference, gaps
from tests.pipeline.case_builder import CONTRACTOR, EMPLOYER, case, claim, event, evidence

pytestmark = pytest.mark.both_homes

ROLE = {"correspondence": "letter", "invoice": "invoice", "inspection_report": "report"}


def paper(number: str, kind: str = "correspondence", sender: str | None = None, **more: Any) -> Evidence:
    """A document that bears a number."""
    text = f"Our ref: {number}\nof {sender}"
    facts: list[tuple[Any, ...]] = [("reference", ROLE[kind], number)]
    if sender:
        facts.append(("party", "sender", sender))
    return evidence(f"scan {number[-3:]} {sender}.pdf", text, facts=facts, kind=kind, **more)


def lost(*documents: Evidence) -> list[MissingReference]:
    return list(gaps(case(claim(event()), documents)).missing_references)


def missing(*documents: Evidence) -> list[str]:
    return [found.number for found in lost(*documents)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["GC/L/0145A", "GC/L/0147"], ["GC/L/0146"]),
        (["GC/L/0145", "GC/L/0146-R1", "GC/L/0147 Rev B"], []),
        (["云新司函〔2023〕87号", "云新司函〔2023〕89号"], ["云新司函〔2023〕88号"]),
        (["MTC/9", "MTC/11"], ["MTC/10"]),
        (["GC/2023/045", "GC/2024/001"], []),
        (["GC/2023/045", "GC/2024/003"], ["GC/2024/001", "GC/2024/002"]),
        (["GC/2022/045", "GC/2024/003"], []),  # a year in which nothing was written
        (["GC/2023/045", "GC/2024/009"], []),
        (["GCL/1", "GCL/2", "GCL/3", "GCL/4", "GCL/8"], ["GCL/5", "GCL/6", "GCL/7"]),
        (["GCL/1", "GCL/2", "GCL/20"], []),  # too few to tell a gap from a pause
    ],
)
def test_holes_between_letters(numbers: list[str], expected: list[str]) -> None:
    assert missing(*(paper(number) for number in numbers)) == expected


def test_each_with_its_page_and_why() -> None:
    documents = [paper(f"GC/{n}") for n in (11, 12, 13, 14, 18)]
    found = lost(*documents)
    assert {(m.doc, m.page) for m in found} == {(documents[3].id, 1)}
    assert found[0].why == "between GC/14 and GC/18; 5 of its series are held"
    (year,) = lost(paper("GC/2023/045"), paper("GC/2024/002"))
    assert year.why == "between GC/2023/045 and GC/2024/002: the numbers begin anew with the year"


def test_each_sender_has_his_own_numbers() -> None:
    ours = [paper(f"L-{n:03}", sender=CONTRACTOR) for n in (10, 12)]
    theirs = [paper(f"L-{n:03}", sender=EMPLOYER) for n in (11, 13)]
    assert sorted(missing(*ours, *theirs)) == ["L-011", "L-012"]
    unread = paper("L-011")  # nothing says whose it is: it is taken to fill the hole
    assert missing(*ours, unread) == []


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [
        ("invoice", ["INV-2023-077", "INV-2023-079"], []),  # a firm has other customers
        ("invoice", ["INV-2023-077", "INV-2023-078", "INV-2023-080"], ["INV-2023-079"]),
        ("invoice", ["24312000000012345678", "24312000000012345680"], []),
        ("inspection_report", ["TR-0456", "TR-0457", "TR-0459"], ["TR-0458"]),
        ("inspection_report", ["TR-0456", "TR-0490", "TR-0492"], []),
    ],
)
def test_numbers_that_are_given_out_to_many(kind: str, numbers: list[str], expected: list[str]) -> None:
    assert missing(*(paper(number, kind) for number in numbers)) == expected


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Progress Meeting No. 12", "Progress Meeting No. 14"], ["Progress Meeting No. 13"]),
        (["Progress Meeting 07", "Progress Meeting 09"], ["Progress Meeting 08"]),
        (["Progress Meeting No. 12", "Safety Meeting No. 14"], []),
        (["第12次工地例会纪要", "第十四次工地例会纪要"], ["第13次工地例会纪要"]),
        (["Progress Meeting of 12 May", "Progress Meeting of 14 May"], []),
        (["Progress Meeting 15 - 19 July", "Progress Meeting 17"], ["Progress Meeting 16"]),
    ],
)
def test_minutes(titles: list[str], expected: list[str]) -> None:
    documents = [
        evidence(f"scan{n}.pdf", "text", kind="minutes", title=title) for n, title in enumerate(titles)
    ]
    assert missing(*documents) == expected


def diaries(word: str, *days: str, **more: Any) -> list[Evidence]:
    return [
        evidence(f"{word} {d}.pdf", f"{word}\n{d}", kind="work_record", date=d, title=word, **more)
        for d in days
    ]


WEEK = ("2023-03-13", "2023-03-14", "2023-03-16", "2023-03-17")


def test_a_day_without_a_diary() -> None:
    documents = diaries("施工日志", *WEEK)
    (found,) = lost(*documents)
    assert (found.number, found.doc, found.page) == ("施工日志 of 2023-03-15", documents[1].id, 1)
    assert found.why == "between those of 2023-03-14 and 2023-03-16"


@pytest.mark.parametrize(
    ("word", "days", "expected"),
    [
        ("Daily report", (*WEEK, "2023-03-20"), ["daily report of 2023-03-15"]),  # never on a weekend
        ("Daily report", (*WEEK, "2023-03-18", "2023-03-20", "2023-03-25", "2023-03-21", "2023-03-22", "2023-03-23",
                          "2023-03-24"), ["daily report of 2023-03-15"]),
        ("Site diary", ("2023-03-13", "2023-03-15"), []),  # two are no run
        ("Site diary", ("2023-03-01", "2023-03-13", "2023-03-15", "2023-03-28"), []),  # kept now and then
        ("Site diary", ("2023-03-13", "2023-03-14", "2023-03-15", "2023-03-16", "2023-03-23"), []),  # a stop
        ("Repair order", WEEK, []),
    ],
)  # fmt: skip
def test_which_days_a_diary_is_written_on(word: str, days: tuple[str, ...], expected: list[str]) -> None:
    assert missing(*diaries(word, *days)) == expected


def test_a_book_that_tells_of_the_day_fills_the_hole() -> None:
    book = evidence(
        "week.pdf",
        "Site diary for 15 March 2023",
        kind="work_record",
        title="Site diary",
        date="2023-03-17",
        facts=[("date", "event", "2023-03-15", "15 March 2023")],
    )
    days = ("2023-03-13", "2023-03-14", "2023-03-16", "2023-03-18")
    assert missing(*diaries("Site diary", *days), book) == []
    assert missing(*diaries("Site diary", *days)) == ["site diary of 2023-03-15", "site diary of 2023-03-17"]
