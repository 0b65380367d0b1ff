"""The JaaS back end against simulated 8x8, with the bot's end of the webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.backends.jaas import Jaas
from bot.clock import MovableClock
from bot.play.vendors.jaas import SimulatedJaas
from tests.fakes.hook_receiver import HookReceiver
from tests.fakes.jaas import APP_ID, KID, NOON, SECRET, jaas, public_pem


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
async def hooks(clock: MovableClock) -> AsyncIterator[HookReceiver]:
    async with HookReceiver(clock, settings={"lobby": "approval", "max": "2"}) as receiver:
        yield receiver


@pytest.fixture
async def vendor(clock: MovableClock, hooks: HookReceiver) -> AsyncIterator[SimulatedJaas]:
    simulated = SimulatedJaas(
        app_id=APP_ID, keys={KID: public_pem()}, clock=clock, webhook_secret=SECRET, hook_url=hooks.url, rings_for=0.005
    )
    await simulated.start()
    yield simulated
    await simulated.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(session: aiohttp.ClientSession, vendor: SimulatedJaas, hooks: HookReceiver, clock: MovableClock) -> Jaas:
    hooks.back_end = jaas(session, vendor.url, clock=clock)
    return hooks.back_end
