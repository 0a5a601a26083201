"""The matter's id, what machines have in hand, the order of runs and jobs; and what PostgreSQL wants otherwise."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    matter = op.create_table("matter", sa.Column("id", sa.String(), primary_key=True))
    op.execute(matter.insert().values(id=uuid.uuid4().hex))
    op.create_table(
        "holds",
        sa.Column("document", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("holder", sa.BigInteger(), nullable=False),
    )
    op.add_column("runs", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("machine", sa.String(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        _for_postgresql()
    else:
        for table in ("runs", "jobs"):
            op.execute(f"UPDATE {table} SET position = rowid")  # noqa: S608  two names from above


def _for_postgresql() -> None:
    """Files may be larger than 2 GiB; what stands in documents may be longer than an ordered index takes."""
    op.alter_column("documents", "size", type_=sa.BigInteger())
    op.drop_constraint("labels_pkey", "labels", type_="primary")
    op.create_index("labels_once", "labels", ["document", "key", sa.text("md5(value)")], unique=True)
    op.drop_constraint("sightings_document_path_key", "sightings", type_="unique")
    op.create_index("sightings_once", "sightings", ["document", sa.text("md5(path)")], unique=True)
    for table, column in (("mentions", "number"), ("mentions", "day"), ("audit", "subject")):
        op.drop_index(f"ix_{table}_{column}", table)
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="hash")
