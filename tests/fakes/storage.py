"""A real database in a test's own folder, and the people and rooms the tests speak of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock, MovableClock
from bot.model import Person, Room, VendorRoom
from bot.store import Draft, Store
from bot.voice import Posted
from tests.fakes.databases import address_for, migrated_for

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Person("T1", "U0ANN")
BOB = Person("T1", "U0BOB")
EVE = Person("T1", "U0EVE")
CARD = Posted("C0OPS", "1700000000.000100")


def address(folder: Path) -> str:
    """The DATABASE_URL of this folder's database, on SQLite or PostgreSQL (tests/fakes/databases.py)."""
    return address_for(folder)


@asynccontextmanager
async def opened(folder: Path, clock: Clock | None = None) -> AsyncIterator[Store]:
    """The store, open for the length of a block; without a clock, one that stands at noon."""
    store = await Store.open(migrated_for(folder), clock or MovableClock(NOON), wait=timedelta(0))
    try:
        yield store
    finally:
        await store.close()


async def room(store: Store, handle: str = "standup", *, backend: str = "jaas", owner: Person | None = ANN) -> Room:
    """A room that is kept."""
    vendor = VendorRoom(f"{handle}-x7f3".casefold(), f"{handle}-x7f3", settings={"lobby": "on"})
    async with store.db.begin() as tx:
        return await store.rooms.add(tx, backend=backend, handle=handle, vendor=vendor, owner=owner)


def draft(key: str = "click-1", **given: Any) -> Draft:
    """Ann asks to dial, and one other person has to agree."""
    usual: Mapping[str, Any] = {
        "key": key,
        "line": "dial jaas/standup +40747777777",
        "verb": "dial",
        "requester": ANN,
        "backend": "jaas",
        "channel_id": "C0TEAM",
        "card_channel_id": CARD.channel_id,
        "room_id": "r1",
        "room": "jaas/standup",
        "meeting_id": "m1",
        "approvals_needed": 1,
        "expires_at": NOON + timedelta(minutes=30),
        "repeatable": True,
    }
    return Draft(**{**usual, **given})
