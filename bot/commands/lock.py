"""`/meet lock room`: no link is minted, and the vendor's own lock where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import LocksRooms
from bot.command import Act, Command
from bot.errors import NoMeeting
from bot.grammar import optional
from bot.model import Outcome, Risk, Room, RoomWord
from bot.reply import At, Button, Reply, Strong, Text, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[Any], args: Args) -> Reply:
    """The bot's own lock first, then the vendor's; says how many links are out and until when."""
    room, store = act.room, act.desk.store
    again = isinstance(act.backend, LocksRooms) and act.backend.locks_meetings_only
    if room.locked and not again:
        return Reply(text(Strong(room.title), " is locked already."), Outcome.ALREADY_SO, public=True)
    async with store.db.begin() as tx:
        await store.rooms.set_locked(tx, room.id, True)
    shut, vendor = await _at_vendor(act, room)
    if room.locked and shut is not Outcome.DONE:
        return Reply(text(Strong(room.title), " is locked already.", vendor), Outcome.ALREADY_SO, public=True)
    count, latest = await store.links.live_count(room.id, act.desk.clock.now())
    out: Text = text(" No link is out.")
    if count:
        until: Text = (", the last until ", At(latest)) if latest else ()
        still = "" if shut else " and still open the room"
        out = text(f" {count} link{'s are' if count > 1 else ' is'} out{still}", *until, ".")
    unlock = Button("Unlock", "run", value=f'unlock "{room.title}"')
    body = text("Locked ", Strong(room.title), f": I give out no links.{vendor}", *out)
    return Reply(body, Outcome.DONE, public=True, buttons=(unlock,))


async def _at_vendor(act: Act[Any], room: Room) -> tuple[Outcome | None, str]:
    """DONE, ALREADY_SO, or None where the vendor's door stays open; and what to say of it."""
    if not isinstance(act.backend, LocksRooms):
        return None, ""
    try:
        outcome = await act.backend.lock(room)
    except NoMeeting:
        return None, f" {room.backend} itself can lock a running meeting only, and none is running: lock it again then."
    already = outcome is Outcome.ALREADY_SO
    return Outcome.ALREADY_SO if already else Outcome.DONE, f" {room.backend} lets nobody in."


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
