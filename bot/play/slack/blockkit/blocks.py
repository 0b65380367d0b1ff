"""Blocks, and on which surface each may stand, as tables (slack docs, blocks reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.play.slack.blockkit.charts import DATA_TABLE, DATA_VISUALIZATION, RICH_TEXT, TABLE
from bot.play.slack.blockkit.checks import (
    Check,
    array,
    boolean,
    choice,
    exactly_one,
    limits,
    shape,
    string,
    text,
    variant,
)
from bot.play.slack.blockkit.elements import (
    ELEMENTS,
    IMAGE,
    IMAGE_FIELDS,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)

_ID: dict[str, Check] = {"block_id": string("block_id")}


def _section_says_something(block: dict[str, Any]) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield "must provide text or fields"


def _field(value: object, at: str) -> Iterator[str]:
    yield from text()(value, at)
    content = value.get("text") if isinstance(value, dict) else None
    longest = limits("section.fields")["item_max_length"]
    if isinstance(content, str) and len(content) > longest:
        yield f"must be less than {longest + 1} characters [json-pointer:{at}/text]"


def _has_elements(block: dict[str, Any]) -> Iterator[str]:
    if block.get("elements") == []:
        yield "must provide at least one element"


_CARD = shape(
    "",
    {
        **_ID,
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": shape("name", {"name": string()}),
        "title": text("card.title"),
        "subtitle": text("card.subtitle"),
        "body": text("card.body"),
        "actions": array(variant(ELEMENTS, ("button",)), "card.actions"),
        "subtext": text("card.subtext"),
    },
)
_TASK_FIELDS: dict[str, Check] = {
    **_ID,
    "task_id": string(),
    "title": string(),
    "status": choice("pending", "in_progress", "complete", "error"),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": array(variant(ELEMENTS, ("url",))),
}
_TASK = shape("task_id title", _TASK_FIELDS)

_BASIC: dict[str, Check] = {
    "section": shape(
        "",
        {
            **_ID,
            "text": text("section.text"),
            "fields": array(_field, "section.fields"),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        _section_says_something,
    ),
    "header": shape("text", {**_ID, "text": text("header.text", plain=True)}),
    "divider": shape("", _ID),
    "context": shape("elements", {**_ID, "elements": array(IN_CONTEXT, "context.elements")}, _has_elements),
    "actions": shape("elements", {**_ID, "elements": array(IN_ACTIONS, "actions.elements")}, _has_elements),
    "image": shape(
        "alt_text",
        {**_ID, **IMAGE_FIELDS, "title": text("image.alt_text", plain=True)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": shape(
        "label element",
        {
            **_ID,
            "label": text("input.label", plain=True),
            "element": IN_INPUT,
            "hint": text("input.hint", plain=True),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    ),
    "rich_text": RICH_TEXT,
    "video": shape(
        "alt_text thumbnail_url title video_url",
        {
            **_ID,
            "alt_text": string("video.alt_text"),
            "thumbnail_url": string(),
            "title": text("video.title", plain=True),
            "video_url": string(),
            "author_name": string("video.author_name"),
            "description": text("video.description", plain=True),
            "provider_icon_url": string(),
            "provider_name": string("video.provider_name"),
            "title_url": string(),
        },
    ),
    "file": shape("external_id source", {**_ID, "external_id": string(), "source": choice("remote")}),
    "call": shape("call_id", {**_ID, "call_id": string()}),
    "markdown": shape("text", {**_ID, "text": string("markdown.text")}),
}
BLOCKS: dict[str, Check] = {
    **_BASIC,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "context_actions": shape(
        "elements", {**_ID, "elements": array(IN_CONTEXT_ACTIONS, "context_actions.elements")}, _has_elements
    ),
    "alert": shape(
        "text",
        {
            **_ID,
            "text": text("alert.text"),
            "level": choice("default", "info", "warning", "error", "success"),
        },
    ),
    "card": _CARD,
    "carousel": shape("elements", {**_ID, "elements": array(variant({"card": _CARD}), "carousel.elements")}),
    "container": shape(
        "title child_blocks",
        {
            **_ID,
            "title": text("container.title", plain=True),
            "subtitle": text("container.subtitle"),
            "child_blocks": array(variant(_BASIC), "container.child_blocks"),
            "width": string(),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    "task_card": _TASK,
    "plan": shape("title tasks", {**_ID, "title": string(), "tasks": array(_TASK, "plan.tasks")}),
}

# Everything else may stand on every surface.
SURFACES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "file",
            "call",
            "markdown",
            "table",
            "data_table",
            "data_visualization",
            "context_actions",
            "card",
            "carousel",
            "container",
            "task_card",
            "plan",
        ),
        frozenset(("message",)),
    ),
    "alert": frozenset(("modal",)),
}
