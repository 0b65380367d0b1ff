"""A PostgreSQL server, shared by any number of processes (psycopg 3).

Writers wait for each other by one advisory lock, taken first in every write transaction: what holds on SQLite holds
here too, and nobody meets a deadlock. A process that stands still inside a transaction is thrown out by the server.
Sessions are needed (LISTEN, advisory locks): a connection pooler in front of it must pool sessions, not transactions.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Executable, Row, bindparam, event, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine

from bot.errors import ConfigurationError
from bot.store.lifeline import KEEPALIVE, PROCESSES, Lifeline
from bot.store.medium import Medium

WRITERS = 5_364_110  # the advisory lock of all writers; any number that no other application of this database uses
# How long a writer waits for the others, and how long one may stand still.
SESSION = ("SET lock_timeout = '20s'", "SET idle_in_transaction_session_timeout = '15s'", *KEEPALIVE)
MOST_READERS = 5
_DEAD = text(
    "SELECT one FROM unnest(:replicas) AS one WHERE NOT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database"
    " ON pg_database.oid = pg_locks.database WHERE datname = current_database() AND locktype = 'advisory'"
    " AND classid = :family AND objid = one AND objsubid = 2 AND granted)"
).bindparams(bindparam("replicas", type_=ARRAY(BIGINT)), family=PROCESSES)


class PostgresServer(Medium):
    """See `Medium`."""

    shared = True

    def __init__(self, url: URL) -> None:
        """Raises ConfigurationError for another driver."""
        if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
            raise ConfigurationError("DATABASE_URL: begin it with postgresql://; psycopg is the driver")
        self._url = url.set(drivername="postgresql+psycopg")
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._writer: AsyncEngine | None = None
        self._readers: AsyncEngine | None = None
        self._lifeline = Lifeline(self._address)

    @property
    def replica(self) -> int | None:
        """See `Medium`."""
        return self._lifeline.id

    @property
    def address(self) -> str:
        """For connections beside these; it holds the password."""
        return self._address

    async def open(self, migrate: Callable[[Connection], None]) -> None:
        """Connect, migrate while all other writers wait, and begin to live among the others."""
        try:
            self._writer = _engine(self._url, pool_size=1, max_overflow=1, pool_pre_ping=True)
            async with self._writer.begin() as connection:
                await connection.execute(text("SET LOCAL lock_timeout = '120s'"))
                await self.wait_for_other_writers(connection)
                await connection.run_sync(migrate)
            self._open_readers()
            await self._lifeline.begin()
        except (DBAPIError, psycopg.Error) as error:
            raise ConfigurationError(f"DATABASE_URL: {_first_line(error)}") from None

    async def open_for_reading(self) -> None:
        """See `Medium`."""
        readers = self._open_readers()
        try:
            async with readers.connect() as connection:
                if (await connection.execute(text("SELECT to_regclass('audit')"))).scalar() is None:
                    raise ConfigurationError("DATABASE_URL: no meetops has used this database yet")
        except DBAPIError as error:
            raise ConfigurationError(f"DATABASE_URL: {_first_line(error)}") from None

    def _open_readers(self) -> AsyncEngine:
        self._readers = _engine(self._url, pool_size=MOST_READERS, max_overflow=MOST_READERS)
        return self._readers

    async def close(self) -> None:
        """See `Medium`."""
        await self._lifeline.end()
        for engine in (self._writer, self._readers):
            if engine is not None:
                await engine.dispose()
        self._writer = self._readers = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """See `Medium`."""
        if self._writer is None:
            raise ConnectionError
        async with self._writer.connect() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See `Medium`."""
        if self._readers is None:
            raise ConnectionError
        async with self._readers.connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def wait_for_other_writers(self, connection: AsyncConnection) -> None:
        """See `Medium`. In a statement of its own: the next one sees what those before have committed."""
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS})"))

    async def commit(self, transaction: AsyncTransaction, connection: AsyncConnection) -> None:
        """See `Medium`."""
        await transaction.commit()

    async def single(self, statement: Executable) -> list[Row[Any]]:
        """See `Medium`."""
        if self._readers is None:
            raise ConnectionError
        async with self._readers.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            result = await alone.execute(statement)
            return list(result.all()) if result.returns_rows else []

    async def dead(self, replicas: Iterable[int]) -> set[int]:
        """See `Medium`."""
        asked = sorted(set(replicas))
        return {row[0] for row in await self.single(_DEAD.bindparams(replicas=asked))} if asked else set()

    def on_news(self, told: Callable[[], None]) -> None:
        """See `Medium`."""
        self._lifeline.on_news(told)


class _WithoutNul(StrDumper):
    """PostgreSQL's texts hold no NUL, and people's may."""

    def dump(self, obj: str) -> Any:  # noqa: ANN401 (psycopg's Buffer)
        return super().dump(obj.replace("\0", "\ufffd"))


def _engine(url: URL, **pool: Any) -> AsyncEngine:  # noqa: ANN401
    engine = create_async_engine(url, pool_timeout=10.0, connect_args={"connect_timeout": 5}, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _record: object) -> None:
        connection.adapters.register_dumper(str, _WithoutNul)
        cursor = connection.cursor()
        for setting in SESSION:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    return engine


def _first_line(error: Exception) -> str:
    """psycopg names the host and the user, never the password."""
    said = str(getattr(error, "orig", None) or error).strip()
    return f"the database can't be used: {said.splitlines()[0]}" if said else "the database can't be used"
