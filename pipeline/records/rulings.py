"""What people say of single values, in the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from pipeline.clock import now, stamp
from pipeline.records.chunks import chunks
from pipeline.records.tables import rulings
from pipeline.rulings import Ruling


def put(tx: sa.Connection, document: str, said: Ruling, actor: str) -> None:
    """Note a ruling; it replaces an earlier one on the same value."""
    drop(tx, document, said.kind, said.role, said.was)
    row = {"document": document, "kind": said.kind, "role": said.role, "was": said.was, "value": said.value}
    tx.execute(rulings.insert().values(**row, actor=actor, at=stamp(now())))


def drop(tx: sa.Connection, document: str, kind: str, role: str, was: str) -> bool:
    """Take a ruling back; whether there was one."""
    key = {"document": document, "kind": kind, "role": role, "was": was}
    same = (rulings.c[name] == value for name, value in key.items())
    return bool(tx.execute(sa.delete(rulings).where(*same)).rowcount)


def of_document(tx: sa.Connection, document: str) -> list[Ruling]:
    """The rulings on a document's values, the earliest first."""
    return of_documents(tx, [document]).get(document, [])


def of_documents(tx: sa.Connection, ids: Sequence[str]) -> dict[str, list[Ruling]]:
    """The rulings on the values of these documents, the earliest first."""
    found: dict[str, list[Ruling]] = defaultdict(list)
    for part in chunks(ids):
        query = sa.select(rulings).where(rulings.c.document.in_(part))
        for row in tx.execute(query.order_by(rulings.c.at, rulings.c.kind, rulings.c.role, rulings.c.was)):
            said = Ruling(row.kind, row.role, row.was, row.value, row.actor, row.at)
            found[row.document].append(said)
    return found


def own_days(tx: sa.Connection, ids: Sequence[str] | None = None) -> dict[str, dict[str, str | None]]:
    """The rulings on documents' own dates: document -> as it was read -> what it is; of these documents, or of all."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    query = sa.select(rulings).where(rulings.c.kind == "date", rulings.c.role == "document")
    parts = [query] if ids is None else [query.where(rulings.c.document.in_(part)) for part in chunks(ids)]
    for row in (row for part in parts for row in tx.execute(part)):
        found[row.document][row.was] = row.value
    return found


def by_document(tx: sa.Connection, kind: str) -> dict[str, dict[tuple[str, str], str | None]]:
    """The rulings on all values of a kind: document -> (role, as it was read) -> what it is."""
    found: dict[str, dict[tuple[str, str], str | None]] = defaultdict(dict)
    for row in tx.execute(sa.select(rulings).where(rulings.c.kind == kind)):
        found[row.document][row.role, row.was] = row.value
    return found
