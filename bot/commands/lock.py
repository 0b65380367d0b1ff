"""`/meet lock room`: no link is minted, and the vendor's own lock where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import LocksRooms
from bot.command import Act, Command
from bot.errors import BackendError, NoMeeting, NotFound, UnknownOutcome
from bot.grammar import optional, quote
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
    if not room.locked:
        async with store.db.begin() as tx:
            await store.rooms.set_locked(tx, room.id, True)
        act.desk.cards.changed(room.id)
    unlock = Button("Unlock", "run", value=f"unlock {quote(room.title)}")
    try:
        shut, vendor = await _at_vendor(act)  # also when the bot's own lock holds already: it may have failed then
    except BackendError as error:
        raise _half(error, room, unlock) from None
    newly = (
        shut not in (None, Outcome.ALREADY_SO)
        and isinstance(act.backend, LocksRooms)
        and act.backend.locks_meetings_only
    )
    if room.locked and not newly:
        return Reply(text(Strong(room.title), " is locked already."), Outcome.ALREADY_SO, public=True)
    body = text(
        "Locked ", Strong(room.title), f": I give out no links.{vendor}", *await _links(act, vendor=shut is not None)
    )
    return Reply(text(*body, *await _people(act)), Outcome.DONE, public=True, buttons=(unlock,))


def _half(error: BackendError, room: Room, unlock: Button) -> BackendError:
    """The vendor's failure, with what holds all the same."""
    doubt = "may not be on" if isinstance(error, UnknownOutcome) else "is not on"
    held = text("I give out no links for ", Strong(room.title), f" any more, but its own lock {doubt}: ")
    error.detail, error.buttons = text(*held, *(error.detail or (str(error),))), (unlock,)
    return error


async def _links(act: Act[Any], *, vendor: bool) -> Text:
    count, latest = await act.desk.store.links.live_count(act.room.id, act.desk.clock.now())
    if not count:
        return text(" No link is out.")
    until: Text = (", the last until ", At(latest)) if latest else ()
    several = count > 1
    still = "" if vendor else f" and still open{'' if several else 's'} the room"
    return text(f" {count} link{'s are' if several else ' is'} out{still}", *until, ".")


async def _people(act: Act[Any]) -> Text:
    """Who is in after it: some vendors show them out with the lock."""
    try:
        people = (await act.desk.presence(act.room)).participants
    except (BackendError, NotFound):
        return ()
    if people is None:
        return ()
    count = f"{len(people)} people stay" if len(people) > 1 else "1 person stays" if people else "Nobody is"
    return text(f" {count} in.")


async def _at_vendor(act: Act[Any]) -> tuple[Outcome | None, str]:
    """What became of the vendor's own lock, None where its door stays open; and what to say of it."""
    backend, room = act.backend, act.room
    if not isinstance(backend, LocksRooms):
        return None, ""
    try:
        outcome = await backend.lock(room)
    except NoMeeting:
        return None, f" {room.backend} itself can lock a running meeting only, and none is running: lock it again then."
    return outcome, f" {room.backend} lets nobody in."


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
