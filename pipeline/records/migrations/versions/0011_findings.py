"""What is wrong with a document in itself, as sums that do not add up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"))
