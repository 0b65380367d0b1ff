"""Looking at rooms whose vendors do not tell by themselves, or may have failed to: what is seen goes into the roster.

A webhook can be lost, and OpenMeetings has none. Only rooms in use are looked at: somebody fetched a link into them a
short while ago, or somebody was in at the last look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from structlog import get_logger

from bot.capabilities import (
    Backend,
    Event,
    ListsParticipants,
    MeetingEnded,
    MeetingStarted,
    ParticipantJoined,
    ParticipantLeft,
)
from bot.clock import Clock
from bot.errors import BotError
from bot.model import Meeting, Presence, Room
from bot.roster import Roster
from bot.store import Store

BETWEEN_LOOKS = timedelta(seconds=30)
IN_USE = timedelta(hours=2)  # after somebody fetched a link
STALE = timedelta(minutes=5)  # a card whose "as of" is older is written again, also where nothing changed
MOST_LOOKS = 50  # rooms of one back end in one round

log = get_logger(__name__)


class Polls:
    """Asks, compares with what is known, and reports the difference as if the vendor had told it."""

    def __init__(
        self, store: Store, roster: Roster, backends: Mapping[str, Backend], clock: Clock, stale: Callable[[str], None]
    ) -> None:
        """`stale`: the cards of this room (by id) say something old that still holds."""
        self._store, self._roster, self._backends, self._clock, self._stale = store, roster, backends, clock, stale
        self._empty_at: dict[str, datetime] = {}  # room id → when it was last seen empty
        self._shown_at: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look again and again. Ends by cancellation."""
        if not any(isinstance(one, ListsParticipants) for one in self._backends.values()):
            return
        while True:
            await self._clock.pause(BETWEEN_LOOKS)
            await self.look()

    async def look(self) -> None:
        """One round. A back end that does not answer is left alone until the next."""
        fetched = await self._store.links.rooms_since(self._clock.now() - IN_USE)
        running = set(self._roster.running_anywhere())
        for name, backend in self._backends.items():
            if not isinstance(backend, ListsParticipants):
                continue
            rooms = await self._store.rooms.all(name)
            in_use = [room for room in rooms if room.id in fetched or (name, room.vendor_id) in running]
            await self._look_at(backend, in_use[:MOST_LOOKS])

    async def _look_at(self, backend: ListsParticipants, rooms: list[Room]) -> None:
        for room in rooms:
            asked_at = self._clock.now()
            try:
                seen = await backend.participants(room)
            except BotError as error:
                log.info("room not looked at", backend=backend.name, outcome=error.outcome)
                return
            await self._take_in(room, seen, asked_at)

    async def _take_in(self, room: Room, seen: Presence, at: datetime) -> None:
        if seen.participants is None:
            return
        empty_at = self._empty_at.get(room.id)
        just_began = empty_at is not None and at - empty_at <= BETWEEN_LOOKS * 2
        known = self._roster.presence(room.backend, room.vendor_id)
        people = (self._roster.participant(room.backend, room.vendor_id, one.id) for one in seen.participants)
        back = frozenset(one.id for one in people if one is not None)
        events = differences(room, known, seen, at, just_began=just_began, back=back)
        if seen.empty:
            self._empty_at[room.id] = at
        if events:
            self._shown_at[room.id] = at
            await self._roster.apply(room.backend, events)
        elif not seen.empty and at - self._shown_at.setdefault(room.id, at) >= STALE:
            self._shown_at[room.id] = at
            self._stale(room.id)


def differences(
    room: Room,
    known: Presence,
    seen: Presence,
    at: datetime,
    *,
    just_began: bool = False,
    back: frozenset[str] = frozenset(),
) -> list[Event]:
    """What must have happened between what is known and what was seen at that moment.

    `just_began`: nobody was in a moment ago, so a meeting that is seen now for the first time began now.
    `back`: who was in before (ids of presences): if they are thought to have left, they came back by now.
    """
    here = {one.id: one for one in seen.participants or () if not one.waiting}
    before = {one.id: one for one in known.participants or ()}
    if not here and known.meeting is None:
        return []
    meeting, events = known.meeting, list[Event]()
    if meeting is None:
        told = seen.meeting.started_at if seen.meeting else None
        began = told or (at if just_began else None)
        meeting = Meeting(str(round((began or at).timestamp())), began)  # as Pexip's event sink names it
        if began is not None:
            events.append(MeetingStarted(_key(at, "began"), room.vendor_id, meeting, began))
    for gone in before.keys() - here.keys():
        events.append(ParticipantLeft(_key(at, "left", gone), room.vendor_id, meeting, at, gone))
    for come in here.keys() - before.keys():
        since = at if come in back else here[come].joined_at or at
        events.append(ParticipantJoined(_key(at, "joined", come), room.vendor_id, meeting, since, here[come]))
    if not here and seen.meeting is None:
        ended = Meeting(meeting.id, meeting.started_at, at)
        events.append(MeetingEnded(_key(at, "ended"), room.vendor_id, ended, at))
    return events


def _key(at: datetime, *what: str) -> str:
    return " ".join(("seen", at.isoformat(), *what))
