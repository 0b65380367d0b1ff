"""What has come in before: Slack's requests carry no nonce, its events and envelopes may come twice."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock

# A signature may be 5 minutes ahead of us and stays good for 5 minutes after; an event's last retry comes after 5.
REMEMBERED = timedelta(minutes=10)


class Seen(Protocol):
    """Remembers keys for REMEMBERED."""

    async def first_time(self, key: str) -> bool:
        """Whether this key is new; from now on it is not."""


class SeenInMemory:
    """For one process. The oldest are forgotten beyond `limit`, which only Slack itself can reach."""

    def __init__(self, clock: Clock, *, limit: int = 50_000) -> None:
        self._clock = clock
        self._limit = limit
        self._keys: OrderedDict[str, datetime] = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys)

    async def first_time(self, key: str) -> bool:
        """Whether this key is new; from now on it is not."""
        now = self._clock.now()
        while self._keys and now - next(iter(self._keys.values())) > REMEMBERED:
            self._keys.popitem(last=False)
        if key in self._keys:
            return False
        self._keys[key] = now
        if len(self._keys) > self._limit:
            self._keys.popitem(last=False)
        return True
