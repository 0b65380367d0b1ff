"""How fast Slack is spoken to: one message a second and channel, bursts of five; edits every three seconds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import MovableClock
from bot.play.slack.grants import Pace
from bot.slack.pacing import MOST_REMEMBERED, Edits, Posts
from bot.voice import Posted
from tests.slack import hostile

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CARD = Posted("C0OPS", "1.1")


async def settled() -> None:
    """Let every task that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


@hostile.patient
@given(st.lists(st.integers(0, 4000), min_size=1, max_size=25))
def test_slack_never_has_to_refuse_a_post_for_its_pace(pauses: list[int]) -> None:
    async def run() -> None:
        clock = MovableClock(START)
        posts, slack = Posts(clock), Pace(clock)
        waiting: list[asyncio.Task[None]] = []

        async def post() -> None:
            await posts.turn("C0OPS")
            slack.take("C0OPS")  # raises SlackRefusal

        for pause in pauses:
            waiting.append(asyncio.create_task(post()))
            await settled()
            clock.advance(timedelta(milliseconds=pause))
            await settled()
        for _ in range(len(pauses) * 4):
            clock.advance(timedelta(milliseconds=250))
            await settled()
        assert all(one.done() for one in waiting)
        await asyncio.gather(*waiting)

    asyncio.run(run())


async def test_many_channels_are_not_remembered_for_ever() -> None:
    posts = Posts(MovableClock(START))
    for number in range(MOST_REMEMBERED + 50):
        await posts.turn(f"C{number}")
    assert len(posts._due) == MOST_REMEMBERED


class Written:
    """What an editor wrote, and when; may be held up, or fail."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.states: list[tuple[str, datetime]] = []
        self.go = asyncio.Event()
        self.go.set()

    async def write(self, message: Posted, content: dict[str, Any]) -> None:
        await self.go.wait()
        self.states.append((content["text"], self.clock.now()))


async def test_what_is_asked_while_an_edit_is_being_written_follows_it() -> None:
    clock = MovableClock(START)
    written = Written(clock)
    edits = Edits(clock, written.write)
    written.go.clear()
    asked = [asyncio.create_task(edits.edit(CARD, {"text": "first"}))]
    await settled()
    asked += [asyncio.create_task(edits.edit(CARD, {"text": one})) for one in ("second", "third")]
    await settled()
    written.go.set()
    await settled()
    clock.advance(timedelta(seconds=3))
    await asyncio.gather(*asked)
    assert written.states == [("first", START), ("third", START + timedelta(seconds=3))]


async def test_different_messages_do_not_wait_for_each_other() -> None:
    clock = MovableClock(START)
    written = Written(clock)
    edits = Edits(clock, written.write)
    for number in range(5):
        await edits.edit(Posted("C0OPS", f"1.{number}"), {"text": str(number)})
    assert [state for state, _ in written.states] == ["0", "1", "2", "3", "4"]


async def test_a_waiter_that_gives_up_does_not_take_the_last_state_with_it() -> None:
    clock = MovableClock(START)
    written = Written(clock)
    edits = Edits(clock, written.write)
    await edits.edit(CARD, {"text": "first"})
    gone = asyncio.create_task(edits.edit(CARD, {"text": "second"}))
    last = asyncio.create_task(edits.edit(CARD, {"text": "third"}))
    await settled()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    clock.advance(timedelta(seconds=3))
    await last
    assert [state for state, _ in written.states] == ["first", "third"]
