"""What Slack lends the bot with a payload: response URLs and trigger ids, for a while and a number of uses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.play.slack import SlackServer, Workspace
from tests.play.slack.cards import answer, post
from tests.play.slack.conftest import Listener


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
