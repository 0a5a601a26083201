"""What people say of single values as they were read: that one is right, that it is another, that there is none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rulings",
        sa.Column("document", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.Column("was", sa.String(), primary_key=True),
        sa.Column("value", sa.String()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
    )
