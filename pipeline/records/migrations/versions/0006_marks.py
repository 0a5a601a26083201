"""Seals, stamps and handwriting on each page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("marks", sa.JSON(), nullable=False, server_default="[]"))
