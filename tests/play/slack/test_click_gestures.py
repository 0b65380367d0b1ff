"""Clicks, choices and shortcuts: who can make them, and what the bot gets."""

from __future__ import annotations

import pytest

from bot.play.slack import NotPossibleError, SlackServer, Workspace, buttons_of, controls_of
from tests.play.slack.cards import post
from tests.play.slack.conftest import Listener


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


async def test_shortcuts_arrive_with_a_trigger(slack: SlackServer, listener: Listener, workspace: Workspace) -> None:
    card = post(workspace)
    await slack.shortcut("U0MIA", "launch")
    await slack.message_action("U0MIA", card, "share")
    everywhere, on_message = listener.requests
    assert (everywhere["type"], everywhere["callback_id"]) == ("shortcut", "launch")
    assert "channel" not in everywhere
    assert (on_message["type"], on_message["message"]["ts"]) == ("message_action", card.ts)
