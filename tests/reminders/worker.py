"""A process to be killed: posts what falls due, on a clock that runs fast; each post is a line in a file.

`python -m tests.reminders.worker URL FILE ORIGIN SPEED UNTIL`: the clock shows ORIGIN (real seconds) plus SPEED times
what has passed since; the process ends by itself at UNTIL (seconds of that clock after ORIGIN).
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.audit import Audit
from bot.clock import Clock
from bot.jobs.embedded import EmbeddedJobs
from bot.reminders import Callbacks, Reminders, Stop, handlers
from bot.store import Occurrence, Reminder, Store
from bot.voice import Posted, Sending


class FastClock(Clock):
    """Runs `speed` times as fast as the real one since `origin`, in every process alike."""

    def __init__(self, origin: float, speed: float) -> None:
        self._origin, self._speed = origin, speed

    def now(self) -> datetime:
        """See `Clock`."""
        return datetime.fromtimestamp(self._origin + (time.time() - self._origin) * self._speed, UTC)

    async def sleep_until(self, due: datetime) -> None:
        """See `Clock`."""
        while (left := (due - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left / self._speed, 60.0))


class Channel:
    """Takes what is posted, after a moment, and answers after another."""

    def __init__(self, file: Path) -> None:
        self._lines = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def post(self, reminder: Reminder, due: datetime, late: bool, sending: Sending) -> Posted:
        """See `Callbacks`."""
        await sending()
        await asyncio.sleep(random.random() * 0.01)
        os.write(self._lines, f"{reminder.id} {due.isoformat()} {'late' if late else 'posted'}\n".encode())
        await asyncio.sleep(random.random() * 0.01)
        return Posted(reminder.channel_id, "1")

    async def stop(self, reminder: Reminder) -> Stop | None:
        """Everybody may."""
        return None

    async def remove(self, message: Posted) -> None:
        """Nothing is replaced."""

    async def tell(self, reminder: Reminder, left_out: Sequence[Occurrence]) -> None:
        """Write down of what the owner was told."""
        for one in left_out:
            os.write(self._lines, f"{reminder.id} {one.due_at.isoformat()} told\n".encode())


async def work(url: str, file: Path, origin: float, speed: float, until: float) -> None:
    """Until killed, or until everything is over."""
    clock = FastClock(origin, speed)
    store = await Store.open(url, clock, wait=timedelta(seconds=5))
    jobs, audit = EmbeddedJobs(store.db, clock), Audit(store.db, clock)
    reminders, channel = Reminders(store, jobs, audit, clock), Channel(file)
    callbacks = Callbacks(stop=channel.stop, post=channel.post, remove=channel.remove, tell=channel.tell)
    await reminders.recover()
    running = asyncio.create_task(
        jobs.run(handlers(reminders, callbacks, store=store, jobs=jobs, audit=audit, clock=clock))
    )
    print("ready", flush=True)  # noqa: T201
    await clock.sleep_until(datetime.fromtimestamp(origin + until, UTC))
    await jobs.idle()
    await jobs.stop()
    await running
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:6])))
