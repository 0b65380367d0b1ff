"""Several processes of the bot on one PostgreSQL, behind a balancer that sends each request to the next of them."""

from __future__ import annotations

import asyncio
import itertools
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.fakes.process import free_port, kill, launch
from tests.fakes.world import World, connect, ready

PASSED_ON = ("Content-Type", "X-Slack-Request-Timestamp", "X-Slack-Signature", "X-Jaas-Signature", "Authorization")


@dataclass
class Replicas:
    """The processes by their ports; `logs` are those of the ones that were killed."""

    w: World
    processes: dict[int, Process | None] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    hits: dict[int, int] = field(default_factory=dict)  # requests that each has answered

    async def start(self, port: int) -> None:
        """Begin one and wait until it can answer."""
        self.processes[port] = await launch(self.w, port)
        await ready(f"http://127.0.0.1:{port}")

    async def kill(self, port: int) -> None:
        """kill -9."""
        process, self.processes[port] = self.processes[port], None
        if process is not None:
            self.logs.append(await kill(process))


class Balancer:
    """Round robin, no memory of who spoke to whom. Where nobody listens it tries the next; else the answer stands."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas
        self._turn = itertools.count()
        self._session = aiohttp.ClientSession()
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen. Returns the address."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body, ports = await request.read(), list(self._replicas.processes)
        first = next(self._turn)
        for port in (ports[(first + step) % len(ports)] for step in range(len(ports))):
            headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
            try:
                async with self._session.request(
                    request.method, f"http://127.0.0.1:{port}{request.path}", data=body, headers=headers
                ) as answer:
                    self._replicas.hits[port] = self._replicas.hits.get(port, 0) + 1
                    kind = answer.headers.get("Content-Type", "text/plain")
                    return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})
            except aiohttp.ClientConnectorError:
                continue  # nobody listens there
            except aiohttp.ClientError:
                return web.Response(status=502)  # it died over this request
        return web.Response(status=503)


@asynccontextmanager
async def replicas(w: World, count: int = 2) -> AsyncIterator[Replicas]:
    """That many, ready, with this world's Slack and vendors before the balancer."""
    several = Replicas(w)
    balancer = Balancer(several)
    try:
        for _ in range(count):
            await several.start(free_port())
        await connect(w, await balancer.start())
        yield several
    finally:
        await balancer.stop()
        for port in several.processes:
            await asyncio.shield(several.kill(port))
