"""`/meet create [backend/]handle [type=…] [quiet=yes] …`: make a room and show its card. `also=` makes several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.capabilities import CreatesRooms, HandlesManyRooms
from bot.cards import join_button
from bot.command import Act, Command, Confirm
from bot.creation import (
    again_line,
    card_of_new,
    check_handle,
    make_room,
    make_rooms,
    next_free,
    opened,
    ready_words,
    sealed,
)
from bot.errors import AlreadySo, BadInput, NotSupported
from bot.grammar import key, options, positional
from bot.model import Outcome, Risk, Room, RoomWord
from bot.reply import Button, Post, Reply, Strong, joined, text
from bot.rules import Need

NAME = "{name}"  # in alias= of several rooms: each one's own name


@dataclass(frozen=True, slots=True)
class Args:
    """What to make. `options` are the back end's own words."""

    room: RoomWord = positional("a name for the room, or backend/name")
    quiet: str | None = key("yes: answer you alone, no card in the channel", choices=("yes", "no"))
    also: str | None = key("further names, b,c: several rooms at once, all of them or none")
    sure: str | None = key("yes: several without being asked again", choices=("yes",))
    options: tuple[tuple[str, str], ...] = options("what the back end offers: type=, pin=, …")


async def prepare(act: Act[CreatesRooms], args: Args) -> Args:
    """Where the card can't be posted, or the handle is taken, nothing is sent."""
    several = bool(args.also)
    for handle in _handles(args):
        check_handle(handle)
    if act.place and args.quiet != "yes" and not several:
        await act.desk.voice.check_may_post(act.place)
    for handle in _handles(args):
        known = await act.desk.store.rooms.by_handle(act.backend.name, handle)
        if known:
            await _already(act, known[0])
    args = replace(args, options=sealed(act, args.options, act.backend.create_options))
    if several:
        _preview(act, args)
    return args


async def run(act: Act[CreatesRooms], args: Args) -> Reply:
    """Create at the vendor, keep the handle, admit the channel, show the card."""
    if args.also:
        return await _several(act, args)
    room = await make_room(act, args.room.name, opened(act, args.options))
    body = text("Made ", Strong(room.title), ".", ready_words(act))
    if args.quiet == "yes" or act.place is None:
        return Reply(body, Outcome.DONE, buttons=(join_button(room),), facts={"room": room.title})
    card = Post(act.place, card_of_new(act, room), room_id=room.id)
    return Reply(body, Outcome.DONE, posts=(card,), facts={"room": room.title})


async def _several(act: Act[CreatesRooms], args: Args) -> Reply:
    rooms = await make_rooms(act, _wishes(replace(args, options=tuple(opened(act, args.options).items()))))
    names = joined(", ", [text(Strong(room.title)) for room in rooms])
    each = " They are ready in about a minute." if ready_words(act) else ""
    body = text("Made ", *names, f".{each} share posts the card of one where you want it.")
    return Reply(body, Outcome.DONE, facts={"room": ", ".join(room.title for room in rooms)})


def _preview(act: Act[CreatesRooms], args: Args) -> None:
    """Name what would be made before anything is sent. Raises Confirm once, BadInput, NotSupported."""
    if not isinstance(act.backend, HandlesManyRooms):
        able = [name for name, one in act.desk.backends.items() if isinstance(one, HandlesManyRooms)]
        raise NotSupported(
            f"{act.backend.name} makes one room at a time. Several at once: {', '.join(able) or 'none'}."
        )
    wishes = _wishes(args)
    if len(wishes) > act.backend.most_rooms:
        raise BadInput(f"At most {act.backend.most_rooms} rooms at once.")
    if args.sure is None and act.request_id is None:
        names = joined(", ", [text(Strong(f"{act.backend.name}/{handle}")) for handle in wishes])
        shown = dict(args.options).get("type", "")
        again = Button("Create", "run", value=again_line("create", args, act.why), style="primary")
        raise Confirm(text(f"Make {len(wishes)} rooms{f' of type {shown}' if shown else ''}: ", *names, "?"), again)


def _handles(args: Args) -> tuple[str, ...]:
    further = [word.strip() for word in (args.also or "").split(",")]
    handles = [args.room.name, *filter(None, further)]
    if len({handle.casefold() for handle in handles}) != len(handles):
        raise BadInput("Each of the rooms needs a name of its own.")
    return tuple(handles)


def _wishes(args: Args) -> dict[str, Mapping[str, str]]:
    """Each room's own options: aliases are dealt out one each, or made of the names."""
    handles, common = _handles(args), dict(args.options)
    given = common.pop("alias", None)
    if given is None or given.strip().lower() == "off":
        own = {} if given is None else {"alias": "off"}
        return {handle: {**common, **own} for handle in handles}
    aliases = [word.strip() for word in given.split(",") if word.strip()]
    if len(aliases) == 1 and NAME in aliases[0]:
        aliases = [aliases[0].replace(NAME, handle) for handle in handles]
    if len(aliases) != len(handles):
        raise BadInput(
            f'For {len(handles)} rooms give {len(handles)} aliases, or one with {NAME}: "{NAME}@example.com".'
        )
    return {handle: {**common, "alias": alias} for handle, alias in zip(handles, aliases, strict=True)}


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
    backend_needs=lambda backend: backend.create_needs,
    risk=Risk.ONCE,
    rooms=lambda args: (),
    backend=lambda args: args.room.backend,
    prepare=prepare,
    run=run,
    examples=("create standup", "create meetings/standup type=conference", "create pexip/board type=vmr pin=4711"),
)
