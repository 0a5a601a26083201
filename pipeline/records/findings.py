"""What is wrong with documents in themselves, as the records have it."""

from __future__ import annotations

import sqlalchemy as sa

from extractors.facts.finding import Finding
from pipeline.records import codec
from pipeline.records.tables import documents


def finding_list(tx: sa.Connection, document: str) -> list[Finding]:
    """What is wrong with a document in itself, in order of place."""
    rows = tx.execute(sa.select(documents.c.findings).where(documents.c.id == document)).scalar() or []
    return [codec.finding_of(row) for row in rows]


def count_with_findings(tx: sa.Connection) -> int:
    """How many documents have something wrong with them in themselves."""
    query = sa.select(sa.func.count()).select_from(documents)
    return int(tx.execute(query.where(sa.cast(documents.c.findings, sa.String) != "[]")).scalar() or 0)
