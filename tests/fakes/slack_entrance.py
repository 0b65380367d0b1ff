"""Both entrances as the program builds them, before listeners that keep what comes in; against a simulated Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.contextvars import get_contextvars

from bot.clock import MovableClock
from bot.metrics import Metrics
from bot.play.slack.delivery import signature
from bot.play.slack.seed import demo_workspace
from bot.play.slack.server import SlackServer
from bot.slack.bodies import FORM, Body
from bot.slack.bolt import Ack, Entrance, attach, build_app
from bot.slack.client import Authorisation, WebClient, new_session
from bot.slack.front import Front, routes
from bot.slack.response_url import ResponseUrls
from bot.slack.seen import SeenInMemory
from bot.tasks import Tasks

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-bot"
APP_TOKEN = "xapp-1-app"


class RecordingListeners:
    """Keeps every body and answers as told: an `Ack`, or an exception to raise."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, Body]] = []
        self.answers: dict[str, Ack | Exception] = {}
        self.correlation_ids: list[str] = []

    @property
    def texts(self) -> list[str]:
        return [body["text"] for kind, body in self.bodies if kind == "command"]

    def _take(self, kind: str, body: Body) -> Ack:
        self.bodies.append((kind, body))
        self.correlation_ids.append(get_contextvars()["correlation_id"])
        answer = self.answers.get(kind)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def command(self, body: Body) -> Ack:
        return self._take("command", body)

    async def action(self, body: Body) -> Ack:
        return self._take("action", body)

    async def view_submission(self, body: Body) -> Ack:
        return self._take("view_submission", body)

    async def view_closed(self, body: Body) -> Ack:
        return self._take("view_closed", body)

    async def options(self, body: Body) -> Ack:
        return self._take("options", body)

    async def shortcut(self, body: Body) -> Ack:
        return self._take("shortcut", body)

    async def event(self, body: Body) -> Ack:
        return self._take("event", body)


@dataclass
class Door:
    """Everything behind the entrances, reachable for a test."""

    slack: SlackServer
    session: aiohttp.ClientSession
    clock: MovableClock = field(default_factory=lambda: MovableClock(datetime.fromtimestamp(time() // 1, UTC)))
    listeners: RecordingListeners = field(default_factory=RecordingListeners)
    metrics: Metrics = field(default_factory=Metrics)
    url: str = ""

    def __post_init__(self) -> None:
        self.seen = SeenInMemory(self.clock)
        self.tasks = Tasks(limit=50, metrics=self.metrics)
        self.client = WebClient(self.session, token=BOT_TOKEN, api_url=self.slack.api_url, metrics=self.metrics)
        self.authorisation = Authorisation(self.client, first_wait=0.01)
        self.response_urls = ResponseUrls(
            self.session, api_url=self.slack.api_url, clock=self.clock, metrics=self.metrics
        )
        app = build_app(self.client, self.authorisation)
        attach(app, self.listeners, tasks=self.tasks, whisper=self.response_urls.send)
        self.entrance = Entrance(app, authorisation=self.authorisation, tasks=self.tasks, metrics=self.metrics)
        self.unready: str | None = None

    async def ready(self) -> str | None:
        return self.unready

    def front(self) -> Front:
        return Front(self.entrance, signing_secret=SECRET, seen=self.seen, clock=self.clock, metrics=self.metrics)

    def signed(self, body: bytes, *, content_type: str = FORM, ahead: int = 0) -> dict[str, str]:
        """The headers of Slack for these bytes, `ahead` seconds off the clock."""
        timestamp = str(int(self.clock.now().timestamp()) + ahead)
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(SECRET, timestamp, body),
        }

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """POST to `/slack/events`: status and text."""
        async with self.session.post(f"{self.url}/slack/events", data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def send(self, body: bytes, *, content_type: str = FORM, ahead: int = 0) -> tuple[int, str]:
        """POST it as Slack would."""
        return await self.post(body, self.signed(body, content_type=content_type, ahead=ahead))

    def count(self, sample: str, **labels: str) -> float:
        """One number of the metrics, 0 when it was never counted."""
        return self.metrics.registry.get_sample_value(sample, labels) or 0.0


@asynccontextmanager
async def opened_door(*, http: bool = True, authorised: bool = True, **more: Any) -> AsyncIterator[Door]:
    """A door before a simulated Slack; with `http` served on a free port and known to Slack."""
    async with AsyncExitStack() as stack:
        clock = more.pop("clock", None) or MovableClock(datetime.fromtimestamp(time() // 1, UTC))
        slack = await stack.enter_async_context(
            SlackServer(
                demo_workspace(clock), clock=clock, signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN
            )
        )
        session = await stack.enter_async_context(new_session())
        door = Door(slack, session, clock, **more)
        if authorised:
            await door.authorisation.obtain()
        if http:
            application = web.Application()
            application.add_routes(routes(front=door.front(), ready=door.ready, metrics=door.metrics))
            server = TestServer(application)
            await server.start_server()
            stack.push_async_callback(server.close)
            door.url = str(server.make_url("")).rstrip("/")
            slack.connect_http(f"{door.url}/slack/events")
        yield door
        await door.tasks.drain(1.0)
