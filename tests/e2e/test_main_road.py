"""The main job, from what people type to what vendors receive, over both entrances."""

from __future__ import annotations

import asyncio

import pytest

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA
from tests.fakes.world import World

pytestmark = pytest.mark.engines

TEAM, OPS = "C0TEAM", "C0OPS"


async def test_a_member_creates_a_room_and_two_people_join_by_different_links(entrance: World) -> None:
    w = entrance
    await w.slash(MIA, TEAM, "create standup")
    card = await w.posted(TEAM, "standup")
    assert list(buttons_of(card)) == ["Join"]
    links = []
    for person in (MIA, MAX):
        await w.click(person, card, "Join")
        shown = await w.told(person, "Only for you")
        links.append(w.link_of(shown))
    assert links[0] != links[1]
    mia, maxim = [await w.jaas.join(*w.room_and_token(link)) for link in links]
    assert (mia.moderator, maxim.moderator) == (True, False)


async def test_a_call_is_placed_once_after_another_person_approved_it(entrance: World) -> None:
    w = entrance
    await w.slash(MIA, OPS, "create standup")
    await w.posted(OPS, "standup")
    await w.enter(MIA, "standup")
    await w.slash(OMAR, OPS, "dial standup +40 747 777 777")
    card = await w.posted(OPS, "Approval: dial")
    assert "+40 74… 777" in text_of(card)
    assert "747777777" not in text_of(card)
    await w.click(OMAR, card, "Approve")
    await w.told(OMAR, "can't approve your own request")
    assert w.sent("DIAL_OUT_PARTICIPANT") == []
    await asyncio.gather(w.click(SARA, card, "Approve"), w.click(SARA, card, "Approve"))
    await w.until(lambda: w.sent("DIAL_OUT_PARTICIPANT"))
    await w.until(lambda: w.says(card, "confirmed"))
    assert "Approve" not in buttons_of(w.now(card))
    [call] = w.sent("DIAL_OUT_PARTICIPANT")
    assert call.payload["phoneNo"] == "+40747777777"
    await w.told(OMAR, "You asked: Ring")


async def test_a_removed_person_is_told_why_at_the_next_click_on_join(entrance: World) -> None:
    w = entrance
    await w.slash(MIA, OPS, "create standup")
    card = await w.posted(OPS, "standup")
    await w.enter(MIA, "standup")
    await w.enter(MAX, "standup")
    await w.slash(OMAR, OPS, 'kick standup @max why="too loud"')
    await w.posted(OPS, "confirmed")
    await w.click(MAX, card, "Join")
    told = await w.told(MAX, "refused")
    assert "until this meeting ends" in text_of(told)
    assert "too loud" in text_of(told)
    assert f"<@{OMAR}>" in text_of(told)
