"""Several days of one month in a row: 3, 5 and 9 May 2023; May 3, 5 and 9, 2023; 5月3日、5日及9日; 5月3、5、9日."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.facts.date_han import DAY, MONTH_SPAN, YEAR_SPAN, integer, year_of
from extractors.facts.date_reading import Reading, possible

_ORDINAL = r"(?:st|nd|rd|th)?"
_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:on|of|dated?|for|from|the|and|,|:)\s(?:the )?"
    rf"(?P<days>\d{{1,2}}{_ORDINAL}(?:, ?(?:the )?\d{{1,2}}{_ORDINAL}){{0,11}}),? ?(?:and|&|or) (?:the )?\Z"
)
"""The last two stand with `and` between them: `Area 4, 3 May 2023` is one day."""
_BEHIND = re.compile(
    rf"(?P<days>(?:, ?\d{{1,2}}{_ORDINAL}(?![\d:/]))*),? ?(?:and|&) (?:the )?(?P<last>\d{{1,2}}){_ORDINAL}"
    r"(?:,? (?P<year>(?:19|20)\d\d)(?!\d)|(?![\d:%]|[.,/]\d| ?[ap]\.?m\b| [a-z]))"
)
_HAN_BEHIND = re.compile(rf"\s?(?:,|和|及|与|以及) ?(?P<day>{DAY}) ?[日号](?![内后前])")
_HAN_DAYS = re.compile(
    rf"(?<![0-9])(?:{YEAR_SPAN} ?年 ?)?(?P<month>{MONTH_SPAN}) ?月 ?"
    r"(?P<days>\d{1,2}(?: ?[,和及与] ?\d{1,2}){1,12}) ?[日号]"
)
_HAN_LIST = re.compile(r"月 ?\d{1,2} ?[,和及与]")
_DIGITS = re.compile(r"\d{1,2}")
_REACH = 60


def with_lists(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of a folded text, in order, and beside them the other days of the lists that they end or begin."""
    result: list[Reading] = []
    for reading in readings:
        if reading.last or reading.first[2] is None:
            result.append(reading)
        elif reading.rule == "date with month name":
            result += _english(text, reading)
        else:
            result += (
                [reading, *_han_behind(text, reading)] if reading.rule == "date with 年月日" else [reading]
            )
    return result


def listed_han(text: str) -> Iterator[Reading]:
    """5月3、5、9日, which says 日 once only."""
    if not _HAN_LIST.search(text):
        return
    for match in _HAN_DAYS.finditer(text):
        year = year_of(match) if match["year"] or match["era"] else None
        for number, day in enumerate(_DIGITS.finditer(match["days"])):
            start = match.start() if not number else match.start("days") + day.start()
            reading = Reading(
                start,
                match.start("days") + day.end(),
                (year, integer(match["month"]), int(day[0])),
                "date with 年月日",
                confidence=0.9,
            )
            if possible(reading.first):
                yield reading


def _english(text: str, reading: Reading) -> Iterator[Reading]:
    """The days before `9 May 2023`, or those behind `May 3`, whose year may follow the last."""
    before = _BEFORE.search(text, max(0, reading.start - _REACH), reading.start)
    if before and text[reading.start].isdigit():
        yield from _days(text, reading, before.start("days"), before.end("days"))
    behind = None if text[reading.start].isdigit() else _BEHIND.match(text, reading.end, reading.end + _REACH)
    if behind is None or (reading.first[0] and behind["year"]):
        yield reading
        return
    year = int(behind["year"]) if behind["year"] else reading.first[0]
    first = replace(reading, first=(year, *reading.first[1:]))
    yield first
    yield from _days(text, first, behind.start("days"), behind.end("last"))


def _days(text: str, model: Reading, start: int, end: int) -> Iterator[Reading]:
    for match in _DIGITS.finditer(text, start, end):
        first = (model.first[0], model.first[1], int(match[0]))
        if possible(first):
            yield replace(model, start=match.start(), end=match.end(), first=first, rule="day of a list")


def _han_behind(text: str, reading: Reading) -> Iterator[Reading]:
    at = reading.end
    while match := _HAN_BEHIND.match(text, at, at + 12):
        first = (reading.first[0], reading.first[1], integer(match["day"]))
        if possible(first):
            yield replace(
                reading, start=match.start("day"), end=match.end(), first=first, rule="day of a list"
            )
        at = match.end()
