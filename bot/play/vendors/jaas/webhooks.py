"""The webhooks that simulated 8x8 sends to the bot: signed, in the background, sent again until taken."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import aiohttp

from bot.clock import Clock
from bot.play.exchange import Exchange, ExchangeFeed, masked
from bot.play.masking import cut_authorization

ATTEMPTS = 4
FIRST_WAIT = 0.1  # seconds, doubled each time
PATIENCE = aiohttp.ClientTimeout(total=5)


class Delivery(StrEnum):
    """What becomes of an event; a test or the playground may change it at any time."""

    ON = "on"
    OFF = "off"  # lost
    TWICE = "twice"
    HELD = "held"  # kept until `release`


class Webhooks:
    """One endpoint of the 8x8 console, with its secret and, where set, its static Authorization header."""

    def __init__(
        self,
        app_id: str,
        clock: Clock,
        *,
        url: str | None,
        secret: str,
        authorization: str | None,
        feed: ExchangeFeed | None,
        backend: str,
    ) -> None:
        self.url = url
        self.delivery = Delivery.ON
        self.sent: list[dict[str, Any]] = []  # the envelopes, each time one went out
        self._app_id = app_id
        self._clock = clock
        self._secret = secret
        self._authorization = authorization
        self._feed = feed
        self._backend = backend
        self._held: list[dict[str, Any]] = []

    async def start(self) -> None:
        """Open the session and begin to deliver."""
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
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

    def tell(self, event_type: str, session_id: str, room: str, data: dict[str, Any]) -> None:
        """Queue an event of a meeting in this room."""
        envelope = {
            "idempotencyKey": str(uuid4()),
            "customerId": self._app_id.rpartition("-")[2],
            "appId": self._app_id,
            "eventType": event_type,
            "sessionId": session_id,
            "timestamp": int(self._clock.now().timestamp() * 1000),
            "fqn": f"{self._app_id}/{room}",
            "data": data,
        }
        match self.delivery:
            case Delivery.HELD:
                self._held.append(envelope)
            case Delivery.ON | Delivery.TWICE:
                for _ in range(2 if self.delivery is Delivery.TWICE else 1):
                    self._queue.put_nowait(envelope)

    def release(self, *, backwards: bool = False) -> None:
        """Deliver what was held, the latest first if `backwards`, and everything after it at once."""
        for envelope in reversed(self._held) if backwards else self._held:
            self._queue.put_nowait(envelope)
        self._held.clear()
        self.delivery = Delivery.ON

    async def ask_settings(self, room: str) -> dict[str, Any]:
        """SETTINGS_PROVISIONING before a meeting; an answer that cannot be read means no settings."""
        if not self.url:
            return {}
        _, text = await self._post({"fqn": f"{self._app_id}/{room}"})
        try:
            answer = json.loads(text)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    async def _deliver(self) -> None:
        while True:
            envelope = await self._queue.get()
            if self.url:
                await self._insist(envelope)
            self._queue.task_done()

    async def _insist(self, envelope: dict[str, Any]) -> None:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(FIRST_WAIT * 2 ** (attempt - 1))
            self.sent.append(envelope)
            status, _ = await self._post(envelope)
            if 200 <= status < 300:
                return

    async def _post(self, content: dict[str, Any]) -> tuple[int, str]:
        raw = json.dumps(content, separators=(",", ":")).encode()
        now = self._clock.now()
        headers = {"Content-Type": "application/json", "X-Jaas-Signature": self._signature(raw, now)}
        if self._authorization:
            headers["Authorization"] = self._authorization
        status, text = 0, ""
        try:
            async with self._session.post(self.url or "", data=raw, headers=headers) as response:
                status, text = response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError):
            pass
        self._record(raw, now, status, text)
        return status, text

    def _signature(self, raw: bytes, now: datetime) -> str:
        moment = str(int(now.timestamp()))
        mac = hmac.digest(self._secret.encode(), moment.encode() + b"." + raw, "sha256")
        return f"t={moment},v1={base64.b64encode(mac).decode()}"

    def _record(self, raw: bytes, now: datetime, status: int, text: str) -> None:
        if not self._feed:
            return
        whole = Exchange(
            at=now,
            backend=self._backend,
            method="POST",
            path=f"/hooks/{self._backend}",
            query="",
            request=raw.decode(),
            status=status,
            response=text,
            authorization=cut_authorization(self._authorization or ""),
            to_bot=True,
        )
        self._feed.record(masked(whole))
