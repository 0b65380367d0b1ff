"""The jobs of reminders: plan what is due soon, post one occurrence, tell an owner what was left out and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog import get_logger

from bot.audit import Audit
from bot.clock import Clock
from bot.errors import BotError, MaybeSaid, NotYetSaid, Unavailable, Unreachable
from bot.jobs import Handler, Job, Jobs
from bot.reminders.engine import FIRE, GRACE, INTERRUPTED, MISSED, PAUSED, PLAN, TELL, UNCLEAR, Reminders, entry
from bot.reply import Text
from bot.store import Fate, Occurrence, Reminder, Standing, Store
from bot.voice import Posted, Sending

PUNCTUAL = timedelta(minutes=1)  # what is posted later than that says so

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a reminder may not go on: paused until somebody resumes it, or ended."""

    state: Standing
    why: Text


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What reminders need from outside."""

    stop: Callable[[Reminder], Awaitable[Stop | None]]  # may it be posted, by today's permissions; Unavailable
    post: Callable[[Reminder, datetime, bool, Sending], Awaitable[Posted]]  # due, late; as `Voice.post`
    remove: Callable[[Posted], Awaitable[None]]  # the message before; never raises
    tell: Callable[[Reminder, Sequence[Occurrence]], Awaitable[None]]  # its owner: what was left out, why it stopped


class _Decided(Exception):
    """Somebody decided about this occurrence a moment ago."""


@dataclass(frozen=True, slots=True)
class _Work:
    reminders: Reminders
    callbacks: Callbacks
    store: Store
    jobs: Jobs
    audit: Audit
    clock: Clock

    async def plan(self, job: Job) -> None:
        await self.reminders.plan_all()

    async def fire(self, job: Job) -> None:
        reminder_id, _, moment = job.key.partition("@")
        reminder = await self.store.reminders.get(reminder_id)
        one = await self.store.reminders.occurrence(reminder_id, datetime.fromisoformat(moment))
        if reminder is None or one is None:
            return
        if one.state is Fate.SENDING:
            await self._settle(reminder, one, Fate.UNKNOWN, INTERRUPTED)
        elif one.state is Fate.PLANNED:
            await self._fire(reminder, one)

    async def _fire(self, reminder: Reminder, one: Occurrence) -> None:
        late = self.clock.now() > one.post_at + PUNCTUAL
        if self.clock.now() > one.post_at + GRACE:
            await self._settle(reminder, one, Fate.SKIPPED, MISSED)
            return
        stop = await self.callbacks.stop(reminder)
        if stop is not None:
            await self._stop(reminder, one, stop)
            return
        try:
            posted = await self._post(reminder, one, late=late)
        except _Decided:
            return
        if posted is not None and reminder.replace:
            await self._replace(reminder, one)

    async def _post(self, reminder: Reminder, one: Occurrence, *, late: bool) -> Posted | None:
        sent = Occurrence(one.reminder_id, one.due_at, one.post_at, Fate.SENDING)

        async def sending() -> None:
            async with self.store.db.begin() as tx:
                if not await self.store.reminders.move(tx, one, Fate.SENDING):
                    raise _Decided

        try:
            posted = await self.callbacks.post(reminder, one.due_at, late, sending)
        except NotYetSaid as error:
            async with self.store.db.begin() as tx:
                await self.store.reminders.move(tx, sent, Fate.PLANNED)
            raise Unavailable(str(error)) from None
        except MaybeSaid:
            await self._settle(reminder, sent, Fate.UNKNOWN, UNCLEAR)
            return None
        except Unreachable as error:
            await self._stop(reminder, sent, Stop(Standing.PAUSED, error.detail or (str(error),)))
            return None
        await self._posted(reminder, sent, Fate.LATE if late else Fate.POSTED, posted)
        return posted

    async def _posted(self, reminder: Reminder, sent: Occurrence, fate: Fate, posted: Posted) -> None:
        async with self.store.db.begin() as tx:
            await self.store.reminders.move(tx, sent, fate, message=posted)
            await self.audit.write(tx, entry(reminder, str(fate), due_at=sent.due_at))
            await self.reminders.over(tx, reminder.id)

    async def _settle(self, reminder: Reminder, one: Occurrence, fate: Fate, why: str) -> None:
        async with self.store.db.begin() as tx:
            if not await self.store.reminders.move(tx, one, fate, why=why, noted=False):
                return
            await self.audit.write(tx, entry(reminder, str(fate), (why,), one.due_at))
            await self.jobs.enqueue(tx, TELL, reminder.id)
            await self.reminders.over(tx, reminder.id)

    async def _stop(self, reminder: Reminder, one: Occurrence, stop: Stop) -> None:
        async with self.store.db.begin() as tx:
            await self.store.reminders.move(tx, one, Fate.SKIPPED, why=PAUSED)
            now = await self.store.reminders.get(reminder.id, tx)
            if now is not None and now.state is Standing.ACTIVE:
                await self.reminders.stop(tx, now, stop.state, stop.why, tell=True)

    async def _replace(self, reminder: Reminder, one: Occurrence) -> None:
        posted = await self.store.reminders.in_state(reminder.id, Fate.POSTED, Fate.LATE)
        before = [other.message for other in posted if other.due_at < one.due_at]
        if before and before[-1] is not None:
            await self.callbacks.remove(before[-1])

    async def tell(self, job: Job) -> None:
        reminder = await self.store.reminders.get(job.key)
        if reminder is None:
            return
        unnoted = await self.store.reminders.unnoted(reminder.id)
        if not unnoted and reminder.owner_told:
            return
        try:
            await self.callbacks.tell(reminder, unnoted)
        except Unavailable:
            raise
        except BotError as error:
            log.warning("owner of a reminder not told", reminder=reminder.id, outcome=error.outcome)
        async with self.store.db.begin() as tx:
            for one in unnoted:
                await self.store.reminders.note(tx, one)
            if not reminder.owner_told:
                await self.store.reminders.change(tx, reminder, owner_told=True)


def handlers(
    reminders: Reminders, callbacks: Callbacks, *, store: Store, jobs: Jobs, audit: Audit, clock: Clock
) -> Mapping[str, Handler]:
    """The job handlers of reminders, for `Jobs.run`."""
    work = _Work(reminders, callbacks, store, jobs, audit, clock)
    return {PLAN: work.plan, FIRE: work.fire, TELL: work.tell}
