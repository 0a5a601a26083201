"""What speaks for documents' kinds in the records, and what people said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, kind_evidence


@dataclass(frozen=True, slots=True)
class KindEvidence:
    """What speaks for a document's kind.

    `scores` and `sketch` are as in `extractors.kinds.Classification`; `told` is the kind for which its facts were
    found, where that is not the one of the scores; `kind` and `confidence` are those recorded; `precedents`
    (document, likeness) are the corrected documents that had a say.
    """

    document: str
    kind: str
    scores: tuple[float, ...]
    sketch: bytes
    told: str | None
    precedents: tuple[tuple[str, float], ...]
    confidence: float = 0.0


def kind_evidence_of(tx: sa.Connection, only: Iterable[str] | None = None) -> list[KindEvidence]:
    """What speaks for the kinds of all documents, or of these, in order of id."""
    query = (
        sa.select(kind_evidence, documents.c.kind, documents.c.kind_confidence)
        .join(documents)
        .order_by(kind_evidence.c.document)
    )
    if only is not None:
        wanted = sorted(set(only))
        within = kind_evidence.c.document
        rows = [row for ids in chunks(wanted) for row in tx.execute(query.where(within.in_(ids)))]
    else:
        rows = list(tx.execute(query))
    return [_evidence(row) for row in rows]


def _evidence(row: sa.Row[Any]) -> KindEvidence:
    precedents = tuple((document, likeness) for document, likeness in row.precedents)
    held = (row.document, row.kind, tuple(row.scores), row.sketch, row.told, precedents)
    return KindEvidence(*held, confidence=row.kind_confidence)


def said_kinds(tx: sa.Connection) -> dict[str, str]:
    """The documents of which a person said the kind, in order of id, with what was said."""
    query = sa.select(corrections.c.document, corrections.c.value).where(corrections.c.field == "kind")
    return {row.document: row.value for row in tx.execute(query.order_by(corrections.c.document))}


def set_kind(
    tx: sa.Connection,
    document: str,
    kind: str,
    confidence: float,
    precedents: Sequence[tuple[str, float]],
) -> None:
    """Record the kind that was learned, and by which documents."""
    learned = {"kind": kind, "kind_confidence": confidence}
    tx.execute(sa.update(documents).where(documents.c.id == document).values(**learned))
    held = sa.update(kind_evidence).where(kind_evidence.c.document == document)
    tx.execute(held.values(precedents=[list(each) for each in precedents]))


def precedent_list(tx: sa.Connection, document: str) -> list[dict[str, Any]]:
    """The documents by which a kind was learned: `{doc, name, kind, by, likeness}`, the likest first.

    One whose correction was taken back since is left out.
    """
    held = tx.execute(
        sa.select(kind_evidence.c.precedents).where(kind_evidence.c.document == document)
    ).scalar()
    likeness = dict(held or [])
    columns = (documents.c.id, documents.c.name, corrections.c.value, corrections.c.actor)
    query = sa.select(*columns).join(corrections, corrections.c.document == documents.c.id)
    query = query.where(corrections.c.field == "kind", documents.c.id.in_(likeness))
    found = [
        {"doc": row.id, "name": row.name, "kind": row.value, "by": row.actor, "likeness": likeness[row.id]}
        for row in tx.execute(query)
    ]
    return sorted(found, key=lambda each: (-each["likeness"], each["doc"]))
