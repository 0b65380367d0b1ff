"""Modals: the stack, what people typed, and what each answer of the bot does to the screen."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.play.slack import NotPossibleError, SlackServer, View, Workspace, text_of
from tests.play.slack.conftest import Listener

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def room_modal(title: str = "Room", **more: Any) -> Json:
    name = {"type": "plain_text_input", "action_id": "name", "max_length": 20}
    kind = {
        "type": "static_select",
        "action_id": "kind",
        "options": [{"text": plain("Lecture"), "value": "lecture"}, {"text": plain("Talk"), "value": "talk"}],
        "initial_option": {"text": plain("Talk"), "value": "talk"},
    }
    who = {"type": "external_select", "action_id": "who", "min_query_length": 0}
    return {
        "type": "modal",
        "callback_id": "room",
        "private_metadata": "opaque",
        "title": plain(title),
        "submit": plain("Create"),
        "blocks": [
            {"type": "input", "block_id": "b_name", "label": plain("Name"), "element": name},
            {"type": "input", "block_id": "b_kind", "label": plain("Kind"), "element": kind},
            {"type": "input", "block_id": "b_who", "label": plain("Who"), "element": who, "optional": True},
            {"type": "actions", "elements": [{"type": "button", "text": plain("More"), "action_id": "more"}]},
        ],
        **more,
    }


@pytest.fixture
async def view(slack: SlackServer, listener: Listener, client: AsyncWebClient, workspace: Workspace) -> View:
    await slack.slash("U0MIA", "#ops", "")
    await client.views_open(trigger_id=listener.requests[-1]["trigger_id"], view=room_modal())
    opened = workspace.view_of("U0MIA")
    assert opened is not None
    return opened


async def push(slack: SlackServer, listener: Listener, client: AsyncWebClient, title: str) -> None:
    top = slack.workspace.view_of("U0MIA")
    assert top is not None
    await slack.click("U0MIA", top, "More")
    await client.views_push(trigger_id=listener.requests[-1]["trigger_id"], view=room_modal(title))


async def test_a_submission_carries_everything_typed_and_the_initial_values(
    slack: SlackServer, listener: Listener, view: View
) -> None:
    await slack.submit_view("U0MIA", {"Name": "standup"})
    payload = listener.requests[-1]
    assert (payload["type"], payload["view"]["callback_id"], payload["view"]["private_metadata"]) == (
        "view_submission", "room", "opaque"
    )  # fmt: skip
    assert payload["view"]["hash"] == view.hash
    values = payload["view"]["state"]["values"]
    assert values["b_name"]["name"] == {"type": "plain_text_input", "value": "standup"}
    assert values["b_kind"]["kind"]["selected_option"]["value"] == "talk"
    assert values["b_who"]["who"]["selected_option"] is None


async def test_an_empty_answer_closes_the_modal(slack: SlackServer, view: View, workspace: Workspace) -> None:
    await slack.submit_view("U0MIA", {"Name": "standup", "Kind": "Lecture"})
    assert view.closed
    assert workspace.view_of("U0MIA") is None


async def test_errors_keep_the_modal_open_and_stand_under_their_inputs(
    slack: SlackServer, listener: Listener, view: View, workspace: Workspace
) -> None:
    listener.answer = {"response_action": "errors", "errors": {"b_name": "taken"}}
    assert (await slack.submit_view("U0MIA", {"Name": "standup"})).ok
    assert (workspace.view_of("U0MIA"), view.errors) == (view, {"b_name": "taken"})
    listener.answer = {"response_action": "errors", "errors": {"elsewhere": "x"}}
    assert (await slack.submit_view("U0MIA")).error == "invalid_errors"


async def test_an_answer_may_update_push_or_clear(
    slack: SlackServer, listener: Listener, view: View, workspace: Workspace
) -> None:
    for action, title, depth in (("update", "Changed", 1), ("push", "On top", 2), ("clear", "", 0)):
        listener.answer = {"response_action": action, "view": room_modal(title or "x")}
        delivery = await slack.submit_view("U0MIA", {"Name": "standup"})
        assert delivery.ok
        assert len(workspace.stacks["U0MIA"]) == depth
        top = workspace.view_of("U0MIA")
        assert (top.title if top else "") == title
    assert view.closed


async def test_an_answer_with_a_wrong_view_changes_nothing(
    slack: SlackServer, listener: Listener, view: View, workspace: Workspace
) -> None:
    listener.answer = {"response_action": "update", "view": room_modal("x" * 25)}
    assert (await slack.submit_view("U0MIA", {"Name": "standup"})).error == "invalid_arguments"
    assert (workspace.view_of("U0MIA"), view.title) == (view, "Room")


@pytest.mark.parametrize("values", [{}, {"Name": "x" * 21}, {"Name": ""}])
async def test_slacks_client_does_not_submit_what_is_missing_or_too_long(
    slack: SlackServer, listener: Listener, view: View, values: Json
) -> None:
    heard = len(listener.requests)
    with pytest.raises(NotPossibleError, match="Name"):
        await slack.submit_view("U0MIA", values)
    assert len(listener.requests) == heard


async def test_at_most_three_modals_lie_on_the_stack(
    slack: SlackServer, listener: Listener, client: AsyncWebClient, view: View, workspace: Workspace
) -> None:
    await push(slack, listener, client, "Second")
    await push(slack, listener, client, "Third")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await push(slack, listener, client, "Fourth")
    await slack.close_view("U0MIA")
    top = workspace.view_of("U0MIA")
    assert top is not None
    assert (top.title, top.root_id) == ("Second", view.id)


async def test_an_update_with_an_old_hash_conflicts_and_keeps_what_was_typed_otherwise(
    slack: SlackServer, listener: Listener, client: AsyncWebClient, view: View
) -> None:
    old = view.hash
    await slack.click("U0MIA", view, "More", values={"Name": "standup"})
    await client.views_update(view_id=view.id, view=room_modal("Changed"), hash=old)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view.id, view=room_modal("Again"), hash=old)
    assert text_of(view).startswith("Changed")
    await slack.submit_view("U0MIA")
    values = listener.requests[-1]["view"]["state"]["values"]
    assert values["b_name"]["name"]["value"] == "standup"


async def test_closing_is_told_only_when_the_bot_asked(
    slack: SlackServer, listener: Listener, client: AsyncWebClient, view: View
) -> None:
    assert await slack.close_view("U0MIA") is None
    await slack.slash("U0MIA", "#ops", "")
    told = room_modal(notify_on_close=True)
    await client.views_open(trigger_id=listener.requests[-1]["trigger_id"], view=told)
    await slack.close_view("U0MIA", clear=True)
    assert (listener.requests[-1]["type"], listener.requests[-1]["is_cleared"]) == ("view_closed", True)


async def test_an_external_select_asks_the_bot_for_its_options(
    slack: SlackServer, listener: Listener, view: View
) -> None:
    option = {"text": plain("Mia (id:1)"), "value": "1"}
    listener.answer = {"options": [option]}
    delivery = await slack.options("U0MIA", "who", "mi")
    asked = listener.requests[-1]
    assert (asked["type"], asked["action_id"], asked["value"]) == ("block_suggestion", "who", "mi")
    assert isinstance(delivery.ack, dict)
    listener.answer = ""
    await slack.submit_view("U0MIA", {"Name": "standup", "Who": delivery.ack["options"][0]})
    assert listener.requests[-1]["view"]["state"]["values"]["b_who"]["who"]["selected_option"] == option


async def test_nobody_touches_another_persons_modal(slack: SlackServer, view: View) -> None:
    with pytest.raises(NotPossibleError):
        await slack.click("U0MAX", view, "More")
    with pytest.raises(NotPossibleError):
        await slack.submit_view("U0MAX")
