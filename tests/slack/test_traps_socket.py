"""Traps of the stock Socket Mode client (slack-sdk 3.47.0), beside the proof that ours has none of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigurationError
from bot.play.slack.seed import MIA
from bot.slack.bodies import Body
from bot.slack.socket import SocketMode
from tests.fakes.slack_entrance import APP_TOKEN, BOT_TOKEN, Door, opened_door

PING = 0.05


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door(http=False) as opened:
        yield opened


def stock_handler(door: Door, app_token: str = APP_TOKEN) -> AsyncSocketModeHandler:
    client = AsyncWebClient(BOT_TOKEN, base_url=door.slack.api_url, session=door.session)
    return AsyncSocketModeHandler(AsyncApp(client=client), app_token, ping_interval=PING)


def our_mode(door: Door, app_token: str = APP_TOKEN) -> SocketMode:
    return SocketMode(
        door.entrance,
        door.client,
        app_token=app_token,
        seen=door.seen,
        metrics=door.metrics,
        ping=PING,
        watch=PING / 2,
        first_wait=0.01,
    )


@asynccontextmanager
async def connected_stock(door: Door) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = stock_handler(door)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    yield handler
    await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def connected_ours(door: Door) -> AsyncIterator[SocketMode]:
    mode = our_mode(door)
    running = asyncio.create_task(mode.run())
    async with asyncio.timeout(5.0):
        while not await mode.connected():
            await asyncio.sleep(0.005)
    yield mode
    await mode.close()
    await running


async def reconnect_fails_once(door: Door) -> None:
    door.slack.socket_mode.refuse_connects(1)
    await door.slack.socket_mode.disconnect("refresh_requested")
    async with asyncio.timeout(5.0):
        while not door.slack.socket_mode.refused:
            await asyncio.sleep(0.005)


async def test_one_failed_reconnect_is_not_the_end(door: Door) -> None:
    slack = door.slack.socket_mode
    async with connected_stock(door) as handler:
        await reconnect_fails_once(door)
        async with asyncio.timeout(5.0):
            while slack.refused < 4:  # again and again with the ticket that is spent
                await asyncio.sleep(0.01)
        assert not await handler.client.is_connected()
        assert len(door.slack.workspace.calls_of("apps.connections.open")) == 2
    slack.refused = 0
    async with connected_ours(door) as mode:
        await reconnect_fails_once(door)
        async with asyncio.timeout(5.0):
            while not await mode.connected() or not slack.connections:
                await asyncio.sleep(0.005)
        assert (await door.slack.slash(MIA, "#team", "help")).status == 200
        assert slack.refused <= 3


async def test_a_bad_app_token_does_not_loop_for_ever(door: Door) -> None:
    handler = stock_handler(door, "xapp-wrong")
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    async with asyncio.timeout(5.0):
        while len(door.slack.workspace.calls_of("apps.connections.open")) < 3:
            await asyncio.sleep(0.01)
    assert not connecting.done()
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await handler.close_async()  # type: ignore[no-untyped-call]
    door.slack.workspace.calls.clear()
    with pytest.raises(ConfigurationError):
        await our_mode(door, "xapp-wrong").run()
    assert len(door.slack.workspace.calls_of("apps.connections.open")) == 1


async def test_an_envelope_that_comes_twice_acts_once(door: Door) -> None:
    texts: list[str] = []

    async def command(ack: AsyncAck, body: Body) -> None:
        texts.append(body["text"])
        await ack()

    async with connected_stock(door) as handler:
        handler.app.command("/meet")(command)
        door.slack.socket_mode.deliver_twice()
        await door.slack.slash(MIA, "#team", "dial")
        async with asyncio.timeout(5.0):
            while len(texts) < 2:
                await asyncio.sleep(0.005)
    async with connected_ours(door):
        door.slack.socket_mode.deliver_twice()
        await door.slack.slash(MIA, "#team", "dial")
        async with asyncio.timeout(5.0):
            while not door.count("meetops_rejected_requests_total", reason="repeated"):
                await asyncio.sleep(0.005)
    assert door.listeners.texts == ["dial"]


async def test_every_envelope_is_acknowledged_even_one_that_nobody_understands(door: Door) -> None:
    payload = {"type": "from_the_future", "team": {"id": "T0MEETOPS"}}
    async with connected_stock(door):
        unanswered = asyncio.create_task(door.slack.sender.send("interactive", payload))
        done, _ = await asyncio.wait({unanswered}, timeout=0.1)
        assert done == set()
        unanswered.cancel()
    async with connected_ours(door):
        assert (await door.slack.sender.send("interactive", payload)).status == 200
