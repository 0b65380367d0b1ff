"""The simulated Slack as one server on loopback: Web API, response URLs, Socket Mode, and people's gestures."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.play.slack.delivery import ACK_LIMIT, Delivery, HttpTransport, Transport
from bot.play.slack.events import Events
from bot.play.slack.faults import Faults
from bot.play.slack.files import Files
from bot.play.slack.gestures import Gestures
from bot.play.slack.grants import Pace, ResponseGrants, Triggers
from bot.play.slack.modals import Modals
from bot.play.slack.response_urls import ResponseUrls
from bot.play.slack.sender import Sender
from bot.play.slack.socket_mode import SocketMode
from bot.play.slack.web_api import WebApi
from bot.play.slack.workspace import Workspace


class SlackServer(Gestures, Modals, Events):
    """Slack for one workspace and one bot. Payloads go over Socket Mode until `connect_http` names the bot's URL.

    `paced` refuses posts over one a second and channel (bursts of five) with 429, as Slack does.
    `ack_limit` is how many real seconds the bot has to acknowledge.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        clock: Clock,
        signing_secret: str,
        bot_token: str,
        app_token: str,
        paced: bool = False,
        ack_limit: float = ACK_LIMIT,
    ) -> None:
        self.workspace = workspace
        self.faults = Faults()
        self.socket_mode = SocketMode(workspace.team.app_id, ack_limit=ack_limit)
        self.retries: set[asyncio.Task[None]] = set()
        self._clock = clock
        self._ack_limit = ack_limit
        self._signing_secret = signing_secret
        self._origin = ""
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._http: HttpTransport | None = None
        triggers, grants = Triggers(clock), ResponseGrants(clock)
        self.sender = Sender(
            workspace, triggers=triggers, grants=grants, transport=self._transport, origin=lambda: self._origin
        )
        self.files = Files(workspace, bot_token=bot_token)
        self._responses = ResponseUrls(workspace, grants, self.faults)
        self._web_api = WebApi(
            workspace,
            bot_token=bot_token,
            app_token=app_token,
            triggers=triggers,
            faults=self.faults,
            files=self.files,
            pace=Pace(clock) if paced else None,
            open_connection=lambda: self.socket_mode.new_url(self._origin.replace("http", "ws", 1)),
        )

    @property
    def api_url(self) -> str:
        """The base of the Web API, `http://127.0.0.1:<port>/api/`; known once started."""
        return f"{self._origin}/api/"

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything delivered to the bot, oldest first."""
        return self.sender.deliveries

    @property
    def methods(self) -> frozenset[str]:
        """The Web API methods this Slack knows."""
        return self._web_api.names

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 picks a free one."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._web_api.handle)
        app.router.add_post("/response/{token}", self._responses.handle)
        app.router.add_get("/link/", self.socket_mode.handle)
        app.router.add_get("/files/{id}", self.files.download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.files.origin = self._origin
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Close every connection and forget pending retries."""
        for task in tuple(self.retries):
            task.cancel()
        await asyncio.gather(*self.retries, return_exceptions=True)
        await self.socket_mode.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def connect_http(self, events_url: str) -> None:
        """Deliver as signed HTTP requests to this URL from now on, and not over Socket Mode any more."""
        if self._session is None:
            raise RuntimeError("start the server first")
        self._http = HttpTransport(
            events_url,
            session=self._session,
            clock=self._clock,
            signing_secret=self._signing_secret,
            ack_limit=self._ack_limit,
        )

    def connect_socket_mode(self) -> None:
        """Deliver over Socket Mode from now on."""
        self._http = None

    def _transport(self) -> Transport:
        return self._http or self.socket_mode
