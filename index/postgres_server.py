"""The connection to a PostgreSQL server, what its refusals mean, and the names of an index's tables.

An index is a schema of its own in a database, so that several matters share one. Each of its generations is a set of
tables; the row in `state` says which of them counts.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias

from index.engine import Address
from index.errors import (
    EngineMissing,
    IndexDamaged,
    IndexLocked,
    ServerRefused,
    ServerUnreachable,
)

try:
    import psycopg
    from psycopg import errors, sql
    from psycopg.conninfo import conninfo_to_dict
except ImportError as missing:
    raise EngineMissing("The engine postgres needs the package psycopg, which is not installed") from missing

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OLDEST = 14
"""The oldest PostgreSQL that has all that is needed here."""
HEAD_BYTES = 500
"""Bytes of a term that its place in the dictionary's order comes from; an entry of an index has room for 2,700."""
_ASKED = """
    unnest(%b::smallint[], %b::bytea[]) with ordinality as asked(field, term, number) join {terms} t
    on t.field = asked.field and t.term = asked.term
    and substr(t.term, 1, {head}) = substr(asked.term, 1, {head})
"""

CONNECT_SECONDS = 10
"""How long a server may take to answer at first."""
_TABLES = ("terms", "lists", "segments", "dead", "pages")
_HARMLESS = re.compile(r"[\w./:-]+")
_REASONS = (
    "Connection refused",
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "timeout expired",
    "could not translate host name",
    "No such file or directory",
    "too many clients",
    "the database system is starting up",
    "the database system is shutting down",
    "no pg_hba.conf entry",
    "statement timeout",
)
"""What the driver's messages are told by: their own text may hold parts of an address that was mistyped."""
_REFUSED = (
    errors.InsufficientPrivilege,
    errors.ReadOnlySqlTransaction,
    errors.DiskFull,
    errors.OutOfMemory,
    errors.InsufficientResources,
)
_DAMAGE = (ValueError, KeyError, IndexError, TypeError, AssertionError, zlib.error, struct.error)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one generation of an index."""

    schema: str
    generation: int = 0

    def fill(self, statement: LiteralString) -> sql.Composed:
        """The statement with names put in for `{schema}`, `{state}`, `{terms}` and so on.

        `{head}` is `HEAD_BYTES`, and `{asked}` a list of fields and terms, given as two values, joined with their
        rows `t` in the dictionary.
        """
        names = {name: sql.Identifier(self.schema, f"{name}_{self.generation}") for name in _TABLES}
        head = sql.Literal(HEAD_BYTES)
        return sql.SQL(statement).format(
            schema=sql.Identifier(self.schema),
            state=sql.Identifier(self.schema, "state"),
            asked=sql.SQL(_ASKED).format(head=head, **names),
            head=head,
            **names,
        )

    def of(self, tables: Sequence[str], statement: LiteralString) -> sql.Composed:
        """The statement with the names of these tables of the schema put in for `{of}`."""
        names = sql.SQL(", ").join(sql.Identifier(self.schema, table) for table in tables)
        return sql.SQL(statement).format(of=names)


def connect(address: Address) -> Connection:
    """A connection in which every statement stands for itself. Raises `ServerUnreachable`."""
    with guarded(address):
        return psycopg.connect(
            address.url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="claimtrail",
            prepare_threshold=None,  # poolers hand each transaction to another session
        )


def check_version(connection: Connection) -> None:
    """Raises `ServerRefused` where the server is too old."""
    if connection.info.server_version < 10_000 * OLDEST:
        said = f"The server is PostgreSQL {connection.info.server_version // 10_000}"
        raise ServerRefused(
            f"{said}; the engine postgres needs {OLDEST} or newer", "Install a newer PostgreSQL."
        )


def reading(address: Address) -> Connection:
    """A connection whose transactions see one state from their beginning to their end. Raises `ServerUnreachable`."""
    connection = connect(address)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def lock_key(schema: str) -> int:
    """The number of the advisory lock that the writer of this index holds."""
    digest = hashlib.blake2b(f"claimtrail index {schema}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def guarded(address: Address) -> Iterator[None]:
    """What the driver raises becomes one of our errors, which say where and why but never quote an address.

    Tables that are not there, or hold what cannot be, are an index to be built anew.
    """
    try:
        yield
    except errors.LockNotAvailable as error:
        raise IndexLocked(
            f"The search index in {where(address)} is being written by another process"
        ) from error
    except (
        errors.UndefinedTable,
        errors.UndefinedColumn,
        errors.DatatypeMismatch,
        errors.DataCorrupted,
    ) as error:
        raise IndexDamaged(f"The search index in {where(address)} is not what it should be") from error
    except _REFUSED as error:
        raise ServerRefused(f"{where(address)} refuses: {error.diag.message_primary}") from error
    except psycopg.OperationalError as error:
        raise ServerUnreachable(f"{where(address)} does not answer{_reason(error)}") from error
    except psycopg.ProgrammingError as error:
        if error.sqlstate is None:  # the driver could not read the address
            raise ServerUnreachable("The address of the search server cannot be read") from None
        raise IndexDamaged(f"The search index in {where(address)} is not what it should be") from error
    except (psycopg.DataError, psycopg.InternalError) as error:
        raise IndexDamaged(f"The search index in {where(address)} cannot be read") from error


@contextmanager
def decoding() -> Iterator[None]:
    """What a damaged list, column or page raises when it is read becomes `IndexDamaged`; only its kind is named."""
    try:
        yield
    except _DAMAGE as error:
        raise IndexDamaged(f"The search index cannot be read ({type(error).__name__})") from error


@contextmanager
def writing(address: Address, timeout: float) -> Iterator[Connection]:
    """A transaction of the one writer. Raises `IndexLocked` when another one holds the lock for `timeout` seconds."""
    with guarded(address), connect(address) as connection, connection.transaction():
        connection.execute(
            "select set_config('lock_timeout', %s, true)", (f"{max(1, round(1000 * timeout))}ms",)
        )
        connection.execute("select pg_advisory_xact_lock(%s)", (lock_key(address.schema),))
        connection.execute("set local lock_timeout = 0")
        yield connection


def where(address: Address) -> str:
    """Server, database and schema in words, without user and password."""
    try:
        said = conninfo_to_dict(address.url)
    except psycopg.ProgrammingError:
        return "the search server"
    parts = [str(said.get(name) or "") for name in ("host", "port", "dbname")]
    if not all(_HARMLESS.fullmatch(part) for part in parts if part) or not any(parts):
        return "the search server"
    host, port, name = parts
    return f"{host or 'localhost'}{':' + port if port else ''}/{name} (schema {address.schema})"


def _reason(error: psycopg.Error) -> str:
    said = str(error)
    found = [reason for reason in _REASONS if reason in said]
    return f": {found[0]}" if found else ""
