"""`reply.Text` as JSON and back, its marked parts kept apart from plain words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.reply import At, Code, Group, Part, Place, Strong, Text, User, Verbatim

_ONE_WORD = {kind.__name__: kind for kind in (Strong, Code, Verbatim, User, Group, Place)}


def dump(words: Text) -> list[Any]:
    """Plain words as strings, marked parts as `[kind, value…]`."""
    return [_dump(part) for part in words]


def load(stored: list[Any]) -> Text:
    """Read back what `dump` wrote."""
    return tuple(_load(part) for part in stored)


def _dump(part: Part) -> Any:  # noqa: ANN401 (JSON)
    match part:
        case str():
            return part
        case At(moment, style):
            return ["At", moment.isoformat(), style]
        case User(value) | Group(value) | Place(value) | Strong(value) | Code(value) | Verbatim(value):
            return [type(part).__name__, value]


def _load(stored: Any) -> Part:  # noqa: ANN401 (JSON)
    match stored:
        case str():
            return stored
        case ["At", moment, style]:
            return At(datetime.fromisoformat(moment), style)
        case [kind, value]:
            return _ONE_WORD[kind](value)
    raise ValueError("not a stored part of a text")
