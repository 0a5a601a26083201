"""A claim with all of its evidence in one hand: what chronology, deadlines, ledger, gaps and report are made of.

It is read from the records once; the rules of the trade are functions over it and know no database.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from rapidfuzz.fuzz import ratio

from index.words import compact
from pipeline.claims import Claim, Event, Party, qualified
from pipeline.common_ground import CommonGround, Ground
from pipeline.correspondence.letter import Letter, Shelf
from pipeline.evidence import Evidence, Summary
from pipeline.linking.view import DocumentView
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, kinship, letters, many, matters
from pipeline.withheld import withheld

ALIKE = 85.0
"""Likeness (0 to 100) from which a name that is not in the book is taken for one that is."""
SHORTEST_NAME = 4
T = TypeVar("T")


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
    withheld: frozenset[str] = frozenset()
    """Documents of the matter that must not be shown to the other side, with their families."""

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """The documents of the case, and those of no claim."""
        return (*(found.summary for found in self.evidence.values()), *self.loose)

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
        return Letter(
            about.id,
            about.name,
            about.kind,
            about.media_type,
            about.date,
            about.title,
            parties,
            found.mentions,
        )

    def name_of(self, event: Event) -> str:
        """`CLM-001/E1`."""
        return qualified(self.claim.id, event.id)

    def links_of(self, event: Event) -> Sequence[Link]:
        """The standing links of an event, confirmed ones first, then by score."""
        return self._by_event.get(self.name_of(event), ())

    def link_between(self, document: str, event: Event) -> Link:
        """The standing link of a document to an event. Raises `KeyError` where there is none."""
        return self._by_both[document, self.name_of(event)]

    def best_link(self, document: str) -> Link | None:
        """The strongest link of a document, or None when it is only tied to the claim."""
        return self._best.get(document)

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
        return list(self._in_order)

    def without_privileged(self) -> CaseFile:
        """The same case without the documents that must not be shown to the other side, nor their families."""
        hidden = self.withheld | withheld(self.summaries).keys()
        shown = {key: found for key, found in self.evidence.items() if key not in hidden}
        return replace(
            self,
            evidence=shown,
            links=tuple(link for link in self.links if link.document in shown),
            loose=tuple(summary for summary in self.loose if summary.id not in hidden),
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
        if name not in self._parties:
            self._parties[name] = self._party(name)
        return self._parties[name]

    def _party(self, name: str) -> Party | None:
        wanted = {compact(name), compact(self.book.name_of(name))} - {""}
        same = (p for p in self.claim.parties if wanted & {compact(known) for known in p.names})
        if (party := next(same, None)) is not None:
            return party
        alike = [(_likeness(p, compact(name)), p) for p in self.claim.parties]
        best, party = max(alike, key=lambda item: item[0], default=(0.0, None))
        return party if best >= ALIKE else None

    def once(self, what: Hashable, made: Callable[[], T]) -> T:
        """What a rule finds in the case, worked out when it is first asked for: rules share what they rest on."""
        if what not in self._found:
            self._found[what] = made()
        return cast(T, self._found[what])

    @cached_property
    def _found(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _views(self) -> dict[str, DocumentView]:
        return {}

    @cached_property
    def _parties(self) -> dict[str, Party | None]:
        return {}

    @cached_property
    def _by_event(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for link in sorted(self.links, key=by_worth):
            found[link.event].append(link)
        return found

    @cached_property
    def _by_both(self) -> dict[tuple[str, str], Link]:
        return {(link.document, event): link for event, links in self._by_event.items() for link in links}

    @cached_property
    def _best(self) -> dict[str, Link]:
        found: dict[str, Link] = {}
        for link in sorted(self.links, key=by_worth):
            found.setdefault(link.document, link)
        return found

    @cached_property
    def _in_order(self) -> tuple[Evidence, ...]:
        every = self.evidence.values()
        return tuple(sorted(every, key=lambda e: (day_key(e.summary.date), e.summary.name, e.id)))


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


def load_case(matter: Matter, claim_id: str, common: CommonGround | None = None) -> CaseFile:
    """The claim's case as the records have it. `common`: what it shares with the matter's other claims, kept by whoever
    loads several. Raises `NotFound`."""
    with matter.reading() as tx:
        claim = matters.claim(tx, claim_id)
        ground = common.read(tx) if common else Ground.read(tx)
        own = [link for link in matters.link_list(tx, claim.id) if _has_event(claim, link)]
        standing = frozenset(link.document for link in own if link.status != "rejected")
        evidence = many.evidence_of(tx, ground.within(claim, standing))
        return CaseFile(
            claim=claim,
            links=tuple(link for link in own if link.status != "rejected" and link.document in evidence),
            evidence=evidence,
            loose=ground.loose(),
            book=ground.book,
            rejected=tuple(link for link in own if link.status == "rejected"),
            known=ground.called(tx, evidence),
            matter=Shelf(letters.cited_by(tx, sorted(evidence), ground.plain_book)),
            checklists=matter.workspace.checklists,
            copies=kinship.copies(tx, evidence),
            withheld=ground.withheld,
        )


def loose_evidence(matter: Matter, case: CaseFile) -> Iterator[Evidence]:
    """The documents of no claim with their text, one at a time."""
    for summary in case.loose:
        with matter.reading() as tx:
            yield documents.evidence(tx, summary)


def _has_event(claim: Claim, link: Link) -> bool:
    return claim.event(link.event.partition("/")[2]) is not None
