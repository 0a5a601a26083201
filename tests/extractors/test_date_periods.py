"""Ranges, weeks, lists of days, periods tied to an anchor, and what a weekday beside a date tells."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, PageText, Source, assemble
from extractors.facts.dates import find
from extractors.facts.fact import Day, Fact


def document(text: str, source: Source = "text") -> Document:
    engine = "tesseract" if source == "ocr" else None
    return assemble([PageText(text, 595, 842, source, engine, 0.9 if engine else None)], "text/plain")


def shown(fact: Fact) -> str:
    assert isinstance(fact.value, Day)
    end = fact.value.end
    return fact.value.start.isoformat() + (f"/{end.isoformat()}" if end else "")


def days(text: str) -> list[str]:
    return [shown(fact) for fact in find(document(text), "other")]


def told(text: str) -> list[str]:
    """The dates of a letter of 17 May 2023, without its own."""
    facts = find(document(f"Date: 17 May 2023\n\n{text}"), "correspondence")
    assert facts[0].role == "document"
    return [shown(fact) for fact in facts[1:]]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("week 12 of 2023", "2023-03-20/2023-03-26"),
        ("CW 1/2021", "2021-01-04/2021-01-10"),
        ("2020-W53", "2020-12-28/2021-01-03"),
        ("2023年第12周", "2023-03-20/2023-03-26"),
        ("2023年第十二周", "2023-03-20/2023-03-26"),
        ("the second quarter of 2023", "2023-04-01/2023-06-30"),
        ("二〇二三年第二季度", "2023-04-01/2023-06-30"),
        ("2023年第一季度至第三季度", "2023-01-01/2023-09-30"),
        ("Q1-Q3 2023", "2023-01-01/2023-09-30"),
        ("Q4 2022 to Q2 2023", "2022-10-01/2023-06-30"),
        ("the first half of 2023", "2023-01-01/2023-06-30"),
        ("2023年下半年", "2023-07-01/2023-12-31"),
        ("March to May 2023", "2023-03-01/2023-05-31"),
        ("between March and May 2023", "2023-03-01/2023-05-31"),
        ("2023年3月至5月", "2023-03-01/2023-05-31"),
        ("2023年3-5月", "2023-03-01/2023-05-31"),
        ("09:00 on 3 May 2023 to 17:00 on 4 May 2023", "2023-05-03/2023-05-04"),
        ("2023年5月3日（周三）至5月5日（周五）", "2023-05-03/2023-05-05"),
        ("2023年元月至3月", "2023-01-01/2023-03-31"),
        ("3 March 2023 and ending 9 March 2023", "2023-03-03/2023-03-09"),
        ("the end of September 2023", "2023-09-30"),
        ("2024年2月底前", "2024-02-29"),
        ("third day of April two thousand and twenty-three", "2023-04-03"),
        ("4 May twenty twenty-three", "2023-05-04"),
        ("中華民國一百一十二年六月十五日", "2023-06-15"),
        ("贰零贰叁年零叁月壹拾伍日", "2023-03-15"),
        ("Sat 4 Nov 2023:", "2023-11-04"),
    ],
)
def test_periods_and_long_forms(written: str, value: str) -> None:
    assert days(f"It was {written}") == [value]


@pytest.mark.parametrize(
    "written",
    [
        "week 54 of 2023",
        "2021-W53",
        "week 12 of the programme",
        "2023年第12周年",
        "from may to march on",
        "first half of the works",
        "the 2023 W4 bolt",
        "heading h1 20",
        "第二季度",
    ],
)
def test_what_is_no_period(written: str) -> None:
    assert days(f"Look: {written}") == []


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31)))
def test_every_week_holds_its_days(day: datetime.date) -> None:
    year, week, weekday = day.isocalendar()
    monday = day - datetime.timedelta(days=weekday - 1)
    whole = f"{monday.isoformat()}/{(monday + datetime.timedelta(days=6)).isoformat()}"
    assert days(f"in week {week} of {year}") == [whole]
    assert days(f"{year}年第{week}周停工") == [whole]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Notes of 3, 5 and 9 May 2023", ["2023-05-03", "2023-05-05", "2023-05-09"]),
        ("The 2nd and 3rd of June 2023", ["2023-06-02", "2023-06-03"]),
        ("on June 5, 12 and 19, 2023 it rained", ["2023-06-05", "2023-06-12", "2023-06-19"]),
        ("2023年5月3日、5日及9日", ["2023-05-03", "2023-05-05", "2023-05-09"]),
        ("2023年5月3、5、9日", ["2023-05-03", "2023-05-05", "2023-05-09"]),
        ("Area 4, 3 May 2023", ["2023-05-03"]),
        ("between 3 and 17 May 2023", ["2023-05-03/2023-05-17"]),
        ("2023年5月3日、14个班次", ["2023-05-03"]),
    ],
)
def test_lists_of_days(text: str, values: list[str]) -> None:
    assert days(text) == values


@given(st.lists(st.integers(1, 28), min_size=2, max_size=6, unique=True).map(sorted))
def test_every_day_of_a_list_is_read(numbers: list[int]) -> None:
    wanted = [f"2023-05-{number:02}" for number in numbers]
    *first, last = map(str, numbers)
    assert days(f"Cubes of {', '.join(first)} and {last} May 2023 failed.") == wanted
    assert days(f"2023年5月{'、'.join(map(str, numbers))}日停工。") == wanted


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The crane will come in two weeks' time.", "2023-05-31"),
        ("A fortnight ago it stopped.", "2023-05-03"),
        ("We reply by the end of this month.", "2023-05-31"),
        ("We reply by the end of next week.", "2023-05-28"),
        ("It is due next 6 April.", "2024-04-06"),
        ("We met last 6 June.", "2022-06-06"),
        ("This quarter was lost.", "2023-04-01/2023-06-30"),
        ("本月底付清。", "2023-05-31"),
        ("月底前付清。", "2023-05-31"),
        ("明年年底竣工。", "2024-12-31"),
        ("上个月停工。", "2023-04-01/2023-04-30"),
        ("本周停工。", "2023-05-15/2023-05-21"),
        ("本季度产值下降。", "2023-04-01/2023-06-30"),
    ],
)
def test_told_from_the_document_date(text: str, value: str) -> None:
    assert told(text) == [value]


@pytest.mark.parametrize("text", ["周转材料", "本月度计划", "下周期", "每月底结算", "合同日租金", "当日"])
def test_words_that_only_look_like_it(text: str) -> None:
    assert told(text) == []


def test_the_same_day_and_days_later_count_from_the_date_before() -> None:
    assert told("4月3日围挡倒塌，当日上报，三日后修复。") == ["2023-04-03", "2023-04-03", "2023-04-06"]
    assert told("On 3 April it fell; on the same day it was mended.") == ["2023-04-03", "2023-04-03"]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("Particulars are due within 42 days after 3 April 2023.", "2023-04-03/2023-05-15"),
        ("Received on 3 April 2023. Reply within 28 days of receipt.", "2023-04-03/2023-05-01"),
        ("Pay within seven (7) days of the date of this letter.", "2023-05-17/2023-05-24"),
        ("Pay within two months from 28 December 2022.", "2022-12-28/2023-02-28"),
        ("我方于2023年4月3日收到来函，收到后28天内答复。", "2023-04-03/2023-05-01"),
        ("请于本函发出之日起14日内答复。", "2023-05-17/2023-05-31"),
        ("自2023年4月3日起三个月内有效。", "2023-04-03/2023-07-03"),
        ("自即日起30日內撤場。", "2023-05-17/2023-06-16"),
    ],
)
def test_a_period_runs_from_its_anchor(text: str, window: str) -> None:
    facts = find(document(f"Date: 17 May 2023\n\n{text}"), "correspondence")
    (due,) = [fact for fact in facts if fact.rule == "period from its anchor"]
    assert (shown(due), due.role) == (window, "due")
    assert any(doubt.startswith("derived") for doubt in due.doubts)


@pytest.mark.parametrize(
    "text",
    [
        "Notice is given within 28 days after he became aware.",
        "Reply within 21 days of receipt of this letter.",
        "Reply within 21 days of receipt.",
        "within five working days of the date of this letter",
        "within 999 months of the date of this letter",
        "贵方应于收到本函后7日内答复。",
        "承包人应在28天内提出。",
    ],
)
def test_without_a_known_anchor_a_period_has_no_dates(text: str) -> None:
    assert told(text) == []


@settings(deadline=None)
@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31)), st.integers(1, 365))
def test_a_window_ends_so_many_days_on(day: datetime.date, count: int) -> None:
    last = day + datetime.timedelta(days=count)
    window = f"{day.isoformat()}/{last.isoformat()}"
    assert window in days(f"It is due within {count} days after {day.day} {day:%B} {day.year}.")
    assert window in days(f"自{day.year}年{day.month}月{day.day}日起{count}天内提交。")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Fri 05/12/2023 it fell", "2023-05-12"),
        ("Tue 05/12/2023 it fell", "2023-12-05"),
        ("05/12/2023 (Friday), and then 06/12/2023", "2023-05-12"),
    ],
)
def test_the_weekday_tells_the_order_of_day_and_month(text: str, value: str) -> None:
    fact = find(document(text), "other")[0]
    assert shown(fact) == value
    assert not fact.doubts


def test_a_weekday_that_does_not_fit_is_a_doubt() -> None:
    (wrong,) = find(document("Monday, 14 March 2023"), "other")
    assert any("day of the week" in doubt for doubt in wrong.doubts)
    (right,) = find(document("Tuesday, 14 March 2023"), "other")
    assert not right.doubts
    assert wrong.confidence < right.confidence


@pytest.mark.parametrize(
    ("source", "value"),
    [("ocr", "2023-03-13"), ("text", "2023-03-12")],
)
def test_strokes_are_mended_by_the_weekday_on_scans_only(source: Source, value: str) -> None:
    (fact,) = find(document("二〇二三年三月十二日 星期一", source), "other")
    assert shown(fact) == value
    assert fact.doubts


@pytest.mark.parametrize("text", ["2O23年3月l5日", "2023年O3月15日"])
def test_letters_among_chinese_figures_are_mended_and_marked(text: str) -> None:
    (fact,) = find(document(text), "other")
    assert shown(fact) == "2023-03-15"
    assert fact.doubts
    assert fact.confidence <= 0.7


def test_a_weekday_beside_a_date_is_no_date_of_its_own() -> None:
    assert told("Seen on Monday, May 8 and 2023年5月9日（星期二）停工") == ["2023-05-08", "2023-05-09"]


def test_a_letter_is_received_on_a_day_and_dated_another() -> None:
    facts = find(document("We received your letter of 3 March 2023 on 6 March 2023."), "other")
    assert [(shown(fact), fact.role) for fact in facts] == [
        ("2023-03-03", "mentioned"),
        ("2023-03-06", "received"),
    ]


LETTER = """Harbour Civil Ltd
12 Dock Road

{}

Dear Sirs,
We refer to your letters dated 3 March 2023, 5 March 2023 and 7 March 2023, and to the site meeting of 8 March 2023.
The Works were stopped on 9 March 2023. Your reply of 11 March 2023 was received on 12 March 2023.
Please pay by 28 March 2023; the bond expires on 31 December 2023.
Yours faithfully
{}
"""
ZH_LETTER = """关于工期延误的函
致：北港务局
贵方2023年3月3日、3月5日来函及3月8日会议纪要收悉。我方于2023年3月10日停工，请于2023年3月28日前答复。
特此函告。
海港土木有限公司
{}
{}
"""


@pytest.mark.parametrize(
    "footer",
    [
        "Form QF-12 / 01.02.2019",
        "QP-7.5-03 Issue 4 01/02/2019",
        "TPL-001 v3 (2019-02-01)",
        "Template version 4 dated 1 February 2019",
        "F-PM-007 01/02/2019",
        "Document control: HC-F-012, Issue date 01/02/2019, Rev 2",
        "Printed 2023-05-20 14:03",
        "表格编号：QR-07 版本：A/0 2019年2月1日",
        "QR-07-03 A/1 2019.2.1",
        "版本号：V2.0 发布日期：2019年2月1日",
        "打印时间：2023-05-20 14:03",
    ],
)
def test_a_letter_bears_its_own_date_and_never_that_of_its_form(footer: str) -> None:
    for letter, date in ((LETTER, "14 March 2023"), (ZH_LETTER, "2023年3月14日")):
        dated = find(document(letter.format(date, footer)), "correspondence")
        assert [shown(fact) for fact in dated if fact.role == "document"] == ["2023-03-14"]
        undated = find(document(letter.format("", footer)), "correspondence")
        assert not [fact for fact in undated if fact.role == "document"]
