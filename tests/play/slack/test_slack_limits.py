"""Limits that a bot meets sooner or later: rates, scopes by kind of conversation, and answers Slack cannot read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.play.slack import SlackServer, View, Workspace, demo_workspace
from bot.play.slack.web_api import WebApi
from tests.fakes.slack_arguments import needs_methods, slacks_methods
from tests.play.slack.conftest import Listener
from tests.play.slack.refusing import error_of, refused

SELECT = {"type": "external_select", "action_id": "who", "min_query_length": 0}
PICKER = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Who"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [{"type": "input", "block_id": "row", "label": {"type": "plain_text", "text": "Who"}, "element": SELECT}],
}


@pytest.fixture
async def paced(clock: MovableClock) -> AsyncIterator[SlackServer]:
    server = SlackServer(
        demo_workspace(clock), clock=clock, signing_secret="s", bot_token="b", app_token="a", paced=True
    )
    async with server:
        yield server


def option(number: int, text: str = "") -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text or f"Person {number}"}, "value": str(number)}


async def test_a_method_takes_as_many_calls_a_minute_as_its_tier_and_says_when_the_next_may_come(
    paced: SlackServer, clock: MovableClock
) -> None:
    client = AsyncWebClient(token="b", base_url=paced.api_url)
    for _ in range(20):
        await client.usergroups_list()
    error = await refused(client.usergroups_list())
    assert error.response["error"] == "ratelimited"
    assert (error.response.status_code, error.response.headers["Retry-After"]) == (429, "3")
    clock.advance(timedelta(seconds=3))
    await client.usergroups_list()


async def test_one_method_over_its_limit_does_not_hold_up_another(paced: SlackServer) -> None:
    client = AsyncWebClient(token="b", base_url=paced.api_url)
    for _ in range(20):
        await client.usergroups_list()
    await refused(client.usergroups_list())
    await client.users_info(user="U0MIA")


async def test_edits_of_one_message_have_the_limit_of_chat_update(paced: SlackServer) -> None:
    client = AsyncWebClient(token="b", base_url=paced.api_url)
    posted = await client.chat_postMessage(channel="C0OPS", text="x")
    for number in range(50):
        await client.chat_update(channel="C0OPS", ts=posted["ts"], text=str(number))
    assert await error_of(client.chat_update(channel="C0OPS", ts=posted["ts"], text="x")) == "ratelimited"
    assert paced.workspace.messages("#ops")[0].text == "49"


@needs_methods
def test_the_tiers_are_slacks(slack: SlackServer) -> None:
    known = slacks_methods()
    web_api: WebApi = slack._web_api
    theirs = {name: known[name]["rate_limits"] for name in web_api.names}
    ours = {name: f"t{tier or 5}" for name, tier in web_api.tiers.items()}
    assert ours == theirs


@pytest.mark.parametrize(
    ("kind", "channel", "scope"),
    [("public", "C0OPS", "channels:read"), ("private", "C0INCIDENT", "groups:read"), ("direct", "U0MIA", "im:read")],
)
async def test_a_conversation_is_read_with_the_scope_of_its_kind_alone(
    client: AsyncWebClient, workspace: Workspace, kind: str, channel: str, scope: str
) -> None:
    place = workspace.open_im(channel).id if kind == "direct" else channel
    every = workspace.team.scopes | {"channels:read", "groups:read", "im:read"}
    for scopes in (every, frozenset({scope})):
        workspace.team = replace(workspace.team, scopes=scopes)
        await client.conversations_info(channel=place)
        await client.conversations_members(channel=place)
    workspace.team = replace(workspace.team, scopes=every - {scope})
    for call in (client.conversations_info(channel=place), client.conversations_members(channel=place)):
        error = await refused(call)
        assert (error.response["error"], error.response["needed"]) == ("missing_scope", scope)


async def test_a_list_of_conversations_needs_the_scope_of_each_kind_in_it(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    workspace.team = replace(workspace.team, scopes=frozenset({"channels:read"}))
    await client.conversations_list(types="public_channel")
    assert await error_of(client.conversations_list(types="public_channel,private_channel")) == "missing_scope"


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_a_page_is_between_one_and_a_thousand_long(client: AsyncWebClient, limit: int) -> None:
    assert await error_of(client.conversations_members(channel="C0OPS", limit=limit)) == "invalid_limit"


async def test_a_message_in_a_channel_that_was_archived_is_edited_no_more(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    posted = await client.chat_postMessage(channel="C0OPS", text="x")
    workspace.channel("#ops").is_archived = True
    assert await error_of(client.chat_update(channel="C0OPS", ts=posted["ts"], text="y")) == "is_inactive"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"'])
async def test_an_answer_to_a_response_url_that_is_no_json_object_is_refused(
    slack: SlackServer, listener: Listener, workspace: Workspace, body: bytes
) -> None:
    await slack.slash("U0MIA", "#ops", "rooms")
    async with (
        aiohttp.ClientSession() as session,
        session.post(listener.requests[0]["response_url"], data=body) as answer,
    ):
        assert (answer.status, await answer.json()) == (400, {"ok": False, "error": "invalid_payload"})
    assert workspace.ephemerals() == []


async def test_only_a_public_answer_goes_into_a_thread(
    slack: SlackServer, listener: Listener, client: AsyncWebClient, workspace: Workspace
) -> None:
    thread = (await client.chat_postMessage(channel="C0OPS", text="x"))["ts"]
    await slack.slash("U0MIA", "#ops", "rooms")
    url = listener.requests[0]["response_url"]
    async with aiohttp.ClientSession() as session:
        for kind in ("ephemeral", "in_channel"):
            body = {"text": "y", "response_type": kind, "replace_original": False, "thread_ts": thread}
            async with session.post(url, json=body) as answer:
                assert answer.status == 200
    assert [message.thread_ts for message in workspace.ephemerals()] == [""]
    assert workspace.messages("#ops")[-1].thread_ts == thread


@pytest.fixture
def picker(workspace: Workspace) -> View:
    return workspace.show_view("U0MIA", PICKER)


async def test_a_hundred_options_are_shown_and_none_is_an_answer_too(
    slack: SlackServer, listener: Listener, picker: View
) -> None:
    for options in ([option(number) for number in range(100)], []):
        listener.answer = {"options": options}
        delivery = await slack.options("U0MIA", "who", "p", shown=picker)
        assert delivery.ok
        assert delivery.ack == {"options": options}


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"options": [option(number) for number in range(101)]}, "no more than 100 items"),
        ({"options": [option(1, "x" * 76)]}, "must be less than 76 characters"),
        ({"options": [{"text": "bare"}]}, "json-pointer:/blocks/0/elements/0/options/0"),
        ({}, "no options"),
        ("", "no options"),
    ],
)
async def test_options_that_slack_would_not_show_are_said_to_be_wrong(
    slack: SlackServer, listener: Listener, picker: View, answer: dict[str, Any] | str, complaint: str
) -> None:
    listener.answer = answer
    assert complaint in (await slack.options("U0MIA", "who", "p", shown=picker)).error
