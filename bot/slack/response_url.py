"""Answers over a response_url: the private way back that works where the bot is no member, five times in 30 minutes.

Bolt's `respond()` opens a connection each time, posts to any address, follows redirects and does not say when the url
is used up (measured with slack-bolt 1.30.0, tests/slack/test_traps_web_api.py).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Any

import aiohttp
import structlog
from yarl import URL

from bot.clock import Clock
from bot.metrics import Metrics

log = structlog.get_logger(__name__)

HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
MOST_USES = 5
LIFETIME = timedelta(minutes=30)
TIMEOUT = aiohttp.ClientTimeout(total=5.0, connect=3.0)


class Delivery(StrEnum):
    """How it went. After anything but SENT the caller falls back to a post by the bot itself."""

    SENT = "sent"
    USED_UP = "used_up"
    FAILED = "failed"  # refused, or no answer came: in that case it may have been shown


@dataclass(slots=True)
class _Uses:
    since: datetime
    count: int = 0


class ResponseUrls:
    """Sends over the shared session to Slack's own hosts and to host and port of `api_url`, nowhere else."""

    def __init__(
        self, session: aiohttp.ClientSession, *, api_url: str, clock: Clock, metrics: Metrics, limit: int = 20_000
    ) -> None:
        self._session = session
        self._api_origin = URL(api_url).origin()
        self._clock = clock
        self._metrics = metrics
        self._limit = limit
        self._uses: OrderedDict[bytes, _Uses] = OrderedDict()

    def __len__(self) -> int:
        """How many addresses have their uses counted."""
        return len(self._uses)

    async def send(self, url: str, message: Mapping[str, Any]) -> Delivery:
        """Post this message (`text`, `blocks`, `response_type`, `replace_original` …) as JSON."""
        address = self._allowed(url)
        if address is None:
            log.error("response_url outside Slack refused")
            return Delivery.FAILED
        uses = self._uses_of(url)
        if uses.count >= MOST_USES or self._clock.now() - uses.since >= LIFETIME:
            return Delivery.USED_UP
        uses.count += 1
        began = perf_counter()
        delivery, outcome = await self._post(address, message)
        self._metrics.slack_seconds.labels("response_url", outcome).observe(perf_counter() - began)
        if delivery is Delivery.USED_UP:
            uses.count = MOST_USES
        return delivery

    async def _post(self, address: URL, message: Mapping[str, Any]) -> tuple[Delivery, str]:
        try:
            async with self._session.post(
                address, json=dict(message), allow_redirects=False, timeout=TIMEOUT
            ) as response:
                text = (await response.content.read(1000)).decode(errors="replace")
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("response_url not reached", error=type(error).__name__)
            return Delivery.FAILED, "unreachable"
        if status == 404 or "used_url" in text or "expired_url" in text:
            return Delivery.USED_UP, "used_up"
        if status == 200 and '"ok":false' not in text.replace(" ", ""):
            return Delivery.SENT, "ok"
        log.warning("response_url refused", status=status)
        return Delivery.FAILED, f"http_{status}"

    def _allowed(self, url: str) -> URL | None:
        if not (url.isascii() and url.isprintable()):
            return None
        try:
            address = URL(url)
            origin = address.origin()
        except ValueError:
            return None
        if address.user is not None or address.password is not None:
            return None
        slack = address.scheme == "https" and address.host in HOSTS and address.port == 443
        return address if slack or origin == self._api_origin else None

    def _uses_of(self, url: str) -> _Uses:
        # Whoever holds a response_url may speak for the bot: only its digest is kept.
        key = hashlib.sha256(url.encode()).digest()
        if key not in self._uses:
            self._uses[key] = _Uses(self._clock.now())
            if len(self._uses) > self._limit:
                self._uses.popitem(last=False)
        return self._uses[key]
