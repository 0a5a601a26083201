"""Figures as pictures: places in an SVG, computed here, drawn by templates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

MOST_BARS = 60
"""Months up to which time is told by month; beyond that by year."""
WIDTH, HEIGHT, FOOT = 1100.0, 64.0, 16.0
YEAR_ROOM, MONTH_ROOM = 46.0, 76.0
"""What a label takes, with the space beside it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`span` is "2023-03" or "2023"; all else in units of the picture. `label` is empty where there is no room."""

    span: str
    count: int
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Times:
    """How many documents there are over time."""

    bars: tuple[Bar, ...]
    width: float = WIDTH
    height: float = HEIGHT
    foot: float = FOOT


def times(months: Mapping[str, int]) -> Times:
    """A bar for each month from the first to the last, empty ones too; for each year where there are too many."""
    if not months:
        return Times(())
    spans = _between(min(months), max(months))
    counts = dict(months)
    if len(spans) > MOST_BARS:
        counts = {}
        for month, count in months.items():
            counts[month[:4]] = counts.get(month[:4], 0) + count
        spans = [f"{year:04d}" for year in range(int(min(counts)), int(max(counts)) + 1)]
    if len(spans) > MOST_BARS:  # one document of the year 1023 must not hide the others
        spans = sorted(counts)[-MOST_BARS:]
    most, step = max(counts.values()), WIDTH / len(spans)
    return Times(tuple(_bar(n, span, counts.get(span, 0), most, step) for n, span in enumerate(spans)))


def _bar(number: int, span: str, count: int, most: int, step: float) -> Bar:
    height = round(max(2.0, HEIGHT * count / most), 1) if count else 0.0
    width = round(min(step * 0.8, 40.0), 2)
    return Bar(
        span, count, round(number * step, 2), HEIGHT - height, width, height, _label(number, span, step)
    )


def _label(number: int, span: str, step: float) -> str:
    """Every so many bars that the labels do not touch; of months the year at its beginning."""
    if len(span) == 4:
        every = max(1, round(YEAR_ROOM / step))
        return span if number % every == 0 else ""
    if step >= MONTH_ROOM:
        return span
    return span[:4] if number == 0 or span.endswith("-01") else ""


def _between(first: str, last: str) -> list[str]:
    day, end = _month(first), _month(last)
    found: list[str] = []
    while day <= end and len(found) <= MOST_BARS:
        found.append(f"{day:%Y-%m}" if day.year > 999 else f"{day.year:04d}-{day.month:02d}")
        if day.year == datetime.MAXYEAR and day.month == 12:
            break
        day = datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found


def _month(said: str) -> datetime.date:
    return datetime.date(int(said[:4]), int(said[5:7]), 1)
