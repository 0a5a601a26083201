"""How Alembic reaches the records: over the connection that `store.migrate` hands in."""

from __future__ import annotations

from itertools import groupby

import sqlalchemy as sa
from alembic import context

from pipeline.records.tables import metadata

TEXT_SORTED_OTHERWISE = sa.text(
    "SELECT c.relname AS of, quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
    "AND l.collname <> 'C' AND c.relname = ANY(:tables) ORDER BY c.relname, a.attnum"
)


def sort_by_code_points(connection: sa.Connection) -> None:
    """Text sorts on PostgreSQL as it does on SQLite, whatever language the database was made for."""
    rows = connection.execute(TEXT_SORTED_OTHERWISE, {"tables": list(metadata.tables)}).all()
    for table, columns in groupby(rows, key=lambda row: row.of):
        changes = [f'ALTER {row.name} TYPE {row.type} COLLATE "C"' for row in columns]
        connection.execute(sa.text(f'ALTER TABLE "{table}" {", ".join(changes)}'))


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
if connection.dialect.name == "postgresql":
    sort_by_code_points(connection)
