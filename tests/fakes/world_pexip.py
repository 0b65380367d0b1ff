"""The optional Pexip back end of a test's world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import Clock
from bot.play.vendors.pexip import Account, SimulatedPexip
from tests.fakes.pexip import PASSWORD, SINK_PASSWORD

SECRETS = {"Pexip password": PASSWORD, "Pexip event sink password": SINK_PASSWORD}
DOWNLOADS = "appliances"
SECTION = """
[backends.pexip]
kind = "pexip"
base_url = "{url}"
username = "slackbot"
password = "{password}"
webapp_url = "{webapp_url}"
system_location = "London"
event_sink_username = "sink"
event_sink_password = "{sink_password}"
download_folder = "{folder}"
"""


@asynccontextmanager
async def running_pexip(clock: Clock) -> AsyncIterator[SimulatedPexip]:
    """A management node for the length of a block."""
    node = SimulatedPexip(clock=clock, accounts=(Account("slackbot", PASSWORD),), sink_password=SINK_PASSWORD)
    await node.start()
    try:
        yield node
    finally:
        await node.stop()


def section(node: SimulatedPexip | None, folder: Path) -> str:
    """Its table of the configuration file; nothing where there is no node."""
    if node is None:
        return ""
    (folder / DOWNLOADS).mkdir(exist_ok=True)
    return SECTION.format(
        url=node.url,
        password=PASSWORD,
        webapp_url=node.webapp_url,
        sink_password=SINK_PASSWORD,
        folder=folder / DOWNLOADS,
    )
