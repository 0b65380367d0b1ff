"""`/meet lock room`: no link is minted, and the vendor's own lock where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import LocksRooms
from bot.command import Act, Command
from bot.grammar import optional
from bot.model import Outcome, Risk, RoomWord
from bot.reply import At, Button, Reply, Strong, Text, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[Any], args: Args) -> Reply:
    """The bot's own lock first, then the vendor's; says how many links are out and until when."""
    room, store = act.room, act.desk.store
    if room.locked:
        return Reply(text(Strong(room.title), " is locked already."), Outcome.ALREADY_SO, public=True)
    async with store.db.begin() as tx:
        await store.rooms.set_locked(tx, room.id, True)
    vendor = ""
    if isinstance(act.backend, LocksRooms):
        await act.backend.lock(room)
        vendor = f" {room.backend} lets nobody in."
    count, latest = await store.links.live_count(room.id, act.desk.clock.now())
    out: Text = text(" No link is out.")
    if count:
        until: Text = (", the last until ", At(latest)) if latest else ()
        still = "" if vendor else " and still open the room"
        out = text(f" {count} link{'s are' if count > 1 else ' is'} out{still}", *until, ".")
    unlock = Button("Unlock", "run", value=f'unlock "{room.title}"')
    body = text("Locked ", Strong(room.title), f": I give out no links.{vendor}", *out)
    return Reply(body, Outcome.DONE, public=True, buttons=(unlock,))


COMMAND = Command(
    name="lock",
    summary="Give out no more links for a room",
    doing="lock rooms",
    args=Args,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    run=run,
    examples=("lock standup",),
)
