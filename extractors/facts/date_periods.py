"""Weeks, quarters, halves of a year and several months: week 12 of 2023, Q1 2019, 2023年上半年, March to May 2023."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from extractors.facts.date_reading import Parts, Reading, full_year
from extractors.facts.date_words import alternatives, months, short_foreign
from extractors.facts.numerals import HAN_DIGITS, han_number

_ANY_QUARTER = re.compile(r"q[1-4]|[1-4]q|quarter|季度")
_ANY_HALF = re.compile(r"h[12]|half|半年")
_ANY_WEEK = re.compile(r"w[0-5]|w[ke]|[kc]w|第 ?.{1,3} ?(?:周|个?星期)")
"""What the periods hold: most pages have hardly one, and the patterns themselves are dearer."""
_YEAR = r"(?P<year>\d{4}|二[〇零o][〇零一二三四五六七八九]{2})"
_EN_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d/-])"
_NUMBERS = {
    word: number
    for number, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th"), 1)
    for word in words.split()
} | {"上": 1, "下": 2}
_ORDINALS = "|".join(word for word in _NUMBERS if word.isascii())
_HAN_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元]"
_TO = "-|~|至|到"

_QUARTER = re.compile(
    rf"(?<![a-z0-9])(?:(?:q(?P<q>[1-4])|(?P<q2>[1-4])q|(?P<word>{_ORDINALS}) quarter)"
    r"(?: of|,)?(?:[ /-]?(?P<year>\d{4})| ?'(?P<short>\d\d))|(?P<q4>[1-4])q ?'?(?P<short2>[12]\d)"
    r"|(?P<year2>\d{4})[ /-]?q(?P<q3>[1-4]))(?![a-z0-9])"
)
_HAN_QUARTER = re.compile(rf"(?<!\d){_YEAR} ?年 ?的?(?:第 ?)?(?P<q>[一二三四1-4]) ?个?季度")
_QUARTERS = re.compile(
    rf"(?<![a-z0-9])q(?P<a>[1-4]) ?(?:-|~|to|through|until) ?q(?P<b>[1-4])(?: of|,)?[ /-]?{_EN_YEAR}(?![a-z0-9])"
)
_HAN_QUARTERS = re.compile(
    rf"(?<!\d){_YEAR} ?年 ?的?(?:第 ?)?(?P<a>[一二三四1-4]) ?个?(?:季度)? ?(?:{_TO}) ?"
    r"(?:第 ?)?(?P<b>[一二三四1-4]) ?个?季度"
)
_HALF = re.compile(
    rf"(?<![a-z0-9])(?:h(?P<h>[12])|(?P<word>first|1st|second|2nd) half)(?: of| in|,)?(?: the year)?[ /-]?"
    rf"{_EN_YEAR}(?![a-z])|(?<![\d./-])(?P<year2>(?:19|20)\d\d)[ /-]?h(?P<h2>[12])(?![a-z0-9])"
)
_HAN_HALF = re.compile(rf"(?<!\d){_YEAR} ?年 ?度?的?(?P<h>[上下])半年")
_WEEK = re.compile(
    rf"(?<![a-z0-9])(?:week|wk|cw|kw)(?: no\.?| number)?[ .]{{0,2}}(?P<w>[1-5]?\d)"
    rf"(?: of|,| in|/)?[ /-]?{_EN_YEAR}(?![a-z])"
)
_ISO_WEEK = re.compile(
    r"(?<![\w./-])(?P<year>(?:19|20)\d\d)(?P<dash>[ -]?)w(?P<w>[0-5]\d)(?:(?P=dash)(?P<d>[1-7]))?(?![\w-])"
)
_HAN_WEEK = re.compile(
    rf"(?<!\d){_YEAR} ?年 ?的?第 ?(?P<w>\d{{1,2}}|[一二三四五]?十?[一二三四五六七八九十]) ?(?:周|个?星期)(?![岁年])"
)
_UNITS = ("quarter", "half of a year")
_END_OF = re.compile(r"(?<![a-z])(?:the )?end of (?:the month of )?\Z")
_AT_END = re.compile(r"(?P<end>[底末])(?:以?前|之前)")
_HAN_MONTHS = re.compile(
    rf"(?<!\d){_YEAR} ?年 ?的?(?P<a>{_HAN_MONTH}) ?(?:月份?)? ?(?:{_TO}) ?(?P<b>{_HAN_MONTH}) ?月"
    r"(?! ?[\d一二三四五六七八九十])"
)


def periods(text: str) -> Iterator[Reading]:
    """All periods of a folded text that say their year. A week is that of ISO 8601, from Monday to Sunday."""
    for match in _months().finditer(text):
        yield from _of_names(match)
    yield from _numbered(text)


def with_ends(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of a folded text; of `the end of March 2023` and 2023年3月底前 the last day of the month is meant."""
    return [_end(text, reading) for reading in readings]


def _end(text: str, reading: Reading) -> Reading:
    year, month, day = reading.first
    if day is not None or year is None or (reading.last and reading.rule not in _UNITS):
        return reading
    before = _END_OF.search(text[max(0, reading.start - 24) : reading.start])
    behind = _AT_END.match(text, reading.end, reading.end + 4)
    if not before and not behind:
        return reading
    start = reading.start - (len(before[0]) if before else 0)
    month = reading.last[1] if reading.last else month
    last = calendar.monthrange(year, month)[1]
    stop = behind.end("end") if behind else reading.end
    return replace(
        reading, start=start, end=stop, first=(year, month, last), last=None, rule="end of a month", doubts=()
    )


def _numbered(text: str) -> Iterator[Reading]:
    if _ANY_QUARTER.search(text):
        yield from _quarters(text)
    if _ANY_HALF.search(text):
        for match in (*_HALF.finditer(text), *_HAN_HALF.finditer(text)):
            yield from _months_of(match, "half of a year", _number(match, "h", "h2", "word"), 6)
    for pattern in (_WEEK, _ISO_WEEK, _HAN_WEEK) if _ANY_WEEK.search(text) else ():
        for match in pattern.finditer(text):
            yield from _week(match)
    for match in _HAN_MONTHS.finditer(text) if "月" in text else ():
        yield from _span(match, _integer(match["a"]), _integer(match["b"]))


def _quarters(text: str) -> Iterator[Reading]:
    for match in (*_QUARTER.finditer(text), *_HAN_QUARTER.finditer(text)):
        yield from _months_of(match, "quarter", _number(match, "q", "q2", "q3", "q4", "word"), 3)
    for match in (*_QUARTERS.finditer(text), *_HAN_QUARTERS.finditer(text)):
        first, last = _integer(match["a"]), _integer(match["b"])
        yield from _span(match, 3 * first - 2, 3 * last)


@cache
def _months() -> re.Pattern[str]:
    names = alternatives(set(months()) - short_foreign())
    return re.compile(
        rf"(?<![a-zà-ÿ])(?<!\d )(?<!\d)(?P<between>between )?(?P<a>{names})\.?"
        rf"(?: ?[-~] ?| (?:to|until|till|through|thru|(?P<and>and)) )(?P<b>{names})(?![a-zà-ÿ])\.?,?(?: of)? {_EN_YEAR}"
    )


def _of_names(match: re.Match[str]) -> Iterator[Reading]:
    """March to May 2023; `March and May 2023` are two months, unless `between` stands before them."""
    if bool(match["between"]) == bool(match["and"]):
        yield from _span(match, months()[match["a"]], months()[match["b"]], match.start("a"))


def _span(match: re.Match[str], first: int, last: int, start: int | None = None) -> Iterator[Reading]:
    year = _year(match["year"])
    if year is not None and first < last:
        begins = match.start() if start is None else start
        yield Reading(begins, match.end(), (year, first, None), "range of months", last=(year, last, None))


def _months_of(match: re.Match[str], rule: str, number: int, length: int) -> Iterator[Reading]:
    """The `number`th quarter or half of a year."""
    named = match.groupdict()
    year = _year(next((named[g] for g in ("year", "year2", "short", "short2") if named.get(g)), ""))
    if year is not None:
        end = number * length
        yield Reading(
            match.start(), match.end(), (year, end - length + 1, None), rule, last=(year, end, None)
        )


def _week(match: re.Match[str]) -> Iterator[Reading]:
    year = _year(match["year"])
    try:
        monday = datetime.date.fromisocalendar(year or 0, _integer(match["w"]), 1)
    except ValueError:  # no such week in that year
        return
    weekday = match.groupdict().get("d")
    if weekday:
        day = _parts(monday + datetime.timedelta(days=int(weekday) - 1))
        yield Reading(match.start(), match.end(), day, "day of a week", confidence=0.9)
        return
    sunday = monday + datetime.timedelta(days=6)
    yield Reading(match.start(), match.end(), _parts(monday), "week", last=_parts(sunday), confidence=0.85)


def _parts(day: datetime.date) -> Parts:
    return day.year, day.month, day.day


def _number(match: re.Match[str], *groups: str) -> int:
    """The number in the first of the groups that matched, in digits, Chinese or English words."""
    named = match.groupdict()
    word = next(named[group] for group in groups if named.get(group))
    return _NUMBERS.get(word) or _integer(word)


def _integer(word: str) -> int:
    return int(word) if word.isdecimal() else int(han_number(word.replace("元", "一")) or 0)


def _year(word: str) -> int | None:
    return full_year("".join(str(HAN_DIGITS.get(c, c)) for c in word.replace("o", "0")))
