"""People who follow the links that the JaaS back end makes."""

from __future__ import annotations

from bot.backends.jaas import Jaas
from bot.model import Participant, Room
from bot.play.vendors.jaas import SimulatedJaas
from tests.fakes.jaas import guest, room

HALL = room("hall-0123456789abcdef")


async def come(bot: Jaas, vendor: SimulatedJaas, name: str, *, where: Room = HALL, user_id: str = "") -> Participant:
    """Somebody follows a fresh link of theirs."""
    link = await bot.join_link(where, guest(name, user_id=user_id or f"u-{name}"))
    present = await vendor.join(where.vendor_id, link.reveal().partition("?jwt=")[2])
    return Participant(present.participant_id, name)
