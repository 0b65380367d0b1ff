"""The shortcuts: a meeting from anywhere, a meeting about a message."""

from __future__ import annotations

import asyncio
import functools
from datetime import timedelta

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, VERA
from tests.e2e.test_home import window
from tests.fakes.asking import form_of, trail
from tests.fakes.databases import rows
from tests.fakes.speaking import OPS, TEAM, says
from tests.fakes.world import World

RANDOM, BOARD = "C0RANDOM", "C0BOARD"


async def said(w: World, person: str, words: str, *, channel: str = OPS, thread: str = "") -> Message:
    await w.slack.say(person, channel, words, thread_ts=thread)
    return w.slack.workspace.messages(channel)[-1]


async def started(w: World, person: str, **values: object) -> None:
    """Use the global shortcut, fill the form in and submit it."""
    w.slack.workspace.close_views(person)
    used = await w.slack.shortcut(person, "start_meeting")
    assert used.ok, used.error
    await form_of(w, person)
    sent = await w.slack.submit_view(person, values)
    assert sent.ok, sent.error


def kept_cards(w: World) -> int:
    return int(rows(w.folder, "SELECT count(*) FROM cards")[0][0])


async def test_the_global_shortcut_starts_a_meeting_in_a_channel_of_ones_own(w: World) -> None:
    await started(w, MIA, words="incident 4711", people=[MAX], posted_in=TEAM)
    card = await w.posted(TEAM, "incident 4711")
    assert list(buttons_of(card)) == ["Join"]
    assert "Open" in buttons_of(await w.told(MIA, "Started"))
    await w.told(MAX, "incident 4711")


async def test_without_a_channel_it_gives_the_link_alone_in_a_window(w: World) -> None:
    await started(w, MIA, words="just us", posted_in=None)
    assert "Open" in buttons_of(await window(w, MIA, "Started"))
    assert all("just us" not in text_of(one) for place in (OPS, TEAM) for one in w.slack.workspace.messages(place))


async def test_a_channel_one_is_not_in_or_the_bot_cannot_see_is_refused_and_nothing_is_made(w: World) -> None:
    w.slack.workspace.channel(RANDOM).members.discard(MIA)
    await started(w, MIA, words="here", posted_in=RANDOM)
    await window(w, MIA, "You are not in that channel")
    w.slack.workspace.channel(BOARD).members.add(MIA)
    await started(w, MIA, words="there", posted_in=BOARD)
    await window(w, MIA, "invite me with /invite @meetops")
    assert [row.outcome for row in trail(w, "start") if row.outcome == "done"] == []


async def test_who_may_not_start_meetings_is_told_so_in_the_window(w: World) -> None:
    await started(w, VERA, words="mine", posted_in=None)
    await window(w, VERA, "You can't start meetings here")


async def test_a_meeting_about_a_message_is_named_after_it_and_its_card_stands_in_the_thread(w: World) -> None:
    message = await said(w, MAX, "*The shop is down* since 9, @channel see https://example.org")
    used = await w.slack.message_action(MIA, message, "meet_about")
    assert used.ok, used.error
    card = await w.posted(OPS, "made by")
    assert card.thread_ts == message.ts
    assert "The shop is down since 9, see" in text_of(card)
    assert "Open" in buttons_of(await w.told(MIA, "Started"))
    await w.slack.say(MAX, OPS, "@meetops who", thread_ts=message.ts)
    assert "The shop is down" in text_of(await w.told(MAX, "Who is in"))


async def test_a_second_meeting_about_the_same_thread_is_the_first_one(w: World) -> None:
    message = await said(w, MAX, "The shop is down")
    await w.slack.message_action(MIA, message, "meet_about")
    await w.posted(OPS, "made by")
    await w.until(lambda: kept_cards(w))
    reply = await said(w, MAX, "the database too", thread=message.ts)
    await w.slack.message_action(MAX, reply, "meet_about")
    told = await w.told(MAX, "already so")
    assert "This thread has a room: *jaas/The shop is down*." in text_of(told)
    await w.click(MAX, told, "Join")
    await w.told(MAX, "Only for you")
    assert [row.room for row in trail(w, "start") if row.outcome == "done"] == ["jaas/The shop is down"]


async def test_one_message_clicked_by_several_at_once_gets_one_room(w: World) -> None:
    message = await said(w, MAX, "The shop is down")
    await asyncio.gather(*(w.slack.message_action(one, message, "meet_about") for one in (MIA, MIA, OMAR, MAX)))
    await w.until(lambda: kept_cards(w))
    await w.slack.message_action(VERA, message, "meet_about")
    await w.told(VERA, "This thread has a room")
    assert len([row for row in trail(w, "start") if row.outcome == "done"]) == 1
    assert len([one for one in w.slack.workspace.messages(OPS) if "made by" in text_of(one)]) == 1


async def test_a_message_whose_room_was_deleted_can_have_another(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=(MIA,))  # whose own idle room needs no approval to go
    message = await said(w, MAX, "The shop is down")
    for number in (1, 2):
        await w.slack.message_action(MIA, message, "meet_about")
        await w.until(functools.partial(_made, w, number))
        await w.until(lambda: kept_cards(w))
        assert "*done*" in await says(w, MIA, OPS, 'delete "The shop is down"')
        w.clock.advance(timedelta(minutes=1))


def _made(w: World, times: int) -> bool:
    return len([row for row in trail(w, "start") if row.outcome == "done"]) == times


async def test_a_message_without_words_gives_a_room_named_after_channel_and_hour(w: World) -> None:
    message = await said(w, MAX, "@here")
    await w.slack.message_action(MIA, message, "meet_about")
    assert "ops " in text_of(await w.posted(OPS, "made by"))


async def test_a_guest_gets_no_meeting_by_a_shortcut(w: World) -> None:
    message = await said(w, MAX, "The shop is down", channel=TEAM)
    await w.slack.message_action(GUS, message, "meet_about")
    await w.told(GUS, "refused")
    assert all("made by" not in text_of(one) for one in w.slack.workspace.messages(TEAM))


async def test_a_shortcut_delivered_twice_starts_one_meeting(w: World) -> None:
    message = await said(w, MAX, "The shop is down")
    used = await w.slack.message_action(MIA, message, "meet_about")
    await w.posted(OPS, "made by")
    await w.slack.redeliver(used)
    await w.told(MIA, "Started")
    rooms = {row.room for row in trail(w, "start") if row.outcome == "done"}
    assert rooms == {"jaas/The shop is down"}
