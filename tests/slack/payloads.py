"""Interaction payloads field by field (slack docs and Slack's Java SDK samples, MIT), and ways to spoil them."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

TEAM = {"id": "T0MEETOPS", "domain": "meetops-demo"}
MIA = {"id": "U0MIA", "username": "mia", "name": "mia", "team_id": "T0MEETOPS"}
COMMON: Json = {
    "token": "deprecated",
    "api_app_id": "A0MEETOPS",
    "team": TEAM,
    "user": MIA,
    "enterprise": None,
    "is_enterprise_install": False,
}
BUTTON: Json = {
    "type": "button",
    "action_id": "join.0",
    "block_id": "b1",
    "value": "r1",
    "text": {"type": "plain_text", "text": "Join", "emoji": False},
    "action_ts": "1700000000.000100",
}
VIEW: Json = {
    "id": "V0VIEW",
    "team_id": "T0MEETOPS",
    "type": "modal",
    "callback_id": "form",
    "private_metadata": '{"verb": "show", "channel": "C0OPS"}',
    "hash": "1700000000.abc",
    "state": {"values": {"room": {"room": {"type": "plain_text_input", "value": "standup"}}, "why": {"why": {}}}},
    "root_view_id": "V0VIEW",
    "previous_view_id": None,
    "app_installed_team_id": "T0MEETOPS",
    "external_id": "",
}
COMMAND: Json = {
    "token": "deprecated",
    "team_id": "T0MEETOPS",
    "team_domain": "meetops-demo",
    "channel_id": "C0OPS",
    "channel_name": "ops",
    "user_id": "U0MIA",
    "user_name": "mia",
    "command": "/meet",
    "text": "who standup",
    "api_app_id": "A0MEETOPS",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.com/commands/T0/1/x",
    "trigger_id": "1.2.abc",
}
CLICK: Json = COMMON | {
    "type": "block_actions",
    "container": {"type": "message", "message_ts": "1700000000.000001", "channel_id": "C0OPS", "is_ephemeral": False},
    "trigger_id": "1.2.abc",
    "channel": {"id": "C0OPS", "name": "ops"},
    "message": {"type": "message", "ts": "1700000000.000001", "text": "standup", "bot_id": "B0"},
    "state": {"values": {}},
    "response_url": "https://hooks.slack.com/actions/T0/1/x",
    "actions": [BUTTON],
}
EPHEMERAL_CLICK: Json = {name: one for name, one in CLICK.items() if name != "message"} | {
    "container": CLICK["container"] | {"is_ephemeral": True, "thread_ts": "1690000000.000001"}
}
MODAL_CLICK: Json = COMMON | {
    "type": "block_actions",
    "container": {"type": "view", "view_id": "V0VIEW"},
    "trigger_id": "1.2.abc",
    "view": VIEW | {"callback_id": "launcher", "private_metadata": "C0OPS"},
    "actions": [BUTTON],
}
HOME_CLICK: Json = MODAL_CLICK | {"view": VIEW | {"type": "home", "private_metadata": "", "callback_id": ""}}
SUBMISSION: Json = COMMON | {"type": "view_submission", "trigger_id": "1.2.abc", "view": VIEW, "response_urls": []}
CLOSED: Json = COMMON | {"type": "view_closed", "view": VIEW, "is_cleared": False}
SUGGESTION: Json = COMMON | {"type": "block_suggestion", "action_id": "room.0", "block_id": "b1", "value": "st"}
SHORTCUT: Json = COMMON | {"type": "shortcut", "callback_id": "meet.new", "trigger_id": "1.2.abc", "action_ts": "1.1"}
MESSAGE_ACTION: Json = SHORTCUT | {
    "type": "message_action",
    "message_ts": "1.1",
    "response_url": "https://hooks.slack.com/app/T0/1/x",
    "channel": {"id": "C0OPS", "name": "ops"},
    "message": {"type": "message", "ts": "1.1", "text": "hi"},
}


def event(kind: str, **fields: Any) -> Json:
    """One event in its envelope."""
    return {
        "type": "event_callback",
        "team_id": "T0MEETOPS",
        "api_app_id": "A0MEETOPS",
        "event_id": "Ev0ONE",
        "event_time": 1700000000,
        "event": {"type": kind, "event_ts": "1700000000.000001"} | fields,
        "authorizations": [{"enterprise_id": None, "team_id": "T0MEETOPS", "user_id": "U0MEETOPS", "is_bot": True}],
    }


EVENTS = (
    event("subteam_members_changed", subteam_id="S0OPS", added_users=["U0MIA"]),
    event("subteam_updated", subteam={"id": "S0OPS", "date_delete": 0}),
    event("user_change", user={"id": "U0MIA", "deleted": True}),
    event("member_joined_channel", user="U0MIA", channel="C0OPS", channel_type="C"),
    event("member_left_channel", user="U0MIA", channel="C0OPS", channel_type="C"),
    event("app_home_opened", user="U0MIA", tab="home"),
)
ALL: tuple[Json, ...] = (
    COMMAND,
    CLICK,
    EPHEMERAL_CLICK,
    MODAL_CLICK,
    HOME_CLICK,
    SUBMISSION,
    CLOSED,
    SUGGESTION,
    SHORTCUT,
    MESSAGE_ACTION,
    *EVENTS,
)
ODD: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    5,
    True,
    [],
    [5],
    [None],
    {},
    {"id": 5},
    {"values": 5},
    "{",
    "null",
    "\u0000",
    "a" * 9000,
)


@st.composite
def spoilt(draw: st.DrawFn, payloads: tuple[Json, ...] = ALL) -> Json:
    """A payload with some of its parts, however deep, gone or replaced by something else."""
    payload = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, 4))):
        part, name = draw(st.sampled_from(list(_places(payload))))
        if draw(st.booleans()):
            part[name] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            del part[name]
        if not payload:
            break
    return payload


def _places(part: Any) -> list[tuple[Any, Any]]:
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [place for name, inner in inside for place in ((part, name), *_places(inner))]
