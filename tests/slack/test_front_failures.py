"""Nothing that goes wrong in a listener reaches Slack as anything but a 200, and the person is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot.errors import Refused
from bot.play.slack.faults import RESPONSE_URL, Fault
from bot.play.slack.seed import MIA
from bot.slack.bodies import JSON
from bot.tasks import Busy
from tests.fakes.slack_entrance import Door, opened_door

INTERACTION = {"user": {"id": MIA}, "team": {"id": "T0MEETOPS"}, "api_app_id": "A0MEETOPS"}


def interaction(**fields: object) -> bytes:
    return urlencode({"payload": json.dumps(INTERACTION | fields)}).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


async def test_a_bug_in_a_command_shows_its_id_at_once_and_its_traceback_in_the_log_alone(door: Door) -> None:
    door.listeners.answers["command"] = KeyError("secret room")
    with capture_logs() as lines:
        delivery = await door.slack.slash(MIA, "#team", "rooms")
    bugs = [line for line in lines if line["event"] == "bug"]
    assert delivery.status == 200
    assert isinstance(delivery.ack, dict)
    assert delivery.ack["response_type"] == "ephemeral"
    assert [line["failure_id"] in delivery.ack["text"] for line in bugs] == [True]
    assert "secret room" not in delivery.ack["text"]
    assert delivery.elapsed < 1.0


async def test_a_refusal_in_a_command_is_shown_and_names_stay_names(door: Door) -> None:
    door.listeners.answers["command"] = Refused("You may not see <!channel> & co.")
    delivery = await door.slack.slash(MIA, "#team", "rooms")
    assert delivery.ack == {"response_type": "ephemeral", "text": "You may not see &lt;!channel&gt; &amp; co."}


async def test_when_too_much_is_under_way_the_person_is_asked_to_try_again(door: Door) -> None:
    door.listeners.answers["command"] = Busy("I am busy with earlier commands; try again in a moment.")
    delivery = await door.slack.slash(MIA, "#team", "rooms")
    assert delivery.ack == {
        "response_type": "ephemeral",
        "text": "I am busy with earlier commands; try again in a moment.",
    }


@pytest.mark.parametrize("error", [KeyError("x"), Refused("You can't.")])
async def test_a_failure_behind_a_click_is_told_over_its_response_url(door: Door, error: Exception) -> None:
    door.listeners.answers["action"] = error
    url = door.slack.sender.response_url("C0TEAM", MIA)
    actions = [{"action_id": "join", "type": "button"}]
    assert await door.send(interaction(type="block_actions", actions=actions, response_url=url)) == (200, "")
    (shown,) = await door.slack.workspace.until(lambda: door.slack.workspace.ephemerals(user=MIA))
    assert "You can't." in shown.text or "went wrong on my side" in shown.text


async def test_a_failure_that_cannot_be_told_either_is_acknowledged_all_the_same(door: Door) -> None:
    door.listeners.answers["action"] = KeyError("x")
    door.slack.faults.plan(RESPONSE_URL, Fault(status=500))
    url = door.slack.sender.response_url("C0TEAM", MIA)
    actions = [{"action_id": "join", "type": "button"}]
    assert await door.send(interaction(type="block_actions", actions=actions, response_url=url)) == (200, "")
    await door.slack.workspace.until(lambda: door.slack.workspace.calls_of(RESPONSE_URL))


async def test_a_failure_behind_a_modal_is_shown_in_the_modal(door: Door) -> None:
    door.listeners.answers["view_submission"] = Refused("You can't remove people here.")
    status, text = await door.send(interaction(type="view_submission", view={"callback_id": "kick", "type": "modal"}))
    answer = json.loads(text)
    assert (status, answer["response_action"]) == (200, "update")
    assert answer["view"]["blocks"][0]["text"]["text"] == "You can't remove people here."


async def test_a_menu_whose_options_fail_stays_empty(door: Door) -> None:
    door.listeners.answers["options"] = KeyError("x")
    body = interaction(type="block_suggestion", action_id="room", value="")
    assert await door.send(body) == (200, '{"options": []}')


@pytest.mark.parametrize("kind", ["event", "view_closed"])
async def test_a_failure_nobody_waits_for_is_logged_and_acknowledged(door: Door, kind: str) -> None:
    door.listeners.answers[kind] = KeyError("x")
    event = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "user_change"}}).encode()
    closed = interaction(type="view_closed", view={"callback_id": "kick", "type": "modal"})
    with capture_logs() as lines:
        sent = await (door.send(event, content_type=JSON) if kind == "event" else door.send(closed))
    assert sent == (200, "")
    assert [line["event"] for line in lines] == ["bug"]


async def test_each_request_has_a_correlation_id_of_its_own(door: Door) -> None:
    await door.slack.slash(MIA, "#team", "one")
    await door.slack.slash(MIA, "#team", "two")
    first, second = door.listeners.correlation_ids
    assert first != second
    assert len(first) == len(second) == 8
