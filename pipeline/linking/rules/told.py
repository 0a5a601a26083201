"""What happened when: a day of the event close to one of its keywords."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView, Hit
from pipeline.links import Reason

WEIGHT = 0.6
NEAR = 120
"""Letters between the day and the keyword: about a sentence."""


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """At most one reason, placed on the keyword that is nearest to a day of the event."""
    if view.date is not None and view.date < event.event.start:
        return  # a plan
    days = [f for f, d in view.event_days if event.event.start <= d.start <= event.event.last]
    nearest: tuple[int, str, Hit] | None = None
    for phrase in event.keywords if days else ():
        for hit in view.places(phrase):
            apart = min(max(day.start - hit.end, hit.start - day.end, 0) for day in days)
            if apart <= NEAR and (nearest is None or apart < nearest[0]):
                nearest = apart, phrase.text, hit
    if nearest is not None:
        _, text, hit = nearest
        yield Reason(
            "date", WEIGHT, f"tells of {text} beside a day of the event", hit.page, hit.start, hit.end
        )
