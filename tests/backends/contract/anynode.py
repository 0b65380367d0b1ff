"""anynode: its roles, its users, its dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from pydantic import SecretStr

from bot.backends.anynode import Anynode
from bot.model import Risk
from bot.play.vendors.anynode import SimulatedAnynode
from tests.backends.contract.failures import ALL
from tests.backends.contract.vendor import Operation, Reach, RestAt, Stage, Vendor
from tests.fakes.anynode import ACCOUNTS, GET_EXAMPLE, PASSWORD, only_api, role
from tests.fakes.raw_http import Request

NEW = role(only_api("new_role"))
EXPORTER = role(GET_EXAMPLE[1])
GIVEN = {one["id"] for one in GET_EXAMPLE}


def make(rest_at: RestAt, url: str) -> Anynode:
    return Anynode("sbc", rest_at(url), username="meetops", password=SecretStr(PASSWORD))


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    server = SimulatedAnynode(accounts=ACCOUNTS)
    await server.start()
    yield Stage(server.url, kept=lambda: [one for one in server.roles if one["id"] in GIVEN])
    await server.stop()


def risk_of(request: Request) -> Risk:
    return Risk.READ if request.method == "GET" else Risk.ONCE


VENDOR = Vendor(
    kind="anynode",
    make=make,
    stage=stage,
    operations=(
        Operation("roles", lambda bot, _: bot.roles()),
        Operation("role_holders", lambda bot, _: bot.role_holders(EXPORTER), silent=ALL),
        Operation("save_role", lambda bot, _: bot.save_role(NEW)),
        Operation("remove_role", lambda bot, _: bot.remove_role(EXPORTER)),
        Operation("health", lambda bot, _: bot.health()),
    ),
    reaches=(
        Reach(
            "remove_role",
            lambda bot, _, words: bot.remove_role(replace(EXPORTER, id=words)),
            r"DELETE /api/roles/remove\?role=[^&?#/]*&version=0|GET /api/roles/get\?version=0",
        ),
        Reach(
            "save_role",
            lambda bot, _, words: bot.save_role(replace(NEW, id=words, display_name=words)),
            r"PUT /api/roles/add\?version=0|GET /api/roles/get\?version=0",
        ),
    ),
    risk_of=risk_of,
    secrets=(PASSWORD, "Basic ", "JSESSIONID"),
)
