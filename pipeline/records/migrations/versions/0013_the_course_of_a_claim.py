"""The states that a claim came to have, and the other side's answers to its events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("claim", sa.String(), nullable=False, index=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), sa.ForeignKey("documents.id")),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_register", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("claim", sa.String(), nullable=False, index=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.Column("amount", sa.String()),
        sa.Column("currency", sa.String()),
        sa.Column("evidence", sa.String(), sa.ForeignKey("documents.id")),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
    )
