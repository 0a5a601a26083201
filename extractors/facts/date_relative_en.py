"""Days told from another day in English: yesterday, last Friday, two weeks ago, the 15th of next month."""

from __future__ import annotations

import datetime
import re
from functools import cache

from extractors.facts.date_relative_en_months import STEP, WEEKDAY, WHICH, month_rules
from extractors.facts.date_shift import Rule, in_week, month_day, plus, rule, shifted
from extractors.facts.date_words import alternatives, weekdays
from extractors.facts.fact import Day
from extractors.facts.numerals import english_number

_NUMBER = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty|thirty"
    r"|a couple of|a few)"
)
_FIXED = {
    "the day before yesterday": -2,
    "day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "tmr": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "the day after tmrw": 2,
}
_COUNT = rf"(?<![\w.,/])(?P<n>{_NUMBER}) (?P<unit>day|week|fortnight|month|year)s?"
_SECOND = _COUNT.replace("<n>", "<n2>").replace("<unit>", "<unit2>")
_WORD = rf"(?P<word>{alternatives(_FIXED)})"
_BARE_DAY = (
    r"\bon the (?P<d>\d{1,2})(?:st|nd|rd|th)(?=\s*[.,;:)\n]|\s*$"
    r"| (?:it|we|he|she|they|the|this|that|all|no|and|but|when|at|by|to|in|with|work|works|access)\b)"
)
"""`on the 5th it was repaired`, but not `on the 5th floor`."""
_NAMED = "day|tonight|night|tomorrow|tmrw?"


@cache
def rules() -> tuple[Rule, ...]:
    """All wordings, in no order that matters."""
    return (*_counted(), *_of_weeks(), *month_rules(), *_neighbours())


def _counted() -> tuple[Rule, ...]:
    ahead = rf"(?<=ll )(?:[a-z]+ ){{0,4}}?in (?P<n>{_NUMBER}) (?P<unit>day|week|month)s?\b(?! of)"
    return (
        rule("count from today", " ago| back", rf"{_COUNT} (?:ago|back\b(?=[\s.,]))", _back),
        rule("counts from today", " ago", rf"{_COUNT} and {_SECOND} ago\b", _moved_twice),
        rule(
            "count from now",
            "from now|from today|hence",
            rf"{_COUNT} (?:from now|from today|hence)\b",
            _ahead,
        ),
        rule("count on", "later|after", rf"{_COUNT} (?:later|afterwards|after that)\b", _ahead, chained=True),
        rule(
            "count from a named day",
            " (?:from|after) ",
            rf"{_COUNT} (?:from|after) {_WORD}\b",
            _ahead_of_named,
        ),
        rule("count before a named day", " before ", rf"{_COUNT} before {_WORD}\b", _back_of_named),
        rule("count ahead", "ll (?:[a-z]+ ){0,4}?in ", ahead, _ahead),
        rule("count ahead", "s'? time", rf"\bin {_COUNT}'? time\b", _ahead),
    )


def _of_weeks() -> tuple[Rule, ...]:
    bare = rf"(?<=\bon ){WEEKDAY}(?!,? ?\d)(?! {WHICH})"
    return (
        rule(
            "day of a week",
            "(?:t|s|g) (?:mon|tue|wed|thu|fri|sat|sun)",
            rf"\b{WHICH} {WEEKDAY}(?!\s?\d)",
            _of_near_week,
        ),
        rule("day of a week", " week", rf"\b{WHICH} week,?(?:'s)? (?:on )?{WEEKDAY}", _of_week),
        rule("day of a week", " week", rf"\b(?:on )?{WEEKDAY},? (?:of )?{WHICH} week\b", _of_week),
        rule(
            "day of a week from now",
            "from now|from today",
            rf"\b{WEEKDAY} {_COUNT} (?:from now|from today)\b",
            _week_on,
        ),
        rule("day of a week ago", " ago", rf"\b{WEEKDAY} {_COUNT} ago\b", _week_back),
        rule(
            "day of a week",
            " (?:last|next)",
            rf"\b{WEEKDAY} (?P<way>last|next)\b(?! (?:week|month|year))",
            _old_week,
        ),
        rule(
            "weekdays from now",
            " ago|from (?:now|today)",
            rf"\b(?P<n>{_NUMBER}) {WEEKDAY.replace(')', ')s', 1)} (?P<way>ago|from (?:now|today))\b",
            _weekdays_on,
        ),
        rule("day of the week", "on (?:mon|tue|wed|thu|fri|sat|sun)", bare, _bare_weekday),
    )


def _neighbours() -> tuple[Rule, ...]:
    before = r"\bthe (?:previous day|day before)(?! the|\s?yesterday)\b"
    same = r"\b(?:the|that|on the) same (?:day|morning|afternoon|evening|night)\b"
    next_day = r"\b(?:the )?(?:next|following) (?:day|morning)\b"
    return (
        rule("named day", _NAMED, rf"\b{_WORD}(?![\w'])", _named),
        rule("next day", "(?:next|following) ", next_day, _next, chained=True),
        rule("next day", "day after", r"\bthe day after(?=[?.!,;])", _next, chained=True),
        rule("day of that month", r"on the \d", _BARE_DAY, _bare_day, chained=True, bound=True),
        rule("day of a near month", r"on the \d", _BARE_DAY, _near_day),
        rule("same day", "same (?:day|morn|after|even|night)", same, _same, chained=True, bound=True),
        rule("day before", "(?:last|past) day", r"\b(?:last|past) day\b(?! of)", _previous),
        rule("day before", "previous day|day before", before, _previous, chained=True),
    )


_OFFSET = re.compile(
    rf"(?<![\w.,/])(?<!within )(?P<n>{_NUMBER})(?: ?\([a-z0-9 -]{{1,20}}\))? (?P<unit>day|week|month|year)s?"
    r" (?P<way>after|from|following|before|prior to) (?:the )?\Z"
)


def offset_before(text: str, start: int, anchor: datetime.date) -> tuple[int, Day] | None:
    """(where it begins, the day) of the words `28 days after` right before a date; periods (`within …`) are left."""
    match = _OFFSET.search(text, max(0, start - 40), start)
    if not match:
        return None
    day = _moved(match, anchor, -1 if match["way"] in ("before", "prior to") else 1)
    return (match.start(), day) if day else None


def _named(match: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, _FIXED[match["word"]])


def _count(word: str) -> int | None:
    if word in ("a", "an"):
        return 1
    if word in ("a couple of", "a few"):
        return 2 if "couple" in word else None
    number = int(word) if word.isdecimal() else english_number(word)
    return None if number is None else int(number)


def _moved(match: re.Match[str], anchor: datetime.date, way: int) -> Day | None:
    count = _count(match["n"])
    return None if count is None else shifted(anchor, way * count, match["unit"])


def _back(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _moved(match, anchor, -1)


def _ahead(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _moved(match, anchor, 1)


def _ahead_of_named(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _moved(match, _named(match, anchor).start, 1)


def _back_of_named(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _moved(match, _named(match, anchor).start, -1)


def _next(_: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, 1)


def _same(_: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, 0)


def _previous(_: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, -1)


def _moved_twice(match: re.Match[str], anchor: datetime.date) -> Day | None:
    """`two weeks and two days ago`."""
    first, second = _count(match["n"]), _count(match["n2"])
    if first is None or second is None:
        return None
    return shifted(shifted(anchor, -first, match["unit"]).start, -second, match["unit2"])


def _of_near_week(match: re.Match[str], anchor: datetime.date) -> Day:
    """`last Friday` is that of the week before, `next Monday` that of the week after, `coming` the first to come."""
    weekday, word = weekdays()[match["wd"]], match["step"]
    if word in ("coming", "upcoming", "following"):
        return plus(anchor, (weekday - anchor.weekday() - 1) % 7 + 1)
    if word in ("past", "previous"):
        return plus(anchor, -((anchor.weekday() - weekday - 1) % 7 + 1))
    return in_week(anchor, STEP[word], weekday)


def _of_week(match: re.Match[str], anchor: datetime.date) -> Day:
    return in_week(anchor, STEP[match["step"]], weekdays()[match["wd"]])


def _week_ahead(match: re.Match[str], anchor: datetime.date, way: int) -> Day | None:
    moved = _moved(match, anchor, way)
    return None if moved is None else in_week(moved.start, 0, weekdays()[match["wd"]])


def _week_on(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _week_ahead(match, anchor, 1)


def _week_back(match: re.Match[str], anchor: datetime.date) -> Day | None:
    return _week_ahead(match, anchor, -1)


_AHEAD = re.compile(
    r"\b(?:will|shall|'ll|please|can|could|would|may|must|going to|let's|to be|schedule|book|set)\b|\?"
)


def _looks_ahead(match: re.Match[str]) -> bool:
    return bool(_AHEAD.search(match.string[max(0, match.start() - 120) : match.end() + 60]))


def _bare_weekday(match: re.Match[str], anchor: datetime.date) -> Day:
    """`on Friday`: the next one where the sentence looks ahead, the last one where it tells what was."""
    weekday = weekdays()[match["wd"]]
    if _looks_ahead(match):
        return plus(anchor, (weekday - anchor.weekday() - 1) % 7 + 1)
    return plus(anchor, -((anchor.weekday() - weekday - 1) % 7 + 1))


def _old_week(match: re.Match[str], anchor: datetime.date) -> Day:
    """`Friday last` is the last one gone, `Friday next` the first to come."""
    weekday = weekdays()[match["wd"]]
    if match["way"] == "next":
        return plus(anchor, (weekday - anchor.weekday() - 1) % 7 + 1)
    return plus(anchor, -((anchor.weekday() - weekday - 1) % 7 + 1))


def _weekdays_on(match: re.Match[str], anchor: datetime.date) -> Day | None:
    """`two Fridays ago`."""
    count, weekday = _count(match["n"]), weekdays()[match["wd"]]
    if not count:
        return None
    if match["way"] == "ago":
        return plus(anchor, -((anchor.weekday() - weekday - 1) % 7 + 1) - 7 * (count - 1))
    return plus(anchor, (weekday - anchor.weekday() - 1) % 7 + 1 + 7 * (count - 1))


def _bare_day(match: re.Match[str], anchor: datetime.date) -> Day:
    """`on the 5th` behind 3 April is 5 April, behind 28 April it is 5 May."""
    day = int(match["d"])
    return month_day(anchor, 0 if day >= anchor.day else 1, day)


def _near_day(match: re.Match[str], anchor: datetime.date) -> Day:
    """`on the 5th` in a letter: the last 5th, or the next one where the sentence looks ahead."""
    day, ahead = int(match["d"]), _looks_ahead(match)
    if ahead:
        return month_day(anchor, 0 if day >= anchor.day else 1, day)
    return month_day(anchor, 0 if day <= anchor.day else -1, day)
