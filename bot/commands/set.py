"""`/meet set room [room …] key=value …`: change the settings of rooms and lose nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import ChangesRooms, HandlesManyRooms, LocksRooms, MovesAliases
from bot.command import Act, Command, Confirm
from bot.creation import again_line, opened, sealed
from bot.errors import BadInput, NotSupported, Refused
from bot.grammar import key, many, options
from bot.model import Outcome, Presence, Risk, Room, RoomWord, VendorRoom
from bot.policy import BULK, MOVES_ALIAS
from bot.reply import Button, Reply, Strong, Text, joined, text
from bot.rules import Need

CLOSED = "closed"  # the option that is the vendor's own lock
LOSING = "losing"  # who has the aliases that are to be moved: found out here, and part of what is approved


@dataclass(frozen=True, slots=True)
class Args:
    """Which rooms, and what to change."""

    rooms: tuple[RoomWord, ...] = many("the rooms; the one of this channel where left out")
    sure: str | None = key("yes: several rooms without being asked again", choices=("yes",))
    options: tuple[tuple[str, str], ...] = options("what to change: key=value …")


async def prepare(act: Act[ChangesRooms], args: Args) -> Args:
    """Something must change; of several rooms it is shown first which; whoever loses an alias is found."""
    if not args.options:
        known = ", ".join(f"{option.key}=" for option in act.backend.set_options)
        raise BadInput(f"Say what to change. On {act.backend.name}: {known}")
    moving = _moving(act)
    if moving and moving in dict(args.options):
        return await _with_losers(act, args, moving)
    args = replace(args, options=sealed(act, args.options, act.backend.set_options))
    if len(act.rooms) > 1:
        _preview(act, args)
    return args


def facts(act: Act[ChangesRooms], args: Args) -> frozenset[str]:
    """`moves_alias` when a room loses an address by it, `bulk` for several rooms."""
    found = {BULK} if len(act.rooms) > 1 else set()
    if _moving(act) in dict(args.options):
        found.add(MOVES_ALIAS)
    return frozenset(found)


def says(act: Act[ChangesRooms], args: Args, presence: Presence | None) -> Text:
    """The rooms and the changes; who loses an alias to whom."""
    words = dict(args.options)
    names = joined(", ", [text(Strong(room.title)) for room in act.rooms])
    if _moving(act) in words:
        return text("Move the alias ", Strong(words.get(LOSING, words[_moving(act)])), " to ", *names)
    return text("Change ", *names, f": {_shown(act, args)}")


async def run(act: Act[ChangesRooms], args: Args) -> Reply:
    """Change it at the vendor and in what the bot keeps."""
    changes = opened(act, tuple(pair for pair in args.options if pair[0] != LOSING))
    vendors: list[tuple[Room, VendorRoom]]
    if len(act.rooms) == 1:
        vendors = [(act.room, await act.backend.change_room(act.room, changes))]
    else:
        made = await _many(act).change_rooms(act.rooms, changes)
        vendors = list(zip(act.rooms, made, strict=True))
    async with act.desk.store.db.begin() as tx:
        for room, vendor in vendors:
            await act.desk.store.rooms.update(
                tx, room.id, settings=vendor.settings, kind=vendor.kind, vendor_name=vendor.name
            )
            closed = changes.get(CLOSED)
            if closed and isinstance(act.backend, LocksRooms):  # a link into a closed room would open nothing
                await act.desk.store.rooms.set_locked(tx, room.id, closed.strip().lower() == "yes")
    for room in act.rooms:
        act.desk.cards.changed(room.id)
    shown = _shown(act, args)
    names = joined(", ", [text(Strong(room.title)) for room in act.rooms])
    return Reply(text("Changed ", *names, f": {shown}."), Outcome.DONE, facts={"changed": shown})


def _shown(act: Act[ChangesRooms], args: Args) -> str:
    secret = {option.key for option in act.backend.set_options if option.secret}
    return ", ".join(f"{word}={'…' if word in secret else value}" for word, value in args.options)


def _moving(act: Act[ChangesRooms]) -> str:
    """The word that takes an alias from another room; empty where there is none."""
    return act.backend.moving_option if isinstance(act.backend, MovesAliases) else ""


async def _with_losers(act: Act[ChangesRooms], args: Args, moving: str) -> Args:
    """Only this and for one room: the approval is about who loses what. Raises Refused when that has changed since."""
    words = dict(args.options)
    approved = words.pop(LOSING, None)
    if len(act.rooms) > 1 or set(words) != {moving}:
        raise BadInput(f"{moving}= goes alone and for one room, so that the approval is about that.")
    if not isinstance(act.backend, MovesAliases):
        return args
    holders = await act.backend.holders([words[moving]])
    others = {alias: room for alias, room in holders.items() if room != act.room.vendor_name}
    losing = ", ".join(f"{alias} of {room}" for alias, room in sorted(others.items()))
    if act.request_id and approved != losing:
        raise Refused(f"That was approved as {approved}, and is now {losing or 'nobody’s'}; ask again.")
    kept = ((moving, words[moving]), (LOSING, losing)) if losing else (("add_alias", words[moving]),)
    return replace(args, options=kept)


def _preview(act: Act[ChangesRooms], args: Args) -> None:
    """Name the rooms before anything is sent. Raises Confirm once, NotSupported, BadInput."""
    backend = _many(act)
    if len(act.rooms) > backend.most_rooms:
        raise BadInput(f"At most {backend.most_rooms} rooms at once.")
    if args.sure is None and act.request_id is None:
        names = joined(", ", [text(Strong(room.title), f" ({room.vendor_name})") for room in act.rooms])
        again = Button("Change", "run", value=again_line("set", args, act.why), style="primary")
        raise Confirm(text(f"Change {len(act.rooms)} rooms: ", *names, f" · {_shown(act, args)}?"), again)


def _many(act: Act[ChangesRooms]) -> HandlesManyRooms:
    backend = act.backend
    if len({room.backend for room in act.rooms}) > 1:
        raise BadInput("Several rooms can be changed together when they are on one back end.")
    if isinstance(backend, HandlesManyRooms):
        return backend
    able = [name for name, one in act.desk.backends.items() if isinstance(one, HandlesManyRooms)]
    raise NotSupported(f"{backend.name} changes one room at a time. Several at once: {', '.join(able) or 'none'}.")


COMMAND = Command(
    name="set",
    summary="Change the settings of rooms",
    doing="change rooms",
    args=Args,
    needs=ChangesRooms,
    permission=Need("backends", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    rooms=lambda args: args.rooms or (None,),
    facts=facts,
    says=says,
    prepare=prepare,
    run=run,
    examples=("set standup closed=yes", "set a b c limit=20"),
)
