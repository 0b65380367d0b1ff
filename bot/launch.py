"""What the menu behind the bare slash command shows, without Slack."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reply import Line


@dataclass(frozen=True, slots=True)
class Launch:
    """First what is live here and what waits for the caller, then the verbs they may use: (name, summary)."""

    live: tuple[Line, ...]
    waiting: tuple[Line, ...]
    verbs: tuple[tuple[str, str], ...]
