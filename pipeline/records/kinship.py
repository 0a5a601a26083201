"""What belongs together by its form: containers with what is inside them, copies, and mails by the ids in
their heads."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

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
    meta = sa.func.json_each(texts.c.metadata).table_valued("value", name="meta")
    key, start, end = (sa.func.json_extract(meta.c.value, f"$[{n}]") for n in range(3))
    query = (
        sa.select(texts.c.document, sa.func.substr(texts.c.text, start + 1, end - start).label("value"))
        .join(documents, documents.c.id == texts.c.document)
        .join(meta, sa.true())
        .where(documents.c.media_type.startswith("message/"), key.in_(keys))
        .order_by(texts.c.document, start)
    )
    return [(row.document, message) for row in tx.execute(query) for message in row.value.split()]
