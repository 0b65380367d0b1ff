"""Time travel: the clock goes forward in steps, so that what comes due on the way happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from math import ceil

from bot.clock import MovableClock

STEP = timedelta(minutes=5)  # finer than the grace in which the bot still does what is late
LONGEST = timedelta(days=31)
BREATH = 0.05  # real seconds after a step, in which the bot does what has come due
LONGEST_WAIT = 2.0  # real seconds for a trip of a day; a longer trip goes at the same pace


async def travel(clock: MovableClock, by: timedelta, *, stopped: Callable[[], None]) -> None:
    """Move forward; `stopped` is called at each step. Raises ValueError for a trip back or over a month long."""
    if not timedelta(0) < by <= LONGEST:
        raise ValueError("time goes forward, at most a month at once")
    steps = ceil(by / STEP)
    breath = min(BREATH, LONGEST_WAIT / min(steps, timedelta(days=1) / STEP))
    for _ in range(steps):
        clock.advance(min(by, STEP))
        by -= STEP
        stopped()
        await asyncio.sleep(breath)
