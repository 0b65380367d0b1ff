"""Reminders: one message for each occurrence, whatever crashes and however many processes run.

    planned ─ sending ─ posted | late
        └────────┴───── skipped (missed, paused, by hand, …) | unknown

What is due within the hour is planned: a row and a job, in the transaction that moves the reminder on. The step to
*sending* is written before the message goes out. A process that finds it there was killed in between, and nobody can
say whether the message is out: it is not sent again, and the owner is told. Knows neither Slack nor commands:
`Callbacks` does what needs them.
"""

from __future__ import annotations

from bot.reminders.engine import (
    BY_HAND,
    CHANGED,
    GRACE,
    HORIZON,
    INTERRUPTED,
    MISSED,
    PAUSED,
    ROOM_DELETED,
    UNCLEAR,
    Reminders,
)
from bot.reminders.work import Callbacks, Stop, handlers

__all__ = [
    "BY_HAND",
    "CHANGED",
    "GRACE",
    "HORIZON",
    "INTERRUPTED",
    "MISSED",
    "PAUSED",
    "ROOM_DELETED",
    "UNCLEAR",
    "Callbacks",
    "Reminders",
    "Stop",
    "handlers",
]
