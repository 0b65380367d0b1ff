"""Who is in, as reported: the same whatever the order, however often, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.capabilities import Event, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.clock import MovableClock
from bot.model import Medium, Meeting, Participant, Presence
from bot.roster import Roster, reduced
from bot.store import Store
from tests.fakes.storage import ANN, NOON, opened

pytestmark = pytest.mark.engines

ROOM = "standup-x7f3"


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def started(meeting: str, minute: float) -> MeetingStarted:
    return MeetingStarted(f"s{meeting}{minute}", ROOM, Meeting(meeting, at(minute)), at(minute))


def ended(meeting: str, minute: float) -> MeetingEnded:
    return MeetingEnded(f"e{meeting}{minute}", ROOM, Meeting(meeting, None, at(minute)), at(minute))


def joined(who: str, minute: float, *, meeting: str = "m1", **more: object) -> ParticipantJoined:
    participant = Participant(who, who.title(), joined_at=at(minute), **more)  # type: ignore[arg-type]
    return ParticipantJoined(f"j{meeting}{who}{minute}", ROOM, Meeting(meeting, None), at(minute), participant)


def left(who: str, minute: float, *, meeting: str = "m1", kicked: bool = False) -> ParticipantLeft:
    return ParticipantLeft(f"l{meeting}{who}{minute}", ROOM, Meeting(meeting, None), at(minute), who, kicked)


def names(presence: Presence) -> list[str] | None:
    return None if presence.participants is None else [one.name for one in presence.participants]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path) as kept:
        yield kept


@pytest.fixture
def roster(store: Store) -> Roster:
    return Roster(store, MovableClock(NOON))


async def test_who_is_in_is_unknown_until_the_back_end_has_reported_something(roster: Roster) -> None:
    presence = roster.presence("jaas", ROOM)
    assert names(presence) is None
    assert not presence.empty
    assert presence.why_unknown == "jaas has not reported anything yet."
    await roster.apply("jaas", [started("m1", 0)])
    assert names(roster.presence("jaas", ROOM)) == []
    assert roster.presence("jaas", "another room").empty
    assert names(roster.presence("pexip", ROOM)) is None


async def test_people_come_and_go(roster: Roster) -> None:
    await roster.apply("jaas", [started("m1", 0), joined("ann", 1), joined("bob", 2)])
    assert names(roster.presence("jaas", ROOM)) == ["Ann", "Bob"]
    assert roster.meeting_now("jaas", ROOM) == Meeting("m1", at(0))
    await roster.apply("jaas", [left("ann", 3)])
    presence = roster.presence("jaas", ROOM)
    assert names(presence) == ["Bob"]
    assert presence.as_of == at(3)
    await roster.apply("jaas", [ended("m1", 4)])
    assert roster.presence("jaas", ROOM).empty
    assert roster.meeting_now("jaas", ROOM) is None
    assert roster.ended_at("jaas", ROOM, "m1") == at(4)


async def test_who_left_is_still_known_by_the_id_of_that_presence(roster: Roster) -> None:
    await roster.apply("jaas", [joined("ann", 1, user_id="u-1"), ended("m1", 2), joined("bob", 3, meeting="m2")])
    known = roster.participant("jaas", ROOM, "ann")
    assert known is not None
    assert known.user_id == "u-1"
    assert roster.participant("jaas", ROOM, "eve") is None
    assert roster.participant("jaas", "another room", "ann") is None


async def test_two_of_one_name_are_two(roster: Roster) -> None:
    twice = [joined("ann", 1), joined("ann-again", 2)]
    await roster.apply("jaas", twice)
    await roster.apply("jaas", [left("ann", 3)])
    (one,) = roster.presence("jaas", ROOM).participants or ()
    assert one.id == "ann-again"


async def test_a_leaving_that_is_reported_before_its_joining_still_counts(roster: Roster) -> None:
    await roster.apply("jaas", [left("ann", 2)])
    await roster.apply("jaas", [joined("ann", 1)])
    assert roster.presence("jaas", ROOM).empty


async def test_somebody_who_comes_back_under_the_same_id_is_in(roster: Roster) -> None:
    await roster.apply("jaas", [joined("ann", 1), left("ann", 2), joined("ann", 3)])
    assert names(roster.presence("jaas", ROOM)) == ["Ann"]


async def test_a_late_joining_does_not_reopen_an_ended_meeting(roster: Roster) -> None:
    await roster.apply("jaas", [ended("m1", 5), joined("ann", 1)])
    assert roster.presence("jaas", ROOM).empty


async def test_a_room_used_again_is_another_meeting(roster: Roster) -> None:
    await roster.apply("jaas", [joined("ann", 1), ended("m1", 2), joined("bob", 3, meeting="m2"), left("ann", 4)])
    assert names(roster.presence("jaas", ROOM)) == ["Bob"]
    assert roster.meeting_now("jaas", ROOM) == Meeting("m2", None)
    assert roster.ended_at("jaas", ROOM, "m2") is None


async def test_a_meeting_whose_end_was_never_reported_ended_when_the_next_began(roster: Roster) -> None:
    await roster.apply("jaas", [joined("ann", 1), joined("bob", 9, meeting="m2")])
    assert roster.ended_at("jaas", ROOM, "m1") == at(9)
    assert names(roster.presence("jaas", ROOM)) == ["Bob"]


async def test_nothing_is_said_about_a_meeting_nobody_reported(roster: Roster) -> None:
    assert roster.ended_at("jaas", ROOM, "m1") is None
    assert roster.meeting_now("jaas", ROOM) is None


async def test_a_participant_with_a_link_of_the_bot_is_made_out(store: Store, roster: Roster) -> None:
    user_id = await store.people.user_id_of(ANN)
    await roster.apply("jaas", [joined("ann", 1, user_id=user_id), joined("ann-2", 2, user_id="u-somebody")])
    verified, other = roster.presence("jaas", ROOM).participants or ()
    assert (verified.person, other.person) == (ANN, None)


async def test_a_restart_knows_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        roster = Roster(store, MovableClock(NOON))
        phone = joined("phone", 1, medium=Medium.PHONE, phone="+40747777777", moderator=False)
        await roster.apply("jaas", [started("m1", 0), phone, joined("ann", 2), left("ann", 3), left("early", 3)])
        await roster.apply("jaas", [joined("ann", 1, meeting="old"), ended("old", 1)])
        before = roster.presence("jaas", ROOM)
    async with opened(tmp_path) as store:
        roster = Roster(store, MovableClock(NOON))
        await roster.load()
        assert roster.presence("jaas", ROOM) == before
        await roster.apply("jaas", [joined("early", 2)])
        assert roster.presence("jaas", ROOM).participants == before.participants


async def test_meetings_of_long_ago_are_dropped_but_still_known_to_be_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        roster = Roster(store, MovableClock(NOON))
        await roster.apply("jaas", [joined("ann", 1), ended("m1", 2), joined("bob", 3, meeting="m2")])
    async with opened(tmp_path) as store:
        roster = Roster(store, MovableClock(NOON + timedelta(days=40)))
        await roster.load()
        assert [meeting.id for meeting, _ in await store.meetings.all()] == ["m2"]
        assert roster.ended_at("jaas", ROOM, "m1") == at(3)
        assert names(roster.presence("jaas", ROOM)) == ["Bob"]


async def test_they_are_dropped_while_the_process_runs_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        clock = MovableClock(NOON)
        roster = Roster(store, clock)
        await roster.apply("jaas", [joined("ann", 1), ended("m1", 2), joined("bob", 3, meeting="m2")])
        await roster.forget_old()
        assert len(await store.meetings.all()) == 2
        clock.advance(timedelta(days=40))
        await roster.forget_old()
        assert [meeting.id for meeting, _ in await store.meetings.all()] == ["m2"]
        assert names(roster.presence("jaas", ROOM)) == ["Bob"]


async def test_a_report_that_comes_twice_is_told_once(roster: Roster) -> None:
    told: list[tuple[str, str]] = []
    roster.subscribe(lambda backend, event: told.append((backend, event.key)))
    for _twice in range(2):
        await roster.apply("jaas", [joined("ann", 1), left("ann", 2)])
    await roster.apply("pexip", [joined("ann", 1)])
    assert told == [("jaas", "jm1ann1"), ("jaas", "lm1ann2"), ("pexip", "jm1ann1")]


async def test_who_waits_for_a_report_sees_it_at_once(roster: Roster) -> None:
    await roster.apply("jaas", [joined("ann", 1)])
    waiting = asyncio.create_task(roster.wait_for(lambda: roster.presence("jaas", ROOM).empty, 90))
    await asyncio.sleep(0)
    await roster.apply("jaas", [joined("bob", 2), left("bob", 3)])
    assert not waiting.done()
    await roster.apply("jaas", [left("ann", 4, kicked=True)])
    async with asyncio.timeout(5):
        assert await waiting
    assert await roster.wait_for(lambda: True, 0)


async def test_waiting_ends_when_its_time_is_over(store: Store) -> None:
    clock = MovableClock(NOON)
    roster = Roster(store, clock)
    waiting = asyncio.create_task(roster.wait_for(lambda: False, 90))
    await asyncio.sleep(0)
    clock.advance(timedelta(seconds=90))
    async with asyncio.timeout(5):
        assert not await waiting


PEOPLE = st.sampled_from(["ann", "bob", "eve"])
MEETINGS = st.sampled_from(["m1", "m2"])
MINUTES = st.integers(0, 6)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(started, MEETINGS, MINUTES),
    st.builds(ended, MEETINGS, MINUTES),
    st.builds(lambda who, minute, meeting: joined(who, minute, meeting=meeting), PEOPLE, MINUTES, MEETINGS),
    st.builds(
        lambda who, minute, meeting, name: joined(who, minute, meeting=meeting, user_id=name),
        PEOPLE,
        MINUTES,
        MEETINGS,
        st.sampled_from(["u-1", "u-2"]),
    ),
    st.builds(
        lambda who, minute, meeting, kicked: left(who, minute, meeting=meeting, kicked=kicked),
        PEOPLE,
        MINUTES,
        MEETINGS,
        st.booleans(),
    ),
)


@given(st.lists(EVENTS, max_size=12), st.data())
def test_the_order_and_repetition_of_reports_make_no_difference(events: list[Event], data: st.DataObject) -> None:
    def after(reports: list[Event]) -> dict[str, object]:
        instances: dict[str, object] = {}
        for event in reports:
            before = instances.get(event.meeting.id)
            instances[event.meeting.id] = reduced(before, "jaas", event)[0]  # type: ignore[arg-type]
        return instances

    shuffled = data.draw(st.permutations(events))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    assert after([*shuffled, *repeated]) == after(events)
