"""A date as it is written, before the document decides its year and the order of day and month."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.facts.fact import Day

FIRST_YEAR, LAST_YEAR = 1950, 2099

Parts = tuple[int | None, int, int | None]
"""Year, month, day; a year of None waits for the document, a day of None means the whole month."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`text[start:end]` says `first`, or the days from `first` to `last`.

    With `swappable`, day and month could be the other way round (it is read day first). `other` is what 23-03-14
    says when its year stands first.
    """

    start: int
    end: int
    first: Parts
    rule: str
    last: Parts | None = None
    swappable: bool = False
    doubts: tuple[str, ...] = ()
    confidence: float = 0.95
    other: Parts | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A reading with its calendar date; `derived` where the text alone does not say it."""

    reading: Reading
    day: Day
    derived: bool = False
    doubts: tuple[str, ...] = ()
    confidence: float = 0.95


PERIOD = "period from its anchor"
"""The rule of a period that is told by its length and the day it runs from: its last day is when something is due."""


def full_year(digits: str) -> int | None:
    """The year of two or four digits (00 to 69 are of this century); None outside of 1950 to 2099."""
    if len(digits) not in (2, 4):
        return None
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < 70 else 1900
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def possible(parts: Parts) -> bool:
    """Whether there is such a day (30 February: no; 29 February without a year: yes)."""
    year, month, day = parts
    if not 1 <= month <= 12 or (year is not None and not FIRST_YEAR <= year <= LAST_YEAR):
        return False
    return day is None or 1 <= day <= calendar.monthrange(2000 if year is None else year, month)[1]


def day_of(parts: Parts) -> Day | None:
    """The calendar day, or the month from its first to its last day; None when the year is missing."""
    year, month, day = parts
    if year is None or not possible(parts):
        return None
    if day is not None:
        return Day(datetime.date(year, month, day))
    return Day(datetime.date(year, month, 1), datetime.date(year, month, calendar.monthrange(year, month)[1]))


def without_overlaps(readings: Iterable[Reading]) -> list[Reading]:
    """In order of place; of readings that overlap, the longer one."""
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda r: (r.start, -r.end)):
        if kept and reading.start < kept[-1].end:
            if reading.end - reading.start > kept[-1].end - kept[-1].start:
                kept[-1] = reading
            continue
        kept.append(reading)
    return kept
