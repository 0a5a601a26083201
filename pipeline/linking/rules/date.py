"""Dates: the document's own against the event's days, and days of the event that the document names."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from extractors.facts.fact import Day, Fact
from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

DURING, SOON_AFTER, LATER, SHORTLY_BEFORE, BEFORE, FAR = 0.9, 0.5, 0.1, -0.3, -1.2, -1.2
PICTURED = 1.3
"""More for a picture taken within the event: it has hardly any words that could tell."""
SOON = datetime.timedelta(days=45)
SHORTLY = datetime.timedelta(days=21)
LONG = datetime.timedelta(days=200)
EXACT, WITHIN = 1.1, 0.4
"""A day named that is the event's, and one within; long before the event both are plans."""


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason from the document's own date, and the best one from the dates that it names."""
    start, last = event.event.start, event.event.last
    if view.date is not None:
        weight, detail = _own(view.date, start, last)
        weight += PICTURED if view.is_picture and weight == DURING else 0.0
        fact = next(
            (f for f, d in view.evidence.days() if f.role == "document" and d.start == view.date), None
        )
        yield _placed(view, "date", weight, f"its date {view.date} is {detail}", fact)
    named = view.event_days
    exact = next((f for f, d in named if _is_event(d, event)), None)
    if exact is not None:
        planned = view.date is not None and view.date + SHORTLY < start
        weight = WITHIN if planned else EXACT
        yield _placed(view, "date", weight, "names the day of the event", exact)
    elif within := [f for f, d in named if start <= d.start <= last]:
        yield _placed(view, "date", WITHIN, "names a day within the event", within[0])


def _own(date: datetime.date, start: datetime.date, last: datetime.date) -> tuple[float, str]:
    if start <= date <= last:
        return DURING, "within the event"
    if date > last:
        after = date - last
        if after <= SOON:
            return SOON_AFTER, f"{after.days} days after the event"
        return (LATER if after <= LONG else FAR), f"{after.days} days after the event"
    before = start - date
    weight = SHORTLY_BEFORE if before <= SHORTLY else BEFORE
    return weight, f"{before.days} days before the event"


def _is_event(day: Day, event: EventView) -> bool:
    if day.end is not None and event.event.end is not None:
        return (day.start, day.end) == (event.event.start, event.event.end)
    return day.start in (event.event.start, event.event.end)


def _placed(view: DocumentView, kind: str, weight: float, detail: str, fact: Fact | None) -> Reason:
    if fact is None:
        return Reason(kind, weight, detail)
    return Reason(kind, weight, detail, view.evidence.page_of(fact), fact.start, fact.end)
