"""Arming, changing, pausing and planning reminders: every step in one transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.audit import Audit, Entry
from bot.clock import Clock
from bot.errors import AlreadySo, NotFound, Unavailable
from bot.jobs import Jobs
from bot.reply import Text
from bot.store import Fate, Kind, Occurrence, Reminder, ReminderDraft, Standing, Store, Tx

PLAN = "reminder.plan"
FIRE = "reminder.fire"
TELL = "reminder.tell"
ALL = "all"  # the key of the one PLAN

GRACE = timedelta(minutes=15)
HORIZON = timedelta(hours=1)  # far-off jobs slow a queue down (design.md §5)
AGAIN = timedelta(minutes=30)  # so everything is planned half an hour before its time

MISSED, PAUSED, CHANGED, BY_HAND = "missed", "paused", "changed", "by hand"
ROOM_DELETED: Text = ("the room was deleted.",)
INTERRUPTED, UNCLEAR = "interrupted", "unclear answer"
REVIVED = frozenset({PAUSED, CHANGED})  # skipped, but planned again when the reminder goes on

GONE = "That reminder is gone."
AT_THIS_MOMENT = "Somebody changed that reminder at this very moment; try again."


class Meanwhile(Unavailable):
    """Somebody else changed it since it was read: nothing was done."""


def fire_key(reminder_id: str, due_at: datetime) -> str:
    """The key of the job that posts one occurrence."""
    return f"{reminder_id}@{due_at.isoformat()}"


class Reminders:
    """The reminders. Safe against double clicks, replicas and a crash at any point."""

    def __init__(self, store: Store, jobs: Jobs, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._kept = store.reminders
        self._jobs = jobs
        self._audit = audit
        self._clock = clock

    async def arm(self, draft: ReminderDraft) -> tuple[Reminder, bool]:
        """Keep it and plan what is due within the hour. The same `key` is the same reminder: then False."""
        next_at = self._next_post(draft, self._clock.now() + draft.lead)
        try:
            async with self._store.db.begin() as tx:
                known = await self._kept.by_key(draft.key, tx)
                if known is None:
                    return await self._plan(tx, await self._kept.add(tx, draft, next_at)), True
        except IntegrityError:  # another process kept it between the look and the write
            async with self._store.db.begin() as tx:
                known = await self._kept.by_key(draft.key, tx)
        if known is None:
            raise Meanwhile(AT_THIS_MOMENT)
        return known, False

    async def change(self, reminder_id: str, **values: Any) -> Reminder:  # noqa: ANN401 (fields of a draft)
        """Give it another time, note, …; what was planned is planned anew. Raises NotFound, Unavailable."""
        async with self._store.db.begin() as tx:
            reminder = await self._going_on(tx, reminder_id)
            await self._unplan(tx, reminder, CHANGED)
            changed = await self._changed(tx, reminder, **values)
            return await self._go_on(tx, changed) if changed.state is Standing.ACTIVE else changed

    async def pause(self, reminder_id: str, why: Text, *, tell: bool = False) -> Reminder:
        """Hold it back. With `tell` its owner hears why. Raises AlreadySo, NotFound, Unavailable."""
        async with self._store.db.begin() as tx:
            reminder = await self._going_on(tx, reminder_id)
            if reminder.state is Standing.PAUSED:
                raise AlreadySo("That reminder is paused already.")
            return await self.stop(tx, reminder, Standing.PAUSED, why, tell=tell)

    async def resume(self, reminder_id: str) -> Reminder:
        """Let it go on with its next occurrence. Raises AlreadySo, NotFound, Unavailable."""
        async with self._store.db.begin() as tx:
            reminder = await self._going_on(tx, reminder_id)
            if reminder.state is Standing.ACTIVE:
                raise AlreadySo("That reminder is not paused.")
            changed = await self._changed(tx, reminder, state=Standing.ACTIVE, why=(), owner_told=True)
            return await self._go_on(tx, changed)

    async def cancel(self, reminder_id: str, why: Text) -> Reminder:
        """End it. Raises AlreadySo, NotFound, Unavailable."""
        async with self._store.db.begin() as tx:
            return await self.stop(tx, await self._going_on(tx, reminder_id), Standing.ENDED, why, tell=False)

    async def skip(self, reminder_id: str, due_at: datetime) -> Reminder:
        """Leave this one out. Raises AlreadySo when it is decided already, NotFound, Unavailable."""
        async with self._store.db.begin() as tx:
            reminder = await self._going_on(tx, reminder_id)
            if next(reminder.schedule.after(due_at - timedelta(seconds=1)), None) != due_at:
                raise NotFound("There is no such occurrence any more.")
            reminder = await self._changed(tx, reminder)
            known = await self._kept.occurrence(reminder_id, due_at, tx)
            if known is None:
                post_at = due_at - reminder.lead
                await self._kept.put(tx, Occurrence(reminder_id, due_at, post_at, Fate.SKIPPED, BY_HAND))
            elif known.state is Fate.PLANNED or known.why in REVIVED:
                await self._kept.move(tx, known, Fate.SKIPPED, why=BY_HAND)
                await self._jobs.cancel(tx, FIRE, fire_key(reminder_id, due_at))
            else:
                raise AlreadySo("That occurrence is over already.")
            return await self._ended_if_over(tx, reminder)

    async def get(self, reminder_id: str) -> Reminder | None:
        """One reminder."""
        return await self._kept.get(reminder_id)

    async def going_on(self) -> list[Reminder]:
        """All that have not ended."""
        return await self._kept.going_on()

    async def upcoming(self, reminder: Reminder, count: int) -> list[datetime]:
        """Its next occurrences, without those that were skipped."""
        skipped = {one.due_at for one in await self._kept.in_state(reminder.id, Fate.SKIPPED) if one.why == BY_HAND}
        ahead = (due for due in reminder.schedule.after(self._clock.now() + reminder.lead) if due not in skipped)
        return list(islice(ahead, count))

    async def left(self, channel_id: str, why: Text) -> None:
        """The bot can't, or should not, post there any more: what would be is paused and the owners told."""
        for reminder in await self._kept.into(channel_id):
            try:
                await self.pause(reminder.id, why, tell=True)
            except (AlreadySo, NotFound):
                continue

    async def room_deleted(self, tx: Tx, room_id: str) -> None:
        """Within the transaction in which the room goes: what reminds of it has ended, and the owners are told."""
        for reminder in await self._kept.of_room(tx, room_id):
            await self.stop(tx, reminder, Standing.ENDED, ROOM_DELETED, tell=True)

    async def recover(self) -> None:
        """After a start: look at once what is due, whatever was planned when the process died."""
        async with self._store.db.begin() as tx:
            await self._jobs.cancel(tx, PLAN, ALL)
            await self._jobs.enqueue(tx, PLAN, ALL)

    async def plan_all(self) -> None:
        """Put on the queue what is to be posted within the hour, and this again in half of one."""
        now = self._clock.now()  # the machine may sleep meanwhile: what it then sleeps through is planned when it wakes
        for due in await self._kept.to_plan(now + HORIZON):
            with suppress(Meanwhile):  # whoever changed it has planned it
                async with self._store.db.begin() as tx:
                    reminder = await self._kept.get(due.id, tx)
                    if reminder is not None and reminder.state is Standing.ACTIVE:
                        await self._ended_if_over(tx, await self._plan(tx, reminder))
        async with self._store.db.begin() as tx:
            await self._jobs.enqueue(tx, PLAN, ALL, at=now + AGAIN)

    async def stop(self, tx: Tx, reminder: Reminder, state: Standing, why: Text, *, tell: bool) -> Reminder:
        """Pause or end it within this transaction, with the audit row and, where it is to be told, the job."""
        await self._unplan(tx, reminder, PAUSED)
        changed = await self._changed(tx, reminder, state=state, why=why, owner_told=not tell, next_at=None)
        if tell:
            await self._audit.write(tx, entry(reminder, str(state), why))
            await self._jobs.enqueue(tx, TELL, reminder.id)
        return changed

    async def over(self, tx: Tx, reminder_id: str) -> None:
        """After an occurrence: nothing more to come ends the reminder."""
        reminder = await self._kept.get(reminder_id, tx)
        if reminder is not None and reminder.state is Standing.ACTIVE:
            await self._ended_if_over(tx, reminder)

    async def _go_on(self, tx: Tx, reminder: Reminder) -> Reminder:
        changed = await self._changed(
            tx, reminder, next_at=self._next_post(reminder, self._clock.now() + reminder.lead)
        )
        return await self._ended_if_over(tx, await self._plan(tx, changed))

    async def _plan(self, tx: Tx, reminder: Reminder) -> Reminder:
        now, next_at = self._clock.now(), reminder.next_at
        if next_at is None or next_at > now + HORIZON:
            return reminder
        changed = await self._changed(tx, reminder)  # before any occurrence of it is written
        missed = False
        while next_at is not None and next_at <= now + HORIZON:
            due_at = next_at + reminder.lead
            missed = await self._plan_one(tx, reminder, due_at, missed=next_at + GRACE < now) or missed
            next_at = self._next_post(reminder, due_at)
        if missed:
            await self._jobs.enqueue(tx, TELL, reminder.id)
        return await self._changed(tx, changed, next_at=next_at)

    async def _plan_one(self, tx: Tx, reminder: Reminder, due_at: datetime, *, missed: bool) -> bool:
        """Plan it, or write down that it was missed: then True."""
        post_at = due_at - reminder.lead
        known = await self._kept.occurrence(reminder.id, due_at, tx)
        if known is not None and known.why not in REVIVED:
            return False
        if known is not None:
            await self._kept.move(tx, known, Fate.PLANNED)
        elif missed:
            await self._kept.put(tx, Occurrence(reminder.id, due_at, post_at, Fate.SKIPPED, MISSED, noted=False))
            await self._audit.write(tx, entry(reminder, "skipped", (MISSED,), due_at))
            return True
        else:
            await self._kept.put(tx, Occurrence(reminder.id, due_at, post_at, Fate.PLANNED))
        await self._jobs.enqueue(tx, FIRE, fire_key(reminder.id, due_at), at=post_at)
        return False

    async def _unplan(self, tx: Tx, reminder: Reminder, why: str) -> None:
        for one in await self._kept.in_state(reminder.id, Fate.PLANNED, tx=tx):
            await self._kept.move(tx, one, Fate.SKIPPED, why=why)
            await self._jobs.cancel(tx, FIRE, fire_key(reminder.id, one.due_at))

    async def _ended_if_over(self, tx: Tx, reminder: Reminder) -> Reminder:
        if reminder.next_at is not None or reminder.state is not Standing.ACTIVE:
            return reminder
        if await self._kept.in_state(reminder.id, Fate.PLANNED, Fate.SENDING, tx=tx):
            return reminder
        return await self._changed(tx, reminder, state=Standing.ENDED)

    async def _going_on(self, tx: Tx, reminder_id: str) -> Reminder:
        reminder = await self._kept.get(reminder_id, tx)
        if reminder is None or reminder.kind is Kind.SNOOZE:
            raise NotFound(GONE)
        if reminder.state is Standing.ENDED:
            raise AlreadySo("That reminder has ended.")
        return reminder

    async def _changed(self, tx: Tx, reminder: Reminder, **values: Any) -> Reminder:  # noqa: ANN401 (its fields)
        changed = await self._kept.change(tx, reminder, **values)
        if changed is None:
            raise Meanwhile(AT_THIS_MOMENT)
        return changed

    def _next_post(self, reminder: ReminderDraft, moment: datetime) -> datetime | None:
        """When the first occurrence later than this is to be posted."""
        due_at = next(reminder.schedule.after(moment), None)
        return None if due_at is None else due_at - reminder.lead


def entry(reminder: Reminder, outcome: str, why: Text = (), due_at: datetime | None = None) -> Entry:
    """The audit row of what a reminder did by itself."""
    facts = {"reminder": reminder.id, "channel": reminder.channel_id}
    facts |= {"due": due_at.isoformat()} if due_at else {}
    return Entry(
        actor=str(reminder.owner),
        action=str(reminder.kind),
        outcome=outcome,
        room=reminder.room,
        reason="".join(part for part in why if isinstance(part, str)),
        facts=facts,
    )
