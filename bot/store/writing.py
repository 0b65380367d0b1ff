"""Inserts that mind what is there already. Each database has its own construct for them, and loads no other's."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert  # PostgreSQL's takes the same words

    from bot.store.database import Tx


async def put(tx: Tx, table: Table, **values: object) -> None:
    """Insert this row, or change the one with the same primary key to it."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    await tx.execute(_insert(tx, table).values(**values).on_conflict_do_update(index_elements=keys, set_=rest))


async def add(tx: Tx, table: Table, **values: object) -> bool:
    """Insert this row unless one with the same unique columns is there. Whether it was inserted."""
    added = _insert(tx, table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return (await tx.execute(added)).first() is not None


def _insert(tx: Tx, table: Table) -> Insert:
    made: Insert = import_module(f"sqlalchemy.dialects.{tx.connection.dialect.name}").insert(table)
    return made
