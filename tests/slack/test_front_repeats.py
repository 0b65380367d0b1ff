"""What comes twice acts once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from bot.clock import MovableClock
from bot.play.slack.seed import MIA
from bot.slack.bodies import JSON
from bot.slack.seen import SeenInMemory
from tests.fakes.slack_entrance import Door, opened_door

COMMAND = {"command": "/meet", "text": "help", "user_id": MIA, "team_id": "T0MEETOPS", "channel_id": "C0TEAM"}
EVENT = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0MEETOPS", "event": {"type": "user_change"}}


def form(**fields: str) -> bytes:
    return urlencode(COMMAND | fields).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


async def test_a_replayed_command_is_acknowledged_and_acts_once(door: Door) -> None:
    first = await door.slack.slash(MIA, "#team", "dial standup +33612345678")
    again = await door.slack.sender.resend(first)
    assert (again.status, again.ack) == (200, "")
    assert len(door.listeners.texts) == 1
    assert door.count("meetops_rejected_requests_total", reason="repeated") == 1


async def test_ten_replays_at_once_act_once(door: Door) -> None:
    body = form()
    headers = door.signed(body)
    answers = await asyncio.gather(*(door.post(body, headers) for _ in range(10)))
    assert {status for status, _ in answers} == {200}
    assert len(door.listeners.texts) == 1


async def test_a_replay_stays_known_for_as_long_as_its_signature_is_good(door: Door) -> None:
    body = form()
    headers = door.signed(body, ahead=300)
    await door.post(body, headers)
    door.clock.advance(timedelta(minutes=10))
    assert (await door.post(body, headers))[0] == 200
    assert len(door.listeners.texts) == 1
    door.clock.advance(timedelta(seconds=1))
    assert (await door.post(body, headers))[0] == 401


async def test_the_same_command_typed_again_acts_again(door: Door) -> None:
    await door.slack.slash(MIA, "#team", "help")
    await door.slack.slash(MIA, "#team", "help")
    assert door.listeners.texts == ["help", "help"]


async def test_a_repeated_event_is_acknowledged_and_acts_once(door: Door) -> None:
    body = json.dumps(EVENT).encode()
    await door.send(body, content_type=JSON)
    door.clock.advance(timedelta(minutes=1))
    retry = door.signed(body, content_type=JSON) | {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert await door.post(body, retry) == (200, "")
    assert len(door.listeners.bodies) == 1


async def test_a_retried_event_whose_first_attempt_never_arrived_is_handled(door: Door) -> None:
    body = json.dumps(EVENT).encode()
    retry = door.signed(body, content_type=JSON) | {
        "X-Slack-Retry-Num": "1",
        "X-Slack-Retry-Reason": "connection_failed",
    }
    assert (await door.post(body, retry))[0] == 200
    assert len(door.listeners.bodies) == 1


async def test_what_was_seen_is_forgotten_after_ten_minutes_and_beyond_its_bound() -> None:
    clock = MovableClock(datetime(2026, 11, 24, tzinfo=UTC))
    seen = SeenInMemory(clock, limit=3)
    assert [await seen.first_time(key) for key in "aabcd"] == [True, False, True, True, True]
    assert len(seen) == 3
    assert await seen.first_time("a")
    clock.advance(timedelta(minutes=10, seconds=1))
    assert await seen.first_time("d")
    assert len(seen) == 1
