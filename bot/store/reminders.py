"""Reminders and the occurrences of them that are on the queue, were posted, or were left out.

Every change of a reminder is a compare-and-swap on its `version`; whoever writes its occurrences does so after one, in
the same transaction, so that two replicas never plan the same one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from bot.clock import Clock
from bot.model import Person
from bot.reply import Text
from bot.schedule import Schedule
from bot.store import wording
from bot.store.database import Database, Tx
from bot.store.tables import occurrences, reminders
from bot.voice import Posted


class Kind(StrEnum):
    """What a reminder is."""

    REMINDER = "reminder"
    SNOOZE = "snooze"  # one that somebody put off for themselves


class Standing(StrEnum):
    """Whether it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Fate(StrEnum):
    """What became of one occurrence."""

    PLANNED = "planned"
    SENDING = "sending"  # written down before it is sent; found at a start: nobody knows whether it was
    POSTED = "posted"
    LATE = "late"  # posted, after its time but within the grace
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDraft:
    """A reminder as it is asked for."""

    key: str  # one per click or command: what is sent twice is one reminder
    owner: Person
    room_id: str
    room: str  # its title, for people
    channel_id: str  # a channel, or a user id for somebody's direct messages
    schedule: Schedule
    note: str = ""
    lead: timedelta = timedelta(0)  # so long before each occurrence it is posted
    replace: bool = False  # the message before is taken away
    kind: Kind = Kind.REMINDER
    origin: str | None = None  # of a snooze: the channel in which it was put off


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(ReminderDraft):
    """A reminder as it is kept."""

    id: str
    created_at: datetime
    state: Standing = Standing.ACTIVE
    why: Text = ()  # why it is paused or ended
    owner_told: bool = True  # of that
    version: int = 1
    next_at: datetime | None = None  # when the next occurrence that is not planned yet is to be posted

    @property
    def private(self) -> bool:
        """Whether it goes to somebody's direct messages."""
        return self.channel_id.startswith(("U", "W"))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence. `why` says why it was skipped: one word of `bot.reminders`."""

    reminder_id: str
    due_at: datetime
    post_at: datetime
    state: Fate
    why: str = ""
    noted: bool = True  # the owner was told, or need not be
    channel_id: str | None = None
    ts: str | None = None

    @property
    def message(self) -> Posted | None:
        """The message, where it was posted."""
        return Posted(self.channel_id, self.ts) if self.channel_id and self.ts else None


class Reminders:
    """The repository."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._subscribers: list[Callable[[], None]] = []

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call this whenever a reminder or an occurrence changed, once that is durable. It must not raise nor wait."""
        self._subscribers.append(changed)

    def _tell(self) -> None:
        for changed in self._subscribers:
            changed()

    async def add(self, tx: Tx, draft: ReminderDraft, next_at: datetime | None) -> Reminder:
        """Keep it. Raises sqlalchemy's IntegrityError when its key is known."""
        given = {name: getattr(draft, name) for name in ReminderDraft.__dataclass_fields__}
        reminder = Reminder(**given, id=secrets.token_hex(6), created_at=self._clock.now(), next_at=next_at)
        await tx.execute(insert(reminders), _columns(reminder))
        tx.after_commit(self._tell)
        return reminder

    async def get(self, reminder_id: str, tx: Tx | None = None) -> Reminder | None:
        """One reminder."""
        found = await self._where(reminders.c.id == reminder_id, tx=tx)
        return found[0] if found else None

    async def by_key(self, key: str, tx: Tx) -> Reminder | None:
        """The one that this click or command made."""
        found = await self._where(reminders.c.key == key, tx=tx)
        return found[0] if found else None

    async def to_plan(self, until: datetime) -> list[Reminder]:
        """Those with an occurrence to be posted until then that is not planned yet."""
        return await self._where(reminders.c.state == Standing.ACTIVE, reminders.c.next_at <= until)

    async def going_on(self) -> list[Reminder]:
        """All that have not ended, the next first."""
        return await self._where(reminders.c.state != Standing.ENDED, reminders.c.kind == Kind.REMINDER)

    async def into(self, channel_id: str) -> list[Reminder]:
        """Those that are posted there and go on."""
        return await self._where(reminders.c.state == Standing.ACTIVE, reminders.c.channel_id == channel_id)

    async def of_room(self, tx: Tx, room_id: str) -> list[Reminder]:
        """Those of this room that have not ended, snoozed ones too."""
        return await self._where(reminders.c.state != Standing.ENDED, reminders.c.room_id == room_id, tx=tx)

    async def change(self, tx: Tx, reminder: Reminder, **values: Any) -> Reminder | None:  # noqa: ANN401 (its fields)
        """Change these fields. None when somebody else changed it since it was read."""
        changed = replace(reminder, **values, version=reminder.version + 1)
        unchanged = (reminders.c.id == reminder.id, reminders.c.version == reminder.version)
        done = await tx.execute(update(reminders).where(*unchanged).values(**_columns(changed)))
        tx.after_commit(self._tell)
        return changed if done.rowcount == 1 else None

    async def _where(self, *conditions: ColumnElement[bool], tx: Tx | None = None) -> list[Reminder]:
        wanted = select(reminders).where(*conditions).order_by(reminders.c.next_at, reminders.c.id)
        if tx is not None:
            return [_reminder(row) for row in await tx.execute(wanted)]
        async with self._db.read() as reading:
            return [_reminder(row) for row in await reading.execute(wanted)]

    # --- occurrences -------------------------------------------------------------------------------------------

    async def occurrence(self, reminder_id: str, due_at: datetime, tx: Tx | None = None) -> Occurrence | None:
        """The one that is due then, where it is known already."""
        found = await self.occurrences(reminder_id, occurrences.c.due_at == due_at, tx=tx)
        return found[0] if found else None

    async def in_state(self, reminder_id: str, *states: Fate, tx: Tx | None = None) -> list[Occurrence]:
        """Those that stand there, in their order."""
        return await self.occurrences(reminder_id, occurrences.c.state.in_(states), tx=tx)

    async def unnoted(self, reminder_id: str) -> list[Occurrence]:
        """Those of which the owner has still to be told."""
        return await self.occurrences(reminder_id, occurrences.c.noted.is_(False))

    async def occurrences(
        self, reminder_id: str, *conditions: ColumnElement[bool], tx: Tx | None = None
    ) -> list[Occurrence]:
        """Those of this reminder for which all of that holds, in their order."""
        wanted = select(occurrences).where(occurrences.c.reminder_id == reminder_id, *conditions)
        wanted = wanted.order_by(occurrences.c.due_at)
        if tx is not None:
            return [_occurrence(row) for row in await tx.execute(wanted)]
        async with self._db.read() as reading:
            return [_occurrence(row) for row in await reading.execute(wanted)]

    async def put(self, tx: Tx, one: Occurrence) -> None:
        """Keep one that is not known yet. Raises sqlalchemy's IntegrityError when it is."""
        await tx.execute(insert(occurrences), {name: getattr(one, name) for name in Occurrence.__dataclass_fields__})

    async def move(
        self, tx: Tx, one: Occurrence, state: Fate, *, why: str = "", noted: bool = True, message: Posted | None = None
    ) -> bool:
        """Say what became of it. False when it does not stand where it was seen any more."""
        posted = {"channel_id": message.channel_id, "ts": message.ts} if message else {}
        unchanged = (*_this(one), occurrences.c.state == one.state, occurrences.c.why == one.why)
        values = {"state": state, "why": why, "noted": noted, **posted}
        tx.after_commit(self._tell)
        return (await tx.execute(update(occurrences).where(*unchanged).values(**values))).rowcount == 1

    async def note(self, tx: Tx, one: Occurrence) -> None:
        """The owner was told of it."""
        await tx.execute(update(occurrences).where(*_this(one)).values(noted=True))


def _this(one: Occurrence) -> tuple[ColumnElement[bool], ...]:
    return (occurrences.c.reminder_id == one.reminder_id, occurrences.c.due_at == one.due_at)


def _columns(reminder: Reminder) -> Mapping[str, Any]:
    schedule = reminder.schedule
    plain = (
        "id",
        "key",
        "owner",
        "kind",
        "room_id",
        "room",
        "channel_id",
        "origin",
        "note",
        "replace",
        "state",
        "owner_told",
    )
    return {
        **{name: getattr(reminder, name) for name in (*plain, "version", "created_at", "next_at")},
        "zone": schedule.zone,
        "starts_at": schedule.start.isoformat(timespec="minutes"),
        "rule": schedule.rule,
        "second": schedule.second,
        "until": schedule.until.isoformat() if schedule.until else None,
        "lead": int(reminder.lead.total_seconds()),
        "why": wording.dump(reminder.why),
    }


def _reminder(row: Row[Any]) -> Reminder:
    values = dict(row._mapping)
    until = values.pop("until")
    schedule = Schedule(
        values.pop("zone"),
        datetime.fromisoformat(values.pop("starts_at")),  # naive: a wall-clock time
        values.pop("rule"),
        date.fromisoformat(until) if until else None,
        values.pop("second"),
    )
    read = {"kind": Kind(values["kind"]), "state": Standing(values["state"]), "lead": timedelta(seconds=values["lead"])}
    return Reminder(**values | read | {"why": wording.load(values["why"]), "schedule": schedule})


def _occurrence(row: Row[Any]) -> Occurrence:
    return Occurrence(**dict(row._mapping) | {"state": Fate(row.state)})
