"""What a message or view may contain on its way in, whichever door it comes through."""

from __future__ import annotations

import json
from typing import Any

from bot.play.slack.blockkit import too_large, validate_message, validate_view
from bot.play.slack.blockkit.limits import LIMITS
from bot.play.slack.records import Json
from bot.play.slack.refusals import SlackRefusal


def required(args: Json, *names: str) -> None:
    """Raise `invalid_arguments` when one of these is absent, as Slack does before anything else."""
    missing = [f"missing required field: {name}" for name in names if args.get(name) in (None, "")]
    if missing:
        raise SlackRefusal("invalid_arguments", messages=missing)


def flag(args: Json, name: str, *, default: bool = False) -> bool:
    """A boolean argument: JSON true, or `true` and `1` from a form."""
    value = args.get(name)
    return default if value is None else value is True or str(value).lower() in ("true", "1")


def decoded(args: Json, name: str, error: str) -> Any:  # noqa: ANN401 (JSON)
    """An argument that is JSON by itself, or JSON in a string when it came in a form or query."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackRefusal(error) from None


def message_content(args: Json, *, longest: str = "text") -> Json:
    """The text, blocks, attachments and metadata given, checked; what was not given is absent.

    `longest` names the limit of the text in the table of limits. Over it, chat.postMessage truncates and all else
    is refused (`msg_too_long`).
    """
    content: Json = {}
    if args.get("text") is not None:
        content["text"] = str(args["text"])
    for name in ("blocks", "attachments"):
        value = decoded(args, name, f"invalid_{name}_format" if name == "blocks" else "invalid_attachments")
        if value is not None:
            content[name] = value
    if args.get("markdown_text"):
        content["text"] = _markdown(args, content)
    _check_blocks(content)
    if len(content.get("text", "")) > LIMITS["message"][longest]["max_length"]:
        raise SlackRefusal("msg_too_long")
    if (metadata := decoded(args, "metadata", "invalid_metadata_format")) is not None:
        content["metadata"] = _metadata(metadata)
    return content


def _markdown(args: Json, content: Json) -> str:
    if content:
        raise SlackRefusal("markdown_text_conflict")
    text = str(args["markdown_text"])
    if len(text) > LIMITS["message"]["markdown_text"]["max_length"]:
        raise SlackRefusal("msg_too_long")
    return text


def _check_blocks(content: Json) -> None:
    if len(content.get("attachments", ())) > LIMITS["message"]["attachments"]["max_items"]:
        raise SlackRefusal("too_many_attachments")
    wrong = validate_message(content)
    if not wrong:
        return
    code = "invalid_blocks" if any("pointer:/blocks" in one for one in wrong) else "invalid_attachments"
    raise SlackRefusal(code, messages=wrong)


def _metadata(value: object) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(value.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    return value


def says_something(content: Json) -> None:
    """Raise `no_text` when there is nothing to show."""
    if not (content.get("text") or content.get("blocks") or content.get("attachments")):
        raise SlackRefusal("no_text")


def view_content(value: object, kind: str) -> Json:
    """A view of that type, checked. Raises `view_too_large` or `invalid_arguments` with what is wrong."""
    if not isinstance(value, dict):
        raise SlackRefusal("invalid_arguments", messages=["must provide an object [json-pointer:/view]"])
    if too_large(value):
        raise SlackRefusal("view_too_large")
    wrong = validate_view(value)
    if value.get("type") != kind and not wrong:
        wrong = [f"must be a {kind} [json-pointer:/view/type]"]
    if wrong:
        raise SlackRefusal("invalid_arguments", messages=[one.replace("pointer:/", "pointer:/view/") for one in wrong])
    return value
