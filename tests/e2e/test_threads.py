"""What is said to the bot in a thread or in its direct messages: the same commands, answered where they were said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.play.slack import Delivery, Message, buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import ended, trail
from tests.fakes.speaking import OPS, TEAM, answer
from tests.fakes.world import World, world

FILE_APPROVALS = """
[[approvals]]
commands = ["kick"]
approvals = 1
reason = "required"
"""


async def say(w: World, user: str, text: str, *, channel: str = OPS, thread: str = "") -> Delivery | None:
    heard = await w.slack.say(user, channel, text, thread_ts=thread)
    assert heard is None or heard.ok, heard.error
    return heard


async def incident(w: World, words: str = "The shop is down") -> str:
    """A message that a thread begins with: its ts."""
    await say(w, MIA, words)
    return w.slack.workspace.messages(OPS)[-1].ts


def in_thread(w: World, thread: str) -> list[Message]:
    return [one for one in w.slack.workspace.messages(OPS) if one.thread_ts == thread and one.bot_id]


async def test_a_room_made_in_a_thread_has_its_card_there_and_is_the_one_that_is_meant_there(w: World) -> None:
    await answer(w, MIA, OPS, "create other")
    thread = await incident(w)
    await say(w, MIA, "@meetops create standup", thread=thread)
    (card,) = await w.until(lambda: in_thread(w, thread))
    assert "standup" in text_of(card)
    assert list(buttons_of(card)) == ["Join"]
    told = await w.told(MIA, "Made jaas/standup")
    assert (told.thread_ts, told.ephemeral_for) == (thread, MIA)
    await answer(w, MIA, OPS, "share other")
    await say(w, MIA, "@meetops who", thread=thread)
    assert (await w.told(MIA, "Who is in jaas/standup")).thread_ts == thread
    await say(w, MIA, "@meetops who")
    assert not (await w.told(MIA, "Who is in jaas/other")).thread_ts


async def test_the_thread_under_a_card_means_the_room_of_that_card(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    await answer(w, MIA, OPS, "create other")
    await say(w, MAX, "@meetops show", thread=card.ts)
    assert "standup" in text_of(await w.told(MAX, "made"))


async def test_somebody_is_removed_from_a_thread_and_the_thread_is_told(w: World) -> None:
    thread = await incident(w)
    await say(w, MIA, "@meetops create standup", thread=thread)
    await w.until(lambda: in_thread(w, thread))
    await w.enter(MAX, "standup")
    await say(w, OMAR, "@meetops kick @max", thread=thread)
    said = await w.posted(OPS, "confirmed")
    assert said.thread_ts == thread
    assert f"by <@{OMAR}>" in text_of(said)


async def test_a_request_made_in_a_thread_is_approved_and_answered_there(w: World) -> None:
    thread = await incident(w)
    await say(w, MIA, "@meetops create standup", thread=thread)
    await w.until(lambda: in_thread(w, thread))
    await w.enter(MIA, "standup")
    await say(w, OMAR, "@meetops dial +40 747 777 777", thread=thread)
    card = await w.posted(OPS, "Approval: dial")
    assert card.thread_ts == thread
    assert "747777777" not in text_of(card)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    assert len(w.sent("DIAL_OUT_PARTICIPANT")) == 1


async def test_in_direct_messages_no_name_is_needed_and_nobody_else_is_told(w: World) -> None:
    im = w.slack.workspace.open_im(MIA).id
    await say(w, MIA, "create standup", channel=im)
    assert "Made jaas/standup" in text_of(await w.told(MIA, "Made"))
    await say(w, MIA, "@meetops who standup", channel=im)
    assert "is not known" in text_of(await w.told(MIA, "Who is in jaas/standup"))
    root = w.slack.workspace.dms(MIA)[0].ts
    await say(w, MIA, "show standup", channel=im, thread=root)
    assert (await w.told(MIA, "owner")).thread_ts == root
    assert w.slack.workspace.messages(OPS) == []


async def test_the_same_permissions_hold_however_a_command_is_given(w: World) -> None:
    thread = await incident(w)
    await say(w, MIA, "@meetops create standup", thread=thread)
    await w.until(lambda: in_thread(w, thread))
    await w.enter(MAX, "standup")
    await say(w, VERA, "@meetops kick standup @max", thread=thread)
    refused = await w.told(VERA, "You can't remove people here")
    assert refused.thread_ts == thread
    await w.slack.say(GUS, TEAM, "@meetops who standup")
    await w.told(GUS, "refused")
    assert w.sent("KICK_PARTICIPANT") == []
    assert [row.outcome for row in trail(w, "kick") if row.actor == VERA] in ([], ["refused"])


async def test_who_only_speaks_about_the_bot_is_told_how_to_speak_to_it_and_nothing_is_done(w: World) -> None:
    await say(w, MIA, "shall @meetops create standup for us?")
    assert "begin with my name" in text_of(await w.told(MIA, "@meetops who"))
    assert trail(w, "create") == []


async def test_a_call_by_name_alone_shows_what_one_can_do(w: World) -> None:
    thread = await incident(w)
    await say(w, MIA, "@meetops", thread=thread)
    assert (await w.told(MIA, "You can: ")).thread_ts == thread


async def test_what_is_delivered_again_edited_or_said_by_bots_is_not_done_again(w: World) -> None:
    heard = await say(w, MIA, "@meetops create standup")
    assert heard is not None
    await w.posted(OPS, "made by")
    await w.slack.redeliver(heard)
    last = w.slack.workspace.messages(OPS)[0]
    fields = {"user": MIA, "text": "<@U0MEETOPS> create second", "channel": OPS, "team": "T0MEETOPS"}
    await w.slack.event("app_mention", ts=last.ts, edited={"user": MIA, "ts": last.ts}, **fields)
    await w.slack.event("app_mention", ts="1.1", bot_id="B0OTHER", **fields)
    changed = {"subtype": "message_changed", "message": {"text": "create third"}, "hidden": True}
    await w.slack.event("message", channel_type="im", channel=w.slack.workspace.open_im(MIA).id, ts="1.2", **changed)
    own = {**fields, "user": "U0MEETOPS", "channel": w.slack.workspace.open_im(MIA).id, "text": "create fourth"}
    await w.slack.event("message", channel_type="im", ts="1.3", **own)
    await answer(w, MIA, OPS, "rooms")
    assert [row.room for row in trail(w, "create")] == ["jaas/standup"]


async def test_where_a_form_would_ask_for_a_reason_a_thread_is_told_how_to_give_it(tmp_path: Path) -> None:
    async with world(tmp_path, grants=world_grants()) as w:
        await answer(w, MIA, OPS, "create standup")
        await w.enter(MAX, "standup")
        thread = await incident(w)
        await say(w, OMAR, "@meetops kick standup @max", thread=thread)
        told = await w.told(OMAR, "Say why")
        assert told.thread_ts == thread
        await say(w, OMAR, '@meetops kick standup @max why="too loud"', thread=thread)
        assert (await w.posted(OPS, "Approval: kick")).thread_ts == thread


def world_grants() -> str:
    from tests.fakes.world import GRANTS

    return GRANTS + FILE_APPROVALS


@pytest.fixture
async def socket(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, socket_mode=True) as one:
        yield one


async def test_over_socket_mode_it_is_the_same(socket: World) -> None:
    w = socket
    thread = await incident(w)
    await say(w, MIA, "@meetops create standup", thread=thread)
    await w.until(lambda: in_thread(w, thread))


async def test_a_request_from_a_thread_is_answered_in_it_after_a_restart(tmp_path: Path) -> None:
    from tests.fakes.asking import running

    async with world(tmp_path, start_bot=False) as w:
        async with running(w):
            thread = await incident(w)
            await say(w, MIA, "@meetops create standup", thread=thread)
            await w.until(lambda: in_thread(w, thread))
            await w.enter(MIA, "standup")
            await say(w, OMAR, "@meetops dial +40 747 777 777", thread=thread)
            card = await w.posted(OPS, "Approval: dial")
        async with running(w):
            await say(w, MIA, "@meetops who", thread=thread)
            assert (await w.told(MIA, "Who is in jaas/standup")).thread_ts == thread
            await w.click(SARA, card, "Approve")
            await ended(w, card, "confirmed")
