"""How often a vendor may be called: at most so many calls in any minute, and none while it asked for quiet."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bot.clock import Clock


class Pace:
    """Lets calls through in the order they came. Exact: in no window of that length more than `calls` are let through.

    A call's moment is reserved before it waits, so that a crowd of callers is spread out, not released at once.
    """

    def __init__(self, clock: Clock, *, calls: int, window: timedelta = timedelta(minutes=1)) -> None:
        self._clock = clock
        self._window = window
        self._moments: deque[datetime] = deque(maxlen=calls)
        self._quiet_until: datetime | None = None

    async def take(self, patience: float) -> bool:
        """Wait for this call's turn, at most `patience` seconds. False at once when it would not come in that time."""
        now = self._clock.now()
        turn = max(now, self._free(now), self._quiet(now))
        if (turn - now).total_seconds() > patience:
            return False
        self._moments.append(turn)
        await self._clock.sleep_until(turn)
        return True

    def hold(self, seconds: float) -> None:
        """Let nothing through for so many seconds: the vendor asked for it (Retry-After)."""
        until = self._clock.now() + min(timedelta(seconds=seconds), self._window)
        self._quiet_until = max(until, self._quiet_until or until)

    def _free(self, now: datetime) -> datetime:
        """When the oldest of the last `calls` calls leaves the window."""
        if len(self._moments) < (self._moments.maxlen or 0):
            return now
        free = self._moments[0] + self._window
        if free - now > 2 * self._window:  # the clock was set back: what it said before means nothing now
            self._moments.clear()
            return now
        return free

    def _quiet(self, now: datetime) -> datetime:
        quiet = self._quiet_until
        return quiet if quiet is not None and quiet - now <= self._window else now
