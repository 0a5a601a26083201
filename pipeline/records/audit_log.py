"""The audit chain in the records. Entries are written in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.audit import BEFORE_ALL, LOST, Entry, Head, Witness, entry
from pipeline.clock import now, stamp
from pipeline.records.dialects import insert
from pipeline.records.tables import audit, audit_head

ONE = 1
"""The id of the only row of `audit_head`."""


def append(tx: sa.Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add one entry to the chain."""
    found = entry(head(tx), stamp(now()), actor, action, subject, detail)
    tx.execute(audit.insert().values(**found.as_json()))
    known = {"seq": found.seq, "hash": found.hash}
    row = insert(tx, audit_head).values(id=ONE, **known)
    tx.execute(row.on_conflict_do_update(index_elements=["id"], set_=known))


def account(tx: sa.Connection, actor: str, outside: Witness) -> None:
    """Note in the audit what of it is gone. Called before anything is added, since adding would cover it."""
    end, noted = head(tx), noted_head(tx)
    if end == noted == outside.head:
        return
    gone = [known for known in (outside.head, noted) if known and not _holds(tx, known)]
    if gone:
        lost = max(gone, key=lambda known: known.seq)
        append(tx, actor, LOST, "audit", {"known": lost.seq, "hash": lost.hash, "left": end.seq})
    elif outside.head is None and end.seq:
        append(tx, actor, "head written anew", "audit", {"because": f"{outside.where} {outside.trouble}"})


def head(tx: sa.Connection) -> Head:
    """The newest entry's number and hash; number 0 when there is none."""
    row = tx.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return Head(row.seq, row.hash) if row else BEFORE_ALL


def first_hash(tx: sa.Connection) -> str:
    """The hash of the first entry, which no other matter's records hold; empty when there is none."""
    return str(tx.execute(sa.select(audit.c.hash).order_by(audit.c.seq).limit(1)).scalar() or "")


def newest(tx: sa.Connection, besides: str) -> int:
    """The number of the newest entry under another subject than this; 0 when there is none."""
    query = sa.select(audit.c.seq).where(audit.c.subject != besides).order_by(audit.c.seq.desc()).limit(1)
    return int(tx.execute(query).scalar() or 0)


def touched_since(tx: sa.Connection, seq: int, actions: Collection[str] = ()) -> set[str]:
    """What entries after that number are about; of these `actions` alone, where some are named."""
    query = sa.select(audit.c.subject).where(audit.c.seq > seq)
    if actions:
        query = query.where(audit.c.action.in_(actions))
    return set(tx.execute(query.distinct()).scalars())


def noted_head(tx: sa.Connection) -> Head:
    """The head as it was noted apart from the entries, in a row of its own."""
    row = tx.execute(sa.select(audit_head)).first()
    return Head(row.seq, row.hash) if row else BEFORE_ALL


def count(tx: sa.Connection) -> int:
    """How many entries there are."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(audit)).scalar() or 0)


def _holds(tx: sa.Connection, known: Head) -> bool:
    found = tx.execute(sa.select(audit.c.hash).where(audit.c.seq == known.seq)).scalar()
    return known.seq == 0 or found == known.hash


def of_action(tx: sa.Connection, action: str) -> list[Entry]:
    """The entries of one action, in order."""
    query = sa.select(audit).where(audit.c.action == action).order_by(audit.c.seq)
    return [Entry(**row) for row in tx.execute(query).mappings()]


def entries(tx: sa.Connection, subjects: set[str] | None = None) -> Iterator[Entry]:
    """All entries in order, or those about one of `subjects`."""
    for row in tx.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        if subjects is None or row["subject"] in subjects:
            yield Entry(**row)
