"""A room for a message: one per thread, however often and by however many people it is asked for at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from bot.cards import join_button
from bot.desk import Desk
from bot.errors import AlreadySo
from bot.model import Outcome
from bot.reply import Strong, text
from bot.store import Request
from bot.voice import Address

CARD_FOLLOWS = timedelta(seconds=30)  # until the card of a room that was made must stand in its thread


async def key_about(desk: Desk, address: Address, key: str) -> str:
    """The key of the request for a room about this message: the same for all who ask before there is one.

    `key` where it is no message of a channel. Raises AlreadySo where the thread has a room, or one is being made.
    """
    channel, thread = address.channel_id, address.thread_ts
    if not channel or not thread:
        return key
    room = await desk.store.rooms.room_in_thread(channel, thread)
    if room is not None:
        there = text("This thread has a room: ", Strong(room.title), ".")
        raise AlreadySo("This thread has a room.", detail=there, buttons=(join_button(room),))
    for number in count():  # earlier ones failed, or their rooms are gone
        key = f"about:{channel}:{thread}:{number}"
        request = await desk.store.requests.by_key(key)
        if request is None:
            return key
        if _goes_on(desk, request):
            raise AlreadySo("A room for this message is being made; its card comes into the thread.")
    raise AssertionError


def _goes_on(desk: Desk, request: Request) -> bool:
    if request.ended_at is None:
        return True
    return request.outcome is Outcome.DONE and desk.clock.now() < request.ended_at + CARD_FOLLOWS
