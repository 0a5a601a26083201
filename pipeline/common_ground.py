"""What the cases of all claims rest on alike, read from the records once for many as long as nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from index.words import compact
from pipeline.claims import Claim
from pipeline.correspondence.mention import NAMES
from pipeline.evidence import SETTLED, Summary
from pipeline.numbers import own_numbers
from pipeline.parties import Book
from pipeline.records import audit_log, documents, letters, many, matters
from pipeline.withheld import withheld


@dataclass(frozen=True)
class Ground:
    """A matter's documents that were read or failed, oldest first, those with a standing link to any claim, the book of
    parties, and the book without what the documents bind together, as correspondence is told by it."""

    summaries: tuple[Summary, ...]
    linked: frozenset[str]
    book: Book
    plain_book: Book
    _called: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, tx: sa.Connection) -> Ground:
        """As the records have it."""
        return cls(
            tuple(found for found in documents.summaries(tx) if found.state in SETTLED),
            matters.linked(tx),
            Book.read(tx),
            letters.book(tx),
        )

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The documents that must not be shown to the other side."""
        return frozenset(withheld(self.summaries))

    def within(self, claim: Claim, standing: frozenset[str]) -> list[Summary]:
        """The documents of a claim: those with one of its standing links, and those tied to it at intake."""
        return [one for one in self.summaries if one.id in standing or claim.id in one.given_claims]

    def loose(self) -> tuple[Summary, ...]:
        """The documents of no claim."""
        return tuple(found for found in self.summaries if self._is_loose(found))

    def called(self, tx: sa.Connection, but: Iterable[str]) -> frozenset[str]:
        """The numbers (compact) that all documents but these bear, and the names of their files, which often hold
        them."""
        others = set(but)
        wanted = [found for found in self.summaries if found.id not in others]
        self._call(tx, [found for found in wanted if found.id not in self._called])
        return frozenset().union(*(self._called[found.id] for found in wanted))

    def _call(self, tx: sa.Connection, summaries: Sequence[Summary]) -> None:
        known = many.facts_of(tx, [found.id for found in summaries], ("reference",), NAMES)
        for found in summaries:
            self._called[found.id] = own_numbers(found, known.get(found.id, ())) | {compact(found.name)}

    def _is_loose(self, summary: Summary) -> bool:
        container = bool(summary.children) and not summary.page_count
        return summary.id not in self.linked and not summary.given_claims and not container


class CommonGround:
    """The ground of one matter, read again when the records have changed; for one thread."""

    def __init__(self, besides: str = "") -> None:
        """All that claims rest on is noted in the audit; entries under the subject `besides` change nothing of it."""
        self._besides = besides
        self._seq = -1
        self._ground: Ground | None = None

    def read(self, tx: sa.Connection) -> Ground:
        """The ground as this transaction sees it."""
        seq = audit_log.newest(tx, self._besides)
        if self._ground is None or seq != self._seq:
            self._ground, self._seq = Ground.read(tx), seq
        return self._ground
