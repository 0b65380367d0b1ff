"""A SQLite file: one process, one writing connection, every commit on the disk before it returns."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, event, select
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine

from bot.errors import ConfigurationError
from bot.store.lock import OneProcess
from bot.store.medium import Medium
from bot.store.tables import audit

_ALWAYS = ("PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 5000")
# FULL: a commit survives power loss. recursive_triggers: INSERT OR REPLACE would else walk round append-only triggers.
_WRITER = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA recursive_triggers = ON")
_READER = ("PRAGMA query_only = ON",)


class SqliteFile(Medium):
    """See `Medium`."""

    shared = False

    def __init__(self, url: URL, wait: timedelta) -> None:
        """`wait`: how long for a process that has it open. Raises ConfigurationError for what is no file."""
        self.path = _file_of(url)
        self._lock = OneProcess(self.path.with_name(self.path.name + ".lock"), wait)
        self._writer: AsyncConnection | None = None
        self._reading: AsyncEngine | None = None

    async def open(self, migrate: Callable[[Connection], None]) -> None:
        """Take the lock, create the file (for its owner alone), migrate."""
        if not _is_folder(self.path.parent):
            raise ConfigurationError(f"DATABASE_URL: there is no folder {self.path.parent}")
        await self._lock.take()
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._writer = await _writing_engine(self.path).connect()
            async with self._writer.begin():
                await self._writer.run_sync(migrate)
        except OSError as error:
            raise ConfigurationError(f"DATABASE_URL: {self.path} can't be written: {error.strerror}") from None
        except DBAPIError as error:
            raise ConfigurationError(f"DATABASE_URL: {self.path} can't be used: {error.orig}") from None
        self._reading = _reading_engine(self.path)

    async def open_for_reading(self) -> None:
        """See `Medium`."""
        self._reading = _reading_engine(self.path, alone=True)
        try:
            async with self._reading.connect() as connection:
                await connection.execute(select(audit.c.seq).limit(1))
        except DBAPIError as error:
            raise ConfigurationError(
                f"DATABASE_URL: {self.path} can't be read as a database of meetops: {error.orig}"
            ) from None

    async def close(self) -> None:
        """Let go of the file, then of the lock."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.close()
            await writer.engine.dispose()
        reading, self._reading = self._reading, None
        if reading is not None:
            await reading.dispose()
        self._lock.release()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The one connection that writes. A transaction takes SQLite's write lock when it begins."""
        if self._writer is None:
            raise ConnectionError
        yield self._writer

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See `Medium`."""
        if self._reading is None:
            raise ConnectionError
        async with self._reading.connect() as connection:
            yield connection

    async def wait_for_other_writers(self, connection: AsyncConnection) -> None:
        """There are none: `Database` lets one begin at a time."""

    async def commit(self, transaction: AsyncTransaction, connection: AsyncConnection) -> None:
        """See `Medium`."""
        try:
            await transaction.commit()
        except DBAPIError:
            # A commit that failed (full disk) leaves SQLite inside the transaction; SQLAlchemy believes it is over.
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                await driver.rollback()
            raise


def _file_of(url: URL) -> Path:
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        raise ConfigurationError("DATABASE_URL: needs a file, for example sqlite:///meetops.db")
    path = Path(url.database).absolute()
    if not path.name:
        raise ConfigurationError("DATABASE_URL: needs a file, for example sqlite:///meetops.db")
    return path


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # Path.is_dir raises where one may not look


def _writing_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_size=1, max_overflow=0)
    return _prepared(engine, (*_ALWAYS, *_WRITER), "BEGIN IMMEDIATE")


def _reading_engine(path: Path, *, alone: bool = False) -> AsyncEngine:
    """`alone`: no process of ours may have it open, and no file is created beside it."""
    if not alone:
        engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_size=4)
        return _prepared(engine, (*_ALWAYS, *_READER), "BEGIN")
    if not os.path.isfile(path):  # also where one may not look
        raise ConfigurationError(f"DATABASE_URL: there is no database {path}; the bot makes it when it first runs")
    # Without its -wal file nobody has it open, and SQLite would create one just to read.
    in_use, shared = (path.with_name(path.name + ending).exists() for ending in ("-wal", "-shm"))
    if in_use and not shared:  # SQLite would create that file
        raise ConfigurationError(
            f"DATABASE_URL: {path} was copied with its -wal but without its -shm file; first put the copy in order: "
            f"sqlite3 {path} 'PRAGMA wal_checkpoint'"
        )
    query = {"uri": "true", "mode": "ro"} | ({} if in_use else {"immutable": "1"})
    location = URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query=query)
    return _prepared(create_async_engine(location), _ALWAYS, "BEGIN")


def _prepared(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
