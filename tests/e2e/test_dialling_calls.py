"""A call from its placing to its end: into an empty room, out of sight, confirmed, hung up, cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from bot.play.vendors.jaas import Fault
from tests.fakes.asking import E164, MASKED, NUMBER, OPS, asked, ended, labels, standup, trail
from tests.fakes.speaking import says
from tests.fakes.world import World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"
HUNG_UP = "HANG_UP_CALL"


async def emptied(w: World) -> None:
    """Somebody was in, so that the bot knows that nobody is now."""
    present = await w.enter(MAX, "standup")
    [room] = w.jaas.meetings.running
    w.jaas.leave(room, present.participant_id)
    await w.jaas.webhooks.settled()


async def rung(w: World, name: str = "oncall") -> Message:
    """The public answer to a number of the book."""
    before = len(w.slack.workspace.messages(OPS))
    await w.slash(OMAR, OPS, f"dial standup {name}")
    found = await w.until(lambda: w.slack.workspace.messages(OPS)[before:])
    return found[0]


def numbers(w: World, action: str) -> list[str]:
    """The numbers that 8x8 was told to dial or hang up."""
    return [call.payload["phoneNo"] for call in w.sent(action)]


async def test_a_call_into_an_empty_room_waits_and_is_confirmed_on_the_same_message_when_somebody_joins(
    w: World,
) -> None:
    await standup(w)
    await emptied(w)
    card = await asked(w, DIAL)
    assert "Nobody is in." in text_of(card)
    await w.click(SARA, card, "Approve")
    said = await ended(w, card, "queued")
    assert f"*{MASKED}* will be rung when somebody joins" in said
    assert labels(w, card) == ["Cancel call"]
    await w.enter(MIA, "standup")
    assert f"*{MASKED}* is in *jaas/standup*" in await ended(w, card, "confirmed")
    assert labels(w, card) == ["Hang up"]
    assert numbers(w, DIALLED) == [E164]


async def test_a_call_that_waits_is_cancelled_before_anybody_hears_it(w: World) -> None:
    await standup(w)
    await emptied(w)
    card = await asked(w, DIAL)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "queued")
    await w.click(OMAR, card, "Cancel call")
    assert f"by <@{OMAR}>" in await ended(w, card, "cancelled")
    assert labels(w, card) == []
    assert numbers(w, HUNG_UP) == [E164]
    await w.enter(MIA, "standup")
    assert w.jaas.meetings.ringing == []


async def test_a_number_of_the_book_waits_for_an_empty_room_just_the_same(w: World) -> None:
    await standup(w)
    await emptied(w)
    answer = await rung(w)
    assert "*queued*" in text_of(answer)
    assert list(buttons_of(answer)) == ["Cancel call"]
    await w.enter(MIA, "standup")
    assert f"by <@{OMAR}>" in await ended(w, answer, "confirmed")
    assert labels(w, answer) == ["Hang up"]


async def test_into_a_room_that_cannot_be_seen_it_is_said_that_it_may_ring_later(w: World) -> None:
    await standup(w)
    answer = await rung(w)
    assert "*accepted*" in text_of(answer)
    assert "I can't see who is in; if nobody is, it rings when somebody joins" in text_of(answer)
    assert list(buttons_of(answer)) == ["Cancel call"]
    await w.click(OMAR, answer, "Cancel call")
    await ended(w, answer, "cancelled")


async def test_a_phone_that_picks_up_before_8x8_has_answered_is_confirmed_all_the_same(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.jaas.faults.add(Fault(stall=0.15))
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")


async def test_a_phone_that_nobody_picks_up_stays_accepted(w: World) -> None:
    await standup(w, MIA)
    w.jaas.meetings.unanswered.add(E164)
    card = await asked(w, DIAL)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "accepted")
    assert labels(w, card) == ["Hang up"]
    w.jaas.meetings.unanswered.clear()
    await ended(w, card, "confirmed")


async def test_dialled_from_a_direct_message_it_is_confirmed_there(w: World) -> None:
    await standup(w, MIA)
    direct = w.slack.workspace.open_im(OMAR).id
    await w.slash(OMAR, direct, "dial standup oncall")
    await w.told(OMAR, "*accepted*")
    await w.told(OMAR, "*confirmed*")
    assert len(w.slack.workspace.messages(OPS)) == 1


@pytest.mark.parametrize("number", ["OnCall", "+33 6 12 34 56 78", "+33612345678"])
async def test_a_call_is_hung_up_by_its_number_or_by_its_name_in_the_book(w: World, number: str) -> None:
    await standup(w, MIA)
    answer = await rung(w)
    await ended(w, answer, "confirmed")
    said = await says(w, OMAR, OPS, f"hangup standup {number}")
    assert "Hung up *+33 61… 678* in *jaas/standup*" in said
    assert numbers(w, HUNG_UP) == ["+33612345678"]
    await w.posted(OPS, "*confirmed* · Hung up")


async def test_a_phone_that_is_out_before_8x8_has_answered_is_confirmed_all_the_same(w: World) -> None:
    await standup(w, MIA)
    await ended(w, await rung(w), "confirmed")
    w.jaas.faults.add(Fault(stall=0.15))
    await says(w, OMAR, OPS, "hangup standup oncall")
    await w.posted(OPS, "*confirmed* · Hung up")


@pytest.mark.parametrize("person", [MAX, VERA])
async def test_the_buttons_of_a_call_do_nothing_for_those_who_may_not(w: World, person: str) -> None:
    await standup(w, MIA)
    answer = await rung(w)
    await ended(w, answer, "confirmed")
    await w.click(person, answer, "Hang up")
    assert "You can't hang up calls here" in text_of(await w.told(person, "*refused*"))
    assert w.sent(HUNG_UP) == []


@pytest.mark.parametrize("person", [SARA, MIA])
async def test_an_administrator_and_the_rooms_owner_may_hang_up_by_the_button(w: World, person: str) -> None:
    await standup(w, MIA)
    answer = await rung(w)
    await ended(w, answer, "confirmed")
    await w.click(person, answer, "Hang up")
    await w.posted(OPS, f"Hung up *+33 61… 678* in *jaas/standup*. · by <@{person}>")
    assert numbers(w, HUNG_UP) == ["+33612345678"]


async def test_hanging_up_what_does_not_ring_changes_nothing(w: World) -> None:
    await standup(w, MIA)
    assert "*already so*" in await says(w, OMAR, OPS, f"hangup standup {NUMBER}")


async def test_a_part_of_a_number_hangs_up_nobody(w: World) -> None:
    await standup(w, MIA)
    await rung(w)
    for part in ("+33", "+336123", "678"):
        assert "*invalid*" in await says(w, OMAR, OPS, f"hangup standup {part}")
    assert w.sent(HUNG_UP) == []


async def test_two_calls_to_the_same_number_are_both_cancelled_by_one_hangup(w: World) -> None:
    await standup(w)
    await emptied(w)
    first, second = await rung(w), await rung(w)
    await says(w, OMAR, OPS, "hangup standup oncall")
    for answer in (first, second):
        await ended(w, answer, "cancelled")


async def test_a_name_that_8x8_cannot_show_is_said_and_not_sent(w: World) -> None:
    await standup(w, MIA)
    said = await says(w, OMAR, OPS, "dial standup oncall name=Ann")
    assert "jaas can't show a name for a phone" in said
    [call] = w.sent(DIALLED)
    assert set(call.payload) == {"conferenceFullName", "phoneNo"}


async def test_where_nobody_can_dial_those_who_can_are_named(w: World) -> None:
    await standup(w, handle="meetings/retro", by=OMAR)
    said = await says(w, OMAR, OPS, f"dial retro {NUMBER}")
    assert "*not supported*" in said
    assert "meetings can't dial: its web services place no calls. Able: jaas" in said


async def test_the_audit_tells_of_a_call_from_asking_to_hanging_up(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await standup(w, MIA)
        card = await asked(w, f'{DIAL} why="the customer waits"')
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")
        await says(w, OMAR, OPS, f"hangup standup {NUMBER}")
    rows = trail(w, "dial", "approve dial", "hangup")
    assert [(row.actor, row.action, row.outcome, row.approvers) for row in rows] == [
        (OMAR, "dial", "pending", ()),
        (SARA, "approve dial", "counted", ()),
        (OMAR, "dial", "accepted", (SARA,)),
        (OMAR, "dial", "confirmed", (SARA,)),
        (OMAR, "hangup", "accepted", ()),
    ]
    assert {row.room for row in rows} == {"jaas/standup"}
    assert rows[0].reason == "the customer waits"
