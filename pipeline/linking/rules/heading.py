"""What the document says it is about: the event's keywords in its title."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

WEIGHT = 0.8


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """At most one reason, for the keyword that tells most."""
    start, end = view.head
    if start == end:
        return
    found = [
        (told, phrase.text, hit)
        for phrase, told in zip(event.keywords, event.telling, strict=True)
        for hit in view.places(phrase)
        if start <= hit.start < end
    ]
    if found:
        told, text, hit = max(found, key=lambda one: one[0])
        yield Reason("text", WEIGHT * told, f"its title says {text}", hit.page, hit.start, hit.end)
