"""What the bot keeps: one database, one repository per noun. Transactions are the caller's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.store.database import PREDECESSOR_DRAINS, Database, DatabaseUnavailable, Tx
from bot.store.decisions import Decision, Decisions, Verdict
from bot.store.directory import Block
from bot.store.effects import Effects
from bot.store.homes import Homes
from bot.store.links import Link, Links
from bot.store.meetings import Meetings
from bot.store.outbox import Outbox
from bot.store.people import KnownPeople
from bot.store.reminders import Fate, Kind, Occurrence, Reminder, ReminderDraft, Reminders, Standing
from bot.store.requests import Draft, Request, Requests, Result, State
from bot.store.rooms import Rooms

__all__ = [
    "PREDECESSOR_DRAINS",
    "Block",
    "Database",
    "DatabaseUnavailable",
    "Decision",
    "Draft",
    "Fate",
    "Kind",
    "Link",
    "Occurrence",
    "Reminder",
    "ReminderDraft",
    "Request",
    "Result",
    "Standing",
    "State",
    "Store",
    "Tx",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class Store:
    """The open database and its repositories."""

    db: Database
    rooms: Rooms
    links: Links
    people: KnownPeople
    requests: Requests
    decisions: Decisions
    effects: Effects
    outbox: Outbox
    meetings: Meetings
    homes: Homes
    reminders: Reminders

    @classmethod
    async def open(cls, url: str, clock: Clock, *, wait: timedelta = PREDECESSOR_DRAINS) -> Store:
        """Open and migrate, and load what is answered from memory. Raises ConfigurationError."""
        db = Database(url, wait=wait)
        await db.open()
        store = cls(
            db,
            Rooms(db, clock),
            Links(db, clock),
            KnownPeople(db),
            Requests(db, clock),
            Decisions(db, clock),
            Effects(db, clock),
            Outbox(db),
            Meetings(db),
            Homes(db),
            Reminders(db, clock),
        )
        try:
            await db.changes.begin()
            await store.rooms.load()
            await store.people.load()
        except BaseException:
            await db.close()
            raise
        return store

    async def close(self) -> None:
        """Let go of the database and its lock."""
        await self.db.close()
