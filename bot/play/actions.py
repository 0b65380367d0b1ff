"""What a page may do: speak, type commands, click, fill modals, let people into meetings, move the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.clock import MovableClock

Json = Mapping[str, Any]
STEP = timedelta(minutes=5)  # finer than the bot's grace for what is late, so that nothing on the way is missed
LONGEST_TRIP = timedelta(days=31)
BREATH = 0.005  # real seconds between two steps, in which the bot does what has come due


async def travel(clock: MovableClock, minutes: float, *, stopped: Callable[[], None]) -> None:
    """Move the clock forward in steps; `stopped` is called at each, so that pages see it run."""
    left = min(timedelta(minutes=minutes), LONGEST_TRIP)
    if left <= timedelta(0):
        raise ValueError("time only goes forward")
    while left > timedelta(0):
        clock.advance(min(left, STEP))
        left -= STEP
        stopped()
        await asyncio.sleep(BREATH)
