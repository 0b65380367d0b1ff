"""What goes over the wire between the bot and a simulated vendor, shown on the page as it happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import Clock


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Bodies are shown as they went; an Authorization header only by its first letters."""

    at: datetime  # aware, on the playground's clock
    backend: str  # the name of the back end in the configuration
    method: str
    path: str
    query: str  # without the question mark
    request: str  # the body as text
    status: int
    response: str  # the body as text
    authorization: str = ""  # already cut: see `cut_authorization`
    to_bot: bool = False  # True: a webhook from the vendor to the bot


class ExchangeFeed:
    """Hands each exchange to whoever subscribed, and keeps the latest for those who come later."""

    def __init__(self, clock: Clock, *, keep: int = 200) -> None:
        self.clock = clock
        self.recent: deque[Exchange] = deque(maxlen=keep)
        self._subscribers: list[Callable[[Exchange], None]] = []

    def record(self, exchange: Exchange) -> None:
        """Keep it and tell every subscriber at once, in order of subscription."""
        self.recent.append(exchange)
        for subscriber in tuple(self._subscribers):
            subscriber(exchange)

    def subscribe(self, callback: Callable[[Exchange], None]) -> Callable[[], None]:
        """Call back for each exchange from now on; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)


def cut_authorization(header: str) -> str:
    """`Bearer eyJhbG…`: the scheme and six letters, enough to tell two credentials apart."""
    scheme, _, credential = header.partition(" ")
    return f"{scheme} {credential[:6]}…" if credential else ("…" if scheme else "")


def recording(feed: ExchangeFeed, backend: str) -> Middleware:
    """An aiohttp middleware which records every request to this simulated vendor with its answer."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = (await request.read()).decode(errors="replace")
        answer: web.StreamResponse
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            feed.record(_exchange(feed.clock.now(), backend, request, sent=sent, answer=error))
            raise
        feed.record(_exchange(feed.clock.now(), backend, request, sent=sent, answer=answer))
        return answer

    return record


def _exchange(at: datetime, backend: str, request: web.Request, *, sent: str, answer: web.StreamResponse) -> Exchange:
    return Exchange(
        at=at,
        backend=backend,
        method=request.method,
        path=request.path,
        query=request.query_string,
        request=sent,
        status=answer.status,
        response=_body(answer),
        authorization=cut_authorization(request.headers.get("Authorization", "")),
    )


def _body(answer: web.StreamResponse) -> str:
    body = answer.body if isinstance(answer, web.Response) else None
    return body.decode(errors="replace") if isinstance(body, bytes | bytearray) else ""
