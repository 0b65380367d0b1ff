"""`/meet set room key=value …`: change a room's settings and lose nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import ChangesRooms, LocksRooms
from bot.command import Act, Command
from bot.errors import BadInput
from bot.grammar import optional, options
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Reply, Strong, text
from bot.rules import Need

CLOSED = "closed"  # the option that is the vendor's own lock


@dataclass(frozen=True, slots=True)
class Args:
    """Which room, and what to change."""

    room: RoomWord | None = optional("the room")
    options: tuple[tuple[str, str], ...] = options("what to change: key=value …")


async def prepare(act: Act[ChangesRooms], args: Args) -> Args:
    """Something must change."""
    if not args.options:
        known = ", ".join(f"{option.key}=" for option in act.backend.set_options)
        raise BadInput(f"Say what to change. On {act.backend.name}: {known}")
    return args


async def run(act: Act[ChangesRooms], args: Args) -> Reply:
    """Change it at the vendor and in what the bot keeps."""
    vendor = await act.backend.change_room(act.room, dict(args.options))
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.update(
            tx, act.room.id, settings=vendor.settings, kind=vendor.kind, vendor_name=vendor.name
        )
        closed = dict(args.options).get(CLOSED)
        if closed and isinstance(act.backend, LocksRooms):  # a link into a closed room would open nothing
            await act.desk.store.rooms.set_locked(tx, act.room.id, closed.strip().lower() == "yes")
    act.desk.cards.changed(act.room.id)
    secret = {option.key for option in act.backend.set_options if option.secret}
    shown = ", ".join(f"{key}={'…' if key in secret else value}" for key, value in args.options)
    return Reply(text("Changed ", Strong(act.room.title), f": {shown}."), Outcome.DONE, facts={"changed": shown})


COMMAND = Command(
    name="set",
    summary="Change a room's settings",
    doing="change rooms",
    args=Args,
    needs=ChangesRooms,
    permission=Need("backends", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    prepare=prepare,
    run=run,
    examples=("set standup closed=yes",),
)
