"""Rarer ways to write a day: 14.III.2023, Tue Mar 14 09:12:44 2023, 民國112.3.5, the first Friday of March 2023."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.facts.date_reading import Parts, Reading, full_year, possible
from extractors.facts.date_shift import nth_weekday
from extractors.facts.date_words import alternatives, feasts, months, short_foreign, weekdays
from extractors.facts.numerals import han_number

_YEAR = r"(?:19|20)\d\d"
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_ROMAN_MONTH = re.compile(
    rf"(?<![\w./-])(\d{{1,2}}) ?([./-]) ?({alternatives(_ROMAN)}) ?\2 ?({_YEAR})(?![\w/-]|\.\w)"
)
_ANY_ROMAN = re.compile(r"[./-] ?[ivx]{1,4} ?[./-] ?[12]")
_ERA = re.compile(r"民[国國] {0,2}(?P<y>\d{2,3}) ?(?P<s>[./-]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<d>\d{1,2})(?!\d)")
_LABELLED = re.compile(
    r"(?:(?<![a-z])(?:date|dated|d\.o\.[lib]\.?|dol|tarikh|fecha|datum)|日期|日子)\s?[:.-]?\s{0,3}"
    r"(?:(?P<a>\d{1,2}) (?P<b>\d{1,2}) (?P<y>\d{4}|\d\d)|(?P<h>\d{1,2})-(?P<i>\d)-(?P<j>\d\d)"
    rf"|(?P<c>[0-3]\d)(?P<e>[01]\d)(?P<z>{_YEAR}))(?![\w./-])"
)
"""Groups of figures that only a label makes a date: Date 03 05 2023, D.O.L. 3-5-23, Date: 14032023."""
_YEAR_MONTH = re.compile(
    rf"(?:(?<![a-z])(?:in|since|until|till|out)|[自于从至]) ?({_YEAR})"
    r"\.(0?[1-9]|1[0-2])(?![\d.%]| ?(?:mm?|k[mg]|t)(?![a-z]))"
)
_ANY_YEAR_MONTH = re.compile(r"[a-z自于从至] ?[12][09]\d\d\.\d")
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": -1,
}
_HAN_NTH = re.compile(
    rf"(?<!\d)(?P<y>{_YEAR}) ?年 ?(?P<m>1[0-2]|0?[1-9]) ?月份?的?(?:第 ?(?P<n>[一二三四1-4])|(?P<last>最后)一?)个?"
    r"(?:星期|周|礼拜)(?P<w>[一二三四五六日天])"
)
_HAN_NTH_MONTH = re.compile(
    rf"(?<!\d)(?P<y>{_YEAR}) ?年 ?的?第 ?(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]) ?个月"
)
_YEAR_END = re.compile(
    rf"(?<![a-z])(?:the )?(?:end of(?: the year)?|year[ -]?end,?) (?P<y>{_YEAR})(?![\w/-]|\.\d)"
    rf"|(?<!\d)(?P<z>{_YEAR}) ?年 ?年?[底末](?P<by>以?前|之前)?"
)
_ANY_YEAR_END = re.compile(r"end of|year[ -]?end|年 ?年?[底末]")
_HAN_DAYS = "一二三四五六日"


def odd_forms(text: str) -> Iterator[Reading]:
    """All dates of a folded text in these forms."""
    for match in _ROMAN_MONTH.finditer(text) if _ANY_ROMAN.search(text) else ():
        parts = (full_year(match[4]), _ROMAN[match[3]], int(match[1]))
        yield from _day(match, parts, "date with roman month", 0.9)
    yield from _labelled(text)
    yield from _by_month(text)
    if "年" in text or "民" in text:
        yield from _han(text)
    if _ANY_YEAR_END.search(text):
        yield from _year_ends(text)
    for match in _feasts().finditer(text) if any(name in text for name in feasts()) else ():
        month, day = feasts()[match["en"] or match["han"]]
        yield from _day(match, (full_year(match["y"] or match["z"]), month, day), "feast", 0.85)


def _day(match: re.Match[str], parts: Parts, rule: str, confidence: float) -> Iterator[Reading]:
    if parts[0] is not None and possible(parts):
        yield Reading(match.start(), match.end(), parts, rule, confidence=confidence)


def _labelled(text: str) -> Iterator[Reading]:
    for match in _LABELLED.finditer(text):
        groups = next(g for g in (("a", "b", "y"), ("h", "i", "j"), ("c", "e", "z")) if match[g[0]])
        first, second, year = int(match[groups[0]]), int(match[groups[1]]), full_year(match[groups[2]])
        start, both = match.start(groups[0]), possible((year, second, first))
        parts = (year, second, first) if both else (year, first, second)
        if year is not None and possible(parts):
            swappable = both and first != second and possible((year, first, second))
            told = "date in digits" if swappable else f"date {'day' if both else 'month'} first"
            yield Reading(start, match.end(), parts, told, swappable=swappable, confidence=0.8)


_ANY_CLOCK = re.compile(r":\d\d (?:[ap]m )?(?:[a-z]{2,5} |[+-]\d{4} )?(?:19|20)\d\d")
_ANY_NTH = re.compile(r"day (?:of|in) ")


@cache
def _clock_between() -> re.Pattern[str]:
    names = alternatives(set(months()) - short_foreign())
    return re.compile(
        rf"(?<![a-z])(?P<m>{names}) {{1,2}}(?P<d>\d{{1,2}}) \d{{1,2}}:\d\d(?::\d\d)?"
        rf"(?: [ap]m)?(?: [a-z]{{2,5}}| [+-]\d{{4}})? (?P<y>{_YEAR})(?!\d)"
    )


@cache
def _nth_weekday() -> re.Pattern[str]:
    names = alternatives(set(months()) - short_foreign())
    return re.compile(
        rf"(?<![a-z0-9])(?:the )?(?P<n>{alternatives(_ORDINALS)}) (?P<w>{alternatives(weekdays())}) (?:of|in)"
        rf"(?: (?P<m>{names}),?)? (?P<y>{_YEAR})(?!\d)"
    )


def _by_month(text: str) -> Iterator[Reading]:
    """Forms with a month's name, and the month of `since 2015.3`."""
    for match in _clock_between().finditer(text) if _ANY_CLOCK.search(text) else ():
        parts = (full_year(match["y"]), months()[match["m"]], int(match["d"]))
        yield from _day(match, parts, "date with month name", 0.97)
    for match in _nth_weekday().finditer(text) if _ANY_NTH.search(text) else ():
        month = months()[match["m"]] if match["m"] else 12 if match["n"] == "last" else 1
        day = nth_weekday(int(match["y"]), month, _ORDINALS[match["n"]], weekdays()[match["w"]])
        yield from _day(match, (int(match["y"]), month, day), "weekday of a month", 0.9)
    for match in _YEAR_MONTH.finditer(text) if _ANY_YEAR_MONTH.search(text) else ():
        yield Reading(
            match.start(1), match.end(), (full_year(match[1]), int(match[2]), None), "month", confidence=0.7
        )


def _han(text: str) -> Iterator[Reading]:
    for match in _ERA.finditer(text):
        parts = (int(match["y"]) + 1911, int(match["m"]), int(match["d"]))
        yield from _day(match, parts, "date year first", 0.9)
    for match in _HAN_NTH.finditer(text):
        number = -1 if match["last"] else int(han_number(match["n"]) or 0)
        weekday = _HAN_DAYS.index(match["w"].replace("天", "日"))
        day = nth_weekday(int(match["y"]), int(match["m"]), number, weekday)
        yield from _day(match, (int(match["y"]), int(match["m"]), day), "weekday of a month", 0.9)
    for match in _HAN_NTH_MONTH.finditer(text):
        month = int(han_number(match["m"]) or 0)
        yield Reading(
            match.start(), match.end(), (full_year(match["y"]), month, None), "month", confidence=0.8
        )


def _year_ends(text: str) -> Iterator[Reading]:
    """The last day of a year; doubtful where `before` does not make it a limit (2023年底)."""
    for match in _YEAR_END.finditer(text):
        vague = match["z"] is not None and match["by"] is None
        doubts = ("the end of the year is meant, not its last day alone",) if vague else ()
        end = match.start("by") if match["by"] else match.end()
        parts = (full_year(match["y"] or match["z"]), 12, 31)
        yield Reading(
            match.start(), end, parts, "end of a year", doubts=doubts, confidence=0.6 if vague else 0.8
        )


@cache
def _feasts() -> re.Pattern[str]:
    """Feasts on a fixed day, with their year; the days around them (假期, over Christmas) are none."""
    english = alternatives(word for word in feasts() if word.isascii())
    han = alternatives(word for word in feasts() if not word.isascii())
    return re.compile(
        rf"(?<![a-z])(?<!over )(?<!during )(?P<en>{english})(?: of|,)? (?P<y>{_YEAR})(?!\d|-)"
        rf"|(?<!\d)(?P<z>{_YEAR}) ?年 ?的?(?P<han>{han})(?![假期前后放长小])"
    )
