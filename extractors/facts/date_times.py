"""The time of day beside a date: on 14 March 2023 at 09:40, 下午3时20分, 15:20 hrs, 1520h, 3 pm (UTC+8)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from extractors.facts.date_reading import PERIOD, Dated
from extractors.facts.date_words import alternatives, weekdays, zones
from extractors.facts.fact import Day
from extractors.facts.numerals import han_number

_REACH = 48
"""Characters beside a date in which its time must stand."""
_NOON = 12
_MORNING = 7
_HAN_PARTS = {
    **dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "上午", "早", "晨"), 0),
    **dict.fromkeys(("中午", "正午"), 11),
    **dict.fromkeys(("下午", "午后", "傍晚", "晚上", "晚间", "夜间", "夜里", "深夜", "晚", "夜"), _NOON),
}
"""Parts of the day, with the hour from which on a number of up to twelve is left as it is, or twelve is added."""
_EN_PARTS = r"in the (?P<half>morning|afternoon|evening)|at (?P<night>night)"
_HAN_HOUR = r"\d{1,2}|[一二两三四五六七八九十]{1,3}|零"
_HAN_MINUTE = r"\d{1,2}|[零〇一二三四五六七八九十]{1,3}"
_HAN = (
    rf"(?P<part>{alternatives(_HAN_PARTS)})? ?(?:北京时间 ?)?(?:"
    rf"(?P<hh>{_HAN_HOUR}) ?(?:时|点钟?(?!意见|建议|要求|说明))"
    rf"(?: ?(?:(?P<mm>{_HAN_MINUTE}) ?分?|(?P<frac>半|一刻|三刻))(?![天日月年]))?"
    r"|(?P<hc>\d{1,2}):(?P<mc>[0-5]\d)(?::[0-5]\d)?(?!\d))"
)
_AFTER_LEAD = r"(?: ?[(]? ?(?:星期|周|礼拜)[一二三四五六日天] ?[)]?)?"
_FRACTIONS = {"半": 30, "一刻": 15, "三刻": 45}


@cache
def _clock() -> str:
    zone = alternatives(zones())
    return (
        r"(?:(?P<h>[01]?\d|2[0-3])(?P<sep>[:.])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,6})?)?(?!\d|[:.]\d|%)"
        r"|(?P<h4>[01]\d|2[0-3]):?(?P<m4>[0-5]\d)(?= ?h(?:ou)?rs\b| ?hours\b|h\b)"
        r"|(?P<hf>[01]?\d|2[0-3])h(?P<mf>[0-5]\d)(?!\w)"
        r"|(?P<h12>1[0-2]|0?[1-9])(?= ?[ap]\.? ?m\b| o'clock)|(?P<noon>(?:12 )?noon)\b)"
        r"(?: ?(?P<ap>[ap])\.? ?m\b\.?| o'clock)?(?: ?(?P<hrs>h(?:ou)?rs?|hours|h|uhr)\b\.?)?"
        rf"(?: (?:{_EN_PARTS}))?"
        rf"(?: ?[(]?(?P<zone>z|(?:utc|gmt)? ?[+-]\d\d?:?(?:\d\d)?|{zone})(?![\w:])[)]?)?"
    )


@cache
def _behind() -> re.Pattern[str]:
    weekday = rf"(?:[, ]{{0,2}}[(]?(?:{alternatives(weekdays())})\b[)]?)?"
    lead = (
        r"(?:t(?=\d\d:?\d\d)|[ ,(|;@/-]{0,4}(?P<told>(?:at|about|approx(?:imately|\.)?|around|circa|c\."
        r"|by|time|um|from|between|à)"
        r"(?: (?:about|approximately|around))? ?[:.]?)? {0,3})"
    )
    return re.compile(weekday + lead + _clock())


@cache
def _before() -> re.Pattern[str]:
    weekday = rf"(?:(?:{alternatives(weekdays())}),? (?:the )?)?"
    return re.compile(
        rf"(?<![\w:.,/])(?P<told>at |about |around )?{_clock()}(?P<on>[ ,]{{1,2}}(?:on |of |- )?(?:the )?){weekday}\Z"
    )


_HAN_BEHIND = re.compile(rf"{_AFTER_LEAD}[ ,的]{{0,3}}(?:时间: ?)?{_HAN}")
_HAN_INSIDE = re.compile(rf"[日号] ?{_HAN} ?(?:起|至|到|-|~|,)")
_LABELLED = re.compile(r"[ ,|;]{0,4}time ?[:.]? ?(?P<h>[01]\d|2[0-3]):?(?P<m>[0-5]\d)(?!\d)")
"""Date 14/03/2023 Time 0940."""
_HAN_NOON = re.compile(rf"{_AFTER_LEAD}[ ,]{{0,2}}(?:中午|正午)(?![\d一二两三四五六七八九十 ])")


_ANY_CLOCK = re.compile(r"\d ?(?::\d|\.\d|[aph]|o')|noon")
"""What a clock before a date holds."""


@cache
def _inside() -> re.Pattern[str]:
    return re.compile(rf"(?:\d(?:t|,? (?:at )?))(?<!\d:\d){_clock()} ?(?:to|until|till|-|~|through)")


@cache
def _first_of_two() -> re.Pattern[str]:
    return re.compile(rf"(?:between|from) (?P<told>){_clock()} ?(?:and|to|until|till|-) ?\Z")


def with_times(text: str, dates: Sequence[Dated]) -> list[Dated]:
    """`dates` of a folded text, in order of place; single days with the time of day that stands beside them.

    A time between two days belongs to the first; one before a range to its first day.
    """
    result: list[Dated] = []
    taken = 0
    for at, dated in enumerate(dates):
        until = dates[at + 1].reading.start if at + 1 < len(dates) else len(text)
        timed, taken = _timed(text, dated, taken, max(until, dated.reading.end))
        result.append(timed)
    return result


def _timed(text: str, dated: Dated, taken: int, until: int) -> tuple[Dated, int]:
    """A date with its time, and the end of what no later date may claim."""
    start, end = dated.reading.start, dated.reading.end
    free, taken = taken, max(taken, end)
    month = dated.reading.first[2] is None
    if month or dated.reading.rule == PERIOD or dated.day.time:
        return dated, taken
    reach = min(end + _REACH, until)
    found = _time_inside(text, start, end) if dated.day.end else _time_behind(text, end, reach)
    if found:
        return _set(dated, found[0]), max(taken, found[1])
    low = max(start - _REACH, 0)
    time = _time_before(text, max(low, text.rfind("\n", low, start) + 1, free), start)
    return (_set(dated, time) if time else dated), taken


def _time_before(text: str, floor: int, start: int) -> datetime.time | None:
    """The time of day right before a date, or the first of two: between 09:00 and 11:30 on 14 March."""
    if not _ANY_CLOCK.search(text, floor, start):
        return None
    before = _before().search(text, floor, start)
    time = _time(before) if before and _trusted(before) else None
    if before is None or time is None:
        return None
    first = _first_of_two().search(text, floor, before.start())
    return (_time(first) if first else None) or time


def _set(dated: Dated, time: datetime.time) -> Dated:
    return replace(dated, day=Day(dated.day.start, dated.day.end, time))


def time_behind(text: str, end: int) -> datetime.time | None:
    """The time of day right behind a date that ends there in a folded text; None where none stands there."""
    found = _time_behind(text, end, end + _REACH)
    return found[0] if found else None


def _time_behind(text: str, end: int, until: int) -> tuple[datetime.time, int] | None:
    match = _behind().match(text, end, until)
    if match and _trusted(match) and (time := _time(match)):
        return time, match.end()
    han = _HAN_BEHIND.match(text, end, until)
    if han and (time := _han_time(han)):
        return time, han.end()
    labelled = _LABELLED.match(text, end, until)
    if labelled:
        return datetime.time(int(labelled["h"]), int(labelled["m"])), labelled.end()
    noon = _HAN_NOON.match(text, end, until)
    return (datetime.time(_NOON), noon.end()) if noon else None


def _time_inside(text: str, start: int, end: int) -> tuple[datetime.time, int] | None:
    """The time of the first day of a range: 3月5日8时起至3月17日18时, 3 May 2023 09:00 to 4 May 2023."""
    han = _HAN_INSIDE.search(text, start, end)
    if han and (time := _han_time(han)):
        return time, end
    match = _inside().search(text, start, end)
    if match and match["sep"] != "." and (time := _time(match)):
        return time, end
    return None


def _trusted(match: re.Match[str]) -> bool:
    """9.40 is a time only where words say so: it may be a sum or a clause; and 1:50 may be the scale of a drawing."""
    named = match.groupdict()
    words = bool(named["ap"] or named["hrs"] or (named["told"] or "").strip())
    return words or (named["sep"] != "." and named["h"] != "1")


def _time(match: re.Match[str]) -> datetime.time | None:
    named = match.groupdict()
    if named["noon"]:
        return datetime.time(_NOON, tzinfo=_zone(named["zone"]))
    hour = int(next(named[group] for group in ("h", "h4", "hf", "h12") if named[group]))
    minute = int(next((named[group] for group in ("m", "m4", "mf") if named[group]), "0"))
    late = named["ap"] == "p" or named["half"] in ("afternoon", "evening") or (named["night"] and hour > 5)
    if named["ap"] and not 1 <= hour <= _NOON:
        return None
    if named["h12"] and not named["ap"] and not late and hour < _MORNING:
        return None  # 3 o'clock of which half of the day?
    if late and hour < _NOON:
        hour += _NOON
    elif named["ap"] == "a" and hour == _NOON:
        hour = 0
    return datetime.time(hour, minute, int(named["s"] or 0), tzinfo=_zone(named["zone"]))


def _han_time(match: re.Match[str]) -> datetime.time | None:
    hour = _number(match["hh"] or match["hc"])
    minute = _FRACTIONS[match["frac"]] if match["frac"] else _number(match["mm"] or match["mc"] or "0")
    if hour is None or minute is None or not 0 <= minute < 60:
        return None
    start = _HAN_PARTS.get(match["part"] or "", 0)
    if start and hour < start:
        hour += _NOON
    return datetime.time(hour, minute) if hour < 24 else None


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    number = han_number(word)
    return None if number is None else int(number)


def _zone(word: str | None) -> datetime.timezone | None:
    """The zone of `utc+8`, `+0800`, `z` or a name; None where none is written or it is out of range."""
    if not word:
        return None
    name = word.strip()
    if name in zones():
        return datetime.timezone(datetime.timedelta(hours=zones()[name]))
    told = re.search(r"([+-])(\d\d?):?(\d\d)?$", name)
    if told is None:
        return datetime.UTC
    offset = datetime.timedelta(hours=int(told[2]), minutes=int(told[3] or 0))
    if offset >= datetime.timedelta(hours=15):
        return None
    return datetime.timezone(-offset if told[1] == "-" else offset)
