"""lock, unlock, set, end and delete: what holds people out, what changes, what goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault
from bot.play.vendors.openmeetings import EntryRefused
from tests.fakes.speaking import OPS, answer, come_in, labels, pressed, says
from tests.fakes.world import GRANTS, World, world

TWO_ADMINISTRATORS = GRANTS + '[[grants]]\nrole = "ADMINISTRATOR"\nusers = ["U0MAYA"]\n'


async def test_a_locked_room_gives_nobody_a_link_by_any_way(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    await w.enter(MAX, "standup")
    locked = await answer(w, MIA, OPS, "lock standup")
    assert "1 link is out and still opens the room, the last until" in text_of(locked)
    assert "1 person stays in" in text_of(locked)
    for person in (MIA, MAX, OMAR):
        assert "standup is locked" in await says(w, person, OPS, "join standup")
    assert "standup is locked" in text_of(await pressed(w, MAX, card, "Join"))
    assert "standup is locked" in await says(w, MIA, OPS, 'invite standup "John Doe"')
    assert "already so" in await says(w, MIA, OPS, "lock standup")
    await pressed(w, MIA, locked, "Unlock")
    assert "Open" in await says(w, MAX, OPS, "join standup")
    assert "already so" in await says(w, MIA, OPS, "unlock standup")


async def test_openmeetings_own_lock_goes_with_it_and_keeps_out_links_that_are_out(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    await come_in(w, MAX, "review")
    link = w.link_of(await answer(w, MAX, OPS, "join review"))
    told = await says(w, MIA, OPS, "lock review")
    assert "meetings lets nobody in" in told
    assert "Nobody is in." in told
    with pytest.raises(EntryRefused):
        w.meetings.join(link.partition("secure=")[2].partition("&")[0])
    await answer(w, MIA, OPS, "unlock review")
    await come_in(w, MAX, "review")


async def test_a_lock_that_the_vendor_did_not_take_says_what_holds_and_can_be_tried_again(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    await answer(w, MIA, OPS, "join review")
    w.meetings.faults.add(Fault(status=400, acts=False))
    half = await answer(w, MIA, OPS, "lock review")
    assert "I give out no links for meetings/review any more, but its own lock is not on" in text_of(half)
    assert labels(half) == ["Unlock"]
    assert "review is locked" in await says(w, MAX, OPS, "join review")
    assert not w.meetings.rooms.by_id[2]["closed"]
    assert "already so" in await says(w, MIA, OPS, "lock review")
    assert w.meetings.rooms.by_id[2]["closed"]


async def test_a_room_closed_by_set_gives_no_link_until_it_is_opened(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    card = await w.posted(OPS, "made by")
    assert "closed=yes" in await says(w, OMAR, OPS, "set review closed=yes")
    for told in (await says(w, MIA, OPS, "join review"), text_of(await pressed(w, MAX, card, "Join"))):
        assert "refused" in told
        assert "review is locked: no links are given out until somebody unlocks it" in told
    await answer(w, OMAR, OPS, "set review closed=no")
    await come_in(w, MAX, "review")
    await answer(w, OMAR, OPS, "set review closed=yes")
    await answer(w, MIA, OPS, "unlock review")
    await come_in(w, MAX, "review")


async def test_set_changes_what_was_named_and_loses_nothing_else(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review type=presentation capacity=9 comment=weekly moderated=yes")
    before = dict(w.meetings.rooms.by_id[2])
    assert "capacity=12, recording=YES" in await says(w, OMAR, OPS, "set review capacity=12 Recording=YES")
    assert w.meetings.rooms.by_id[2] == before | {"capacity": 12, "allowRecording": True}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("set review", "Say what to change. On meetings: name=, type=, capacity="),
        ("set review colour=red", "has no colour= here; it takes name="),
        ("set review capacity=many", "capacity= is a number from 1 to 99999"),
        ("set review closed=maybe", "closed= is yes or no"),
        ("set review type=party", "type= is conference, presentation or interview"),
        ("set review type=interveiw", "Did you mean interview?"),
        ("set review type=interview type=interview", "type= is given twice"),
    ],
)
async def test_a_setting_that_is_not_understood_changes_nothing(w: World, line: str, problem: str) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    before = dict(w.meetings.rooms.by_id[2])
    told = await says(w, OMAR, OPS, line)
    assert "invalid" in told
    assert problem in told
    assert w.meetings.rooms.by_id[2] == before


async def test_a_jaas_room_keeps_its_policy_and_8x8_is_told_at_the_next_meeting(w: World) -> None:
    await answer(w, MIA, OPS, "create standup max=2 pin=4711")
    assert "pin=…" in await says(w, OMAR, OPS, "set standup lobby=moderator pin=1234")
    await w.enter(MIA, "standup")
    [meeting] = w.jaas.meetings.running.values()
    assert meeting.settings == {
        "lobbyEnabled": True,
        "lobbyType": "WAIT_FOR_MODERATOR",
        "passcode": "1234",
        "maxOccupants": 2,
    }


async def test_ending_asks_first_how_many_people_are_in_and_says_how_they_can_come_back(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    assert "already so" in await says(w, MIA, OPS, "end review")
    await come_in(w, MIA, "review")
    await come_in(w, MAX, "review")
    asked = await answer(w, MIA, OPS, "end review")
    assert "2 people are in" in text_of(asked)
    assert len(w.meetings.people()) == 2
    ended = text_of(await pressed(w, MIA, asked, "End"))
    assert "They can come back through Join; lock the room to keep them out." in ended
    assert w.meetings.people() == []
    await come_in(w, MAX, "review")
    await answer(w, MIA, OPS, "lock review")
    assert "refused" in await says(w, MAX, OPS, "join review")


async def test_ones_own_idle_room_is_deleted_at_once_and_its_name_is_free_again(w: World) -> None:
    for backend in ("jaas", "meetings"):
        await answer(w, OMAR, OPS, f"create {backend}/mine quiet=yes")
        assert f"Deleted {backend}/mine" in await says(w, OMAR, OPS, f"delete {backend}/mine")
        assert "not found" in await says(w, OMAR, OPS, f"show {backend}/mine")
        assert "Made" in await says(w, OMAR, OPS, f"create {backend}/mine")


async def test_a_room_with_people_in_it_or_of_somebody_else_waits_for_an_approval(w: World) -> None:
    await answer(w, OMAR, OPS, "create mine")
    await answer(w, MIA, OPS, "create meetings/hers")
    await w.enter(MAX, "mine")
    await answer(w, OMAR, OPS, "create meetings/busy")
    await come_in(w, MAX, "busy")
    for name in ("mine", "hers", "busy"):
        assert "Asked for approval" in await says(w, OMAR, OPS, f"delete {name}")
    assert 2 in w.meetings.rooms.by_id
    await w.click(SARA, await w.posted(OPS, "Delete meetings/hers for good"), "Approve")
    await w.until(lambda: 2 not in w.meetings.rooms.by_id)


async def test_several_rooms_at_once_need_two_others_and_a_failure_is_named_while_the_rest_goes(tmp_path: Path) -> None:
    async with world(tmp_path, grants=TWO_ADMINISTRATORS) as w:
        for name in ("meetings/one", "meetings/two", "three"):
            await answer(w, OMAR, OPS, f"create {name}")
        assert "Needs 2 other people" in await says(w, OMAR, OPS, "delete one two three")
        card = await w.posted(OPS, "Approval: delete")
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "approved by"))
        w.meetings.faults.add(Fault(status=400, acts=False))
        await w.click("U0MAYA", card, "Approve")
        await w.until(lambda: w.says(card, "Deleted *meetings/two*, *jaas/three*"))
        assert w.says(card, "Not deleted: *meetings/one* (meetings did not understand the request")
        assert set(w.meetings.rooms.by_id) == {1, 2}


async def test_several_rooms_are_refused_at_once_where_two_others_can_never_agree(w: World) -> None:
    await answer(w, OMAR, OPS, "create one")
    await answer(w, OMAR, OPS, "create two")
    assert "Nobody could ever approve this" in await says(w, OMAR, OPS, "delete one two")
