"""Making a room: at the vendor, then the handle, its owner and the channel it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.capabilities import CreatesRooms, RoomWish
from bot.cards import room_card
from bot.command import Act
from bot.errors import BadInput
from bot.grammar import render
from bot.model import Presence, Room, VendorRoom
from bot.reply import Card

LONGEST_BUTTON = 2000  # letters that a button carries


async def make_room(act: Act[CreatesRooms], handle: str, wishes: dict[str, str]) -> Room:
    """The room itself, owned by the caller and belonging to the channel it was asked for in."""
    store, caller = act.desk.store, act.caller
    owner_id = await store.people.user_id_of(caller.person)
    wish = RoomWish(handle=handle, owner_user_id=owner_id, options=wishes)
    vendor = await act.once("create", lambda: act.backend.create_room(wish), VendorRoom)
    async with store.db.begin() as tx:
        room = await store.rooms.add(tx, backend=act.backend.name, handle=handle, vendor=vendor, owner=caller.person)
        if act.place:
            await store.rooms.admit_channel(tx, room.id, act.place)
    return room


def card_of_new(act: Act[CreatesRooms], room: Room) -> Card:
    """The card of a room made a moment ago: nobody can be in yet."""
    return room_card(room, Presence((), act.desk.clock.now()))


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
