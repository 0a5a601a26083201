"""Which order of day and month the documents prove, in the records, and the one that undecided dates were read in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from extractors.document import Document
from extractors.facts.fact import Fact
from pipeline.records import codec
from pipeline.records.tables import date_orders, documents, facts, mentions


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
    return [_order(row) for row in tx.execute(query)]


def any_undecided(tx: sa.Connection) -> bool:
    """Whether there is a document with dates that nothing in it decides."""
    query = sa.select(date_orders.c.document).where(date_orders.c.undecided > 0).limit(1)
    return tx.execute(query).first() is not None


def replace_dates(
    tx: sa.Connection, document: str, read: Document, found: Iterable[Fact], told: Told | None
) -> None:
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
    tx.execute(sa.delete(mentions).where(mentions.c.document == document))
    said = [{"document": document, **row} for row in codec.mention_rows(together, read)]
    if said:
        tx.execute(mentions.insert(), said)
    own = codec.own_date(together)
    tx.execute(sa.update(documents).where(documents.c.id == document).values(date=own))
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
