"""What was approved is carried out for that very room and that very meeting, or not at all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA
from tests.fakes.asking import NUMBER, OPS, asked, ended, standup
from tests.fakes.speaking import come_in, says
from tests.fakes.world import DIALING, World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"
KICK_AND_END = f"""{DIALING}
[[approvals]]
commands = ["kick", "end"]
"""


async def room_gone(w: World, handle: str = "standup") -> None:
    """Its owner deletes the room."""
    await w.slash(OMAR, OPS, f"delete {handle}")
    await w.posted(OPS, f"Deleted *jaas/{handle}*")


async def everybody_out(w: World) -> None:
    """The meeting ends at 8x8, and the bot hears of it."""
    for meeting in list(w.jaas.meetings.running):
        w.jaas.meetings.end(meeting)
    await w.jaas.webhooks.settled()


async def test_a_room_that_was_deleted_meanwhile_is_not_rung_into(w: World) -> None:
    await standup(w, by=OMAR)
    card = await asked(w, DIAL)
    await room_gone(w)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "not found")
    assert w.sent(DIALLED) == []


async def test_another_room_under_the_same_handle_is_not_the_one_that_was_approved(w: World) -> None:
    await standup(w, by=OMAR)
    card = await asked(w, DIAL)
    await room_gone(w)
    await standup(w, by=OMAR)
    await w.click(SARA, card, "Approve")
    assert "not the one that was approved; ask again" in await ended(w, card, "refused")
    assert w.sent(DIALLED) == []


async def test_of_several_rooms_none_is_deleted_when_one_is_another_by_now(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await standup(w, by=OMAR)
    await standup(w, by=OMAR, handle="retro")
    card = await asked(w, "delete standup retro")
    await room_gone(w)
    await standup(w, by=OMAR)
    for person in (SARA, MAX):
        await w.click(person, card, "Approve")
    assert "not the one that was approved" in await ended(w, card, "refused")
    for handle in ("standup", "retro"):
        assert f"jaas/{handle}" in await says(w, OMAR, OPS, f"show {handle}")


async def test_a_call_for_a_meeting_that_ended_is_not_placed(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await everybody_out(w)
    await w.click(SARA, card, "Approve")
    said = await ended(w, card, "refused")
    assert "That meeting ended at <!date^" in said
    assert "; ask again." in said
    assert "ask again" in text_of(await w.told(OMAR, "That meeting ended at"))
    assert w.sent(DIALLED) == []


async def test_a_new_meeting_in_the_same_room_is_not_the_one_it_was_approved_for(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await everybody_out(w)
    w.clock.advance(timedelta(minutes=1))
    await w.enter(MAX, "standup")
    await w.click(SARA, card, "Approve")
    assert "That meeting ended at" in await ended(w, card, "refused")
    assert w.sent(DIALLED) == []


async def test_an_end_that_was_never_reported_is_seen_from_the_meeting_after_it(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    url, w.jaas.webhooks.url = w.jaas.webhooks.url, None
    await everybody_out(w)
    w.jaas.webhooks.url = url
    w.clock.advance(timedelta(minutes=1))
    await w.enter(MAX, "standup")
    await w.click(SARA, card, "Approve")
    assert "That meeting ended at" in await ended(w, card, "refused")
    assert w.sent(DIALLED) == []


async def test_what_was_asked_for_an_empty_room_holds_for_the_meeting_that_begins(w: World) -> None:
    await standup(w)
    card = await asked(w, DIAL)
    await w.enter(MIA, "standup")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    assert len(w.sent(DIALLED)) == 1


async def test_kicks_and_ends_are_bound_to_their_meeting_too(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=KICK_AND_END) as w:
        await standup(w, MIA, MAX)
        kick, end = await asked(w, "kick standup @max"), await asked(w, "end standup sure=yes")
        await everybody_out(w)
        w.clock.advance(timedelta(minutes=1))
        await w.enter(MIA, "standup")
        await w.enter(MAX, "standup")
        for card in (kick, end):
            await w.click(SARA, card, "Approve")
            await ended(w, card, "refused")
        assert w.sent("KICK_PARTICIPANT") == w.sent("DESTROY") == []


async def test_a_meeting_without_an_id_of_its_own_is_over_when_its_room_is_empty(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=KICK_AND_END) as w:
        await standup(w, handle="meetings/retro", by=OMAR)
        present = await come_in(w, OMAR, "retro")
        card = await asked(w, "end retro sure=yes")
        assert w.meetings.leave(str(present.room_id), present.uid)
        await w.click(SARA, card, "Approve")
        said = await ended(w, card, "refused")
        assert "That meeting ended; ask again" in said
