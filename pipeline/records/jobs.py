"""Long work that the pages were asked for, as the records tell of it.

Where several machines share the records, each does its own (`machine`): uploads and bundles lie in its folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.clock import now, stamp
from pipeline.records.dialects import next_position
from pipeline.records.tables import jobs

Row = Mapping[str, Any]
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


def add(
    tx: sa.Connection,
    job: str,
    kind: str,
    asked: Mapping[str, Any],
    actor: str,
    claim: str | None = None,
    machine: str = "",
) -> None:
    """Put work at the end of the queue."""
    row = {"id": job, "kind": kind, "claim": claim, "asked": dict(asked), "actor": actor, "tries": 0}
    row |= {"machine": machine, "position": next_position(tx, jobs)}
    tx.execute(jobs.insert().values(**row, state=QUEUED, made=stamp(now())))


def find(tx: sa.Connection, job: str) -> Row | None:
    """One job."""
    found = tx.execute(sa.select(jobs).where(jobs.c.id == job)).mappings().first()
    return None if found is None else dict(found)


def newest(tx: sa.Connection, machine: str = "") -> list[Row]:
    """A machine's jobs without what they were asked and answered, which may be long, the newest first."""
    columns = [column for column in jobs.c if column.name not in ("asked", "result")]
    query = (
        sa.select(*columns)
        .where(jobs.c.machine == machine)
        .order_by(jobs.c.made.desc(), jobs.c.position.desc())
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def waiting(tx: sa.Connection, kind: str | None = None, machine: str = "") -> bool:
    """Whether work (of that kind) is in the queue and not begun."""
    query = sa.select(jobs.c.id).where(jobs.c.state == QUEUED, jobs.c.machine == machine)
    query = query if kind is None else query.where(jobs.c.kind == kind)
    return tx.execute(query.limit(1)).first() is not None


def begin_next(tx: sa.Connection, machine: str = "") -> Row | None:
    """The oldest job of a machine's queue, which runs from now on."""
    mine = sa.and_(jobs.c.state == QUEUED, jobs.c.machine == machine)
    query = sa.select(jobs).where(mine).order_by(jobs.c.made, jobs.c.position).limit(1)
    found = tx.execute(query.with_for_update(skip_locked=True)).mappings().first()
    if found is None:
        return None
    running = {"state": RUNNING, "started": stamp(now()), "tries": found["tries"] + 1}
    tx.execute(sa.update(jobs).where(jobs.c.id == found["id"]).values(running))
    return {**found, **running}


def end(tx: sa.Connection, job: str, result: Any = None, error: Mapping[str, str] | None = None) -> None:
    """Note how a job ended."""
    values = {"state": FAILED if error else DONE, "finished": stamp(now()), "result": result, "error": error}
    tx.execute(sa.update(jobs).where(jobs.c.id == job).values(values))


def requeue(tx: sa.Connection, most_tries: int, machine: str = "") -> None:
    """Put back what was running when the server ended; what ended with it too often stays as it is."""
    again = sa.and_(jobs.c.state == RUNNING, jobs.c.tries < most_tries, jobs.c.machine == machine)
    tx.execute(sa.update(jobs).where(again).values(state=QUEUED))


def put_back(tx: sa.Connection, job: str) -> None:
    """Put a job that was begun back into the queue, as if it had not been begun."""
    values = {"state": QUEUED, "tries": jobs.c.tries - 1}
    tx.execute(sa.update(jobs).where(jobs.c.id == job).values(values))


def running(tx: sa.Connection, machine: str = "") -> list[str]:
    """The ids of a machine's jobs that are said to run."""
    mine = sa.and_(jobs.c.state == RUNNING, jobs.c.machine == machine)
    return list(tx.execute(sa.select(jobs.c.id).where(mine)).scalars())


def forget(tx: sa.Connection, job: str) -> None:
    """Forget a job."""
    tx.execute(sa.delete(jobs).where(jobs.c.id == job))
