"""The stretch of a page that shows why it matches, as HTML: `<mark>` around matches, all else escaped."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from index import words
from index.evaluate import wild_pattern
from index.spotting import spotted
from index.tree import And, Near, Node, Or, Part, Phrase

LENGTH = 200
"""Characters of the page's text that a snippet shows, about."""
ELLIPSIS = "…"
_SPACE = re.compile(r"\s+")
_HAN_BREAK = re.compile(rf"(?<=[{words.HAN}，。；：、])\s*\n\s*(?=[{words.HAN}])")
_SLACK = 24
"""How far an end may move to fall between two words."""


@dataclass(frozen=True, slots=True)
class Span:
    """A slice of the text that matches phrase number `source` of the query."""

    start: int
    end: int
    source: int


def wanted(node: Node) -> tuple[Phrase, ...]:
    """The phrases of a query that a page's text is marked for: not those that it must not hold."""
    match node:
        case And(children) | Or(children):
            found = [phrase for child in children for phrase in wanted(child)]
        case Phrase(field="text"):
            found = [node]
        case Near(field="text", phrases=phrases):
            found = list(phrases)
        case _:
            found = []
    return tuple(dict.fromkeys(found))


def snippet(text: str, phrases: tuple[Phrase, ...], length: int = LENGTH) -> str:
    """The best stretch of `text` for these phrases; its beginning when none of them occurs."""
    spans = matching(text, phrases)
    start, end = _window(text, spans, length)
    return _marked(text, [(max(s.start, start), min(s.end, end)) for s in spans], start, end)


def matching(text: str, phrases: tuple[Phrase, ...]) -> list[Span]:
    """Every match of the phrases in the text, in order."""
    if not phrases:
        return []
    quickly = spotted(text, phrases)
    if quickly is not None:
        return [Span(start, end, source) for start, end, source in quickly]
    return by_tokens(text, phrases)


def by_tokens(text: str, phrases: tuple[Phrase, ...]) -> list[Span]:
    """Every match, found among the words of the text."""
    parts = [part for phrase in phrases for part in phrase.parts]
    asked = {part.term for part in parts} if all(part.how == "exact" for part in parts) else None
    places: dict[str, dict[int, tuple[int, int]]] = {}
    for term, position, start, end in words.tokens(text):
        if asked is None or term in asked:
            places.setdefault(term, {})[position] = (start, end)
    spans = [span for source, phrase in enumerate(phrases) for span in _spans(phrase, places, source)]
    return sorted(spans, key=lambda span: (span.start, span.end))


def _spans(phrase: Phrase, places: dict[str, dict[int, tuple[int, int]]], source: int) -> Iterator[Span]:
    parts = [_places_of(part, places) for part in phrase.parts]
    first, offset = parts[0], phrase.parts[0].offset
    for position in first:
        slices = [
            found.get(position - offset + part.offset)
            for part, found in zip(phrase.parts, parts, strict=True)
        ]
        whole = [one for one in slices if one is not None]
        if len(whole) == len(slices):
            yield Span(min(start for start, _ in whole), max(end for _, end in whole), source)


def _places_of(part: Part, places: dict[str, dict[int, tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    if part.how == "exact":
        return places.get(part.term, {})
    if part.how == "wild":
        fits = wild_pattern(part.term).fullmatch
        terms = [term for term in places if fits(term)]
    else:
        terms = [
            term
            for term in places
            if not words.is_han(term) and OSA.distance(part.term, term, score_cutoff=part.edits) <= part.edits
        ]
    return {position: where for term in terms for position, where in places[term].items()}


def _window(text: str, spans: list[Span], length: int) -> tuple[int, int]:
    """The slice that holds matches of the most phrases, then the most matches; the earliest of equal ones."""
    if len(text) <= length:
        return 0, len(text)
    if not spans:
        return _between_words(text, 0, length)
    best = max(range(len(spans)), key=lambda index: (*_worth(_inside(spans, index, length)), -index))
    first = spans[best].start
    last = max((span.end for span in _inside(spans, best, length)), default=first)
    start = max(0, min(first - (length - (last - first)) // 2, len(text) - length))
    return _between_words(text, start, start + length)


def _inside(spans: list[Span], index: int, length: int) -> list[Span]:
    """The matches from number `index` on that end within `length` characters."""
    reach = spans[index].start + length
    stop = bisect_left(spans, reach, key=lambda span: span.start)
    return [span for span in spans[index:stop] if span.end <= reach]


def _worth(inside: list[Span]) -> tuple[int, int]:
    return len({span.source for span in inside}), len(inside)


def _between_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The slice with its ends moved so that no word is cut; a very long word is cut all the same."""
    start, end = max(0, start), min(len(text), end)
    for earlier in range(start, max(-1, start - _SLACK - 1), -1):
        if not _inside_word(text, earlier):
            start = earlier
            break
    for later in range(end, min(len(text), end + _SLACK) + 1):
        if not _inside_word(text, later):
            end = later
            break
    return start, end


def _inside_word(text: str, at: int) -> bool:
    if at <= 0 or at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and not (words.is_han(before) or words.is_han(after))


def _marked(text: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    out = [ELLIPSIS] if text[:start].strip() else []
    at = start
    for first, last in _merged([span for span in spans if span[0] < span[1]]):
        out += [_escaped(text[at:first]), "<mark>", _escaped(text[first:last]), "</mark>"]
        at = last
    out.append(_escaped(text[at:end]))
    if text[end:].strip():
        out.append(ELLIPSIS)
    return "".join(out).strip()


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _escaped(text: str) -> str:
    """As HTML; white space becomes single spaces, and nothing where a line breaks between Han characters."""
    return html.escape(_SPACE.sub(" ", _HAN_BREAK.sub("", text)), quote=True)
