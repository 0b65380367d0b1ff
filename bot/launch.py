"""What the menu behind the bare slash command and the Home tab show, without Slack."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reply import Button, Line


@dataclass(frozen=True, slots=True)
class Launch:
    """The rooms of this channel, those with people in first; what waits for the caller; the verbs they may use."""

    live: tuple[Line, ...]
    waiting: tuple[Line, ...]
    verbs: tuple[tuple[str, str], ...]  # (name, summary)


@dataclass(frozen=True, slots=True)
class Section:
    """One titled part of a Home tab."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """One person's Home tab: what they may begin with, then the sections, the most urgent first."""

    buttons: tuple[Button, ...]
    sections: tuple[Section, ...]
