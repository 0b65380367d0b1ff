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
MOST_BUTTONS = 100  # of one message or line
MOST_IN_A_ROW = 25
MOST_WORDS = 12_000  # characters in all paragraphs together; beyond, Slack may answer msg_blocks_too_long
LONGEST_TEXT = 3000
LONGEST_FALLBACK = 3500
LONGEST_HEADER = 150
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
LONGEST_URL = 3000
LONGEST_CONFIRM = 300
LONGEST_CONFIRM_LABEL = 30
STYLES = frozenset({"primary", "danger"})
TOO_LONG = "too_long"  # the action of a button that can't carry what it stands for: half a command is another one
NOTHING = "…"  # Slack refuses empty text


class LeakedLink(RuntimeError):
    """A bug: a message that others see was about to carry a link."""


def message(body: Text | Card, buttons: Sequence[Button] = (), *, private: bool = False) -> Message:
    """`text` (the fallback) and `blocks`. Raises LeakedLink for a link button where `private` is not set."""
    if isinstance(body, Card):
        tail = actions([*body.buttons, *buttons], private=private)
        lines = fitting(body.lines, MOST_BLOCKS - 1 - len(tail), private=private)
        blocks = [header(body.title), *lines, *tail]
    else:
        blocks = [section(to_mrkdwn(body)), *actions(buttons, private=private)]
    return {"text": cut(_fallback(body), LONGEST_FALLBACK) or NOTHING, "blocks": blocks}


def decode_action(action_id: str) -> str:
    """The action's word in an `action_id` made here."""
    return action_id.partition(".")[0]


def fitting(lines: Sequence[Line], most: int, *, private: bool, most_words: int = MOST_WORDS) -> list[Block]:
    """The lines as at most so many blocks and characters: whole lines from the first on, then how many are left."""
    blocks: list[Block] = []
    words = 0
    for index, line in enumerate(lines):
        more = lines_of(line, private=private)
        words += sum(_length(block) for block in more)
        last = index == len(lines) - 1
        if len(blocks) + len(more) > most - (not last) or words > most_words:
            return [*blocks, section(f"… and {len(lines) - index} more")]
        blocks += more
    return blocks


def lines_of(line: Line, *, private: bool) -> list[Block]:
    """The blocks of one line: its text, then its buttons (one alone stands beside the text)."""
    words = to_mrkdwn(line.body)
    if line.quiet and not line.buttons:
        return [{"type": "context", "elements": [_mrkdwn(words)]}]
    if len(line.buttons) == 1:
        return [section(words) | {"accessory": button(line.buttons[0], 0, private=private)}]
    return [section(words), *actions(line.buttons, private=private)]


def header(title: str) -> Block:
    """A title."""
    return {"type": "header", "text": plain(title, LONGEST_HEADER)}


def section(words: str) -> Block:
    """A paragraph of mrkdwn that is already escaped."""
    return {"type": "section", "text": _mrkdwn(words)}


def plain(words: str, limit: int) -> Block:
    """A plain_text object of untrusted words."""
    return {"type": "plain_text", "text": cut(escape(words).strip(), limit) or NOTHING, "emoji": False}


def button(one: Button, number: int, *, private: bool = False) -> Block:
    """One button element."""
    label = plain(one.label, LONGEST_LABEL)
    element: Block = {"type": "button", "text": label, "accessibility_label": label["text"]}
    if one.style in STYLES:
        element["style"] = one.style
    if one.link is not None and not private:
        raise LeakedLink("a link belongs into a private answer")
    url = one.link.reveal() if one.link is not None else ""
    if len(one.value) > LONGEST_VALUE or len(url) > LONGEST_URL:
        return element | {"action_id": f"{TOO_LONG}.{number}"}
    element["action_id"] = f"{one.action}.{number}"
    if one.value:
        element["value"] = one.value
    if url:
        element["url"] = url
    if one.confirm is not None:
        element["confirm"] = _confirmation(one, one.confirm)
    return element


def _confirmation(one: Button, question: Text) -> Block:
    asked = cut(to_plain(question), LONGEST_CONFIRM).strip() or NOTHING
    confirmation: Block = {
        "title": plain("Are you sure?", LONGEST_LABEL),
        "text": {"type": "plain_text", "text": asked, "emoji": False},
        "confirm": plain(one.label, LONGEST_CONFIRM_LABEL),
        "deny": plain("Not now", LONGEST_CONFIRM_LABEL),
    }
    return confirmation | ({"style": one.style} if one.style in STYLES else {})


def actions(buttons: Sequence[Button], *, private: bool) -> list[Block]:
    """Rows of buttons."""
    elements = [button(one, number, private=private) for number, one in enumerate(buttons[:MOST_BUTTONS])]
    rows = [elements[start : start + MOST_IN_A_ROW] for start in range(0, len(elements), MOST_IN_A_ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def _mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": cut(words, LONGEST_TEXT).strip() or NOTHING, "verbatim": True}


def _length(block: Block) -> int:
    text = block["elements"][0] if block["type"] == "context" else block.get("text", {})
    return len(text.get("text", ""))


def _fallback(body: Text | Card) -> str:
    if not isinstance(body, Card):
        return to_plain(body)
    return "\n".join([escape(body.title), *(to_plain(line.body) for line in body.lines)])
