"""The optional La Suite Meet of a test's world: everybody of the workspace has an account but Vera."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import Clock
from bot.play.vendors.lasuite import Person, SimulatedLaSuite
from tests.fakes.lasuite import CLIENT, CLIENT_SECRET, KEY, SECRET, TRUNK, simulated

SECRETS = {"La Suite secret": CLIENT_SECRET, "LiveKit secret": SECRET}
PEOPLE = {"sara": "Sara Adler", "omar": "Omar Osei", "mia": "Mia Moreau", "max": "Max Mills", "stan": "Stan Stone"}
SECTION = """
[backends.visio]
kind = "lasuite"
base_url = "{url}/external-api/v1.0"
client_id = "{client}"
client_secret = "{secret}"
"""
LIVEKIT = """
livekit_url = "{url}"
livekit_api_key = "{key}"
livekit_api_secret = "{secret}"
livekit_sip_trunk_id = "{trunk}"
"""


@asynccontextmanager
async def running_lasuite(clock: Clock) -> AsyncIterator[SimulatedLaSuite]:
    """A deployment for the length of a block."""
    server = simulated(clock, *(Person(f"{name}@meetops.example", full) for name, full in PEOPLE.items()))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def section(server: SimulatedLaSuite | None, *, livekit: bool) -> str:
    """Its table of the configuration file; nothing where there is none."""
    if server is None:
        return ""
    whole = SECTION.format(url=server.url, client=CLIENT, secret=CLIENT_SECRET)
    return whole + (LIVEKIT.format(url=server.url, key=KEY, secret=SECRET, trunk=TRUNK) if livekit else "")


def secrets_of(server: SimulatedLaSuite) -> dict[str, str]:
    """What was given and made there that nobody may be told."""
    tokens = {f"La Suite token {number}": token for number, token in enumerate(server.accounts.given)}
    pins = {f"PIN of {room.slug}": room.pin_code for room in server.rooms.by_id.values() if room.pin_code}
    return tokens | pins
