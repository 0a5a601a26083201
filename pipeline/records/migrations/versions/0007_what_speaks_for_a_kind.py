"""What the model and the cues say of each document's kind, and its sketch: kinds are learned from corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kind_evidence",
        sa.Column("document", sa.String, sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("scores", sa.JSON, nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.Column("told", sa.String),
        sa.Column("precedents", sa.JSON, nullable=False),
    )
