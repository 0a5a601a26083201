"""The connection to the records: SQLite in WAL mode, one writer at a time, migrated by Alembic."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from pipeline.errors import (
    ClaimtrailError,
    DiskFull,
    RecordsUnusable,
    WorkspaceBusy,
    WorkspaceTooNew,
    named,
)

SCHEMA = "0020"
"""The newest migration. A database that has it needs no Alembic at start, which saves a third of a second."""

MOST_CONNECTIONS = 100
BUSY_SECONDS = 30.0
"""How long a transaction waits for another process to let go of the database."""


class Records:
    """Opens transactions on the database of one matter."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path = path
        self._engine = _engine(path, busy_seconds)
        self._migrate()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the records."""
        with self._named_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock from its beginning; it is undone when the block raises."""
        with self._named_errors(), self._engine.execution_options(immediate=True).begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def integrity_faults(self) -> list[str]:
        """What SQLite's own check finds wrong with the file; empty when it is sound."""
        with self.reading() as connection:
            rows = connection.execute(sa.text("PRAGMA quick_check")).scalars().all()
        return [] if rows == ["ok"] else [str(row) for row in rows]

    def _migrate(self) -> None:
        with self._named_errors():
            revision = self._revision()
            if revision == SCHEMA:
                return
            if revision is not None and revision > SCHEMA:
                raise WorkspaceTooNew(f"The records have schema {revision}; this program knows {SCHEMA}.")
            self._upgrade()

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._engine.execution_options(immediate=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise _named(str(error.orig), self._path) from error
        except sqlite3.DatabaseError as error:  # while a connection is set up
            raise _named(str(error), self._path) from error


def _named(said: str, path: Path) -> Exception:
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
