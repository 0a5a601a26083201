"""A claim with all of its evidence in one hand: what chronology, deadlines, ledger, gaps and report are made of.

It is read from the records once; the rules of the trade are functions over it and know no database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from rapidfuzz.fuzz import ratio

from index.words import compact
from pipeline.claims import Claim, Event, Party, qualified
from pipeline.correspondence.letter import Letter, Shelf
from pipeline.correspondence.mention import mentions
from pipeline.evidence import Evidence, Summary
from pipeline.linking.view import DocumentView
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.numbers import own_numbers
from pipeline.parties import Book
from pipeline.records import documents, kinship, letters, many, matters

SETTLED = ("ok", "partial", "failed")
WITHHOLDING = ("privileged", "without_prejudice")
"""Marks of documents that must not be shown to the other side."""
ALIKE = 85.0
"""Likeness (0 to 100) from which a name that is not in the book is taken for one that is."""
SHORTEST_NAME = 4


@dataclass(frozen=True)
class CaseFile:
    """A claim, its links and its evidence.

    `links` are those that stand (proposed or confirmed), best first; `rejected` those that a person refused.
    `evidence` holds the documents with a standing link to the claim's events, or tied to the claim at intake, by id.
    `loose` are the documents that belong to no claim. `known` are the numbers and the names of files
    (compact) of the matter's other documents.
    """

    claim: Claim
    links: tuple[Link, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    loose: tuple[Summary, ...] = ()
    book: Book = field(default_factory=lambda: Book({}))
    rejected: tuple[Link, ...] = ()
    known: frozenset[str] = frozenset()
    matter: Shelf | None = field(default=None, repr=False)
    """The documents of the case, and those of the matter that they may cite, as correspondence; None: those of the case
    are all there are."""
    checklists: Path | None = None
    """The folder with the workspace's own checklists."""
    copies: frozenset[tuple[str, str]] = frozenset()
    """Documents of the case that are near-duplicates of each other, both ways round."""

    @cached_property
    def shelf(self) -> Shelf:
        """Where the documents are found that the evidence cites."""
        return self.matter or Shelf(self._as_letter(found) for found in self.evidence.values())

    def letter(self, found: Evidence) -> Letter:
        """A document of the case as correspondence."""
        return self.shelf.letters.get(found.id) or self._as_letter(found)

    def _as_letter(self, found: Evidence) -> Letter:
        about, said = (
            found.summary,
            {c.role: c.value for c in found.summary.corrections if c.field == "party"},
        )
        read = [(f.role, name) for f, name in found.names("party") if f.role not in said]
        parties = tuple((role, self.book.name_of(name)) for role, name in (*read, *said.items()))
        mentioned = tuple(mentions(found.facts, found.document))
        return Letter(
            about.id, about.name, about.kind, about.media_type, about.date, about.title, parties, mentioned
        )

    def name_of(self, event: Event) -> str:
        """`CLM-001/E1`."""
        return qualified(self.claim.id, event.id)

    def links_of(self, event: Event) -> list[Link]:
        """The standing links of an event, confirmed ones first, then by score."""
        name = self.name_of(event)
        return sorted((link for link in self.links if link.event == name), key=by_worth)

    def best_link(self, document: str) -> Link | None:
        """The strongest link of a document, or None when it is only tied to the claim."""
        return min((link for link in self.links if link.document == document), key=by_worth, default=None)

    def evidence_of(self, event: Event) -> list[Evidence]:
        """The documents linked to an event, best first."""
        return [
            self.evidence[link.document] for link in self.links_of(event) if link.document in self.evidence
        ]

    def named(self, called: str | None) -> Evidence | None:
        """The document that a register or a person names: by its id, the beginning of it, or the name of its file."""
        if not called:
            return None
        same = [found for found in self.evidence.values() if called in (found.id, found.summary.name)]
        begun = [found for found in self.evidence.values() if len(called) > 3 and found.id.startswith(called)]
        found = same or begun
        return found[0] if len(found) == 1 else None

    def are_alike(self, one: str, other: str) -> bool:
        """Whether two documents are rescans, photocopies or photos of one another."""
        return (one, other) in self.copies

    def tied_only(self) -> list[Evidence]:
        """The documents that a person gave to the claim and that no event claims."""
        linked = {link.document for link in self.links}
        return [found for found in self.evidence.values() if found.id not in linked]

    def in_order(self) -> list[Evidence]:
        """The evidence by its own date, the undated last."""
        return sorted(self.evidence.values(), key=lambda e: (day_key(e.summary.date), e.summary.name, e.id))

    def without_privileged(self) -> CaseFile:
        """The same case without the documents that must not be shown to the other side."""
        shown = {key: found for key, found in self.evidence.items() if not _is_withheld(found.summary)}
        return replace(
            self,
            evidence=shown,
            links=tuple(link for link in self.links if link.document in shown),
            loose=tuple(summary for summary in self.loose if not _is_withheld(summary)),
        )

    def view(self, document: str) -> DocumentView:
        """A document as words are looked for in it; prepared once."""
        if document not in self._views:
            self._views[document] = DocumentView(self.evidence[document])
        return self._views[document]

    def senders(self, evidence: Evidence) -> tuple[Party, ...]:
        """The claim's parties from whom a document comes; a person's correction wins over what was read."""
        return self._parties_in(evidence, ("sender", "seller"))

    def recipients(self, evidence: Evidence) -> tuple[Party, ...]:
        """The claim's parties to whom a document goes."""
        return self._parties_in(evidence, ("recipient", "buyer"))

    def _parties_in(self, evidence: Evidence, roles: tuple[str, ...]) -> tuple[Party, ...]:
        names = [c.value for c in evidence.summary.corrections if c.field == "party" and c.role in roles]
        names = names or [name for fact, name in evidence.names("party") if fact.role in roles]
        found = (self.party(name) for name in names)
        return tuple(dict.fromkeys(party for party in found if party is not None))

    def party(self, name: str) -> Party | None:
        """The claim's party that a name means: by the book, or because the names are nearly the same."""
        wanted = {compact(name), compact(self.book.name_of(name))} - {""}
        same = (p for p in self.claim.parties if wanted & {compact(known) for known in p.names})
        if (party := next(same, None)) is not None:
            return party
        alike = [(_likeness(p, compact(name)), p) for p in self.claim.parties]
        best, party = max(alike, key=lambda item: item[0], default=(0.0, None))
        return party if best >= ALIKE else None

    @cached_property
    def _views(self) -> dict[str, DocumentView]:
        return {}


def _is_withheld(summary: Summary) -> bool:
    return any(mark in summary.marks for mark in WITHHOLDING)


def by_worth(link: Link) -> tuple[bool, float, str]:
    """Sorts links: a person's word first, then the score."""
    return link.status != "confirmed", -link.score, link.document


def day_key(day: datetime.date | None) -> tuple[bool, datetime.date]:
    """Sorts dates, the missing last."""
    return day is None, day or datetime.date.min


def _likeness(party: Party, name: str) -> float:
    """How much like one of a party's names a name (compact) is, 0 to 100; a letter that OCR dropped does no harm.

    "Aldersey Construction Ltd (Site Agent)" is Aldersey Construction Ltd; so is most of that name.
    """
    full = compact(party.name)
    if min(len(full), len(name)) < SHORTEST_NAME:
        return 0.0
    if full in name or (name in full and 2 * len(name) >= len(full)):
        return 100.0
    return max(ratio(compact(known), name) for known in party.names)


def load_case(matter: Matter, claim_id: str) -> CaseFile:
    """The claim's case as the records have it. Raises `NotFound`."""
    with matter.reading() as tx:
        claim = matters.claim(tx, claim_id)
        every_link = matters.link_list(tx)
        linked = {link.document for link in every_link if link.status != "rejected"}
        own = [link for link in every_link if link.claim == claim.id and _has_event(claim, link)]
        summaries = [found for found in documents.summaries(tx) if found.state in SETTLED]
        standing = {link.document for link in own if link.status != "rejected"}
        within = [found for found in summaries if found.id in standing or claim.id in found.given_claims]
        evidence = many.evidence_of(tx, within)
        return CaseFile(
            claim=claim,
            links=tuple(link for link in own if link.status != "rejected" and link.document in evidence),
            evidence=evidence,
            loose=tuple(found for found in summaries if _is_loose(found, linked)),
            book=Book.read(tx),
            rejected=tuple(link for link in own if link.status == "rejected"),
            known=_numbers(tx, [found for found in summaries if found.id not in evidence]),
            matter=Shelf(letters.cited_by(tx, sorted(evidence))),
            checklists=matter.workspace.checklists,
            copies=kinship.copies(tx, evidence),
        )


def loose_evidence(matter: Matter, case: CaseFile) -> Iterator[Evidence]:
    """The documents of no claim with their text, one at a time."""
    for summary in case.loose:
        with matter.reading() as tx:
            yield documents.evidence(tx, summary)


def _numbers(tx: sa.Connection, summaries: Sequence[Summary]) -> frozenset[str]:
    """The numbers that documents bear, and the names of their files, which often hold them."""
    known = many.facts_of(tx, [found.id for found in summaries], ("reference",))
    numbers = (own_numbers(found, known.get(found.id, ())) for found in summaries)
    return frozenset(compact(found.name) for found in summaries).union(*numbers)


def _has_event(claim: Claim, link: Link) -> bool:
    return claim.event(link.event.partition("/")[2]) is not None


def _is_loose(summary: Summary, linked: set[str]) -> bool:
    container = bool(summary.children) and not summary.page_count
    return summary.id not in linked and not summary.given_claims and not container
