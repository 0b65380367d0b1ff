"""anynode: its roles, its users, its dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from bot.backends.anynode import Anynode
from bot.model import Risk
from bot.play.vendors.anynode import SimulatedAnynode
from tests.backends.contract.vendor import Operation, RestAt, Stage, Vendor
from tests.fakes.anynode import ACCOUNTS, GET_EXAMPLE, PASSWORD, only_api, role
from tests.fakes.raw_http import Request

NEW = role(only_api("new_role"))
EXPORTER = role(GET_EXAMPLE[1])


def make(rest_at: RestAt, url: str) -> Anynode:
    return Anynode("sbc", rest_at(url), username="meetops", password=SecretStr(PASSWORD))


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    server = SimulatedAnynode(accounts=ACCOUNTS)
    await server.start()
    yield Stage(server.url)
    await server.stop()


def risk_of(request: Request) -> Risk:
    return Risk.READ if request.method == "GET" else Risk.ONCE


VENDOR = Vendor(
    kind="anynode",
    make=make,
    operations=(
        Operation("roles", lambda bot, _: bot.roles()),
        Operation("role_holders", lambda bot, _: bot.role_holders(EXPORTER), silent=True),
        Operation("save_role", lambda bot, _: bot.save_role(NEW)),
        Operation("remove_role", lambda bot, _: bot.remove_role(EXPORTER)),
        Operation("health", lambda bot, _: bot.health()),
    ),
    risk_of=risk_of,
    secrets=(PASSWORD, "Basic ", "JSESSIONID"),
    stage=stage,
)
