"""Phrases found in a text by one expression each, some thirty times as fast as by cutting it into words.

That is enough to mark matches on a page that is known to match. An expression finds no number by its groups, no
word that a line break cuts, and no fuzzy one: `spotted` says so, and the text must be cut after all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise
from typing import TypeAlias

from rapidfuzz.distance import OSA

from index import words
from index.evaluate import wild_pattern
from index.spacing import fold_in_place
from index.tree import Part, Phrase

_LETTER = rf"[^\W_{words.HAN}]"
_POSSESSIVE = rf"(?:['’]s(?!{_LETTER}))?"
_BETWEEN = r"[\W_]*"
_ONE_BETWEEN = (
    rf"(?:\s*[{words.HAN}]\s*|\s*(?:[^\w\s]|_){_BETWEEN}|{_BETWEEN}{_LETTER}+{_POSSESSIVE}{_BETWEEN})"
)
"""Between two Han characters of which one more may be in the middle: it, a word, or what ends a run of them."""
_FAR = 40
"""Letters that a `*` may stand for here: without a limit an endless word would take for ever."""


_WORDS = re.compile(rf"{_LETTER}+")
_PLAIN = re.compile("[0-9a-z]+")


_Finder: TypeAlias = Callable[[str], list[tuple[int, int]]]


def spotted(text: str, phrases: tuple[Phrase, ...]) -> list[tuple[int, int, int]] | None:
    """Start, end and number of the phrase for every match, in order; None where only cutting the text can tell."""
    finders = [_finder(phrase) for phrase in phrases]
    folded = fold_in_place(text)
    if folded is None or None in finders:
        return None
    found = [(*span, source) for source, finder in enumerate(finders) if finder for span in finder(folded)]
    complete = len({source for *_, source in found}) == len(phrases)
    if not complete and (_is_loose(phrases) or words.shares_places(folded)):
        return None
    return sorted(found)


@lru_cache(maxsize=256)
def _finder(phrase: Phrase) -> _Finder | None:
    """What finds the phrase in a folded text; None where no expression does."""
    part = phrase.parts[0]
    if len(phrase.parts) == 1 and part.how != "exact" and set(part.term) - {"*", "?"}:
        return partial(_fitting, _judge(part))
    pattern = _pattern(phrase)
    if pattern is None:
        return None
    return partial(_overlapping if len(phrase.parts) > 1 else _spans, pattern)


def _spans(pattern: re.Pattern[str], folded: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(folded)]


def _overlapping(pattern: re.Pattern[str], folded: str) -> list[tuple[int, int]]:
    """Where a match begins within another ("a b a b a" holds "a b a" twice), it is one of its own."""
    found = []
    match = pattern.search(folded)
    while match:
        found.append(match.span())
        match = pattern.search(folded, match.start() + 1)
    return found


def _fitting(fits: Callable[[str], object], folded: str) -> list[tuple[int, int]]:
    """The words that fit. One after the other is quicker than an expression that tries at every letter."""
    found = [word for word in set((_PLAIN if folded.isascii() else _WORDS).findall(folded)) if fits(word)]
    return [span for word in found for span in _spans(_exactly(word), folded)]


@lru_cache(maxsize=1000)
def _exactly(word: str) -> re.Pattern[str]:
    return re.compile(_term(Part(word, 0)))


def _judge(part: Part) -> Callable[[str], object]:
    """Whether a word is one that the part, wild or fuzzy, stands for."""
    if part.how == "wild":
        head, *_, tail = re.split(r"[*?]", part.term)
        whole = wild_pattern(part.term).fullmatch
        return lambda word: word.startswith(head) and word.endswith(tail) and whole(word)
    least, most = len(part.term) - part.edits, len(part.term) + part.edits
    return lambda word: (
        least <= len(word) <= most and OSA.distance(part.term, word, score_cutoff=part.edits) <= part.edits
    )


def _pattern(phrase: Phrase) -> re.Pattern[str] | None:
    parts = phrase.parts
    if any(part.how == "fuzzy" or part.term.count("*") > 2 for part in parts):  # more would try too many ways
        return None
    pieces = [_term(parts[0])]
    for one, two in pairwise(parts):
        between = _separator(one, two)
        if between is None:
            return None
        pieces += [between, _term(two)]
    return re.compile("".join(pieces))


def _term(part: Part) -> str:
    if words.is_han(part.term):
        return re.escape(part.term)
    behind = f"(?!{_LETTER}){_POSSESSIVE}"
    if not {"*", "?"} & set(
        part.term
    ):  # begun with its letters, which are looked for faster than what is not before
        return f"{part.term}(?<!{_LETTER}{part.term}){behind}"
    letters = re.escape(part.term).replace(r"\*", f"{_LETTER}{{0,{_FAR}}}").replace(r"\?", _LETTER)
    return f"(?<!{_LETTER}){letters}{behind}"


def _separator(one: Part, two: Part) -> str | None:
    """What may stand between two parts of a phrase, by how far they are from each other; None for anything else."""
    behind_han, before_han = words.is_han(one.term), words.is_han(two.term)
    far = two.offset - one.offset
    if behind_han and before_han:
        return r"\s*" if far == 1 else _ONE_BETWEEN if far == 2 else None
    return _BETWEEN if far == (2 if behind_han else 1) else None


def _is_loose(phrases: tuple[Phrase, ...]) -> bool:
    """Whether an expression may miss what a wild or fuzzy part stands for: in a phrase, it does not try all ways."""
    return any(part.how != "exact" for phrase in phrases if len(phrase.parts) > 1 for part in phrase.parts)
