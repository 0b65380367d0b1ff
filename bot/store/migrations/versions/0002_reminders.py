"""Reminders and their occurrences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PERSON = sa.String(120)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("owner", PERSON, nullable=False),
        *(_must(name) for name in ("kind", "room_id", "room", "channel_id", "zone", "starts_at", "rule")),
        sa.Column("origin", sa.String, nullable=True),
        sa.Column("second", sa.Boolean, nullable=False),
        sa.Column("until", sa.String, nullable=True),
        _must("note"),
        sa.Column("lead", sa.Integer, nullable=False),
        sa.Column("replace", sa.Boolean, nullable=False),
        _must("state"),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("owner_told", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.UniqueConstraint("key"),
    )
    op.create_index("reminders_next", "reminders", ["state", "next_at"])
    op.create_index("reminders_owner", "reminders", ["owner", "state"])
    op.create_table(
        "occurrences",
        sa.Column("reminder_id", sa.String, primary_key=True),
        sa.Column("due_at", MOMENT, primary_key=True),
        sa.Column("post_at", MOMENT, nullable=False),
        _must("state"),
        _must("why"),
        sa.Column("noted", sa.Boolean, nullable=False),
        sa.Column("channel_id", sa.String, nullable=True),
        sa.Column("ts", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"], ondelete="CASCADE"),
    )
    op.create_index("occurrences_state", "occurrences", ["reminder_id", "state"])


def _must(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)
