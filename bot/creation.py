"""Making a room: at the vendor, then the handle, its owner and the channel it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from bot.capabilities import CreatesRooms, DeletesRooms, ListsParticipants, Option, RoomWish, SharesJoinLinks
from bot.cards import room_card
from bot.command import Act
from bot.errors import AlreadySo, BackendError, BadInput
from bot.grammar import render
from bot.model import Presence, Room, VendorRoom
from bot.reply import Card
from bot.seal import is_sealed

Pairs = tuple[tuple[str, str], ...]

LONGEST_BUTTON = 2000  # letters that a button carries
NOT_FIRST = ("+", "@", "#", "id:")
LONGEST_HANDLE = 80  # characters: it stands in titles, buttons and command lines


def check_handle(handle: str) -> None:
    """Raise BadInput for a name by which the room could not be called again."""
    if len(handle) > LONGEST_HANDLE:
        raise BadInput(f"That name is too long; a room's name has at most {LONGEST_HANDLE} characters.")
    if handle.strip("/") != handle:
        raise BadInput("A room's name neither begins nor ends with a slash, for example jaas/standup.")
    if handle.lower().startswith(NOT_FIRST):
        signs = " ".join(NOT_FIRST)
        raise BadInput(f"A room's name can't begin with one of {signs} because it would mean something else.")


async def make_room(act: Act[CreatesRooms], handle: str, wishes: dict[str, str]) -> Room:
    """The room itself, owned by the caller and belonging to the channel it was asked for in.

    Raises AlreadySo when somebody took the handle while the vendor was making it.
    """
    store, caller = act.desk.store, act.caller
    owner_id = await store.people.user_id_of(caller.person)
    wish = RoomWish(handle=handle, owner_user_id=owner_id, options=wishes)
    vendor = await act.once("create", lambda: act.backend.create_room(wish), VendorRoom)
    try:
        async with store.db.begin() as tx:
            room = await store.rooms.add(
                tx, backend=act.backend.name, handle=handle, vendor=vendor, owner=caller.person
            )
            if act.place:
                await store.rooms.admit_channel(tx, room.id, act.place)
    except AlreadySo:
        mine = await store.rooms.by_vendor(act.backend.name, vendor.vendor_id)
        if mine is not None:  # this very request made it, before it was cut off
            return mine
        await _take_back(act, handle, vendor)
        raise
    return room


async def _take_back(act: Act[CreatesRooms], handle: str, vendor: VendorRoom) -> None:
    """Nobody would ever find this one: its handle went to another room."""
    if isinstance(act.backend, DeletesRooms):
        now = act.desk.clock.now()
        orphan = Room("", act.backend.name, handle, vendor.vendor_id, vendor.name, vendor.kind, None, now)
        with suppress(BackendError):
            await act.backend.delete_room(orphan)


def card_of_new(act: Act[CreatesRooms], room: Room) -> Card:
    """The card of a room made a moment ago. Nobody can be in yet; who comes is seen only where that is told."""
    door = act.backend.door_words(room) if isinstance(act.backend, SharesJoinLinks) else ()
    if isinstance(act.backend, ListsParticipants):
        return room_card(room, Presence((), act.desk.clock.now()), asked=True, door=door)
    return room_card(room, act.desk.roster.presence(room.backend, room.vendor_id), door=door)


async def make_rooms(act: Act[Any], wishes: Mapping[str, Mapping[str, str]]) -> list[Room]:
    """Several at once, all or none: handle → its own options."""
    store, caller = act.desk.store, act.caller
    owner_id = await store.people.user_id_of(caller.person)
    asked = [RoomWish(handle=handle, owner_user_id=owner_id, options=own) for handle, own in wishes.items()]
    made = await act.once("create", lambda: act.backend.create_rooms(asked), list[VendorRoom])
    rooms = []
    async with store.db.begin() as tx:
        for handle, vendor in zip(wishes, made, strict=True):
            room = await store.rooms.add(
                tx, backend=act.backend.name, handle=handle, vendor=vendor, owner=caller.person
            )
            if act.place:
                await store.rooms.admit_channel(tx, room.id, act.place)
            rooms.append(room)
    return rooms


def ready_words(act: Act[CreatesRooms]) -> str:
    """What to say where a new room takes time until everybody can enter it."""
    return " It is ready in about a minute." if act.backend.settles else ""


def sealed(act: Act[Any], options: Pairs, offered: Iterable[Option]) -> Pairs:
    """The key=value words with the PINs among them sealed: the line is kept and may stand on a button."""
    secret = {option.key for option in offered if option.secret}
    return tuple(
        (word, act.desk.seal.close(value, _use(act, word)) if word in secret and not is_sealed(value) else value)
        for word, value in options
    )


def opened(act: Act[Any], options: Pairs) -> dict[str, str]:
    """What was typed. Raises BadInput where a sealed word is somebody else's."""
    return {word: act.desk.seal.open(value, _use(act, word)) if is_sealed(value) else value for word, value in options}


def _use(act: Act[Any], word: str) -> str:
    return f"{act.caller.person} {act.backend.name} {word}"


def again_line(verb: str, args: Any, why: str) -> str:  # noqa: ANN401 (a command's arguments)
    """The same command without being asked again, for a button. Raises BadInput where a button cannot hold it."""
    line = f"{render(verb, args, why)} sure=yes"
    if len(line) > LONGEST_BUTTON:
        raise BadInput("Those are too many long names for one command; do it in two.")
    return line


async def next_free(act: Act[CreatesRooms], handle: str) -> str:
    """`standup-2`, `standup-3`, … the first that nobody uses on this back end."""
    number = 2
    while await act.desk.store.rooms.by_handle(act.backend.name, f"{handle}-{number}"):
        number += 1
    return f"{handle}-{number}"
