"""`/meet unlock room`: links again, and the vendor's own lock off."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.capabilities import LocksRooms
from bot.cards import join_button
from bot.command import Act, Command
from bot.errors import NoMeeting
from bot.grammar import optional
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Reply, Strong, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[Any], args: Args) -> Reply:
    """The vendor's lock first, so that a link that is given out also opens."""
    room, store = act.room, act.desk.store
    if isinstance(act.backend, LocksRooms):
        with suppress(NoMeeting):  # then nothing is locked at the vendor either
            await act.backend.unlock(room)
    elif not room.locked:
        return Reply(text(Strong(room.title), " is not locked."), Outcome.ALREADY_SO, public=True)
    async with store.db.begin() as tx:
        await store.rooms.set_locked(tx, room.id, False)
    act.desk.cards.changed(room.id)
    return Reply(text("Unlocked ", Strong(room.title), "."), Outcome.DONE, public=True, buttons=(join_button(room),))


COMMAND = Command(
    name="unlock",
    summary="Give out links for a room again",
    doing="unlock rooms",
    args=Args,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    run=run,
    examples=("unlock standup",),
)
