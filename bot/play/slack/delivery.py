"""One parcel from Slack to the bot, over HTTP or Socket Mode, and what came back within three seconds."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.clock import Clock
from bot.play.slack.records import Json

ACK_LIMIT = 3.0  # real seconds

Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be delivered; `retry` is the number of the retry and Slack's reason for it."""

    kind: Kind
    payload: Json
    retry: int = 0
    retry_reason: str = ""


@dataclass(slots=True)
class Delivery:
    """How one delivery went."""

    parcel: Parcel
    status: int | None = None  # HTTP status; 200 for an acknowledged envelope; None when nothing came back
    ack: Json | str = ""  # JSON object, plain text, or empty
    elapsed: float = 0.0  # real seconds until the acknowledgement
    error: str = ""  # `operation_timeout`, `dispatch_failed`, or what Slack found wrong with the answer
    headers: dict[str, str] = field(default_factory=dict)  # HTTP: as sent
    body: bytes = b""  # HTTP: as sent
    no_retry: bool = False  # the bot asked for no retries

    @property
    def ok(self) -> bool:
        """Acknowledged in time, with an answer Slack can show."""
        return not self.error

    @property
    def payload(self) -> Json:
        """What the bot was sent."""
        return self.parcel.payload


class Transport(Protocol):
    """A way to the bot."""

    async def send(self, parcel: Parcel) -> Delivery:
        """Deliver once and wait for the acknowledgement."""
        ...

    async def resend(self, delivery: Delivery) -> Delivery:
        """Deliver the very same bytes or envelope once more, as an attacker or a nervous network would."""
        ...


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's `X-Slack-Signature` of a body (slack docs, verifying requests)."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class HttpTransport:
    """Signed requests to one URL of the bot; the signature's time is the injected clock's."""

    def __init__(
        self,
        url: str,
        *,
        session: aiohttp.ClientSession,
        clock: Clock,
        signing_secret: str,
        ack_limit: float = ACK_LIMIT,
    ) -> None:
        self._ack_limit = ack_limit
        self._url = url
        self._session = session
        self._clock = clock
        self._signing_secret = signing_secret

    async def send(self, parcel: Parcel) -> Delivery:
        """POST the parcel, signed now."""
        content_type, body = encoded(parcel)
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._signing_secret, timestamp, body),
        }
        if parcel.retry:
            headers |= {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.retry_reason}
        return await self._post(Delivery(parcel, headers=headers, body=body))

    async def resend(self, delivery: Delivery) -> Delivery:
        """POST the same bytes with the same signature and time."""
        return await self._post(Delivery(delivery.parcel, headers=delivery.headers, body=delivery.body))

    async def _post(self, delivery: Delivery) -> Delivery:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._ack_limit), self._request(delivery) as answer:
                delivery.status, text = answer.status, await answer.text()
                delivery.no_retry = answer.headers.get("x-slack-no-retry") == "1"
        except TimeoutError:
            delivery.error, text = "operation_timeout", ""
        except aiohttp.ClientError:
            delivery.error, text = "dispatch_failed", ""
        delivery.elapsed = time.monotonic() - started
        if delivery.status is not None and delivery.status != 200:
            delivery.error = "dispatch_failed"
        delivery.ack = _parsed(text)
        return delivery

    def _request(self, delivery: Delivery) -> aiohttp.client._RequestContextManager:
        return self._session.post(self._url, data=delivery.body, headers=delivery.headers, allow_redirects=False)


def encoded(parcel: Parcel) -> tuple[str, bytes]:
    """Content type and body: a form, a form with one `payload`, or JSON (slack docs)."""
    if parcel.kind == "events_api":
        return "application/json", json.dumps(parcel.payload).encode()
    fields = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _parsed(text: str) -> Json | str:
    try:
        body = json.loads(text)
    except ValueError:
        return text
    return body if isinstance(body, dict) else text
