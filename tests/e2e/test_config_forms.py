"""Forms made from a schema: which inputs they have, what they begin with, and the command they become."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack import Message, View, text_of
from bot.play.slack.seed import OMAR, SARA
from tests.fakes.certificates import signed
from tests.fakes.configuring import OPS, changes, configurable, rows
from tests.fakes.world import World

READER = """
[roles.READER]
displayName = "Reader"
permissions = { api = "ACCESS", configurationMode = "READ_ACCESS" }
[[grants]]
role = "READER"
users = ["U0OMAR"]
"""
BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "configure.0",
            "text": {"type": "plain_text", "text": "Edit"},
            "value": "config pexip system_location set 1",
        }
    ],
}


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path) as one:
        yield one


async def opened(w: World, line: str, button: str = "Fill in a form", *, words: str = "needs") -> View:
    """Type too little, press the button, and wait for the form."""
    await w.slash(OMAR, OPS, f"config pexip {line}")
    await w.click(OMAR, await w.told(OMAR, words), button)
    return await filled(w)


async def filled(w: World, user: str = OMAR) -> View:
    """Their form, once it has its fields."""

    def found() -> list[View]:
        view = w.slack.workspace.view_of(user)
        return [view] if view is not None and view.payload.get("callback_id") == "fields" else []

    return (await w.until(found))[0]


async def options(w: World, field: str, words: str, *, user: str = OMAR) -> list[dict[str, Any]]:
    """What the search of a field offers for these words."""
    ack = (await w.slack.options(user, field, words)).ack
    assert isinstance(ack, dict)
    found: list[dict[str, Any]] = ack["options"]
    return found


def elements(view: View) -> dict[str, dict[str, Any]]:
    """The inputs by field."""
    return {str(block["element"]["action_id"]): block["element"] for block in view.blocks if "element" in block}


async def test_each_type_of_field_has_its_own_kind_of_input(w: World) -> None:
    view = await opened(w, "scheduled_scaling add")
    found = {name: one["type"] for name, one in elements(view).items()}
    assert found["policy_name"] == "plain_text_input"
    assert found["start_date"] == "datepicker"
    assert found["time_from"] == "timepicker"
    assert found["enabled"] == "checkboxes"


async def test_a_rooms_form_has_selects_numbers_and_searches_for_related_objects(w: World) -> None:
    view = await opened(w, "conference add")
    found = elements(view)
    assert found["name"]["type"] == "plain_text_input"
    assert found["call_type"]["initial_option"]["value"] == "video"
    assert found["participant_limit"]["type"] == "number_input"
    assert found["ivr_theme"]["type"] == "external_select"
    assert found["allow_guests"]["type"] == "checkboxes"
    assert "initial_value" not in found["pin"]
    assert "aliases" not in found
    assert next(block for block in view.blocks if "element" in block)["element"]["action_id"] == "name"


async def test_what_is_chosen_in_a_form_becomes_a_request_with_only_what_was_changed(w: World) -> None:
    await opened(w, "conference add")
    [london] = await options(w, "system_location", "lon")
    assert london["text"]["text"] == "London (1)"
    values = {
        "name": "Board room",
        "pin": "73519264",
        "Allow guests": ["yes"],
        "participant_limit": 20,
        "call_type": "audio",
        "System location": london,
        "Why": "board",
    }
    w.secrets["PIN of the board"] = "73519264"
    await w.slack.submit_view(OMAR, values)
    card = await w.posted(OPS, "Approval: config")
    assert "73519264" not in text_of(card)
    await w.click(SARA, card, "Approve")
    await w.until(lambda: rows(w, "conference"))
    [made] = rows(w, "conference")
    assert (made["name"], made["pin"], made["allow_guests"], made["participant_limit"]) == (
        "Board room",
        "73519264",
        True,
        20,
    )
    assert made["system_location"].endswith("/system_location/1/")
    assert set(_sent(w)) == {"name", "pin", "allow_guests", "participant_limit", "call_type", "system_location"}


def _sent(w: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(changes(w)[-1].body)
    return found


async def test_a_form_that_changes_something_begins_with_what_is_and_sends_what_was_changed(w: World) -> None:
    theme = w.pexip.objects.create("ivr_theme", {"name": "Winter"})
    w.pexip.objects.create(
        "conference",
        {
            "name": "Board",
            "pin": "73519264",
            "ivr_theme": f"/api/admin/configuration/v1/ivr_theme/{theme}/",
            "allow_guests": True,
        },
    )
    w.secrets["PIN of the board"] = "73519264"
    view = await opened(w, "conference get Board", "Edit", words="conference 1: Board")
    found = elements(view)
    assert found["name"]["initial_value"] == "Board"
    assert found["ivr_theme"]["initial_option"]["value"] == "1"
    assert found["ivr_theme"]["initial_option"]["text"]["text"] == "Winter (1)"
    assert found["allow_guests"]["initial_options"][0]["value"] == "yes"
    assert "initial_value" not in found["pin"]
    await w.slack.submit_view(OMAR, {"Description": "Top floor", "Allow guests": [], "ivr_theme": None})
    card = await w.posted(OPS, "Approval: config")
    assert "description (empty) → Top floor" in text_of(card)
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "confirmed ·"))
    assert _sent(w) == {"description": "Top floor", "allow_guests": False, "ivr_theme": None}
    assert rows(w, "conference")[0]["pin"] == "73519264"


async def test_a_tasks_form_asks_which_one_first_and_finds_rooms_as_one_types(w: World) -> None:
    for name in ("standup", "daily"):
        w.pexip.objects.create("conference", {"name": name})
    w.pexip.objects.create("automatic_participant", {"alias": "desk@example.org"})
    await w.slash(OMAR, OPS, "config pexip")
    await w.click(OMAR, await w.told(OMAR, "Configuration of pexip"), "Attach")
    view = await filled(w)
    assert list(elements(view)) == ["names", "rooms", "why"]
    which = await options(w, "names", "desk")
    rooms = await options(w, "rooms", "")
    await w.slack.submit_view(OMAR, {"names": which[0], "rooms": rooms})
    card = await w.posted(OPS, "Approval: config")
    assert "(1) to standup, daily" in text_of(card)


async def test_a_certificate_typed_on_many_lines_arrives_on_many_lines(w: World) -> None:
    key, certificate = signed("gateway.example.org")
    w.secrets["gateway key"] = key.splitlines()[1]
    await opened(w, "googlemeet upload", words="Give private_key=")
    await w.slack.submit_view(OMAR, {"private_key": key, "certificate": certificate})
    card = await w.posted(OPS, "Approval: config")
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "accepted ·"))
    assert _sent(w) == {"private_key": key, "certificate": certificate}


async def test_a_reader_who_kept_a_button_gets_no_form(tmp_path: Path) -> None:
    async with configurable(tmp_path, grants=READER) as w:
        old = Message("C0OPS", w.slack.workspace.new_ts(), w.slack.workspace.team.bot_user, "old", blocks=[BUTTON])
        w.slack.workspace.post(old)
        await w.click(OMAR, old, "Edit")
        await w.told(OMAR, "Configuration Mode Read/Write")
        assert w.slack.workspace.view_of(OMAR) is None


async def test_nobody_searches_where_they_may_not_read(w: World) -> None:
    """The search of a form is judged anew: somebody may have lost the right since it was opened."""
    await w.slash(SARA, OPS, "config pexip conference add")
    await w.click(SARA, await w.told(SARA, "needs name="), "Fill in a form")
    await filled(w, SARA)
    assert await options(w, "system_location", "lon", user=SARA)
    w.slack.workspace.groups["S0ADMINS"].members.clear()
    w.clock.advance(timedelta(hours=1))
    assert await options(w, "system_location", "lon", user=SARA) == []


async def test_a_form_whose_node_does_not_answer_says_so(w: World) -> None:
    await w.slash(OMAR, OPS, "config pexip")
    menu = await w.told(OMAR, "Configuration of pexip")
    await w.pexip.stop()
    await w.click(OMAR, menu, "Attach")
    await w.until(lambda: "unavailable" in shown(w))
    assert "cannot be reached" in shown(w)
    await w.pexip.start()


def shown(w: World) -> str:
    view = w.slack.workspace.view_of(OMAR)
    return str(view.blocks) if view else ""
