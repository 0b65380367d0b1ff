"""How often a vendor is called at most, by a clock that the test moves; and files as parts of a form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock, MovableClock
from bot.errors import Unavailable
from bot.model import Risk
from bot.rest import Pace, Rest, Upload
from tests.fakes.raw_http import RawServer, Turn, answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class JumpingClock(Clock):
    """Whoever waits on it is at once there."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, due: datetime) -> None:
        self.at = max(self.at, due)


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 7))
def test_no_minute_ever_sees_more_calls_than_are_allowed(pauses: list[float], calls: int) -> None:
    async def run() -> list[datetime]:
        clock, let_through = JumpingClock(), []
        pace = Pace(clock, calls=calls)
        for pause in pauses:
            clock.at += timedelta(seconds=pause)
            assert await pace.take(1000.0)
            let_through.append(clock.now())
        return let_through

    moments = asyncio.run(run())
    for first, after in zip(moments, moments[calls:], strict=False):
        assert after - first >= timedelta(minutes=1)


async def waiting(call: Awaitable[bool]) -> asyncio.Task[bool]:
    task = asyncio.ensure_future(call)
    await asyncio.sleep(0)
    return task


async def test_callers_in_a_crowd_each_get_a_turn_of_their_own() -> None:
    clock = MovableClock(NOON)
    pace = Pace(clock, calls=2)
    tasks = [await waiting(pace.take(300.0)) for _ in range(5)]
    assert [task.done() for task in tasks] == [True, True, False, False, False]
    clock.advance(timedelta(seconds=60))
    await asyncio.sleep(0.01)
    assert [task.done() for task in tasks] == [True, True, True, True, False]
    clock.advance(timedelta(seconds=60))
    assert await tasks[4]


async def test_who_would_wait_too_long_is_told_at_once_and_takes_no_turn() -> None:
    clock = MovableClock(NOON)
    pace = Pace(clock, calls=1)
    assert await pace.take(10.0)
    assert not await pace.take(10.0)
    clock.advance(timedelta(seconds=60))
    assert await pace.take(10.0)


async def test_after_a_vendor_asked_for_quiet_nothing_is_sent_until_then() -> None:
    clock = MovableClock(NOON)
    pace = Pace(clock, calls=100)
    pace.hold(20)
    assert not await pace.take(10.0)
    clock.advance(timedelta(seconds=15))
    turn = await waiting(pace.take(10.0))
    assert not turn.done()
    clock.advance(timedelta(seconds=5))
    assert await turn


async def test_an_absurd_wish_for_quiet_holds_for_a_minute_at_most() -> None:
    clock = MovableClock(NOON)
    pace = Pace(clock, calls=100)
    pace.hold(86400)
    clock.advance(timedelta(minutes=1))
    assert await pace.take(0.0)


async def test_a_clock_that_was_set_back_does_not_silence_the_bot() -> None:
    clock = JumpingClock()
    pace = Pace(clock, calls=1)
    assert await pace.take(0.0)
    clock.at -= timedelta(hours=2)
    assert await pace.take(0.0)


async def test_a_vendor_that_says_retry_after_is_left_alone_by_every_later_call() -> None:
    clock = MovableClock(NOON)
    busy = Turn(answer("429 Too Many Requests", Retry_After="40"))
    async with aiohttp.ClientSession() as session, RawServer([busy, Turn(answer("200 OK"))]) as server:
        rest = Rest(session, server.url, backend="acme", pace=Pace(clock, calls=100), timeout=5.0)
        assert (await rest.request("POST", "rooms", operation="make", risk=Risk.ONCE)).status == 429
        with pytest.raises(Unavailable, match="busy with earlier requests"):
            await rest.request("GET", "rooms", operation="list", risk=Risk.READ, timeout=0.01)
        assert len(server.requests) == 1
        clock.advance(timedelta(seconds=40))
        assert (await rest.request("GET", "rooms", operation="list", risk=Risk.READ)).ok


async def test_a_file_goes_as_a_part_of_a_form_also_when_it_is_sent_again() -> None:
    theme = Upload("theme.zip", b"PK\x03\x04", "application/zip")
    turns = [Turn(answer("503 Service Unavailable")), Turn(answer("202 Accepted"))]
    async with aiohttp.ClientSession() as session, RawServer(turns) as server:
        rest = Rest(session, server.url, backend="acme", first_wait=0.001)
        form, files = {"name": "New"}, {"package": theme}
        got = await rest.request("PATCH", "themes", operation="theme", risk=Risk.REPEATABLE, form=form, files=files)
    assert got.status == 202
    for request in server.parsed:
        assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert b'name="package"; filename="theme.zip"' in request.body
        assert b"PK\x03\x04" in request.body
        assert b'name="name"' in request.body
    assert "PK" not in repr(theme)
