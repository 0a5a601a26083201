"""A matter's rows from one database into another, each table counted and hashed on both sides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from pipeline.errors import CopyDiffers
from pipeline.pace import Told, untold
from pipeline.records.dialects import on_postgresql
from pipeline.records.documents import AT
from pipeline.records.tables import documents, holds, jobs, matter, metadata, sessions, steps

LEFT = (sessions, jobs, holds, matter)
"""Tables that stay behind: who is logged in, work of a server whose files are not copied, what processes have in hand,
and the id by which a folder knows its own records."""
BATCH = 200
"""Rows at once: a row may hold the text of a thousand pages."""
_WIDTH = 2**256
_NULL = "null_of_"
_GIVEN = "given_"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and a digest of them in whatever order: the sum of their SHA-256, modulo 2^256."""

    rows: int = 0
    total: int = 0

    @property
    def digest(self) -> str:
        """64 hex digits."""
        return f"{self.total:064x}"


def moved() -> list[sa.Table]:
    """The tables that are copied, each behind those that its rows belong to."""
    return [table for table in metadata.sorted_tables if table not in LEFT]


def is_filled(tx: sa.Connection) -> bool:
    """Whether a table that is copied has a row."""
    return any(tx.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() for table in moved())


def count(tx: sa.Connection, table: sa.Table) -> int:
    """The number of rows."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)


def transfer(source: sa.Connection, target: sa.Connection, tell: Told = untold) -> dict[str, Tally]:
    """Copy all rows into empty tables, in the two given transactions, and read them back.

    Returns each table's tally. Raises `CopyDiffers` when a table is not the same on both sides.
    """
    tallies = {}
    tables = moved()
    for at, table in enumerate(tables):
        tallies[table.name] = _copied(source, target, table)
        if (found := tally(target, table)) != tallies[table.name]:
            raise CopyDiffers(
                f"Table {table.name} is not the same in the copy: {found.rows} rows of {tallies[table.name].rows}, "
                f"digest {found.digest[:16]} for {tallies[table.name].digest[:16]}."
            )
        tell(at + 1, len(tables))
    if on_postgresql(target):
        _set_sequences(target)
    return tallies


def tally(tx: sa.Connection, table: sa.Table) -> Tally:
    """A table's rows, counted and hashed."""
    rows = total = 0
    for row in _rows(tx, table):
        rows, total = rows + 1, (total + _hash(table, row)) % _WIDTH
    return Tally(rows, total)


def _copied(source: sa.Connection, target: sa.Connection, table: sa.Table) -> Tally:
    insert = table.insert().values({c.name: sa.bindparam(_GIVEN + c.name, type_=_type(c)) for c in table.c})
    rows = total = 0
    for batch in _batches(_rows(source, table)):
        total = (total + sum(_hash(table, row) for row in batch)) % _WIDTH
        rows += len(batch)
        target.execute(insert, [_given(table, row) for row in batch])
    return Tally(rows, total)


def _rows(tx: sa.Connection, table: sa.Table) -> Iterator[sa.RowMapping]:
    """All rows; beside each JSON column whether it is NULL, which is not the same as JSON's null."""
    nulls = [c.is_(None).label(_NULL + c.name) for c in table.c if _is_json(c)]
    query = sa.select(table, *nulls)
    if table is steps:  # what single machines have in their own indexes
        query = query.where(~steps.c.step.contains(AT))
    yield from tx.execute(query, execution_options={"yield_per": BATCH}).mappings()


def _given(table: sa.Table, row: sa.RowMapping) -> dict[str, Any]:
    """A row as the insert takes it."""
    return {_GIVEN + column.name: _value(column, row) for column in table.c}


def _value(column: sa.Column[Any], row: sa.RowMapping) -> Any:
    value = row[column.name]
    if value is None and _is_json(column) and not row[_NULL + column.name]:
        return sa.JSON.NULL
    return value


def _type(column: sa.Column[Any]) -> Any:
    """For JSON one by which None is NULL: what is JSON's null says so itself."""
    return sa.JSON(none_as_null=True) if _is_json(column) else column.type


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _batches(rows: Iterable[sa.RowMapping]) -> Iterator[list[sa.RowMapping]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _hash(table: sa.Table, row: sa.RowMapping) -> int:
    digest = hashlib.sha256()
    for column in table.c:
        kind, value = _plain(_value(column, row), _is_json(column))
        digest.update(kind + len(value).to_bytes(8, "big") + value)
    return int.from_bytes(digest.digest(), "big")


def _plain(value: Any, is_json: bool) -> tuple[bytes, bytes]:
    """A value as a letter for its kind, and bytes."""
    if value is None:
        return b"0", b""
    if value is sa.JSON.NULL:
        return b"j", b"null"
    if is_json:
        return b"j", json.dumps(value, sort_keys=True).encode()
    if isinstance(value, bytes):
        return b"x", value
    if isinstance(value, str):
        return b"s", value.encode("utf-8", "surrogatepass")
    return b"n", repr(value).encode()


def _set_sequences(tx: sa.Connection) -> None:
    """Numbers that the database gives out go on behind those that were copied."""
    for table in moved():
        for column in table.primary_key.columns:
            names = {"table": f'"{table.name}"', "column": column.name}
            sequence = tx.execute(sa.text("SELECT pg_get_serial_sequence(:table, :column)"), names).scalar()
            highest = tx.execute(sa.select(sa.func.max(column))).scalar() if sequence else None
            if highest:
                tx.execute(sa.text("SELECT setval(:sequence, :to)"), {"sequence": sequence, "to": highest})


def shas(tx: sa.Connection) -> Sequence[str]:
    """The hashes of all documents, in order."""
    return tx.execute(sa.select(documents.c.sha256).order_by(documents.c.sha256)).scalars().all()
