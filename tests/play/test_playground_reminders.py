"""Reminders in the playground: set by typing, and through a clock change by moving the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot import app
from bot.clock import MovableClock
from bot.play.playground import playground
from bot.play.slack import Message, text_of
from bot.play.slack.seed import MIA
from bot.play.travel import travel

BEFORE = datetime(2027, 3, 27, 8, tzinfo=UTC)  # the day before the clocks of Paris go forward


async def test_a_reminder_stays_at_its_time_when_the_clock_is_moved_across_a_change() -> None:
    clock = MovableClock()
    clock.advance(BEFORE - clock.now())
    async with playground(port=0, build_bot=app.from_files, clock=clock) as running:
        workspace = running.slack.workspace

        def reminders() -> list[Message]:
            return [one for one in workspace.messages("#ops") if "Snooze" in text_of(one)]

        def heard(words: str) -> list[Message]:
            everything = [*workspace.ephemerals(user=MIA), *workspace.messages("#ops")]
            return [one for one in everything if words in text_of(one)]

        async def said(words: str) -> Message:
            return (await workspace.until(lambda: heard(words)))[-1]

        await running.slack.slash(MIA, "#ops", "create meetings/standup")
        await said("made by")
        await running.slack.slash(MIA, "#ops", "remind every day at 9:25")
        await running.slack.click(MIA, await said("Understood"), "Remind")
        await said("Reminder set")
        await travel(clock, timedelta(hours=24), stopped=lambda: None)
        await workspace.until(lambda: len(reminders()) == 2)
        posted = [datetime.fromtimestamp(float(one.ts), UTC) for one in reminders()]
        assert [f"{one:%d %H}" for one in posted] == ["27 08", "28 07"]
        assert all(timedelta(minutes=25) <= timedelta(minutes=one.minute) < timedelta(minutes=35) for one in posted)
        assert not any("late" in text_of(one) for one in reminders())
