"""What several processes on one PostgreSQL share beside the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add it. Procrastinate's own tables are those of the version that pyproject.toml asks for."""
    op.add_column("requests", sa.Column("replica", sa.Integer, nullable=True))
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
    )
    op.create_table(
        "seen",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_seen_at", "seen", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        _procrastinate()


def _procrastinate() -> None:
    from procrastinate.schema import SchemaManager

    # Without parameters, or psycopg would take its many statements for one and its % for placeholders.
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(SchemaManager.get_schema())
