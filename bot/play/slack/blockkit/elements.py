"""Composition objects and block elements, as tables (slack docs, block elements reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.play.slack.blockkit.checks import (
    Check,
    Rule,
    anything,
    array,
    boolean,
    choice,
    exactly_one,
    number,
    shape,
    string,
    text,
    variant,
)

STYLE = choice("primary", "danger")
CONFIRM = shape(
    "title text confirm deny",
    {
        "title": text("confirmation.title", plain=True),
        "text": text("confirmation.text", plain=True),
        "confirm": text("confirmation.confirm", plain=True),
        "deny": text("confirmation.deny", plain=True),
        "style": STYLE,
    },
)


def _option(*, plain: bool) -> Check:
    return shape(
        "text value",
        {
            "text": text("option.text", plain=plain),
            "value": string("option.value"),
            "description": text("option.description", plain=plain),
            "url": string("option.url"),
        },
    )


OPTION = _option(plain=True)
RICH_OPTION = _option(plain=False)  # mrkdwn is for checkboxes and radio buttons only
OPTION_GROUP = shape(
    "label options",
    {"label": text("option_group.label", plain=True), "options": array(OPTION, "option_group.options")},
)
FILTER = shape(
    "",
    {
        "include": array(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH = shape("", {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"))})
PARAMETER = shape("name value", {"name": string(), "value": string()})
WORKFLOW = shape(
    "trigger",
    {"trigger": shape("url", {"url": string(), "customizable_input_parameters": array(PARAMETER)})},
)
SLACK_FILE = shape("", {"id": string(), "url": string()}, exactly_one("id", "url"))
IMAGE_FIELDS: dict[str, Check] = {
    "image_url": string("image.image_url"),
    "slack_file": SLACK_FILE,
    "alt_text": string("image.alt_text"),
}
IMAGE = shape("alt_text", IMAGE_FIELDS, exactly_one("image_url", "slack_file"))

_COMMON: dict[str, Check] = {"action_id": string("action_id"), "confirm": CONFIRM, "focus_on_load": boolean}
_SELECT: dict[str, Check] = {**_COMMON, "placeholder": text("select.placeholder", plain=True)}
_INPUT: dict[str, Check] = {
    "action_id": string("action_id"),
    "focus_on_load": boolean,
    "placeholder": text("select.placeholder", plain=True),
    "dispatch_action_config": DISPATCH,
    "initial_value": string(),
}


def _options(value: dict[str, Any]) -> list[Any]:
    """Everything that may be chosen, in groups or not; of what is no list or group, nothing."""
    groups = [group for group in _listed(value.get("option_groups")) if isinstance(group, dict)]
    return [*_listed(value.get("options")), *(one for group in groups for one in _listed(group.get("options")))]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _values_differ(value: dict[str, Any]) -> Iterator[str]:
    """Which of two equal values was chosen could not be told."""
    seen: set[str] = set()
    for one in _options(value):
        own = one.get("value") if isinstance(one, dict) else None
        if isinstance(own, str) and own in seen:
            yield f"option value `{own}` already exists"
        seen.add(str(own))


def _initial_fits(value: dict[str, Any]) -> Iterator[str]:
    initial, longest = value.get("initial_value"), value.get("max_length")
    if isinstance(initial, str) and isinstance(longest, int) and len(initial) > longest:
        yield "initial_value must not be longer than max_length"


def _initial_is_offered(value: dict[str, Any]) -> Iterator[str]:
    options = _options(value)
    chosen = [
        *(value.get("initial_options") or ()),
        *([value["initial_option"]] if value.get("initial_option") else ()),
    ]
    if any(one not in options for one in chosen):
        yield "initial option is not one of the options"


def _min_not_above_max(low: str, high: str) -> Rule:
    def rule(value: dict[str, Any]) -> Iterator[str]:
        if low in value and high in value and float(value[low]) > float(value[high]):
            yield f"{low} must not exceed {high}"

    return rule


def _select(kind: str, *, multi: bool) -> Check:
    initial, own, plural = _INITIAL[kind]
    fields = {**_SELECT, **own}
    if multi:
        return shape("", {**fields, f"{plural}": array(initial), "max_selected_items": number()}, *_choices(kind))
    return shape("", {**fields, plural.removesuffix("s"): initial}, *_choices(kind))


def _choices(kind: str) -> tuple[Rule, ...]:
    return (exactly_one("options", "option_groups"), _values_differ, _initial_is_offered) if kind == "static" else ()


_INITIAL: dict[str, tuple[Check, dict[str, Check], str]] = {
    "static": (
        OPTION,
        {"options": array(OPTION, "select.options"), "option_groups": array(OPTION_GROUP, "select.option_groups")},
        "initial_options",
    ),
    "external": (OPTION, {"min_query_length": number()}, "initial_options"),
    "users": (string(), {}, "initial_users"),
    "conversations": (
        string(),
        {"default_to_current_conversation": boolean, "response_url_enabled": boolean, "filter": FILTER},
        "initial_conversations",
    ),
    "channels": (string(), {"response_url_enabled": boolean}, "initial_channels"),
}

FEEDBACK_BUTTON = shape(
    "text value",
    {
        "text": text("feedback_button.text", plain=True),
        "value": string("feedback_button.value"),
        "accessibility_label": string("feedback_button.accessibility_label"),
    },
)

ELEMENTS: dict[str, Check] = {
    "button": shape(
        "text",
        {
            "text": text("button.text", plain=True),
            "action_id": string("action_id"),
            "url": string("button.url"),
            "value": string("button.value"),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string("button.accessibility_label"),
        },
    ),
    "workflow_button": shape(
        "text workflow",
        {
            "text": text("button.text", plain=True),
            "action_id": string("action_id"),
            "workflow": WORKFLOW,
            "style": STYLE,
            "accessibility_label": string("button.accessibility_label"),
        },
    ),
    "overflow": shape(
        "options",
        {"action_id": string("action_id"), "options": array(OPTION, "overflow.options"), "confirm": CONFIRM},
        _values_differ,
    ),
    "checkboxes": shape(
        "options",
        {**_COMMON, "options": array(RICH_OPTION, "checkboxes.options"), "initial_options": array(RICH_OPTION)},
        _values_differ,
        _initial_is_offered,
    ),
    "radio_buttons": shape(
        "options",
        {**_COMMON, "options": array(RICH_OPTION, "radio_buttons.options"), "initial_option": RICH_OPTION},
        _values_differ,
        _initial_is_offered,
    ),
    **{f"{kind}_select": _select(kind, multi=False) for kind in _INITIAL},
    **{f"multi_{kind}_select": _select(kind, multi=True) for kind in _INITIAL},
    "datepicker": shape("", {**_SELECT, "initial_date": string(pattern=r"\d{4}-\d\d-\d\d")}),
    "timepicker": shape("", {**_SELECT, "initial_time": string(pattern=r"\d\d:\d\d"), "timezone": string()}),
    "datetimepicker": shape("", {**_COMMON, "initial_date_time": number()}),
    "plain_text_input": shape(
        "",
        {
            **_INPUT,
            "multiline": boolean,
            "min_length": number(),
            "max_length": number("plain_text_input.max_length"),
        },
        _min_not_above_max("min_length", "max_length"),
        _initial_fits,
    ),
    "email_text_input": shape("", _INPUT),
    "url_text_input": shape("", _INPUT),
    "number_input": shape(
        "is_decimal_allowed",
        {**_INPUT, "is_decimal_allowed": boolean, "min_value": string(), "max_value": string()},
        _min_not_above_max("min_value", "max_value"),
    ),
    "rich_text_input": shape("", {**_INPUT, "initial_value": anything}),
    "file_input": shape(
        "",
        {"action_id": string("action_id"), "filetypes": array(string()), "max_files": number("file_input.max_files")},
    ),
    "feedback_buttons": shape(
        "positive_button negative_button",
        {"action_id": string("action_id"), "positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
    ),
    "icon_button": shape(
        "icon text",
        {
            "icon": choice("trash"),
            "text": text(plain=True),
            "action_id": string("action_id"),
            "value": string("button.value"),
            "confirm": CONFIRM,
            "accessibility_label": string("button.accessibility_label"),
            "visible_to_user_ids": array(string(), "icon_button.visible_to_user_ids"),
        },
    ),
    "image": IMAGE,
    "plain_text": text(plain=True),
    "mrkdwn": text(),
    "url": shape("url text", {"url": string("url_source.url"), "text": string()}),
}

_SELECTS = [f"{many}{kind}_select" for kind in _INITIAL for many in ("", "multi_")]
_CHOOSERS = [*_SELECTS, "checkboxes", "radio_buttons", "datepicker", "timepicker"]

IN_CONTEXT = variant(ELEMENTS, ("image", "plain_text", "mrkdwn"))
IN_SECTION = variant(ELEMENTS, [*_CHOOSERS, "button", "workflow_button", "overflow", "image"])
IN_ACTIONS = variant(ELEMENTS, [*_CHOOSERS, "button", "workflow_button", "overflow", "datetimepicker"])
IN_CONTEXT_ACTIONS = variant(ELEMENTS, ("feedback_buttons", "icon_button"))
IN_INPUT = variant(
    ELEMENTS,
    [
        *_CHOOSERS,
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
    ],
)
