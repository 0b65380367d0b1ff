"""What the listeners need of Slack's payloads (slack docs, interactivity). Anything missing reads as empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model import Person
from bot.slack.render import decode_action
from bot.voice import Address

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Click:
    """One pressed button."""

    action: str
    value: str
    at: str  # of Slack's action_ts and trigger: the same click, whoever delivers it, has the same; no other has it
    message_ts: str


def person_of(body: Body) -> Person:
    """Who did it: of a slash command (flat fields) or an interaction (objects). Names are not looked at."""
    user = body.get("user")
    if isinstance(user, Mapping):
        team = user.get("team_id") or _id(body.get("team"))
        return Person(str(team or ""), str(user.get("id") or ""), _id(body.get("enterprise")))
    return Person(str(body.get("team_id") or ""), str(body.get("user_id") or ""), str(body.get("enterprise_id") or ""))


def address_of_command(body: Body) -> Address:
    """Where a slash command is answered."""
    return Address(
        person=person_of(body),
        channel_id=_text(body, "channel_id"),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
    )


def address_of_interaction(body: Body) -> Address:
    """Where a click or a submitted modal is answered."""
    container = table(body, "container")
    view = table(body, "view")
    return Address(
        person=person_of(body),
        channel_id=_id(body.get("channel")) or _text(container, "channel_id") or _channel_of_view(view),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        thread_ts=_thread_of(container),
        view_id=_text(view, "id") if view.get("type") == "modal" else None,  # nothing can be pushed onto a Home tab
    )


def address_of_message(body: Body) -> Address:
    """Where a message to the bot (`app_mention`, `message.im`) is answered: in its thread, where it stands in one."""
    event = table(body, "event")
    # In a channel that is shared with another workspace, `team_id` of the envelope is the bot's own.
    team = _text(event, "user_team") or _text(event, "team") or str(body.get("team_id") or "")
    person = Person(team, str(event.get("user") or ""), str(body.get("enterprise_id") or ""))
    thread = _text(event, "thread_ts")
    return Address(person, channel_id=_text(event, "channel"), thread_ts=thread)


def click_of(body: Body) -> Click | None:
    """The button that was pressed, None for anything that is none."""
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(first, Mapping):
        return None
    ts = _text(table(body, "container"), "message_ts") or _text(table(body, "message"), "ts") or ""
    action = decode_action(str(first.get("action_id") or ""))
    at = ":".join(filter(None, (str(first.get("action_ts") or ""), _text(body, "trigger_id"))))
    return Click(action, str(first.get("value") or ""), at, ts)


def message_of(body: Body) -> tuple[str, str | None]:
    """The text of the message that a shortcut was used on, and the thread it stands in or begins."""
    message = table(body, "message")
    thread = _text(message, "thread_ts") or _text(body, "message_ts") or _text(message, "ts")
    return _text(message, "text") or "", thread


def on_home(body: Body) -> bool:
    """Whether it happened on the Home tab."""
    return table(body, "view").get("type") == "home"


def table(body: Body, name: str) -> Mapping[str, Any]:
    """The object of that name; empty where there is none."""
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def file_of(body: Body) -> tuple[str, str] | None:
    """Id and name of the first file in the message that a shortcut was used on."""
    files = table(body, "message").get("files")
    first = files[0] if isinstance(files, list) and files else None
    if not isinstance(first, Mapping) or not _text(first, "id"):
        return None
    return str(first["id"]), str(first.get("name") or "that file")


def _thread_of(container: Body) -> str | None:
    """The thread in which the message stands. What begins one stands in the channel itself."""
    thread = _text(container, "thread_ts")
    return thread if thread != _text(container, "message_ts") else None


def _channel_of_view(view: Mapping[str, Any]) -> str | None:
    kept = _text(view, "private_metadata") or ""
    if not kept.startswith("{"):
        return kept or None
    try:
        found = json.loads(kept)
    except ValueError:
        return None
    return _text(found, "channel") if isinstance(found, dict) else None


def _text(body: Body, name: str) -> str | None:
    found = body.get(name)
    return found if isinstance(found, str) and found else None


def _id(found: object) -> str:
    return str(found.get("id") or "") if isinstance(found, Mapping) else ""
