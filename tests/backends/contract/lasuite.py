"""La Suite Meet in Alice's name, and the LiveKit behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.backends.lasuite import LaSuiteWithTelephone
from bot.backends.lasuite.hooks import Webhooks
from bot.backends.lasuite.livekit import LiveKit
from bot.backends.lasuite.people import participant
from bot.backends.lasuite.phones import Phones
from bot.clock import MovableClock
from bot.model import Participant, PhoneNumber, Risk, Room
from tests.backends.contract.vendor import Operation, Reach, RestAt, Stage, Vendor
from tests.fakes.lasuite import (
    ALICE,
    CLIENT_SECRET,
    KEY,
    NOON,
    PREFIX,
    SECRET,
    TRUNK,
    as_person,
    common,
    kept,
    simulated,
    wish,
    with_livekit,
)
from tests.fakes.raw_http import Request

NUMBER = PhoneNumber("+33612345678")
ONCE = ("/rooms/", "/CreateSIPParticipant")
REPEATABLE = ("/RemoveParticipant", "/MutePublishedTrack", "/DeleteRoom")

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ROOM = f"GET {PREFIX}/rooms/{UUID}/"
LIST = rf"GET {PREFIX}/rooms/\?page=[0-9]+"
LIVEKIT = r"POST /twirp/livekit\.(RoomService|SIP)/[A-Za-z]+"
BOTH = f"{ROOM}|{LIVEKIT}"


@dataclass(frozen=True, slots=True)
class Things:
    room: Room
    ann: Participant


def make(rest_at: RestAt, url: str) -> LaSuiteWithTelephone:
    """Both behind one address."""
    clock, secret = MovableClock(NOON), SecretStr(SECRET)
    rest = rest_at(url + PREFIX)
    at_livekit, phones = rest.elsewhere(url), Phones(secret)
    return LaSuiteWithTelephone(
        "visio",
        rest,
        sip_trunk_id=TRUNK,
        livekit=LiveKit(at_livekit, at_livekit, api_key=KEY, api_secret=secret, clock=clock),
        phones=phones,
        hooks=Webhooks(api_key=KEY, api_secret=secret, phones=phones),
        **common(url + PREFIX, clock),
    )


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Alice's room with Ann and a phone in it."""
    clock = MovableClock(NOON)
    server = simulated(clock, rings_for=0.001)
    await server.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        live = with_livekit(session, server.base_url, clock, livekit=server.url)
        with as_person(ALICE):
            room = kept(await live.create_room(wish()))
        server.livekit.join(room.vendor_id, "Ann")
        phone = Phones(SecretStr(SECRET)).identity(NUMBER, room.vendor_id)
        server.livekit.join(room.vendor_id, "", kind="SIP", identity=phone)
        ann = next(one for one in (await live.participants(room)).participants or () if one.name == "Ann")
    yield Stage(
        server.url, Things(room, ann), kept=lambda: list(server.livekit.running[room.vendor_id].people), clock=clock
    )
    await server.stop()


def risk_of(request: Request) -> Risk:
    if request.method == "POST" and request.target.endswith(ONCE):
        return Risk.ONCE
    return Risk.REPEATABLE if request.target.endswith(REPEATABLE) else Risk.READ


def by_alice(method: str, do: Callable[[Any, Things], Awaitable[object]], more: str = "", **also: Any) -> Operation:
    async def asked(bot: Any, things: Things) -> object:
        with as_person(ALICE):
            return await do(bot, things)

    return Operation(method, asked, more, **also)


def reached(method: str, do: Callable[[Any, Things, str], Awaitable[object]], allowed: str) -> Reach:
    async def asked(bot: Any, things: Things, words: str) -> object:
        with as_person(ALICE):
            return await do(bot, things, words)

    return Reach(method, asked, allowed)


VENDOR = Vendor(
    kind="lasuite",
    make=make,
    stage=stage,
    operations=(
        by_alice("create_room", lambda bot, _: bot.create_room(wish("new"))),
        by_alice("list_rooms", lambda bot, _: bot.list_rooms()),
        by_alice("get_room", lambda bot, one: bot.get_room(one.room.vendor_id)),
        by_alice("find_room", lambda bot, one: bot.find_room(one.room.vendor_id)),
        by_alice("find_room", lambda bot, _: bot.find_room("weekly"), "by name"),
        by_alice("dial_in", lambda bot, one: bot.dial_in(one.room)),
        by_alice("participants", lambda bot, one: bot.participants(one.room)),
        by_alice("kick", lambda bot, one: bot.kick(one.room, one.ann)),
        by_alice("kick_all", lambda bot, one: bot.kick_all(one.room)),
        by_alice("end_meeting", lambda bot, one: bot.end_meeting(one.room)),
        by_alice("mute", lambda bot, one: bot.mute(one.room, one.ann)),
        by_alice("unmute", lambda bot, one: bot.unmute(one.room, one.ann)),
        by_alice("mute_guests", lambda bot, one: bot.mute_guests(one.room)),
        by_alice("unmute_guests", lambda bot, one: bot.unmute_guests(one.room)),
        by_alice("dial_out", lambda bot, one: bot.dial_out(one.room, NUMBER, None)),
        by_alice("hang_up", lambda bot, one: bot.hang_up(one.room, NUMBER)),
        by_alice("health", lambda bot, _: bot.health()),
    ),
    reaches=(
        reached("get_room", lambda bot, _, words: bot.get_room(words), ROOM),
        reached("find_room", lambda bot, _, words: bot.find_room(words), f"{ROOM}|{LIST}"),
        reached("list_rooms", lambda bot, _, words: bot.list_rooms(words, words), LIST),
        reached("create_room", lambda bot, _, words: bot.create_room(wish(words)), f"POST {PREFIX}/rooms/"),
        reached("dial_in", lambda bot, one, words: bot.dial_in(replace(one.room, vendor_id=words)), ROOM),
        reached("participants", lambda bot, one, words: bot.participants(replace(one.room, vendor_id=words)), LIVEKIT),
        reached("end_meeting", lambda bot, one, words: bot.end_meeting(replace(one.room, vendor_id=words)), BOTH),
        reached("kick_all", lambda bot, one, words: bot.kick_all(replace(one.room, vendor_id=words)), BOTH),
        reached("kick", lambda bot, one, words: bot.kick(one.room, replace(one.ann, id=words)), BOTH),
        reached("mute", lambda bot, one, words: bot.mute(one.room, replace(one.ann, id=words)), BOTH),
        reached("dial_out", lambda bot, one, words: bot.dial_out(one.room, NUMBER, words), BOTH),
    ),
    people=(
        lambda name: participant({"sid": "PA_1", "identity": "1", "name": name}, "room", Phones(SecretStr(SECRET))),
        lambda name: participant({"sid": "PA_1", "kind": "SIP", "name": name}, "room", Phones(SecretStr(SECRET))),
    ),
    risk_of=risk_of,
    always=f"POST {PREFIX}/application/token/",
    secrets=(CLIENT_SECRET, SECRET, "33612345678", ALICE),
    without_io=frozenset({"join_link", "read_hook"}),
)
