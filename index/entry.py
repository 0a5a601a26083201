"""What goes into an index and what comes out of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Sort = Literal["score", "date", "-date", "name"]
"""The order of hits: best first, oldest first, newest first, by file name."""
SORTS: tuple[Sort, ...] = ("score", "date", "-date", "name")


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page as the index knows it. The document's own facts are repeated on each of its pages.

    `doc` is the document's id, `page` counts from 1. `date` is the document's own date. `amounts` and
    `references` are this page's; `parties`, `aliases`, `claims` and `events` ("CLM-001/E1") the document's.
    `aliases` are further names of the parties: searched like `parties`, but not counted in the facets.
    `paths` are the places where the file was seen; `state` is ok, partial or failed.
    """

    doc: str
    page: int
    text: str
    name: str
    kind: str = "other"
    title: str | None = None
    date: datetime.date | None = None
    amounts: tuple[Decimal, ...] = ()
    parties: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    language: str = ""
    paths: tuple[str, ...] = ()
    state: str = "ok"


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that matches. `snippet` is HTML: `<mark>` around matches, all else escaped.

    `score` is 0 where the query holds no words to rank by; it compares only within one answer.
    """

    doc: str
    page: int
    score: float
    kind: str
    date: datetime.date | None
    name: str
    title: str | None
    snippet: str
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """A hit in the form of the contract."""
        return {
            "doc": self.doc,
            "page": self.page,
            "score": round(self.score, 4),
            "kind": self.kind,
            "date": self.date.isoformat() if self.date else None,
            "name": self.name,
            "title": self.title,
            "snippet": self.snippet,
            "claims": list(self.claims),
            "events": list(self.events),
        }


@dataclass(frozen=True, slots=True)
class Facets:
    """How many matching documents (not pages) fall under each value; the most frequent come first.

    `year` ("2023") and `month` ("2023-03") are of the documents' own dates, the newest first. `estimated`: the numbers
    are near the true ones, because so many pages match that counting each document would take long.
    """

    kind: Mapping[str, int] = field(default_factory=dict)
    claim: Mapping[str, int] = field(default_factory=dict)
    year: Mapping[str, int] = field(default_factory=dict)
    party: Mapping[str, int] = field(default_factory=dict)
    month: Mapping[str, int] = field(default_factory=dict)
    estimated: bool = False

    def as_json(self) -> dict[str, dict[str, int]]:
        """The facets in the form of the contract."""
        return {
            "kind": dict(self.kind),
            "claim": dict(self.claim),
            "year": dict(self.year),
            "party": dict(self.party),
        }


@dataclass(frozen=True, slots=True)
class Results:
    """An answer: `total` counts all matching pages, `hits` is the asked-for part of them."""

    total: int
    took_ms: float
    hits: tuple[Hit, ...] = ()
    facets: Facets = field(default_factory=Facets)

    def as_json(self, query: str) -> dict[str, object]:
        """The answer to `query` in the form of the contract; `facets_estimated` is there where it is true."""
        answer: dict[str, object] = {
            "query": query,
            "total": self.total,
            "took_ms": round(self.took_ms, 1),
            "hits": [hit.as_json() for hit in self.hits],
            "facets": self.facets.as_json(),
        }
        return answer | {"facets_estimated": True} if self.facets.estimated else answer
