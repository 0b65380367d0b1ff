"""One session and one management node per test: simulated, or made of the real Tastypie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bot.backends.pexip import Pexip
from bot.play.vendors.pexip import SimulatedPexip
from tests.fakes.pexip import ACCOUNTS, NOON, SINK_PASSWORD, PatientClock, pexip_at
from tests.fakes.tastypie_server import TastypieServer


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture
def clock() -> PatientClock:
    return PatientClock(NOON)


@pytest.fixture
async def node(clock: PatientClock) -> AsyncIterator[SimulatedPexip]:
    """A simulated management node with nothing in it but two locations."""
    simulated = SimulatedPexip(clock=clock, accounts=ACCOUNTS, sink_password=SINK_PASSWORD)
    await simulated.start()
    yield simulated
    await simulated.stop()


@pytest.fixture
def bot(session: aiohttp.ClientSession, node: SimulatedPexip, clock: PatientClock) -> Pexip:
    """The back end against it."""
    return pexip_at(session, node.url, clock=clock)


@pytest.fixture(scope="session")
def tastypie_process() -> Iterator[TastypieServer]:
    """One process for all tests of a worker."""
    with TastypieServer() as server:
        yield server


@pytest.fixture
def tastypie(tastypie_process: TastypieServer) -> TastypieServer:
    """The real Tastypie, as good as new."""
    tastypie_process.fresh()
    return tastypie_process
