"""Near-duplicates in the records: signatures, and which document is a copy of which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from pipeline.likeness import PERMUTATIONS, Likeness, Reading, Signature
from pipeline.records import documents
from pipeline.records.tables import likenesses, pages, signatures, texts


def reading(tx: sa.Connection, document: str) -> Reading:
    """What is compared of a document; one that was not read has an empty text."""
    text = tx.execute(sa.select(texts.c.text).where(texts.c.document == document)).scalar() or ""
    query = sa.select(pages.c.start, pages.c.end).where(pages.c.document == document)
    bounds = tx.execute(query.order_by(pages.c.number)).all()
    end = bounds[-1].end if bounds else 0
    facts = (fact for fact in documents.fact_list(tx, document) if fact.end <= end)
    return Reading(text[:end], tuple(facts), tuple(row.start for row in bounds))


def set_signature(tx: sa.Connection, document: str, found: Signature | None, version: int) -> None:
    """Replace a document's signature; None when its text is too short for one."""
    tx.execute(sa.delete(signatures).where(signatures.c.document == document))
    if found is not None:
        row = {"document": document, "signature": found.astype("<u4").tobytes(), "version": version}
        tx.execute(signatures.insert().values(row))


def all_signatures(tx: sa.Connection, version: int) -> tuple[list[str], NDArray[np.uint32]]:
    """The documents that have a signature of this version, and these, a row each."""
    query = sa.select(signatures.c.document, signatures.c.signature).where(signatures.c.version == version)
    rows = tx.execute(query.order_by(signatures.c.document)).all()
    table = np.frombuffer(b"".join(row.signature for row in rows), dtype="<u4")
    return [row.document for row in rows], table.astype(np.uint32).reshape(-1, PERMUTATIONS)


def replace_likenesses(
    tx: sa.Connection, document: str, found: Sequence[Likeness], turned: Sequence[Likeness]
) -> None:
    """Replace a document's likenesses: `found` seen from it, `turned` the same seen from the other ones, in order."""
    either = sa.or_(likenesses.c.document == document, likenesses.c.other == document)
    tx.execute(sa.delete(likenesses).where(either))
    rows = [{"document": document, "other": a.other, "score": a.score, "differs": a.differs} for a in found]
    rows += [
        {"document": a.other, "other": document, "score": b.score, "differs": b.differs}
        for a, b in zip(found, turned, strict=True)
    ]
    if rows:
        tx.execute(likenesses.insert(), rows)


def likeness_list(tx: sa.Connection, document: str) -> list[Likeness]:
    """The near-duplicates of a document, the likest first."""
    query = sa.select(likenesses).where(likenesses.c.document == document)
    rows = tx.execute(query.order_by(likenesses.c.score.desc(), likenesses.c.other)).all()
    return [Likeness(row.other, row.score, row.differs) for row in rows]


def with_likenesses(tx: sa.Connection, ids: Iterable[str]) -> set[str]:
    """Those of these documents that have a near-duplicate."""
    query = sa.select(likenesses.c.document).where(likenesses.c.document.in_(sorted(set(ids))))
    return set(tx.execute(query.distinct()).scalars())
