"""The OpenMeetings back end against its simulated counterpart, as version 7 and as version 9."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.backends.openmeetings import OpenMeetings
from bot.clock import MovableClock
from bot.play.vendors.openmeetings import SimulatedOpenMeetings
from tests.fakes.openmeetings import ACCOUNTS, NOON, openmeetings


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
def version() -> str:
    return "9.1.0"


@pytest.fixture
async def vendor(clock: MovableClock, version: str) -> AsyncIterator[SimulatedOpenMeetings]:
    simulated = SimulatedOpenMeetings(accounts=ACCOUNTS, clock=clock, version=version)
    await simulated.start()
    yield simulated
    await simulated.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings, clock: MovableClock) -> OpenMeetings:
    return openmeetings(session, vendor.url, clock=clock)
