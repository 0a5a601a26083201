"""What documents say of documents: the numbers that they bear and cite, the days by which they cite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("document", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False, index=True),
        sa.Column("day", sa.String(), index=True),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("headed", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
    )
