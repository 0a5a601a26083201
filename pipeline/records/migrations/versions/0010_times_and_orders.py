"""Times of day, and the order of day and month that documents prove or were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("facts", sa.Column("time", sa.String()))
    op.create_table(
        "date_orders",
        sa.Column("document", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("proved", sa.String()),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String()),
        sa.Column("senders", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON()),
    )
