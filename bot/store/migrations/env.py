"""Read by Alembic: the connection comes from `upgrade`, already inside a transaction."""

from __future__ import annotations

from alembic import context

from bot.store.tables import tables

# Without transactional_ddl Alembic commits between the steps; SQLite can do all of them or none.
context.configure(connection=context.config.attributes["connection"], target_metadata=tables, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
