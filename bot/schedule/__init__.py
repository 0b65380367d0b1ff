"""Times in words, what repeats, and when that is: pure, without clock and storage."""

from __future__ import annotations

from bot.schedule.plan import Schedule, arranged, last_day, spoken
from bot.schedule.repeat import Repeat
from bot.schedule.when import When
from bot.schedule.zones import zone

__all__ = ["Repeat", "Schedule", "When", "arranged", "last_day", "spoken", "zone"]
