"""What is read from elsewhere and kept for a while: at most one read of the same thing at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.errors import Unavailable

V = TypeVar("V")

MOST_REMEMBERED = 20_000


class Remembered(Generic[V]):
    """Values by key. `whom`: who is asked, for the sentence when no answer comes within `patience` seconds."""

    def __init__(self, whom: str, ttl: timedelta, clock: Clock, patience: float) -> None:
        self._whom = whom
        self._ttl, self._clock, self._patience = ttl, clock, patience
        self._kept: dict[str, tuple[V, datetime]] = {}
        self._flights: dict[str, asyncio.Task[V]] = {}

    def forget(self, key: str) -> None:
        """Drop the value; a read that is under way is answered but not kept."""
        self._kept.pop(key, None)
        self._flights.pop(key, None)

    async def get(self, key: str, read: Callable[[], Awaitable[V]], *, fresh: bool = False) -> tuple[V, datetime]:
        """The value and until when it holds; `fresh` does not take a kept one. Raises Unavailable."""
        now = self._clock.now()
        kept = None if fresh else self._kept.get(key)
        if kept is not None and kept[1] > now:
            return kept
        flight = None if fresh else self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._fetch(key, read))
            flight.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(flight), now + self._ttl

    async def _fetch(self, key: str, read: Callable[[], Awaitable[V]]) -> V:
        this, asked = asyncio.current_task(), self._clock.now()
        try:
            async with asyncio.timeout(self._patience):
                value = await read()
            if self._flights.get(key) is this:
                if len(self._kept) >= MOST_REMEMBERED:
                    self._kept.clear()
                self._kept[key] = (value, asked + self._ttl)
        except TimeoutError:
            raise Unavailable(f"{self._whom} did not answer in time; try again.") from None
        finally:
            if self._flights.get(key) is this:
                del self._flights[key]
        return value
