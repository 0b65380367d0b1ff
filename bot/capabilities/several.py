"""Abilities over several rooms at once, and over addresses that only one room can have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.capabilities.abilities import Backend, RoomWish
from bot.model import Outcome, Room, VendorRoom


class HandlesManyRooms(Backend):
    """Makes, changes and deletes several rooms in one request: all of them or none."""

    verb: ClassVar[str] = "handle several rooms in one request"
    part: ClassVar[str] = "create, set, delete of several rooms in one request"
    most_rooms: ClassVar[int] = 20

    @abstractmethod
    async def create_rooms(self, wishes: Sequence[RoomWish]) -> Sequence[VendorRoom]:
        """Make them, in that order. Sent at most once. Raises BadInput, and then none was made."""

    @abstractmethod
    async def change_rooms(self, rooms: Sequence[Room], changes: Mapping[str, str]) -> Sequence[VendorRoom]:
        """Apply the same changes to each. Raises BadInput, NotFound or Refused, and then none was changed."""

    @abstractmethod
    async def delete_rooms(self, rooms: Sequence[Room]) -> Outcome:
        """Remove them. A room that bears another name at the vendor by now is not what was meant: Refused, none is."""


class MovesAliases(Backend):
    """Rooms have aliases, each of which belongs to one room at most; one can be taken from the room that has it."""

    verb: ClassVar[str] = "move aliases between rooms"
    part: ClassVar[str] = "set move_alias="
    moving_option: ClassVar[str] = "move_alias"  # the key of `set`; it needs an approval that names who loses it

    @abstractmethod
    async def holders(self, aliases: Sequence[str]) -> Mapping[str, str]:
        """Alias → the vendor's name of the room that has it now; aliases that nobody has are left out."""
