"""What the document says it is about: the event's keywords in its title."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

WEIGHT = 0.8


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """At most one reason, for the keyword that tells most, placed where it stands first: titles stand at the top."""
    title = view.title_terms
    if not title:
        return
    named = [pair for pair in zip(event.telling, event.keywords, strict=True) if pair[1].is_in(title)]
    if named:
        told, phrase = max(named, key=lambda pair: pair[0])
        where = next(((hit.page, hit.start, hit.end) for hit in view.places(phrase)), (None, None, None))
        yield Reason("text", WEIGHT * told, f"its title says {phrase.text}", *where)
