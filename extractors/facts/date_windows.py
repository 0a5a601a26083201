"""Periods tied to the day they run from: within 28 days of receipt, within 42 days after 3 April, 收到后28天内."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.facts.date_reading import FIRST_YEAR, LAST_YEAR, PERIOD, Dated, Reading
from extractors.facts.date_roles import Scene, around, role_by_words
from extractors.facts.date_shift import shifted
from extractors.facts.fact import Day
from extractors.facts.numerals import english_number, han_number

_CONFIDENCE = 0.8
_LONGEST = 730
_SOURCES = {
    "date": "the date in it",
    "receipt": "the date of receipt",
    "own": "the document's date",
}
_PAPER = (
    r"(?:letter|notice|e-?mail|invoice|report|instruction|determination|certificate|memo(?:randum)?|order)"
)
_COUNTED = (
    r"within (?:a (?:further )?period of )?(?P<n>\d{1,3}|[a-z]+(?:-[a-z]+)?)(?: ?\([^)\n]{1,20}\))? "
    r"(?:(?:calendar|clear|consecutive) )?(?P<unit>day|week|month)s?'? (?:of|from|after|following|starting from) "
)
_ENGLISH = re.compile(
    _COUNTED + r"(?P<of>(?:the )?(?:date of )?(?:(?:your|our|their|its|such|the) )?"
    r"receipt\b(?! of (?:this|the present))(?P<receipt>)"
    rf"|(?:the )?(?:date|issue) (?:of (?:this|the present) {_PAPER}|hereof)\b(?P<own>)"
    r"|(?:(?:the )?date of )?(?=(?:the )?(?:\d|[a-z]+ \d|[a-z-]+ (?:day )?of ))(?P<date>))"
)
_SPAN = r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(?:个)?(?:日历)?(?P<unit>天|日|周|月)(?:之|以)?[内內]"
_FROM = r"[)]?(?:之日|当日|日)?(?:起算?|后|之后|以后)(?:计算|算)?的?[,]? ?"
_HAN_DATE = re.compile(_FROM + _SPAN)
_HAN = re.compile(
    rf"(?:(?:收到|签收|接到)(?P<receipt>)(?:(?!本)[^\d,;.。\n]){{0,14}}?"
    rf"|(?:本[一-鿿]{{1,2}}(?:发出|签发|发布|签订|签署|出具)|即)(?P<own>)){_FROM}{_SPAN}"
)


@dataclass(frozen=True, slots=True)
class _Window:
    """A period in words: where it stands, how long it is, and what kind of day it runs from."""

    start: int
    end: int
    count: int
    unit: str
    anchor: str


def windows(scene: Scene, told: Sequence[Dated], own: datetime.date | None) -> Iterator[Dated]:
    """The periods whose anchor is known, from the anchor to the last day; those in working days are left out.

    `told` are the document's dates in order of place and `own` is its own date. A period from the receipt of a
    document whose receipt is not told has no dates.
    """
    singles = [dated for dated in told if dated.day.end is None]
    found = list(_found(scene.plain, singles))
    received = _received(scene, singles) if any(w.anchor == "receipt" for w in found) else []
    for window in found:
        anchor = own if window.anchor == "own" else None
        if window.anchor == "date":
            anchor = _first_from(singles, window)
        elif window.anchor == "receipt":
            anchor = _last_before(received, window.start)
        last = _last(anchor, window) if anchor else None
        if anchor and last:
            parts = (anchor.year, anchor.month, anchor.day)
            reading = Reading(window.start, window.end, parts, PERIOD, confidence=_CONFIDENCE)
            doubt = f"derived: counted from {_SOURCES[window.anchor]}"
            yield Dated(reading, Day(anchor, last), True, (doubt,), _CONFIDENCE)


def _found(plain: str, singles: Sequence[Dated]) -> Iterator[_Window]:
    if "within " in plain:
        for match in _ENGLISH.finditer(plain):
            yield from _window(match, match.start(), _date_end(match, singles))
    if "内" in plain or "內" in plain:
        for match in _HAN.finditer(plain):
            yield from _window(match, match.start(), match.end())
        for dated in singles:
            behind = _HAN_DATE.match(plain, dated.reading.end, dated.reading.end + 24)
            if behind:
                yield from _window(behind, dated.reading.start, behind.end())


def _window(match: re.Match[str], start: int, end: int | None) -> Iterator[_Window]:
    groups = match.groupdict()
    count, unit = _count(match["n"]), match["unit"]
    anchor = next((kind for kind in ("receipt", "own") if groups.get(kind) is not None), "date")
    if count and end is not None:
        yield _Window(start, end, count, unit, anchor)


def _date_end(match: re.Match[str], singles: Sequence[Dated]) -> int | None:
    """Where the window ends: behind the date it names, if it names one that is known."""
    if match["date"] is None:
        return match.end()
    at = bisect_right(singles, match.end() - 1, key=lambda dated: dated.reading.start)
    near = at < len(singles) and singles[at].reading.start - match.end() <= len("the ")
    return singles[at].reading.end if near else None


def _count(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    number = english_number(word) if word.isascii() else han_number(word)
    return int(number) if number else None


def _first_from(singles: Sequence[Dated], window: _Window) -> datetime.date | None:
    """The date that stands in the window."""
    at = bisect_left(singles, window.start, key=lambda dated: dated.reading.start)
    inside = at < len(singles) and singles[at].reading.start < window.end
    return singles[at].day.start if inside else None


def _received(scene: Scene, singles: Sequence[Dated]) -> list[Dated]:
    """The dates on which something was received."""
    return [d for d in singles if (role := role_by_words(*around(scene, d))) and role[0] == "received"]


def _last_before(received: Sequence[Dated], start: int) -> datetime.date | None:
    """The date of receipt told last before a place, else the only one behind it."""
    at = bisect_left(received, start, key=lambda dated: dated.reading.start)
    if at:
        return received[at - 1].day.start
    return received[0].day.start if len(received) == 1 else None


def _last(anchor: datetime.date, window: _Window) -> datetime.date | None:
    """The last day of the period; None where it is longer than a notice period ever is."""
    try:
        last = shifted(anchor, window.count, window.unit).start
    except (OverflowError, ValueError):
        return None
    sound = FIRST_YEAR <= last.year <= LAST_YEAR and (last - anchor).days <= _LONGEST
    return last if sound else None
