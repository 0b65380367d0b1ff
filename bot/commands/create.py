"""`/meet create [backend/]handle [type=…] [quiet=yes] …`: make a room and show its card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import CreatesRooms
from bot.cards import join_button
from bot.command import Act, Command
from bot.creation import card_of_new, check_handle, make_room, next_free
from bot.errors import AlreadySo
from bot.grammar import key, options, positional
from bot.model import Outcome, Risk, Room, RoomWord
from bot.reply import Post, Reply, Strong, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """What to make. `options` are the back end's own words."""

    room: RoomWord = positional("a name for the room, or backend/name")
    quiet: str | None = key("yes: answer you alone, no card in the channel", choices=("yes", "no"))
    options: tuple[tuple[str, str], ...] = options("what the back end offers: type=, pin=, …")


async def prepare(act: Act[CreatesRooms], args: Args) -> Args:
    """Where the card can't be posted, or the handle is taken, nothing is sent."""
    check_handle(args.room.name)
    if act.place and args.quiet != "yes":
        await act.desk.voice.check_may_post(act.place)
    known = await act.desk.store.rooms.by_handle(act.backend.name, args.room.name)
    if known:
        await _already(act, known[0])
    return args


async def run(act: Act[CreatesRooms], args: Args) -> Reply:
    """Create at the vendor, keep the handle, admit the channel, show the card."""
    room = await make_room(act, args.room.name, dict(args.options))
    body = text("Made ", Strong(room.title), ".")
    if args.quiet == "yes" or act.place is None:
        return Reply(body, Outcome.DONE, buttons=(join_button(room),), facts={"room": room.title})
    card = Post(act.place, card_of_new(act, room), room_id=room.id)
    return Reply(body, Outcome.DONE, posts=(card,), facts={"room": room.title})


async def _already(act: Act[CreatesRooms], room: Room) -> None:
    free = await next_free(act, room.handle)
    offer = text("A room called ", Strong(room.title), " exists already; the next free name is ", Strong(free), ".")
    if await act.desk.lookup.sees(room, act.caller, act.place):
        raise AlreadySo(
            f"{room.title} exists already; the next free name is {free}.", detail=offer, buttons=(join_button(room),)
        )
    raise AlreadySo(f"{room.title} exists already; the next free name is {free}.", detail=offer)


COMMAND = Command(
    name="create",
    summary="Make a room and post its card here",
    doing="create rooms",
    args=Args,
    needs=CreatesRooms,
    permission=Need("userInterface", "ACCESS"),
    risk=Risk.ONCE,
    rooms=lambda args: (),
    backend=lambda args: args.room.backend,
    prepare=prepare,
    run=run,
    examples=("create standup", "create meetings/standup type=conference"),
)
