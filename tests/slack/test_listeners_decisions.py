"""A click is one click, and a click that decides is written down before Slack hears that it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import NotFound
from bot.model import Person
from bot.play.slack import Message, text_of
from bot.play.slack.seed import OMAR, SARA
from bot.reply import Button, text
from tests.slack import payloads
from tests.slack.hearing import Hearing, opened_hearing

APPROVE = Button("Approve", "approve", value="q1", style="primary")
DENY = Button("Deny", "deny", value="q1", style="danger")


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    async with opened_hearing() as opened:
        yield opened


async def card(hearing: Hearing) -> Message:
    posted = await hearing.voice.post("C0OPS", text("delete standup?"), (APPROVE, DENY))
    message = hearing.workspace.find_message(posted.channel_id, posted.ts)
    assert message
    return message


def decisions(hearing: Hearing) -> list[tuple[str, str, str]]:
    """Verdict, request and approver of each decision that was committed."""
    made = [given for name, given in hearing.heard if name == "click_decision"]
    return [(verdict, request_id, person.user_id) for request_id, person, verdict, _ in made]


@pytest.mark.parametrize(("label", "verdict"), [("Approve", "approve"), ("Deny", "deny")])
async def test_a_decision_is_committed_before_its_acknowledgement_and_nothing_else_is_done(
    hearing: Hearing, label: str, verdict: str
) -> None:
    message = await card(hearing)
    calls = len(hearing.workspace.calls)
    hearing.commands.go.clear()
    clicking = asyncio.create_task(hearing.slack.click(SARA, message, label))
    await hearing.workspace.until(lambda: decisions(hearing))
    assert not clicking.done()
    hearing.commands.go.set()
    assert (await clicking).ack == ""
    assert decisions(hearing) == [(verdict, "q1", SARA)]
    assert [name for name, _ in hearing.heard] == ["after_decision", "click_decision"]
    assert len(hearing.workspace.calls) == calls


async def test_the_same_click_delivered_twice_is_one(hearing: Hearing) -> None:
    for action in ("join.0", "run.3", "approve.0", "hang_up.1"):
        button = payloads.BUTTON | {"action_id": action, "value": "who standup"}
        hearing.heard.clear()
        for _ in range(3):
            await hearing.entrance.dispatch(payloads.CLICK | {"actions": [button]})
        await hearing.workspace.until(lambda: hearing.heard)
        await asyncio.sleep(0.01)
        assert len([name for name, _ in hearing.heard if name != "after_decision"]) == 1


async def test_two_clicks_are_two_and_their_keys_differ(hearing: Hearing) -> None:
    message = await card(hearing)
    for _ in range(2):
        await hearing.slack.click(SARA, message, "Approve")
    keys = [given[-1] for name, given in hearing.heard if name == "click_decision"]
    assert len(set(keys)) == 2  # whoever was refused for now may press again later


async def test_two_clicks_within_one_tick_of_slacks_clock_are_told_apart_by_their_triggers(hearing: Hearing) -> None:
    button = payloads.BUTTON | {"action_id": "approve.0"}
    for trigger in ("1.2.one", "1.2.two"):
        await hearing.entrance.dispatch(payloads.CLICK | {"actions": [button], "trigger_id": trigger})
    assert len({given[-1] for name, given in hearing.heard if name == "click_decision"}) == 2


async def test_the_clicks_of_two_people_at_the_same_moment_are_two(hearing: Hearing) -> None:
    button = payloads.BUTTON | {"action_id": "approve.0"}
    for user in (SARA, OMAR):
        click = payloads.CLICK | {"actions": [button], "user": payloads.MIA | {"id": user}}
        await hearing.entrance.dispatch(click)
    assert {approver for _, _, approver in decisions(hearing)} == {SARA, OMAR}
    assert len({given[-1] for name, given in hearing.heard if name == "click_decision"}) == 2


async def test_a_decision_that_cannot_be_written_down_in_time_is_acknowledged_and_said_to_be_in_doubt() -> None:
    async with opened_hearing(commit_seconds=0.02) as hearing:
        message = await card(hearing)
        hearing.commands.go.clear()
        assert (await hearing.slack.click(SARA, message, "Approve")).ok
        await hearing.workspace.until(lambda: hearing.workspace.ephemerals(user=SARA))
        assert "may not count" in text_of(hearing.workspace.ephemerals(user=SARA)[0])


async def test_a_decision_on_a_request_that_is_gone_is_told_to_the_clicker_alone(hearing: Hearing) -> None:
    hearing.commands.fails = NotFound("That request is gone; ask again.")
    assert (await hearing.slack.click(SARA, await card(hearing), "Approve")).ok
    await hearing.workspace.until(lambda: hearing.workspace.ephemerals(user=SARA))
    assert "That request is gone" in text_of(hearing.workspace.ephemerals(user=SARA)[0])


async def test_where_a_decision_is_answered_is_known_before_it_is_weighed(hearing: Hearing) -> None:
    delivery = await hearing.slack.click(SARA, await card(hearing), "Approve")
    name, (address, request_id) = hearing.heard[0]
    assert (name, request_id, address.person) == ("after_decision", "q1", Person("T0MEETOPS", SARA))
    assert address.response_url == delivery.payload["response_url"]


async def test_a_form_or_command_delivered_twice_comes_under_one_key(hearing: Hearing) -> None:
    for payload in (payloads.SUBMISSION, payloads.COMMAND):
        hearing.heard.clear()
        for _ in range(2):
            await hearing.entrance.dispatch(payload)
        await hearing.workspace.until(lambda: len(hearing.heard) == 2)
        assert len(set(hearing.commands.keys())) == 1  # a request is carried out once under its key
