"""Whether Slack would take a message or a view: our own check, because no library knows all the rules.

`validate_message` and `validate_view` return complaints in Slack's words, each with a JSON pointer; an empty list
means Slack would accept it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bot.play.slack.blockkit.blocks import BLOCKS, SURFACES
from bot.play.slack.blockkit.checks import (
    Check,
    array,
    boolean,
    choice,
    complaint,
    limits,
    shape,
    string,
    text,
    variant,
)

_MODAL = shape(
    "title blocks",
    {
        "title": text("view.title", plain=True),
        "submit": text("view.submit", plain=True),
        "close": text("view.close", plain=True),
        "blocks": array(variant(BLOCKS), "view.blocks"),
        "private_metadata": string("view.private_metadata"),
        "callback_id": string("view.callback_id"),
        "external_id": string("view.external_id"),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape(
    "blocks",
    {
        "blocks": array(variant(BLOCKS), "view.blocks"),
        "private_metadata": string("view.private_metadata"),
        "callback_id": string("view.callback_id"),
        "external_id": string("view.external_id"),
    },
)
_VIEWS: dict[str, Check] = {"modal": _MODAL, "home": _HOME}


def validate_message(message: dict[str, Any]) -> list[str]:
    """What Slack would refuse about the blocks and attachments of a message; empty when nothing."""
    return list(_message(message))


def validate_view(view: dict[str, Any]) -> list[str]:
    """What Slack would refuse about a modal or Home tab; empty when nothing."""
    return list(_view(view))


def too_large(view: dict[str, Any]) -> bool:
    """Whether a view passes Slack's size limit, which has an error of its own (`view_too_large`)."""
    largest: int = limits("view.payload_bytes")["max"]
    return len(json.dumps(view).encode()) > largest


def _message(message: dict[str, Any]) -> Iterator[str]:
    blocks = message.get("blocks")
    if blocks is not None:
        yield from array(variant(BLOCKS), "message.blocks")(blocks, "/blocks")
        yield from _as_a_whole(blocks, "/blocks", "message")
    attachments = message.get("attachments")
    if attachments is None:
        return
    yield from array(_attachment, "message.attachments")(attachments, "/attachments")


def _attachment(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield complaint("must be an object", at)
    elif "blocks" in value:
        yield from array(variant(BLOCKS), "message.blocks")(value["blocks"], f"{at}/blocks")
        yield from _as_a_whole(value["blocks"], f"{at}/blocks", "message")


def _view(view: dict[str, Any]) -> Iterator[str]:
    kind = str(view.get("type", ""))
    if kind not in _VIEWS:
        yield from choice(*_VIEWS)(kind, "/type")
        return
    yield from _VIEWS[kind](view, "")
    blocks = view.get("blocks")
    yield from _as_a_whole(blocks, "/blocks", kind)
    found = list(_objects(blocks))
    if kind == "modal" and not view.get("submit") and any(one.get("type") == "input" for one in found):
        yield complaint("submit is required when the view has an input block", "/submit")
    if sum(one.get("focus_on_load") is True for one in found) > 1:
        yield complaint("only one element may have focus_on_load", "/blocks")


def _as_a_whole(blocks: object, at: str, surface: str) -> Iterator[str]:
    """Rules about all blocks of one list: where they may stand, and ids given once."""
    known = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    for index, block in enumerate(known):
        if surface not in SURFACES.get(block.get("type", ""), (surface,)):
            yield complaint(f"unsupported type on this surface: {block['type']}", f"{at}/{index}")
        inner = [one for one in _objects(block) if one is not block]
        for repeated in _repeated(one.get("action_id") for one in inner):
            yield complaint(f"`action_id` `{repeated}` already exists", f"{at}/{index}")
    for repeated in _repeated(block.get("block_id") for block in known):
        yield complaint(f"`block_id` `{repeated}` already exists", at)
    if sum(block.get("type") == "table" for block in known) > 1:
        yield complaint("only one table is allowed in a message", at)
    written = sum(len(str(block.get("text", ""))) for block in known if block.get("type") == "markdown")
    if written > limits("markdown.text")["max_length"]:
        yield complaint("markdown blocks are too long together", at)


def _repeated(ids: Iterable[str | None]) -> list[str]:
    return [one for one, times in Counter(filter(None, ids)).items() if times > 1]


def _objects(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _objects(inner)


__all__ = ["too_large", "validate_message", "validate_view"]
