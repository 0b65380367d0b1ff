"""Time travel: the clock goes forward in steps, so that what comes due on the way happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from math import ceil

from bot.clock import MovableClock

STEP = timedelta(minutes=5)  # finer than the grace in which the bot still does what is late
SHORTEST = timedelta(seconds=20)  # less than what makes a reminder late; what waits for less does not slow the trip
LONGEST = timedelta(days=31)
BREATH = 0.05  # real seconds after a step, in which the bot does what has come due
LONGER = 3  # so many breaths where somebody waited for that moment
LONGEST_WAIT = 2.0  # real seconds for a trip of a day; a longer trip goes at the same pace


async def travel(clock: MovableClock, by: timedelta, *, stopped: Callable[[], None]) -> None:
    """Move forward, from one moment that somebody waits for to the next; `stopped` is called at each stop.

    Raises ValueError for a trip back or over a month long.
    """
    if not timedelta(0) < by <= LONGEST:
        raise ValueError("time goes forward, at most a month at once")
    end, steps = clock.now() + by, ceil(by / STEP)
    breath = min(BREATH, LONGEST_WAIT / min(steps, timedelta(days=1) / STEP))
    while (left := end - clock.now()) > timedelta(0):
        due = clock.next_due()
        ahead = STEP if due is None else max(due - clock.now(), SHORTEST)
        clock.advance(min(left, ahead, STEP))
        stopped()
        await asyncio.sleep(breath * LONGER if ahead < STEP else breath)
