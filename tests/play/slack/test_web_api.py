"""The Web API, driven by Slack's own SDK."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.play.slack import Fault, Message, SlackServer, Workspace, demo_workspace, text_of
from tests.fakes.slack_arguments import needs_methods, slacks_methods, wrong_arguments
from tests.play.slack.refusing import error_of, refused

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello *there*"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Room"}, "blocks": [SECTION]}
HOME = {"type": "home", "blocks": [SECTION]}


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth")])
async def test_a_wrong_token_is_refused(slack: SlackServer, token: str, error: str) -> None:
    client = AsyncWebClient(token=token, base_url=slack.api_url)
    assert await error_of(client.auth_test()) == error


async def test_the_bot_token_opens_no_socket_and_the_app_token_posts_nothing(slack: SlackServer) -> None:
    client = AsyncWebClient(token="xapp-app", base_url=slack.api_url)
    assert await error_of(client.chat_postMessage(channel="C0OPS", text="x")) == "not_allowed_token_type"
    assert (
        await error_of(
            AsyncWebClient(token="xoxb-bot", base_url=slack.api_url).apps_connections_open(app_token="xoxb-bot")
        )
        == "not_allowed_token_type"
    )


async def test_a_token_in_the_query_counts_for_nothing_and_one_in_a_form_does(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        in_query = await session.get(f"{slack.api_url}auth.test?token=xoxb-bot")
        in_form = await session.post(f"{slack.api_url}auth.test", data={"token": "xoxb-bot"})
        assert (await in_query.json())["error"] == "not_authed"
        assert (await in_form.json())["ok"] is True


async def test_an_unknown_method_is_named_in_the_answer(client: AsyncWebClient) -> None:
    error = await refused(client.api_call("chat.shout"))
    assert (error.response["error"], error.response["req_method"]) == ("unknown_method", "chat.shout")


async def test_a_post_appears_in_the_channel_and_the_call_is_noted_without_its_token(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    answer = await client.chat_postMessage(channel="#ops", text="Hello", blocks=[SECTION])
    (message,) = workspace.messages("#ops")
    assert (message.ts, message.channel) == (answer["ts"], answer["channel"])
    assert text_of(message) == "Hello\nHello *there*"
    (call,) = workspace.calls_of("chat.postMessage")
    assert call.ok
    assert "xoxb" not in json.dumps(call.args)


async def test_a_post_to_a_person_goes_to_their_direct_conversation(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    answer = await client.chat_postMessage(channel="U0MIA", text="psst")
    assert answer["channel"].startswith("D")
    assert [message.text for message in workspace.dms("U0MIA")] == ["psst"]
    assert workspace.dms("U0MAX") == []


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0BOARD", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
        ("C0ATTIC", "is_archived"),
        ("U0DAN", "channel_not_found"),
    ],
)
async def test_where_the_bot_cannot_post(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await error_of(client.chat_postMessage(channel=channel, text="x")) == error


async def test_a_public_channel_without_the_bot_needs_chat_write_public(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    await client.chat_postMessage(channel="C0RANDOM", text="x")
    workspace.team = replace(workspace.team, scopes=workspace.team.scopes - {"chat:write.public"})
    assert await error_of(client.chat_postMessage(channel="C0RANDOM", text="x")) == "not_in_channel"


async def test_a_message_says_something(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.postMessage", json={"channel": "C0OPS", "text": ""})) == "no_text"


async def test_wrong_blocks_are_refused_with_what_is_wrong(client: AsyncWebClient, workspace: Workspace) -> None:
    error = await refused(client.chat_postMessage(channel="C0OPS", text="x", blocks=[{"type": "header"}]))
    assert error.response["error"] == "invalid_blocks"
    assert "missing required field: text [json-pointer:/blocks/0]" in error.response["errors"]
    assert workspace.messages("#ops") == []


async def test_a_long_text_is_cut_when_posted_and_refused_when_edited(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    answer = await client.chat_postMessage(channel="C0OPS", text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(workspace.messages("#ops")[0].text) == 40_000
    call = client.chat_update(channel="C0OPS", ts=answer["ts"], text="x" * 4_001)
    assert await error_of(call) == "msg_too_long"


async def test_text_and_markdown_text_exclude_each_other(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel="C0OPS", text="x", markdown_text="y")
    assert await error_of(call) == "markdown_text_conflict"


async def test_an_update_with_text_alone_removes_the_blocks(client: AsyncWebClient, workspace: Workspace) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x", blocks=[SECTION])
    edit = {"channel": "C0OPS", "ts": posted["ts"], "blocks": [SECTION, SECTION]}
    await client.api_call("chat.update", json=edit)
    assert len(workspace.messages("#ops")[0].blocks) == 2
    await client.chat_update(channel="C0OPS", ts=posted["ts"], text="done")
    (message,) = workspace.messages("#ops")
    assert (message.text, message.blocks) == ("done", [])


async def test_only_the_bots_own_messages_are_edited_or_deleted(client: AsyncWebClient, workspace: Workspace) -> None:
    theirs = workspace.post(Message("C0OPS", workspace.new_ts(), "U0MIA", "mine"))
    assert await error_of(client.chat_update(channel="C0OPS", ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel="C0OPS", ts=theirs.ts)) == "cant_delete_message"
    assert await error_of(client.chat_delete(channel="C0OPS", ts="1.000001")) == "message_not_found"


async def test_an_edit_needs_the_id_of_the_direct_conversation_not_of_the_person(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U0MIA", text="psst")
    assert await error_of(client.chat_update(channel="U0MIA", ts=posted["ts"], text="x")) == "channel_not_found"
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="x")


async def test_a_deleted_message_is_gone_but_remembered(client: AsyncWebClient, workspace: Workspace) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x")
    link = await client.chat_getPermalink(channel="C0OPS", message_ts=posted["ts"])
    assert link["permalink"] == f"https://meetops-demo.slack.com/archives/C0OPS/p{posted['ts'].replace('.', '')}"
    await client.chat_delete(channel="C0OPS", ts=posted["ts"])
    assert workspace.messages("#ops") == []
    assert [message.text for message in workspace.messages("#ops", deleted=True)] == ["x"]
    assert await error_of(client.chat_delete(channel="C0OPS", ts=posted["ts"])) == "message_not_found"


async def test_an_ephemeral_message_is_for_one_member_and_cannot_be_edited(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    answer = await client.chat_postEphemeral(channel="C0OPS", user="U0MIA", text="only you")
    assert [message.text for message in workspace.ephemerals(channel="#ops", user="U0MIA")] == ["only you"]
    assert workspace.ephemerals(user="U0MAX") == []
    assert workspace.messages("#ops") == []
    call = client.chat_update(channel="C0OPS", ts=answer["message_ts"], text="x")
    assert await error_of(call) == "message_not_found"


@pytest.mark.parametrize(
    ("channel", "user", "error"),
    [
        ("C0OPS", "U0GUS", "user_not_in_channel"),
        ("C0RANDOM", "U0MIA", "not_in_channel"),
        ("C0BOARD", "U0SARA", "channel_not_found"),
        ("C0ATTIC", "U0MIA", "is_archived"),
    ],
)
async def test_where_nothing_can_be_whispered(client: AsyncWebClient, channel: str, user: str, error: str) -> None:
    assert await error_of(client.chat_postEphemeral(channel=channel, user=user, text="x")) == error


async def test_a_paced_channel_takes_five_at_once_then_one_a_second(clock: MovableClock) -> None:
    server = SlackServer(
        demo_workspace(clock), clock=clock, signing_secret="s", bot_token="b", app_token="a", paced=True
    )
    async with server as slack:
        client = AsyncWebClient(token="b", base_url=slack.api_url)
        for _ in range(5):
            await client.chat_postMessage(channel="C0OPS", text="x")
        error = await refused(client.chat_postMessage(channel="C0OPS", text="x"))
        assert (error.response.status_code, error.response.headers["Retry-After"]) == (429, "1")
        await client.chat_postMessage(channel="C0TEAM", text="x")
        clock.advance(timedelta(seconds=1))
        await client.chat_postMessage(channel="C0OPS", text="x")
        assert len(slack.workspace.messages("#ops")) == 6


async def test_planned_faults_meet_the_next_calls_only(
    slack: SlackServer, client: AsyncWebClient, workspace: Workspace
) -> None:
    slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=7))
    slack.faults.plan("chat.postMessage", Fault(error="fatal_error"))
    limited = await refused(client.chat_postMessage(channel="C0OPS", text="x"))
    assert (limited.response.status_code, limited.response.headers["Retry-After"]) == (429, "7")
    assert await error_of(client.chat_postMessage(channel="C0OPS", text="x")) == "fatal_error"
    assert workspace.messages("#ops") == []
    await client.chat_postMessage(channel="C0OPS", text="x")
    assert len(workspace.messages("#ops")) == 1


async def test_a_connection_can_break_before_or_after_the_call_took_effect(
    slack: SlackServer, workspace: Workspace
) -> None:
    client = AsyncWebClient(token="xoxb-bot", base_url=slack.api_url, retry_handlers=[])
    for carried_out in (False, True):
        slack.faults.plan("chat.postMessage", Fault(reset=True, carried_out=carried_out))
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="C0OPS", text="x")
        assert len(workspace.messages("#ops")) == carried_out


async def test_a_home_tab_is_published_and_an_old_hash_conflicts(client: AsyncWebClient, workspace: Workspace) -> None:
    first = await client.views_publish(user_id="U0MIA", view=HOME)
    await client.views_publish(user_id="U0MIA", view=HOME, hash=first["view"]["hash"])
    call = client.views_publish(user_id="U0MIA", view=HOME, hash=first["view"]["hash"])
    assert await error_of(call) == "hash_conflict"
    home = workspace.home_of("U0MIA")
    assert home is not None
    assert text_of(home) == "Hello *there*"


async def test_a_made_up_trigger_opens_nothing(client: AsyncWebClient) -> None:
    assert await error_of(client.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"


@needs_methods
def test_every_method_served_is_one_of_slacks(slack: SlackServer) -> None:
    assert slack.methods <= slacks_methods().keys()


@needs_methods
async def test_arguments_a_method_does_not_have_are_found(client: AsyncWebClient, workspace: Workspace) -> None:
    await client.chat_postMessage(channel="C0OPS", text="x")
    assert wrong_arguments(workspace.calls) == []
    await client.chat_postMessage(channel="C0OPS", text="x", colour="red")
    await error_of(client.api_call("chat.update", json={"channel": "C0OPS", "text": "x"}))
    assert wrong_arguments(workspace.calls) == ["chat.postMessage: colour", "chat.update: ts"]


async def test_a_method_can_be_slow(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.faults.plan("chat.postMessage", Fault(delay=0.05))
    started = time.monotonic()
    await client.chat_postMessage(channel="C0OPS", text="x")
    assert time.monotonic() - started >= 0.05
