"""Pages from what was recognised: OCR's words, and those that were typed on the page already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from PIL import Image

from extractors.document import Box, PageText, Word, text_of_lines
from extractors.ocr.engine import Line, PageReading, Recognised
from extractors.ocr.merit import confidence
from extractors.readers.draft import PendingPage

OVERLAP = 0.3
"""Share of an OCR word's area that a typed word must cover for the two to be the same word."""


def page_of(pending: PendingPage, reading: PageReading) -> PageText:
    """The page with what was recognised on it, and with its typed words, which are kept as they are."""
    found = reading.found if pending.area is None else reading.found.within(pending.area)
    typed = pending.typed
    if typed is not None and typed.words:
        found = Recognised(tuple(_untyped(found, typed)))
    text, words = text_of_lines(found.lines)
    heading = f"{pending.heading}\n" if pending.heading else ""
    page = PageText(
        heading + text,
        pending.width,
        pending.height,
        source="ocr",
        engine=reading.engine,
        confidence=confidence(found),
        words=tuple(_moved(words, len(heading))),
        notes=(pending.reason, *reading.reasons, *pending.notes),
    )
    whole = page if typed is None or not typed.text.strip() else _joined(page, typed)
    return with_marks(whole, pending.small)


def with_marks(page: PageText, small: Path | None) -> PageText:
    """The page with the seals, stamps and handwriting on it that were not read, and a note of them; `small` is its
    picture in colour, None where none are sought."""
    if small is None:
        return page
    # OpenCV takes long to load, and most documents need none of it
    from extractors.ocr.marks import marks, note

    with Image.open(small) as picture:
        found = marks(picture, page.width, page.words)
    said = note(found)
    return replace(page, marks=found, notes=(*page.notes, said)) if said else page


def _untyped(found: Recognised, typed: PageText) -> Iterator[Line]:
    boxes = [word.box for word in typed.words]
    for line in found.lines:
        kept = tuple(piece for piece in line if not any(_covers(box, piece[1]) for box in boxes))
        if kept or not line:
            yield kept


def _covers(typed: Box, found: Box) -> bool:
    common, area = typed.common(found), (found.x1 - found.x0) * (found.y1 - found.y0)
    return common > 0 and common >= OVERLAP * area


def _joined(page: PageText, typed: PageText) -> PageText:
    """The typed words stand before the others when they stand above them on the page, else behind."""
    typed_first = _middle(typed.words) <= _middle(page.words)
    first, second = (typed, page) if typed_first else (page, typed)
    gap = "" if not first.text or first.text.endswith("\n") else "\n"
    shift = len(first.text) + len(gap)
    before = 0 if typed_first else shift
    return PageText(
        first.text + gap + second.text,
        page.width,
        page.height,
        source="ocr",
        engine=page.engine,
        confidence=page.confidence,
        words=(*first.words, *_moved(second.words, shift)),
        cells=tuple(replace(c, start=c.start + before, end=c.end + before) for c in typed.cells),
        notes=page.notes,
    )


def _moved(words: Iterable[Word], shift: int) -> Iterator[Word]:
    return (Word(w.start + shift, w.end + shift, w.box, w.confidence) for w in words)


def _middle(words: tuple[Word, ...]) -> float:
    return sum(w.box.y0 + w.box.y1 for w in words) / (2 * len(words)) if words else 0.5
