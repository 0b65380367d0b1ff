"""What bare `/meet` opens."""

from __future__ import annotations

import asyncio

from bot.cards import join_button, request_line, who_is_in
from bot.desk import Desk
from bot.errors import BotError
from bot.grammar import quote
from bot.launch import Launch
from bot.lookup import MOST_ASKED
from bot.model import Presence, Room
from bot.reply import Button, Line, Strong, text
from bot.voice import Address

MOST_LIVE = 5
MENU_SECONDS = 2.0  # the menu is open meanwhile, and says so


async def menu(desk: Desk, address: Address) -> Launch:
    """What the menu shows: what is live here, what waits for the caller, what they may do."""
    caller = await desk.people.caller(address.person)
    rooms = await desk.lookup.shared_in(address.channel_id, caller)
    seen = await asyncio.gather(*(_presence(desk, room) for room in rooms[:MOST_ASKED]))
    here = sorted(zip(rooms, seen, strict=False), key=lambda one: not one[1].participants)
    waiting = await desk.waiting_for(caller)
    return Launch(
        live=tuple(_live(room, presence) for room, presence in here[:MOST_LIVE]),
        waiting=tuple(
            Line(request_line(one), buttons=(Button("Details", "details", value=one.id),)) for one in waiting
        ),
        verbs=tuple((one.name, one.summary) for one in await desk.allowed_verbs(caller)),
    )


async def _presence(desk: Desk, room: Room) -> Presence:
    """Who is in, where its vendor says so soon enough for a menu."""
    try:
        async with asyncio.timeout(MENU_SECONDS):
            return await desk.presence(room)
    except (BotError, TimeoutError):
        return Presence(None, None)


def _live(room: Room, presence: Presence) -> Line:
    who = Button("Who", "run", value=f"who {quote(room.title)}")
    return Line(text(Strong(room.title), " · ", *who_is_in(presence)), buttons=(join_button(room), who))
