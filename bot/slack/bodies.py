"""What Slack posts, strictly read: a form, a form around JSON, or JSON. Only for bytes whose signature was checked.

Bolt's own parser drops every form in which the word "payload" stands anywhere, takes the last of two equal keys, and
raises before anything is verified (measured with slack-bolt 1.30.0, tests/slack/test_traps_bolt.py).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

Body = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MOST_FIELDS = 100

_KINDS = {
    "block_actions": "action",
    "interactive_message": "action",
    "view_submission": "view_submission",
    "view_closed": "view_closed",
    "block_suggestion": "options",
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "event_callback": "event",
    "url_verification": "url_verification",
}


def read_body(raw: bytes, content_type: str) -> Body:
    """The one object in the request. Raises ValueError for anything that Slack does not send."""
    text = raw.decode("utf-8")
    if content_type == JSON:
        return _object(text)
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS)
    form: Body = dict(pairs)
    if len(form) != len(pairs):
        raise ValueError("a field stands twice")
    if "payload" not in form:
        return form
    if "command" in form:
        raise ValueError("both a command and an interaction")
    return _object(form["payload"])


def kind_of(body: Body) -> str:
    """`command`, `action`, `view_submission`, `event` …; `other` for what nothing here answers."""
    if "command" in body and "type" not in body:
        return "command"
    kind = body.get("type")
    return _KINDS.get(kind, "other") if isinstance(kind, str) else "other"


def event_id_of(body: Body) -> str | None:
    """The id under which Slack repeats an event until it is answered."""
    event_id = body.get("event_id")
    return event_id if isinstance(event_id, str) and body.get("type") == "event_callback" else None


def _object(text: str) -> Body:
    try:
        body = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise ValueError("not an object with a type")
    return body
