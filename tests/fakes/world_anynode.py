"""The optional anynode back end of a test's world: one exchange, and two people whose role it defines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.play.vendors.anynode import Account, SimulatedAnynode

PASSWORD = "sbc-pass-never-shown"
SECRETS = {"anynode password": PASSWORD}
SECTION = """
[backends.sbc]
kind = "anynode"
base_url = "{url}"
username = "meetops"
password = "{password}"
"""
# The two roles of seeds/003, each mapped to one Slack person: Max and Maya.
MAPPED = """
[[grants]]
role = "ADMINISTRATOR"
users = ["U0MAX"]
from = "sbc"
at_most = "ADMINISTRATOR"
[[grants]]
role = "CALL_HISTORY_EXPORTER"
users = ["U0MAYA"]
from = "sbc"
at_most = "OPERATOR"
[[grants]]
role = "ADMINISTRATOR"
usergroups = ["S0ADMINS"]
[[grants]]
role = "OPERATOR"
usergroups = ["S0OPS"]
"""


@asynccontextmanager
async def running_anynode() -> AsyncIterator[SimulatedAnynode]:
    """An exchange for the length of a block."""
    exchange = SimulatedAnynode(accounts=(Account("meetops", PASSWORD),))
    await exchange.start()
    try:
        yield exchange
    finally:
        await exchange.stop()


def section(exchange: SimulatedAnynode | None) -> str:
    """Its table of the configuration file; nothing where there is none."""
    return SECTION.format(url=exchange.url, password=PASSWORD) if exchange else ""
