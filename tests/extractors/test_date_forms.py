"""Hard ways to write a day or a range in both languages, and what only looks like one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText, Source, assemble
from extractors.facts.dates import find
from extractors.facts.fact import Day, Fact

REFERENCE = "Date: 2023-05-17\n\n"


def dates(text: str, head: str = "") -> list[Fact]:
    document = assemble([PageText(f"{head}{text}\n", 595, 842)], "text/plain")
    return [fact for fact in find(document, "other") if fact.start >= len(head)]


def shown(facts: list[Fact]) -> str:
    days = [fact.value for fact in facts if isinstance(fact.value, Day)]
    return " ".join(f"{day.start}" + (f"..{day.end}" if day.end else "") for day in days)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("民国112.3.5签发", "2023-03-05"),
        ("民國112/03/05", "2023-03-05"),
        ("二〇二三年三月廿三日", "2023-03-23"),
        ("二0二三年三月五日", "2023-03-05"),
        ("14.III.2023", "2023-03-14"),
        ("14/XI/2023", "2023-11-14"),
        ("Tue Mar 14 09:12:44 2023", "2023-03-14"),
        ("Tue Mar 14 09:12:44 CST 2023", "2023-03-14"),
        ("this 3rd day of May in the year 2023", "2023-05-03"),
        ("third day of May in the year of our Lord two thousand and twenty-three", "2023-05-03"),
        ("the first Friday of March 2023", "2023-03-03"),
        ("the last Monday in March 2023", "2023-03-27"),
        ("the second Tuesday of 2023", "2023-01-10"),
        ("2023年3月第一个星期五", "2023-03-03"),
        ("2023年3月的最后一个星期一", "2023-03-27"),
        ("2023年的第三个月", "2023-03-01..2023-03-31"),
        ("Date 14 05 2023", "2023-05-14"),
        ("Date: 14032023", "2023-03-14"),
        ("D.O.L. 3-5-23", "2023-05-03"),
        ("by the end of 2023", "2023-12-31"),
        ("2023年底前竣工", "2023-12-31"),
        ("at the end of Q3 2023", "2023-09-30"),
        ("Q3'23", "2023-07-01..2023-09-30"),
        ("3Q23", "2023-07-01..2023-09-30"),
        ("2023-W12", "2023-03-20..2023-03-26"),
        ("2023-W12-2", "2023-03-21"),
        ("3/5-17/5/2023", "2023-05-03..2023-05-17"),
        ("03.05.-17.05.2023", "2023-05-03..2023-05-17"),
        ("3.-17. Mai 2023", "2023-05-03..2023-05-17"),
        ("3 March - 17 March 2023", "2023-03-03..2023-03-17"),
        ("3rd March through to 17th March 2023", "2023-03-03..2023-03-17"),
        ("starting 3 March 2023 and continuing until 17 March 2023", "2023-03-03..2023-03-17"),
        ("2023-03-05/2023-03-17", "2023-03-05..2023-03-17"),
        ("20230305-20230317", "2023-03-05..2023-03-17"),
        ("2023.3-2023.5", "2023-03-01..2023-05-31"),
        ("2023年的8月至10月", "2023-08-01..2023-10-31"),
        ("自2023年3月5日起，至17日止", "2023-03-05..2023-03-17"),
        ("2023年3月5—17日", "2023-03-05..2023-03-17"),
        ("2022年12月28日至次年1月3日", "2022-12-28..2023-01-03"),
        ("2022年3月1日至翌年6月2日", "2022-03-01..2023-06-02"),
        ("May 2nd and 3rd, 2023", "2023-05-02 2023-05-03"),
        ("on the night of 2/3 May 2023", "2023-05-02..2023-05-03"),
        ("Christmas Day 2022", "2022-12-25"),
        ("2023年国庆节", "2023-10-01"),
        ("2022年4月3日签约，次年6月2日竣工", "2022-04-03 2023-06-02"),
        ("收到之日（2023年4月3日）起28天内", "2023-04-03..2023-05-01 2023-04-03"),
    ],
)
def test_hard_forms(written: str, value: str) -> None:
    assert sorted(shown(dates(f"{written}。")).split()) == sorted(value.split())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("今年第三季度", "2023-07-01..2023-09-30"),
        ("去年四季度", "2022-10-01..2022-12-31"),
        ("the third quarter of this year", "2023-07-01..2023-09-30"),
        ("3月中旬停工", "2023-03-11..2023-03-20"),
        ("本月下旬", "2023-05-21..2023-05-31"),
        ("上月中旬", "2023-04-11..2023-04-20"),
        ("Delivery in KW 12.", "2023-03-20..2023-03-26"),
        ("two Fridays ago", "2023-05-05"),
        ("Friday last", "2023-05-12"),
        ("Monday the 15th", "2023-05-15"),
        ("the first Friday of next month", "2023-06-02"),
        ("On the 10th work stopped.", "2023-05-10"),
        ("On the 27th work stopped.", "2023-04-27"),
        ("On the 27th work shall resume at nine; on the 27th it will.", "2023-05-27 2023-05-27"),
        ("On 28 April the crane failed; on the 5th it was repaired.", "2023-04-28 2023-05-05"),
        ("4月3日停电，5日恢复", "2023-04-03 2023-04-05"),
        ("4月3日收到，同月20日回复", "2023-04-03 2023-04-20"),
        ("this Friday, May 19", "2023-05-19"),
        ("on Friday the 12th of May", "2023-05-12"),
        ("the third of next month", "2023-06-03"),
        ("on Monday the fifteenth", "2023-05-15"),
        ("from 4 to 22 this month", "2023-05-04..2023-05-22"),
        ("3-12 of next month", "2023-06-03..2023-06-12"),
        ("the week after next", "2023-05-29..2023-06-04"),
        ("下个月的第一个周五", "2023-06-02"),
        ("本月最后一个星期五", "2023-05-26"),
        ("8月底前完成", "2023-08-31"),
        ("due next 5/30", "2023-05-30"),
        ("5/30", "2023-05-30"),
        ("He met them Jun 15 in town", "2023-06-15"),
    ],
)
def test_hard_forms_told_from_another_day(written: str, value: str) -> None:
    facts = dates(written, REFERENCE)
    assert shown(facts) == value
    assert any("derived" in doubt for fact in facts for doubt in fact.doubts)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("l7 May 2023", "2023-05-17"),
        ("17 May 2O23", "2023-05-17"),
        ("17 Nlay 2023", "2023-05-17"),
        ("2023-O5-17", "2023-05-17"),
        ("2023午5月17日", "2023-05-17"),
        ("二〇二三午五月十七日", "2023-05-17"),
    ],
)
def test_misread_forms_are_mended_and_marked(written: str, value: str) -> None:
    (fact,) = dates(f"{written}。")
    assert shown([fact]) == value
    assert "read as" in fact.doubts[0]
    assert fact.confidence < 0.8


DIARY = "二〇二三年四月{}日 晴\n二〇二三年四月{}日 雨\n二〇二三年四月{}日 阴\n"


@pytest.mark.parametrize(
    ("days", "source", "middle"),
    [
        ("一一三", "ocr", "2023-04-02"),
        (("十一", "十三", "十三"), "ocr", "2023-04-12"),
        ("一二三", "ocr", "2023-04-02"),
        ("一一四", "ocr", "2023-04-01"),
        ("四六六", "ocr", "2023-04-06"),
        ("一一三", "text", "2023-04-01"),
    ],
)
def test_a_stroke_is_mended_on_scans_where_the_days_around_it_tell(
    days: Sequence[str], source: Source, middle: str
) -> None:
    page = PageText(DIARY.format(*days), 595, 842, source, "tesseract" if source == "ocr" else None)
    fact = find(assemble([page], "image/png"), "work_record")[1]
    assert shown([fact]) == middle
    read = "一二三四五六".find(days[1]) + 1
    assert bool(fact.doubts) is (len(days[1]) > 1 or middle != f"2023-04-0{read}")


@pytest.mark.parametrize(
    ("text", "value", "doubtful"),
    [
        ("Poured 2023-03-10, tested 23-03-14", "2023-03-14", True),
        ("合同2023年1月5日签订，23.03.14开工", "2023-03-14", True),
        ("Tue 23-03-14 no access", "2023-03-14", True),
        ("Sun 23-03-14 no access", "2014-03-23", False),
        ("Poured 2014-03-10, tested 23-03-14", "2014-03-23", False),
        ("Poured 2025-03-10, tested 25-04-23", "2023-04-25", False),
        ("Tested 23-03-14", "2014-03-23", False),
    ],
)
def test_a_short_year_stands_first_only_where_there_is_evidence(
    text: str, value: str, doubtful: bool
) -> None:
    fact = dates(text)[-1]
    assert shown([fact]) == value
    assert any("year could stand last" in doubt for doubt in fact.doubts) is doubtful


@pytest.mark.parametrize(
    "written",
    [
        "Contract No. 3/2023",
        "The bolt is 5/16",
        "open 24/7",
        "He waited on the 5th floor.",
        "on the 15th anniversary",
        "Monday the 3rd party came",
        "工期：30日历天",
        "费用：3日工资",
        "付款期限：收到发票后，15日内付款",
        "No. 20230305-20230317",
        "Length 2010.5-2011.5",
        "pump of 12 kW 12 units",
        "The CW 12 valve",
        "2023年二月十四（农历）",
        "农历二月十四日",
        "2023年国庆假期",
        "2023.5 mm and 2010.5 m",
        "Chapter 1.V.2",
    ],
)
def test_what_only_looks_like_a_date(written: str) -> None:
    assert shown(dates(written, REFERENCE)) == ""


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.-/ 年月日周第个星期民国底endofyearMayIVX'kwQ", max_size=80))
def test_no_text_breaks_the_rarer_forms(text: str) -> None:
    for fact in dates(text, REFERENCE):
        assert isinstance(fact.value, Day)
        assert fact.value.end is None or fact.value.start <= fact.value.end
