"""How a world ends without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clock import MovableClock


@asynccontextmanager
async def to_the_end(clock: MovableClock) -> AsyncIterator[Callable[[], None]]:
    """What it gives is called when the test is done: the clock is moved along until everything has stopped, so that an
    edit which waits for its pace costs no real time."""
    moving: list[asyncio.Task[None]] = []

    async def move() -> None:
        while True:
            await asyncio.sleep(0.05)
            clock.advance(timedelta(seconds=3))

    yield lambda: moving.append(asyncio.create_task(move()))
    for one in moving:
        one.cancel()
