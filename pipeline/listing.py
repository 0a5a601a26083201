"""The list of documents, with the same filters as search; failed ones stand in it like all others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from index.words import compact
from pipeline.evidence import Summary
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, matters, parties


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty means all."""

    start: datetime.date | None = None
    end: datetime.date | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A document with the claims that it is evidence for."""

    summary: Summary
    claims: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of the contract."""
        found = self.summary
        return {
            "id": found.id,
            "sha256": found.sha256,
            "name": found.name,
            "kind": found.kind,
            "date": found.date.isoformat() if found.date else None,
            "pages": found.page_count,
            "language": found.language,
            "claims": list(self.claims),
            "state": found.state,
            "reason": f"{found.reason['code']}: {found.reason['message']}" if found.reason else None,
        }


SORTS: dict[str, Callable[[Row], Any]] = {
    "taken": lambda _row: 0,
    "date": lambda row: (row.summary.date is None, row.summary.date or datetime.date.max),
    "name": lambda row: row.summary.name.casefold(),
    "kind": lambda row: row.summary.kind,
}


def document_list(matter: Matter, wanted: Wanted, sort: str = "taken") -> list[Row]:
    """The documents that are wanted; `sort` is one of `SORTS`, with a minus sign for the reverse."""
    with matter.reading() as tx:
        events = _events(matters.link_list(tx))
        book = Book.read(tx)
        named = parties.names_by_document(tx) if wanted.parties else {}
        amounts = (
            documents.amounts_by_document(tx) if wanted.least is not None or wanted.most is not None else {}
        )
        found = documents.summaries(tx)
    rows = [
        Row(s, tuple(sorted({*(e.partition("/")[0] for e in events.get(s.id, ())), *s.given_claims})))
        for s in found
        if _plain_match(s, wanted)
        and _linked_match(s, wanted, events.get(s.id, set()))
        and _party_match(_names(s, named.get(s.id, ())), wanted.parties, book)
        and _amount_match(amounts.get(s.id, ()), wanted)
    ]
    return sorted(rows, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _events(links: Iterable[Link]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for link in links:
        if link.status != "rejected":
            found.setdefault(link.document, set()).add(link.event)
    return found


def _plain_match(found: Summary, wanted: Wanted) -> bool:
    if (wanted.start or wanted.end) and found.date is None:
        return False
    return (
        (wanted.start is None or (found.date is not None and found.date >= wanted.start))
        and (wanted.end is None or (found.date is not None and found.date <= wanted.end))
        and (not wanted.kinds or found.kind in wanted.kinds)
        and (not wanted.languages or found.language in wanted.languages)
    )


def _linked_match(found: Summary, wanted: Wanted, events: set[str]) -> bool:
    claims = {event.partition("/")[0].casefold() for event in events} | {
        c.casefold() for c in found.given_claims
    }
    return (not wanted.claims or any(claim.casefold() in claims for claim in wanted.claims)) and (
        not wanted.events
        or any(event.casefold() in {e.casefold() for e in events} for event in wanted.events)
    )


def _names(found: Summary, read: Sequence[str]) -> list[str]:
    return [*read, *(c.value for c in found.corrections if c.field == "party")]


def _party_match(names: Sequence[str], wanted: Sequence[str], book: Book) -> bool:
    if not wanted:
        return True
    known = {book.name_of(name) for name in names}
    forms = [compact(form) for name in (*names, *known, *book.aliases_of(known)) for form in (name,)]
    return any(compact(name) in form for name in wanted for form in forms)


def _amount_match(found: Sequence[Decimal], wanted: Wanted) -> bool:
    if wanted.least is None and wanted.most is None:
        return True
    least, most = wanted.least or Decimal("-Infinity"), wanted.most
    return any(amount >= least and (most is None or amount <= most) for amount in found)
