"""The HTTP entrance: what reaches Bolt is small, signed with our secret within five minutes, new, and well formed.

Everything else ends in one log line without its content. Verification works on the raw bytes, before any parsing.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.metrics import CONTENT_TYPE, Metrics
from bot.slack.bodies import FORM, JSON, Body, event_id_of, kind_of, read_body
from bot.slack.bolt import Entrance
from bot.slack.seen import Seen

log = structlog.get_logger(__name__)

Ready = Callable[[], Awaitable[str | None]]  # None, or in plain words why not

SIZE_LIMIT = 256 * 1024
READ_SECONDS = 5.0
SKEW_SECONDS = 300

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


class _Rejected(Exception):
    """Answered with this status; the reason is for the log and the metrics, in fixed words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Signature:
    """Slack's request signing: HMAC-SHA256 over version, timestamp and raw body (slack docs, verifying requests)."""

    def __init__(self, secret: str, clock: Clock) -> None:
        if not secret:
            raise ConfigurationError("SLACK_SIGNING_SECRET is missing; it is needed unless SLACK_APP_TOKEN is set.")
        self._key = secret.encode()
        self._clock = clock

    def expects(self, timestamp: str, signature: str) -> None:
        """Judge what the headers alone tell, before the body is read. Raises _Rejected."""
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise _Rejected(401, "unsigned")
        if abs(self._clock.now().timestamp() - int(timestamp)) > SKEW_SECONDS:
            raise _Rejected(401, "stale")

    def verify(self, timestamp: str, signature: str, body: bytes) -> None:
        """Raises _Rejected unless this body was signed with our secret. Both header values passed `expects`."""
        signed = hmac.new(self._key, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest("v0=" + signed, signature):
            raise _Rejected(401, "signature")


class Front:
    """`POST /slack/events`. `seen` keeps requests and events from acting twice."""

    def __init__(self, entrance: Entrance, *, signing_secret: str, seen: Seen, clock: Clock, metrics: Metrics) -> None:
        self._entrance = entrance
        self._signature = Signature(signing_secret, clock)
        self._seen = seen
        self._metrics = metrics

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request of Slack, or of somebody who pretends to be Slack."""
        try:
            signature, body = await self._verified(request)
        except _Rejected as rejection:
            self._metrics.rejected.labels(str(rejection)).inc()
            log.warning("slack request rejected", reason=str(rejection), status=rejection.status, remote=request.remote)
            response = web.Response(status=rejection.status)
            response.force_close()
            return response
        if body.get("ssl_check") == "1":
            return web.Response()
        if kind_of(body) == "url_verification":
            return web.json_response({"challenge": str(body.get("challenge", ""))})
        return await self._answer(signature, body)

    async def _verified(self, request: web.Request) -> tuple[str, Body]:
        headers = request.headers
        if request.content_type not in {FORM, JSON} or (request.charset or "utf-8").lower() != "utf-8":
            raise _Rejected(400, "content type")
        if "Content-Encoding" in headers:
            raise _Rejected(400, "content encoding")
        timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        self._signature.expects(timestamp, signature)
        raw = await _read(request)
        self._signature.verify(timestamp, signature, raw)
        try:
            return signature, read_body(raw, request.content_type)
        except ValueError:
            raise _Rejected(400, "malformed") from None

    async def _answer(self, signature: str, body: Body) -> web.Response:
        # An event comes again under a new signature, and must be handled then if this is the first that arrives.
        if not await self._seen.first_time(event_id_of(body) or signature):
            self._metrics.rejected.labels("repeated").inc()
            log.info("slack request repeated", kind=kind_of(body))
            return web.Response()
        answer = await self._entrance.dispatch(body)
        content_type = JSON if answer.body.startswith("{") else "text/plain"
        return web.Response(text=answer.body, content_type=content_type)


def routes(*, front: Front | None, ready: Ready, metrics: Metrics, ready_seconds: float = 3.0) -> list[web.RouteDef]:
    """The paths of interface.md §3 but the hooks. Without `front` (Socket Mode) there is no `/slack/events`.

    `ready` that does not end within `ready_seconds` counts as not ready.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(ready_seconds):
                missing = await ready()
        except TimeoutError:
            missing = "the readiness check did not end in time"
        return web.Response(text=f"{missing or 'ready'}\n", status=503 if missing else 200)

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    paths = [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", show_metrics)]
    return [web.post("/slack/events", front.receive), *paths] if front else paths


async def _read(request: web.Request) -> bytes:
    if (request.content_length or 0) > SIZE_LIMIT:
        raise _Rejected(413, "too large")
    try:
        body = request.content.read_nowait() if request.content.is_eof() else await _awaited(request)
    except TimeoutError:
        raise _Rejected(408, "too slow") from None
    except (web.RequestPayloadError, ConnectionError):
        raise _Rejected(400, "cut off") from None
    if len(body) > SIZE_LIMIT:
        raise _Rejected(413, "too large")
    return body


async def _awaited(request: web.Request) -> bytes:
    """At least what is too large, if it is."""
    body = bytearray()
    async with asyncio.timeout(READ_SECONDS):
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > SIZE_LIMIT:
                break
    return bytes(body)
