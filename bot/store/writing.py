"""Inserts that mind what is there already, in the words of both databases.

PostgreSQL's construct is compiled for SQLite too, not the other way round (measured with SQLAlchemy 2.1.9).
"""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

__all__ = ["insert", "put"]


def put(table: Table, **values: object) -> Insert:
    """Insert this row, or change the one with the same primary key to it."""
    row = insert(table).values(**values)
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    return row.on_conflict_do_update(index_elements=keys, set_=rest)
