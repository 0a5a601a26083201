"""Pages for text that has none: at form feeds, else about 3000 characters, cut where a paragraph ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.document import Cell, PageText
from extractors.errors import TooLarge
from extractors.limits import Limits

WIDTH, HEIGHT = 595.0, 842.0
"""A4 in points: the size that a page without layout is given."""
PAGE_CHARS = 3000
MOST_CELLS = 250_000
"""Cells of one file that are kept as slices; beyond, the text alone must do."""
WHOLE = 2 * PAGE_CHARS
"""Text up to this many characters stays one page."""


def paged(text: str, name: str, limits: Limits, cells: Sequence[Cell] = ()) -> tuple[PageText, ...]:
    """The pages of `text`; every character but form feeds is on one. Cells (slices of `text`) go along.

    Raises TooLarge when the text or the number of its pages is beyond the limits; `name` is for that message.
    """
    if len(text) > limits.text_chars:
        raise TooLarge(
            f"{name}: {len(text)} characters of text, more than the limit text_chars ({limits.text_chars})"
        )
    size = max(PAGE_CHARS, 2 * len(text) // max(1, limits.pages))
    spans = list(_spans(text, size))
    if len(spans) > limits.pages:
        raise TooLarge(f"{name}: {len(spans)} pages, more than the limit pages ({limits.pages})")
    grouped = _cells_by_span(cells[:MOST_CELLS], spans)
    return tuple(
        PageText(text[start:end], WIDTH, HEIGHT, cells=tuple(grouped[i]))
        for i, (start, end) in enumerate(spans)
    )


def _spans(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Blank pages at the very end are dropped: printing programs end a file with a form feed."""
    start, stop = 0, len(text)
    while (last := text.rfind("\f", 0, stop)) >= 0 and not text[last:stop].strip():
        stop = last
    while (feed := text.find("\f", start, stop)) >= 0:
        yield from _section(text, start, feed, size)
        start = feed + 1
    yield from _section(text, start, stop, size)


def _section(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    if end - start <= WHOLE:
        yield start, end
        return
    while end - start > size * 3 // 2:
        cut = _cut(text, start + size * 3 // 5, start + size * 6 // 5)
        yield start, cut
        start = cut
    yield start, end


def _cut(text: str, low: int, high: int) -> int:
    """The best place to break between `low` and `high`: the end of a paragraph, line, sentence or word."""
    for mark in ("\n\n", "\n", "。", ". ", " "):
        found = text.rfind(mark, low, high)
        if found >= 0:
            return found + len(mark)
    return high


def _cells_by_span(cells: Sequence[Cell], spans: Sequence[tuple[int, int]]) -> list[list[Cell]]:
    """The cells of each page, counted from its start; one that runs over a page's end is cut there."""
    grouped: list[list[Cell]] = [[] for _ in spans]
    index = 0
    for cell in cells:
        while index + 1 < len(spans) and cell.start >= spans[index + 1][0]:
            index += 1
        start, end = spans[index]
        if cell.start < end:
            own = Cell(cell.table, cell.row, cell.column, cell.start - start, min(cell.end, end) - start)
            grouped[index].append(own)
    return grouped
