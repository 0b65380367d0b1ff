"""Several processes of the bot on one PostgreSQL, behind a balancer that sends each request to the next of them."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.fakes.balancer import Balancer
from tests.fakes.process import free_port, kill, launch
from tests.fakes.world import World, connect, ready


@dataclass
class Replicas:
    """The processes by their ports; `logs` are those of the ones that were killed."""

    w: World
    processes: dict[int, Process | None] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)  # requests that each has answered

    def addresses(self) -> list[str]:
        """Where each listens, if it lives."""
        return [f"http://127.0.0.1:{port}" for port in self.processes]

    async def begin(self, port: int) -> None:
        """Begin one."""
        environ = {**self.w.environ, "PORT": str(port), "LOG_FORMAT": "json"}
        self.processes[port] = await launch(self.w.folder, environ, "run")

    async def start(self, port: int) -> None:
        """Begin one and wait until it can answer."""
        await self.begin(port)
        await ready(f"http://127.0.0.1:{port}")

    async def kill(self, port: int) -> None:
        """kill -9."""
        process, self.processes[port] = self.processes[port], None
        if process is not None:
            self.logs.append(await kill(process))


@asynccontextmanager
async def replicas(w: World, count: int = 2) -> AsyncIterator[Replicas]:
    """That many, ready, with this world's Slack and vendors before the balancer."""
    several = Replicas(w)
    balancer = Balancer(several.addresses, lambda address: several.hits.update([address]))
    try:
        for _ in range(count):
            await several.start(free_port())
        await connect(w, await balancer.start())
        yield several
    finally:
        await balancer.stop()
        for port in several.processes:
            await asyncio.shield(several.kill(port))
