"""Which order of day and month the documents prove, in the records, and the one that undecided dates were read in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from extractors.facts.fact import Fact
from pipeline.records import codec, rulings
from pipeline.records import documents as filed
from pipeline.records.tables import corrections, date_orders, documents, facts

_SENDERS = ("sender", "seller")


@dataclass(frozen=True, slots=True)
class Told:
    """The order ("day" or "month" first) that a document was told, and by which other documents: those of the same
    "sender", "currency" or "language"; `why` says so for people."""

    order: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class DateOrder:
    """A document whose dates are evidence for their order, or leave it open; `kind` is as it was found."""

    document: str
    kind: str
    language: str
    currency: str | None
    senders: tuple[str, ...]
    proved: str | None
    undecided: int
    told: Told | None


def orders(tx: sa.Connection, states: Iterable[str]) -> list[DateOrder]:
    """The documents in one of these states that prove an order or leave one open, in order of id."""
    query = (
        sa.select(date_orders, documents.c.kind, documents.c.language)
        .join(documents, documents.c.id == date_orders.c.document)
        .where(documents.c.state.in_(list(states)))
        .order_by(date_orders.c.document)
    )
    said = _said_senders(tx)
    found = (_order(row) for row in tx.execute(query))
    return [replace(order, senders=said(order.document, order.senders)) for order in found]


def _said_senders(tx: sa.Connection) -> Callable[[str, tuple[str, ...]], tuple[str, ...]]:
    """What people say of whom documents come from: by the document, and the names that were read."""
    own = sa.and_(corrections.c.field == "party", corrections.c.role.in_(_SENDERS))
    given: dict[str, set[str]] = defaultdict(set)
    for row in tx.execute(sa.select(corrections).where(own)):
        given[row.document].add(row.value)
    ruled = rulings.by_document(tx, "party")

    def said(document: str, read: tuple[str, ...]) -> tuple[str, ...]:
        if document in given:
            return tuple(sorted(given[document]))
        about = {was: value for (role, was), value in ruled.get(document, {}).items() if role in _SENDERS}
        names = (about.get(name, name) for name in read)
        return tuple(sorted(name for name in names if name is not None))

    return said


def any_undecided(tx: sa.Connection) -> bool:
    """Whether there is a document with dates that nothing in it decides."""
    query = sa.select(date_orders.c.document).where(date_orders.c.undecided > 0).limit(1)
    return tx.execute(query).first() is not None


def replace_dates(tx: sa.Connection, document: str, found: Iterable[Fact], told: Told | None) -> None:
    """Replace the dates of a document by those read in the order it was told, and by which it cites others.

    Its other facts stay.
    """
    known = sa.select(facts).where(facts.c.document == document)
    others = [codec.fact_of(row) for row in tx.execute(known).mappings() if row["kind"] != "date"]
    together = sorted([*others, *found], key=lambda f: (f.start, f.end, f.kind, f.role))
    tx.execute(sa.delete(facts).where(facts.c.document == document))
    rows = [{"document": document, **codec.fact_row(n, fact)} for n, fact in enumerate(together)]
    if rows:
        tx.execute(facts.insert(), rows)
    own = codec.own_date(together)
    tx.execute(sa.update(documents).where(documents.c.id == document).values(date=own))
    filed.cite_anew(tx, document)
    order = asdict(told) if told else None
    tx.execute(sa.update(date_orders).where(date_orders.c.document == document).values(told=order))


def _order(row: sa.Row[tuple[object, ...]]) -> DateOrder:
    return DateOrder(
        document=row.document,
        kind=row.kind or "other",
        language=row.language or "und",
        currency=row.currency,
        senders=tuple(row.senders),
        proved=row.proved,
        undecided=row.undecided,
        told=Told(**row.told) if row.told else None,
    )
