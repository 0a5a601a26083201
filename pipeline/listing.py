"""The list of documents, with the same filters as search; failed ones stand in it like all others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from index.fields import normal
from index.query import Filters, parse
from index.words import compact
from pipeline.evidence import Summary
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, heads, parties
from pipeline.records.heads import Head, Standing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty means all. Raises `FilterError` for ranges and names that search refuses."""

    start: datetime.date | None = None
    end: datetime.date | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        said = Filters(
            self.start, self.end, parties=self.parties, min_amount=self.least, max_amount=self.most
        )
        parse("", said)

    def normal(self) -> Wanted:
        """With kinds and languages written as the records do."""
        kinds = tuple(normal("kind", kind) for kind in self.kinds)
        return replace(self, kinds=kinds, languages=tuple(normal("language", one) for one in self.languages))


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


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the list, and how many documents the whole of it has."""

    rows: tuple[Row, ...]
    total: int


SORTS: dict[str, Callable[[Head], Any]] = {
    "taken": lambda _head: 0,
    "date": lambda head: (head.date is None, head.date or datetime.date.max),
    "name": lambda head: head.name.casefold(),
    "kind": lambda head: head.kind,
}


def document_list(
    matter: Matter, wanted: Wanted, sort: str = "taken", limit: int | None = None, offset: int = 0
) -> Part:
    """The documents that are wanted, so many from that place on (None: all); `sort` is one of `SORTS`, with a minus
    sign for the reverse."""
    wanted = wanted.normal()
    with matter.reading() as tx:
        found = [head for head in heads.heads(tx) if _plain_match(head, wanted)]
        if wanted.claims or wanted.events:
            events = _events(heads.standing(tx))
            found = [head for head in found if _linked_match(head, wanted, events.get(head.id, set()))]
        if wanted.parties:
            found = _of_parties(tx, found, wanted.parties)
        if wanted.least is not None or wanted.most is not None:
            amounts = documents.amounts_by_document(tx)
            found = [head for head in found if _amount_match(amounts.get(head.id, ()), wanted)]
        found = sorted(found, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
        shown = found[offset:] if limit is None else found[offset : offset + limit]
        return Part(_rows(tx, [head.id for head in shown]), len(found))


def _rows(tx: sa.Connection, ids: Sequence[str]) -> tuple[Row, ...]:
    events = _events(heads.standing(tx, ids))
    known = {found.id: found for found in documents.summaries(tx, ids)}
    return tuple(
        Row(known[one], tuple(sorted({*_claims(events.get(one, ())), *known[one].given_claims})))
        for one in ids
    )


def _claims(events: Iterable[str]) -> set[str]:
    return {event.partition("/")[0] for event in events}


def _events(links: Iterable[Standing]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for link in links:
        found.setdefault(link.document, set()).add(link.event)
    return found


def _of_parties(tx: sa.Connection, found: Sequence[Head], wanted: Sequence[str]) -> list[Head]:
    book, named = Book.read(tx), parties.names_by_document(tx)
    for document, _, name in parties.said_parties(tx):
        named.setdefault(document, []).append(name)
    fits: dict[str, bool] = {}
    for name in {name for names in named.values() for name in names}:
        fits[name] = _party_match(name, wanted, book)
    return [head for head in found if any(fits[name] for name in named.get(head.id, ()))]


def _plain_match(found: Head, wanted: Wanted) -> bool:
    if (wanted.start or wanted.end) and found.date is None:
        return False
    return (
        (wanted.start is None or (found.date is not None and found.date >= wanted.start))
        and (wanted.end is None or (found.date is not None and found.date <= wanted.end))
        and (not wanted.kinds or found.kind in wanted.kinds)
        and (not wanted.languages or found.language in wanted.languages)
    )


def _linked_match(found: Head, wanted: Wanted, events: set[str]) -> bool:
    claims = {claim.casefold() for claim in (*_claims(events), *found.given_claims)}
    return (not wanted.claims or any(claim.casefold() in claims for claim in wanted.claims)) and (
        not wanted.events
        or any(event.casefold() in {e.casefold() for e in events} for event in wanted.events)
    )


def _party_match(name: str, wanted: Sequence[str], book: Book) -> bool:
    called = book.name_of(name)
    forms = [compact(form) for form in (name, called, *book.aliases_of([called]))]
    return any(compact(one) in form for one in wanted for form in forms)


def _amount_match(found: Sequence[Decimal], wanted: Wanted) -> bool:
    if wanted.least is None and wanted.most is None:
        return True
    least, most = wanted.least or Decimal("-Infinity"), wanted.most
    return any(amount >= least and (most is None or amount <= most) for amount in found)
