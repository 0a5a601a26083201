"""The words of the event: its keywords and its title, wherever they stand in the document."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

NONE = -0.8
MOST = 2.6
"""The weight of every keyword together; the first ones count most."""


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason for the keywords found, placed where the first of them stands; one for the whole title."""
    found = [(phrase.text, hits) for phrase in event.keywords if (hits := list(view.hits(phrase)))]
    if found:
        share = len(found) / len(event.keywords)
        weight = MOST * (1 - math.exp(-1.1 * len(found))) * (0.6 + 0.4 * share)
        first = min((hits[0] for _, hits in found), key=lambda hit: hit.start)
        words = ", ".join(text for text, _ in found)
        yield Reason("text", weight, f"keywords: {words}", first.page, first.start, first.end)
    elif not view.is_picture:
        yield Reason("text", NONE, "has none of the event's keywords")
    if (hit := next(view.hits(event.title), None)) is not None:
        yield Reason("text", 1.0, f"the event's title: {event.event.title}", hit.page, hit.start, hit.end)
