"""From the bot's Text, Card and Button to Block Kit, within Slack's limits for any input.

A link is revealed here alone, and only when `private` says that one person sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.reply import Button, Card, Line, Text
from bot.slack.mrkdwn import cut, escape, to_mrkdwn, to_plain

Block = dict[str, Any]
Message = dict[str, Any]

MOST_BLOCKS = 50
MOST_BUTTONS = 25
LONGEST_TEXT = 3000
LONGEST_FALLBACK = 3500
LONGEST_HEADER = 150
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
LONGEST_CONFIRM = 300


class LeakedLink(RuntimeError):
    """A bug: a message that others see was about to carry a link."""


def message(body: Text | Card, buttons: Sequence[Button] = (), *, private: bool = False) -> Message:
    """`text` (the fallback) and `blocks`. Raises LeakedLink for a link button where `private` is not set."""
    blocks = [*_blocks(body, private=private), *_actions(_buttons_of(body, buttons), private=private)]
    return {
        "text": cut(_fallback(body), LONGEST_FALLBACK),
        "blocks": _shortened(blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def decode_action(action_id: str) -> str:
    """The action's word in an `action_id` made here."""
    return action_id.partition(".")[0]


def _buttons_of(body: Text | Card, buttons: Sequence[Button]) -> list[Button]:
    return [*(body.buttons if isinstance(body, Card) else ()), *buttons]


def _blocks(body: Text | Card, *, private: bool) -> list[Block]:
    if not isinstance(body, Card):
        return [section(to_mrkdwn(body))]
    title = cut(escape(body.title.strip()), LONGEST_HEADER) or "…"
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}]
    for line in body.lines:
        blocks += lines_of(line, private=private)
    return blocks


def lines_of(line: Line, *, private: bool) -> list[Block]:
    """The blocks of one line: its text, then its buttons (one alone stands beside the text)."""
    words = to_mrkdwn(line.body)
    if line.quiet and not line.buttons:
        return [{"type": "context", "elements": [_mrkdwn(words)]}]
    if len(line.buttons) == 1:
        return [section(words) | {"accessory": button(line.buttons[0], 0, private=private)}]
    return [section(words), *_actions(line.buttons, private=private)]


def section(words: str) -> Block:
    """A paragraph of mrkdwn that is already escaped."""
    return {"type": "section", "text": _mrkdwn(words)}


def button(one: Button, number: int, *, private: bool = False) -> Block:
    """One button element."""
    label = cut(escape(one.label), LONGEST_LABEL) or "…"
    element: Block = {
        "type": "button",
        "action_id": f"{one.action}.{number}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "accessibility_label": label,
    }
    if one.value:
        element["value"] = one.value[:LONGEST_VALUE]
    if one.style:
        element["style"] = one.style
    if one.link is not None:
        if not private:
            raise LeakedLink("a link belongs into a private answer")
        element["url"] = one.link.reveal()
    if one.confirm is not None:
        element["confirm"] = _confirmation(one)
    return element


def _confirmation(one: Button) -> Block:
    plain = {"type": "plain_text", "emoji": False}
    confirmation: Block = {
        "title": plain | {"text": "Are you sure?"},
        "text": plain | {"text": cut(to_plain(one.confirm or ()), LONGEST_CONFIRM) or "…"},
        "confirm": plain | {"text": cut(escape(one.label), 30)},
        "deny": plain | {"text": "Not now"},
    }
    return confirmation | ({"style": one.style} if one.style else {})


def _actions(buttons: Sequence[Button], *, private: bool) -> list[Block]:
    elements = [button(one, number, private=private) for number, one in enumerate(buttons[:MOST_BUTTONS])]
    return [{"type": "actions", "elements": elements}] if elements else []


def _mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": cut(words, LONGEST_TEXT) or " ", "verbatim": True}


def _shortened(blocks: list[Block]) -> list[Block]:
    """At most as many as Slack takes: what stands first and the buttons at the end stay."""
    if len(blocks) <= MOST_BLOCKS:
        return blocks
    last = blocks[-1:] if blocks[-1]["type"] == "actions" else []
    kept = blocks[: MOST_BLOCKS - 1 - len(last)]
    missing = sum(1 for block in blocks[len(kept) :] if block["type"] == "section") - len(last)
    return [*kept, section(f"… and {max(missing, 1)} more"), *last]


def _fallback(body: Text | Card) -> str:
    if not isinstance(body, Card):
        return to_plain(body) or " "
    return "\n".join([escape(body.title), *(to_plain(line.body) for line in body.lines)])
