from __future__ import annotations

import datetime
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.extract import understand
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.register import body_of, read_register
from pipeline.suggest import grouped, register_text, suggest
from pipeline.suggest.telling import Telling
from pipeline.suggest.titles import title_of
from tests.conftest import Command
from tests.pipeline.case_builder import case, claim, day, event, evidence


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


def test_loose_documents_of_the_claims_parties_are_searched_too_and_count_a_little_less() -> None:
    first = told("Pump failed on 5 June 2023.", "5 June 2023", name="a.pdf")
    earlier = told(
        "Harbour Civil Ltd. Pump failed on 2 May 2023.",
        "2 May 2023",
        value="2023-05-02/2023-05-04",
        name="b.pdf",
    )
    stranger = told("Pump failed on 7 May 2023.", "7 May 2023", value="2023-05-07", name="c.pdf")
    found = suggest(case(claim(event()), [first]), [earlier, stranger])
    assert [(s.doc, s.date, s.end) for s in found] == [
        (first.id, day("2023-06-05"), None),
        (earlier.id, day("2023-05-02"), day("2023-05-04")),
    ]
    assert found[0].score > found[1].score
    everything = suggest(case(claim(event()), [first]), [stranger, earlier], alone=True)
    assert [s.doc for s in everything] == [first.id, earlier.id, stranger.id]
    assert found[0].as_json() == {
        "date": "2023-06-05",
        "end": None,
        "title": "Pump failed",
        "text": "Pump failed on 5 June 2023.",
        "doc": first.id,
        "page": 1,
        "score": round(found[0].score, 3),
        "sources": [
            {"doc": first.id, "page": 1, "start": 0, "end": 27, "text": "Pump failed on 5 June 2023."}
        ],
    }


def test_the_same_sentence_in_two_documents_is_suggested_once() -> None:
    copies = [told("Pump failed on 5 June 2023.", "5 June 2023", name=f"{n}.pdf") for n in range(2)]
    assert len(suggest(case(claim(event()), copies))) == 1


def test_the_page_is_that_of_the_sentence() -> None:
    facts = [("date", "mentioned", "2023-06-05", "5 June 2023")]
    document = evidence("m.pdf", "first", "The crane stopped on 5 June 2023.", kind="minutes", facts=facts)
    assert [found.page for found in suggest(case(claim(event()), [document]))] == [2]


def test_what_three_documents_tell_is_one_suggestion_and_surer_than_one() -> None:
    three = [
        told("The tower crane stopped on 5 June 2023 for a day.", "5 June 2023", name="a.pdf"),
        told("On 5 June 2023 the tower crane broke down.", "5 June 2023", name="b.pdf", kind="work_record"),
        told("The tower crane failed on 5 June 2023.", "5 June 2023", name="c.pdf", kind="correspondence"),
    ]
    other = told("The site road was flooded on 5 June 2023.", "5 June 2023", name="d.pdf")
    found = suggest(case(claim(event()), [*three, other]))
    assert [len(one.told) for one in found] == [3, 1]
    assert {told.doc for told in found[0].told} == {one.id for one in three}
    assert found[0].score > max(one.told[0].strength for one in found)


HEAD = "Harbour Civil Ltd\nDate: 30 June 2023\nTo: Northport Authority\nDear Sirs,\n"
MARKED = [
    # (kind, text, the day that is told or None): by hand
    (
        "minutes",
        "Date of meeting: 30 June 2023\n3.2 On 12 June 2023 the retaining wall at Bay 3 collapsed.",
        "2023-06-12",
    ),
    ("minutes", "Date of meeting: 30 June 2023\nNext meeting will be held on 14 July 2023.", None),
    ("minutes", "Date of meeting: 30 June 2023\n2.1 No accidents were reported since 1 June 2023.", None),
    (
        "minutes",
        "Date of meeting: 30 June 2023\n4. The delay of 9 June 2023 cost the crew 14 hours idle.",
        "2023-06-09",
    ),
    ("minutes", "Date of meeting: 30 June 2023\n5. The report of 9 June 2023 was handed round.", None),
    ("minutes", "会议日期：2023年6月30日\n二、2023年6月12日三号基坑发生塌方，停工两天。", "2023-06-12"),
    ("minutes", "会议日期：2023年6月30日\n三、6月份未发生安全事故，2023年6月1日以来情况良好。", None),
    ("minutes", "会议日期：2023年6月30日\n四、下次会议时间：2023年7月14日，检查故障整改。", None),
    (
        "work_record",
        "Site diary\n6 June 2023\nThe excavator broke down at ten. Crew stood idle.",
        "2023-06-06",
    ),
    ("work_record", "Site diary\n6 June 2023\nConcrete 40 m3. Labour 24. No stoppage.", None),
    ("work_record", "施工日志\n日期：2023年6月6日\n上午塔吊发生故障，全部停工。", "2023-06-06"),
    ("work_record", "施工日志\n日期：2023年6月6日\n天气晴，出勤24人，进展正常。", None),
    ("correspondence", HEAD + "On 19 June 2023 your gang struck our power cable.", "2023-06-19"),
    ("correspondence", HEAD + "We refer to your letter of 19 June 2023 about the crack.", None),
    ("correspondence", HEAD + "The policy is valid until 19 June 2023 and covers fire.", None),
    ("correspondence", HEAD + "Should the pump fail after 19 June 2023, tell us.", None),
    ("correspondence", HEAD + "You are instructed to add two drains at Bay 3.", "2023-06-30"),
    (
        "inspection_report",
        "Inspection report\n30 June 2023\nThe joint leaked on 21 June 2023 at Level 4.",
        "2023-06-21",
    ),
    ("invoice", "Invoice\n30 June 2023\nPump failed on 21 June 2023, repair USD 400.00", None),
]


def test_of_sentences_marked_by_hand_nearly_all_are_told_right() -> None:
    wrong = []
    for number, (kind, text, expected) in enumerate(MARKED):
        document = read(f"{number}.pdf", kind, text)
        days = [
            found.date.isoformat() for found in suggest(case(claim(event(start="2021-01-01")), [document]))
        ]
        if days != ([expected] if expected else []):
            wrong.append((text, expected, days))
    assert wrong == []


def read(name: str, kind: str, text: str) -> Evidence:
    """A document understood as a reader's would be."""
    found = evidence(name, text, kind=kind)
    understood = understand(found.document, kind)
    about = replace(found.summary, date=understood.date, language=understood.classification.language)
    return replace(found, summary=about, facts=understood.facts)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("On 5 June 2023 the crane stopped for a day.", "en", "The crane stopped for a day"),
        ("4.2 It was reported that the water main burst on 5 June 2023.", "en", "The water main burst"),
        ("- Since Monday, 5 June 2023, the gate has been locked.", "en", "The gate has been locked"),
        ("2023年6月5日塔吊发生故障，全部停工。", "zh", "塔吊发生故障，全部停工"),
        ("二、会议指出：自2023年6月5日起三号地块封闭。", "zh", "三号地块封闭"),
        ("5 June 2023", "en", "5 June 2023"),
    ],
)
def test_a_title_is_what_happened_without_the_day(text: str, language: str, expected: str) -> None:
    assert title_of(text, language) == expected


@settings(max_examples=40)
@given(st.text(max_size=400), st.sampled_from(["en", "zh", "und"]))
def test_a_title_is_short_whatever_the_sentence(text: str, language: str) -> None:
    assert len(title_of(text, language)) <= 82


def test_suggestions_become_events_that_the_register_takes(tmp_path: Path) -> None:
    about = claim(event("E1"), event("E3"))
    document = told('Pier 3: pump "A" failed on 5 June 2023 #1\x1b[31m.', "5 June 2023")
    text = register_text(about, suggest(case(about, [document])), {document.id: "a\nb: c.pdf"})
    (entry,) = yaml.safe_load(text)["events"]
    assert (entry["id"], entry["start"]) == ("E2", day("2023-06-05"))
    assert "Pier 3" in entry["keywords"]
    assert "\x1b" not in text
    body = body_of(claim())
    register = {"claims": [{**{k: v for k, v in body.items() if v is not None}, "events": [entry]}]}
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(register, allow_unicode=True), encoding="utf-8")
    (again,) = read_register(tmp_path / "r.yaml")
    assert again.events[0].title == entry["title"]


def test_the_command_ranks_sorts_and_writes(filled: Command, tmp_path: Path) -> None:
    (tmp_path / "minutes.txt").write_text(
        "Minutes of meeting no. 4\nDate of meeting: 30 June 2023\nPresent: Harbour Civil Ltd, Northport Authority\n"
        "1. On 12 June 2023 the retaining wall collapsed.\n2. On 2 June 2023 the pump was found late.\n",
        encoding="utf-8",
    )
    filled("ingest", tmp_path / "minutes.txt")
    found = filled("events", "suggest", "CLM-001", "--json").json
    assert found[0]["date"] == "2023-06-12"
    by_date = filled("events", "suggest", "CLM-001", "--sort", "date", "--json").json
    assert [one["date"] for one in by_date] == sorted(one["date"] for one in found)
    out = tmp_path / "events.yaml"
    assert filled("events", "suggest", "CLM-001", "--out", out).status == 0
    assert yaml.safe_load(out.read_text(encoding="utf-8"))["events"][0]["start"] == day("2023-06-12")
    assert filled("events", "suggest", "CLM-001", "--out", out).status == 2  # never over another file
    assert filled("events", "suggest", "CLM-001", "--out", tmp_path / "events.txt").status == 2


def test_sentences_are_grouped_as_if_each_were_held_against_each() -> None:
    draw = random.Random(7)  # noqa: S311
    words = [f"word{n}" for n in range(30)]

    def drawn() -> tuple[Telling, float]:
        day = datetime.date(2023, 3, 1) + datetime.timedelta(draw.randrange(60))
        end = day + datetime.timedelta(draw.randrange(20)) if draw.random() < 0.3 else None
        start, terms = draw.randrange(1000), frozenset(draw.sample(words, 6))
        telling = Telling(day, end, str(draw.randrange(20)), 1, start, start + 50, "", "", "en", 0.5, terms)
        return telling, draw.choice((0.4, 0.5))

    found = [drawn() for _ in range(300)]
    each: list[list[tuple[Telling, float]]] = []
    for one in sorted(found, key=lambda x: (-x[1], x[0].date, x[0].doc, x[0].start)):
        same = (
            g
            for g in each
            if grouped._same(g[0][0], one[0], grouped._content(g[0][0]), grouped._content(one[0]))
        )
        group = next(same, None)
        if group is None:
            each.append([one])
        else:
            group.append(one)
    assert grouped._groups(found) == each
    assert 50 < len(each) < 250
