"""The one database: migrated at start, short transactions, one writer at a time whatever it is kept in.

Writers wait for each other, in this process and, where several share the database, across all of them: what was read
within a write transaction still holds when it commits. Keep them short and never await a vendor inside one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from bot.errors import ConfigurationError, Unavailable
from bot.store.changes import Changes
from bot.store.medium import Medium
from bot.store.sqlite import SqliteFile

PREDECESSOR_DRAINS = timedelta(seconds=35)
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between the tries of `persistently`

T = TypeVar("T")


class DatabaseUnavailable(Unavailable):
    """The bot's own database failed (full disk, lost connection): the transaction did not happen."""


class Tx:
    """One transaction. What `after_commit` was given runs once it is durable, before this process's next writer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.execute = connection.execute
        self.scratch: dict[object, Any] = {}  # what several calls within one transaction share
        self.touched: dict[tuple[str, str], None] = {}
        self._after: list[Callable[[], None]] = []

    def touch(self, kind: str, key: str) -> None:
        """Other processes have to read this again (`Changes.follow`)."""
        self.touched[kind, key] = None

    def after_commit(self, then: Callable[[], None]) -> None:
        """Run this when the transaction is durable; never when it is rolled back."""
        self._after.append(then)

    def committed(self) -> None:
        """Run what was registered."""
        for then in self._after:
            then()


class Database:
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://…` (interface.md §2)."""

    def __init__(self, url: str, *, read_only: bool = False, wait: timedelta = PREDECESSOR_DRAINS) -> None:
        """`read_only` takes no lock, creates nothing and reads beside a running bot. Raises ConfigurationError."""
        self._medium = _medium(url, wait)
        self._read_only = read_only
        self._writing = asyncio.Lock()
        self._open = False
        self.changes = Changes(self.read, self.single, shared=self._medium.shared)

    @property
    def shared(self) -> bool:
        """Whether several processes may write it: then memory is only right after `changes.catch_up()`."""
        return self._medium.shared

    @property
    def replica(self) -> int | None:
        """Where it is shared, this process among the others."""
        return self._medium.replica

    @property
    def address(self) -> str:
        """Of the server, for connections beside these; it holds the password."""
        return self._medium.address

    @property
    def path(self) -> Path:
        """The SQLite file."""
        if not isinstance(self._medium, SqliteFile):
            raise AttributeError("this database is no file")
        return self._medium.path

    async def open(self) -> None:
        """Connect and migrate. Raises ConfigurationError."""
        try:
            if self._read_only:
                await self._medium.open_for_reading()
            else:
                await self._medium.open(_migrate)
            self._open = True
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of it. May be called twice."""
        async with self._writing:
            self._open = False
            await self._medium.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A write transaction: committed on leaving, rolled back when an exception leaves it.

        Raises DatabaseUnavailable when it could not be done; then nothing of it happened.
        """
        async with self._writing:
            if not self._open or self._read_only:
                raise DatabaseUnavailable("My database is not open.")
            with _translated():
                async with self._medium.writing() as connection:
                    transaction = await _begun(connection)
                    tx = Tx(connection)
                    try:
                        await self._medium.wait_for_other_writers(connection)
                        await self.changes.catch_up(tx)
                        yield tx
                        await self.changes.write(tx)
                    except BaseException:
                        await _to_the_end(transaction.rollback())
                        raise
                    await _to_the_end(self._commit(transaction, tx))

    async def _commit(self, transaction: AsyncTransaction, tx: Tx) -> None:
        await self._medium.commit(transaction, tx.connection)
        tx.committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A consistent view for reading; it waits for no writer and stops none."""
        if not self._open:
            raise DatabaseUnavailable("My database is not open.")
        with _translated():
            async with self._medium.reading() as connection:
                yield Tx(connection)

    async def single(self, statement: Executable) -> list[Row[Any]]:
        """Where it is shared: one statement that needs no order among the writers, as a transaction by itself."""
        if not self._open:
            raise DatabaseUnavailable("My database is not open.")
        with _translated():
            return await self._medium.single(statement)

    async def announce(self, kind: str, key: str) -> None:
        """Tell the other processes, if there are any, to read this again."""
        if self.shared:
            async with self.begin() as tx:
                tx.touch(kind, key)

    def on_news(self, told: Callable[[], None]) -> None:
        """Call this soon after another process changed something, and when that may have been missed."""
        self._medium.on_news(told)

    async def dead(self, replicas: Iterable[int]) -> set[int]:
        """Those of these processes that live no more."""
        with _translated():
            return await self._medium.dead(replicas)

    async def persistently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Write down what has happened already, trying again while a server changes over to its standby."""
        for pause in PAUSES if self.shared else ():
            try:
                return await work()
            except DatabaseUnavailable:
                await asyncio.sleep(pause)
        return await work()

    async def check(self) -> None:
        """Whether it can be written now: for `/readyz`. Raises DatabaseUnavailable."""
        async with self.begin():
            pass


def _medium(url: str, wait: timedelta) -> Medium:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ConfigurationError("DATABASE_URL: not a database address; for example sqlite:///meetops.db") from None
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        return SqliteFile(parsed, wait)
    try:
        import procrastinate  # noqa: F401 (bot/jobs needs it as soon as the bot works)

        from bot.store.postgres import PostgresServer
    except ImportError:
        raise ConfigurationError(
            "DATABASE_URL: PostgreSQL needs the optional packages; install them with pip install 'meetops[postgres]'"
        ) from None
    return PostgresServer(parsed)


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
    except (OperationalError, InterfaceError, InternalError, NoConnection) as error:
        raise DatabaseUnavailable("My own database does not answer; try again in a moment.") from error


def _migrate(connection: Connection) -> None:
    from bot.store.migrations import upgrade  # Alembic is needed at start alone

    upgrade(connection)
