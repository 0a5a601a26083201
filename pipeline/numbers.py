"""Numbers that documents bear and cite: which letter is which, and which of them the matter does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from extractors.facts.fact import Fact
from extractors.word_lists import word_list
from index.words import compact, fold
from pipeline.evidence import Evidence, Summary

NUMBERED = ("letter", "invoice", "report")
"""Roles of references that name a document."""
BEARS = {"correspondence": "letter", "invoice": "invoice", "inspection_report": "report"}
"""Which of them a document of a kind bears itself."""
SHORTEST = 4
"""Letters and digits of a number that is told from others; "No. 5" is not."""
TOP = 300
"""Characters at the top in which a number with a label is that of a document whose kind has none of its own."""
BEFORE = 24
"""How many characters before a number are looked at for "your"."""


def own_numbers(summary: Summary, facts: Sequence[Fact], text: str = "") -> frozenset[str]:
    """The numbers (compact) that a document bears: those in its file's name, else the first one that is its sender's.

    `text` is the document's; without it only the words that decided a fact's role tell "your ref" from "our ref".
    """
    numbers = list(_numbers(facts))
    name = compact(summary.name)
    named = {number for _, number in numbers if number in name}
    if named:
        return frozenset(named)
    mine = [(fact, n) for fact, n in numbers if not _is_yours(fact, text)]
    stated = [n for fact, n in mine if fact.role == BEARS.get(summary.kind)]
    headed = [n for fact, n in mine if fact.start < TOP and compact(fact.why) not in ("", n)]
    return frozenset((stated or headed)[:1])


def numbers_of(evidence: Evidence) -> frozenset[str]:
    """The numbers that a document bears."""
    return own_numbers(evidence.summary, evidence.facts, evidence.document.text)


def cited(evidence: Evidence) -> list[tuple[Fact, str]]:
    """The numbered documents that a document cites, each once: the fact and the number as it is written."""
    own = numbers_of(evidence)
    found: dict[str, tuple[Fact, str]] = {}
    for fact, number in _numbers(evidence.facts):
        if number not in own:
            found.setdefault(number, (fact, str(fact.value)))
    return list(found.values())


def is_within_number(evidence: Evidence, fact: Fact) -> bool:
    """Whether a fact stands inside a number: the "2023-02" of HZJL-2023-02 is no month."""
    return any(number.start <= fact.start < number.end for number in evidence.of("reference"))


def _numbers(facts: Sequence[Fact]) -> Iterator[tuple[Fact, str]]:
    for fact in sorted(facts, key=lambda f: f.start):
        if fact.kind == "reference" and fact.role in NUMBERED and isinstance(fact.value, str):
            number = compact(fact.value)
            if len(number) >= SHORTEST and any(char.isdigit() for char in number):
                yield fact, number


def _is_yours(fact: Fact, text: str) -> bool:
    before = text[max(0, fact.start - BEFORE) : fact.start].rpartition("\n")[2]
    said = fold(f"{fact.why} {before}")
    return any(word in said for word in _yours())


@cache
def _yours() -> tuple[str, ...]:
    loaded = word_list(Path(__file__).with_suffix(".yaml"))
    return tuple(fold(word) for words in loaded["yours"].values() for word in words)
