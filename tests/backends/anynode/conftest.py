"""The anynode back end against its simulated counterpart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.backends.anynode import Anynode
from bot.play.vendors.anynode import SimulatedAnynode
from tests.fakes.anynode import ACCOUNTS, anynode


@pytest.fixture
async def vendor() -> AsyncIterator[SimulatedAnynode]:
    simulated = SimulatedAnynode(accounts=ACCOUNTS)
    await simulated.start()
    yield simulated
    await simulated.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture
def bot(session: aiohttp.ClientSession, vendor: SimulatedAnynode) -> Anynode:
    return anynode(session, vendor.url)
