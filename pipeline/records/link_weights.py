"""What verdicts taught of the kinds of reasons, as it was when links were last worked out anew."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from pipeline.linking.learned import Learned
from pipeline.records.tables import link_weights


def learned_weights(tx: sa.Connection) -> list[Learned]:
    """The factors in use, in order of kind."""
    rows = tx.execute(sa.select(link_weights).order_by(link_weights.c.kind))
    return [Learned(row.kind, row.factor, row.confirmed, row.rejected) for row in rows]


def replace_weights(tx: sa.Connection, found: Iterable[Learned]) -> bool:
    """Replace the factors in use; True when something changed."""
    after = sorted(found, key=lambda one: one.kind)
    if after == learned_weights(tx):
        return False
    tx.execute(sa.delete(link_weights))
    if after:
        rows = [
            {"kind": x.kind, "factor": x.factor, "confirmed": x.confirmed, "rejected": x.rejected}
            for x in after
        ]
        tx.execute(link_weights.insert(), rows)
    return True
