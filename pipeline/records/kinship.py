"""What belongs together by its form: containers with what is inside them, copies, and mails by the ids in
their heads."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from pipeline.records.dialects import on_postgresql, slice_of
from pipeline.records.tables import documents, family, likenesses, texts


def families(tx: sa.Connection) -> list[tuple[str, str]]:
    """(container, what is inside it) for all mails and archives."""
    query = (
        sa.select(family.c.parent, family.c.child)
        .join(documents, documents.c.id == family.c.parent)
        .order_by(family.c.parent, family.c.position)
    )
    return [(row.parent, row.child) for row in tx.execute(query)]


def mails(tx: sa.Connection) -> frozenset[str]:
    """The ids of all documents that are electronic messages."""
    query = sa.select(documents.c.id).where(documents.c.media_type.startswith("message/"))
    return frozenset(tx.execute(query).scalars())


def copies(tx: sa.Connection, ids: Collection[str]) -> frozenset[tuple[str, str]]:
    """The pairs among these documents that are near-duplicates, both ways round."""
    rows = tx.execute(sa.select(likenesses.c.document, likenesses.c.other))
    return frozenset((row.document, row.other) for row in rows if row.document in ids and row.other in ids)


def message_ids(tx: sa.Connection, keys: Sequence[str]) -> list[tuple[str, str]]:
    """(document, message id) for every id that a mail has or answers, from these of its headers."""
    meta, key, start, end = _on_postgresql() if on_postgresql(tx) else _on_sqlite()
    query = (
        sa.select(texts.c.document, slice_of(texts.c.text, start, end).label("value"))
        .join(documents, documents.c.id == texts.c.document)
        .join(meta, sa.true())
        .where(documents.c.media_type.startswith("message/"), key.in_(keys))
        .order_by(texts.c.document, start)
    )
    return [(row.document, message) for row in tx.execute(query) for message in row.value.split()]


_Header = tuple[sa.FromClause, sa.ColumnElement[str], sa.ColumnElement[int], sa.ColumnElement[int]]


def _on_sqlite() -> _Header:
    """The rows of a mail's headers: name, start and end of each."""
    meta = sa.func.json_each(texts.c.metadata).table_valued("value", name="meta")
    key, start, end = (sa.func.json_extract(meta.c.value, f"$[{n}]") for n in range(3))
    return meta, key, start, end


def _on_postgresql() -> _Header:
    """The same from PostgreSQL's JSON."""
    meta = sa.func.json_array_elements(texts.c.metadata).table_valued(
        sa.column("value", sa.JSON), name="meta"
    )
    key, start, end = (meta.c.value.op("->>")(n) for n in range(3))
    return meta, sa.cast(key, sa.Text), sa.cast(start, sa.Integer), sa.cast(end, sa.Integer)
