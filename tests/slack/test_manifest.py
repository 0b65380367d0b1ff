"""The app's manifest: Slack takes it, it asks for no more than the bot uses, and it follows the code."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.manifest import EVENTS, LONGEST_HINT, SCOPES, manifest, to_yaml
from tests.slack.side import VERBS

ROOT = Path(__file__).parents[2]
SCHEMA = Draft7Validator(json.loads((Path(__file__).parent / "manifest.schema.json").read_text()))
CONVERSATIONS = {"channels:read", "groups:read", "mpim:read"}  # one for each kind of channel the bot is used in
# Which scopes a method needs (slack docs, methods 2026-08); views.* and auth.test need none.
NEEDS: dict[str, set[str]] = {
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write", "chat:write.public", "im:write"},
    "chat.update": {"chat:write"},
    "conversations.info": CONVERSATIONS,
    "conversations.members": CONVERSATIONS,
    "files.info": {"files:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read", "users:read.email"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
    "apps.connections.open": set(),  # by the app-level token
}
EVENT_NEEDS = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.im": {"im:history"},
    "channel_archive": {"channels:read"},
    "channel_left": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_left": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "user_change": {"users:read"},
}
VARIANTS = [{}, {"url": "https://bot.example.com/"}, {"socket_mode": True}]


def written(**more: Any) -> dict[str, Any]:
    return manifest(list(VERBS), slash="/meet", **more)


def methods_called() -> set[str]:
    """Every Web API method that stands in the code: by name, or as a function of Slack's client."""
    found = set()
    for module in (ROOT / "bot" / "slack").glob("*.py"):
        code = module.read_text()
        found |= set(re.findall(r'"((?:chat|views|conversations|files|users|usergroups)\.[a-zA-Z.]+)"', code))
        for name in re.findall(r"client\.([a-z_]+)\(", code):
            function = getattr(AsyncWebClient, name, None)
            found |= set(
                re.findall(r'self\.api_call\(\s*"([a-zA-Z.]+)"', inspect.getsource(function) if function else "")
            )
    return found


@pytest.mark.parametrize("more", VARIANTS, ids=str)
def test_slack_takes_the_manifest(more: dict[str, Any]) -> None:
    assert [error.message for error in SCHEMA.iter_errors(written(**more))] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one["features"]["slash_commands"][0].update(command="meet"),
        lambda one: one["features"]["slash_commands"][0].update(usage_hint="x" * 1001),
        lambda one: one["display_information"].update(name="x" * 36),
        lambda one: one["settings"].update(surprise=True),
    ],
)
def test_what_slack_would_refuse_is_noticed(spoil: Any) -> None:
    wrong = written()
    spoil(wrong)
    assert list(SCHEMA.iter_errors(wrong))


def test_it_asks_for_exactly_the_scopes_that_the_methods_and_events_need() -> None:
    used = methods_called()
    assert used == NEEDS.keys()
    needed = {"commands"}.union(*(NEEDS[method] for method in used), *(EVENT_NEEDS[event] for event in EVENTS))
    assert set(SCOPES) == needed
    assert written()["oauth_config"]["scopes"] == {"bot": list(SCOPES)}


def test_every_event_it_subscribes_to_is_listened_to_and_the_reverse() -> None:
    code = (ROOT / "bot" / "slack" / "events.py").read_text().split("async def take")[1].split("def _hear")[0]
    cases = re.findall(r"^ +case (.+):$", code, re.MULTILINE)
    heard = {name for case in cases for name in re.findall(r'"([a-z_]+)"', case.partition(" if ")[0])}
    heard = {"message.im" if name == "message" else name for name in heard}
    assert set(EVENTS) <= heard
    # Sent unasked with those above, or of group messages and workspaces that send the older kinds.
    assert heard - set(EVENTS) <= {"subteam_created"}


def test_the_bot_may_write_to_people_directly_and_they_may_type_commands_there() -> None:
    home = written()["features"]["app_home"]
    assert (home["messages_tab_enabled"], home["home_tab_enabled"]) == (True, True)
    assert home["messages_tab_read_only_enabled"] is False  # read-only takes the message box away


def test_over_http_every_way_in_is_the_same_address() -> None:
    one = written(url="https://bot.example.com/")
    address = "https://bot.example.com/slack/events"
    assert one["features"]["slash_commands"][0]["url"] == address
    assert one["settings"]["event_subscriptions"]["request_url"] == address
    assert one["settings"]["interactivity"]["request_url"] == address
    assert one["settings"]["socket_mode_enabled"] is False


def test_with_socket_mode_there_is_no_address() -> None:
    one = written(socket_mode=True)
    assert "http" not in json.dumps(one)
    assert one["settings"]["socket_mode_enabled"] is True
    assert one["settings"]["interactivity"]["is_enabled"] is True


def test_the_hint_names_the_verbs_of_the_registry() -> None:
    (command,) = written()["features"]["slash_commands"]
    assert command["usage_hint"].split(" | ") == list(VERBS)
    assert command["should_escape"] is True


def test_a_hint_that_would_be_too_long_ends_with_a_whole_verb() -> None:
    verbs = [f"verb{number}" for number in range(500)]
    hint = manifest(verbs, slash="/meet")["features"]["slash_commands"][0]["usage_hint"]
    assert len(hint) <= LONGEST_HINT
    assert hint.removesuffix(" …").split(" | ") == verbs[: hint.count("|") + 1]


@pytest.mark.parametrize("more", VARIANTS, ids=str)
def test_the_yaml_says_the_same(more: dict[str, Any]) -> None:
    assert yaml.safe_load(to_yaml(written(**more))) == written(**more)


def test_the_yaml_quotes_whatever_words_it_is_given() -> None:
    odd = {"a": ["yes", "no: #", "- x", "é “”", "1"], "b": {"c": True, "d": 2}, "e": [{"f": "\n", "g": ["h"]}]}
    assert yaml.safe_load(to_yaml(odd)) == odd
