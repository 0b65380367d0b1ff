"""What goes over the wire between the bot and a simulated vendor, shown on the page as it happens."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import Clock
from bot.play.masking import cut, cut_authorization, mask_body, mask_fields


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as they went but for the credentials in them: see `masked`."""

    at: datetime  # aware, on the playground's clock
    backend: str  # the name of the back end in the configuration
    method: str
    path: str
    query: str  # without the question mark
    request: str  # the body as text
    status: int
    response: str  # the body as text
    authorization: str = ""  # already cut: see `masking`
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


def masked(exchange: Exchange) -> Exchange:
    """The exchange as the panel may show it: of each credential in query and bodies only the first letters."""
    return replace(
        exchange,
        query=mask_fields(exchange.query),
        request=mask_body(exchange.request),
        response=mask_body(exchange.response),
    )


def recording(
    feed: ExchangeFeed, backend: str, *, secret_answers: Mapping[str, re.Pattern[str]] | None = None
) -> Middleware:
    """An aiohttp middleware which records every request to this simulated vendor with its answer.

    `secret_answers`: what is a credential in the answers of a path (by its end), where no field's name says so.
    """
    secrets = secret_answers or {}

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = (await request.read()).decode(errors="replace")
        answer: web.StreamResponse
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            feed.record(_exchange(feed.clock.now(), backend, request, sent=sent, status=error.status, got=_body(error)))
            raise
        got = _without(secrets, request.path, _body(answer))
        feed.record(_exchange(feed.clock.now(), backend, request, sent=sent, status=answer.status, got=got))
        return answer

    return record


def _without(secrets: Mapping[str, re.Pattern[str]], path: str, text: str) -> str:
    for end, secret in secrets.items():
        if path.endswith(end):
            return secret.sub(lambda found: cut(found[0]), text)
    return text


def _exchange(at: datetime, backend: str, request: web.Request, *, sent: str, status: int, got: str) -> Exchange:
    whole = Exchange(
        at=at,
        backend=backend,
        method=request.method,
        path=request.path,
        query=request.query_string,
        request=sent,
        status=status,
        response=got,
        authorization=cut_authorization(request.headers.get("Authorization", "")),
    )
    return masked(whole)


def _body(answer: web.StreamResponse) -> str:
    body = answer.body if isinstance(answer, web.Response) else None
    return body.decode(errors="replace") if isinstance(body, bytes | bytearray) else ""


def dated(clock: Clock) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """For `on_response_prepare`: the Date of each answer is of this clock."""

    async def date(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(clock.now(), usegmt=True)

    return date
