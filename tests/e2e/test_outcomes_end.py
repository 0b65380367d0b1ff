"""Ending a meeting: the question first, the meeting after, and no call left waiting."""

from __future__ import annotations

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, VERA
from bot.play.vendors.jaas import Fault
from tests.fakes.asking import OPS, ended, standup
from tests.fakes.speaking import come_in, pressed, says
from tests.fakes.world import World

DESTROY = "DESTROY"


async def test_it_is_asked_first_how_many_are_in_and_the_button_ends_it(w: World) -> None:
    await standup(w, MIA, MAX)
    await w.slash(OMAR, OPS, "end standup")
    question = await w.told(OMAR, "End the meeting in *jaas/standup*? 2 people are in.")
    assert list(buttons_of(question)) == ["End"]
    assert w.sent(DESTROY) == []
    said = text_of(await pressed(w, OMAR, question, "End"))
    assert "Ended the meeting in *jaas/standup*" in said
    assert len(w.sent(DESTROY)) == 1
    await w.posted(OPS, "*confirmed* · Ended the meeting")


async def test_one_person_is_one_person(w: World) -> None:
    await standup(w, MIA)
    assert "1 person is in." in await says(w, OMAR, OPS, "end standup")


async def test_what_cannot_be_seen_is_not_called_empty(w: World) -> None:
    await standup(w)
    said = await says(w, OMAR, OPS, "end standup")
    assert "I can't see how many people are in" in said


async def test_an_empty_room_has_no_meeting_to_end(w: World) -> None:
    await standup(w, MIA)
    w.jaas.meetings.end(next(iter(w.jaas.meetings.running)))
    await w.jaas.webhooks.settled()
    said = await says(w, OMAR, OPS, "end standup")
    assert "*already so* · Nobody is in jaas/standup; there is no meeting to end." in said
    assert w.sent(DESTROY) == []


async def test_a_meeting_that_ended_between_question_and_button_is_already_so(w: World) -> None:
    await standup(w, MIA)
    await w.slash(OMAR, OPS, "end standup")
    question = await w.told(OMAR, "1 person is in")
    w.jaas.meetings.end(next(iter(w.jaas.meetings.running)))
    await w.jaas.webhooks.settled()
    assert "*already so*" in text_of(await pressed(w, OMAR, question, "End"))


async def test_the_owner_may_end_it_and_others_without_the_permission_may_not(w: World) -> None:
    await standup(w, MIA)
    for person in (MAX, VERA):
        assert "You can't end meetings here" in await says(w, person, OPS, "end standup sure=yes")
    assert w.sent(DESTROY) == []
    assert "Ended the meeting" in await says(w, MIA, OPS, "end standup sure=yes")


async def test_calls_that_wait_for_somebody_are_cancelled_with_it(w: World) -> None:
    room = await standup(w, MIA)
    w.jaas.meetings.end(next(iter(w.jaas.meetings.running)))
    await w.jaas.webhooks.settled()
    await w.slash(OMAR, OPS, "dial standup oncall")
    call = await w.posted(OPS, "*queued*")
    said = await says(w, OMAR, OPS, "end standup sure=yes")
    assert "Cancelled 1 waiting call." in said
    assert "hung up by" in await ended(w, call, "cancelled")
    assert list(w.jaas.meetings.queued.values()) == [[]]
    assert list(buttons_of(w.now(room))) == ["Join"]


async def test_a_call_that_cannot_be_cancelled_is_said_beside_the_end(w: World) -> None:
    await standup(w, MIA)
    w.jaas.meetings.end(next(iter(w.jaas.meetings.running)))
    await w.jaas.webhooks.settled()
    await w.slash(OMAR, OPS, "dial standup oncall")
    await w.posted(OPS, "*queued*")
    w.jaas.faults.add(Fault())
    w.jaas.faults.add(Fault(status=500, acts=False), times=3)
    said = await says(w, OMAR, OPS, "end standup sure=yes")
    assert "A call to +33 61… 678 may still ring" in said


async def test_where_everybody_is_sent_out_it_is_said_that_they_can_come_back(w: World) -> None:
    await standup(w, handle="meetings/retro", by=OMAR)
    await come_in(w, OMAR, "retro")
    said = await says(w, OMAR, OPS, "end retro sure=yes")
    assert "They can come back through Join; lock the room to keep them out." in said
    assert w.meetings.people() == []
