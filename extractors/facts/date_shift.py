"""Steps in the calendar, and the form of the rules that tell one day from another."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from extractors.facts.fact import Day

Compute = Callable[[re.Match[str], datetime.date], Day | None]
_REACH = 80
"""How far around its trigger a wording may stretch."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording and what it does to the day it is counted from.

    `trigger` is a cheap pattern that every match holds: only around it is the wording itself looked for. With
    `chained` the day before it in the text is meant, or else the document's; with `bound` only one before it in
    the same line.
    """

    name: str
    trigger: re.Pattern[str]
    wording: re.Pattern[str]
    compute: Compute
    chained: bool = False
    bound: bool = False


def matches(rules: Iterable[Rule], text: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    """The matches of the wordings in a folded text; time grows with the text, however often the triggers occur."""
    for trigger, same in _by_trigger(tuple(rules)):
        for start, end in _spans(trigger, text):
            for one in same:
                yield from ((one, match) for match in one.wording.finditer(text, start, end))


@cache
def _by_trigger(rules: tuple[Rule, ...]) -> tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...]:
    """The rules by trigger, so that each trigger is looked for once."""
    triggers = dict.fromkeys(rule.trigger for rule in rules)
    return tuple((trigger, tuple(r for r in rules if r.trigger is trigger)) for trigger in triggers)


def rule(
    name: str, trigger: str, wording: str, compute: Compute, chained: bool = False, bound: bool = False
) -> Rule:
    """A rule of two patterns in text form."""
    return Rule(name, re.compile(trigger), re.compile(wording), compute, chained, bound)


def _spans(trigger: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    start = end = 0
    for match in trigger.finditer(text):
        if match.start() - _REACH > end:
            if end:
                yield start, end
            start = match.start() - _REACH
        end = match.end() + _REACH
    if end:
        yield max(0, start), end


def plus(anchor: datetime.date, days: int) -> Day:
    """The day so many days on."""
    return Day(anchor + datetime.timedelta(days=days))


def months_on(anchor: datetime.date, count: int) -> datetime.date:
    """The same day of the month so many months on, or the last day of a month that is too short."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + count, 12)
    return datetime.date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def shifted(anchor: datetime.date, count: int, unit: str) -> Day:
    """The day so many days, weeks, fortnights, months or years on (`unit` in English or Chinese)."""
    if unit in ("day", "天", "日"):
        return plus(anchor, count)
    if unit in ("week", "周", "星期", "礼拜", "fortnight"):
        return plus(anchor, (14 if unit == "fortnight" else 7) * count)
    return Day(months_on(anchor, 12 * count if unit in ("year", "年") else count))


def in_week(anchor: datetime.date, step: int, weekday: int) -> Day:
    """The weekday (0 for Monday) of the week that is `step` weeks from the anchor's."""
    return plus(anchor, 7 * step + weekday - anchor.weekday())


def end_of(anchor: datetime.date, step: int, unit: str) -> Day:
    """The last day of the week, month, quarter or year (`unit` in English) that is `step` of them from the anchor's."""
    if unit == "week":
        return in_week(anchor, step, 6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = anchor.replace(day=1, month=anchor.month - (anchor.month - 1) % length)
    return Day(months_on(first, length * (step + 1)) - datetime.timedelta(days=1))


def whole(anchor: datetime.date, step: int, unit: str) -> Day:
    """All days of that week (from Monday), month, quarter or year."""
    last = end_of(anchor, step, unit).start
    if unit == "week":
        return Day(last - datetime.timedelta(days=6), last)
    return Day(months_on(last.replace(day=1), {"month": 0, "quarter": -2, "year": -11}[unit]), last)


def month_day(anchor: datetime.date, step: int, day: int) -> Day:
    """A day of the month that is `step` months from the anchor's. ValueError when that month has no such day."""
    return Day(months_on(anchor.replace(day=1), step).replace(day=day))


def nth_weekday(year: int, month: int, number: int, weekday: int) -> int:
    """The day of the month that is its `number`th such weekday (0 for Monday; up to the fourth), for -1 the last."""
    days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    return days[number if number < 0 else number - 1]
