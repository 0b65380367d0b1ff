"""Time travel stops often enough for everything that comes due on the way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.play.travel import travel

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def test_what_comes_due_on_the_way_happens_then_and_not_at_the_end() -> None:
    clock, woken = MovableClock(NOON), list[datetime]()

    async def sleeper(due: datetime) -> None:
        await clock.sleep_until(due)
        woken.append(clock.now())

    async with asyncio.TaskGroup() as sleepers:
        for minutes in (7, 31):
            sleepers.create_task(sleeper(NOON + timedelta(minutes=minutes)))
        await asyncio.sleep(0)
        await travel(clock, timedelta(hours=1), stopped=lambda: None)
    assert woken == [NOON + timedelta(minutes=7), NOON + timedelta(minutes=31)]
    assert clock.now() == NOON + timedelta(hours=1)


async def test_a_trip_that_is_no_whole_number_of_steps_ends_where_it_should() -> None:
    clock, stops = MovableClock(NOON), list[datetime]()
    await travel(clock, timedelta(minutes=7), stopped=lambda: stops.append(clock.now()))
    assert stops == [NOON + timedelta(minutes=5), NOON + timedelta(minutes=7)]


@pytest.mark.parametrize("minutes", [0, -5, 60 * 24 * 32])
async def test_time_neither_stands_nor_goes_back_nor_leaps(minutes: int) -> None:
    clock = MovableClock(NOON)
    with pytest.raises(ValueError, match="forward"):
        await travel(clock, timedelta(minutes=minutes), stopped=lambda: None)
    assert clock.now() == NOON


async def test_whoever_only_looks_again_and_again_stops_no_trip() -> None:
    clock, looks, stops = MovableClock(NOON), list[datetime](), list[datetime]()

    async def look() -> None:
        while True:
            await clock.pause(timedelta(seconds=30))
            looks.append(clock.now())

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    await travel(clock, timedelta(minutes=15), stopped=lambda: stops.append(clock.now()))
    looking.cancel()
    assert stops == looks == [NOON + timedelta(minutes=minutes) for minutes in (5, 10, 15)]
