"""The matter's own id in its records."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.records.tables import claims, documents, matter


def matter_id(tx: sa.Connection) -> str:
    """The id that the matter was given when its records were made."""
    return str(tx.execute(sa.select(matter.c.id)).scalar_one())


def is_empty(tx: sa.Connection) -> bool:
    """Whether there is neither a document nor a claim."""
    return not any(tx.execute(sa.select(table.c.id).limit(1)).first() for table in (documents, claims))
