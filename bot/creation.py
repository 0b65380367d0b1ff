"""Making a room: at the vendor, then the handle, its owner and the channel it belongs to."""

from __future__ import annotations

from bot.capabilities import CreatesRooms, RoomWish
from bot.cards import room_card
from bot.command import Act
from bot.model import Presence, Room, VendorRoom
from bot.reply import Card


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


async def next_free(act: Act[CreatesRooms], handle: str) -> str:
    """`standup-2`, `standup-3`, … the first that nobody uses on this back end."""
    number = 2
    while await act.desk.store.rooms.by_handle(act.backend.name, f"{handle}-{number}"):
        number += 1
    return f"{handle}-{number}"
