"""Documents as correspondence, read from the records without their text: all of a matter, or those around one."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa

from index.words import compact
from pipeline.correspondence.letter import ROLES, Letter, subject_of
from pipeline.evidence import READ
from pipeline.parties import Book
from pipeline.records import codec, matters, rulings
from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, facts, mentions
from pipeline.rulings import own_day

UNKNOWN_MEDIA = "application/octet-stream"
MOST_NAMES = 50_000
"""Names of files of which the compact form is kept: whoever looks at one document after the other asks for all."""
_compact = lru_cache(MOST_NAMES)(compact)


def book(tx: sa.Connection) -> Book:
    """The book of parties."""
    return Book.of(matters.all_claims(tx), matters.aliases(tx))


def everything(tx: sa.Connection) -> list[Letter]:
    """All documents that were read."""
    return _letters(tx, None, book(tx))


def around(tx: sa.Connection, document: str) -> list[Letter]:
    """A document with those that can have an edge to or from it, and those that could be mistaken for one of them."""
    names = book(tx)
    known = _letters(tx, [document], names)
    near = _near(tx, known) if known else set()
    return [*known, *_letters(tx, sorted(near - {document}), names)]


def around_all(tx: sa.Connection, ids: Sequence[str]) -> list[Letter]:
    """These documents with those that can have an edge to or from one of them, and could be mistaken for these."""
    names = book(tx)
    known = _letters(tx, ids, names)
    near = _near(tx, known) if known else set()
    return [*known, *_letters(tx, sorted(near - {letter.id for letter in known}), names)]


def cited_by(tx: sa.Connection, ids: Sequence[str], names: Book | None = None) -> list[Letter]:
    """These documents with those that they may cite: what bears their numbers, and what is of their days. `names` is
    the book of parties, where the caller has it."""
    names = names or book(tx)
    known = _letters(tx, ids, names)
    said = [mention for letter in known for mention in letter.cites]
    days = {mention.day for mention in said if mention.day is not None}
    near = _mentioning(tx, mentions.c.number, {mention.number for mention in said if mention.number})
    near |= _of_days(tx, days)
    return [*known, *_letters(tx, sorted(near - {letter.id for letter in known}), names)]


class Names(Iterable[str]):
    """The names of all files (compact), read when they are first gone through; many a letter's holds its number,
    whether that could be read or not."""

    def __init__(self, tx: sa.Connection) -> None:
        """`tx` is open as long as they are asked for."""
        self._tx = tx

    @cached_property
    def _all(self) -> Sequence[str]:
        return [_compact(name) for name in self._tx.execute(sa.select(documents.c.name)).scalars()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)


def _near(tx: sa.Connection, about: Sequence[Letter]) -> set[str]:
    said = [mention for letter in about for mention in letter.mentions]
    own_days = {letter.date for letter in about if letter.date is not None}
    near = _mentioning(tx, mentions.c.number, {m.number for m in said if m.number})
    near |= _mentioning(tx, mentions.c.day, {day.isoformat() for day in own_days})
    days = own_days | {m.day for m in said if m.day is not None}
    near |= _of_days(tx, days, undated=any(letter.date is None for letter in about))
    return near | _about(tx, {letter.subject for letter in about if letter.subject})


def _of_days(tx: sa.Connection, days: Collection[datetime.date], undated: bool = False) -> set[str]:
    """The documents of these days, as they were read or corrected, and those without one if `undated`."""
    corrected = sa.select(corrections.c.document).where(corrections.c.field == "date")
    heads = _heads(tx, list(tx.execute(corrected).scalars()))
    found = {head.id for head in heads if head.date in days or (undated and head.date is None)}
    query = sa.select(documents.c.id).where(documents.c.state.in_(READ), documents.c.id.not_in(corrected))
    for chunk in chunks(sorted(day.isoformat() for day in days)):
        found.update(tx.execute(query.where(documents.c.date.in_(chunk))).scalars())
    if undated:
        found.update(tx.execute(query.where(documents.c.date.is_(None))).scalars())
    return found


def _about(tx: sa.Connection, subjects: Collection[str]) -> set[str]:
    """The documents with one of these subjects, by their titles as they were read or corrected."""
    if not subjects:
        return set()
    query = sa.select(documents.c.id, documents.c.title).where(documents.c.title.is_not(None))
    titles = dict(tx.execute(query.where(documents.c.state.in_(READ))).tuples().all())
    said = sa.select(corrections.c.document, corrections.c.value).where(corrections.c.field == "title")
    titles |= dict(tx.execute(said.order_by(corrections.c.id)).tuples().all())
    return {document for document, title in titles.items() if subject_of(title) in subjects}


def _mentioning(tx: sa.Connection, column: sa.Column[Any], values: Collection[str]) -> set[str]:
    query = sa.select(mentions.c.document).distinct()
    return {
        row.document for chunk in chunks(sorted(values)) for row in tx.execute(query.where(column.in_(chunk)))
    }


def _letters(tx: sa.Connection, ids: Sequence[str] | None, known: Book) -> list[Letter]:
    """The documents with these ids that were read, of None all, with their parties and mentions."""
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
