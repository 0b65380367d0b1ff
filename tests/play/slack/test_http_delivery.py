"""Slash commands, clicks and events over signed HTTP, and what people see of the bot's answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.play.slack import Message, NotPossibleError, SlackServer, Workspace, buttons_of, controls_of, demo_workspace
from bot.play.slack.delivery import signature
from tests.play.slack.conftest import SIGNING_SECRET, Listener

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Approve"}, "action_id": "approve", "value": "r1"}
WHO = {"type": "users_select", "action_id": "who", "placeholder": {"type": "plain_text", "text": "Who?"}}
MORE = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": {"type": "plain_text", "text": "End"}, "value": "end"}],
}
CARD = [{"type": "actions", "block_id": "row", "elements": [BUTTON, WHO, MORE]}]


def post(workspace: Workspace, channel: str = "C0OPS", **fields: Any) -> Message:
    team = workspace.team
    return workspace.post(
        Message(channel, workspace.new_ts(), team.bot_user, "card", CARD, bot_id=team.bot_id, **fields)
    )


async def answer(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()


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


async def test_a_click_carries_the_button_its_message_and_a_way_to_answer(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    card = post(workspace)
    await slack.click("U0MAX", card, "Approve")
    (payload,) = listener.requests
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": "U0MAX", "username": "max", "name": "max", "team_id": "T0MEETOPS"}
    assert payload["container"] == {
        "type": "message", "message_ts": card.ts, "channel_id": "C0OPS", "is_ephemeral": False
    }  # fmt: skip
    assert payload["message"]["ts"] == card.ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "row", "r1")
    assert payload["state"]["values"] == {"row": {"who": {"type": "users_select", "selected_user": None}}}


async def test_choosing_in_selects_and_menus_is_reported_with_the_choice(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    card = post(workspace)
    await slack.click("U0MAX", card, "who", "U0MIA")
    await slack.click("U0MAX", card, "more", "End")
    chosen, menu = (payload["actions"][0] for payload in listener.requests)
    assert chosen["selected_user"] == "U0MIA"
    assert menu["selected_option"]["value"] == "end"
    assert listener.requests[1]["state"]["values"]["row"]["who"]["selected_user"] == "U0MIA"


async def test_each_click_is_a_new_payload(slack: SlackServer, listener: Listener, workspace: Workspace) -> None:
    card = post(workspace)
    for _ in range(2):
        await slack.click("U0MAX", card, "Approve")
    first, second = listener.requests
    assert first["trigger_id"] != second["trigger_id"]
    assert first["actions"][0]["action_ts"] != second["actions"][0]["action_ts"]


async def test_a_redelivery_is_the_same_to_the_byte(slack: SlackServer, listener: Listener) -> None:
    await slack.redeliver(await slack.slash("U0MIA", "#ops", "rooms"))
    assert listener.bodies[0] == listener.bodies[1]
    assert listener.headers[0]["X-Slack-Signature"] == listener.headers[1]["X-Slack-Signature"]


async def test_an_ephemeral_message_is_clicked_by_its_reader_only_and_comes_without_itself(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    whisper = post(workspace, ephemeral_for="U0MIA")
    with pytest.raises(NotPossibleError):
        await slack.click("U0MAX", whisper, "Approve")
    await slack.click("U0MIA", whisper, "Approve")
    assert listener.requests[0]["container"]["is_ephemeral"] is True
    assert "message" not in listener.requests[0]


async def test_what_is_not_there_cannot_be_clicked(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    card = post(workspace)
    old = controls_of(card)[0]
    with pytest.raises(NotPossibleError, match="Reject"):
        await slack.click("U0MAX", card, "Reject")
    workspace.edit(card, blocks=[])
    assert buttons_of(card) == {}
    with pytest.raises(NotPossibleError, match="Approve"):
        await slack.click("U0MAX", card, old)
    assert listener.requests == []


async def test_a_message_in_a_private_channel_is_clicked_by_its_members_only(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    card = post(workspace, "C0INCIDENT")
    with pytest.raises(NotPossibleError):
        await slack.click("U0MAX", card, "Approve")
    await slack.click("U0OMAR", card, "Approve")
    assert len(listener.requests) == 1


async def test_a_response_url_answers_five_times_where_the_bot_is_no_member(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    await slack.slash("U0MIA", "#random", "rooms")
    url = listener.requests[0]["response_url"]
    assert await answer(url, {"text": "all", "response_type": "in_channel"}) == (200, {"ok": True})
    for number in range(4):
        assert (await answer(url, {"text": f"only you {number}"}))[0] == 200
    assert await answer(url, {"text": "one too many"}) == (404, {"ok": False, "error": "used_url"})
    assert [message.text for message in workspace.messages("#random")] == ["all"]
    assert len(workspace.ephemerals(channel="#random", user="U0MIA")) == 4


async def test_a_response_url_ends_after_thirty_minutes(
    slack: SlackServer, listener: Listener, clock: MovableClock
) -> None:
    await slack.slash("U0MIA", "#ops", "rooms")
    clock.advance(timedelta(minutes=30, seconds=1))
    status, body = await answer(listener.requests[0]["response_url"], {"text": "late"})
    assert (status, body["error"]) == (404, "expired_url")


async def test_a_response_url_replaces_or_deletes_the_original_of_a_click_even_an_ephemeral_one(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    whisper = post(workspace, ephemeral_for="U0MIA")
    await slack.click("U0MIA", whisper, "Approve")
    url = listener.requests[0]["response_url"]
    await answer(url, {"text": "done", "replace_original": True})
    assert [(message.text, message.blocks) for message in workspace.ephemerals(user="U0MIA")] == [("done", [])]
    status, _ = await answer(url, {"delete_original": True, "text": "x"})
    assert status == 400
    await answer(url, {"delete_original": True})
    assert workspace.ephemerals(user="U0MIA") == []


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: SlackServer, listener: Listener, client: AsyncWebClient, clock: MovableClock, workspace: Workspace
) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Room"}, "blocks": [{"type": "divider"}]}
    for _ in range(2):
        await slack.slash("U0MIA", "#ops", "")
    first, second = (request["trigger_id"] for request in listener.requests)
    await client.views_open(trigger_id=first, view=view)
    assert workspace.view_of("U0MIA") is not None
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=first, view=view)
    clock.advance(timedelta(seconds=3.1))
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=second, view=view)


async def test_shortcuts_arrive_with_a_trigger(slack: SlackServer, listener: Listener, workspace: Workspace) -> None:
    card = post(workspace)
    await slack.shortcut("U0MIA", "launch")
    await slack.message_action("U0MIA", card, "share")
    everywhere, on_message = listener.requests
    assert (everywhere["type"], everywhere["callback_id"]) == ("shortcut", "launch")
    assert "channel" not in everywhere
    assert (on_message["type"], on_message["message"]["ts"]) == ("message_action", card.ts)


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
