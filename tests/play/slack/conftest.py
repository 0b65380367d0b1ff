"""A simulated Slack, the SDK's own client for it, and a small bot that answers as a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.play.slack import SlackServer, Workspace, demo_workspace

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@dataclass
class Listener:
    """The bot's end of HTTP delivery: remembers each request and answers with `answer`."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] | str = ""
    answer_headers: dict[str, str] = field(default_factory=dict)
    hold: asyncio.Event | None = None  # the answer waits for it
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        if request.content_type == "application/json":
            self.requests.append(json.loads(body))
        else:
            form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            self.requests.append(json.loads(form["payload"]) if "payload" in form else form)
        if self.hold:
            await self.hold.wait()
        if isinstance(self.answer, dict):
            return web.json_response(self.answer, status=self.status, headers=self.answer_headers)
        return web.Response(text=self.answer, status=self.status, headers=self.answer_headers)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


@pytest.fixture
async def slack(clock: MovableClock) -> AsyncIterator[SlackServer]:
    server = SlackServer(
        demo_workspace(clock), clock=clock, signing_secret=SIGNING_SECRET, bot_token="xoxb-bot", app_token="xapp-app"
    )
    async with server:
        yield server


@pytest.fixture
def workspace(slack: SlackServer) -> Workspace:
    return slack.workspace


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-bot", base_url=slack.api_url)


@pytest.fixture
async def listener(slack: SlackServer) -> AsyncIterator[Listener]:
    bot = Listener()
    app = web.Application()
    app.router.add_post("/slack/events", bot.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.connect_http(bot.url)
    yield bot
    await runner.cleanup()
