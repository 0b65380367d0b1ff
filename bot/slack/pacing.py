"""How fast Slack may be spoken to (design: one message a second and channel, bursts of five; edits every 3 s)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.voice import Posted

SPACING = timedelta(seconds=1)
BURST = 5
BETWEEN_EDITS = timedelta(seconds=3)
MOST_REMEMBERED = 5_000


class Posts:
    """Says when the next message to a channel may go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: OrderedDict[str, datetime] = OrderedDict()  # channel → when all allowance would be back

    async def turn(self, channel: str) -> None:
        """Wait for this message's turn."""
        now = self._clock.now()
        due = max(self._due.pop(channel, now), now) + SPACING
        self._due[channel] = due
        while len(self._due) > MOST_REMEMBERED:
            self._due.popitem(last=False)
        await self._clock.sleep_until(due - SPACING * BURST)


@dataclass(slots=True)
class _Edits:
    """One message: what it should say, and what it was last told to say."""

    wanted: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    written: int = 0
    last: datetime | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Edits:
    """Edits of one message at most every 3 seconds; of several that wait only the last is written."""

    def __init__(self, clock: Clock, write: Callable[[Posted, dict[str, Any]], Awaitable[None]]) -> None:
        self._clock = clock
        self._write = write
        self._messages: OrderedDict[Posted, _Edits] = OrderedDict()

    async def edit(self, message: Posted, content: dict[str, Any]) -> None:
        """Return once the message says this, or something newer."""
        one = self._messages.setdefault(message, _Edits())
        self._messages.move_to_end(message)
        self._forget_old()
        one.wanted, one.asked = content, one.asked + 1
        mine = one.asked
        async with one.turn:
            if one.written >= mine:
                return
            if one.last is not None:
                await self._clock.sleep_until(one.last + BETWEEN_EDITS)
            one.last, writing = self._clock.now(), one.asked
            await self._write(message, one.wanted)
            one.written = writing

    def _forget_old(self) -> None:
        while len(self._messages) > MOST_REMEMBERED:
            oldest = next(iter(self._messages))
            if self._messages[oldest].turn.locked():
                return
            del self._messages[oldest]
