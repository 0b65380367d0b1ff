"""A Pexip management node: rooms, running meetings, configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.people import participant
from bot.backends.pexip.signing import Basic
from bot.capabilities import Wish
from bot.model import Participant, PhoneNumber, Risk
from bot.play.vendors.pexip import SimulatedPexip
from tests.backends.contract.vendor import Operation, Reach, RestAt, Stage, Vendor
from tests.fakes.pexip import ACCOUNTS, CONFERENCE, NOON, PASSWORD, SINK_PASSWORD, PatientClock, guest, room, wish
from tests.fakes.raw_http import Request

PIN = "73519264"
PHONE = PhoneNumber.parse("+40 747 777 777")
ROOM, OTHER = room(1), room(2, "VMR_2")

QUERY = r"\?[^?/#]*"
NAMES = "(conference|conference_alias|ivr_theme|media_library_playlist)"
ONE = rf"GET {CONFERENCE}([1-9][0-9]*|schema)/"
LIST = rf"GET /api/admin/configuration/v1/{NAMES}/(schema/|{QUERY})"
LIVE = rf"GET /api/admin/status/v1/(conference|participant)/(schema/|{QUERY})"
CHANGE = f"PATCH {CONFERENCE}[1-9][0-9]*/"
COMMAND = r"POST /api/admin/command/v1/(conference|participant)/[a-z_]+/"
ALIAS = "/api/admin/configuration/v1/conference_alias/"


@dataclass(frozen=True, slots=True)
class Things:
    ann: Participant
    waiting: Participant


def make(rest_at: RestAt, url: str) -> Pexip:
    return Pexip(
        "pexip",
        rest_at(url),
        sign_in=Basic("slackbot", SecretStr(PASSWORD)),
        clock=PatientClock(NOON),
        webapp_url="https://join.example.org/webapp/m/{alias}",
        system_location="London",
        event_sink_username="sink",
        event_sink_password=SecretStr(SINK_PASSWORD),
    )


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """VMR_1 with Ann, a host, in it and Gus before its door; VMR_2."""
    clock = PatientClock(NOON)
    node = SimulatedPexip(clock=clock, accounts=ACCOUNTS, sink_password=SINK_PASSWORD)
    await node.start()
    for name, alias in (("VMR_1", "one"), ("VMR_2", "two")):
        node.objects.create("conference", {"name": name, "aliases": [{"alias": alias}]})
    ann = node.join("one", "Ann")
    node.meetings.running["VMR_1"].locked = True
    gus = node.join("one", "Gus")

    def kept() -> object:
        precious = node.room("VMR_1")
        legs = [(one.display_name, one.role, one.muted) for one in node.meetings.legs()]
        return precious["name"], precious["description"], precious["aliases"], legs

    yield Stage(node.url, Things(Participant(ann.id, "Ann"), Participant(gus.id, "Gus")), kept, clock)
    await node.stop()


def risk_of(request: Request) -> Risk:
    """Creates, the bulk PATCH and a call are sent once; commands and changes of one object come out the same."""
    if request.method == "GET":
        return Risk.READ
    if request.method == "POST":
        return Risk.REPEATABLE if "/command/" in request.target and "/dial/" not in request.target else Risk.ONCE
    return Risk.ONCE if request.target == CONFERENCE else Risk.REPEATABLE


def configured(bot: Any, subject: str, operation: str, *words: str, **values: str) -> Wish:
    about = bot.subjects()[subject]
    return Wish(about, about.operation(operation), words, values)


VENDOR = Vendor(
    kind="pexip",
    make=make,
    stage=stage,
    operations=(
        Operation("create_room", lambda bot, _: bot.create_room(wish("New", pin=PIN, alias="new"))),
        Operation("create_rooms", lambda bot, _: bot.create_rooms([wish("New", alias="n"), wish("Other")])),
        Operation("list_rooms", lambda bot, _: bot.list_rooms()),
        Operation("get_room", lambda bot, _: bot.get_room("1")),
        Operation("find_room", lambda bot, _: bot.find_room("VMR_1")),
        Operation("change_room", lambda bot, _: bot.change_room(ROOM, {"pin": PIN})),
        Operation("change_room", lambda bot, _: bot.change_room(ROOM, {"add_alias": "more"}), "by an alias"),
        Operation("change_rooms", lambda bot, _: bot.change_rooms([ROOM, OTHER], {"limit": "5"})),
        Operation("delete_room", lambda bot, _: bot.delete_room(ROOM)),
        Operation("delete_rooms", lambda bot, _: bot.delete_rooms([ROOM, OTHER])),
        Operation("holders", lambda bot, _: bot.holders(["one"])),
        Operation("join_link", lambda bot, _: bot.join_link(ROOM, guest())),
        Operation("participants", lambda bot, _: bot.participants(ROOM)),
        Operation("end_meeting", lambda bot, _: bot.end_meeting(ROOM)),
        Operation("dial_with", lambda bot, _: bot.dial_with(ROOM, PHONE, None, {"role": "guest"})),
        Operation("dial_out", lambda bot, _: bot.dial_out(ROOM, PHONE, "Ann")),
        Operation("hang_up", lambda bot, _: bot.hang_up(ROOM, PHONE)),
        Operation("kick", lambda bot, one: bot.kick(ROOM, one.ann)),
        Operation("kick_all", lambda bot, _: bot.kick_all(ROOM)),
        Operation("lock", lambda bot, _: bot.lock(ROOM)),
        Operation("unlock", lambda bot, _: bot.unlock(ROOM)),
        Operation("mute", lambda bot, one: bot.mute(ROOM, one.ann)),
        Operation("unmute", lambda bot, one: bot.unmute(ROOM, one.ann)),
        Operation("mute_guests", lambda bot, _: bot.mute_guests(ROOM)),
        Operation("unmute_guests", lambda bot, _: bot.unmute_guests(ROOM)),
        Operation("admit", lambda bot, one: bot.admit(ROOM, one.waiting)),
        Operation("promote", lambda bot, one: bot.promote(ROOM, one.ann, host=False)),
        Operation("look", lambda bot, _: bot.look(configured(bot, "conference", "list"))),
        Operation("plan", lambda bot, _: bot.plan(configured(bot, "conference", "set", "1", description="new"))),
        Operation("form", lambda bot, _: bot.form(configured(bot, "conference", "set", "1"))),
        Operation("suggest", lambda bot, _: bot.suggest("conference", "VMR")),
        Operation("health", lambda bot, _: bot.health()),
    ),
    reaches=(
        Reach("get_room", lambda bot, _, words: bot.get_room(words), ONE),
        Reach("find_room", lambda bot, _, words: bot.find_room(words), f"{ONE}|{LIST}"),
        Reach("list_rooms", lambda bot, _, words: bot.list_rooms(words, words), LIST),
        Reach(
            "create_room", lambda bot, _, words: bot.create_room(wish(words, alias=words)), f"{LIST}|POST {CONFERENCE}"
        ),
        Reach(
            "change_room", lambda bot, _, words: bot.change_room(room(words), {"description": "x"}), f"{ONE}|{CHANGE}"
        ),
        Reach("change_room", lambda bot, _, words: bot.change_room(OTHER, {"theme": words}), f"{ONE}|{LIST}|{CHANGE}"),
        Reach(
            "change_room",
            lambda bot, _, words: bot.change_room(OTHER, {"add_alias": words, "description": words}),
            f"{ONE}|{LIST}|{CHANGE}|POST {ALIAS}",
        ),
        Reach(
            "change_room",
            lambda bot, _, words: bot.change_room(OTHER, {"remove_alias": words}),
            f"{ONE}|{LIST}|DELETE {ALIAS}[1-9][0-9]*/",
        ),
        Reach("delete_room", lambda bot, _, words: bot.delete_room(room(words)), f"DELETE {CONFERENCE}[1-9][0-9]*/"),
        Reach(
            "delete_rooms", lambda bot, _, words: bot.delete_rooms([room(words), OTHER]), f"{ONE}|PATCH {CONFERENCE}"
        ),
        Reach("join_link", lambda bot, _, words: bot.join_link(room(words), guest()), ONE),
        Reach("end_meeting", lambda bot, _, words: bot.end_meeting(room(words)), f"{ONE}|{LIVE}|{COMMAND}"),
        Reach("lock", lambda bot, _, words: bot.lock(room(words)), f"{ONE}|{LIVE}|{COMMAND}"),
        Reach("hang_up", lambda bot, _, words: bot.hang_up(room(words), PHONE), f"{ONE}|{LIVE}|{COMMAND}"),
        Reach("kick", lambda bot, _, words: bot.kick(ROOM, Participant(words, words)), f"{ONE}|{LIVE}|{COMMAND}"),
        Reach("mute", lambda bot, _, words: bot.mute(ROOM, Participant(words, words)), f"{ONE}|{LIVE}|{COMMAND}"),
        Reach("look", lambda bot, _, words: bot.look(configured(bot, "conference", "get", words)), f"{ONE}|{LIST}"),
        Reach("suggest", lambda bot, _, words: bot.suggest("conference", words), LIST),
    ),
    people=(
        lambda name: participant({"id": "1", "display_name": name}),
        lambda name: participant({"uuid": "1", "display_name": name, "protocol": "SIP"}),
    ),
    risk_of=risk_of,
    secrets=(PASSWORD, PIN, "747777777", "Basic "),
    without_io=frozenset({"read_hook", "subjects"}),
)
