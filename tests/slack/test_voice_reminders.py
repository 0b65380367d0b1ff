"""What a post that must be said exactly once needs to know: whether it is out, is not, or nobody can say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.errors import MaybeSaid, NotYetSaid, Unreachable
from bot.metrics import Metrics
from bot.play.slack.faults import Fault
from bot.reply import text
from bot.slack.client import WebClient, new_session
from bot.slack.outbox import SlackVoice
from bot.voice import Posted
from tests.fakes.process import free_port
from tests.fakes.slack_entrance import BOT_TOKEN
from tests.slack.side import Side, opened_side

HELLO = text("hello")


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    async with opened_side() as opened:
        yield opened


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=429, retry_after=3600), NotYetSaid),
        (Fault(reset=True, carried_out=True), MaybeSaid),
        (Fault(status=503), MaybeSaid),
        (Fault(error="fatal_error"), MaybeSaid),
        (Fault(error="is_archived"), Unreachable),
        (Fault(error="not_in_channel"), Unreachable),
    ],
)
async def test_a_failed_post_says_whether_trying_again_may_double_it(
    side: Side, fault: Fault, error: type[Exception]
) -> None:
    side.slack.faults.plan("chat.postMessage", replace(fault))
    with pytest.raises(Unreachable) as caught:
        await side.voice.post("C0OPS", HELLO)
    assert type(caught.value) is error


async def test_a_slack_that_takes_no_connection_was_told_nothing(side: Side) -> None:
    async with new_session() as session:
        client = WebClient(session, token=BOT_TOKEN, api_url=f"http://127.0.0.1:{free_port()}/api/", metrics=Metrics())
        door = side.door
        voice = SlackVoice(client, door.response_urls, side.modals, door.authorisation, door.clock)
        with pytest.raises(NotYetSaid):
            await voice.post("C0OPS", HELLO)


async def test_what_is_to_be_done_right_before_may_stop_it(side: Side) -> None:
    order: list[str] = []

    async def sending() -> None:
        order.append(f"{len(side.workspace.messages('#ops'))} there")

    async def stops() -> None:
        raise KeyError

    await side.voice.post("C0OPS", HELLO, sending=sending)
    with pytest.raises(KeyError):
        await side.voice.post("C0OPS", HELLO, sending=stops)
    assert order == ["0 there"]
    assert len(side.workspace.messages("#ops")) == 1


async def test_a_message_is_taken_away_once_and_nothing_is_raised_for_what_is_gone(side: Side) -> None:
    posted = await side.voice.post("C0OPS", HELLO)
    for message in (posted, posted, Posted("C0NOWHERE", "1.1")):
        await side.voice.remove(message)
    assert side.workspace.messages("#ops") == []
