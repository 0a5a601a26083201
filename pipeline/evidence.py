"""A document as the rules of the trade see it: what was read, with people's corrections applied."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.document import Document
from extractors.facts.fact import Day, Fact, Money
from extractors.facts.finding import Finding

State = str  # open | ok | partial | failed


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


@dataclass(frozen=True)
class Evidence:
    """A document with its text and facts. `facts` are as read; what a person corrected is in `summary`."""

    summary: Summary
    document: Document
    facts: tuple[Fact, ...] = ()
    kind_why: tuple[str, ...] = field(default=())
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        return self.summary.id

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

    def page_of(self, fact: Fact) -> int:
        """The page on which a fact stands."""
        return self.document.page_at(fact.start).number
