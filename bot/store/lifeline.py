"""One connection by which the other processes see that this one lives, and over which it hears of their changes.

PostgreSQL frees a session's advisory locks at the moment its process dies, however it dies: the others need no guess
by a timeout. Where the connection is lost while the process lives, it goes on under another number, and what ran under
the old one counts as abandoned: nothing of it does harm when it is done twice.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import psycopg
from structlog import get_logger

from bot.store.changes import CHANNEL

PROCESSES = 5_364_111  # the family of the processes' advisory locks
LOOK = 5.0  # seconds: as often the connection is tried when nothing comes
# After half a minute without an answer, not after TCP's two hours.
KEEPALIVE = ("SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 4")
PAUSE = 1.0  # seconds before another attempt to connect

log = get_logger(__name__)


async def connected(address: str) -> psycopg.AsyncConnection:
    """A connection on which each statement is a transaction, and of which the server notices when this host vanishes.

    `address` holds a password. Raises psycopg.Error.
    """
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5)
    try:
        for setting in KEEPALIVE:
            await connection.execute(setting)
    except BaseException:
        await connection.close()
        raise
    return connection


class Lifeline:
    """Held from `begin` to `end`."""

    def __init__(self, address: str) -> None:
        """`address` holds a password."""
        self._address = address
        self._told: list[Callable[[], None]] = []
        self._connection: psycopg.AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self.id: int | None = None

    def on_news(self, told: Callable[[], None]) -> None:
        """Call this after another process changed something, and when that may have been missed."""
        self._told.append(told)

    async def begin(self) -> None:
        """Connect. Raises psycopg.Error."""
        self._connection = await self._connected()
        self._task = asyncio.create_task(self._hold(), name="lifeline")

    async def end(self) -> None:
        """From here on this process counts as gone."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> psycopg.AsyncConnection:
        connection = await connected(self._address)
        try:
            number = secrets.randbelow(2**31 - 1) + 1
            await connection.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (PROCESSES, number))
            await connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            await connection.close()
            raise
        self.id = number
        return connection

    async def _hold(self) -> None:
        while True:
            try:
                if self._connection is None:
                    self._connection = await self._connected()
                    log.info("database connected again")
                self._tell()
                await self._hear(self._connection)
            except psycopg.Error as error:
                log.warning("database connection lost", error=type(error).__name__)
                connection, self._connection = self._connection, None
                if connection is not None:
                    await connection.close()
                await asyncio.sleep(PAUSE)

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            async for _ in connection.notifies(timeout=LOOK, stop_after=1):
                self._tell()
            await connection.execute("SELECT 1")

    def _tell(self) -> None:
        for told in self._told:
            told()
