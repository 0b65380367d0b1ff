"""OpenMeetings: every service that the bot calls. It kicks, opens and closes by GET."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from bot.backends.openmeetings import OpenMeetings
from bot.backends.openmeetings.people import participant
from bot.capabilities import RoomWish
from bot.clock import MovableClock
from bot.model import Participant, Risk, Room
from bot.play.vendors.openmeetings import SimulatedOpenMeetings
from tests.backends.contract.vendor import Operation, Reach, RestAt, Stage, Vendor
from tests.fakes import openmeetings
from tests.fakes.openmeetings import ACCOUNTS, NOON, PASSWORD, guest, room
from tests.fakes.raw_http import Request

SID = r"\?sid=[0-9a-f-]{36}"
ID = r"[1-9]\d*"
NAME = r"(?!\.{1,2}(?:/|\?|$))[A-Za-z0-9._-]+"
ROOM_AT = "GET /services/room"


@dataclass(frozen=True, slots=True)
class Things:
    room: Room
    ann: Participant


def make(rest_at: RestAt, url: str) -> OpenMeetings:
    password = SecretStr(PASSWORD)
    return OpenMeetings(
        "openmeetings", rest_at(url), base_url=url, username="soap", password=password, clock=MovableClock(NOON)
    )


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A room with Ann in it."""
    clock = MovableClock(NOON)
    server = SimulatedOpenMeetings(accounts=ACCOUNTS, clock=clock)
    await server.start()
    async with aiohttp.ClientSession() as session:
        bot = openmeetings.openmeetings(session, server.url)
        made = await bot.create_room(RoomWish("standup", "u-1", {}))
        standup = room(made.vendor_id)
        link = await bot.join_link(standup, guest("Ann"))
        server.join(link.reveal().partition("secure=")[2].partition("&")[0])
        ann = ((await bot.participants(standup)).participants or ())[0]
    yield Stage(server.url, Things(standup, ann), kept=server.people, clock=clock)
    await server.stop()


def risk_of(request: Request) -> Risk:
    path = request.target.partition("?")[0].partition("/services/")[2]
    if path.startswith("room/kick/"):
        return Risk.ONCE
    if path == "room" and request.method == "POST":
        return Risk.REPEATABLE if b"%22id%22" in request.body else Risk.ONCE
    if request.method == "DELETE" or path.startswith(("room/close/", "room/open/")):
        return Risk.REPEATABLE
    return Risk.READ


def with_a_link(name: str) -> Participant:
    told = {"externalId": "u-1", "externalType": "slack", "type": "EXTERNAL", "firstname": name}
    return participant(told, "slack")


def with_an_account(name: str) -> Participant:
    return participant({"id": 1, "type": "USER", "login": name}, "slack")


VENDOR = Vendor(
    kind="openmeetings",
    make=make,
    stage=stage,
    operations=(
        Operation("create_room", lambda bot, _: bot.create_room(RoomWish("x", "u-1", {}))),
        Operation("list_rooms", lambda bot, _: bot.list_rooms(kind="conference")),
        Operation("get_room", lambda bot, one: bot.get_room(one.room.vendor_id)),
        Operation("find_room", lambda bot, one: bot.find_room(one.room.vendor_id)),
        Operation("find_room", lambda bot, _: bot.find_room("C777"), "by an external id"),
        Operation("change_room", lambda bot, one: bot.change_room(one.room, {"name": "y"})),
        Operation("delete_room", lambda bot, one: bot.delete_room(one.room)),
        Operation("lock", lambda bot, one: bot.lock(one.room)),
        Operation("unlock", lambda bot, one: bot.unlock(one.room)),
        Operation("join_link", lambda bot, one: bot.join_link(one.room, guest(user_id="uid-1"))),
        Operation("participants", lambda bot, one: bot.participants(one.room)),
        Operation("kick", lambda bot, one: bot.kick(one.room, one.ann)),
        Operation("kick_all", lambda bot, one: bot.kick_all(one.room)),
        Operation("end_meeting", lambda bot, one: bot.end_meeting(one.room)),
        Operation("recordings", lambda bot, one: bot.recordings(one.room)),
        Operation("health", lambda bot, _: bot.health()),
    ),
    reaches=(
        Reach("get_room", lambda bot, _, words: bot.get_room(words), rf"{ROOM_AT}/({ID}|count/0){SID}"),
        Reach(
            "find_room",
            lambda bot, _, words: bot.find_room(words),
            rf"{ROOM_AT}/({ID}|count/0|public/[A-Z]+|[A-Z]+/slack/{NAME}){SID}",
        ),
        Reach("lock", lambda bot, _, words: bot.lock(room(words)), rf"{ROOM_AT}/(close/{ID}|count/0){SID}"),
        Reach(
            "delete_room",
            lambda bot, _, words: bot.delete_room(room(words)),
            rf"({ROOM_AT}/(count|kick)/{ID}|DELETE /services/room/{ID}){SID}",
        ),
        Reach("participants", lambda bot, _, words: bot.participants(room(words)), rf"{ROOM_AT}/users/{ID}{SID}"),
        Reach("recordings", lambda bot, _, words: bot.recordings(room(words)), rf"GET /services/record/room/{ID}{SID}"),
        Reach(
            "join_link", lambda bot, one, words: bot.join_link(room(words), guest()), rf"POST /services/user/hash{SID}"
        ),
        Reach(
            "kick",
            lambda bot, one, words: bot.kick(one.room, Participant(words, "")),
            rf"{ROOM_AT}/(kick/{ID}/{NAME}/{NAME}|users/{ID}){SID}",
        ),
        Reach(
            "create_room",
            lambda bot, _, words: bot.create_room(RoomWish(words, words, {})),
            rf"(POST /services/room|{ROOM_AT}/[A-Z]+/slack/{NAME}){SID}",
        ),
    ),
    people=(with_a_link, with_an_account),
    risk_of=risk_of,
    secrets=(PASSWORD, "uid-1", "sid=", "secure="),
    optional="GET /services/info/version",
    always=r"GET /services/info/version|(GET|POST) /services/user/login(\?.*)?",
)
