"""Records in a SQLite file: WAL mode, one writer at a time, none of it shared with another machine."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pipeline.errors import ClaimtrailError, DiskFull, RecordsUnusable, WorkspaceBusy, named

MOST_CONNECTIONS = 100


class SqliteFile:
    """The engine of a SQLite file, and what is its own."""

    shared = False
    holder = 0

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self.engine = _engine(path, busy_seconds)
        self.reading = self.engine
        self.writing = self.engine.execution_options(immediate=True)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._path.name

    def has_table(self, connection: sa.Connection, name: str) -> bool:
        """Whether there is such a table."""
        return sa.inspect(connection).has_table(name)

    def prepare(self, connection: sa.Connection) -> None:
        """What must be there before the first table: nothing."""

    def faults(self, connection: sa.Connection) -> list[str]:
        """What SQLite's own check finds wrong with the file; empty when it is sound."""
        rows = connection.execute(sa.text("PRAGMA quick_check")).scalars().all()
        return [] if rows == ["ok"] else [str(row) for row in rows]

    def description(self, connection: sa.Connection) -> str:  # noqa: ARG002
        """What it is, for people."""
        return "SQLite"

    def named(self, error: Exception) -> ClaimtrailError:
        """One of our errors for one of the database's."""
        return _named(str(error.orig if isinstance(error, DBAPIError) else error), self._path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other machine has these records, so one is alone on them; on this one the workspace's lock counts."""
        yield

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _named(said: str, path: Path) -> ClaimtrailError:
    if "locked" in said or "busy" in said:
        return WorkspaceBusy(f"{path.name} is locked by another process.")
    if "full" in said:
        return DiskFull(f"No space left while writing {path.name}.")
    refused = (
        _refused(path.parent) if any(word in said for word in ("readonly", "unable to open", "I/O")) else None
    )
    return refused or RecordsUnusable(f"{path.name} cannot be used: {said}.")


def _refused(folder: Path) -> ClaimtrailError | None:
    """What the operating system says to a file as large as SQLite's own beside the database: SQLite does not say it."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(2**16))
            probe.flush()
    except OSError as error:
        return named(error)
    return None


def _engine(path: Path, busy_seconds: float) -> sa.Engine:
    arguments = {"check_same_thread": False, "timeout": busy_seconds}
    # the pages' server reads in many threads; a connection costs little, and none must wait for another
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args=arguments, pool_size=8, max_overflow=MOST_CONNECTIONS - 8
    )
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy's recipe for real transactions: the driver must not open them by itself.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
