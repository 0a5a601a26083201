"""Documents that processes of several machines have in hand, so that none is read twice and none is left.

A hold counts as long as its holder lives: the lock of a session, which goes with the process (`records.holder`).
SQLite's records are one machine's, where the workspace's lock sees to that: there everything can be taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pipeline.records.dialects import insert, on_postgresql
from pipeline.records.tables import documents, holds, steps

LIVING = sa.text(
    "(SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
"""The numbers of the holders that live."""


def take(tx: sa.Connection, found: Sequence[str], holder: int) -> set[str]:
    """Take documents in hand; returns those that no living other has."""
    if not on_postgresql(tx) or not found:
        return set(found)
    query = insert(tx, holds).values([{"document": document, "holder": holder} for document in sorted(found)])
    free = sa.or_(holds.c.holder == holder, sa.text(f"holds.holder NOT IN {LIVING.text}"))
    taken = query.on_conflict_do_update(index_elements=["document"], set_={"holder": holder}, where=free)
    return set(tx.execute(taken.returning(holds.c.document)).scalars())


def take_open(tx: sa.Connection, step: str, version: int, holder: int, most: int) -> list[str]:
    """Take documents in hand that are open, without this step in this version and in nobody's hand, oldest first.

    Those that another is taking at this moment are passed over, and one's own are not given twice.
    """
    done = sa.select(steps.c.document).where(steps.c.step == step, steps.c.version == version)
    query = (
        sa.select(documents.c.id)
        .where(documents.c.state == "open", documents.c.id.not_in(done))
        .order_by(documents.c.taken_at, documents.c.id)
    )
    if not on_postgresql(tx):
        return list(tx.execute(query).scalars())
    held = sa.select(holds.c.document).where(sa.text(f"holds.holder IN {LIVING.text}"))
    free = query.where(documents.c.id.not_in(held)).limit(most)
    # no key of theirs is changed: sightings of them can be noted meanwhile
    found = list(tx.execute(free.with_for_update(key_share=True, skip_locked=True)).scalars())
    taken = take(tx, found, holder)
    return [document for document in found if document in taken]


def release(tx: sa.Connection, document: str) -> None:
    """Let go of a document, in the transaction that records how its reading ended."""
    if on_postgresql(tx):
        tx.execute(sa.delete(holds).where(holds.c.document == document))


def release_all(tx: sa.Connection, holder: int) -> None:
    """Let go of all that a holder has, and of what dead ones had."""
    if on_postgresql(tx):
        dead = sa.text(f"holds.holder NOT IN {LIVING.text}")
        tx.execute(sa.delete(holds).where(sa.or_(holds.c.holder == holder, dead)))


def holders(tx: sa.Connection) -> list[tuple[str, int]]:
    """Who has documents in hand, as the server calls them, and how many."""
    if not on_postgresql(tx):
        return []
    return [(row.name, row.documents) for row in tx.execute(_HOLDERS)]


_HOLDERS = sa.text(
    "SELECT coalesce(nullif(a.application_name, ''), a.usename) AS name, count(*) AS documents FROM holds h "
    "JOIN pg_locks l ON l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted "
    "AND (l.classid::bigint << 32) | l.objid::bigint = h.holder "
    "JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database() GROUP BY 1 ORDER BY 1"
)


def in_hand(tx: sa.Connection) -> set[str]:
    """The documents that somebody who lives has in hand."""
    if not on_postgresql(tx):
        return set()
    query = sa.select(holds.c.document).where(sa.text(f"holds.holder IN {LIVING.text}"))
    return set(tx.execute(query).scalars())
