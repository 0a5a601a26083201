"""A document as the rules of the trade see it: what was read, with people's corrections applied."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from extractors.document import Document
from extractors.facts.fact import Day, Fact, Money
from extractors.facts.finding import Finding
from extractors.facts.party_known import RULE
from pipeline.correspondence.mention import Mention, mentions

State = str
"""How the reading of a document ended: `ok`, `partial` or `failed`; `open` until it has ended."""
READ = ("ok", "partial")
"""States of the documents of which there is something to go by."""
SETTLED = (*READ, "failed")
"""States of the documents whose reading has ended."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when a file with these bytes came in. `path` is relative to the folder that was taken in."""

    path: str
    received: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person said a document's kind, date, title or a party is."""

    field: str
    role: str
    value: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A document without its text."""

    id: str
    sha256: str
    size: int
    name: str
    depth: int
    state: State
    reason: dict[str, str] | None
    media_type: str
    page_count: int
    kind: str
    kind_confidence: float
    language: str
    title: str | None
    date: datetime.date | None
    parent: str | None = None
    children: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    corrections: tuple[Correction, ...] = ()
    marks: tuple[str, ...] = ()
    given_claims: tuple[str, ...] = ()
    """The claims to which a person tied it at intake."""


FindingName = tuple[str, str]
"""The code of a finding and its parts, which stay the same wherever the document says it."""


def name_of(found: Finding) -> FindingName:
    """By what people answer a finding: a later reading that finds other sums finds another contradiction."""
    return found.code, "; ".join(f"{name} {value}" for name, value in found.parts)


@dataclass(frozen=True)
class Evidence:
    """A document with its text and facts. `facts` hold what people said of single values and of sums; other
    corrections are in `summary`."""

    summary: Summary
    document: Document
    facts: tuple[Fact, ...] = ()
    kind_why: tuple[str, ...] = field(default=())
    findings: tuple[Finding, ...] = ()
    answered: frozenset[FindingName] = frozenset()
    """The findings that people looked at: accepted as they are, or with a value that they put right."""

    @property
    def id(self) -> str:
        return self.summary.id

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """The findings that nobody has looked at yet."""
        return tuple(found for found in self.findings if name_of(found) not in self.answered)

    def of(self, kind: str) -> Iterable[Fact]:
        """Its facts of one kind."""
        return (fact for fact in self.facts if fact.kind == kind)

    def days(self) -> Iterable[tuple[Fact, Day]]:
        """Its dates with their values."""
        return ((fact, fact.value) for fact in self.facts if isinstance(fact.value, Day))

    def sums(self) -> Iterable[tuple[Fact, Money]]:
        """Its amounts with their values."""
        return ((fact, fact.value) for fact in self.facts if isinstance(fact.value, Money))

    def names(self, kind: str) -> Iterable[tuple[Fact, str]]:
        """Its parties or references with their values."""
        return ((fact, fact.value) for fact in self.of(kind) if isinstance(fact.value, str))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All that it says of documents, as its facts have it now."""
        return tuple(mentions(self.facts, self.document))

    def page_of(self, fact: Fact) -> int:
        """The page on which a fact stands."""
        return self.document.page_at(fact.start).number


class Placed(Protocol):
    """A fact, as far as it matters which of two at one place stands."""

    @property
    def kind(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=Placed)


def standing(facts: Sequence[P]) -> list[P]:
    """The facts that stand, in order of place: a known name takes the place of what it was misread as, role by role."""
    known = [fact for fact in facts if fact.rule == RULE]
    if not known:
        return list(facts)
    found = [fact for fact in facts if fact.rule == RULE or not any(_replaces(k, fact) for k in known)]
    return sorted(found, key=lambda f: (f.start, f.end, f.kind, f.role))


def _replaces(known: Placed, fact: Placed) -> bool:
    same = fact.kind == "party" and fact.role == known.role
    return same and fact.start < known.end and known.start < fact.end
