"""Finding phrases and sentences in evidence. Words are the search index's: folded, simplified, Han by character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from extractors.document import Document, Page, is_han, lines_of
from extractors.word_lists import word_list
from index.words import fold, positions
from pipeline.linking.view import DocumentView, Hit, Phrase

_BULLET = re.compile(
    r"\s*(?:[-•*·–—▪●○]|\(?[0-9a-zA-Z]{1,3}[.)、]|[0-9]+(?:\.[0-9]+)+\s|[(（]?[一二三四五六七八九十]+[)）、])"
)
_END = re.compile(r"[。！？；!?;]|\.(?=\s|$)")
_LAST_WORDS = re.compile(r"(?:([^\W\d_]+)\s+)?([^\W\d_]+)$")
_LONGEST_BULLET = 40
LONGEST = 300
"""So many characters before and after the place that is asked for are shown of a sentence at most."""


class Phrases:
    """Phrases to look for, each found wherever its words stand in a row."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = [phrase for text in phrases if (phrase := Phrase(text))]

    def hits(self, view: DocumentView) -> Iterator[Hit]:
        """Every place of every phrase, in order of the phrases."""
        held = (phrase for phrase in self._phrases if view.may_hold(phrase.longest))
        return (hit for phrase in held for hit in view.hits(phrase))

    def are_in(self, view: DocumentView) -> bool:
        """Whether one of them stands in the document."""
        return any(view.may_hold(phrase.longest) and view.holds(phrase) for phrase in self._phrases)

    def are_in_text(self, text: str) -> bool:
        """Whether one of them stands in a line of text, such as a title."""
        places = positions(text)
        return any(phrase.is_in(places) for phrase in self._phrases)


@cache
def vocabulary(path: Path) -> dict[str, Any]:
    """A YAML file of words, read once."""
    loaded: dict[str, Any] = word_list(path)
    return loaded


def every_word(by_language: dict[str, list[str]]) -> list[str]:
    """The words of all languages: `{en: [...], zh: [...]}`."""
    return [str(word) for words in by_language.values() for word in words]


def shown(text: str) -> str:
    """A slice of a document on one line: line breaks become spaces, or nothing between Han characters."""
    line = ""
    for part in text.split():
        joined = not line or (is_han(line[-1]) and is_han(part[0]))
        line += part if joined else f" {part}"
    return line


def sentence(document: Document, start: int, end: int) -> tuple[int, int]:
    """The slice of the sentence that holds `start:end`; that slice itself where it is not on a page (metadata)."""
    page = document.page_at(start)
    found = next(((a, b) for a, b in _on_page(document.text, page) if a <= start < b), None)
    if found is None:
        return start, end
    return max(found[0], start - LONGEST), min(max(found[1], end), end + LONGEST)


def sentences(document: Document) -> Iterator[tuple[int, int]]:
    """All sentences of a document, in order, as slices. None goes over a page's, a paragraph's or an item's end."""
    return (found for page in document.pages for found in _on_page(document.text, page))


def _on_page(text: str, page: Page) -> Iterator[tuple[int, int]]:
    for first, last in _paragraphs(text, page):
        at = first
        for stop in (*_stops(text, first, last), last):
            start, end = _trimmed(text, at, stop)
            if start < end:
                yield start, end
            at = stop


def _paragraphs(text: str, page: Page) -> Iterator[tuple[int, int]]:
    rows = {cell.start for cell in page.cells}
    start, before = page.start, (page.start, page.start)
    for line in lines_of(text, page.start, page.end):
        here = text[slice(*line)].strip()
        if before[0] < before[1] and (line[0] in rows or _begins(text[slice(*before)].strip(), here)):
            yield start, before[1]
            start = line[0]
        before = line
    yield start, page.end


def _begins(before: str, here: str) -> bool:
    """Whether a line begins a paragraph: after an empty or a much shorter line, or with a bullet or number."""
    if not before or not here:
        return True
    if sum(map(before.count, "(（")) > sum(map(before.count, ")）")):
        return False  # in the middle of a bracket
    if _BULLET.match(here):
        return True
    return before.endswith((":", "：")) or 2 * len(before) < len(here)


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    for match in _END.finditer(text, start, end):
        if match.group() != "." or not _abbreviates(text, start, match.start()):
            yield match.end()


def _abbreviates(text: str, start: int, dot: int) -> bool:
    """Whether a full stop ends an abbreviation ("No."), an initial ("by R. Okafor", not "Area B. We") or a bullet."""
    near = dot - start <= _LONGEST_BULLET
    if near and text[start:dot].strip(" \n(（").isalnum() and _BULLET.match(text[start : dot + 1].lstrip()):
        return True
    found = _LAST_WORDS.search(text[max(start, dot - 24) : dot])
    if found is None:
        return False
    before, word = found[1] or "", found[2]
    if len(word) == 1:
        return not before[:1].isupper() or fold(before) in _abbreviations()
    return fold(word) in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(vocabulary(Path(__file__).with_suffix(".yaml"))["abbreviations"])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
