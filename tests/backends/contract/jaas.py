"""JaaS: every command and look-up. It kicks, bans, hangs up and ends as often as it is told, but rings a phone anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.backends.jaas import Jaas
from bot.backends.jaas.hooks import Webhooks
from bot.capabilities import ParticipantJoined
from bot.clock import MovableClock
from bot.model import Participant, PhoneNumber, Risk
from bot.play.vendors.jaas import SimulatedJaas
from tests.backends.contract.vendor import Operation, Reach, RestAt, Stage, Vendor
from tests.fakes.jaas import APP_ID, KID, NOON, SECRET, envelope, guest, key, public_pem, room, sign
from tests.fakes.raw_http import Request

NUMBER = PhoneNumber.parse("+40747777777")
ROOM = room()
MEETING = "POST /v1/_jaas/conference-commands/v1/meeting"
BANS = f"POST /v1/_jaas/jaccess/v1/access-management/{APP_ID}/ban"
MAPPER = "GET /v1/_jaas/vmms-conference-mapper"
CONFERENCE = r"conference=[a-z0-9-]+%40conference\.[a-z0-9.-]+"


@dataclass(frozen=True, slots=True)
class Things:
    ann: Participant


def make(rest_at: RestAt, url: str) -> Jaas:
    clock = MovableClock(NOON)
    return Jaas("jaas", rest_at(url), app_id=APP_ID, key_id=KID, private_key=key(), clock=clock, base_url=url)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A meeting with Ann in it."""
    clock = MovableClock(NOON)
    server = SimulatedJaas(app_id=APP_ID, keys={KID: public_pem()}, clock=clock, webhook_secret=SECRET)
    await server.start()
    link = await make(_nobody, server.url).join_link(ROOM, guest("Ann"))
    ann = await server.join(ROOM.vendor_id, link.reveal().partition("jwt=")[2])
    yield Stage(server.url, Things(Participant(ann.participant_id, "Ann")), kept=server.people, clock=clock)
    await server.stop()


def _nobody(_url: str) -> Any:
    """A link is signed, not asked for."""


def risk_of(request: Request) -> Risk:
    if request.method == "GET":
        return Risk.READ
    return Risk.ONCE if b"DIAL_OUT_PARTICIPANT" in request.body else Risk.REPEATABLE


async def revoke(bot: Jaas, _: Things) -> object:
    link = await bot.join_link(ROOM, guest())
    return await bot.revoke_link(ROOM, link.claims or "")


def in_browser(name: str) -> Participant:
    return hooked("PARTICIPANT_JOINED", {"participantId": "f0aa9e1e", "name": name})


def by_sip(name: str) -> Participant:
    return hooked("SIP_CALL_IN_STARTED", {"participantId": "f0aa9e1e", "nick": name})


def hooked(kind: str, data: object) -> Participant:
    """Who is told of by a signed webhook."""
    raw = json.dumps(envelope(kind, data)).encode()
    told = Webhooks(APP_ID, secrets=(SECRET,)).read(sign(raw), raw, NOON)
    assert isinstance(told, tuple)
    assert isinstance(told[0], ParticipantJoined)
    return told[0].participant


VENDOR = Vendor(
    kind="jaas",
    make=make,
    stage=stage,
    operations=(
        Operation("end_meeting", lambda bot, _: bot.end_meeting(ROOM)),
        Operation("dial_out", lambda bot, _: bot.dial_out(ROOM, NUMBER, None)),
        Operation("hang_up", lambda bot, _: bot.hang_up(ROOM, NUMBER)),
        Operation("kick", lambda bot, one: bot.kick(ROOM, one.ann)),
        Operation("ban_user", lambda bot, _: bot.ban_user("userIdValue")),
        Operation("revoke_link", revoke),
        Operation("dial_in", lambda bot, _: bot.dial_in(ROOM)),
        Operation("health", lambda bot, _: bot.health()),
    ),
    reaches=(
        Reach("ban_user", lambda bot, _, words: bot.ban_user(words), f"{BANS}/user/[^/?]+"),
        Reach("end_meeting", lambda bot, _, words: bot.end_meeting(room(words)), MEETING),
        Reach("kick", lambda bot, _, words: bot.kick(ROOM, Participant(words, "")), MEETING),
        Reach("dial_in", lambda bot, _, words: bot.dial_in(room(words)), rf"{MAPPER}/(v1/access\?{CONFERENCE}|.*dids)"),
    ),
    people=(in_browser, by_sip),
    risk_of=risk_of,
    secrets=("40747777777", "testroom", "userIdValue"),
    without_io=frozenset({"create_room", "change_room", "delete_room", "join_link", "read_hook"}),
)
