"""Private answers: over the response address, else as an ephemeral message, else as a direct message; never louder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.model import JoinLink
from bot.play.slack import RESPONSE_URL, Fault, Message, buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA
from bot.reply import Button, text
from bot.voice import Form
from tests.fakes.slack_arguments import needs_methods, wrong_arguments
from tests.slack.side import VERBS, Side, opened_side

HELLO = text("hello")
OPEN = Button("Open", "open", link=JoinLink("https://8x8.vc/room?jwt=secret", None, personal=True))


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    async with opened_side() as opened:
        yield opened


def ways(side: Side) -> list[str]:
    """What was called since the start, beside the bot's own authorisation."""
    return [call.method for call in side.workspace.calls if call.method != "auth.test"]


def whispers(side: Side) -> list[Message]:
    return side.workspace.ephemerals(user=MIA)


async def test_the_response_address_comes_first(side: Side) -> None:
    await side.voice.whisper(side.address(MIA, url=True), HELLO, (OPEN,))
    (message,) = whispers(side)
    assert ways(side) == [RESPONSE_URL]
    assert buttons_of(message)["Open"]["url"] == "https://8x8.vc/room?jwt=secret"
    assert side.workspace.messages("#ops") == []


async def test_a_used_up_address_is_not_used_again(side: Side) -> None:
    address = side.address(MIA, url=True)
    for _ in range(7):
        await side.voice.whisper(address, HELLO)
    assert ways(side) == [RESPONSE_URL] * 5 + ["chat.postEphemeral"] * 2
    assert len(whispers(side)) == 7


async def test_after_half_an_hour_the_answer_comes_as_an_ephemeral_message(side: Side) -> None:
    address = side.address(MIA, url=True)
    await side.voice.whisper(address, HELLO)
    side.door.clock.advance(timedelta(minutes=31))
    await side.voice.whisper(address, HELLO)
    assert ways(side) == [RESPONSE_URL, "chat.postEphemeral"]


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(error="expired_url"), Fault(reset=True)])
async def test_an_address_that_fails_is_followed_by_an_ephemeral_message(side: Side, fault: Fault) -> None:
    side.slack.faults.plan(RESPONSE_URL, fault)
    await side.voice.whisper(side.address(MIA, url=True), HELLO)
    assert ways(side) == [RESPONSE_URL, "chat.postEphemeral"]
    assert len(whispers(side)) == 1


async def test_where_the_bot_is_no_member_the_answer_comes_as_a_direct_message(side: Side) -> None:
    await side.voice.whisper(side.address(MIA, "#random"), HELLO)
    assert ways(side) == ["chat.postEphemeral", "chat.postMessage"]
    assert [text_of(one) for one in side.workspace.dms(MIA)] == ["hello\nhello"]
    assert side.workspace.messages("#random") == []


async def test_somebody_outside_the_channel_gets_it_as_a_direct_message(side: Side) -> None:
    await side.voice.whisper(side.address(GUS, "#ops"), HELLO)
    assert len(side.workspace.dms(GUS)) == 1
    assert side.workspace.messages("#ops") == []


@pytest.mark.parametrize("channel", ["D", None])
async def test_without_a_channel_or_in_a_direct_message_it_is_a_direct_message(side: Side, channel: str | None) -> None:
    place = side.workspace.open_im(MIA).id if channel else None
    await side.voice.whisper(side.address(MIA, place), HELLO)
    assert ways(side) == ["chat.postMessage"]
    assert len(side.workspace.dms(MIA)) == 1


async def test_only_the_person_who_asked_sees_the_answer(side: Side) -> None:
    await side.voice.whisper(side.address(MIA), HELLO, (OPEN,))
    assert side.workspace.ephemerals(user=MAX) == []
    assert "jwt" not in str([one.blocks for one in side.workspace.messages("#ops")])


async def test_nothing_is_unfurled(side: Side) -> None:
    await side.voice.whisper(side.address(MIA, url=True), HELLO)
    await side.voice.whisper(side.address(MIA, None), HELLO)
    await side.voice.post("C0OPS", HELLO)
    sent = [call.args for call in side.workspace.calls if call.method != "auth.test"]
    assert [(one["unfurl_links"], one["unfurl_media"]) for one in sent] == [(False, False)] * 3


async def test_when_every_way_is_closed_that_is_logged_without_its_words(side: Side) -> None:
    side.slack.faults.plan("*", Fault(times=9, status=503))
    with capture_logs() as lines:
        await side.voice.whisper(side.address(MIA, url=True), text("a secret"), (OPEN,))
    assert "private answer not delivered" in [line["event"] for line in lines]
    assert "secret" not in str(lines)
    assert ways(side) == [RESPONSE_URL, "chat.postEphemeral", "chat.postMessage"]


async def test_an_ephemeral_message_that_would_have_to_wait_becomes_a_direct_message_at_once(side: Side) -> None:
    side.slack.faults.plan("chat.postEphemeral", Fault(status=429, retry_after=30))
    await side.voice.whisper(side.address(MIA), HELLO)
    assert len(side.workspace.dms(MIA)) == 1


async def test_a_direct_message_waits_as_long_as_slack_asks(side: Side) -> None:
    side.slack.faults.plan("chat.postMessage", Fault(times=2, status=429, retry_after=20))
    began = side.door.clock.now()
    whispering = asyncio.create_task(side.voice.whisper(side.address(MIA, None), HELLO))
    await side.passing(whispering.done, seconds=5)
    assert side.door.clock.now() - began >= timedelta(seconds=40)
    assert len(side.workspace.dms(MIA)) == 1


async def test_a_form_that_slack_does_not_show_is_put_into_words(side: Side) -> None:
    await side.voice.ask(side.address(MIA), Form("kick", "Kick", {}))
    await side.voice.ask(side.address(MIA), Form("kick", "Why?", {}, only=("why",), line="kick standup Ann"))
    await side.voice.ask(side.address(MIA), Form("delete", "Why?", {}, only=("why",), line="delete " + "x" * 7000))
    await side.voice.ask(side.address(MIA), Form("conquer", "Conquer", {}))
    told = [one.blocks[0]["text"]["text"] for one in whispers(side)]
    assert told == [
        "Type it: `kick [room] participant [for=10m|meeting|always]`",
        'Say why: type it again with `why="…"` after the verb\'s words: `kick standup Ann`',
        'Say why: type it again with `why="…"` after the verb\'s words.',
        "I don't know conquer; help lists what you can do.",
    ]


async def test_a_form_that_slack_shows_needs_no_words(side: Side) -> None:
    for verb in VERBS:
        await side.voice.ask(side.address(MIA, trigger=True), Form(verb, verb, {}))
    assert whispers(side) == []


@needs_methods
async def test_slack_has_every_argument_that_is_sent_to_it(side: Side) -> None:
    await side.voice.whisper(side.address(MIA), HELLO)
    await side.voice.whisper(side.address(MIA, None), HELLO)
    posted = await side.voice.post("C0OPS", HELLO)
    await side.voice.edit(posted, HELLO)
    await side.voice.check_may_post("C0OPS")
    await side.voice.is_member("C0OPS", side.address(MIA).person)
    await side.voice.ask(side.address(MIA, trigger=True), Form("kick", "Kick", {}))
    view = side.workspace.view_of(MIA)
    assert view
    await side.voice.ask(side.address(MIA, trigger=True, view=view.id), Form("kick", "Kick", {}))
    assert wrong_arguments(side.workspace.calls) == []
