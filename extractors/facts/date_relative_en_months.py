"""The 15th of next month, the third quarter of this year and the like, as seen from an anchor, in English."""

from __future__ import annotations

import datetime
import re

from extractors.facts.date_shift import Rule, end_of, month_day, nth_weekday, rule, whole
from extractors.facts.date_words import alternatives, day_words, weekdays
from extractors.facts.fact import Day

STEP = {
    "last": -1,
    "past": -1,
    "previous": -1,
    "this": 0,
    "current": 0,
    "next": 1,
    "coming": 1,
    "upcoming": 1,
    "following": 1,
}

WEEKDAY = rf"(?P<wd>{alternatives(weekdays())})\b"
WHICH = rf"(?P<step>{alternatives(STEP)})"
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_CALENDAR_WEEK = (
    r"(?:(?<![a-z])(?:in|by|until|till|from|since|for|during|bis|ab) (?:kw|cw)|(?<![a-z])calendar week)"
    r" ?(?P<w>[1-5]?\d)(?![\w/]| ?[-/'] ?\d|,? ?(?:of )?\d{4})"
)
_NUMBERED = "part(?:y|ies)|floor|time|shift|lift|pour|batch|edition|level|stage|phase|meeting|instal\\w*"
"""What is counted: `the 3rd party` is no day."""
_DAY_NUMBER = rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?|(?P<ord>{alternatives(day_words())}))"
_UNITS = "week|month|quarter"


def month_rules() -> tuple[Rule, ...]:
    """All wordings, in no order that matters."""
    return (*_of_months(), *_of_quarters_and_weeks())


def _of_months() -> tuple[Rule, ...]:
    of_month = rf"\b(?:the )?{_DAY_NUMBER} (?:day )?of (?:the )?{WHICH} month\b"
    days = (
        r"\b(?:from )?(?:the )?(?P<a>\d{1,2})(?:st|nd|rd|th)? ?(?:-|to|until|till|through) ?(?:the )?"
        rf"(?P<b>\d{{1,2}})(?:st|nd|rd|th)?,? (?:of )?(?:the )?{WHICH} month\b"
    )
    old = r"\b(?P<d>\d{1,2})(?:st|nd|rd|th) (?P<i>inst|ult|prox)(?:ant|imo)?\b\.?"
    return (
        rule("day of a month", " month", of_month, _of_month),
        rule("days of a month", " month", days, _days_of_month),
        rule("day of a month", " (?:inst|ult|prox)", old, _of_old_month),
        rule("week or month", f" (?:{_UNITS})", rf"\b{WHICH} (?P<unit>{_UNITS})\b", _whole),
        rule(
            "week or month",
            f" (?:{_UNITS})",
            r"\b(?:the )?week (?P<far>after next|before last)\b",
            _far_week,
        ),
        rule("end of a period", "end of ", rf"\b(?:the )?end of {WHICH} (?P<unit>{_UNITS}|year)\b", _end),
    )


def _of_quarters_and_weeks() -> tuple[Rule, ...]:
    quarter = rf"\b(?:q(?P<q>[1-4])|(?P<nth>{alternatives(_NTH)}) quarter) (?:of )?(?:the )?{WHICH} year\b"
    weekday = rf"\b(?:the )?(?P<nth>{alternatives(_NTH)}|last) {WEEKDAY} (?:of|in) (?:the )?{WHICH} month\b"
    return (
        rule(
            "quarter of a year",
            " year",
            quarter,
            _quarter,
        ),
        rule("weekday of a month", " month", weekday, _nth_of_month),
        rule(
            "weekday and day",
            "day,? the [0-9a-z]",
            rf"\b{WEEKDAY},? the {_DAY_NUMBER}\b(?! (?:of|{_NUMBERED})\b)",
            _fitting_day,
        ),
        rule("calendar week", "[kc]w|calendar week", _CALENDAR_WEEK, _calendar_week),
    )


def _fitting_day(match: re.Match[str], anchor: datetime.date) -> Day | None:
    """`Monday the 15th`: the one nearest to the anchor that is a Monday."""
    weekday, found = weekdays()[match["wd"]], []
    for step in range(-3, 4):
        try:
            day = month_day(anchor, step, _day_number(match)).start
        except ValueError:  # no such day in that month
            continue
        found += [day] if day.weekday() == weekday else []
    return Day(min(found, key=lambda day: abs(day - anchor))) if found else None


def _calendar_week(match: re.Match[str], anchor: datetime.date) -> Day:
    monday = datetime.date.fromisocalendar(anchor.isocalendar().year, int(match["w"]), 1)
    return Day(monday, monday + datetime.timedelta(days=6))


def _quarter(match: re.Match[str], anchor: datetime.date) -> Day:
    number = int(match["q"]) if match["q"] else _NTH[match["nth"]]
    return whole(datetime.date(anchor.year + STEP[match["step"]], 3 * number, 1), 0, "quarter")


def _nth_of_month(match: re.Match[str], anchor: datetime.date) -> Day:
    first = month_day(anchor, STEP[match["step"]], 1).start
    number = -1 if match["nth"] == "last" else _NTH[match["nth"]]
    return Day(first.replace(day=nth_weekday(first.year, first.month, number, weekdays()[match["wd"]])))


def _of_month(match: re.Match[str], anchor: datetime.date) -> Day:
    return month_day(anchor, STEP[match["step"]], _day_number(match))


def _day_number(match: re.Match[str]) -> int:
    return int(match["d"]) if match["d"] else day_words()[match["ord"]]


def _days_of_month(match: re.Match[str], anchor: datetime.date) -> Day | None:
    """`from 4 to 22 of this month`."""
    first, last = (month_day(anchor, STEP[match["step"]], int(match[group])).start for group in "ab")
    return Day(first, last) if first < last else None


def _of_old_month(match: re.Match[str], anchor: datetime.date) -> Day:
    return month_day(anchor, {"inst": 0, "ult": -1, "prox": 1}[match["i"]], int(match["d"]))


def _whole(match: re.Match[str], anchor: datetime.date) -> Day:
    """The week from Monday to Sunday, the month or quarter from its first to its last day."""
    return whole(anchor, STEP[match["step"]], match["unit"])


def _far_week(match: re.Match[str], anchor: datetime.date) -> Day:
    return whole(anchor, 2 if match["far"] == "after next" else -2, "week")


def _end(match: re.Match[str], anchor: datetime.date) -> Day:
    return end_of(anchor, STEP[match["step"]], match["unit"])
