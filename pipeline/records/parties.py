"""The parties of all documents in the records: names, what ties them, the book, and whom people keep apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from extractors.facts.fact import Fact
from extractors.facts.party_known import RULE
from extractors.facts.party_tie import Tie
from index.words import compact
from pipeline.clock import now, stamp
from pipeline.evidence import standing
from pipeline.records import rulings
from pipeline.records.codec import fact_of, fact_row
from pipeline.records.dialects import added, slice_of
from pipeline.records.tables import (
    corrections,
    facts,
    pages,
    party_apart,
    party_book,
    party_names,
    party_ties,
    texts,
)


@dataclass(frozen=True, slots=True)
class Filed:
    """Something that the document `document` says."""

    document: str
    tie: Tie


class Row(NamedTuple):
    """A party of a document, as a fact names it."""

    document: str
    name: str
    role: str
    rule: str
    why: str
    start: int
    end: int
    kind: str


def party_rows(tx: sa.Connection) -> list[Row]:
    """The parties of all documents as the steps found them, or as people say that they are, document by document."""
    columns = (facts.c.document, facts.c.value, facts.c.role, facts.c.rule, facts.c.why)
    query = sa.select(*columns, facts.c.start, facts.c.end, facts.c.kind).where(facts.c.kind == "party")
    rows = tx.execute(query.order_by(facts.c.document, facts.c.position)).tuples()
    return list(_as_ruled(tx, (Row(*row) for row in rows)))


def _as_ruled(tx: sa.Connection, rows: Iterable[Row]) -> Iterator[Row]:
    said = rulings.by_document(tx, "party")
    for row in rows:
        name = said[row.document].get((row.role, row.name), row.name) if row.document in said else row.name
        if name is not None:
            yield row._replace(name=name)


def standing_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Those without misread names in whose place known ones stand."""
    for _, own in groupby(rows, key=lambda row: row.document):
        yield from standing(list(own))


def names_by_document(tx: sa.Connection) -> dict[str, list[str]]:
    """The names of the parties of every document, as its facts stand."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in standing_rows(party_rows(tx)):
        found[row.document].append(row.name)
    return found


def said_parties(tx: sa.Connection) -> list[tuple[str, str, str]]:
    """(document, role, name) of the parties that people named in corrections."""
    query = sa.select(corrections).where(corrections.c.field == "party").order_by(corrections.c.id)
    return [(row.document, row.role, row.value) for row in tx.execute(query)]


def scanned(tx: sa.Connection) -> frozenset[str]:
    """The documents of which a page was read by OCR."""
    return frozenset(
        tx.execute(sa.select(pages.c.document).where(pages.c.source == "ocr").distinct()).scalars()
    )


def ties(tx: sa.Connection) -> list[Filed]:
    """What all documents say of their parties' names."""
    query = sa.select(party_ties).order_by(party_ties.c.document, party_ties.c.position)
    return [
        Filed(
            row.document,
            Tie(row.kind, row.name, row.other, row.start, row.end, row.scheme, bool(row.sure)),
        )
        for row in tx.execute(query)
    ]


def words(tx: sa.Connection, document: str, start: int, end: int) -> tuple[int, str]:
    """The page and the words at a place of a document."""
    text = slice_of(texts.c.text, start, end)
    said = tx.execute(sa.select(text).where(texts.c.document == document)).scalar() or ""
    query = sa.select(sa.func.max(pages.c.number)).where(pages.c.document == document, pages.c.start <= start)
    return int(tx.execute(query).scalar() or 1), " ".join(str(said).split())


def bound(tx: sa.Connection) -> dict[str, str]:
    """The book as it was made from the documents: alias -> name."""
    return {row.alias: row.name for row in tx.execute(sa.select(party_book).order_by(party_book.c.alias))}


def replace_bound(tx: sa.Connection, names: Mapping[str, str]) -> None:
    """Replace the book that is made from the documents."""
    tx.execute(sa.delete(party_book))
    if names:
        tx.execute(party_book.insert(), [{"alias": alias, "name": name} for alias, name in names.items()])


def apart(tx: sa.Connection) -> frozenset[tuple[str, str]]:
    """The pairs of names (compact, in order) that a person keeps apart."""
    return frozenset((row.one, row.other) for row in tx.execute(sa.select(party_apart)))


def pair(one: str, other: str) -> tuple[str, str]:
    """Two names as a pair of the table of those kept apart."""
    first, second = sorted((compact(one), compact(other)))
    return first, second


def keep_apart(tx: sa.Connection, one: str, other: str, actor: str) -> None:
    """Note that two names do not mean one party."""
    first, second = pair(one, other)
    row = {"one": first, "other": second, "actor": actor, "at": stamp(now())}
    added(tx, party_apart, row)


def may_be_one(tx: sa.Connection, names: Sequence[str]) -> None:
    """Forget that any two of these names were kept apart."""
    keys = {compact(name) for name in names}
    tx.execute(sa.delete(party_apart).where(party_apart.c.one.in_(keys), party_apart.c.other.in_(keys)))


def forget_alias(tx: sa.Connection, alias: str) -> None:
    """Take back a person's word that this is another name of a party."""
    tx.execute(sa.delete(party_names).where(party_names.c.alias == alias))


def replace_known(tx: sa.Connection, document: str, found: Iterable[Fact]) -> bool:
    """Replace what the step `parties` found in a document; True when something changed."""
    own = sa.and_(facts.c.document == document, facts.c.rule == RULE)
    query = sa.select(facts).where(own).order_by(facts.c.position)
    before = [fact_of(row) for row in tx.execute(query).mappings()]
    after = list(found)
    if before == after:
        return False
    tx.execute(sa.delete(facts).where(own))
    last = tx.execute(sa.select(sa.func.max(facts.c.position)).where(facts.c.document == document)).scalar()
    first = 0 if last is None else last + 1
    if after:
        rows = [{"document": document, **fact_row(first + n, fact)} for n, fact in enumerate(after)]
        tx.execute(facts.insert(), rows)
    return True
