"""A balancer before several bots: each request to the next of them, and nothing is remembered."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

PASSED_ON = ("Content-Type", "X-Slack-Request-Timestamp", "X-Slack-Signature", "X-Jaas-Signature", "Authorization")


class Balancer:
    """Round robin, no memory of who spoke to whom. Where nobody listens it tries the next; else the answer stands."""

    def __init__(self, addresses: Callable[[], Sequence[str]], answered: Callable[[str], None]) -> None:
        self._addresses = addresses
        self._answered = answered
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
        body, addresses = await request.read(), self._addresses()
        first = next(self._turn)
        for address in (addresses[(first + step) % len(addresses)] for step in range(len(addresses))):
            headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
            try:
                async with self._session.request(
                    request.method, f"{address}{request.path}", data=body, headers=headers
                ) as answer:
                    self._answered(address)
                    kind = answer.headers.get("Content-Type", "text/plain")
                    return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})
            except aiohttp.ClientConnectorError:
                continue  # nobody listens there
            except aiohttp.ClientError:
                return web.Response(status=502)  # it died over this request
        return web.Response(status=503)


@asynccontextmanager
async def balanced(addresses: Sequence[str]) -> AsyncIterator[str]:
    """One address for all of these."""
    balancer = Balancer(lambda: addresses, lambda _: None)
    try:
        yield await balancer.start()
    finally:
        await balancer.stop()
