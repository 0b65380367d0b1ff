"""Waiting that a slow machine does not break: as long as something moves, it goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

STANDSTILL = 90.0  # seconds in which nothing at all happened


async def none_left(left: Callable[[], int], what: str, *, standstill: float = STANDSTILL, look: float = 0.1) -> None:
    """Wait until `left()` is 0. AssertionError once it has stayed the same for `standstill` seconds.

    What happens may come late on a busy machine, so no end is set to the whole; a process that hangs is still found.
    """
    before, since = left(), time.monotonic()
    while before:
        await asyncio.sleep(look)
        now = left()
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > standstill:
            raise AssertionError(f"{now} {what}, and nothing has happened for {standstill:.0f} s")
