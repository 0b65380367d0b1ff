"""Threads: where in its channel a command came from and a card stands. Who has opened the Home tab."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("requests", sa.Column("thread_ts", sa.String, nullable=True))
    op.add_column("cards", sa.Column("thread_ts", sa.String, nullable=True))
    op.create_table(
        "homes",
        sa.Column("person", sa.String(120), primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    )
