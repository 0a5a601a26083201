"""Dates in all forms of both languages, their roles, and the date that a document bears itself."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Box, Document, PageText, assemble, text_of_lines
from extractors.facts import date_words
from extractors.facts.dates import document_date, find
from extractors.facts.fact import DATE_ROLES, Day, Fact


def document(text: str, *more: str, metadata: tuple[tuple[str, str], ...] = ()) -> Document:
    return assemble([PageText(page, 595, 842) for page in (text, *more)], "text/plain", metadata)


def dates(text: str, kind: str = "other") -> list[Fact]:
    return find(document(text), kind)


def shown(fact: Fact) -> str:
    assert isinstance(fact.value, Day)
    end = fact.value.end
    return fact.value.start.isoformat() + (f"/{end.isoformat()}" if end else "")


def days(text: str, kind: str = "other") -> list[str]:
    return [shown(fact) for fact in dates(text, kind)]


def own(text: str, kind: str) -> str | None:
    day = document_date(dates(text, kind))
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    "written",
    [
        "14 March 2023",
        "14th March, 2023",
        "March 14th, 2023",
        "the 14th day of March 2023",
        "14-Mar-23",
        "14 Mar '23",
        "14/03/23",
        "14/03/2023",
        "14.03.2023",
        "14. 3. 2023",
        "03/14/2023",
        "2023-03-14",
        "2023/3/14",
        "2023.3.14",
        "2023-03-14T09:12:44Z",
        "14MAR2023",
        "1\nMar.14, 2023",
        "2023年3月14日",
        "2023 年 3 月 14 日",
        "２０２３年３月１４日",
        "二〇二三年三月十四日",
        "二○二三年三月十四日",
        "民国112年3月14日",
        "14 mars 2023",
        "14 de marzo de 2023",
        "14. März 2023",
        "fourteenth of March 2023",
    ],
)
def test_forms_of_one_day(written: str) -> None:
    assert days(f"It was seen {written}.") == ["2023-03-14"]


@pytest.mark.parametrize(
    "written",
    [
        "30 February 2023",
        "2023年2月30日",
        "2023-13-01",
        "2015-1-32",
        "31/04/2023",
        "14/03/1820",
        "Clause 12.10.21",
        "see section 4.3.21 and 1.2.3",
        "3.1.12 Notices by the Engineer",
        "call 555-03-2020 now",
        "tel. 03.04.2022",
        "code 133-03-03-2020",
        "GF-2017-0201",
        "INV/2023/03/0008",
        "GC-2023-03-14",
        "v1.2.2023.4",
        "3/4 of the works",
        "ratio 30/4.85",
        "10:14/03",
        "第3月票",
        "3个月内完成",
        "invoice no. 20230314",
        "You may 5 times",
        "it may 2019 pieces",
        "10 March 5:30 marching",
        "within 28 days of receipt",
        "A$ 12.50 and 2.30",
    ],
)
def test_what_is_no_date(written: str) -> None:
    assert days(f"Look: {written}") == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("from 3 to 17 May 2023", "2023-05-03/2023-05-17"),
        ("3–17 May 2023", "2023-05-03/2023-05-17"),
        ("May 3-17, 2023", "2023-05-03/2023-05-17"),
        ("between 3 March and 5 April 2023", "2023-03-03/2023-04-05"),
        ("from 28 December to 3 January 2024", "2023-12-28/2024-01-03"),
        ("2023.3.5-2023.3.17", "2023-03-05/2023-03-17"),
        ("2023.3.5-3.17", "2023-03-05/2023-03-17"),
        ("2023年3月5日至17日", "2023-03-05/2023-03-17"),
        ("2023年3月5日至3月17日", "2023-03-05/2023-03-17"),
        ("2023年12月28日至2024年1月3日", "2023-12-28/2024-01-03"),
        ("自2023年1月1日零时起至2023年12月31日二十四时止", "2023-01-01/2023-12-31"),
        ("15/03/2023 to 17/03/2023", "2023-03-15/2023-03-17"),
        ("June 1992", "1992-06-01/1992-06-30"),
        ("2023年2月", "2023-02-01/2023-02-28"),
        ("2024年2月下旬", "2024-02-21/2024-02-29"),
        ("Q1 2019", "2019-01-01/2019-03-31"),
        ("2023年第二季度", "2023-04-01/2023-06-30"),
    ],
)
def test_ranges_are_one_fact(written: str, value: str) -> None:
    assert days(f"Works {written}") == [value]


def test_the_place_is_the_exact_slice() -> None:
    text = "On Friday the letter of 14 March 2023 was read；二〇二三年三月十五日停工。"
    assert [text[f.start : f.end] for f in dates(text)] == ["14 March 2023", "二〇二三年三月十五日"]


@pytest.mark.parametrize(
    ("around", "value", "doubtful"),
    [
        ("Seen 03/04/2023 and 25/04/2023", "2023-04-03", False),
        ("Seen 03/04/2023 and 04/25/2023", "2023-03-04", False),
        ("Austin, TX 78701\nSeen 03/04/2023", "2023-03-04", False),
        ("Kuala Lumpur\nSeen 03/04/2023", "2023-04-03", False),
        ("Seen 03/04/2023", "2023-04-03", True),
    ],
)
def test_order_of_day_and_month(around: str, value: str, doubtful: bool) -> None:
    fact = next(f for f in dates(around) if "03/04" in around[f.start : f.end])
    assert shown(fact) == value
    assert any("other way round" in doubt for doubt in fact.doubts) is doubtful


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("O6/03/2O18", "2018-03-06"),
        ("l4/03/2018", "2018-03-14"),
        ("Date: 14/0312018", "2018-03-14"),
        ("14 Novernber 2018", "2018-11-14"),
        ("14 0ctober 2018", "2018-10-14"),
        ("2018年3月14曰", "2018-03-14"),
    ],
)
def test_what_ocr_misread_is_mended_and_marked(written: str, value: str) -> None:
    (fact,) = dates(f"Kuala Lumpur {written}")
    assert shown(fact) == value
    assert fact.doubts
    assert fact.confidence < 0.98


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("It broke yesterday.", "2023-03-13"),
        ("the day before yesterday", "2023-03-12"),
        ("We meet tomorrow.", "2023-03-15"),
        ("last Friday", "2023-03-10"),
        ("next Monday", "2023-03-20"),
        ("two days ago", "2023-03-12"),
        ("3 weeks ago", "2023-02-21"),
        ("two weeks and two days ago", "2023-02-26"),
        ("on the 15th of next month", "2023-04-15"),
        ("your letter of 3rd inst.", "2023-03-03"),
        ("he left on 28 February", "2023-02-28"),
        ("he left on 28 December", "2022-12-28"),
        ("昨天停工", "2023-03-13"),
        ("前天下雨", "2023-03-12"),
        ("上周五", "2023-03-10"),
        ("下周一开会", "2023-03-20"),
        ("三天前", "2023-03-11"),
        ("本月15日", "2023-03-15"),
        ("上月20日", "2023-02-20"),
        ("去年5月6日", "2022-05-06"),
        ("3月5日", "2023-03-05"),
    ],
)
def test_days_told_from_the_document_date(written: str, value: str) -> None:
    first, told = dates(f"Date: 14 March 2023\n\n{written}")
    assert first.role == "document"
    assert shown(told) == value
    assert any(doubt.startswith("derived") for doubt in told.doubts)


@pytest.mark.parametrize("written", ["yesterday", "last Friday", "昨天", "3 April", "本月15日"])
def test_without_a_date_to_count_from_there_is_none(written: str) -> None:
    assert days(f"It broke {written}.") == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("On 3 May 2023 it rained; the next day work resumed.", "2023-05-04"),
        ("2023年5月3日下雨，次日复工。", "2023-05-04"),
        ("Payment is due 28 days after 3 May 2023.", "2023-05-31"),
        ("On 3 May, 5 May and 9 June 2023", "2023-05-03"),
    ],
)
def test_days_told_from_another_date(written: str, value: str) -> None:
    assert value in days(written)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Payment due: 14 March 2023", "due"),
        ("Please pay by 14 March 2023", "due"),
        ("应于2023年3月14日前付款", "due"),
        ("付款期限：2023年3月14日", "due"),
        ("Your notice was received on 14 March 2023", "received"),
        ("我方于2023年3月14日收到来函", "received"),
        ("Date of loss: 14 March 2023", "event"),
        ("The crane failed on 14 March 2023", "event"),
        ("2023年3月14日发生事故", "event"),
        ("Commencement date: 14 March 2023", "period_start"),
        ("自2023年3月14日起", "period_start"),
        ("valid to completion date 14 March 2023", "period_end"),
        ("we saw 14 March 2023 in print", "mentioned"),
        ("The works ran from 1 March 2023 to 14 March 2023", "event"),
        ("自2023年3月1日至3月14日停工", "event"),
    ],
)
def test_roles_by_wording(text: str, role: str) -> None:
    (fact,) = dates(f"Some words come before this line of text\nand then: {text}", "contract")
    assert fact.role == role
    assert bool(fact.why) is (role != "mentioned")


LETTER = """Harbour Civil Ltd
12 Dock Road, London

14 March 2023

Northport Authority
Dear Sirs,
We refer to your letter dated 3 March 2023 and to the meeting on 7 March 2023.
Access was refused on 10 March 2023. Please reply by 28 March 2023.
Yours faithfully
Form HC-12 Rev 3, 01 January 2019
"""
CHINESE_LETTER = """关于工期延误的函
致：北港务局
贵方2023年3月3日来函收悉。我方于2023年3月10日停工，请于2023年3月28日前答复。
特此函告。
海港土木有限公司
2023年3月14日
表单编号HC-12 修订日期：2019年1月1日
"""
INVOICE = """TAX INVOICE
Order date: 01/03/2023
Invoice date: 14/03/2023
Due date: 13/04/2023
Total 100.00
"""
RECEIPT = """TEH TARIK CORNER SDN BHD
GST ID 000123
14/03/2023 18:42:10
NASI LEMAK 8.00
TOTAL 8.00
"""
MINUTES = """Progress Meeting No. 7
Tuesday 14 March 2023, Site office
Present: A, B
1. Minutes of the meeting on 7 March 2023 were agreed.
Next meeting: 21 March 2023
"""
CHINESE_MINUTES = """第七次工地例会会议纪要
会议时间：2023年3月14日上午9:00
上次会议2023年3月7日的事项均已完成。下次会议时间：2023年3月21日。
"""
CONTRACT = """CONTRACT AGREEMENT
This Agreement is made this 14th day of March 2023 between A and B.
The Works shall commence on 1 April 2023. Expiry date: 31 December 2024
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LETTER, "correspondence"),
        (CHINESE_LETTER, "correspondence"),
        (INVOICE, "invoice"),
        (RECEIPT, "invoice"),
        (MINUTES, "minutes"),
        (CHINESE_MINUTES, "minutes"),
        (CONTRACT, "contract"),
    ],
)
def test_the_document_bears_its_own_date(text: str, kind: str) -> None:
    assert own(text, kind) == "2023-03-14"
    assert [f.role for f in dates(text, kind)].count("document") == 1


def test_a_sentence_with_a_date_bears_none() -> None:
    assert own("The crane that fell had been inspected on 14 March 2023 by the insurer.", "other") is None


def test_the_date_of_a_photo_is_when_it_was_taken() -> None:
    found = find(
        document("2021/01/01", metadata=(("EXIF DateTimeOriginal", "2023:03:14 09:12:33"),)), "photo"
    )
    assert document_date(found) == datetime.date(2023, 3, 14)
    assert [f.role for f in found].count("document") == 1


def test_the_date_of_a_mail_is_when_it_was_sent() -> None:
    mail = document("As agreed on 3 March 2023.\n", metadata=(("Date", "Tue, 14 Mar 2023 23:10:00 +0800"),))
    facts = find(mail, "correspondence")
    (fact,) = [f for f in facts if f.role == "document"]
    assert mail.text[fact.start : fact.end] == "14 Mar 2023"


def test_a_label_above_on_the_page_decides() -> None:
    def at(word: str, x: float, y: float) -> tuple[str, Box, None]:
        return word, Box(x, y, x + 0.1, y + 0.01), None

    lines = [
        [at("Due", 0.1, 0.2), at("Invoiced", 0.6, 0.2)],
        [at("13/04/2023", 0.1, 0.22), at("14/03/2023", 0.6, 0.22)],
    ]
    text, words = text_of_lines(lines)
    facts = find(assemble([PageText(text, 595, 842, words=words)], "application/pdf"), "invoice")
    assert {shown(f): f.role for f in facts}["2023-04-13"] == "due"
    assert document_date(facts) == datetime.date(2023, 3, 14)


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(day: datetime.date) -> None:
    forms = (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d.%m.%Y} {day:%d}/{day:%m}/{day.year}",
    )
    for form in forms:
        assert day.isoformat() in days(f"London: {form}")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789/-.: ,年月日至三十二〇MayMarchof\n昨天上周五last Friday", max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    for fact in dates(f"Date: 14 March 2023\n{text}"):
        assert fact.role in DATE_ROLES
        assert isinstance(fact.value, Day)
        assert fact.value.end is None or fact.value.start <= fact.value.end


@pytest.mark.parametrize(
    "piece",
    [
        "1/1/",
        "12.",
        "3 to ",
        "三十",
        "2023年",
        "may ",
        "on friday ",
        "1 - ",
        "a ",
        " ",
        "2023-",
        "day after ",
        "within 28 days of receipt on 3 may 2023 ",
        "收到后28天内,",
        "5月3,4,",
        "march to ",
        "3, 5 and ",
        "星期一 2023-03-14 ",
        "本月底",
        "mar 1 ",
        "date: 1 2 ",
        "on the 5th ",
        ",5日",
        "the end of 2023 ",
        "1.1.-",
        "14 may 2023 9:40 ",
        "9 am on ",
        "2023年3月1日下午",
    ],
)
def test_long_repetitions_take_linear_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    dates(text)
    assert time.process_time() - begun < 5


def test_vocabulary_is_sound() -> None:
    assert set(date_words.months().values()) == set(range(1, 13))
    assert set(date_words.weekdays().values()) == set(range(7))
    assert date_words.short_foreign() <= set(date_words.months())
    assert date_words.words_too() - {"set"} <= set(date_words.months())
    assert {role for role, _, _ in date_words.roles()} <= set(DATE_ROLES)
    assert all(name == name.lower() for name in date_words.months())


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("检测报告\n检测日期：2023-08-05\n报告日期：2023-08-06\n", "inspection_report", "2023-08-06"),
        (
            "Report no. SW/331 Date 17 July 2023\nInspected on 14 July 2023\n",
            "inspection_report",
            "2023-07-17",
        ),
        (
            "一、签约合同价\n本合同于2022年12月12日签订，一式十份。\n计划开工日期：2023年1月5日。",
            "contract",
            "2022-12-12",
        ),
        ("甲方（盖章）：甲公司\n乙方（盖章）：乙公司\n2022年9月5日  2022年9月5日", "contract", "2022-09-05"),
        (
            "Our reference ACL/L-0188 Date 17.11.2023\n\nRECEIVED 20 NOV 2023\n\nDear Sirs,",
            "correspondence",
            "2023-11-17",
        ),
        ("陆经理：\n照片是8月4日拍的。\n贺强 2023.8.10\n", "other", "2023-08-10"),
        (
            "关于有关问题的复函\n江原公司：\n函复如下。\n新城公司\n二O二三年八月二十一日\n",
            "correspondence",
            "2023-08-21",
        ),
        (
            "From: A\nDate: Wed, 12 Jul 2023 09:17:44 +0100\n\nThanks.\n> Sent: 11 July 2023\n",
            "correspondence",
            "2023-07-12",
        ),
        (
            "Service history\nprinted 2023-10-20\nDate Work\n2022-12-08 first\n2023-04-12 second\n2023-06-20 third\n",
            "work_record",
            "2023-10-20",
        ),
        ("Warranty Terms\nEdition NV-WB-2022, 1 January 2022\n1. Scope\n", "contract", "2022-01-01"),
        (
            "SITE DIARY\nMon 10 July 2023 dry\nTue 11 July 2023 wet\nWed 12 July 2023 wet\n",
            "work_record",
            None,
        ),
        ("停工令 HZJL-停-2023-02\n请立即停工。", "correspondence", None),
    ],
)
def test_which_date_is_its_own(text: str, kind: str, day: str | None) -> None:
    assert own(text, kind) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("our notice of 9\nMarch 2023", "2023-03-09"),
        ("计划开工日期为2023年3月1\n日", "2023-03-01"),
        ("二〇二三年八月\n二十一日", "2023-08-21"),
    ],
)
def test_dates_across_the_end_of_a_line(text: str, value: str) -> None:
    assert days(text) == [value]


@pytest.mark.parametrize("text", ["Progress Report No. 4\nMarch 2023", "停-2023-02", "2023-02号文"])
def test_numbers_beside_a_month_are_no_day(text: str) -> None:
    assert all(day[:10] != "2023-03-04" and day[:7] != "2023-02" for day in days(text))


def test_a_listing_of_an_archive_bears_no_date() -> None:
    listing = assemble([PageText("4 files\na.jpg 10 bytes 2023-08-10 18:00", 595, 842)], "application/zip")
    assert document_date(find(listing, "other")) is None


def test_years_of_the_2070s_in_ocr_are_those_of_the_2010s() -> None:
    page = PageText("Date: 02/05/2078", 595, 842, "ocr", "tesseract", 0.8)
    fact = find(assemble([page], "image/png"), "invoice")[0]
    assert shown(fact).startswith("2018-05-02")
    assert fact.doubts
