"""The clock, injected everywhere: the real one, and one that can be moved (playground, tests)."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time in UTC, and waiting for a moment of it."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, due: datetime) -> None:
        """Return once `now()` has reached `due`."""
        while (left := (due - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 60.0))

    async def pause(self, by: timedelta) -> None:
        """Wait that long between two looks at something: a rhythm, no moment that anybody waits for."""
        await self.sleep_until(self.now() + by)


class MovableClock(Clock):
    """A clock that a person (playground) or a test moves forward; sleepers wake as if the time had passed.

    With `start` it stands still at that moment until moved; without it, it runs with the real time plus all moves.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._frozen = start
        self._offset = timedelta(0)
        self._waited_for: Counter[datetime] = Counter()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """The present of this clock, aware, in UTC."""
        return (self._frozen or super().now()) + self._offset

    def advance(self, by: timedelta) -> None:
        """Move forward and wake whoever waits for a moment that has now come."""
        self._offset += by
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def next_due(self) -> datetime | None:
        """The nearest moment ahead that somebody waits for."""
        now = self.now()
        return min((due for due in self._waited_for if due > now), default=None)

    async def sleep_until(self, due: datetime) -> None:
        """Return once this clock has reached `due`, by running or by being moved."""
        self._waited_for[due] += 1
        try:
            await self._reached(due)
        finally:
            self._waited_for[due] -= 1
            if not self._waited_for[due]:
                del self._waited_for[due]

    async def pause(self, by: timedelta) -> None:
        """The same, and no `next_due`: who travels passes over it."""
        await self._reached(self.now() + by)

    async def _reached(self, due: datetime) -> None:
        while (left := (due - self.now()).total_seconds()) > 0:
            moved = self._moved
            timeout = None if self._frozen else min(left, 60.0)
            try:
                async with asyncio.timeout(timeout):
                    await moved.wait()
            except TimeoutError:
                continue
