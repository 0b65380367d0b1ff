"""Sleeping until woken, or until a moment of the injected clock."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.clock import Clock


async def until_due(wake: asyncio.Event, clock: Clock, due: datetime | None, *, at_most: float | None = None) -> None:
    """Return once `wake` is set or `due` has come; None: never. `at_most`: real seconds."""
    waiting: set[asyncio.Future[object]] = {asyncio.ensure_future(wake.wait())}
    if due is not None:
        waiting.add(asyncio.ensure_future(clock.sleep_until(due)))
    try:
        await asyncio.wait(waiting, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
