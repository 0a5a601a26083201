"""Whether 03/04/2023 is the third of April or the fourth of March: what else the document says decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.facts.date_reading import Reading, possible
from extractors.facts.date_weekdays import falls_on, weekday_beside
from extractors.facts.date_words import order_cues

DOUBT = "day and month could be the other way round"
_SCANNED = 20_000
"""Characters of the document that are looked at for evidence of its country."""


def ordered(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of a folded text, those in month-first order turned; those that stay undecided carry a doubt."""
    if not any(r.swappable for r in readings):
        return list(readings)
    month_first, certainty = _decide(text, readings)
    return [_settled(r, month_first, certainty) if r.swappable else r for r in readings]


def _decide(text: str, readings: Sequence[Reading]) -> tuple[bool, float]:
    """(month first?, how sure from 0 to 1). Dates that allow one order only, by figure or weekday, weigh most."""
    day = sum(r.rule == "date day first" for r in readings)
    month = sum(r.rule == "date month first" for r in readings)
    for reading in readings:
        told = _told(text, reading) if reading.swappable else None
        day, month = day + (told is False), month + (told is True)
    if day != month:
        return month > day, 0.95
    month_cues, day_cues = order_cues()
    sample = text[:_SCANNED]
    for_month = sum(weight for cue, weight in month_cues if cue.search(sample))
    for_day = sum(weight for cue, weight in day_cues if cue.search(sample))
    if for_month == for_day:
        return False, 0.0
    return for_month > for_day, 0.85 if abs(for_month - for_day) >= 1 else 0.6


def _told(text: str, reading: Reading) -> bool | None:
    """Whether the weekday beside a date says that its month stands first; None where it does not tell."""
    weekday, turned = weekday_beside(text, reading), _turned(reading)
    if weekday is None or turned is None or reading.last:
        return None
    as_read, other = falls_on(reading.first, weekday), falls_on(turned.first, weekday)
    return other if as_read != other else None


def _settled(reading: Reading, month_first: bool, certainty: float) -> Reading:
    turned = _turned(reading) if month_first else reading
    if turned is None:
        turned, certainty = reading, 0.0
    doubts = reading.doubts if certainty >= 0.8 else (*reading.doubts, DOUBT)
    confidence = min(reading.confidence, certainty) if certainty >= 0.6 else 0.6
    return replace(turned, confidence=confidence, doubts=doubts, swappable=False)


def _turned(reading: Reading) -> Reading | None:
    first, last = reading.first, reading.last
    swapped = (first[0], first[2] or 0, first[1])
    swapped_last = (last[0], last[2] or 0, last[1]) if last else None
    if not possible(swapped) or (swapped_last and not possible(swapped_last)):
        return None
    return replace(reading, first=swapped, last=swapped_last)
