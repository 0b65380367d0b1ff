"""A sixth back end, invented, in one file: rooms that exist as soon as somebody names them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from bot.backends import Adapter
from bot.capabilities import Backend, CreatesRooms, DialsOut, RoomWish, SharesJoinLinks
from bot.clock import Clock
from bot.model import Health, JoinAs, JoinLink, Room, VendorRoom
from bot.rest import Rest
from bot.settings import BackendSection


class ParrotSettings(BackendSection):
    """Its section: the one entry that the settings need."""

    kind: Literal["parrot"]
    colour: str


class Parrot(CreatesRooms, SharesJoinLinks):
    """One cage."""

    kind = "parrot"
    lacks: ClassVar[Mapping[type[Backend], str]] = {DialsOut: "parrots have no telephone"}
    personal_links = False

    def __init__(self, name: str, base_url: str, colour: str) -> None:
        super().__init__(name)
        self._base_url = base_url
        self._colour = colour

    async def health(self) -> Health:
        """Always well."""
        return Health(True, {"colour": self._colour})

    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """A room by its handle."""
        return VendorRoom(wish.handle, wish.handle)

    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """The room's address."""
        return JoinLink(f"{self._base_url}/{room.vendor_id}", None, personal=False)


def _make(name: str, rest: Rest, section: ParrotSettings, clock: Clock) -> Parrot:
    return Parrot(name, section.base_url, section.colour)


ADAPTER = Adapter(_make, Parrot)
