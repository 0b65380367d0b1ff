"""What the menu behind the bare slash command shows, without Slack."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reply import Line


@dataclass(frozen=True, slots=True)
class Launch:
    """The rooms of this channel, those with people in first; what waits for the caller; the verbs they may use."""

    live: tuple[Line, ...]
    waiting: tuple[Line, ...]
    verbs: tuple[tuple[str, str], ...]  # (name, summary)
