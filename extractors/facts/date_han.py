"""Dates of Chinese documents: 2023年3月14日, 二〇二三年三月十四日, 民国112年3月14日, 3月5日至17日, 2023年3月上旬."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from extractors.facts.date_reading import FIRST_YEAR, LAST_YEAR, Parts, Reading, full_year, possible
from extractors.facts.numerals import HAN_DIGITS, han_number

_HAN_DAY = r"(?:零?[一二三]?十|廿|卅)[一二三四五六七八九]?|零?[一二三四五六七八九]"
_HAN_DIGIT = "[〇零一二三四五六七八九]"
_HAN_ZERO = "[〇零o0]"
YEAR_SPAN = (
    r"(?:(?P<era>民国) {0,2}(?P<roc>\d{1,3}|[一二三四五六七八九十百〇零]{1,5})"
    rf"|(?P<year>\d{{4}}|\d(?: \d){{3}}|\d{{2}}|二{_HAN_ZERO}{_HAN_DIGIT}{{2}}|{_HAN_DIGIT}{{4}}|{_HAN_DIGIT}{{2}}))"
)
MONTH_SPAN = "1 ?[0-2]|0? ?[1-9]|零?一?十[一二]?|零?[一二三四五六七八九元]"
DAY = rf"[12] ?\d|3 ?[01]|0? ?[1-9]|{_HAN_DAY}"
_MONTH = f"(?P<month>{MONTH_SPAN})"
_DAY = f"(?P<day>{DAY})"
_NO_COUNT = r"(?![0-9一二三四五六七八九十个万千百亿名人次年月天元%℃米点时:岁]| ?个)"
_BARE = rf"(?P<bare>[12]\d|3[01]|(?:[二三]?十|廿|卅)[一二三四五六七八九]|[二三]十){_NO_COUNT}"
_GAP = r"(?: {0,2}| ?\n ?)"
"""Between the parts of a date; a line may end there."""
_DATE = re.compile(
    rf"(?<![0-9〇零一二三四五六七八九十第])(?:{YEAR_SPAN}{_GAP}(?P<mark_y>[年午]){_GAP}的?)?{_MONTH}{_GAP}月"
    rf"(?:份|的)?(?:{_GAP}{_DAY}{_GAP}(?P<mark>[日号曰])| {{0,2}}{_BARE})?"
    r"(?P<third>[上中下]旬|[底末]|初(?![一二三四五六七八九十]))?"
)
_UNTIL_DAY = re.compile(rf" {{0,2}}(?:起?,? ?(?:至|到)|-|~|—) {{0,2}}{_DAY} {{0,2}}[日号]")
_LIMIT = re.compile("以?前|之前")
_LUNAR = re.compile(r"初[一二三四五六七八九十]")
_LUNAR_LEAD = re.compile(r"(?:农历|农曆|阴历|夏历|旧历)[^\d,;.。]{0,6}\Z")
_LUNAR_TAIL = re.compile(r"\s?[(](?:农|阴|夏|旧)[历曆]")
_DAYS_BETWEEN = re.compile(
    rf"(?<![0-9])(?:{YEAR_SPAN} ?年 ?)?(?P<month>{MONTH_SPAN}) ?月 ?"
    r"(?P<a>\d{1,2}) ?(?:-|~|至|到) ?(?P<b>\d{1,2}) ?[日号]"
)
"""3月5-17日, which says 日 once only."""
_ANY_BETWEEN = re.compile(r"月 ?\d{1,2} ?[-~至到] ?\d")
_DOUBT = "日 was read as 曰"
_YEAR_DOUBT = "年 was read as 午"
_FORMAL = re.compile("[壹贰叁肆伍陆柒捌玖拾] ?[年月]")
_ORDINARY = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
"""Cheques and bills write 贰零贰叁年零叁月壹拾伍日."""
_MISREAD = re.compile(
    r"(?<![0-9a-z])(?:(?P<year>[\dol]{4}) ?年 ?)?(?P<month>[\dol]{1,2}) ?月 ?(?P<day>[\dol]{1,2}) ?[日号曰]"
)
_FIGURES = str.maketrans("ol", "01")


def chinese(text: str) -> Iterator[Reading]:
    """All dates with 年, 月 and 日 in a folded text. Lunar days and months without a year are left out."""
    if "月" not in text:
        return
    if _FORMAL.search(text):
        text = text.translate(_ORDINARY)
    for match in _DATE.finditer(text):
        reading = _read(match)
        if reading:
            yield reading
    if _ANY_BETWEEN.search(text):
        for match in _DAYS_BETWEEN.finditer(text):
            yield from _between(match)
    yield from misread(text)


def _between(match: re.Match[str]) -> Iterator[Reading]:
    stated = bool(match["era"] or match["year"])
    year, month = year_of(match) if stated else None, integer(match["month"])
    first, last = (year, month, int(match["a"])), (year, month, int(match["b"]))
    if bool(year) is stated and first[2] < last[2] and possible(first) and possible(last):
        yield Reading(match.start(), match.end(), first, "range within a month", last, confidence=0.9)


def misread(text: str) -> Iterator[Reading]:
    """2O23年l0月5日: letters for digits between 年, 月 and 日, which say that digits stood there."""
    for match in _MISREAD.finditer(text):
        written = "".join(part or "" for part in match.group("year", "month", "day"))
        letters = sum(c.isalpha() for c in written)
        if not letters or letters * 2 > len(written):
            continue
        year = full_year(match["year"].translate(_FIGURES)) if match["year"] else None
        first = year, int(match["month"].translate(_FIGURES)), int(match["day"].translate(_FIGURES))
        if possible(first) and bool(year) is bool(match["year"]):
            doubts = ("letters were read as digits (O as 0, l as 1)",)
            yield Reading(
                match.start(), match.end(), first, "date with 年月日", doubts=doubts, confidence=0.7
            )


def year_of(match: re.Match[str]) -> int | None:
    """The year of a match of `YEAR_SPAN`, 民国 years counted from 1912; None where it is out of range."""
    if match["era"]:
        number = han_number(match["roc"])
        return None if number is None else int(number) + 1911
    digits = "".join(str(HAN_DIGITS.get(c, c)) for c in match["year"].replace("o", "0") if c != " ")
    return full_year(digits)


def _read(match: re.Match[str]) -> Reading | None:
    stated = bool(match["era"] or match["year"])
    year = year_of(match) if stated else None
    if (stated and (year is None or not FIRST_YEAR <= year <= LAST_YEAR)) or _lunar(match):
        return None
    month = integer(match["month"])
    word = match["day"] or match["bare"]
    if word is None:
        return _month(match, year, month)
    if not match["mark"] and not stated and match["bare"].isdecimal():
        return None
    first: Parts = (year, month, integer(word))
    if not possible(first):
        return None
    doubts = _doubts(match)
    confidence = 0.97 if match["mark"] in ("日", "号") and not doubts else 0.75
    until = _UNTIL_DAY.match(match.string, match.end())
    if until and possible((year, month, integer(until["day"]))) and integer(until["day"]) > (first[2] or 0):
        last = (year, month, integer(until["day"]))
        return Reading(
            match.start(),
            until.end(),
            first,
            "range within a month",
            last,
            doubts=doubts,
            confidence=confidence,
        )
    return Reading(
        match.start(), match.end(), first, "date with 年月日", doubts=doubts, confidence=confidence
    )


def _lunar(match: re.Match[str]) -> bool:
    """Whether the day is one of the lunar calendar: 初五, 农历二月十四, 二月十四(农历)."""
    text, start, end = match.string, match.start(), match.end()
    if _LUNAR.match(text, end) or _LUNAR_LEAD.search(text, max(0, start - 10), start):
        return True
    return not match["mark"] and bool(_LUNAR_TAIL.match(text, end))


def _month(match: re.Match[str], year: int | None, month: int) -> Reading | None:
    """A month with its year; 上旬, 中旬 and 下旬 are its thirds."""
    third = match["third"] or ""
    if third in ("底", "末") and year is None and _LIMIT.match(match.string, match.end()):
        whole: Parts = (None, month, calendar.monthrange(2001, month)[1])
        return Reading(match.start(), match.end(), whole, "end of a month", confidence=0.8)
    if (year is None and not third.endswith("旬")) or not possible((year, month, None)):
        return None
    if third.endswith("旬"):
        start, end = {"上": (1, 10), "中": (11, 20), "下": (21, None)}[third[0]]
        last = (year, month, end) if end else (year, month, None)
        return Reading(
            match.start(), match.end(), (year, month, start), "third of a month", last, confidence=0.8
        )
    doubts = ("only a part of the month is meant",) if third else ()
    end_of = match.end() - len(third)
    return Reading(
        match.start(), end_of, (year, month, None), "month", doubts=doubts, confidence=0.7 if third else 0.9
    )


def _doubts(match: re.Match[str]) -> tuple[str, ...]:
    told = ((_DOUBT, match["mark"] == "曰"), (_YEAR_DOUBT, match["mark_y"] == "午"))
    return tuple(doubt for doubt, applies in told if applies)


def integer(word: str) -> int:
    """The number of a month or day in digits or Chinese numerals."""
    digits = word.replace(" ", "").replace("元", "一")
    return int(digits) if digits.isdecimal() else int(han_number(digits) or 0)
