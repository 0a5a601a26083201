"""The day of the week that stands beside a date: evidence for the order of its parts and against misread figures."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from extractors.facts.date_reading import Parts, Reading, day_of, possible
from extractors.facts.date_words import alternatives, weekdays

_REACH = 14
_HAN_BEHIND = re.compile(r" ?[(]? ?(?:星期|周|礼拜)([一二三四五六日天])(?![期年])")
_HAN_BEFORE = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])[),]? ?\Z")
_HAN_DAYS = "一二三四五六日"
_STROKES = "一二三"
"""Numerals that OCR takes for one another, for a stroke more or less."""
_TWO_DAYS = datetime.timedelta(days=2)
_DIFFERS = "the day of the week beside it is another"


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])({alternatives(weekdays())})[.,]?,? (?:the )?\Z")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf",? ?[(]?({alternatives(weekdays())})(?![a-z])")


def weekday_beside(text: str, reading: Reading) -> int | None:
    """The weekday (0 for Monday) before or behind a single day in a folded text; None where none stands there."""
    before = text[max(0, reading.start - _REACH) : reading.start]
    named = _before().search(before) or _behind().match(text, reading.end, reading.end + _REACH)
    if named:
        return weekdays()[named[1]]
    han = _HAN_BEHIND.match(text, reading.end, reading.end + _REACH) or _HAN_BEFORE.search(before)
    return _HAN_DAYS.index(han[1].replace("天", "日")) if han else None


def falls_on(parts: Parts, weekday: int) -> bool:
    """Whether a day with its year is that day of the week."""
    day = day_of(parts)
    return day is not None and day.end is None and day.start.weekday() == weekday


def checked(text: str, reading: Reading, scanned: bool) -> Reading:
    """`reading` with a doubt where another weekday stands beside it.

    On a `scanned` page 一, 二 and 三 are taken for one another where exactly one such day falls on that weekday.
    """
    if reading.last or reading.first[0] is None or reading.first[2] is None or reading.swappable:
        return reading
    weekday = weekday_beside(text, reading)
    if weekday is None or falls_on(reading.first, weekday):
        return reading
    mended = {first for first in _misread(text, reading) if falls_on(first, weekday)} if scanned else set()
    if len(mended) == 1:
        told = (*reading.doubts, "一, 二 or 三 was misread; the day of the week tells which")
        return replace(reading, first=mended.pop(), doubts=told, confidence=min(reading.confidence, 0.6))
    return replace(reading, doubts=(*reading.doubts, _DIFFERS), confidence=min(reading.confidence, 0.75))


def in_sequence(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of scanned pages, in order; a day between 4月1日 and 4月3日 that lost or won a stroke is 4月2日."""
    result = list(readings)
    for at in range(1, len(result) - 1):
        before, here, behind = (day_of(r.first) if not r.last else None for r in result[at - 1 : at + 2])
        if before is None or here is None or behind is None or behind.start - before.start != _TWO_DAYS:
            continue
        due = before.start + _TWO_DAYS / 2
        if due != here.start and (due.year, due.month, due.day) in set(_misread(text, result[at])):
            told = (*result[at].doubts, "一, 二 or 三 was misread; the days before and behind it tell which")
            first, sure = (due.year, due.month, due.day), min(result[at].confidence, 0.6)
            result[at] = replace(result[at], first=first, doubts=told, confidence=sure)
    return result


def _misread(text: str, reading: Reading) -> Iterator[Parts]:
    """The days that a date in Chinese numerals may have been before OCR added or lost a stroke."""
    written = text[reading.start : reading.end]
    year, month, day = reading.first
    place = written.rfind("月")
    if "年" not in written or place < 0 or day is None:
        return
    if written[place - 1] in _STROKES:
        tens = 10 if written[place - 2] == "十" else 0
        yield from _possible((year, tens + n, day) for n in (1, 2, 3) if tens + n != month)
    if written.rstrip("日号曰")[-1] in _STROKES:
        yield from _possible((year, month, day - day % 10 + n) for n in (1, 2, 3) if n != day % 10)


def _possible(candidates: Iterator[Parts]) -> Iterator[Parts]:
    yield from (parts for parts in candidates if possible(parts))
