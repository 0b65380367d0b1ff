"""The Block Kit check against fixtures of Slack's limits, and against the rules no library knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack.blockkit import validate_message, validate_view
from bot.play.slack.blockkit.limits import LIMITS
from tests.play.slack.block_breakers import BREAKERS

Json = dict[str, Any]
SLACK_DATA = Path(__file__).parents[4] / "shared" / "slack"
FIXTURES = SLACK_DATA / "blockkit_fixtures"
needs_fixtures = pytest.mark.skipif(not FIXTURES.exists(), reason="Slack's fixtures are not beside this checkout")

PLAIN = {"type": "plain_text", "text": "Words"}
# Slack refuses a block_id given twice; these two fixtures, made by a builder that does not look, give one twice.
REPEATS_BLOCK_ID = {"webhook_message_basic", "webhook_message_delete"}


def _section(**parts: Any) -> Json:
    return {"blocks": [{"type": "section", "text": PLAIN, **parts}]}


def _modal(*blocks: Json) -> Json:
    return {"type": "modal", "title": PLAIN, "submit": PLAIN, "blocks": list(blocks)}


def _input(element: Json) -> Json:
    return _modal({"type": "input", "label": PLAIN, "element": element})


def _in_section(element: Json) -> list[str]:
    return validate_message(_section(accessory=element))


def _in_context(element: Json) -> list[str]:
    return validate_message({"blocks": [{"type": "context", "elements": [element]}]})


def _in_input(element: Json) -> list[str]:
    return validate_view(_input(element))


def _in_actions(element: Json) -> list[str]:
    return validate_message({"blocks": [{"type": "actions", "elements": [element]}]})


def _in_rich_text(element: Json) -> list[str]:
    section = (
        element if element["type"].startswith("rich_text") else {"type": "rich_text_section", "elements": [element]}
    )
    return validate_message({"blocks": [{"type": "rich_text", "elements": [section]}]})


def _in_task(element: Json) -> list[str]:
    return validate_message({"blocks": [{"type": "task_card", "task_id": "1", "title": "t", "sources": [element]}]})


_PLACES: dict[str, Callable[[Json], list[str]]] = {
    "plain_text_input": _in_input,
    "email_text_input": _in_input,
    "url_text_input": _in_input,
    "number_input": _in_input,
    "rich_text_input": _in_input,
    "file_input": _in_input,
    "datetimepicker": _in_actions,
    "url": _in_task,
    "image": _in_context,
}


def _element(element: Json) -> list[str]:
    return _PLACES.get(element["type"], _in_section)(element)


def _block(block: Json) -> list[str]:
    return validate_view(_modal(block)) if block["type"] == "alert" else validate_message({"blocks": [block]})


def _object(value: Json) -> list[str]:
    match value:
        case {"type": "mrkdwn" | "plain_text"}:
            return validate_message(_section(text=value))
        case {"deny": _}:
            return _in_section({"type": "button", "text": PLAIN, "confirm": value})
        case {"label": _}:
            return _in_section({"type": "static_select", "option_groups": [value]})
        case {"text": _}:
            return _in_section({"type": "static_select", "options": [value]})
        case {"include": _}:
            return _in_section({"type": "conversations_select", "filter": value})
        case {"trigger_actions_on": _}:
            return _in_input({"type": "plain_text_input", "dispatch_action_config": value})
        case {"trigger": _}:
            return _in_section({"type": "workflow_button", "text": PLAIN, "workflow": value})
        case {"url": _}:
            return _object({"trigger": value})
        case {"name": _}:
            return _object({"url": "https://slack.com/shortcuts/1", "customizable_input_parameters": [value]})
    raise AssertionError(f"no place known for {value}")


_CHECKS: dict[str, Callable[[Json], list[str]]] = {
    "messages": validate_message,
    "views": validate_view,
    "attachments": lambda one: validate_message({"attachments": [one]}),
    "blocks": _block,
    "elements": _element,
    "rich_text": _in_rich_text,
    "objects": _object,
}


def _valid() -> list[Path]:
    return sorted((FIXTURES / "valid").glob("*/*.json"))


@pytest.mark.parametrize("path", _valid(), ids=lambda path: path.stem)
def test_every_valid_fixture_is_accepted(path: Path) -> None:
    wrong = _CHECKS[path.parent.name](json.loads(path.read_text()))
    if path.stem in REPEATS_BLOCK_ID:
        assert wrong == ["`block_id` `fake_block_id` already exists [json-pointer:/blocks]"]
    else:
        assert wrong == []


@pytest.mark.parametrize("case", BREAKERS)
def test_every_invalid_case_is_rejected(case: str) -> None:
    """Each is one step over a limit, and the same thing exactly at the limit is accepted."""
    good, bad = BREAKERS[case]()
    assert validate_view(good) == [] if good.get("type") == "modal" else validate_message(good) == []
    assert validate_view(bad) if bad.get("type") == "modal" else validate_message(bad)


@needs_fixtures
def test_no_invalid_case_is_left_out() -> None:
    manifest = json.loads((FIXTURES / "invalid" / "manifest.json").read_text())
    assert {case["id"] for case in manifest["cases"]} == set(BREAKERS)


@needs_fixtures
def test_the_packaged_limits_are_slacks() -> None:
    theirs = json.loads((SLACK_DATA / "blockkit_limits.json").read_text())
    for name, limits in theirs.items():
        assert limits.items() <= LIMITS[name].items(), name


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"blocks": [{"type": "divider"}] * 51}, "no more than 50 items"),
        (_section(fields=[{"type": "mrkdwn", "text": "x" * 2001}]), "less than 2001 characters"),
        ({"blocks": [{"type": "actions", "elements": []}]}, "at least one element"),
        ({"blocks": [{"type": "divider", "block_id": "one"}] * 2}, "`block_id` `one` already exists"),
        (
            {"blocks": [{"type": "actions", "elements": [{"type": "button", "text": PLAIN, "action_id": "go"}] * 2}]},
            "`action_id` `go` already exists",
        ),
        (
            {"blocks": [{"type": "actions", "elements": [{"type": "button", "text": {**PLAIN, "type": "mrkdwn"}}]}]},
            "plain",
        ),
        ({"blocks": [{"type": "section", "text": PLAIN, "colour": "red"}]}, "invalid additional property: colour"),
        ({"blocks": [{"type": "sektion"}]}, "unsupported type: sektion"),
        ({"blocks": [{"type": "alert", "text": PLAIN}]}, "unsupported type on this surface"),
        ({"blocks": "no list"}, "must provide an array"),
    ],
)
def test_what_no_library_catches_is_rejected(message: Json, complaint: str) -> None:
    assert any(complaint in wrong for wrong in validate_message(message))


ONE = {"text": PLAIN, "value": "1"}


@pytest.mark.parametrize(
    "element",
    [
        {"type": "static_select", "options": [ONE, ONE]},
        {"type": "multi_static_select", "options": [ONE, ONE]},
        {"type": "static_select", "option_groups": [{"label": PLAIN, "options": [ONE]}] * 2},
        {"type": "overflow", "options": [ONE, ONE]},
        {"type": "checkboxes", "options": [ONE, ONE]},
        {"type": "radio_buttons", "options": [ONE, ONE]},
    ],
)
def test_two_options_of_the_same_value_are_rejected(element: Json) -> None:
    assert any("option value `1` already exists" in wrong for wrong in _in_section(element))


def test_a_first_value_longer_than_the_field_takes_is_rejected() -> None:
    field = {"type": "plain_text_input", "max_length": 3}
    assert _in_input({**field, "initial_value": "abc"}) == []
    assert any("initial_value" in wrong for wrong in _in_input({**field, "initial_value": "abcd"}))
    assert _in_input({"type": "plain_text_input", "initial_value": "abcd"}) == []


def test_an_input_without_submit_is_rejected() -> None:
    view = _input({"type": "plain_text_input"})
    assert validate_view(view) == []
    del view["submit"]
    assert any("submit is required" in wrong for wrong in validate_view(view))


def test_the_same_action_id_in_two_blocks_is_accepted() -> None:
    button = {"type": "button", "text": PLAIN, "action_id": "go"}
    assert validate_message({"blocks": [{"type": "actions", "elements": [button]}] * 2}) == []
