"""On PostgreSQL names may be longer than an ordered index takes: there they are unique by their hash.

And what a workspace was passed over with: some migrations were numbered before others that came earlier, so records
that were made between the two have the later one without the earlier.
"""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

UNIQUE = {
    "party_names": ("alias",),
    "party_book": ("alias",),
    "party_apart": ("one", "other"),
    "rulings": ("document", "kind", "role", "was"),
}
MADE_BY = {
    "0007_what_speaks_for_a_kind": "kind_evidence",
    "0008_parties": "party_ties",
    "0009_mentions": "mentions",
    "0010_times_and_orders": "date_orders",
    "0011_findings": "documents.findings",
    "0012_stances": "stances",
    "0013_the_course_of_a_claim": "status_changes",
}
"""A table or column by which one sees whether a migration was done."""


def upgrade() -> None:
    for name, made in MADE_BY.items():
        if not _is_there(*made.split(".")):
            import_module(f"pipeline.records.migrations.versions.{name}").upgrade()
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in UNIQUE.items():
            op.drop_constraint(f"{table}_pkey", table, type_="primary")
            hashed = [sa.text(f"md5({column})") for column in columns]
            op.create_index(f"{table}_once", table, hashed, unique=True)


def _is_there(table: str, column: str = "") -> bool:
    found = sa.inspect(op.get_bind())
    if not found.has_table(table):
        return False
    return not column or any(each["name"] == column for each in found.get_columns(table))
