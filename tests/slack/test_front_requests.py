"""What the HTTP entrance takes in, and how it is answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from bot.play.slack.seed import MIA
from bot.slack.bodies import FORM, JSON
from tests.fakes.slack_entrance import Door, opened_door

COMMAND = {"command": "/meet", "text": "help", "user_id": MIA, "team_id": "T0MEETOPS", "channel_id": "C0TEAM"}
EVENT = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0MEETOPS", "event": {"type": "user_change"}}
CLICK = {"type": "block_actions", "user": {"id": MIA}, "team": {"id": "T0MEETOPS"}, "actions": [{"action_id": "join"}]}


def form(**fields: str) -> bytes:
    return urlencode(COMMAND | fields).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


async def test_a_signed_command_reaches_its_listener_and_its_answer_reaches_the_person_alone(door: Door) -> None:
    door.listeners.answers["command"] = "On it."
    delivery = await door.slack.slash(MIA, "#team", "rooms jaas")
    assert delivery.ack == {"response_type": "ephemeral", "text": "On it."}
    assert door.listeners.texts == ["rooms jaas"]


@pytest.mark.parametrize("word", ["payload", "create payload review", "payload={}", "&payload=[]&"])
async def test_a_command_may_speak_of_a_payload(door: Door, word: str) -> None:
    status, _ = await door.send(form(text=word))
    assert (status, door.listeners.texts) == (200, [word])


async def test_a_person_called_payload_may_give_commands(door: Door) -> None:
    assert (await door.send(form(user_name="payload", channel_name="payload")))[0] == 200
    assert len(door.listeners.texts) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CLICK, "action"),
        (CLICK | {"type": "view_submission", "view": {"callback_id": "kick", "type": "modal"}}, "view_submission"),
        (CLICK | {"type": "view_closed", "view": {"callback_id": "kick", "type": "modal"}}, "view_closed"),
        (CLICK | {"type": "block_suggestion", "action_id": "room", "value": "st"}, "options"),
        (CLICK | {"type": "shortcut", "callback_id": "launch"}, "shortcut"),
        (CLICK | {"type": "message_action", "callback_id": "launch", "channel": {"id": "C0"}}, "shortcut"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_every_kind_of_interaction_reaches_its_listener(door: Door, body: dict[str, object], kind: str) -> None:
    status, text = await door.send(urlencode({"payload": json.dumps(body)}).encode())
    assert (status, text) == (200, "")
    assert door.listeners.bodies == [(kind, body)]


async def test_an_event_reaches_its_listener_whatever_its_type(door: Door) -> None:
    assert (await door.send(json.dumps(EVENT).encode(), content_type=JSON))[0] == 200
    assert door.listeners.bodies == [("event", EVENT)]


async def test_options_and_modal_errors_are_answered_as_json(door: Door) -> None:
    door.listeners.answers["options"] = {"options": []}
    body = CLICK | {"type": "block_suggestion", "action_id": "room", "value": ""}
    assert await door.send(urlencode({"payload": json.dumps(body)}).encode()) == (200, '{"options": []}')


async def test_a_kind_that_nobody_listens_to_is_acknowledged_all_the_same(door: Door) -> None:
    body = urlencode({"payload": json.dumps({"type": "from_the_future"})}).encode()
    assert await door.send(body) == (200, "")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": 5}], "enterprise": 5},
        {"type": "event_callback", "event": "x", "event_id": "Ev2"},
        {"type": "view_submission", "view": []},
        {"type": "shortcut"},
        {"type": "block_actions", "team": [], "user": "U0", "response_urls": [5]},
    ],
)
async def test_a_signed_body_that_bolt_cannot_digest_is_still_acknowledged(door: Door, body: dict[str, object]) -> None:
    assert (await door.send(urlencode({"payload": json.dumps(body)}).encode()))[0] == 200


async def test_headers_that_would_start_bolts_lazy_listeners_are_dropped(door: Door) -> None:
    body = form()
    headers = door.signed(body) | {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "acknowledge"}
    assert await door.post(body, headers) == (200, "")
    assert door.listeners.texts == ["help"]


async def test_slacks_address_check_gets_its_challenge_when_it_is_signed(door: Door) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert await door.send(body, content_type=JSON) == (200, '{"challenge": "3eZbrw1a"}')
    assert (await door.post(body, {"Content-Type": JSON}))[0] == 401


async def test_slacks_certificate_check_executes_nothing_and_must_be_signed(door: Door) -> None:
    body = form(ssl_check="1")
    assert await door.send(body) == (200, "")
    assert (await door.post(body, {"Content-Type": FORM}))[0] == 401
    assert door.listeners.bodies == []


async def test_a_command_before_slack_has_authorised_the_bot_is_told_to_come_again() -> None:
    async with opened_door(authorised=False) as door:
        status, text = await door.send(form())
    assert (status, door.listeners.bodies) == (200, [])
    assert "I am starting" in text
