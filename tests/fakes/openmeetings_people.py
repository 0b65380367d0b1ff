"""People who come into a room of simulated OpenMeetings by a link of the bot's."""

from __future__ import annotations

from yarl import URL

from bot.backends.openmeetings import OpenMeetings
from bot.model import JoinLink
from bot.play.vendors.openmeetings import Client, SimulatedOpenMeetings
from tests.fakes.openmeetings import guest, room


def secure_of(link: JoinLink) -> str:
    """The join hash in a link."""
    return URL(link.reveal()).query["secure"]


async def come(bot: OpenMeetings, vendor: SimulatedOpenMeetings, name: str, user_id: str) -> Client:
    """Somebody follows their own link into room 1."""
    return vendor.join(secure_of(await bot.join_link(room(), guest(name, user_id=user_id))))
