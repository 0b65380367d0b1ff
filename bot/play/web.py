"""The playground's page over HTTP: static files, one WebSocket of news, and actions by POST. Loopback only.

A web site that somebody visits must not drive the playground: every request has to name a loopback host, and what
acts or listens has to come from the page itself (`Origin`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

from bot.play.news import News

STATIC = Path(__file__).parent / "static"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
SLOWEST_READER = 2000  # pieces of news that may wait for one tab before it is cut off and reconnects

Json = Mapping[str, Any]


class WrongAction(Exception):
    """An action that cannot be done; the sentence is shown to the person at the page."""


class Stage(Protocol):
    """What the page shows and does."""

    @property
    def actions(self) -> Mapping[str, Callable[[Json], Awaitable[Json]]]:
        """By name: a JSON body in, a JSON answer out. Raises WrongAction, or KeyError/ValueError for a wrong body."""

    def whole(self) -> Json:
        """The news of type `workspace`: everything that is the same for all people."""

    def seen_by(self, user_id: str) -> Json:
        """The news of type `person`: everything this person sees."""

    def knows(self, user_id: str) -> bool:
        """Whether this is somebody whom the page may play."""

    def subscribe(self, callback: Callable[[News], None]) -> Callable[[], None]:
        """Tell of every change from now on; the returned function ends that."""


def page(stage: Stage) -> web.Application:
    """The application to serve on a loopback address."""
    application = web.Application(middlewares=[_guard()])
    application.add_routes(
        [
            web.get("/", _index),
            web.get("/socket", _socket(stage)),
            web.post("/do/{action}", _do(stage)),
            web.static("/static", STATIC),
        ]
    )
    return application


def _guard() -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_local(request):
            raise web.HTTPForbidden(text="The playground answers only to its own page on this machine.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    return guard


def _is_local(request: web.Request) -> bool:
    try:
        host = URL(f"http://{request.host}")
    except ValueError:
        return False
    if host.host not in LOOPBACK:
        return False
    if request.path == "/" or request.path.startswith("/static/"):
        return True
    origin = request.headers.get("Origin")
    return origin == f"http://{request.host}"


async def _index(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")


def _do(stage: Stage) -> Handler:
    async def do(request: web.Request) -> web.StreamResponse:
        action = stage.actions.get(request.match_info["action"])
        if action is None:
            return web.json_response({"error": "The playground knows no such action."}, status=404)
        if request.content_type != "application/json":
            return web.json_response({"error": "An action is JSON."}, status=415)
        try:
            body = await request.json()
            return web.json_response(await action(body))
        except WrongAction as error:
            return web.json_response({"error": str(error)}, status=409)
        except (KeyError, TypeError, ValueError):
            return web.json_response({"error": "The playground did not understand that action."}, status=400)

    return do


def _socket(stage: Stage) -> Handler:
    async def socket(request: web.Request) -> web.StreamResponse:
        channel = web.WebSocketResponse(heartbeat=20)
        await channel.prepare(request)
        reader = _Reader(stage)
        leave = stage.subscribe(reader.hear)
        sending = asyncio.create_task(reader.send_to(channel))
        try:
            reader.put(stage.whole())
            async for message in channel:
                if message.type is WSMsgType.TEXT:
                    reader.watch(message.json())
        finally:
            leave()
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
        return channel

    return socket


class _Reader:
    """One open tab: whom it shows, and the news that wait for it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._person = ""
        self._waiting: asyncio.Queue[Json | None] = asyncio.Queue(SLOWEST_READER)

    def put(self, news: Json | None) -> None:
        if not self._waiting.full():
            self._waiting.put_nowait(news)
            return
        while not self._waiting.empty():  # it would miss something: cut it off, it reconnects and reads all afresh
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    def hear(self, news: News) -> None:
        if news.readers is None or self._person in news.readers:
            self.put(news.body)

    def watch(self, wish: object) -> None:
        person = wish.get("watch") if isinstance(wish, dict) else None
        if isinstance(person, str) and self._stage.knows(person):
            self._person = person
            self.put(self._stage.seen_by(person))

    async def send_to(self, channel: web.WebSocketResponse) -> None:
        while (news := await self._waiting.get()) is not None:
            await channel.send_json(news)
        await channel.close()
