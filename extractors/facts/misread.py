"""A fact is no surer than the reading of the words it stands in."""

from __future__ import annotations

from dataclasses import replace

from extractors.document import Document, Word, words_within
from extractors.facts.fact import Fact

UNSURE = 0.5
"""OCR confidence of a word below which what it says is doubtful."""


def as_sure_as_read(document: Document, fact: Fact) -> Fact:
    """The fact, marked as doubtful where OCR was not sure of the words that hold its value.

    Of dates, amounts and references the figures count, of names every word, by length.
    """
    words = words_within(document.page_at(fact.start).words, fact.start, fact.end)
    read = [word for word in words if word.confidence is not None]
    sure = _mean(read) if fact.kind == "party" else _least_figure(document, read)
    if sure is None or sure >= UNSURE:
        return fact
    doubt = f"OCR is not sure of the words ({sure:.2f})"
    return replace(fact, confidence=min(fact.confidence, round(sure, 3)), doubts=(*fact.doubts, doubt))


def _mean(words: list[Word]) -> float | None:
    length = sum(word.end - word.start for word in words)
    return (
        sum((word.confidence or 0.0) * (word.end - word.start) for word in words) / length if length else None
    )


def _least_figure(document: Document, words: list[Word]) -> float | None:
    figures = [w.confidence or 0.0 for w in words if any(map(str.isdecimal, document.text[w.start : w.end]))]
    return min(figures, default=None)
