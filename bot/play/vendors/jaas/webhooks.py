"""The webhooks that simulated 8x8 sends to the bot: signed, in the background, sent again until taken."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from datetime import datetime
from uuid import uuid4

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed
from bot.play.vendors.telling import EventSender, Json

ATTEMPTS = 4
FIRST_WAIT = 0.1  # seconds, doubled each time


class Webhooks(EventSender):
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
        super().__init__(clock, url=url, feed=feed, backend=backend)
        self._app_id = app_id
        self._secret = secret
        self._authorization = authorization

    def tell(self, event_type: str, session_id: str, room: str, data: Json) -> None:
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
        self.queue(envelope)

    async def ask_settings(self, room: str) -> Json:
        """SETTINGS_PROVISIONING before a meeting; an answer that cannot be read means no settings."""
        if not self.url:
            return {}
        _, text = await self._post({"fqn": f"{self._app_id}/{room}"})
        try:
            answer = json.loads(text)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    def headers(self, raw: bytes, now: datetime) -> dict[str, str]:
        """What goes with this body."""
        moment = str(int(now.timestamp()))
        mac = hmac.digest(self._secret.encode(), moment.encode() + b"." + raw, "sha256")
        signature = f"t={moment},v1={base64.b64encode(mac).decode()}"
        own = {"Authorization": self._authorization} if self._authorization else {}
        return {"Content-Type": "application/json", "X-Jaas-Signature": signature, **own}

    async def _send(self, event: Json) -> bool:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(FIRST_WAIT * 2 ** (attempt - 1))
            if await super()._send(event):
                return True
        return False
