"""What the file was called: the event's keywords in its name, or in that of the mail or archive that held it, else a
word of the event's title."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView, Phrase
from pipeline.links import Reason

KEYWORD, TITLE = 0.9, 0.4


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """At most one reason; names are people's words, though not the document's, so it has no place on a page."""
    for weight, phrases in ((KEYWORD, event.keywords), (TITLE, event.title_words)):
        if (said := _said(view, phrases)) is not None:
            yield Reason("text", weight, f"its name says {said}")
            return


def _said(view: DocumentView, phrases: list[Phrase]) -> str | None:
    return next((phrase.text for path in view.paths for phrase in phrases if phrase.is_in(path)), None)
