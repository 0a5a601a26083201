"""Documents as correspondence, read from the records without their text: all of a matter, or those around one."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from index.words import compact
from pipeline.correspondence.letter import ROLES, Letter
from pipeline.parties import Book
from pipeline.records import codec, matters, rulings
from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, facts, mentions
from pipeline.rulings import own_day

UNKNOWN_MEDIA = "application/octet-stream"
READ = ("ok", "partial")


def book(tx: sa.Connection) -> Book:
    """The book of parties."""
    return Book.of(matters.all_claims(tx), matters.aliases(tx))


def everything(tx: sa.Connection) -> list[Letter]:
    """All documents that were read."""
    return _letters(tx, None)


def around(tx: sa.Connection, document: str) -> list[Letter]:
    """A document with those that can have an edge to or from it, and those that could be mistaken for one of them."""
    known = {letter.id: letter for letter in _letters(tx, [document])}
    if document not in known:
        return []
    near = _near(tx, [known[document]])
    return [*known.values(), *_letters(tx, sorted(near - set(known)))]


def around_all(tx: sa.Connection, ids: Sequence[str]) -> list[Letter]:
    """These documents with those that can have an edge to or from one of them, and could be mistaken for these."""
    known = _letters(tx, ids)
    near = _near(tx, known) if known else set()
    return [*known, *_letters(tx, sorted(near - {letter.id for letter in known}))]


def cited_by(tx: sa.Connection, ids: Sequence[str]) -> list[Letter]:
    """These documents with those that they may cite: what bears their numbers, and what is of their days."""
    known = _letters(tx, ids)
    said = [mention for letter in known for mention in letter.cites]
    days = {mention.day for mention in said if mention.day is not None}
    near = _mentioning(tx, mentions.c.number, {mention.number for mention in said if mention.number})
    near |= {head.id for head in _heads(tx, None) if head.date in days} if days else set()
    return [*known, *_letters(tx, sorted(near - {letter.id for letter in known}))]


def names(tx: sa.Connection) -> frozenset[str]:
    """The names of all files (compact); many a letter's holds its number, whether that could be read or not."""
    return frozenset(compact(name) for name in tx.execute(sa.select(documents.c.name)).scalars())


def _near(tx: sa.Connection, about: Sequence[Letter]) -> set[str]:
    said = [mention for letter in about for mention in letter.mentions]
    own_days = {letter.date for letter in about if letter.date is not None}
    near = _mentioning(tx, mentions.c.number, {m.number for m in said if m.number})
    near |= _mentioning(tx, mentions.c.day, {day.isoformat() for day in own_days})
    days = own_days | {m.day for m in said if m.day is not None}
    undated = any(letter.date is None for letter in about)
    subjects = {letter.subject for letter in about if letter.subject}
    for head in _heads(tx, None):
        if head.date in days or (undated and head.date is None) or head.subject in subjects:
            near.add(head.id)
    return near


def _mentioning(tx: sa.Connection, column: sa.Column[Any], values: Collection[str]) -> set[str]:
    query = sa.select(mentions.c.document).distinct()
    return {
        row.document for chunk in chunks(sorted(values)) for row in tx.execute(query.where(column.in_(chunk)))
    }


def _letters(tx: sa.Connection, ids: Sequence[str] | None) -> list[Letter]:
    """The documents with these ids that were read, of None all, with their parties and mentions."""
    known = book(tx)
    names, said = _parties(tx, ids, known), _mentions(tx, ids)
    return [
        Letter(
            head.id,
            head.name,
            head.kind,
            head.media_type,
            head.date,
            head.title,
            tuple(names[head.id]),
            tuple(codec.mention_of(row) for row in said.get(head.id, ())),
        )
        for head in _heads(tx, ids)
    ]


def _heads(tx: sa.Connection, ids: Sequence[str] | None) -> list[Letter]:
    """The documents without parties and mentions, people's corrections in place."""
    columns = (
        documents.c.id,
        documents.c.name,
        documents.c.kind,
        documents.c.media_type,
        documents.c.date,
        documents.c.title,
    )
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(tx, corrections, corrections.c.document, ids):
        said[row["document"]][row["field"]] = row["value"]
    days = rulings.own_days(tx, ids)
    query = sa.select(*columns).where(documents.c.state.in_(READ)).order_by(documents.c.id)
    found = []
    for row in _some(tx, query, documents.c.id, ids):
        read = {**row, "date": own_day(row["date"], days.get(row["id"], {}))}
        about = {**read, **{key: value for key, value in said[row["id"]].items() if key in row}}
        day = datetime.date.fromisoformat(about["date"]) if about["date"] else None
        kind, media = about["kind"] or "other", about["media_type"] or UNKNOWN_MEDIA
        found.append(Letter(about["id"], about["name"], kind, media, day, about["title"]))
    return found


def _parties(tx: sa.Connection, ids: Sequence[str] | None, known: Book) -> dict[str, list[tuple[str, str]]]:
    """(role, name in the book) of each document; what a person said of a role replaces what was read in it."""
    columns = (facts.c.document, facts.c.role, facts.c.value)
    query = sa.select(*columns).where(facts.c.kind == "party", facts.c.role.in_(ROLES))
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(tx, corrections, corrections.c.document, ids):
        if row["field"] == "party":
            said[row["document"]][row["role"]] = row["value"]
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    ruled = rulings.by_document(tx, "party")
    for row in _some(tx, query.order_by(facts.c.document, facts.c.position), facts.c.document, ids):
        name = ruled.get(row["document"], {}).get((row["role"], row["value"]), row["value"])
        if name is not None and row["role"] not in said[row["document"]]:
            found[row["document"]].append((row["role"], known.name_of(name)))
    for document, roles in said.items():
        found[document] += [(role, known.name_of(name)) for role, name in roles.items()]
    return found


def _mentions(tx: sa.Connection, ids: Sequence[str] | None) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    query = sa.select(mentions).order_by(mentions.c.document, mentions.c.position)
    for row in _some(tx, query, mentions.c.document, ids):
        found[row["document"]].append(row)
    return found


def _rows(
    tx: sa.Connection, table: sa.Table, column: sa.Column[Any], ids: Sequence[str] | None
) -> Iterator[Any]:
    return _some(tx, sa.select(table), column, ids)


def _some(
    tx: sa.Connection, query: sa.Select[Any], column: sa.Column[Any], ids: Sequence[str] | None
) -> Iterator[Any]:
    """The rows of a query whose column is one of the ids; of None all."""
    if ids is None:
        yield from tx.execute(query).mappings()
        return
    for chunk in chunks(ids):
        yield from tx.execute(query.where(column.in_(chunk))).mappings()
