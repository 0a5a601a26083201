"""What came in with a document: where it was seen, the claims that it was given for, what people said of it there."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from pipeline.clock import now, stamp
from pipeline.records.chunks import chunks
from pipeline.records.dialects import added
from pipeline.records.tables import documents, labels, sightings, ties


def add_sighting(
    tx: sa.Connection,
    document: str,
    path: str,
    name: str,
    run: str,
    modified: datetime.datetime | None = None,
    received: datetime.datetime | None = None,
) -> bool:
    """Note that a file with these bytes was seen here, received now or when it is said; False when it was known."""
    row = {
        "document": document,
        "path": path,
        "name": name,
        "received": stamp(received or now()),
        "modified": stamp(modified) if modified else None,
        "run": run,
    }
    return added(tx, sightings, row)


def set_received(tx: sa.Connection, document: str, path: str, received: datetime.datetime) -> bool:
    """Note when the file seen here was received, as a person says; False when that was known."""
    same = sa.and_(sightings.c.document == document, sightings.c.path == path)
    said = stamp(received)
    query = sa.update(sightings).where(same, sightings.c.received != said).values(received=said)
    return tx.execute(query).rowcount > 0


def seen_at(tx: sa.Connection, path: str) -> str | None:
    """The document that was last seen at this path; None when none was."""
    query = sa.select(sightings.c.document).where(sightings.c.path == path)
    return tx.execute(query.order_by(sightings.c.id.desc()).limit(1)).scalar()


def tie(tx: sa.Connection, document: str, claim: str) -> bool:
    """Tie a document to a claim; False when it was."""
    row = {"document": document, "claim": claim}
    return added(tx, ties, row)


def add_label(tx: sa.Connection, document: str, key: str, value: str) -> bool:
    """Note what a person said of a document by folder or sidecar; False when it was known."""
    row = {"document": document, "key": key, "value": value}
    return added(tx, labels, row)


def label_list(tx: sa.Connection, document: str) -> list[tuple[str, str]]:
    """The labels of a document."""
    query = sa.select(labels.c.key, labels.c.value).where(labels.c.document == document)
    return [(row.key, row.value) for row in tx.execute(query.order_by(labels.c.key, labels.c.value))]


def with_labels(tx: sa.Connection, keys: Sequence[str], only: Iterable[str]) -> list[tuple[str, str, str]]:
    """(name, key, value) of the labels with one of these keys that these documents have, in order of name."""
    columns = (documents.c.name, labels.c.key, labels.c.value)
    query = sa.select(*columns).join(labels, labels.c.document == documents.c.id)
    found = [
        (row.name, row.key, row.value)
        for chunk in chunks(sorted(set(only)))
        for row in tx.execute(query.where(labels.c.key.in_(keys), documents.c.id.in_(chunk)))
    ]
    return sorted(found)
