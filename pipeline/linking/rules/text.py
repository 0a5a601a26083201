"""The words of the event: its keywords and its title, wherever they stand in the document."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

NONE = -0.8
MOST = 2.6
"""The weight of every keyword together; the first ones count most, and those most that no other event has."""
TITLE = 1.0


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason for the keywords found, placed where the first of them stands; one for the whole title."""
    found = [
        (p, told, hits)
        for p, told in zip(event.keywords, event.telling, strict=True)
        if (hits := view.places(p))
    ]
    if found:
        share = len(found) / len(event.keywords)
        weight = MOST * (1 - math.exp(-1.1 * sum(told for _, told, _ in found))) * (0.6 + 0.4 * share)
        first = min((hits[0] for _, _, hits in found), key=lambda hit: hit.start)
        words = ", ".join(phrase.text for phrase, _, _ in found)
        yield Reason("text", weight, f"keywords: {words}", first.page, first.start, first.end)
    elif not view.is_picture:
        yield Reason("text", NONE * view.fullness, "has none of the event's keywords")
    if hits := view.places(event.title):
        hit = hits[0]
        yield Reason("text", TITLE, f"the event's title: {event.event.title}", hit.page, hit.start, hit.end)
