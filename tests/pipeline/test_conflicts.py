"""Days that documents and the register give differently for one happening, and what is no conflict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import timeline
from pipeline.chronology import Row, chronology
from pipeline.evidence import Evidence
from tests.pipeline.case_builder import case, claim, day, event, evidence

TITLE = "Access to Area B refused"


def telling(
    name: str, text: str, *days: tuple[str, str], written: str = "2023-05-02", **more: Any
) -> Evidence:
    """A letter that says that something happened on days: (day, as written)."""
    facts = [("date", "event", value, raw) for value, raw in days]
    return evidence(name, text, date=written, facts=[*facts, *more.pop("facts", ())], **more)


def diary(date: str, text: str) -> Evidence:
    return evidence(f"diary {date}.txt", text, kind="work_record", date=date)


def disputed(*documents: Evidence, **of_event: Any) -> dict[str, list[tuple[str, str | None]]]:
    """Of each line with a conflict (its event, or its document) the other days and who gives them."""
    happened = event(**{"title": "Something else altogether", **of_event})
    names = {found.id: found.summary.name for found in documents}
    rows = chronology(case(claim(happened), documents))
    found: dict[str, list[tuple[str, str | None]]] = {}
    for row in rows:
        if row.conflicts:
            line = "event" if row.event else f"{names[row.doc or '']} {row.date}"
            found[line] = [(c.date.isoformat(), names.get(c.doc or "")) for c in row.conflicts]
    return found


def test_a_letter_and_a_diary_of_two_days_stand_side_by_side() -> None:
    text = "On 15 March 2023 access to Area B was refused to us."
    letter = telling("letter.pdf", text, ("2023-03-15", "15 March 2023"))
    book = diary("2023-03-14", "Gate locked. Access to Area B refused by the guard. Ten men stood idle.")
    assert disputed(letter, book) == {
        "diary 2023-03-14.txt 2023-03-14": [("2023-03-15", "letter.pdf")],
        "letter.pdf 2023-03-15": [("2023-03-14", "diary 2023-03-14.txt")],
    }
    rows = chronology(case(claim(event(title="x y")), [letter, book], []))
    told = next(row for row in rows if row.doc == letter.id)
    assert told.as_json()["conflicts"] == [
        {
            "date": "2023-03-14",
            "doc": book.id,
            "page": 1,
            "words": "Access to Area B refused by the guard.",
        }
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("On {} access to Area B was refused.", "Access to Area B was refused on {} by the guard."),
        ("The tower crane broke down on {}.", "On {} the tower crane broke down and all work stopped."),
        ("{}塔吊发生故障，全部停工。", "我方于{}因塔吊发生故障全部停工三天。"),
        ("Instruction SI-0042 was issued on {}.", "You issued instruction SI-0042 on {} without drawings."),
    ],
)
@pytest.mark.parametrize(
    ("first", "second", "is_conflict"),
    [
        (("2023-03-14", "14 March 2023"), ("2023-03-15", "15 March 2023"), True),
        (("2023-03-14", "14.03.2023"), ("2022-03-14", "14.03.2022"), True),  # a year apart
        (("2023-03-04", "4.3.2023"), ("2023-04-03", "3.4.2023"), True),  # day and month exchanged
        (("2023-03-14", "14 March 2023"), ("2023-03-14", "14 March 2023"), False),
        (("2023-03-14", "14 March 2023"), ("2023-09-20", "20 September 2023"), False),  # another time
        (("2023-03-14/2023-03-17", "14 to 17 March 2023"), ("2023-03-15", "15 March 2023"), False),
    ],
)
def test_the_same_told_of_two_days(
    one: str, other: str, first: tuple[str, str], second: tuple[str, str], is_conflict: bool
) -> None:
    number = [("reference", "other", "SI-0042")] if "SI-0042" in one else []
    letters = [
        telling(name, text.format(said[1]), said, facts=number)
        for name, text, said in (("a.pdf", one, first), ("b.pdf", other, second))
    ]
    found = disputed(*letters)
    assert (len(found) == 2) == is_conflict
    assert bool(found) == is_conflict


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # what recurs or goes on
        (
            "A progress meeting was held on {} in the site office.",
            "A progress meeting was held on {} in the site office.",
        ),
        ("Access to Area B was refused on {}.", "On {} access to Area B was still refused."),
        ("{}塔吊故障全部停工。", "{}塔吊故障仍全部停工。"),
        # something else
        ("Access to Area B was refused on {}.", "Access to Area C was granted on {} by the owner."),
        ("Access to Area B was refused on {}.", "Access to Area B was given on {}."),
        ("Access to Area B was refused on {}.", "On {} we met."),
        ("The excavator was hired on {}.", "The crane driver was ill on {}."),
        # another number
        ("Instruction SI-0042 was issued on {}.", "Instruction SI-0043 was issued on {}."),
    ],
)
def test_what_is_no_conflict(one: str, other: str) -> None:
    letters = [
        telling(
            name,
            text.format(raw),
            (value, raw),
            facts=[("reference", "other", n) for n in numbers if n in text],
        )
        for name, text, value, raw in (
            ("a.pdf", one, "2023-03-14", "14 March 2023"),
            ("b.pdf", other, "2023-03-15", "15 March 2023"),
        )
        for numbers in [("SI-0042", "SI-0043")]
    ]
    assert disputed(*letters) == {}


def test_a_source_that_tells_both_days_conflicts_with_neither() -> None:
    both = telling(
        "both.pdf", "Access to Area B was refused on 14 March 2023. Access to Area B was refused on 15 March 2023 too.",
        ("2023-03-14", "14 March 2023"), ("2023-03-15", "15 March 2023"),
    )  # fmt: skip
    one = telling(
        "one.pdf", "Access to Area B was refused on 15 March 2023.", ("2023-03-15", "15 March 2023")
    )
    assert disputed(both, one) == {}


def test_diaries_of_several_days_agree_with_a_letter_about_one_of_them() -> None:
    letter = telling(
        "l.pdf", "On 15 March 2023 access to Area B was refused.", ("2023-03-15", "15 March 2023")
    )
    book = [diary(f"2023-03-{n}", "Access to Area B refused. Ten men idle.") for n in (14, 15, 16)]
    assert disputed(letter, *book) == {}
    assert disputed(letter, *book[::2]) != {}  # nobody wrote so on the 15th


@pytest.mark.parametrize(
    ("text", "value", "raw", "expected"),
    [
        (
            "Access to Area B was refused on 15 March 2023.",
            "2023-03-15",
            "15 March 2023",
            [("2023-03-15", "l.pdf")],
        ),
        ("Access to Area B was refused on 14 March 2023.", "2023-03-14", "14 March 2023", None),
        ("Access to Area B was given on 15 March 2023.", "2023-03-15", "15 March 2023", None),
        ("Access to the yard was given on 15 March 2023.", "2023-03-15", "15 March 2023", None),
        ("Access to Area B was refused on 15 June 2023.", "2023-06-15", "15 June 2023", None),
    ],
)
def test_the_registers_day_against_the_evidence(
    text: str, value: str, raw: str, expected: list[tuple[str, str]] | None
) -> None:
    found = disputed(telling("l.pdf", text, (value, raw)), title=TITLE)
    assert found.get("event") == expected
    if expected:
        assert found["l.pdf 2023-03-15"] == [("2023-03-14", None)]


def test_days_within_an_event_are_no_conflict() -> None:
    letter = telling(
        "l.pdf", "Access to Area B was refused on 15 March 2023.", ("2023-03-15", "15 March 2023")
    )
    assert disputed(letter, title=TITLE, end="2023-04-30") == {}


@pytest.mark.parametrize(
    ("said", "raw", "is_conflict"),
    [
        ("2023-03-15", "15 March 2023", True),
        ("2023-03-16", "16 March 2023", False),
        ("2021-11-02", "2 November 2021", False),  # another letter of that number
    ],
)
def test_a_letter_cited_with_another_day_than_it_bears(said: str, raw: str, is_conflict: bool) -> None:
    held = evidence(
        "L-0145.pdf",
        "Our ref: GC/L/0145\nAccess",
        date="2023-03-16",
        facts=[("reference", "letter", "GC/L/0145")],
    )
    citing = evidence(
        "reply.pdf",
        "Our ref: MT-0007\nWe refer to your letter",
        f"GC/L/0145 dated {raw} about access.",
        date="2023-05-05",
        facts=[
            ("reference", "letter", "MT-0007"),
            ("reference", "letter", "GC/L/0145"),
            ("date", "mentioned", said, raw),
        ],
    )
    expected = {"L-0145.pdf 2023-03-16": [("2023-03-15", "reply.pdf")]} if is_conflict else {}
    assert disputed(held, citing) == expected
    if is_conflict:
        row = next(r for r in chronology(case(claim(event(title="x")), [held, citing])) if r.doc == held.id)
        assert row.conflicts[0].page == 2
        assert "GC/L/0145" in row.conflicts[0].words


def test_pictures_and_tables_show_both_days_beside_each_other() -> None:
    letter = telling(
        "l.pdf", "Access to Area B was refused on 15 March 2023.", ("2023-03-15", "15 March 2023")
    )
    rows = chronology(case(claim(event(title=TITLE)), [letter]))
    page, picture = timeline.as_html(rows, "CLM-1"), timeline.as_svg(rows, "CLM-1")
    assert page.count("class=conflict") == 2
    assert f"2023-03-15 [{letter.id}, 1] Access to Area B was refused" in page
    assert "2023-03-14 [register] Access to Area B refused" in page
    assert picture.count('class="c"') == 2  # a line from each of the two to the other's day
    assert "≠ 2023-03-15" in picture
    table = timeline.as_csv(rows)
    assert table.startswith(",".join(timeline.COLUMNS))
    assert "2023-03-14 [register]" in table


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.dates(day("2023-03-01"), day("2023-03-20")), st.sampled_from("ABCD")), max_size=7)
)
def test_conflicts_are_mutual_between_lines(told: list[tuple[Any, str]]) -> None:
    letters = [
        telling(f"{n}.pdf", f"Access to Area {place} was refused on {date}.", (str(date), str(date)))
        for n, (date, place) in enumerate(told)
    ]
    rows = [row for row in chronology(case(claim(event(title="x")), letters)) if "refused" in row.text]
    assert len(rows) == len(letters)

    def seen(one: Row, other: Row) -> bool:
        return any(c.doc == other.doc and c.date == other.date for c in one.conflicts)

    for one in rows:
        assert all(c.date != one.date and c.doc != one.doc for c in one.conflicts)
        for other in rows:
            assert seen(one, other) == seen(other, one)
