"""The bot's end of the JaaS webhooks, and nothing else of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Self

from aiohttp import web

from bot.backends.jaas import Jaas
from bot.capabilities import Event, HookRefused, SettingsAsked
from bot.clock import Clock


class HookReceiver:
    """Reads each webhook with the back end, keeps its events, answers what settings a room has."""

    def __init__(self, clock: Clock, *, settings: Mapping[str, str] | None = None) -> None:
        self.back_end: Jaas | None = None
        self.events: list[Event] = []
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.statuses: list[int] = []  # to answer with first, in place of 200
        self._clock = clock
        self._settings = settings

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hooks/jaas", self._hook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hooks/jaas"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _hook(self, request: web.Request) -> web.Response:
        assert self.back_end
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        try:
            read = self.back_end.read_hook(request.headers, await request.read(), self._clock.now())
        except HookRefused as refused:
            self.refused.append(refused.reason)
            return web.Response(status=401)
        if isinstance(read, SettingsAsked):
            self.asked.append(read.vendor_id)
            return web.json_response(self.back_end.settings_answer(self._settings))
        self.events.extend(read)
        await asyncio.sleep(0)
        return web.Response()
