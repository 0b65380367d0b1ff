"""JaaS: every command and look-up. It answers nothing to a command, so that any body will do."""

from __future__ import annotations

from typing import Any

from bot.model import Risk
from tests.backends.contract.vendor import Operation, RestAt, Vendor
from tests.backends.jaas import commands
from tests.fakes import jaas
from tests.fakes.jaas import APP_ID, NOON, KID, key
from tests.fakes.openmeetings import said
from tests.fakes.raw_http import Request

from bot.backends.jaas import Jaas
from bot.clock import MovableClock

WELL = said({})
PIN = said({"id": "1111111111111"})
NUMBERS = said([{"countryCode": "US", "formattedNumber": "+1 555 0100"}])


def make(rest_at: RestAt, url: str) -> Jaas:
    return Jaas(
        "jaas", rest_at(url), app_id=APP_ID, key_id=KID, private_key=key(), clock=MovableClock(NOON), base_url=url
    )


def command(method: str, name: str) -> Operation:
    act = commands.EVERY[name]
    return Operation(method, lambda bot, _: act(bot), before=(WELL,))


def risk_of(request: Request) -> Risk:
    if request.method == "GET":
        return Risk.READ
    return Risk.ONCE if b"DIAL_OUT_PARTICIPANT" in request.body else Risk.REPEATABLE


async def dial_in(bot: Any, _: object) -> object:
    return await bot.dial_in(jaas.room())


async def health(bot: Any, _: object) -> object:
    return await bot.health()


VENDOR = Vendor(
    kind="jaas",
    make=make,
    operations=(
        command("end_meeting", "DESTROY"),
        command("dial_out", "DIAL_OUT_PARTICIPANT"),
        command("hang_up", "HANG_UP_CALL"),
        command("kick", "KICK_PARTICIPANT"),
        command("ban_user", "BAN_USER"),
        command("revoke_link", "BAN_JWT"),
        Operation("dial_in", dial_in, before=(PIN, NUMBERS)),
        Operation("health", health, before=(NUMBERS,)),
    ),
    risk_of=risk_of,
    secrets=("40747777777", "testroom", "userIdValue"),
    without_io=frozenset({"create_room", "change_room", "delete_room", "join_link", "read_hook"}),
)
