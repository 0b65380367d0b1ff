"""The event sink of simulated Pexip: each conferencing node tells the bot what happens, by HTTP Basic."""

from __future__ import annotations

import asyncio
import base64
import json
from itertools import count
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.play.exchange import Exchange, ExchangeFeed, masked
from bot.play.masking import cut_authorization
from bot.play.vendors.jaas.webhooks import Delivery

PATIENCE = aiohttp.ClientTimeout(total=5)
NODE = "10.0.0.1"

Json = dict[str, Any]


class EventSink:
    """One event sink. `delivery` makes events get lost, come twice, or be held back."""

    def __init__(
        self, clock: Clock, *, username: str, password: str, feed: ExchangeFeed | None = None, backend: str = "pexip"
    ) -> None:
        self.url: str | None = None
        self.delivery = Delivery.ON
        self.sent: list[Json] = []
        self._clock = clock
        self._auth = f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"
        self._feed = feed
        self._backend = backend
        self._numbers = count(1)
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
        """Return once every event was handed over."""
        await self._queue.join()

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

    def queue(self, told: Json) -> None:
        """Send it as `delivery` says."""
        match self.delivery:
            case Delivery.HELD:
                self._held.append(told)
            case Delivery.ON | Delivery.TWICE:
                for _ in range(2 if self.delivery is Delivery.TWICE else 1):
                    self._queue.put_nowait(told)

    def release(self, *, backwards: bool = False, bulk: bool = False) -> None:
        """Deliver what was held, the latest first if `backwards`, in one delivery if `bulk`."""
        events = list(reversed(self._held)) if backwards else list(self._held)
        if bulk:
            events = [{"node": "127.0.0.1", "seq": 0, "event": "eventsink_bulk", "data": events}]
        for told in events:
            self._queue.put_nowait(told)
        self._held.clear()
        self.delivery = Delivery.ON

    def headers(self, raw: bytes) -> dict[str, str]:
        """What goes with this body."""
        return {"Content-Type": "application/json", "Authorization": self._auth}

    async def _deliver(self) -> None:
        while True:
            told = await self._queue.get()
            if self.url:
                self.sent.append(told)
                await self._post(told)
            self._queue.task_done()

    async def _post(self, told: Json) -> None:
        raw, now, status, text = json.dumps(told).encode(), self._clock.now(), 0, ""
        headers = self.headers(raw)
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
                authorization=cut_authorization(headers["Authorization"]),
                to_bot=True,
            )
            self._feed.record(masked(whole))
