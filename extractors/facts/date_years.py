"""The year of a date that is written without one: that of its neighbour, or the nearest to the document's date."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import replace

from extractors.document import Document
from extractors.facts.date_reading import Dated, Parts, Reading, day_of, possible
from extractors.facts.date_weekdays import checked, falls_on, in_sequence, weekday_beside
from extractors.facts.fact import Day

_NEAR = 300
"""Within how many characters an earlier date with a year lends it to one without."""


_STEPPED = re.compile(r"(?<![a-z])(next|coming|last|past|previous) (?:the )?\Z")
_CLOSE_YEARS, _FAR_YEARS = 1, 3
"""How many years a date lies from the others of its document when they speak for it, and against it."""
_SAME_YEAR = 240
"""Up to how many days away a day without a year is taken to be in the anchor's year."""


def mended(document: Document, plain: str, readings: Sequence[Reading]) -> list[Reading]:
    """What OCR took for other figures, as far as the year, the weekday or the days around it give it away."""
    scanned = [document.page_at(reading.start).source == "ocr" for reading in readings]
    seen = [
        checked(plain, _of_our_years(reading) if by_ocr else reading, by_ocr)
        for reading, by_ocr in zip(readings, scanned, strict=True)
    ]
    return in_sequence(plain, seen) if scanned and all(scanned) else seen


def _of_our_years(reading: Reading) -> Reading:
    """A year of the 2070s on a page read by OCR is one of the 2010s, whose 1 was taken for a 7."""
    year = reading.first[0]
    if year is None or not 2070 <= year <= 2079:
        return reading
    last = (
        reading.last and (year - 60, *reading.last[1:]) if reading.last and reading.last[0] == year else None
    )
    doubts = (*reading.doubts, f"the year was read as {year}")
    first = (year - 60, *reading.first[1:])
    return replace(reading, first=first, last=last, doubts=doubts, confidence=min(reading.confidence, 0.6))


def years_placed(plain: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of a folded text, 23-03-14 read year first where a weekday or the years of the others say so."""
    if not any(reading.other for reading in readings):
        return list(readings)
    years = {r.first[0] for r in readings if r.first[0] is not None and r.other is None}
    return [_placed(plain, reading, years) if reading.other else reading for reading in readings]


def _placed(plain: str, reading: Reading, years: Set[int]) -> Reading:
    first, other, weekday = reading.first, reading.other, weekday_beside(plain, reading)
    if other is None or first[0] is None or other[0] is None:
        return reading
    if weekday is not None:
        told = falls_on(other, weekday) and not falls_on(first, weekday)
    else:
        told = _apart(other[0], years) <= _CLOSE_YEARS < _FAR_YEARS <= _apart(first[0], years)
    doubts = (*reading.doubts, "the year could stand last: read year first, as the dates beside it say")
    rule, confidence = "date year first", min(reading.confidence, 0.75)
    return replace(reading, first=other, rule=rule, doubts=doubts, confidence=confidence) if told else reading


def _apart(year: int, years: Set[int]) -> int:
    return min((abs(year - known) for known in years), default=_CLOSE_YEARS + 1)


def complete(reading: Reading) -> Dated | None:
    """A reading that says its year, as a calendar date."""
    day = _whole(reading.first, reading.last)
    return None if day is None else Dated(reading, day, False, reading.doubts, reading.confidence)


def completed(reading: Reading, known: Sequence[Dated], own: datetime.date | None, text: str) -> Dated | None:
    """A reading without a year, its year taken from the text before it, else from the document's own date."""
    neighbour = _neighbour(reading, known, text)
    anchor = neighbour or own or _any_before(reading, known)
    if anchor is None:
        return None
    year = _year_told(reading, anchor, text)
    if year is None:
        return None
    first = (year, reading.first[1], reading.first[2])
    last = reading.last and _after((year, reading.last[1], reading.last[2]), first)
    day = _whole(first, last)
    if day is None:
        return None
    source = "the date before it" if neighbour or own is None else "the document's date"
    doubts = (*reading.doubts, f"derived: the year is taken from {source}")
    return Dated(reading, day, True, doubts, min(reading.confidence, 0.85))


def _whole(first: Parts, last: Parts | None) -> Day | None:
    start = day_of(first)
    if start is None or last is None:
        return start
    end = day_of(last)
    if end is None:
        return start
    return Day(start.start, end.end or end.start)


def _after(last: Parts, first: Parts) -> Parts:
    """`last`, in the year after when it would lie before `first` (28 December to 3 January)."""
    if (last[1], last[2] or 32) < (first[1], first[2] or 0) and last[0] is not None:
        return last[0] + 1, last[1], last[2]
    return last


def _neighbour(reading: Reading, known: Sequence[Dated], text: str) -> datetime.date | None:
    """The date in the same paragraph, before this one, that says its year."""
    at = _count_before(reading, known)
    if not at:
        return None
    end = known[at - 1].reading.end
    close = reading.start - end <= _NEAR and "\n\n" not in text[end : reading.start]
    return known[at - 1].day.start if close else None


def _any_before(reading: Reading, known: Sequence[Dated]) -> datetime.date | None:
    return known[max(0, _count_before(reading, known) - 1)].day.start if known else None


def _count_before(reading: Reading, known: Sequence[Dated]) -> int:
    """How many of `known`, which are in order of place, end before a reading begins."""
    return bisect_right(known, reading.start, key=lambda dated: dated.reading.end)


def _year_told(reading: Reading, anchor: datetime.date, text: str) -> int | None:
    """The year nearest to the anchor; of `next 6 April` that of the first to come, of `last 6 April` the last gone."""
    told = _STEPPED.search(text, max(0, reading.start - 16), reading.start)
    if told is None:
        return _year_near(reading.first, anchor)
    _, month, day = reading.first
    years = [y for y in range(anchor.year - 4, anchor.year + 5) if possible((y, month, day))]
    ahead = told[1] in ("next", "coming")
    fits = [y for y in years if (datetime.date(y, month, day or 1) > anchor) is ahead]
    return (min(fits) if ahead else max(fits)) if fits else None


def _year_near(parts: Parts, anchor: datetime.date) -> int | None:
    """The anchor's own year, unless that of a neighbour is much nearer (28 December, told on 5 January)."""
    best: tuple[int, int] | None = None
    for year in sorted(range(anchor.year - 4, anchor.year + 5), key=lambda y: abs(y - anchor.year)):
        if not possible((year, parts[1], parts[2])):
            continue
        distance = abs((datetime.date(year, parts[1], parts[2] or 1) - anchor).days)
        if year == anchor.year and distance <= _SAME_YEAR:
            return year
        if best is None or distance < best[0]:
            best = (distance, year)
    return best[1] if best else None
