"""Finds many phrases in one pass: those with spaces word by word, Chinese ones by plain string search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from extractors.facts.plain import has_han

T = TypeVar("T")
_WORD = re.compile(r"[a-z0-9\u00df-\u024f\u0400-\u04ff]+")
_GAP = frozenset(" .-'/&_’")


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase at `start:end` of the text that was searched, and what it stands for."""

    start: int
    end: int
    phrase: str
    what: T


class Phrases(Generic[T]):
    """A set of phrases, each with what it stands for; hyphens, full stops and line breaks do not matter.

    A Latin phrase matches whole words ("sub total" finds "Sub-Total"); one written without spaces (Chinese,
    Japanese, Korean) matches anywhere.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._latin: dict[str, list[tuple[tuple[str, ...], str, T]]] = {}
        self._unspaced: dict[str, list[tuple[str, T]]] = {}
        for phrase, what in entries:
            self._add(phrase.lower(), what)
        for choices in self._latin.values():
            choices.sort(key=lambda c: -len(c[0]))
        for others in self._unspaced.values():
            others.sort(key=lambda c: -len(c[0]))
        self._first = re.compile("[" + re.escape("".join(self._unspaced)) + "]") if self._unspaced else None

    def _add(self, phrase: str, what: T) -> None:
        words = tuple(_WORD.findall(phrase))
        if has_han(phrase) or not words:
            self._unspaced.setdefault(phrase[0], []).append((phrase, what))
        else:
            self._latin.setdefault(words[0], []).append((words, phrase, what))

    def find(self, text: str) -> list[Hit[T]]:
        """All phrases in `text` (small letters, plain form), the longest at each place, in order of place."""
        words = list(_WORD.finditer(text))
        hits: list[Hit[T]] = []
        for at, word in enumerate(words):
            choices = self._latin.get(word.group())
            if choices:
                hits += self._longest(text, words, at, choices)
        if not text.isascii() and self._first:
            hits += (hit for m in self._first.finditer(text) if (hit := self._unspaced_at(text, m.start())))
            hits.sort(key=lambda h: (h.start, -h.end))
        return _without_inner(hits)

    def at_start(self, text: str) -> Hit[T] | None:
        """The longest phrase with which `text` begins."""
        if text[:1] in self._unspaced and (hit := self._unspaced_at(text, 0)):
            return hit
        first = _WORD.match(text)
        choices = self._latin.get(first.group()) if first else None
        if not choices:
            return None
        hits = self._longest(text, list(_WORD.finditer(text[:80])), 0, choices)
        return hits[0] if hits else None

    def _unspaced_at(self, text: str, at: int) -> Hit[T] | None:
        for phrase, what in self._unspaced[text[at]]:
            if text.startswith(phrase, at):
                return Hit(at, at + len(phrase), phrase, what)
        return None

    @staticmethod
    def _longest(
        text: str, words: list[re.Match[str]], at: int, choices: list[tuple[tuple[str, ...], str, T]]
    ) -> list[Hit[T]]:
        for parts, phrase, what in choices:
            found = words[at : at + len(parts)]
            if len(found) == len(parts) and all(w.group() == p for w, p in zip(found, parts, strict=True)):
                gaps = pairwise(found)
                if all(_joins(text[a.end() : b.start()]) for a, b in gaps):
                    return [Hit(found[0].start(), found[-1].end(), phrase, what)]
        return []


def _joins(gap: str) -> bool:
    return len(gap) <= 3 and (gap == "\n" or _GAP.issuperset(gap))


def _without_inner(hits: list[Hit[T]]) -> list[Hit[T]]:
    kept: list[Hit[T]] = []
    for hit in hits:
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept
