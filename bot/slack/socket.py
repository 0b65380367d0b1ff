"""The Socket Mode entrance: the same dispatch as HTTP, over a connection that the bot opens and keeps open.

The SDK's client loops for ever on a refused token, and on the one single-use address when a reconnect fails (measured
with slack-sdk 3.47.0, tests/slack/test_traps_socket.py): the token is tried first, and a watchdog drops the address.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics
from bot.slack.bodies import event_id_of
from bot.slack.bolt import Entrance
from bot.slack.client import UNREACHABLE, error_word, library_logger, refuse_if_final
from bot.slack.seen import Seen

log = structlog.get_logger(__name__)

LONGEST_WAIT = 30.0
ACK_SECONDS = 3.0


class SocketMode:
    """One connection. `ping`: seconds between pings, and between attempts to connect again; `watch`: between looks."""

    def __init__(
        self,
        entrance: Entrance,
        client: AsyncWebClient,
        *,
        app_token: str,
        seen: Seen,
        metrics: Metrics,
        ping: float = 5.0,
        watch: float = 1.0,
        first_wait: float = 1.0,
    ) -> None:
        self._entrance = entrance
        self._client = client
        self._app_token = app_token
        self._seen = seen
        self._metrics = metrics
        self._ping = ping
        self._watch = watch
        self._first_wait = first_wait
        self._socket: SocketModeClient | None = None
        self._answering: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._closed = asyncio.Event()

    async def run(self) -> None:
        """Connect and stay connected until `close`. Raises ConfigurationError when Slack refuses the token."""
        url = await self._first_url()
        if url is None:
            return
        socket = self._socket = self._new_socket(url)
        connecting = asyncio.create_task(socket.connect(), name="socket mode")  # type: ignore[no-untyped-call]
        try:
            await self._keep_watch(socket)
        finally:
            ending = asyncio.create_task(self._end(socket, connecting), name="socket mode ends")
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:  # the process ends: its connection is still closed, not dropped
                await asyncio.wait({ending})
                raise

    async def _end(self, socket: SocketModeClient, connecting: asyncio.Task[None]) -> None:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await socket.close()  # type: ignore[no-untyped-call]
        self._metrics.socket_connected.set(0)

    async def connected(self) -> bool:
        """Whether requests can come in now; this is the readiness of the bot in Socket Mode."""
        return not self._closing and self._socket is not None and await self._socket.is_connected()

    async def close(self) -> None:
        """Take no more requests, send the acknowledgements still due, and let `run` end."""
        self._closing = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=ACK_SECONDS)
        self._closed.set()

    async def _first_url(self) -> str | None:
        wait = self._first_wait
        while not self._closed.is_set():
            try:
                answer = await self._client.apps_connections_open(app_token=self._app_token)
                return str(answer["url"])
            except UNREACHABLE as error:
                refuse_if_final(error, "SLACK_APP_TOKEN")
                wait = max(wait, _asked_to_wait(error))
                log.warning("slack not reached", method="apps.connections.open", error=error_word(error), next_try=wait)
            await self._pause(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        return None

    def _new_socket(self, url: str) -> SocketModeClient:
        logger = library_logger("slack_sdk.socket_mode", logging.WARNING)
        logger.addFilter(_one_line)
        socket = SocketModeClient(
            app_token=self._app_token, web_client=self._client, ping_interval=self._ping, logger=logger
        )
        socket.proxy = self._client.proxy  # the constructor takes it from the environment
        socket.wss_uri = url
        socket.socket_mode_request_listeners.append(self._receive)
        return socket

    async def _keep_watch(self, socket: SocketModeClient) -> None:
        was_connected, last_uri = False, None
        while not self._closed.is_set():
            connected = await socket.is_connected()
            if connected is not was_connected:
                log.info("socket mode connected" if connected else "socket mode disconnected")
                self._metrics.socket_connected.set(int(connected))
            if not connected and was_connected is connected and socket.wss_uri == last_uri:
                # Its ticket is spent by now; without an address the client asks for a new one.
                socket.wss_uri = None
            was_connected, last_uri = connected, socket.wss_uri
            await self._pause(self._watch)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    async def _receive(self, socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._closing:
            return  # unacknowledged, Slack hands it to another connection
        # The SDK keeps no reference to the task that runs this.
        if task := asyncio.current_task():
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        if await self._is_repeated(request):
            self._metrics.rejected.labels("repeated").inc()
            log.info("slack request repeated", kind=request.type)
            await socket.send_socket_mode_response({"envelope_id": request.envelope_id})
            return
        answer = await self._entrance.dispatch(request.payload)
        await socket.send_socket_mode_response({"envelope_id": request.envelope_id} | _payload(answer))

    async def _is_repeated(self, request: SocketModeRequest) -> bool:
        # After a reconnect Slack repeats an event in a new envelope.
        if not await self._seen.first_time(request.envelope_id):
            return True
        event_id = event_id_of(request.payload)
        return event_id is not None and not await self._seen.first_time(event_id)


def _payload(answer: BoltResponse) -> dict[str, Any]:
    if not answer.body:
        return {}
    return {"payload": json.loads(answer.body) if answer.body.startswith("{") else {"text": answer.body}}


def _asked_to_wait(error: Exception) -> float:
    if not isinstance(error, SlackApiError) or error_word(error) != "ratelimited":
        return 0.0
    words = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return min(float(words), 300.0) if words.isascii() and words.isdigit() else LONGEST_WAIT


def _one_line(record: logging.LogRecord) -> bool:
    """The SDK writes a traceback at every failed attempt; the sentence says enough."""
    record.exc_info = None
    return True
