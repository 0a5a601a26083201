"""The connection to the records: SQLite or PostgreSQL, one writer at a time, migrated by Alembic."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from pipeline.errors import WorkspaceTooNew
from pipeline.records.locations import Location
from pipeline.records.sqlite import SqliteFile

if TYPE_CHECKING:
    from pipeline.records.postgres import PostgresServer

SCHEMA = "0022"
"""The newest migration. A database that has it needs no Alembic at start, which saves a third of a second."""

BUSY_SECONDS = 30.0
"""How long a transaction waits for another process to let go of the database."""


class Records:
    """Opens transactions on the database of one matter."""

    def __init__(self, where: Location, busy_seconds: float = BUSY_SECONDS) -> None:
        """Open the records, made where there are none. Raises `RecordsAway`, `WorkspaceTooNew` and others."""
        self._home = _home(where, busy_seconds)
        self._migrate()

    @property
    def name(self) -> str:
        """What messages call them: the file, or the server's address without its password."""
        return self._home.name

    @property
    def shared(self) -> bool:
        """Whether other machines may have them open too."""
        return self._home.shared

    @property
    def holder(self) -> int:
        """The number under which this process has things in hand (see `records.holds`); 0 where nobody else can."""
        with self._named_errors():
            return self._home.holder

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the records."""
        with self._named_errors(), self._home.reading.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock from its beginning; it is undone when the block raises."""
        with self._named_errors(), self._home.writing.begin() as connection:
            yield connection

    @contextmanager
    def taking(self) -> Iterator[sa.Connection]:
        """A transaction to take things in hand. On a server it does not wait for whoever writes."""
        home = self._home
        with self._named_errors(), (home.engine if home.shared else home.writing).begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one of all machines to do what goes over all documents. Not inside a transaction."""
        with self._named_errors(), self._home.alone():
            yield

    def close(self) -> None:
        """Let go of all connections."""
        self._home.close()

    def integrity_faults(self) -> list[str]:
        """What the database's own checks find wrong; empty when it is sound."""
        with self.reading() as connection:
            return list(self._home.faults(connection))

    def description(self) -> str:
        """Which database it is, for people."""
        with self.reading() as connection:
            return self._home.description(connection)

    def _migrate(self) -> None:
        with self._named_errors():
            revision = self._revision()
            if revision == SCHEMA:
                return
            if revision is not None and revision > SCHEMA:
                raise WorkspaceTooNew(f"The records have schema {revision}; this program knows {SCHEMA}.")
            self._upgrade()

    def _revision(self) -> str | None:
        with self._home.engine.connect() as connection:
            if not self._home.has_table(connection, "alembic_version"):
                return None
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._home.writing.begin() as connection:
            self._home.prepare(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (
            DBAPIError,
            NoConnection,
            sqlite3.DatabaseError,
        ) as error:  # the last: while a connection is set up
            raise self._home.named(error) from error


def _home(where: Location, busy_seconds: float) -> SqliteFile | PostgresServer:
    if isinstance(where, Path):
        return SqliteFile(where, busy_seconds)
    from pipeline.records.postgres import PostgresServer  # only who has a server needs its driver

    return PostgresServer(where, busy_seconds)
