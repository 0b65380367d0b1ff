"""Simulated Pexip answers what the real Tastypie answers: status, envelope, bodies, the headers that tell something."""

from __future__ import annotations

import aiohttp
import pytest

from bot.play.vendors.pexip import SimulatedPexip
from tests.fakes.pexip import recorded
from tests.fakes.pexip_exchange import Asked, ask
from tests.fakes.pexip_requests import REQUESTS
from tests.fakes.tastypie_server import TastypieServer


async def check_alike(
    session: aiohttp.ClientSession, tastypie: TastypieServer, node: SimulatedPexip, requests: list[Asked]
) -> None:
    for number, asked in enumerate(requests):
        real, simulated = await ask(session, tastypie.url, asked), await ask(session, node.url, asked)
        assert simulated == real, f"{number}: {asked}"


@pytest.mark.parametrize("about", REQUESTS)
async def test_the_simulation_and_the_real_tastypie_answer_alike(
    session: aiohttp.ClientSession, tastypie: TastypieServer, node: SimulatedPexip, about: str
) -> None:
    await check_alike(session, tastypie, node, REQUESTS[about])


async def test_both_answer_what_was_recorded_alike(
    session: aiohttp.ClientSession, tastypie: TastypieServer, node: SimulatedPexip
) -> None:
    """All but the order of rooms that were made in the same instant: the simulation's clock stands still."""
    requests = [
        Asked(one["method"], one["target"], (one["body"] or "").encode() or None, content_type=one["content_type"])
        for one in recorded()
        if "order_by=-creation_time" not in one["target"]
    ]
    assert len(requests) == len(recorded()) - 1
    await check_alike(session, tastypie, node, requests)
