"""The words that tie a document to an event, line by line, to be marked on its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractors.document import Box, Document, Word, words_within
from pipeline.bundle import Highlight
from pipeline.links import Link


def highlights(document: Document, links: Iterable[Link]) -> Iterator[Highlight]:
    """The places of the links' reasons, each once for its event; reasons without a place in the text have none."""
    seen: set[tuple[str, int, int]] = set()
    for link in links:
        for reason in link.reasons:
            start, end = reason.start, reason.end
            if start is None or end is None or not start < end <= document.body_end:
                continue
            if (link.event, start, end) not in seen:
                seen.add((link.event, start, end))
                yield _highlight(document, link.event, start, end)


def _highlight(document: Document, event: str, start: int, end: int) -> Highlight:
    page = document.page_at(start)
    words = document.text[start : min(end, page.end)]
    nth = document.text[page.start : start].count(words)
    boxes = tuple(_lines(document.text, words_within(page.words, start, end)))
    return Highlight(event, page.number, words, boxes, nth)


def _lines(text: str, words: Iterable[Word]) -> Iterator[Box]:
    """A box for each line of the words."""
    lines: list[list[Box]] = []
    before: Word | None = None
    for word in words:
        if before is None or "\n" in text[before.end : word.start]:
            lines.append([])
        lines[-1].append(word.box)
        before = word
    yield from filter(None, map(Box.around, lines))
