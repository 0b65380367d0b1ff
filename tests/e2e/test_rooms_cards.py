"""Room cards stay true after they were posted: who is in, whether links are given out, whether the room is there."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from bot.play.slack import Message, text_of
from bot.play.slack.seed import MAX, MIA, OMAR
from tests.fakes.asking import running
from tests.fakes.speaking import OPS, TEAM, answer, come_in, labels, pressed
from tests.fakes.world import World, world

pytestmark = pytest.mark.engines


async def card_in(w: World, channel: str, line: str) -> Message:
    await answer(w, MIA, channel, line)
    return await w.posted(channel, "made by")


async def test_a_card_names_who_is_in_as_people_come_and_go(w: World) -> None:
    card = await card_in(w, OPS, "create standup")
    assert "Who is in: not known yet" in text_of(card)
    mia = await w.enter(MIA, "standup")
    await w.until(lambda: w.says(card, f"In now (1): <@{MIA}>"))
    await w.enter(MAX, "standup")
    await w.until(lambda: w.says(card, f"In now (2): <@{MIA}>, <@{MAX}>"))
    w.jaas.leave(next(iter(w.jaas.meetings.running)), mia.participant_id)
    await w.until(lambda: w.says(card, f"In now (1): <@{MAX}>"))
    assert labels(w.now(card)) == ["Join"]


async def test_once_8x8_has_reported_a_new_room_is_known_to_be_empty(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MIA, "standup")
    assert "Nobody is in" in text_of(await card_in(w, TEAM, "create retro"))
    assert "Nobody is in" in text_of(await card_in(w, "C0RANDOM", "start sync"))


async def test_every_card_of_a_room_is_kept_true_wherever_it_was_shared(w: World) -> None:
    first = await card_in(w, OPS, "create standup")
    await answer(w, MIA, OPS, "share standup #team")
    second = await w.posted(TEAM, "made by")
    await answer(w, MIA, OPS, "invite standup @max")
    third = await w.told(MAX, "made by")
    await w.enter(MIA, "standup")
    await w.until(lambda: all(w.says(card, "In now (1)") for card in (first, second, third)))


async def test_a_card_says_that_its_room_is_locked_and_when_it_is_open_again(w: World) -> None:
    card = await card_in(w, OPS, "create standup")
    locked = await answer(w, MIA, OPS, "lock standup")
    await w.until(lambda: w.says(card, "Locked: no links are given out"))
    await pressed(w, MIA, locked, "Unlock")
    await w.until(lambda: not w.says(card, "Locked"))


async def test_the_card_of_a_deleted_room_offers_no_join(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    omar = await w.enter(OMAR, "standup")
    await w.until(lambda: w.says(card, "In now"))
    w.jaas.leave(next(iter(w.jaas.meetings.running)), omar.participant_id)
    await w.until(lambda: w.says(card, "Nobody is in"))
    assert "Deleted" in text_of(await answer(w, OMAR, OPS, "delete standup"))
    await w.until(lambda: w.says(card, "Deleted"))
    assert labels(w.now(card)) == []


async def test_a_click_on_join_that_came_too_late_hears_that_the_room_is_gone(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    before = Message(card.channel, card.ts, card.user, card.text, blocks=list(card.blocks))
    await answer(w, OMAR, OPS, "delete standup")
    assert "That room was deleted" in text_of(await pressed(w, MAX, before, "Join"))


async def test_where_the_vendor_is_asked_a_card_says_how_old_it_is(w: World) -> None:
    card = await card_in(w, OPS, "create meetings/review")
    assert "Nobody is in. · as of" in text_of(card)
    await come_in(w, MIA, "review")
    await come_in(w, MAX, "review")
    await answer(w, MIA, OPS, "kick review @max")
    await w.until(lambda: w.says(card, f"In now (1): <@{MIA}> · as of"))


async def test_the_card_of_a_meeting_that_was_ended_says_so_also_where_the_vendor_is_asked(w: World) -> None:
    card = await card_in(w, OPS, "create meetings/review")
    await come_in(w, MIA, "review")
    await answer(w, MIA, OPS, "who review")
    await answer(w, MIA, OPS, "share review")
    later = await w.posted(OPS, "In now (1)")
    await answer(w, OMAR, OPS, "end review sure=yes")
    await w.until(lambda: all(w.says(one, "Nobody is in") for one in (card, later)))


async def test_a_card_never_holds_a_secret(w: World) -> None:
    card = await card_in(w, OPS, "create standup pin=987654")
    await w.enter(MIA, "standup")
    await w.until(lambda: w.says(card, "In now"))
    said = str([call.args for call in w.slack.workspace.calls if call.args.get("channel") == OPS])
    assert "987654" not in said
    assert "jwt" not in said


async def test_the_end_of_a_meeting_closes_the_card_with_its_duration_and_the_next_one_opens_it_again(w: World) -> None:
    card = await card_in(w, OPS, "create standup")
    assert "last meeting" not in text_of(card)
    mia = await w.enter(MIA, "standup")
    await w.until(lambda: w.says(card, "In now (1)"))
    assert w.says(card, f"In since: <@{MIA}> <!date^")
    assert w.says(card, "· since <!date^")
    assert w.says(card, "· as of <!date^")
    w.clock.advance(timedelta(minutes=58))
    w.jaas.leave(next(iter(w.jaas.meetings.running)), mia.participant_id)
    await w.until(lambda: w.says(card, "Nobody is in. The last meeting ended at <!date^"))
    assert w.says(card, "after 58 min.")
    assert labels(w.now(card)) == ["Join"], "the room itself is still there"
    await w.enter(MAX, "standup")
    await w.until(lambda: w.says(card, f"In now (1): <@{MAX}>"))
    assert not w.says(card, "last meeting")


@pytest.mark.sqlite  # each process keeps its own pace
async def test_many_who_come_at_once_cost_one_edit_every_three_seconds(w: World) -> None:
    card = await card_in(w, OPS, "create standup")
    await w.enter(MIA, "standup")
    await w.until(lambda: w.says(card, "In now (1)"))
    before = len([call for call in w.slack.workspace.calls if call.method == "chat.update"])
    (room,) = w.jaas.meetings.running
    for number in range(30):
        await w.jaas.join(room, w.room_and_token(w.link_of(await answer(w, MIA, OPS, "join standup")))[1])
        await w.jaas.webhooks.settled()
        w.clock.advance(timedelta(milliseconds=100 * (number % 2)))
    await w.until(lambda: w.says(card, "In now (31)"))
    edits = [call.at for call in w.slack.workspace.calls if call.method == "chat.update"][before:]
    assert len(edits) <= 4
    assert all(later - earlier >= timedelta(seconds=3) for earlier, later in itertools.pairwise(edits))


async def test_a_room_whose_vendor_tells_nothing_is_looked_at_and_its_card_follows(w: World) -> None:
    card = await card_in(w, OPS, "create meetings/review")
    mia = await come_in(w, MIA, "review")
    await w.until(lambda: w.says(card, f"In now (1): <@{MIA}>"))
    w.clock.advance(timedelta(minutes=10))
    await w.until(lambda: w.says(card, f"In since: <@{MIA}>"))
    w.meetings.meetings.leave(mia.uid)
    await w.until(lambda: w.says(card, "Nobody is in. The last meeting ended"))


async def test_a_card_that_changed_while_the_bot_was_away_is_put_right_at_its_start(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False) as w:
        async with running(w):
            card = await card_in(w, OPS, "create standup")
            await w.enter(MIA, "standup")
            await w.until(lambda: w.says(card, "In now (1)"))
        stale = [{"type": "section", "text": {"type": "mrkdwn", "text": "from before"}}]
        w.slack.workspace.edit(w.now(card), text="from before", blocks=stale)
        async with running(w):
            await w.until(lambda: w.says(card, f"In now (1): <@{MIA}>"))
