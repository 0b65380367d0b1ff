"""La Suite Meet with the credentials of its LiveKit: who is in, and what may be done about them.

LiveKit's credentials are good for every room of the deployment. So before anything is done, the person who asked is
shown to have a role in this very room: La Suite Meet lets them retrieve it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from bot.backends.lasuite.hooks import Webhooks
from bot.backends.lasuite.lacks import WITHOUT_TRUNK
from bot.backends.lasuite.livekit import LiveKit, error_code
from bot.backends.lasuite.meet import LaSuite
from bot.backends.lasuite.people import (
    audio_tracks,
    identity_of,
    is_host,
    is_person,
    is_phone,
    moment,
    number_of,
    participant,
    presence_of,
)
from bot.backends.lasuite.phones import PATIENCE, Phones, order, raise_for_call
from bot.capabilities import (
    Backend,
    DialsOut,
    EndsMeetings,
    Event,
    HangsUp,
    KicksEverybody,
    KicksParticipants,
    ListsParticipants,
    MutesParticipants,
    ReceivesEvents,
)
from bot.clock import Clock
from bot.errors import BackendError, BadInput, NoMeeting, NotSupported
from bot.model import Health, Meeting, Outcome, Participant, PhoneNumber, Presence, Risk, Room
from bot.rest import unclear

Json = dict[str, Any]


class LaSuiteWithLiveKit(
    LaSuite, EndsMeetings, KicksParticipants, KicksEverybody, MutesParticipants, ListsParticipants, ReceivesEvents
):
    """One La Suite Meet and the LiveKit behind it. The LiveKit room's name is the room's UUID."""

    lacks: ClassVar[Mapping[type[Backend], str]] = WITHOUT_TRUNK
    ends_by_kicking: ClassVar[bool] = True  # the same address opens the room anew

    def __init__(self, name: str, *args: Any, livekit: LiveKit, phones: Phones, hooks: Webhooks, **more: Any) -> None:  # noqa: ANN401
        """As LaSuite."""
        super().__init__(name, *args, **more)
        self._clock: Clock = more["clock"]
        self._livekit = livekit
        self._phones = phones
        self._hooks = hooks

    # --- who ---

    async def participants(self, room: Room) -> Presence:
        """Who is in now."""
        running, told = await asyncio.gather(
            self._livekit.room(room.vendor_id), self._livekit.participants(room.vendor_id)
        )
        people = tuple(participant(one, room.vendor_id, self._phones) for one in told if is_person(one))
        meeting = Meeting(str(running.get("sid")), moment(running.get("creation_time"))) if running else None
        return Presence(people, as_of=self._clock.now(), meeting=meeting if people else None)

    def read_hook(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...]:
        """The events of one signed webhook."""
        return self._hooks.read(headers, raw, now)

    # --- what is done ---

    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """RemoveParticipant, of this very presence: the list is read again before."""
        await self._proved(room)
        one = await self._present(room, participant)
        if one is None or not await self._livekit.remove(room.vendor_id, identity_of(one)):
            return Outcome.ALREADY_SO
        return Outcome.ACCEPTED

    async def kick_all(self, room: Room) -> Outcome:
        """Everybody, one after the other; recorders stay."""
        await self._proved(room)
        people = [one for one in await self._livekit.participants(room.vendor_id) if is_person(one)]
        removed = [await self._livekit.remove(room.vendor_id, identity_of(one)) for one in people]
        return Outcome.ACCEPTED if any(removed) else Outcome.ALREADY_SO

    async def end_meeting(self, room: Room) -> Outcome:
        """DeleteRoom."""
        await self._proved(room)
        return Outcome.ACCEPTED if await self._livekit.end(room.vendor_id) else Outcome.ALREADY_SO

    async def mute(self, room: Room, participant: Participant) -> Outcome:
        """All sounds that this one sends. They can switch them on again themselves."""
        await self._proved(room)
        one = await self._present(room, participant)
        return await self._switch(room, [one] if one else [], muted=True)

    async def unmute(self, room: Room, participant: Participant) -> Outcome:
        """Only where the LiveKit server allows it."""
        await self._proved(room)
        one = await self._present(room, participant)
        return await self._switch(room, [one] if one else [], muted=False)

    async def mute_guests(self, room: Room) -> Outcome:
        """Everybody but owners and administrators of the room."""
        return await self._switch(room, await self._guests(room), muted=True)

    async def unmute_guests(self, room: Room) -> Outcome:
        """Likewise."""
        return await self._switch(room, await self._guests(room), muted=False)

    # --- health ---

    async def health(self) -> Health:
        """La Suite Meet, then LiveKit, by asking for a room that there is not."""
        found = await super().health()
        if not found.ok:
            return found
        try:
            await self._livekit.room("meetops-health")
        except BackendError as error:
            return Health(False, found.facts, str(error))
        return Health(True, {**found.facts, "LiveKit": "well"})

    async def _proved(self, room: Room) -> None:
        """Raise NoAccess unless the person who asked has a role in this room."""
        await self.api.retrieve(room.vendor_id)

    async def _present(self, room: Room, wanted: Participant) -> Json | None:
        told = await self._livekit.participants(room.vendor_id)
        return next((one for one in told if is_person(one) and presence_of(one) == wanted.id), None)

    async def _guests(self, room: Room) -> list[Json]:
        await self._proved(room)
        people = [one for one in await self._livekit.participants(room.vendor_id) if is_person(one)]
        if not people:
            raise NoMeeting(f"Nobody is in {room.title}.")
        return [one for one in people if not is_host(one)]

    async def _switch(self, room: Room, people: list[Json], *, muted: bool) -> Outcome:
        shown = [
            await self._livekit.mute(room.vendor_id, identity_of(one), track, muted=muted)
            for one in people
            for track in audio_tracks(one, muted=not muted)
        ]
        if not muted and shown and all(one is None for one in shown):
            raise NotSupported(f"{self.name}: its LiveKit lets people unmute only themselves.")
        if all(one is None for one in shown):
            return Outcome.ALREADY_SO
        return Outcome.CONFIRMED if all(one is not False for one in shown) else Outcome.ACCEPTED


class LaSuiteWithTelephone(LaSuiteWithLiveKit, DialsOut, HangsUp):
    """The same with a SIP trunk."""

    rings_empty_rooms: ClassVar[bool] = True

    def __init__(self, name: str, *args: Any, sip_trunk_id: str, **more: Any) -> None:  # noqa: ANN401
        """As LaSuiteWithLiveKit."""
        super().__init__(name, *args, **more)
        self._trunk = sip_trunk_id

    async def dial_out(self, room: Room, number: PhoneNumber, name: str | None) -> Outcome:
        """CreateSIPParticipant, sent at most once. CONFIRMED: somebody answered. Busy, declined, no answer: raised."""
        if not number.e164.startswith("+"):
            raise BadInput("A full number is needed: + and 7 to 15 digits.")
        await self._proved(room)
        identity = self._phones.identity(number, room.vendor_id)
        answer = await self._livekit.dial(order(self._trunk, room.vendor_id, identity, number, name), patience=PATIENCE)
        raise_for_call(answer, number)
        if error_code(answer) == "not_found":
            raise BackendError(f"{self.name}: LiveKit does not know its livekit_sip_trunk_id; ask an administrator.")
        if answer.status == 408:  # LiveKit's own time ran out: nothing is known of the call
            raise unclear(self.name)
        self._livekit.check(answer, Risk.ONCE)
        return Outcome.CONFIRMED

    async def hang_up(self, room: Room, number: PhoneNumber) -> Outcome:
        """Remove every participant that is this phone, also while it rings."""
        await self._proved(room)
        told = [one for one in await self._livekit.participants(room.vendor_id) if is_phone(one)]
        legs = [one for one in told if number_of(one, room.vendor_id, self._phones) == number]
        removed = [await self._livekit.remove(room.vendor_id, identity_of(one)) for one in legs]
        return Outcome.ACCEPTED if any(removed) else Outcome.ALREADY_SO
