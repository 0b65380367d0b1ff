"""The event sink of simulated Pexip: each conferencing node tells the bot what happens, by HTTP Basic."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from itertools import count

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed
from bot.play.vendors.telling import EventSender, Json

NODE = "10.0.0.1"


class EventSink(EventSender):
    """One event sink. With `bulk`, what was held comes in one delivery."""

    def __init__(
        self, clock: Clock, *, username: str, password: str, feed: ExchangeFeed | None = None, backend: str = "pexip"
    ) -> None:
        super().__init__(clock, url=None, feed=feed, backend=backend)
        self.bulk = False
        self._auth = f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"
        self._numbers = count(1)

    def tell(self, event: str, data: Json, *, node: str = NODE) -> None:
        """Queue one event."""
        told = {
            "node": node,
            "seq": next(self._numbers),
            "version": 2,
            "time": self._clock.now().timestamp(),
            "event": event,
            "data": data,
        }
        self.queue(told)

    def headers(self, raw: bytes, now: datetime) -> dict[str, str]:
        """What goes with this body."""
        return {"Content-Type": "application/json", "Authorization": self._auth}

    def _together(self, events: Sequence[Json]) -> Sequence[Json]:
        if not self.bulk:
            return events
        return [{"node": "127.0.0.1", "seq": 0, "event": "eventsink_bulk", "data": list(events)}]
