"""Who is in, from what vendors report: deduplicated, and the same whatever the order of the reports.

Each report only ever moves a presence forward: the latest joining, the latest leaving, the earliest beginning of a
meeting and its end. So a report that comes twice changes nothing, and one that comes late fits in.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.capabilities import Event, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.clock import Clock
from bot.model import Meeting, Participant, Presence, Room
from bot.store import Store, Tx
from bot.store.meetings import Attendance, KeptMeeting

KEPT = timedelta(days=30)
KEYS_REMEMBERED = 10_000

Changed = Callable[[str, Event], None]


@dataclass(frozen=True, slots=True)
class _Instance:
    """One meeting with its presences, by the vendor's id of each."""

    meeting: KeptMeeting
    present: dict[str, Attendance] = field(default_factory=dict)

    @property
    def as_meeting(self) -> Meeting:
        """The meeting as others know it. One whose beginning was not reported began with the first report of it."""
        one = self.meeting
        return Meeting(one.id, one.started_at or one.first_at, one.ended_at)

    @property
    def inside(self) -> tuple[Participant, ...]:
        """Who has joined and not left."""
        if self.meeting.ended_at is not None:
            return ()
        staying = (one for one in self.present.values() if one.joined_at and not _gone(one))
        ordered = sorted(staying, key=lambda one: (one.joined_at, one.id))
        return tuple(one.participant for one in ordered if one.participant)


class Roster:
    """The live picture in memory; the tables hold the same and are read once at start."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._instances: defaultdict[tuple[str, str], dict[str, _Instance]] = defaultdict(dict)
        self._heard: dict[str, datetime] = {}  # back end → the latest moment it reported about
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._subscribers: list[Changed] = []
        self._news = asyncio.Event()
        store.meetings.follow(self._read_again)

    async def load(self) -> None:
        """Read what is kept, dropping meetings of long ago."""
        for meeting, present in await self._store.meetings.all():
            self._install(_Instance(meeting, present))
        await self.forget_old()

    async def forget_old(self) -> None:
        """Drop meetings of long ago, here and in the tables."""
        outdated = [one.meeting for one in self._outdated(self._clock.now() - KEPT)]
        if not outdated:
            return
        async with self._store.db.begin() as tx:
            for meeting in outdated:
                await self._store.meetings.forget(tx, meeting)
        for meeting in outdated:
            self._instances[meeting.backend, meeting.vendor_id].pop(meeting.id, None)

    async def apply(self, backend: str, events: Sequence[Event]) -> None:
        """Take in what a vendor reported. Durable when this returns; subscribers have been called."""
        fresh = [event for event in events if (backend, event.key) not in self._seen]
        if not fresh:
            return
        async with self._store.db.begin() as tx:
            for event in fresh:
                await self._reduce(tx, backend, event)
            tx.after_commit(lambda: self._remember(backend, fresh))
        for event in fresh:
            for subscriber in self._subscribers:
                subscriber(backend, event)
        self._tell()

    def subscribe(self, changed: Changed) -> None:
        """Call this with every report that is new, once it is durable. It must not raise and not wait.

        What was reported to another process is told there.
        """
        self._subscribers.append(changed)

    def presence(self, backend: str, vendor_id: str) -> Presence:
        """Who is in now; unknown as long as this back end has never reported anything."""
        if backend not in self._heard:
            return Presence(None, None, why_unknown=f"{backend} has not reported anything yet.")
        now = self._running(backend, vendor_id)
        if now is None:
            newest = self._newest(backend, vendor_id)
            as_of = newest.meeting.last_at if newest else self._heard[backend]
            return Presence((), as_of, last=newest.as_meeting if newest else None)
        people = tuple(self._made_out(one) for one in now.inside)
        return Presence(people, now.meeting.last_at, Meeting(now.meeting.id, now.meeting.started_at))

    def last_live(self, backend: str, vendor_id: str) -> datetime | None:
        """When the latest meeting of this room was last heard of; None when none was ever reported."""
        newest = self._newest(backend, vendor_id)
        return (newest.meeting.ended_at or newest.meeting.last_at) if newest else None

    def meeting_now(self, backend: str, vendor_id: str) -> Meeting | None:
        """The meeting that runs in this room, as far as was reported."""
        now = self._running(backend, vendor_id)
        return Meeting(now.meeting.id, now.meeting.started_at) if now else None

    def completed(self, room: Room, seen: Presence) -> Presence:
        """What a vendor answered, with what else is known: since when, and how the last meeting ended."""
        known = self.presence(room.backend, room.vendor_id)
        if seen.empty:
            return seen if known.meeting or seen.meeting else replace(seen, last=known.last)
        since = {one.id: one.joined_at for one in known.participants or ()}
        people = tuple(
            one if one.joined_at else replace(one, joined_at=since.get(one.id)) for one in seen.participants or ()
        )
        return replace(seen, participants=people, meeting=seen.meeting or known.meeting)

    def running_anywhere(self) -> list[tuple[str, str]]:
        """(back end, vendor id) of every room in which a meeting runs, as far as was reported."""
        return [place for place in self._instances if self._running(*place)]

    def history(self, backend: str, vendor_id: str) -> list[tuple[KeptMeeting, list[Attendance]]]:
        """Every meeting of this room that is still kept, the oldest first, with who took part."""
        instances = sorted(self._instances.get((backend, vendor_id), {}).values(), key=_order)
        return [(one.meeting, [self._named(came) for came in one.present.values()]) for one in instances]

    def heard_since(self, since: datetime) -> list[tuple[str, str]]:
        """(back end, vendor id) of every room of which something was reported since then."""
        rooms = self._instances.items()
        return [place for place, known in rooms if any(one.meeting.last_at >= since for one in known.values())]

    def participant(self, backend: str, vendor_id: str, participant_id: str) -> Participant | None:
        """The latest presence of this id in the room, also one that is over; None when none was reported."""
        instances = sorted(self._instances.get((backend, vendor_id), {}).values(), key=_order)
        present = [one.present[participant_id].participant for one in instances if participant_id in one.present]
        return self._made_out(present[-1]) if present and present[-1] else None

    def ended_at(self, backend: str, vendor_id: str, meeting_id: str) -> datetime | None:
        """When that meeting ended; None while it runs or when nothing was ever reported of it.

        A meeting whose end was not reported ended at the latest when the next one in that room began.
        """
        instances = self._instances.get((backend, vendor_id), {})
        one = instances.get(meeting_id)
        if one is not None and one.meeting.ended_at is not None:
            return one.meeting.ended_at
        later = [other.meeting.first_at for other in instances.values() if one is None or _order(other) > _order(one)]
        return min(later, default=None)

    async def wait_for(self, seen: Callable[[], bool], seconds: float) -> bool:
        """Wait until `seen()` holds, looked at after each report. False when it did not in time (by the clock)."""
        end = asyncio.ensure_future(self._clock.sleep_until(self._clock.now() + timedelta(seconds=seconds)))
        try:
            while not seen():
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait({news, end}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                if end.done():
                    return seen()
            return True
        finally:
            end.cancel()

    async def _reduce(self, tx: Tx, backend: str, event: Event) -> None:
        place = (self, backend, event.vendor_id, event.meeting.id)
        known = self._instances.get((backend, event.vendor_id), {}).get(event.meeting.id)
        before = tx.scratch.get(place, known)
        after, changed = reduced(before, backend, event)
        await self._store.meetings.keep(tx, after.meeting, changed)
        tx.scratch[place] = after
        tx.after_commit(lambda: self._install(after))

    async def _read_again(self, tx: Tx, keys: Sequence[str] | None) -> None:
        for meeting, present in await self._store.meetings.those(tx, keys):
            self._install(_Instance(meeting, present))
        self._tell()

    def _tell(self) -> None:
        """Wake those who wait for something to be reported."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _install(self, instance: _Instance) -> None:
        meeting = instance.meeting
        self._instances[meeting.backend, meeting.vendor_id][meeting.id] = instance
        self._heard[meeting.backend] = max(meeting.last_at, self._heard.get(meeting.backend, meeting.last_at))

    def _remember(self, backend: str, events: Iterable[Event]) -> None:
        for event in events:
            self._seen[backend, event.key] = None
        while len(self._seen) > KEYS_REMEMBERED:
            self._seen.popitem(last=False)

    def _newest(self, backend: str, vendor_id: str) -> _Instance | None:
        return max(self._instances.get((backend, vendor_id), {}).values(), key=_order, default=None)

    def _running(self, backend: str, vendor_id: str) -> _Instance | None:
        newest = self._newest(backend, vendor_id)
        return newest if newest and newest.meeting.ended_at is None else None

    def _outdated(self, old: datetime) -> list[_Instance]:
        """Meetings nobody asks about any more; the newest of each room stays: it says when the earlier ones ended."""
        rooms = [list(instances.values()) for instances in self._instances.values()]
        return [one for room in rooms for one in sorted(room, key=_order)[:-1] if one.meeting.last_at < old]

    def _named(self, one: Attendance) -> Attendance:
        return replace(one, participant=self._made_out(one.participant)) if one.participant else one

    def _made_out(self, one: Participant) -> Participant:
        person = self._store.people.person_known_as(one.user_id) if one.user_id else None
        return replace(one, person=person) if person else one


def reduced(before: _Instance | None, backend: str, event: Event) -> tuple[_Instance, list[Attendance]]:
    """The meeting after this report, and the presences that changed. The order of reports makes no difference."""
    first = KeptMeeting(backend, event.vendor_id, event.meeting.id, event.at, event.at)
    before = before or _Instance(first)
    meeting = replace(
        before.meeting, first_at=min(before.meeting.first_at, event.at), last_at=max(before.meeting.last_at, event.at)
    )
    match event:
        case MeetingStarted():
            began = event.meeting.started_at or event.at
            return replace(before, meeting=replace(meeting, started_at=min(began, meeting.started_at or began))), []
        case MeetingEnded():
            ended = event.meeting.ended_at or event.at
            return replace(before, meeting=replace(meeting, ended_at=max(ended, meeting.ended_at or ended))), []
        case ParticipantJoined(participant=one):
            changed = _joined(before.present.get(one.id, Attendance(one.id)), event.at, one)
        case ParticipantLeft(participant_id=one_id, kicked=kicked):
            changed = _left(before.present.get(one_id, Attendance(one_id)), event.at, kicked=kicked)
    return _Instance(meeting, {**before.present, changed.id: changed}), [changed]


def _joined(known: Attendance, at: datetime, one: Participant) -> Attendance:
    one = replace(one, joined_at=at)
    told = (at, repr(one))
    if known.joined_at and known.participant and (known.joined_at, repr(known.participant)) >= told:
        return known
    return replace(known, joined_at=at, participant=one)


def _left(known: Attendance, at: datetime, *, kicked: bool) -> Attendance:
    if known.left_at is not None and known.left_at >= at:
        return replace(known, kicked=known.kicked or kicked) if known.left_at == at else known
    return replace(known, left_at=at, kicked=kicked)


def _gone(one: Attendance) -> bool:
    return one.left_at is not None and (one.joined_at is None or one.left_at >= one.joined_at)


def _order(one: _Instance) -> tuple[datetime, str]:
    return one.meeting.first_at, one.meeting.id
