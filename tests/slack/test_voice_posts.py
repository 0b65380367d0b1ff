"""Posts and edits: never twice, at Slack's pace, the last state wins, and the remedy where the bot cannot post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bot.errors import Unavailable, Unreachable
from bot.model import JoinLink
from bot.play.slack import Fault, Message, text_of
from bot.play.slack.seed import DAN, MIA
from bot.reply import Button, Card, Line, text
from bot.slack.client import Authorisation, WebClient, new_session
from bot.slack.outbox import NOT_SAID, SlackVoice
from bot.slack.render import LeakedLink
from bot.voice import Posted
from tests.fakes.raw_http import RawServer, Turn, answer
from tests.fakes.slack_entrance import BOT_TOKEN
from tests.slack.side import Side, opened_side

HELLO = text("hello")


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    async with opened_side() as opened:
        yield opened


def now(side: Side, posted: Posted) -> Message:
    found = side.workspace.find_message(posted.channel_id, posted.ts)
    assert found
    return found


async def test_a_post_is_known_by_what_slack_answered(side: Side) -> None:
    posted = await side.voice.post("C0OPS", Card("standup", (Line(text("Nobody is in.")),)))
    assert "Nobody is in." in text_of(now(side, posted))
    posted = await side.voice.post(MIA, HELLO)
    assert posted.channel_id.startswith("D")
    assert now(side, posted) in side.workspace.dms(MIA)


async def test_a_link_is_never_posted(side: Side) -> None:
    link = Button("Open", "open", link=JoinLink("https://8x8.vc/r?jwt=x", None, personal=True))
    posted = await side.voice.post("C0OPS", HELLO)
    for say in (side.voice.post("C0OPS", HELLO, (link,)), side.voice.edit(posted, HELLO, (link,))):
        with pytest.raises(LeakedLink):
            await say
    assert len(side.workspace.messages("#ops")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset=True, carried_out=True),
        Fault(status=503, carried_out=True),
        Fault(error="fatal_error", carried_out=True),
        Fault(reset=True),
    ],
    ids=["reset after the effect", "503 after the effect", "fatal_error after the effect", "reset before it"],
)
async def test_a_post_is_never_sent_twice(side: Side, fault: Fault) -> None:
    side.slack.faults.plan("chat.postMessage", replace(fault))
    with pytest.raises(Unreachable, match="can't say whether"):
        await side.voice.post("C0OPS", HELLO)
    assert len(side.workspace.calls_of("chat.postMessage")) == 1
    assert len(side.workspace.messages("#ops")) == (1 if fault.carried_out else 0)


@pytest.mark.parametrize(
    "turn",
    [Turn(stall=30), Turn(close=True), Turn(answer("200 OK", b"<html>", Content_Type="text/html"))],
    ids=["no answer", "closed", "not Slack"],
)
async def test_a_post_without_slacks_answer_is_not_sent_again(side: Side, turn: Turn) -> None:
    async with RawServer([turn]) as server, new_session(timeout=aiohttp.ClientTimeout(total=turn.patience)) as session:
        client = WebClient(session, token=BOT_TOKEN, api_url=f"{server.url}/api/", metrics=side.door.metrics)
        door = side.door
        voice = SlackVoice(client, door.response_urls, side.modals, door.authorisation, door.clock)
        with pytest.raises(Unreachable) as caught:
            await voice.post("C0OPS", HELLO)
    assert str(caught.value) == NOT_SAID
    assert len(server.requests) == 1


async def test_a_post_refused_for_its_pace_is_sent_again_when_slack_says(side: Side) -> None:
    side.slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=20))
    began = side.door.clock.now()
    posting = asyncio.create_task(side.voice.post("C0OPS", HELLO))
    await side.passing(posting.done, seconds=5)
    assert len(side.workspace.messages("#ops")) == 1
    assert side.door.clock.now() - began >= timedelta(seconds=20)


async def test_a_post_does_not_wait_for_ever(side: Side) -> None:
    side.slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=3600))
    with pytest.raises(Unreachable):
        await side.voice.post("C0OPS", HELLO)


async def test_posts_to_one_channel_keep_slacks_pace_and_other_channels_do_not_wait(side: Side) -> None:
    posting = [asyncio.create_task(side.voice.post("C0OPS", text(f"{number}"))) for number in range(8)]
    await side.workspace.until(lambda: len(side.workspace.messages("#ops")) == 5)
    await side.voice.post("C0TEAM", HELLO)
    await side.passing(lambda: all(one.done() for one in posting))
    times = [call.at for call in side.workspace.calls_of("chat.postMessage") if call.args["channel"] == "C0OPS"]
    after = [(one - times[0]).total_seconds() for one in times]
    assert after[:5] == [0] * 5
    assert all(taken >= least for taken, least in zip(after[5:], (1, 2, 3), strict=True))
    assert [message.text for message in side.workspace.messages("#ops")] == [f"{number}" for number in range(8)]


async def test_of_many_edits_the_last_state_stays_three_seconds_apart(side: Side) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    edits = [asyncio.create_task(side.voice.edit(posted, text(f"state {number}"))) for number in range(9)]
    await side.passing(lambda: all(one.done() for one in edits))
    times = [call.at for call in side.workspace.calls_of("chat.update")]
    assert len(times) == 2
    assert times[1] - times[0] >= timedelta(seconds=3)
    assert now(side, posted).text == "state 8"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(times=2, status=503),
        Fault(times=2, reset=True),
        Fault(times=2, error="internal_error"),
        Fault(status=429, retry_after=120),
    ],
)
async def test_an_edit_is_repeated_until_slack_took_it(side: Side, fault: Fault) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    side.slack.faults.plan("chat.update", replace(fault))
    editing = asyncio.create_task(side.voice.edit(posted, text("done")))
    await side.passing(editing.done, seconds=10)
    assert now(side, posted).text == "done"


async def test_an_edit_that_slack_never_took_is_raised_and_the_next_one_is_written(side: Side) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    side.slack.faults.plan("chat.update", Fault(times=4, status=503))
    editing = asyncio.create_task(side.voice.edit(posted, text("done")))
    await side.passing(editing.done, seconds=10)
    with pytest.raises(Unavailable):
        await editing
    again = asyncio.create_task(side.voice.edit(posted, text("done")))
    await side.passing(again.done, seconds=10)
    assert now(side, posted).text == "done"


@pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"])
async def test_a_message_that_can_be_edited_no_more_is_left_alone(side: Side, word: str) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    side.slack.faults.plan("chat.update", Fault(error=word))
    await side.voice.edit(posted, text("done"))
    assert len(side.workspace.calls_of("chat.update")) == 1


async def test_an_edit_that_failed_does_not_keep_the_next_one_from_being_written(side: Side) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    side.slack.faults.plan("chat.update", Fault(error="update_failed"))
    await side.voice.edit(posted, text("lost"))
    editing = asyncio.create_task(side.voice.edit(posted, text("kept")))
    await side.passing(editing.done)
    assert now(side, posted).text == "kept"


async def test_the_buttons_of_an_edited_message_are_gone_when_none_are_given(side: Side) -> None:
    posted = await side.voice.post("C0OPS", HELLO, (Button("Approve", "approve", value="1"),))
    await side.voice.edit(posted, text("approved"))
    assert [block["type"] for block in now(side, posted).blocks] == ["section"]


INVITE = "invite me with /invite @meetops"


@pytest.mark.parametrize(
    ("channel", "says"), [("C0BOARD", INVITE), ("C0ATTIC", "archived"), ("C0GONE", INVITE), (DAN, "that person")]
)
async def test_where_it_cannot_be_posted_the_remedy_is_said(side: Side, channel: str, says: str) -> None:
    with pytest.raises(Unreachable, match=says):
        await side.voice.post(channel, HELLO)


@pytest.mark.parametrize(("channel", "says"), [("C0BOARD", INVITE), ("C0ATTIC", "archived"), ("C0GONE", INVITE)])
async def test_that_it_cannot_be_posted_is_known_before_anything_is_done(side: Side, channel: str, says: str) -> None:
    with pytest.raises(Unreachable, match=says):
        await side.voice.check_may_post(channel)


async def test_public_channels_need_no_invitation_unless_the_scope_is_missing(side: Side) -> None:
    await side.voice.check_may_post("C0RANDOM")
    await side.voice.post("C0RANDOM", HELLO)
    team = side.workspace.team
    side.workspace.team = replace(team, scopes=team.scopes - {"chat:write.public"})
    authorisation = Authorisation(side.door.client)
    await authorisation.obtain()
    voice = SlackVoice(side.door.client, side.door.response_urls, side.modals, authorisation, side.door.clock)
    with pytest.raises(Unreachable, match=INVITE):
        await voice.check_may_post("C0RANDOM")


async def test_in_a_foreign_public_channel_scopes_that_slack_does_not_tell_are_no_leave_to_post(side: Side) -> None:
    authorisation = Authorisation(side.door.client)
    (await authorisation.obtain()).bot_scopes = None
    voice = SlackVoice(side.door.client, side.door.response_urls, side.modals, authorisation, side.door.clock)
    with pytest.raises(Unreachable, match=INVITE):
        await voice.check_may_post("C0RANDOM")
    await voice.check_may_post("C0OPS")


async def test_an_invited_bot_can_post_at_once(side: Side) -> None:
    with pytest.raises(Unreachable):
        await side.voice.check_may_post("C0BOARD")
    side.workspace.channel("#board").members.add(side.workspace.team.bot_user)
    await side.voice.check_may_post("C0BOARD")


async def test_a_channel_is_asked_about_once_a_minute_and_after_each_change(side: Side) -> None:
    def asked() -> int:
        return len(side.workspace.calls_of("conversations.info"))

    for _ in range(3):
        await side.voice.check_may_post("C0OPS")
        assert await side.voice.channel_name("C0OPS") == "ops"
    assert asked() == 1
    side.voice.forget_channel("C0OPS")
    await side.voice.check_may_post("C0OPS")
    assert asked() == 2
    side.door.clock.advance(timedelta(seconds=61))
    await side.voice.check_may_post("C0OPS")
    assert asked() == 3


async def test_a_bot_that_was_removed_knows_it_from_the_event_on(side: Side) -> None:
    await side.voice.check_may_post("C0INCIDENT")
    side.workspace.channel("#incident").members.discard(side.workspace.team.bot_user)
    side.voice.forget_channel("C0INCIDENT")
    with pytest.raises(Unreachable, match=INVITE):
        await side.voice.check_may_post("C0INCIDENT")


async def test_an_outage_proves_nothing_and_is_not_remembered(side: Side) -> None:
    side.slack.faults.plan("conversations.info", Fault(status=503))
    await side.voice.check_may_post("C0BOARD")
    with pytest.raises(Unreachable):
        await side.voice.check_may_post("C0BOARD")


async def test_a_channel_that_slack_does_not_name_is_called_by_its_id(side: Side) -> None:
    assert await side.voice.channel_name("C0BOARD") == "C0BOARD"


async def test_membership_is_found_on_any_page(side: Side) -> None:
    crowd = {f"U1{number:05}" for number in range(2500)}
    side.workspace.channel("#ops").members |= crowd | {"U9LAST"}
    person = side.address(MIA).person
    assert await side.voice.is_member("C0OPS", person.beside("U9LAST"))
    assert len(side.workspace.calls_of("conversations.members")) == 3
    assert await side.voice.is_member("C0OPS", person.beside(MIA))
    assert len(side.workspace.calls_of("conversations.members")) == 4
    assert not await side.voice.is_member("C0OPS", person.beside("U9NOBODY"))


async def test_membership_that_cannot_be_known_is_said(side: Side) -> None:
    person = side.address(MIA).person
    with pytest.raises(Unreachable, match=INVITE):
        await side.voice.is_member("C0BOARD", person)
    for fault in (Fault(error="fetch_members_failed"), Fault(status=503), Fault(status=429, retry_after=30)):
        side.slack.faults.plan("conversations.members", fault)
        with pytest.raises(Unreachable, match="did not say who is in"):
            await side.voice.is_member("C0OPS", person)
