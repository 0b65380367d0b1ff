"""Reminders with everything real but what they call back: a channel, a list of owners who may not, what was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.audit import Audit
from bot.clock import MovableClock
from bot.jobs.embedded import EmbeddedJobs
from bot.reminders import Callbacks, Reminders, Stop, handlers
from bot.reminders.work import PUNCTUAL
from bot.reply import Text
from bot.schedule import When, arranged
from bot.store import Occurrence, Reminder, ReminderDraft, Standing, Store
from bot.voice import Posted, Sending
from tests.fakes.storage import ANN, NOON, opened

PARIS = "Europe/Paris"  # NOON is 13:00 there, on a Tuesday


class Belfry:
    """One running process."""

    def __init__(self, store: Store, clock: MovableClock) -> None:
        self.store, self.clock = store, clock
        self.jobs = EmbeddedJobs(store.db, clock)
        self.audit = Audit(store.db, clock)
        self.reminders = Reminders(store, self.jobs, self.audit, clock)
        self.posts: list[str] = []  # `HH:MM`, `HH:MM late`
        self.removed: list[str] = []
        self.told: list[str] = []
        self.fails: list[Exception] = []  # what the next posts raise, before they are sent
        self.unsure: list[Exception] = []  # the same after they were
        self.stops: Stop | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """As a process begins."""
        callbacks = Callbacks(stop=self._stop, post=self._post, remove=self._remove, tell=self._tell)
        await self.reminders.recover()
        work = handlers(self.reminders, callbacks, store=self.store, jobs=self.jobs, audit=self.audit, clock=self.clock)
        self._running = asyncio.create_task(self.jobs.run(work))
        await self.jobs.idle()

    async def end(self) -> None:
        """As a process ends in order."""
        await self.jobs.stop()
        if self._running:
            await self._running

    async def arm(self, words: str, *, key: str = "click", until: Any = None, **given: Any) -> Reminder:
        """Ann sets a reminder in #team."""
        schedule = arranged(When.parse(words), self.clock.now(), given.pop("zone", PARIS), until=until)
        usual = {"owner": ANN, "room_id": "r1", "room": "jaas/standup", "channel_id": "C0TEAM"}
        reminder, _ = await self.reminders.arm(ReminderDraft(key=key, schedule=schedule, **{**usual, **given}))
        return reminder

    async def pass_by(self, by: timedelta, *, step: timedelta = PUNCTUAL) -> None:
        """Let so much time go by, in steps."""
        end = self.clock.now() + by
        while (left := end - self.clock.now()) > timedelta(0):
            self.clock.advance(min(left, step))
            await self.jobs.idle()

    async def half_hours(self, count: int) -> None:
        """Let so many half hours go by, each at once."""
        for _ in range(count):
            await self.jump(timedelta(minutes=30))

    async def days(self, count: int) -> None:
        """From noon to noon, with a stop at half past twelve."""
        for _ in range(count):
            await self.jump(timedelta(minutes=30))
            await self.jump(timedelta(hours=23, minutes=30))

    async def jump(self, by: timedelta) -> None:
        """Let it go by at once, as if the process had been away."""
        self.clock.advance(by)
        await self.jobs.idle()

    async def now(self, reminder: Reminder) -> Reminder:
        """The reminder as it stands."""
        found = await self.reminders.get(reminder.id)
        assert found is not None
        return found

    async def fates(self, reminder: Reminder) -> list[str]:
        """What became of its occurrences."""
        kept = await self.store.reminders.occurrences(reminder.id)
        return [" ".join(filter(None, (str(one.state), one.why))) for one in kept]

    async def _stop(self, reminder: Reminder) -> Stop | None:
        return self.stops

    async def _post(self, reminder: Reminder, due: datetime, late: bool, sending: Sending) -> Posted:
        if self.fails:
            raise self.fails.pop(0)
        await sending()
        self.posts.append(f"{due:%d %H:%M}{' late' if late else ''}")
        if self.unsure:
            raise self.unsure.pop(0)
        return Posted(reminder.channel_id, str(len(self.posts)))

    async def _remove(self, message: Posted) -> None:
        self.removed.append(message.ts)

    async def _tell(self, reminder: Reminder, left_out: Sequence[Occurrence]) -> None:
        words: Text = reminder.why if reminder.state is not Standing.ACTIVE else ()
        self.told.append(" ".join([*(f"{one.state} {one.why}" for one in left_out), *map(str, words)]))


@asynccontextmanager
async def belfry(folder: Path, clock: MovableClock | None = None) -> AsyncIterator[Belfry]:
    """A running one on a database of its own."""
    clock = clock or MovableClock(NOON)
    async with opened(folder, clock) as store:
        one = Belfry(store, clock)
        await one.start()
        try:
            yield one
        finally:
            await one.end()
