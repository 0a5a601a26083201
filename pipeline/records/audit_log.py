"""The audit chain in the records. Entries are written in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.audit import BEGINNING, Entry, Head, entry
from pipeline.clock import now, stamp
from pipeline.records.tables import audit


def append(tx: sa.Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add one entry to the chain."""
    found = entry(head(tx), stamp(now()), actor, action, subject, detail)
    tx.execute(audit.insert().values(**found.as_json()))


def head(tx: sa.Connection) -> Head:
    """The newest entry's number and hash; number 0 when there is none."""
    row = tx.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return Head(row.seq, row.hash) if row else Head(0, BEGINNING)


def entries(tx: sa.Connection, subjects: set[str] | None = None) -> Iterator[Entry]:
    """All entries in order, or those about one of `subjects`."""
    for row in tx.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        if subjects is None or row["subject"] in subjects:
            yield Entry(**row)
