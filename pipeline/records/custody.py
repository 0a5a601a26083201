"""What the records say of how a document came in and was read, beside the audit."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from pipeline.records.documents import AT
from pipeline.records.tables import pages, runs, sightings, steps


def receipts(tx: sa.Connection, document: str) -> list[dict[str, Any]]:
    """Where it was seen, in order: `{"path", "received", "modified", "run", "command", "started"}`."""
    query = (
        sa.select(
            sightings.c.path,
            sightings.c.received,
            sightings.c.modified,
            sightings.c.run,
            runs.c.command,
            runs.c.started,
        )
        .select_from(sightings.outerjoin(runs, runs.c.id == sightings.c.run))
        .where(sightings.c.document == document)
        .order_by(sightings.c.id)
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def engines(tx: sa.Connection, document: str) -> dict[str, int]:
    """How many of its pages were read by which engine; `text` are those with text of their own."""
    query = sa.select(pages.c.engine, pages.c.source).where(pages.c.document == document)
    return dict(sorted(Counter(row.engine or row.source for row in tx.execute(query)).items()))


def steps_done(tx: sa.Connection, document: str) -> list[dict[str, Any]]:
    """The steps that were done last: `{"step", "version", "done_at"}`, in order of time."""
    query = sa.select(steps.c.step, steps.c.version, steps.c.done_at).where(
        steps.c.document == document, ~steps.c.step.contains(AT)
    )
    return [dict(row) for row in tx.execute(query.order_by(steps.c.done_at, steps.c.step)).mappings()]
