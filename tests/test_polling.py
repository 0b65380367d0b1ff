"""Rooms that are looked at: what is seen goes into the same roster as what vendors tell, also where one was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.openmeetings import OpenMeetings
from bot.capabilities import ListsParticipants, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.clock import MovableClock
from bot.errors import Unavailable
from bot.model import Health, Meeting, Participant, Presence, Room
from bot.polling import BETWEEN_LOOKS, STALE, Polls, differences
from bot.roster import Roster, reduced
from bot.store import Store
from tests.fakes.storage import ANN, NOON, opened, room


class Looked(ListsParticipants):
    """A vendor that shows who is in, as the test says; None: it does not answer."""

    kind = "looked"

    def __init__(self) -> None:
        super().__init__("meetings")
        self.inside: tuple[Participant, ...] | None = ()
        self.meeting: Meeting | None = None
        self.looks = 0

    async def health(self) -> Health:
        return Health(self.inside is not None)

    async def participants(self, room: Room) -> Presence:
        self.looks += 1
        if self.inside is None:
            raise Unavailable("It does not answer.")
        return Presence(self.inside, None, self.meeting)


class Watching:
    """One room in use of one such vendor."""

    def __init__(self, store: Store, standup: Room) -> None:
        self.clock = MovableClock(NOON)
        self.vendor, self.standup, self.store = Looked(), standup, store
        self.roster = Roster(store, self.clock)
        self.stale: list[str] = []
        self.polls = Polls(store, self.roster, {"meetings": self.vendor}, self.clock, self.stale.append)

    async def look(self, *names: str, after: timedelta = BETWEEN_LOOKS) -> Presence:
        self.clock.advance(after)
        self.vendor.inside = tuple(Participant(name, name.title()) for name in names)
        await self.polls.look()
        return self.roster.presence("meetings", self.standup.vendor_id)


@pytest.fixture
async def watching(tmp_path: Path) -> AsyncIterator[Watching]:
    async with opened(tmp_path) as store:
        standup = await room(store, backend="meetings")
        async with store.db.begin() as tx:
            await store.links.add(
                tx, room_id=standup.id, person=ANN, user_id="u-1", name="Ann", claims=None, expires_at=None
            )
        yield Watching(store, standup)


def ids(presence: Presence) -> list[str] | None:
    return None if presence.participants is None else [one.id for one in presence.participants]


async def test_what_is_seen_from_one_look_to_the_next_becomes_a_meeting_with_its_duration(watching: Watching) -> None:
    assert ids(await watching.look()) is None, "nobody in is no news about a room of which nothing was known"
    began = await watching.look("ann")
    assert ids(began) == ["ann"]
    assert began.meeting == Meeting(str(round(watching.clock.now().timestamp())), watching.clock.now())
    assert ids(await watching.look("ann", "bob")) == ["ann", "bob"]
    assert ids(await watching.look("bob")) == ["bob"]
    assert ids(await watching.look("ann", "bob")) == ["bob", "ann"], "who comes back under the same id is in"
    over = await watching.look()
    assert over.empty
    assert over.last is not None
    assert over.last.ended_at == watching.clock.now()
    assert over.last.started_at == watching.clock.now() - 4 * BETWEEN_LOOKS


async def test_since_when_is_not_claimed_for_a_meeting_that_ran_before_the_first_look(watching: Watching) -> None:
    seen = await watching.look("ann")
    assert seen.meeting is not None
    assert seen.meeting.started_at is None


async def test_a_room_is_looked_at_while_it_is_in_use_and_no_longer(watching: Watching) -> None:
    await watching.look("ann")
    await watching.look("ann", after=timedelta(hours=3))
    assert watching.vendor.looks == 2, "a meeting that runs is looked at however long ago the last link was fetched"
    await watching.look()
    await watching.look()
    assert watching.vendor.looks == 3, "the link was fetched too long ago, and nobody is in"


async def test_a_vendor_that_does_not_answer_changes_nothing(watching: Watching) -> None:
    before = await watching.look("ann")
    watching.vendor.inside = None
    watching.clock.advance(BETWEEN_LOOKS)
    await watching.polls.look()
    assert watching.roster.presence("meetings", watching.standup.vendor_id) == before


async def test_a_card_that_says_the_same_for_long_is_dated_anew(watching: Watching) -> None:
    await watching.look("ann")
    await watching.look("ann")
    assert watching.stale == []
    await watching.look("ann", after=STALE)
    assert watching.stale == [watching.standup.id]


async def test_a_look_names_a_meeting_as_the_event_sink_does_and_joins_the_one_that_was_told(
    watching: Watching,
) -> None:
    began = NOON - timedelta(minutes=3)
    watching.vendor.meeting = Meeting("a-uuid-of-the-api", began)
    seen = await watching.look("ann")
    assert seen.meeting == Meeting(str(round(began.timestamp())), began)
    told = Meeting("m7", None)
    await watching.roster.apply("meetings", [MeetingStarted("k", watching.standup.vendor_id, told, NOON)])
    newer = await watching.look("ann")
    assert newer.meeting is not None


PEOPLE = st.sets(st.sampled_from(["ann", "bob", "eve", "max"]))


@given(st.lists(PEOPLE, max_size=8))
def test_after_every_look_the_roster_shows_exactly_who_was_seen(looks: list[set[str]]) -> None:
    standup = Room("r1", "meetings", "standup", "7", "standup", "", None, NOON)
    instances: dict[str, object] = {}
    known, ever = Presence(None, None), frozenset[str]()
    for number, names in enumerate(looks):
        at = NOON + number * BETWEEN_LOOKS
        seen = Presence(tuple(Participant(name, name) for name in sorted(names)), at)
        for event in differences(standup, known, seen, at, back=ever):
            instances[event.meeting.id] = reduced(instances.get(event.meeting.id), "meetings", event)[0]  # type: ignore[arg-type]
        newest = list(instances.values())[-1] if instances else None
        inside = newest.inside if newest else ()  # type: ignore[attr-defined]
        assert {one.id for one in inside} == names
        running = newest is not None and newest.meeting.ended_at is None  # type: ignore[attr-defined]
        known = Presence(inside, at, newest.as_meeting if running else None)  # type: ignore[attr-defined]
        ever |= names


def test_who_waits_before_the_door_is_not_in() -> None:
    standup = Room("r1", "pexip", "standup", "7", "standup", "", None, NOON)
    seen = Presence((Participant("ann", "Ann", waiting=True),), NOON)
    assert differences(standup, Presence((), NOON), seen, NOON) == []


def test_a_report_that_was_lost_is_made_good_by_a_look() -> None:
    standup = Room("r1", "pexip", "standup", "7", "standup", "", None, NOON)
    known = Presence((Participant("ann", "Ann"),), NOON, Meeting("m1", NOON))
    seen = Presence((Participant("bob", "Bob", joined_at=_at(2)),), _at(5), Meeting("api", NOON))
    left, joined = differences(standup, known, seen, _at(5))
    assert isinstance(left, ParticipantLeft)
    assert isinstance(joined, ParticipantJoined)
    assert (left.participant_id, left.at, left.meeting.id) == ("ann", _at(5), "m1")
    assert (joined.participant.id, joined.at) == ("bob", _at(2))


def test_a_back_end_without_events_is_one_that_is_looked_at() -> None:
    assert issubclass(OpenMeetings, ListsParticipants)


def _at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)
