"""Records on a PostgreSQL server, for several machines at once.

A writer holds an advisory lock from its beginning, since the audit is a chain; a reader sees one state of all tables.
What a process has in hand is told by locks of a session: they go when it dies, whatever it dies of.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pipeline.errors import (
    ClaimtrailError,
    DiskFull,
    PackageMissing,
    RecordsAway,
    RecordsUnusable,
    WorkspaceBusy,
)
from pipeline.records.columns import json_text, json_value
from pipeline.records.locations import Server

WRITER, ALONE = 1, 2
"""The second half of the advisory locks' keys; the first is the schema's."""
POOL, MOST_CONNECTIONS = 5, 25
LOOK_SECONDS = 0.2
"""How often whoever waits to be alone looks again."""
TELL_SECONDS = 10.0
"""After so long it is told who is waited for; then again, each time after twice as long."""
CONNECT_SECONDS = 10
HOST_LOST = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 4}
"""Seconds after which a silent other side is asked, and asked again, and how often until it is taken for gone."""
BUSY = ("55P03", "57014", "40001", "40P01", "53300")
"""Lock or statement timed out, serialization failed, deadlock, too many connections."""
FULL = ("53100",)
REFUSED = ("28", "3D", "3F", "42501")
"""Beginnings of the states that say: no such user, database or schema, or no right to it."""
RESTORE = "Restore the database from a back-up; the originals are not affected."
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:schema, :which)")
_TRY = sa.text("SELECT pg_try_advisory_lock(:schema, :which)")
_UNLOCK = sa.text("SELECT pg_advisory_unlock(:schema, :which)")
_HOLD = sa.text("SELECT pg_advisory_lock(:holder)")
_WHO = sa.text(
    "SELECT coalesce(nullif(a.application_name, ''), a.usename) AS name, host(a.client_addr) AS address, "
    "extract(epoch FROM now() - a.state_change)::int AS seconds "
    "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.objid = :which "
    "AND l.classid::bigint = CAST(:schema AS bigint) & 4294967295 AND a.datname = current_database()"
)
log = logging.getLogger(__name__)


class PostgresServer:
    """The engine of a PostgreSQL database, and what is its own."""

    shared = True

    def __init__(self, server: Server, busy_seconds: float) -> None:
        self._server, self.name = server, server.shown
        self._schema_key = zlib.crc32((server.schema or "").encode()) - 2**31
        self.engine = _engine(server, busy_seconds)
        self.reading = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.writing = self.engine.execution_options(immediate=True)
        sa.event.listen(self.engine, "begin", self._begin)
        self._sessions = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._holding = _Holding(self._sessions)
        self._one_alone, self._depth = threading.RLock(), 0

    @property
    def holder(self) -> int:
        """The number under which this process has things in hand, from now until it ends or closes the records."""
        return self._holding.number()

    def has_table(self, connection: sa.Connection, name: str) -> bool:
        """Whether there is such a table in the schema that is used."""
        return connection.execute(sa.text("SELECT to_regclass(:name)"), {"name": name}).scalar() is not None

    def prepare(self, connection: sa.Connection) -> None:
        """Make the schema. Raises `RecordsUnusable` for a database that does not hold text as UTF-8."""
        encoding = connection.execute(sa.text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            hint = "Make a database with createdb --encoding=UTF8 --template=template0."
            raise RecordsUnusable(f"{self.name} has text in {encoding}, not in UTF-8.", hint)
        if self._server.schema and not self._has_schema(connection):
            connection.execute(sa.schema.CreateSchema(self._server.schema))

    def _has_schema(self, connection: sa.Connection) -> bool:
        query = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
        return connection.execute(query, {"name": self._server.schema}).first() is not None

    def faults(self, connection: sa.Connection) -> list[str]:
        """What the database's own checks find wrong: rows without those they belong to, and indexes (amcheck)."""
        return [*_orphans(connection), *self._bad_indexes()]

    def _bad_indexes(self) -> Iterator[str]:
        with self._sessions.connect() as connection:
            if not connection.execute(_AMCHECK_THERE).first():
                return
            for row in connection.execute(_INDEXES).all():
                try:
                    connection.execute(sa.text("SELECT bt_index_check(:oid)"), {"oid": row.oid})
                except DBAPIError as error:
                    if _state(error).startswith("42"):
                        return  # no right to call it: the database's owner runs it
                    yield f"index {row.name}: {_said(error)}"

    def description(self, connection: sa.Connection) -> str:
        """What it is, for people."""
        version = connection.execute(sa.text("SHOW server_version")).scalar()
        return f"PostgreSQL {version} at {self.name}"

    def named(self, error: Exception) -> ClaimtrailError:
        """One of our errors for one of the database's. Its words may quote a row, so only the first line is told."""
        state, said = _state(error), _said(error)
        if state in BUSY or isinstance(error, sa.exc.TimeoutError):
            who = self._who(WRITER) if state == "55P03" else ""
            return WorkspaceBusy(f"{self.name} is busy: {f'{who} writes to it' if who else said}.")
        if state in FULL:
            return DiskFull(f"No space left on the server of {self.name}.")
        if state.startswith(REFUSED) or not state or state.startswith(("08", "57P")):
            return RecordsAway(f"{self.name} cannot be reached: {said}.")
        return RecordsUnusable(f"{self.name} cannot be used: {said}.", RESTORE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only process of all machines in this block, waiting for others as long as they live."""
        with self._one_alone:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield
                else:
                    with self._alone():
                        yield
            finally:
                self._depth -= 1

    @contextmanager
    def _alone(self) -> Iterator[None]:
        key = {"schema": self._schema_key, "which": ALONE}
        with self._sessions.connect() as connection:
            self._wait(connection, key)
            try:
                yield
            finally:
                with suppress(DBAPIError):  # the session is gone, and the lock with it
                    connection.execute(_UNLOCK, key)

    def _wait(self, connection: sa.Connection, key: Mapping[str, int]) -> None:
        """Until the lock is ours. Its holder may have hours of work, or be a process that hangs: so it is named."""
        begun, pause = time.monotonic(), TELL_SECONDS
        tell = begun + pause
        while not connection.execute(_TRY, key).scalar():
            if (now := time.monotonic()) > tell:
                who = self._who(ALONE) or "another process"
                log.warning(
                    "%s: waiting %.0f seconds for %s to end what goes over all documents; "
                    "end that process if it does no work any more",
                    *(self.name, now - begun, who),
                )
                pause *= 2
                tell = now + pause
            time.sleep(LOOK_SECONDS)

    def _who(self, which: int) -> str:
        """Who has a lock, and since when it did not say anything; empty where the server does not tell."""
        try:
            with self._sessions.connect() as connection:
                key = {"schema": self._schema_key, "which": which}
                found = connection.execute(_WHO, key).first()
        except (DBAPIError, sa.exc.TimeoutError):
            return ""
        if found is None:
            return ""
        where = f" at {found.address}" if found.address else ""
        silent = "" if found.seconds is None else f" (silent for {found.seconds} seconds)"
        return f"{found.name}{where}{silent}"

    def close(self) -> None:
        """Let go of all connections, and of what is in hand."""
        self._holding.end()
        self.engine.dispose()

    def _begin(self, connection: sa.Connection) -> None:
        if connection.get_execution_options().get("immediate", False):
            connection.execute(_LOCK, {"schema": self._schema_key, "which": WRITER})


class _Holding:
    """A session whose lock says that this process lives; made anew, under another number, when the server ended it."""

    def __init__(self, sessions: sa.Engine) -> None:
        self._sessions, self._guard = sessions, threading.Lock()
        self._connection: sa.Connection | None = None
        self._number = 0

    def number(self) -> int:
        with self._guard:
            if self._connection is None or not self._alive(self._connection):
                self._end()
                self._connection = self._sessions.connect()
                self._number = secrets.randbelow(2**62) + 1
                self._connection.execute(_HOLD, {"holder": self._number})
            return self._number

    @staticmethod
    def _alive(connection: sa.Connection) -> bool:
        try:
            connection.execute(sa.text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def end(self) -> None:
        with self._guard:
            self._end()

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()  # closes the session itself, and with it the lock
                connection.close()


def _engine(server: Server, busy_seconds: float) -> sa.Engine:
    usual = {"connect_timeout": CONNECT_SECONDS, "application_name": _own_name()}
    own = {name: value for name, value in usual.items() if name not in server.address().query}
    try:
        return sa.create_engine(
            server.address(),
            connect_args={**own, **HOST_LOST, "options": _options(server, busy_seconds)},
            pool_size=POOL,
            max_overflow=MOST_CONNECTIONS - POOL,
            pool_timeout=busy_seconds,
            pool_pre_ping=True,
            hide_parameters=True,
            json_serializer=json_text,
            json_deserializer=json_value,
        )
    except ModuleNotFoundError as error:
        raise PackageMissing(f"Records on a server need {error.name}, which is not installed.") from error


def _own_name() -> str:
    """What the server calls this process, for those who wait for it."""
    return f"claimtrail, process {os.getpid()} on {socket.gethostname()}"


def _options(server: Server, busy_seconds: float) -> str:
    """The session's settings. The server notices by them that a machine is gone that had something in hand."""
    told = {f"tcp_{name}": number for name, number in HOST_LOST.items()}
    told |= {"lock_timeout": max(1, int(busy_seconds * 1000))}
    given = server.address().query.get("options", "")
    schema = [f"-csearch_path={server.schema}"] if server.schema else []
    return " ".join([str(given), *schema, *(f"-c{name}={value}" for name, value in told.items())]).strip()


def _state(error: BaseException) -> str:
    found = getattr(error, "orig", None) or error
    return str(getattr(found, "sqlstate", None) or "")


def _said(error: BaseException) -> str:
    found: Any = getattr(error, "orig", None) or error
    first = getattr(getattr(found, "diag", None), "message_primary", None) or str(found)
    return " ".join(first.strip().partition("\n")[0].split()).rstrip(".")


_AMCHECK_THERE = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
_INDEXES = sa.text(
    "SELECT i.indexrelid AS oid, c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid "
    "AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname"
)


def _orphans(connection: sa.Connection) -> Iterator[str]:
    """Rows whose foreign key leads nowhere: the server lets none in, so they tell of damage."""
    from pipeline.records.tables import metadata

    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            other = key.column.table.alias()
            there = sa.exists().where(other.c[key.column.name] == key.parent)
            query = sa.select(sa.func.count()).select_from(table).where(key.parent.is_not(None), ~there)
            if count := connection.execute(query).scalar():
                yield f"{count} rows of {table.name} belong to a row of {key.column.table.name} that is not there"
