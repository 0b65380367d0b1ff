"""What each kind of database does in its own way. `bot/store/database.py` is the same for both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction


class Medium(ABC):
    """A SQLite file or a PostgreSQL server. Raises SQLAlchemy's errors, but ConfigurationError from `open`."""

    shared: bool  # whether several processes write it at the same time

    @property
    def replica(self) -> int | None:
        """Where it is shared: by what the others know whether this process lives."""
        return None

    @abstractmethod
    async def open(self, migrate: Callable[[Connection], None]) -> None:
        """Connect, and bring it to this build's schema while nobody else does."""

    @abstractmethod
    async def open_for_reading(self) -> None:
        """Connect beside running bots; create nothing and take no lock."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything. May be called twice."""

    @abstractmethod
    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for one write transaction; one is asked for at a time."""

    @abstractmethod
    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection whose transaction sees one state and cannot write."""

    @abstractmethod
    async def wait_for_other_writers(self, connection: AsyncConnection) -> None:
        """From here to the end of this transaction nobody else writes."""

    @abstractmethod
    async def commit(self, transaction: AsyncTransaction, connection: AsyncConnection) -> None:
        """Durable, or it did not happen."""

    @property
    def address(self) -> str:
        """Of a server, for connections beside these; it holds the password."""
        raise NotImplementedError

    async def single(self, statement: Executable) -> list[Row[Any]]:
        """One statement that is a transaction by itself and waits for no writer. Where it is shared alone."""
        raise NotImplementedError

    async def dead(self, replicas: Iterable[int]) -> set[int]:
        """Those of these processes that live no more. Where it is not shared, that is all others there ever were."""
        return set(replicas)

    def on_news(self, told: Callable[[], None]) -> None:  # noqa: B027 (nobody else changes a file)
        """Call this soon after another process changed something, and when that may have been missed."""
