"""What the file was called: the event's keywords in its name, or in that of the mail or archive that held it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

WEIGHT = 0.9


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """At most one reason; names are people's words, though not the document's, so it has no place on a page."""
    for path in view.paths:
        for phrase in event.keywords:
            if phrase.is_in(path):
                yield Reason("text", WEIGHT, f"its name says {phrase.text}")
                return
