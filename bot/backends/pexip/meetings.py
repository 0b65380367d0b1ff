"""Running meetings: read from the status API by the room's name of this moment, changed by the command API.

A command's 2xx says that the node took it; whether it worked is read again from the status API, a few times at most.
A command that is refused because its target is gone has come true by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.backends.pexip.paths import Command, status
from bot.backends.pexip.people import WAITING, conversation, leg_id, moment, people
from bot.backends.pexip.rooms import Rooms
from bot.backends.pexip.transport import Transport
from bot.clock import Clock
from bot.errors import BackendError, BadInput, NoMeeting, NotFound, NotSupported
from bot.model import Meeting, Outcome, Participant, Presence, Risk, Room

CONFERENCE, PARTICIPANT = status("conference"), status("participant")
LOOKS = (0.0, 0.4, 1.0)  # seconds before each look whether a command took effect

Json = Mapping[str, Any]
Seen = Callable[[], Awaitable[bool]]
Order = tuple[Command, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Live:
    """A running meeting."""

    id: str  # its UUID, which commands take
    name: str
    started_at: datetime | None
    locked: bool
    guests_muted: bool


class Meetings:
    """The running meetings of one management node."""

    def __init__(self, transport: Transport, rooms: Rooms, clock: Clock) -> None:
        self.backend = transport.backend
        self._transport = transport
        self._rooms = rooms
        self._clock = clock

    # --- who ---

    async def presence(self, room: Room) -> tuple[Presence, str]:
        """Who is in or waits before the door, and the room's name of this moment."""
        name = await self.name_of(room)
        live, legs = await asyncio.gather(self._live(name), self.legs(name))
        meeting = Meeting(live.id, live.started_at) if live else None
        return Presence(people(legs), as_of=self._clock.now(), meeting=meeting), name

    async def name_of(self, room: Room) -> str:
        """What the room is called now: live meetings go by their room's name."""
        return str((await self._rooms.conference(room.vendor_id)).get("name"))

    async def legs(self, name: str) -> tuple[Json, ...]:
        """The call legs in the meeting of that name."""
        return await self._transport.exact(PARTICIPANT, "conference", name)

    async def live(self, room: Room) -> Live:
        """The running meeting. Raises NoMeeting."""
        found = await self._live(await self.name_of(room))
        if found is None:
            raise NoMeeting(f"No meeting is running in {room.title}.")
        return found

    async def _live(self, name: str) -> Live | None:
        found = await self._transport.exact(CONFERENCE, "name", name)
        if not found:
            return None
        one = found[0]
        started, locked = moment(one.get("start_time")), one.get("is_locked") is True
        return Live(str(one.get("id")), name, started, locked, one.get("guests_muted") is True)

    # --- the meeting ---

    async def end(self, room: Room) -> Outcome:
        """Disconnect everybody."""
        try:
            live = await self.live(room)
        except NoMeeting:
            return Outcome.ALREADY_SO

        async def over() -> bool:
            now = await self._live(live.name)
            return now is None or now.id != live.id

        return await self.carry_out([_meeting("disconnect", live)], over)

    async def lock(self, room: Room, *, locked: bool) -> Outcome:
        """Whoever comes now waits before the door, until admitted."""
        return await self._switch(room, "lock" if locked else "unlock", lambda live: live.locked is locked)

    async def mute_guests(self, room: Room, *, muted: bool) -> Outcome:
        """All guests at once."""
        return await self._switch(
            room, "mute_guests" if muted else "unmute_guests", lambda live: live.guests_muted is muted
        )

    async def _switch(self, room: Room, command: str, done: Callable[[Live], bool]) -> Outcome:
        live = await self.live(room)
        if done(live):
            return Outcome.ALREADY_SO

        async def seen() -> bool:
            now = await self._live(live.name)
            return now is not None and done(now)

        return await self.carry_out([_meeting(command, live)], seen)

    # --- one person ---

    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """Disconnect all legs of this one's conversation."""
        name, own = await self._own(room, participant)
        if not own:
            return Outcome.ALREADY_SO
        able = [leg for leg in own if leg.get("is_disconnect_supported") is not False]
        if not able:
            raise NotSupported(f"{self.backend} cannot remove that participant: their system does not allow it.")
        return await self._disconnect(name, able)

    async def kick_all(self, room: Room) -> Outcome:
        """Disconnect every leg; the meeting goes on for whoever comes next."""
        name = await self.name_of(room)
        legs = await self.legs(name)
        return await self._disconnect(name, legs) if legs else Outcome.ALREADY_SO

    async def hang_up(self, room: Room, is_meant: Callable[[Json], bool]) -> Outcome:
        """Disconnect the legs that are meant, also while they ring."""
        name = await self.name_of(room)
        legs = [leg for leg in await self.legs(name) if is_meant(leg)]
        return await self._disconnect(name, legs) if legs else Outcome.ALREADY_SO

    async def _disconnect(self, name: str, legs: Sequence[Json]) -> Outcome:
        return await self._tell(name, "disconnect", legs, lambda leg: False)

    async def mute(self, room: Room, participant: Participant, *, muted: bool) -> Outcome:
        """Take or give the microphone of all this one's legs."""
        name, own = await self._own(room, participant)
        able = [leg for leg in own if leg.get("is_mute_supported") is not False]
        if own and not able:
            raise NotSupported(f"{self.backend} cannot mute that participant: their system does not allow it.")
        changing = [leg for leg in able if leg.get("is_muted") is not muted]
        if not changing:
            return Outcome.ALREADY_SO
        command = "mute" if muted else "unmute"
        return await self._tell(name, command, changing, lambda leg: leg.get("is_muted") is muted)

    async def admit(self, room: Room, participant: Participant) -> Outcome:
        """Open the door for this one."""
        name, own = await self._own(room, participant)
        waiting = [leg for leg in own if leg.get("service_type") == WAITING]
        if not waiting:
            return Outcome.ALREADY_SO
        return await self._tell(name, "unlock", waiting, lambda leg: leg.get("service_type") != WAITING)

    async def promote(self, room: Room, participant: Participant, *, host: bool) -> Outcome:
        """Host (chair) or guest."""
        role = "chair" if host else "guest"
        name, own = await self._own(room, participant)
        changing = [leg for leg in own if leg.get("role") != role]
        if not changing:
            return Outcome.ALREADY_SO
        return await self._tell(name, "role", changing, lambda leg: leg.get("role") == role, role=role)

    async def _own(self, room: Room, participant: Participant) -> tuple[str, list[Json]]:
        """The meeting's name, and all legs of that presence's conversation; none when it has left."""
        name = await self.name_of(room)
        legs = await self.legs(name)
        meant = next((leg for leg in legs if leg_id(leg) == participant.id), None)
        return name, [leg for leg in legs if meant and conversation(leg) == conversation(meant)]

    async def _tell(
        self, name: str, command: str, legs: Sequence[Json], done: Callable[[Json], bool], **more: object
    ) -> Outcome:
        ids = {leg_id(leg) for leg in legs}

        async def seen() -> bool:
            return all(done(leg) for leg in await self.legs(name) if leg_id(leg) in ids)

        orders = [(Command("participant", command), {"participant_id": one, **more}) for one in sorted(ids)]
        return await self.carry_out(orders, seen)

    # --- commands ---

    async def carry_out(self, orders: Sequence[Order], seen: Seen) -> Outcome:
        """Give the commands, then look. CONFIRMED once it is seen, else ACCEPTED; raises what refused them."""
        results = await asyncio.gather(*(self._give(command, fields) for command, fields in orders))
        error = next(filter(None, results), None)
        for pause in LOOKS[:1] if error else LOOKS:
            await self._clock.sleep_until(self._clock.now() + timedelta(seconds=pause))
            if await self._sees(seen):
                return Outcome.CONFIRMED
        if error is not None:
            raise error
        return Outcome.ACCEPTED

    async def _give(self, command: Command, fields: Mapping[str, object]) -> BadInput | NotFound | BackendError | None:
        try:
            await self._transport.command(command, fields, risk=Risk.REPEATABLE)
        except (BadInput, NotFound, BackendError) as error:
            return error  # its target may be gone, or it took effect all the same
        return None

    async def _sees(self, seen: Seen) -> bool:
        try:
            return await seen()
        except BackendError:
            return False  # the command was taken; that it cannot be looked at now does not undo it


def _meeting(command: str, live: Live) -> Order:
    return Command("conference", command), {"conference_id": live.id}
