"""One session and one simulated deployment per test; whatever is done is asked for by Alice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bot.backends.lasuite import LaSuite, LaSuiteWithTelephone
from bot.clock import MovableClock
from bot.play.vendors.lasuite import SimulatedLaSuite
from tests.fakes.lasuite import ALICE, NOON, as_person, meet_at, simulated, with_livekit


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[SimulatedLaSuite]:
    """A deployment without rooms."""
    one = simulated(clock)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def bot(session: aiohttp.ClientSession, server: SimulatedLaSuite, clock: MovableClock) -> LaSuite:
    """The back end without LiveKit."""
    return meet_at(session, server.base_url, clock)


@pytest.fixture
def live(session: aiohttp.ClientSession, server: SimulatedLaSuite, clock: MovableClock) -> LaSuiteWithTelephone:
    """The back end with LiveKit and a SIP trunk."""
    one = with_livekit(session, server.base_url, clock, livekit=server.url)
    assert isinstance(one, LaSuiteWithTelephone)
    return one


@pytest.fixture(autouse=True)
def alice() -> Iterator[None]:
    """Alice asks."""
    with as_person(ALICE):
        yield
