"""What has come in before: Slack's requests carry no nonce, its events and envelopes may come twice."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete
from structlog import get_logger

from bot.clock import Clock
from bot.store import Database, DatabaseUnavailable
from bot.store.tables import seen

# A signature may be 5 minutes ahead of us and stays good for 5 minutes after; an event's last retry comes after 5.
REMEMBERED = timedelta(minutes=10)

log = get_logger(__name__)


class Seen(Protocol):
    """Remembers keys for REMEMBERED."""

    async def first_time(self, key: str) -> bool:
        """Whether this key is new; from now on it is not."""


class SeenInDatabase:
    """For several processes, of which any may get a repetition. Only digests of the keys are kept.

    While the database does not answer, each process knows its own alone: what acts needs the database as well, and
    whoever asks is told so, which an unacknowledged request could not do.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._own = SeenInMemory(clock)

    async def first_time(self, key: str) -> bool:
        """Whether this key is new; from now on it is not."""
        if not await self._own.first_time(key):
            return False
        from sqlalchemy.dialects.postgresql import insert  # a single process on SQLite needs none of it

        digest = hashlib.sha256(key.encode()).hexdigest()
        keep = insert(seen).values(key=digest, at=self._clock.now()).on_conflict_do_nothing().returning(seen.c.key)
        try:
            return bool(await self._db.single(keep))
        except DatabaseUnavailable:
            log.error("repetitions are known to this process alone: the database does not answer")
            return True

    async def forget_old(self) -> None:
        """Drop what cannot come again."""
        await self._db.single(delete(seen).where(seen.c.at < self._clock.now() - REMEMBERED))


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
