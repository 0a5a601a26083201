"""Numbers that documents bear and cite: which letter is which, and which of them the matter does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.facts.fact import Fact
from extractors.facts.reference_citations import is_words
from pipeline.correspondence.mention import NUMBERED, Mention, bare_numbers, own
from pipeline.evidence import Evidence, Summary


def own_numbers(summary: Summary, facts: Sequence[Fact]) -> frozenset[str]:
    """The numbers (compact) that a document bears, as far as its facts tell without its text."""
    return own(bare_numbers(facts), summary.kind, summary.name, _is_mail(summary))


def numbers_of(evidence: Evidence) -> frozenset[str]:
    """The numbers that a document bears."""
    summary = evidence.summary
    return own(evidence.mentions, summary.kind, summary.name, _is_mail(summary))


def cited(evidence: Evidence) -> list[Mention]:
    """The numbered documents that a document cites, each once."""
    mine = numbers_of(evidence)
    found: dict[str, Mention] = {}
    for mention in evidence.mentions:
        if mention.role in NUMBERED and mention.number and mention.number not in mine:
            found.setdefault(mention.number, mention)
    return list(found.values())


def is_within_number(evidence: Evidence, fact: Fact) -> bool:
    """Whether a fact stands inside a number: the "2023-02" of HZJL-2023-02 is no month."""
    numbers = (found for found in evidence.of("reference") if not is_words(found))
    return any(number.start <= fact.start < number.end for number in numbers)


def _is_mail(summary: Summary) -> bool:
    return summary.media_type.startswith("message/")
