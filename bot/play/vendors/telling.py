"""What a simulated vendor tells the bot of its own accord: events posted in their order, in the background."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.play.exchange import Exchange, ExchangeFeed, masked
from bot.play.masking import cut_authorization

PATIENCE = aiohttp.ClientTimeout(total=5)

Json = dict[str, Any]


class Delivery(StrEnum):
    """What becomes of an event; a test or the playground may change it at any time."""

    ON = "on"
    OFF = "off"  # lost
    TWICE = "twice"
    HELD = "held"  # kept until `release`


class EventSender(ABC):
    """Posts each event to `url` once; without a url they are dropped."""

    def __init__(self, clock: Clock, *, url: str | None, feed: ExchangeFeed | None, backend: str) -> None:
        self.url = url
        self.delivery = Delivery.ON
        self.sent: list[Json] = []  # the events, each time one went out
        self._clock = clock
        self._feed = feed
        self._backend = backend
        self._held: list[Json] = []

    async def start(self) -> None:
        """Open the session and begin to deliver."""
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=PATIENCE)
        self._worker = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        """Drop what is not delivered."""
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        await self._session.close()

    async def settled(self) -> None:
        """Return once every event has been taken or given up."""
        await self._queue.join()

    def queue(self, event: Json) -> None:
        """Send it as `delivery` says."""
        match self.delivery:
            case Delivery.HELD:
                self._held.append(event)
            case Delivery.ON | Delivery.TWICE:
                for _ in range(2 if self.delivery is Delivery.TWICE else 1):
                    self._queue.put_nowait(event)

    def release(self, *, backwards: bool = False) -> None:
        """Deliver what was held, the latest first if `backwards`, and everything after it at once."""
        for event in self._together(self._held[::-1] if backwards else self._held):
            self._queue.put_nowait(event)
        self._held.clear()
        self.delivery = Delivery.ON

    @abstractmethod
    def headers(self, raw: bytes, now: datetime) -> dict[str, str]:
        """What goes with this body."""

    def _together(self, events: Sequence[Json]) -> Sequence[Json]:
        return events

    async def _deliver(self) -> None:
        while True:
            event = await self._queue.get()
            if self.url:
                await self._send(event)
            self._queue.task_done()

    async def _send(self, event: Json) -> bool:
        """Whether the bot took it."""
        self.sent.append(event)
        status, _ = await self._post(event)
        return 200 <= status < 300

    async def _post(self, content: Json) -> tuple[int, str]:
        raw, now = json.dumps(content, separators=(",", ":")).encode(), self._clock.now()
        headers = self.headers(raw, now)
        status, text = 0, ""
        try:
            async with self._session.post(self.url or "", data=raw, headers=headers) as response:
                status, text = response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError):
            pass
        if self._feed:
            whole = Exchange(
                at=now,
                backend=self._backend,
                method="POST",
                path=f"/hooks/{self._backend}",
                query="",
                request=raw.decode(),
                status=status,
                response=text,
                authorization=cut_authorization(headers.get("Authorization", "")),
                to_bot=True,
            )
            self._feed.record(masked(whole))
        return status, text
