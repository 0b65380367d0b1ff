"""Socket Mode: single-use WebSocket addresses, envelopes and their acknowledgements, disconnects."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.play.slack.delivery import ACK_LIMIT, Delivery, Kind, Parcel
from bot.play.slack.records import Json

CONNECTION_LIMIT = 10
_WITH_ANSWER: tuple[Kind, ...] = ("slash_commands", "interactive")


@dataclass(eq=False, slots=True)
class Connection:
    """One open WebSocket of the bot."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    waiting: dict[str, asyncio.Future[Json | str]] = field(default_factory=dict)

    def lose(self) -> None:
        """Fail whatever still waits for an acknowledgement here."""
        for envelope in self.waiting.values():
            if not envelope.done():
                envelope.set_exception(ConnectionResetError())


class SocketMode:
    """Slack's side of Socket Mode. Payloads go to the open connections in turn."""

    def __init__(self, app_id: str, *, ack_limit: float = ACK_LIMIT) -> None:
        self._ack_limit = ack_limit
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._refusals = 0
        self._turn = 0
        self._duplicates = 0
        self.connections: list[Connection] = []
        self.refused = 0  # WebSocket connects turned away: switched so, or with a used ticket

    def new_url(self, origin: str) -> str:
        """A single-use address for apps.connections.open; `origin` is `ws://host:port`."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return f"{origin}/link/?ticket={ticket}&app_id={self._app_id}"

    def refuse_connects(self, times: int) -> None:
        """Turn the next WebSocket connects away with HTTP 503; their tickets are used up all the same."""
        self._refusals = times

    def deliver_twice(self, times: int = 1) -> None:
        """Send the next envelopes two times each."""
        self._duplicates = times

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to leave: `warning`, `refresh_requested` or `link_disabled`. It stays open meanwhile."""
        for connection in tuple(self.connections):
            await connection.socket.send_json(_goodbye(reason))

    def drop(self) -> None:
        """Break every connection without a word."""
        for connection in tuple(self.connections):
            if connection.transport is not None:
                connection.transport.close()

    async def close(self) -> None:
        """Close every connection in order."""
        for connection in tuple(self.connections):
            await connection.socket.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One WebSocket connection from its ticket to its end."""
        ticket = request.query.get("ticket", "")
        fresh = ticket in self._tickets
        self._tickets.discard(ticket)
        if self._refusals or not fresh:
            self.refused += 1
            if not fresh:
                return web.Response(status=401)
            self._refusals -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        if len(self.connections) >= CONNECTION_LIMIT:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        await self._serve(Connection(socket, request.transport))
        return socket

    async def send(self, parcel: Parcel) -> Delivery:
        """Deliver one envelope to the next connection and wait for its acknowledgement."""
        envelope: Json = {
            "type": parcel.kind,
            "envelope_id": str(uuid4()),
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind in _WITH_ANSWER,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.retry_reason}
        return await self._deliver(Delivery(parcel, body=json.dumps(envelope).encode()))

    async def resend(self, delivery: Delivery) -> Delivery:
        """Deliver the same envelope, with its id, once more."""
        return await self._deliver(Delivery(delivery.parcel, body=delivery.body))

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        try:
            await connection.socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.connections),
                    "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
                    "connection_info": {"app_id": self._app_id},
                }
            )
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self.connections.remove(connection)
            connection.lose()

    def _acknowledge(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        # the SDK acknowledges on whatever connection is current, not always on the one it came by
        for connection in self.connections:
            envelope = connection.waiting.get(body.get("envelope_id", ""))
            if envelope is not None and not envelope.done():
                envelope.set_result(body.get("payload") or "")

    async def _deliver(self, delivery: Delivery) -> Delivery:
        started = time.monotonic()
        try:
            if not self.connections:
                raise ConnectionResetError
            delivery.ack = await self._exchange(delivery.body.decode())
            delivery.status = 200
        except TimeoutError:
            delivery.error = "operation_timeout"
        except ConnectionResetError:
            delivery.error = "dispatch_failed"
        delivery.elapsed = time.monotonic() - started
        return delivery

    async def _exchange(self, envelope: str) -> Json | str:
        self._turn += 1
        connection = self.connections[self._turn % len(self.connections)]
        envelope_id = json.loads(envelope)["envelope_id"]
        acked: asyncio.Future[Json | str] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acked
        try:
            await connection.socket.send_str(envelope)
            if self._duplicates:
                self._duplicates -= 1
                await connection.socket.send_str(envelope)
            async with asyncio.timeout(self._ack_limit):
                return await acked
        finally:
            acked.cancel()
            connection.waiting.pop(envelope_id, None)


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
