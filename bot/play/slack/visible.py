"""What a person sees of a message or view: its text, its buttons and other controls."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from bot.play.slack.blockkit.elements import ELEMENTS
from bot.play.slack.records import Json, Message, View

# Parts of Block Kit that send something to the bot.
INTERACTIVE = frozenset(ELEMENTS) - {"image", "plain_text", "mrkdwn", "url", "workflow_button"}
_READ = frozenset(("text", "title", "alt_text", "caption", "fallback", "pretext", "label", "name", "user_id"))


@dataclass(frozen=True, slots=True)
class Control:
    """One interactive element, the block it stands in, and what a person reads on it."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        """The id of its block."""
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        """The id of the element."""
        return str(self.element.get("action_id", ""))

    @property
    def type(self) -> str:
        """The element's type: `button`, `users_select`, …"""
        return str(self.element.get("type", ""))

    @property
    def label(self) -> str:
        """A button's text, an input's label, a select's placeholder."""
        named = self.block.get("label") if self.block.get("type") == "input" else None
        named = named or self.element.get("text") or self.element.get("placeholder") or {}
        return str(named.get("text", ""))


def blocks_of(shown: Message | View) -> list[Json]:
    """Its blocks, attachments' blocks included."""
    if isinstance(shown, View):
        return shown.blocks
    return [*shown.blocks, *(block for part in shown.attachments for block in part.get("blocks", []))]


def controls_of(shown: Message | View) -> list[Control]:
    """Every interactive element, from top to bottom."""
    return [Control(block, element) for block in blocks_of(shown) for element in _elements(block)]


def buttons_of(shown: Message | View) -> dict[str, Json]:
    """Label -> element of every button; of several with one label the first (see `controls_of`)."""
    found: dict[str, Json] = {}
    for control in controls_of(shown):
        if control.type == "button":
            found.setdefault(control.label, control.element)
    return found


def text_of(shown: Message | View) -> str:
    """All text a person can read, one piece a line: the message text, then its blocks, labels and options."""
    top = [shown.title] if isinstance(shown, View) else [shown.text]
    attachments = [] if isinstance(shown, View) else shown.attachments
    return "\n".join(piece for piece in (*top, *_texts(blocks_of(shown)), *_texts(attachments)) if piece)


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """The blocks with ids filled in where the bot gave none, as Slack does on receipt."""
    return [_identified(block) for block in blocks]


def _identified(block: Json) -> Json:
    filled = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    for key in ("elements", "accessory", "element", "actions"):
        if isinstance(part := filled.get(key), list):
            filled[key] = [_with_action_id(one) for one in part]
        elif isinstance(part, dict):
            filled[key] = _with_action_id(part)
    return filled


def _with_action_id(element: Json) -> Json:
    if element.get("type") not in INTERACTIVE or element.get("action_id"):
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)}


def _elements(part: object) -> Iterator[Json]:
    if isinstance(part, dict) and part.get("type") in INTERACTIVE:
        yield part
        return
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _elements(inner)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in _READ:
                yield value
            elif key not in ("confirm", "blocks"):
                yield from _texts(value)
