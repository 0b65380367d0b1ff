"""Health, readiness and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.metrics import CONTENT_TYPE, Metrics
from bot.play.slack.seed import MIA
from bot.slack.front import routes
from tests.fakes.slack_entrance import Door, opened_door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


async def get(door: Door, path: str) -> tuple[int, str]:
    async with door.session.get(door.url + path) as answer:
        return answer.status, await answer.text()


async def test_a_living_process_says_so_though_it_is_not_ready(door: Door) -> None:
    door.unready = "Slack has not authorised the bot yet"
    assert await get(door, "/healthz") == (200, "alive\n")


async def test_readiness_says_plainly_what_is_missing(door: Door) -> None:
    assert await get(door, "/readyz") == (200, "ready\n")
    door.unready = "the database cannot be written"
    assert await get(door, "/readyz") == (503, "the database cannot be written\n")


async def test_a_readiness_check_that_hangs_counts_as_not_ready(door: Door) -> None:
    async def hanging() -> str | None:
        await asyncio.Event().wait()
        return None

    application = web.Application()
    application.add_routes(routes(front=None, ready=hanging, metrics=Metrics(), ready_seconds=0.02))
    async with TestServer(application) as server, door.session.get(server.make_url("/readyz")) as answer:
        assert answer.status == 503


async def test_metrics_tell_acknowledgements_slack_calls_rejections_and_the_process(door: Door) -> None:
    await door.slack.slash(MIA, "#team", "help")
    await door.post(b"", {"Content-Type": "application/json"})
    async with door.session.get(door.url + "/metrics") as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        text = await answer.text()
    assert 'meetops_ack_seconds_count{kind="command"} 1.0' in text
    assert 'meetops_slack_seconds_count{method="auth.test",outcome="ok"} 1.0' in text
    assert 'meetops_rejected_requests_total{reason="unsigned"} 1.0' in text
    assert "meetops_tasks_in_flight 0.0" in text
    assert "process_resident_memory_bytes" in text


async def test_two_programs_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.commands.labels("kick", "done").inc()
    one.observe_vendor("jaas", "kick", 200, 0.05)
    assert b'verb="kick"' in one.text()
    assert b'meetops_vendor_seconds_count{backend="jaas",operation="kick",status="200"} 1.0' in one.text()
    assert b'verb="kick"' not in other.text()


async def test_an_unknown_path_is_not_found(door: Door) -> None:
    assert (await get(door, "/slack/install"))[0] == 404
