"""What SQLite and PostgreSQL say differently, for the other modules of the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pipeline.records.columns import Piece

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

POSTGRESQL = "postgresql"


def insert(tx: sa.Connection, table: sa.Table) -> Insert:
    """An insert that can say `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases know."""
    if on_postgresql(tx):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)  # type: ignore[return-value]  # it has the same methods
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def added(tx: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Add a row; False where the same was there."""
    query = insert(tx, table).values(row).on_conflict_do_nothing()
    return tx.execute(query, execution_options={"preserve_rowcount": True}).rowcount > 0


def slice_of(
    column: sa.ColumnElement[str], start: sa.ColumnElement[int] | int, end: sa.ColumnElement[int] | int
) -> sa.ColumnElement[str]:
    """The piece of a text from `start` up to `end`, offsets as Python counts them."""
    return sa.type_coerce(sa.func.substr(column, start + 1, end - start), Piece)


def next_position(tx: sa.Connection, table: sa.Table) -> int:
    """The number behind the highest `position` of a table: the order in which its rows came."""
    return int(tx.execute(sa.select(sa.func.max(table.c.position))).scalar() or 0) + 1


def on_postgresql(tx: sa.Connection) -> bool:
    """Whether these records lie on a PostgreSQL server."""
    return tx.dialect.name == POSTGRESQL
