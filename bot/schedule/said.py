"""What somebody may have typed after `remind room`, as values; each writes itself back as it is typed.

They say nothing yet about an instant: that takes a clock and a time zone (`bot.schedule.plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from bot.schedule.repeat import DAYS, MONTHS, Repeat

RELATIVE = {0: "today", 1: "tomorrow", 2: "day after tomorrow"}


@dataclass(frozen=True, slots=True)
class Ahead:
    """`in …`: minutes that pass, or days of the calendar with a time of day (None: the present one)."""

    minutes: int = 0
    days: int = 0
    at: time | None = None

    def __str__(self) -> str:
        if not self.days:
            hours, minutes = divmod(self.minutes, 60)
            return f"in {' '.join(filter(None, (_counted(hours, 'hour'), _counted(minutes, 'minute'))))}"
        return f"in {_counted(self.days, 'day')}{f' at {clock(self.at)}' if self.at is not None else ''}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day as it is named; nothing of it is set for a time of day alone."""

    relative: int | None = None  # days from today
    weekday: int | None = None  # Monday = 0: the next one; beside `month_day` only a check
    month_day: tuple[int, int] | None = None  # (month, day)
    year: int | None = None  # with `month_day`; None: the next one

    def __str__(self) -> str:
        if self.relative is not None:
            return RELATIVE[self.relative]
        named = DAYS[self.weekday] if self.weekday is not None else ""
        if self.month_day is None:
            return named
        month, day = self.month_day
        if self.year is not None:
            return f"{self.year:04}-{month:02}-{day:02}"
        return f"{named} {day} {MONTHS[month - 1]}".strip()


@dataclass(frozen=True, slots=True)
class Once:
    """A day and a time of it."""

    day: Day
    at: time

    def __str__(self) -> str:
        return f"{self.day} at {clock(self.at)}".strip()


@dataclass(frozen=True, slots=True)
class Exactly:
    """An instant, as a picker gives it: in UTC, whole minutes."""

    moment: datetime

    def __str__(self) -> str:
        return f"{self.moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Every:
    """A rule and a time of day; with `start`, the day from which it counts."""

    repeat: Repeat
    at: time
    start: date | None = None

    def __str__(self) -> str:
        begins = f" from {self.start.isoformat()}" if self.start else ""
        return f"{self.repeat} at {clock(self.at)}{begins}"


Said: TypeAlias = Ahead | Once | Exactly | Every


def clock(at: time) -> str:
    """`09:25`."""
    return f"{at:%H:%M}"


def _counted(number: int, unit: str) -> str:
    return "" if not number else f"{number} {unit}{'' if number == 1 else 's'}"
