"""Bolt behind both entrances: one catch-all listener per kind of request, and no way for an exception to reach Slack.

`process_before_response=True`: the listener is awaited and its answer sent at once. Otherwise Bolt polls for the ack
every 10 ms and takes it back when the listener raises soon after it (measured, tests/slack/test_traps_bolt.py).
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from time import perf_counter
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from structlog.contextvars import bound_contextvars

from bot.errors import BotError
from bot.metrics import Metrics
from bot.slack.bodies import Body, kind_of
from bot.slack.client import Authorisation, library_logger
from bot.slack.mrkdwn import escape
from bot.slack.render import plain
from bot.tasks import Busy, Failure, Tasks

log = structlog.get_logger(__name__)

Ack = dict[str, Any] | str | None
Listener = Callable[[Body], Coroutine[Any, Any, Ack]]
Whisper = Callable[[str, dict[str, Any]], Awaitable[object]]  # a response_url and the message

STARTING = "I am starting and cannot reach Slack yet; try again in a moment."


class Listeners(Protocol):
    """What answers each kind of request within Slack's 3 seconds: the acknowledgement's text or JSON, None for empty.

    A BotError raised here is shown in that acknowledgement; anything else is logged as a bug, the person sees its id.
    """

    async def command(self, body: Body) -> Ack:
        """A slash command; a text is shown to the person who typed it alone."""

    async def action(self, body: Body) -> Ack:
        """A click or choice in a message, modal or Home (`block_actions`); Slack shows nothing of the answer."""

    async def view_submission(self, body: Body) -> Ack:
        """A modal's submit button; None closes it, else a `response_action`."""

    async def view_closed(self, body: Body) -> Ack:
        """A modal dismissed."""

    async def options(self, body: Body) -> Ack:
        """What a menu offers for the text typed so far: `{"options": [...]}`."""

    async def shortcut(self, body: Body) -> Ack:
        """A global or message shortcut."""

    async def event(self, body: Body) -> Ack:
        """An event, each `event_id` once."""


def build_app(client: AsyncWebClient, authorisation: Authorisation) -> AsyncApp:
    """Bolt without what the entrances do themselves: it verifies nothing, asks Slack nothing, logs no body."""

    async def prebuilt() -> AuthorizeResult:
        return await authorisation.obtain()  # known by now: `Entrance` lets nothing in before

    return AsyncApp(
        name="meetops",
        logger=library_logger("slack_bolt", logging.ERROR),
        client=client,
        authorize=prebuilt,
        signing_secret="",
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )


def attach(app: AsyncApp, listeners: Listeners, *, tasks: Tasks, whisper: Whisper) -> None:
    """Let `listeners` answer everything. `whisper` sends over a response_url what an ack cannot show."""
    everything = re.compile("")
    boundary = _Boundary(tasks, whisper)
    app.command(everything)(boundary.around("command", listeners.command))
    app.action(everything)(boundary.around("action", listeners.action))
    app.view_submission(everything)(boundary.around("view_submission", listeners.view_submission))
    app.options(everything)(boundary.around("options", listeners.options))
    app.event(everything)(boundary.around("event", listeners.event))
    app.view_closed(everything)(boundary.around("view_closed", listeners.view_closed))
    app.shortcut(everything)(boundary.around("shortcut", listeners.shortcut))


class Entrance:
    """The one way in, for HTTP and Socket Mode: a body that was verified and parsed, answered with a 200 whatever."""

    def __init__(self, app: AsyncApp, *, authorisation: Authorisation, tasks: Tasks, metrics: Metrics) -> None:
        self._app = app
        self._authorisation = authorisation
        self._tasks = tasks
        self._metrics = metrics

    async def dispatch(self, body: Body) -> BoltResponse:
        """Slack's answer: status 200, the body empty, text or JSON. Never raises."""
        began, kind = perf_counter(), kind_of(body)
        with bound_contextvars(correlation_id=secrets.token_hex(4)):
            answer = await self._tasks.guard(self._answer(body, kind), name=f"slack {kind}")
            if isinstance(answer, Failure):
                answer = BoltResponse(status=200, body=_said(kind, answer.sentence) or "")
        self._metrics.ack_seconds.labels(kind).observe(perf_counter() - began)
        return answer

    async def _answer(self, body: Body, kind: str) -> BoltResponse:
        if self._authorisation.result is None:
            return BoltResponse(status=200, body=_said(kind, STARTING) or "")
        # A dict is only taken in this mode; the HTTP mode parses text by itself, wrongly. Headers could start lazy
        # listeners of the sender's choice, so none are handed on.
        answer = await self._app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        if answer.status == 200:
            return answer
        log.warning("slack request not answered by any listener", kind=kind, status=answer.status)
        return BoltResponse(status=200, body="")


class _Boundary:
    """Keeps what a listener raises from Bolt and shows it to the person instead."""

    def __init__(self, tasks: Tasks, whisper: Whisper) -> None:
        self._tasks = tasks
        self._whisper = whisper

    def around(self, kind: str, listener: Listener) -> Callable[[AsyncAck, Body], Awaitable[None]]:
        """The function for Bolt: awaits the listener and acknowledges with what it returned."""

        async def acknowledge(ack: AsyncAck, body: Body) -> None:
            answer = await self._answer(kind, listener, body)
            if kind == "command" and isinstance(answer, str) and answer:
                answer = {"response_type": "ephemeral", "text": answer}
            await ack(answer or "")

        return acknowledge

    async def _answer(self, kind: str, listener: Listener, body: Body) -> Ack:
        try:
            answer = await self._tasks.guard(listener(body), name=f"slack {kind}")
        except BotError as error:
            return self._shown(kind, body, str(error))
        return self._shown(kind, body, answer.sentence) if isinstance(answer, Failure) else answer

    def _shown(self, kind: str, body: Body, sentence: str) -> Ack:
        url = body.get("response_url")
        if kind in {"action", "shortcut"} and isinstance(url, str):
            message = {"response_type": "ephemeral", "replace_original": False, "text": escape(sentence, 3000)}
            with suppress(Busy):
                self._tasks.spawn(self._send(url, message), name=f"slack {kind} failure")
        return _said(kind, sentence)

    async def _send(self, url: str, message: dict[str, Any]) -> None:
        await self._whisper(url, message)


def _said(kind: str, sentence: str) -> dict[str, Any] | None:
    """The acknowledgement that shows this sentence, where that kind of request can show one."""
    if kind == "command":
        return {"response_type": "ephemeral", "text": escape(sentence, 3000)}
    if kind == "options":
        return {"options": []}
    if kind != "view_submission":
        return None
    view = {
        "type": "modal",
        "title": plain("Not done", 24),
        "close": plain("Close", 24),
        "blocks": [{"type": "section", "text": plain(sentence, 3000)}],
    }
    return {"response_action": "update", "view": view}
