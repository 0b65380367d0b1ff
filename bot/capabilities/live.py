"""Abilities over the people of a running meeting that only some vendors have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from bot.capabilities.abilities import Backend, DialsOut, Option
from bot.model import Outcome, Participant, PhoneNumber, Room


class DialsWithOptions(DialsOut):
    """Can be told how to place a call (protocol, role, location). No ability of its own: a richer DialsOut."""

    dial_options: ClassVar[tuple[Option, ...]] = ()

    @abstractmethod
    async def dial_with(self, room: Room, number: PhoneNumber, name: str | None, options: Mapping[str, str]) -> Outcome:
        """Ring the number into the room. Raises BadInput for an option or value it does not understand."""

    async def dial_out(self, room: Room, number: PhoneNumber, name: str | None) -> Outcome:
        """Ring the number in the usual way."""
        return await self.dial_with(room, number, name, {})


class MutesParticipants(Backend):
    """Takes the microphone from people at the vendor itself, and gives it back. All methods raise NoMeeting."""

    verb: ClassVar[str] = "mute people"

    @abstractmethod
    async def mute(self, room: Room, participant: Participant) -> Outcome:
        """Nobody hears this one: ACCEPTED or CONFIRMED, ALREADY_SO when it was muted or has left."""

    @abstractmethod
    async def unmute(self, room: Room, participant: Participant) -> Outcome:
        """This one may be heard again."""

    @abstractmethod
    async def mute_guests(self, room: Room) -> Outcome:
        """Mute all guests; hosts stay as they are."""

    @abstractmethod
    async def unmute_guests(self, room: Room) -> Outcome:
        """All guests may be heard again."""


class AdmitsParticipants(Backend):
    """Lets people in who wait before a locked or hosted meeting (`Participant.waiting`)."""

    verb: ClassVar[str] = "admit people"

    @abstractmethod
    async def admit(self, room: Room, participant: Participant) -> Outcome:
        """Let this one in: ACCEPTED or CONFIRMED, ALREADY_SO when it does not wait (any more)."""


class PromotesParticipants(Backend):
    """Makes a guest a host of the running meeting, and a host a guest."""

    verb: ClassVar[str] = "promote people"

    @abstractmethod
    async def promote(self, room: Room, participant: Participant, *, host: bool) -> Outcome:
        """Give this one that role: ACCEPTED or CONFIRMED, ALREADY_SO when it has it or has left."""
