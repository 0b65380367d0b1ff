"""Slash commands, clicks and events over signed HTTP, and what people see of the bot's answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from bot.clock import MovableClock
from bot.play.slack import NotPossibleError, SlackServer, Workspace, demo_workspace
from bot.play.slack.delivery import signature
from tests.play.slack.cards import post
from tests.play.slack.conftest import SIGNING_SECRET, Listener


def test_signatures_are_slacks() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature(SIGNING_SECRET, "1531420618", body) == expected


async def test_a_command_arrives_signed_at_the_clocks_time_with_every_field(
    slack: SlackServer, listener: Listener, clock: MovableClock
) -> None:
    delivery = await slack.slash("U0MIA", "#ops", "create standup")
    assert (delivery.ok, delivery.status, delivery.ack) == (True, 200, "")
    (form,) = listener.requests
    assert form["text"] == "create standup"
    assert form["is_enterprise_install"] == "false"
    assert form["response_url"].startswith(slack.api_url.removesuffix("/api/"))
    assert form.keys() == {
        "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text",
        "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    }  # fmt: skip

    class Now(SdkClock):
        def now(self) -> float:
            return clock.now().timestamp()

    verifier = SignatureVerifier(SIGNING_SECRET, clock=Now())
    assert verifier.is_valid_request(listener.bodies[0], listener.headers[0])


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("kick @mia from #ops", "kick <@U0MIA|mia> from <#C0OPS|ops>"),
        ("kick @Max", "kick <@U0MAX|max>"),
        ("kick @Mia", "kick @Mia"),
        ("kick @U0MAYA", "kick <@U0MAYA|maya>"),
        ("share in #incident", "share in <#C0INCIDENT|>"),
        ("grant @ops @here", "grant <!subteam^S0OPS|@ops> <!here>"),
        ("say a < b & c > d", "say a &lt; b &amp; c &gt; d"),
        ("open https://meet.example/a?b=1&c=2", "open <https://meet.example/a?b=1&amp;c=2>"),
        ("dial +40 741 234 777", "dial +40 741 234 777"),
        ("ask @nobody in #nowhere", "ask @nobody in #nowhere"),
    ],
)
async def test_typed_text_is_escaped_as_slack_does(
    slack: SlackServer, listener: Listener, typed: str, escaped: str
) -> None:
    await slack.slash("U0MIA", "#ops", typed)
    assert listener.requests[0]["text"] == escaped


async def test_numbers_and_addresses_can_arrive_as_links(slack: SlackServer, listener: Listener) -> None:
    await slack.slash("U0MIA", "#ops", "invite a@b.example +40 741 234 777 now", link_contacts=True)
    expected = "invite <mailto:a@b.example|a@b.example> <tel:+40741234777|+40 741 234 777> now"
    assert listener.requests[0]["text"] == expected


@pytest.mark.parametrize("body", ["On it", {"text": "On it"}, {"text": "On it", "response_type": "ephemeral"}])
async def test_an_acknowledgement_with_words_is_shown_to_the_person_alone(
    slack: SlackServer, listener: Listener, workspace: Workspace, body: Any
) -> None:
    listener.answer = body
    await slack.slash("U0MIA", "#ops", "rooms")
    assert [message.text for message in workspace.ephemerals(channel="#ops", user="U0MIA")] == ["On it"]
    assert workspace.messages("#ops") == []


async def test_an_in_channel_acknowledgement_publishes_what_was_typed(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    listener.answer = {"text": "On it", "response_type": "in_channel"}
    await slack.slash("U0MIA", "#ops", "dial +40741234777")
    assert [(message.user, message.text) for message in workspace.messages("#ops")] == [
        ("U0MIA", "/meet dial +40741234777"),
        ("U0MEETOPS", "On it"),
    ]


async def test_an_answer_slack_cannot_show_is_an_error(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    listener.answer = {"blocks": [{"type": "header"}]}
    delivery = await slack.slash("U0MIA", "#ops", "rooms")
    assert delivery.error == "invalid_blocks"
    assert "invalid_blocks" in workspace.ephemerals(user="U0MIA")[0].text


async def test_a_failing_bot_is_shown_as_slack_shows_it(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    listener.status = 500
    delivery = await slack.slash("U0MIA", "#ops", "rooms")
    assert (delivery.status, delivery.error) == (500, "dispatch_failed")
    assert workspace.ephemerals(user="U0MIA")[0].text == '/meet failed with the error "dispatch_failed"'


async def test_a_bot_slower_than_the_limit_is_an_operation_timeout(listener: Listener, clock: MovableClock) -> None:
    server = SlackServer(
        demo_workspace(clock), clock=clock, signing_secret="s", bot_token="b", app_token="a", ack_limit=0.05
    )
    async with server as slow:
        slow.connect_http(listener.url)
        listener.hold = asyncio.Event()
        delivery = await slow.slash("U0MIA", "#ops", "rooms")
        listener.hold.set()
        assert (delivery.status, delivery.error) == (None, "operation_timeout")
        assert "operation_timeout" in slow.workspace.ephemerals(user="U0MIA")[0].text


async def test_nobody_types_where_they_are_not_a_member(slack: SlackServer, listener: Listener) -> None:
    for user, channel in (("U0MAX", "#incident"), ("U0DAN", "#ops"), ("U0GUS", "#ops")):
        with pytest.raises(NotPossibleError):
            await slack.slash(user, channel, "rooms")
    assert listener.requests == []


async def test_a_redelivery_is_the_same_to_the_byte(slack: SlackServer, listener: Listener) -> None:
    await slack.redeliver(await slack.slash("U0MIA", "#ops", "rooms"))
    assert listener.bodies[0] == listener.bodies[1]
    assert listener.headers[0]["X-Slack-Signature"] == listener.headers[1]["X-Slack-Signature"]


async def test_every_change_is_told_to_subscribers(workspace: Workspace) -> None:
    kinds: list[str] = []
    stop = workspace.subscribe(lambda change: kinds.append(change.kind))
    card = post(workspace)
    workspace.edit(card, text="done")
    workspace.delete(card)
    stop()
    post(workspace)
    assert kinds == ["posted", "edited", "deleted"]


async def test_waiting_for_a_change_ends_with_it_or_in_time(workspace: Workspace) -> None:
    waiting = asyncio.create_task(workspace.until(lambda: workspace.messages("#ops")))
    await asyncio.sleep(0)
    post(workspace)
    assert [message.text for message in await waiting] == ["card"]
    with pytest.raises(TimeoutError):
        await workspace.until(lambda: False, timeout=0.03)
