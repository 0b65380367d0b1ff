"""The Slack app's manifest, generated from the commands (app manifest v2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

SCOPES = (
    "app_mentions:read",  # @meetops in a thread
    "channels:read",  # conversations.info, conversations.members: where the bot may post, who is in a channel
    "chat:write",
    "chat:write.public",  # cards in public channels without an invitation
    "commands",
    "files:read",  # a theme or a licence response that somebody shared
    "groups:read",  # as channels:read, for private channels
    "im:history",  # what is said to the bot in its direct messages
    "im:write",  # the first private answer opens somebody's direct messages
    "mpim:read",  # as channels:read, for group messages
    "usergroups:read",  # roles by user group
    "users:read",  # guests, strangers, time zones
    "users:read.email",  # the address that a vendor shows beside a name
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_archive",  # reminders that go there are paused, and their owners told
    "channel_left",
    "group_archive",
    "group_left",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "subteam_members_changed",
    "subteam_updated",
    "user_change",
)
ADDRESS = "https://meetops.example.org"
LONGEST_HINT = 1000


def manifest(verbs: Sequence[str], *, slash: str, url: str | None = None, socket_mode: bool = False) -> dict[str, Any]:
    """The manifest for an app reached at `url`, or by Socket Mode."""
    events_url = f"{(url or ADDRESS).rstrip('/')}/slack/events"
    where = {} if socket_mode else {"url": events_url}
    request = {} if socket_mode else {"request_url": events_url}
    options = {} if socket_mode else {"message_menu_options_url": events_url}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "meetops",
            "description": "Video meetings from Slack: rooms, join links, dial-out, kick and ban, with approvals.",
            "background_color": "#1f3a5f",
        },
        "features": {
            # Without a Messages tab Slack refuses every direct message of the bot (messages_tab_disabled); one that
            # is read-only has no box in which /meet could be typed.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "meetops", "always_online": True},
            "shortcuts": [
                {
                    "name": "Start a meeting",
                    "type": "global",
                    "callback_id": "start_meeting",
                    "description": "A room now: its card where you want it, your link at once",
                },
                {
                    "name": "Meet about this message",
                    "type": "message",
                    "callback_id": "meet_about",
                    "description": "A room named after this message, its card in the thread",
                },
                {
                    "name": "Use file for meetings",
                    "type": "message",
                    "callback_id": "use_file",
                    "description": "Upload a shared file as a theme, media or a licence response",
                },
            ],
            "slash_commands": [
                {
                    "command": slash,
                    **where,
                    "description": "Video meetings: start, join, share, dial, kick and more",
                    "usage_hint": _hint(verbs),
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request, **options},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def _hint(verbs: Sequence[str]) -> str:
    """As many whole verbs as Slack shows."""
    hint = " | ".join(verbs)
    return hint if len(hint) <= LONGEST_HINT else hint[: LONGEST_HINT - 1].rpartition(" | ")[0] + " …"


def to_yaml(value: dict[str, Any]) -> str:
    """YAML of nested tables, lists and plain values; every string is quoted as JSON, which YAML reads."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, indent: str) -> list[str]:  # noqa: ANN401
    if isinstance(value, dict):
        return [line for name, inner in value.items() for line in _entry(name, inner, indent)]
    return [line for inner in value for line in _item(inner, indent)]


def _entry(name: str, inner: Any, indent: str) -> list[str]:  # noqa: ANN401
    if isinstance(inner, dict | list):
        return [f"{indent}{name}:", *_lines(inner, f"{indent}  ")]
    return [f"{indent}{name}: {json.dumps(inner, ensure_ascii=False)}"]


def _item(inner: Any, indent: str) -> list[str]:  # noqa: ANN401
    if isinstance(inner, dict):
        first, *rest = _lines(inner, f"{indent}  ")
        return [f"{indent}- {first.strip()}", *rest]
    return [f"{indent}- {json.dumps(inner, ensure_ascii=False)}"]
