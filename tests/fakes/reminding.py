"""Gestures around reminders that tests share: set one, move the clock to a moment, look at what was posted."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.play.slack import Message, text_of
from tests.fakes.speaking import OPS, answer, pressed
from tests.fakes.world import World

MONDAY = "2026-11-30T08:00"  # in UTC: 9:00 in Paris, where Mia is; 3:00 in New York, where Max is


async def remind(w: World, person: str, line: str, *, channel: str = OPS) -> Message:
    """Type it, press the button under what was read back; the answer."""
    asked = await answer(w, person, channel, f"remind {line}")
    assert "Understood" in text_of(asked), text_of(asked)
    return await pressed(w, person, asked, "Remind", channel=channel)


def posts(w: World, channel: str = OPS) -> list[Message]:
    """The reminders that were posted there."""
    return [one for one in w.slack.workspace.messages(channel) if is_reminder(one)]


def is_reminder(message: Message) -> bool:
    """Whether a reminder was posted, rather than spoken of."""
    return "Snooze 10 min" in text_of(message)


def at(w: World, moment: str) -> None:
    """Move the clock to this moment of UTC."""
    w.clock.advance(datetime.fromisoformat(moment).replace(tzinfo=UTC) - w.clock.now())


async def comes(w: World, count: int, channel: str = OPS) -> Message:
    """The newest reminder there, once so many were posted."""
    await w.until(lambda: len(posts(w, channel)) >= count)
    found = posts(w, channel)
    assert len(found) == count
    return found[-1]
