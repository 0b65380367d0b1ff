"""The one database: opened by one process, migrated at start, short transactions.

SQLite (WAL, every commit is on the disk before it returns). Writers wait for each other in this process, so a write
transaction never meets a lock of its own kind; keep them short and never await a vendor inside one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from bot.errors import ConfigurationError, Unavailable
from bot.store.lock import OneProcess
from bot.store.sqlite import reading_engine, sqlite_path, writing_engine
from bot.store.tables import audit

PREDECESSOR_DRAINS = timedelta(seconds=35)

T = TypeVar("T")


class DatabaseUnavailable(Unavailable):
    """The bot's own database failed (full disk, removed file): the transaction did not happen."""


class Tx:
    """One transaction. What `after_commit` was given runs once it is durable, before the next writer begins."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.execute = connection.execute
        self.scratch: dict[object, Any] = {}  # what several calls within one transaction share
        self._after: list[Callable[[], None]] = []

    def after_commit(self, then: Callable[[], None]) -> None:
        """Run this when the transaction is durable; never when it is rolled back."""
        self._after.append(then)

    def committed(self) -> None:
        """Run what was registered."""
        for then in self._after:
            then()


class Database:
    """`sqlite:///relative.db` or `sqlite:////absolute.db` (interface.md §2)."""

    def __init__(self, url: str, *, read_only: bool = False, wait: timedelta = PREDECESSOR_DRAINS) -> None:
        """`read_only` takes no lock, creates nothing and reads beside a running bot. Raises ConfigurationError."""
        self.path: Path = sqlite_path(url)
        self._read_only = read_only
        self._lock = OneProcess(self.path.with_name(self.path.name + ".lock"), wait)
        self._writing = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self._reading: AsyncEngine | None = None

    async def open(self) -> None:
        """Take the lock, create the file (for its owner alone), migrate. Raises ConfigurationError."""
        if self._read_only:
            self._reading = reading_engine(self.path, alone=True)
            await self._recognised(self._reading)
            return
        if not _is_folder(self.path.parent):
            raise ConfigurationError(f"DATABASE_URL: there is no folder {self.path.parent}")
        await self._lock.take()
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            await self._open_for_writing()
        except OSError as error:
            await self.close()
            raise ConfigurationError(f"DATABASE_URL: {self.path} can't be written: {error.strerror}") from None
        except DBAPIError as error:
            await self.close()
            raise ConfigurationError(f"DATABASE_URL: {self.path} can't be used: {error.orig}") from None
        except BaseException:
            await self.close()
            raise

    async def _recognised(self, engine: AsyncEngine) -> None:
        try:
            async with engine.connect() as connection:
                await connection.execute(select(audit.c.seq).limit(1))
        except DBAPIError as error:
            await self.close()
            raise ConfigurationError(
                f"DATABASE_URL: {self.path} can't be read as a database of meetops: {error.orig}"
            ) from None

    async def _open_for_writing(self) -> None:
        self._writer = await writing_engine(self.path).connect()
        async with self._writer.begin():
            await self._writer.run_sync(_migrate)
        self._reading = reading_engine(self.path)

    async def close(self) -> None:
        """Let go of the file, then of the lock. May be called twice."""
        async with self._writing:
            writer, self._writer = self._writer, None
            if writer is not None:
                await writer.close()
                await writer.engine.dispose()
            reading, self._reading = self._reading, None
            if reading is not None:
                await reading.dispose()
            self._lock.release()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A write transaction: committed on leaving, rolled back when an exception leaves it.

        Raises DatabaseUnavailable when it could not be done; then nothing of it happened.
        """
        async with self._writing:
            if self._writer is None:
                raise DatabaseUnavailable("My database is not open.")
            with _translated():
                transaction = await _begun(self._writer)
                tx = Tx(self._writer)
                try:
                    yield tx
                except BaseException:
                    await _to_the_end(transaction.rollback())
                    raise
                await _to_the_end(_commit(transaction, tx))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A consistent view for reading; it waits for no writer and stops none."""
        if self._reading is None:
            raise DatabaseUnavailable("My database is not open.")
        with _translated():
            async with self._reading.connect() as connection:
                yield Tx(connection)

    async def check(self) -> None:
        """Whether it can be written now: for `/readyz`. Raises DatabaseUnavailable."""
        async with self.begin():
            pass


async def _begun(writer: AsyncConnection) -> AsyncTransaction:
    transaction = writer.begin()
    try:
        await _to_the_end(transaction.start())
    except asyncio.CancelledError:
        # Begun in the driver's thread all the same: it must not stay open on the one writing connection.
        if transaction.is_active:
            await _to_the_end(transaction.rollback())
        raise
    return transaction


async def _commit(transaction: AsyncTransaction, tx: Tx) -> None:
    try:
        await transaction.commit()
    except DBAPIError:
        # A commit that failed (full disk) leaves SQLite inside the transaction; SQLAlchemy believes it is over.
        driver = (await tx.connection.get_raw_connection()).driver_connection
        if driver is not None:
            await driver.rollback()
        raise
    tx.committed()


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await the work; when cancelled meanwhile, be cancelled only after it has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnavailable("My own database does not answer; try again in a moment.") from error


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # Path.is_dir raises where one may not look


def _migrate(connection: Connection) -> None:
    from bot.store.migrations import upgrade  # Alembic is needed at start alone

    upgrade(connection)
