"""How far something has come: one message, edited every three seconds at most, that never fails what is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import MovableClock
from bot.errors import Unavailable, Unreachable
from bot.forms import FieldForm
from bot.model import Person
from bot.progress import Progress
from bot.reply import Button, Card, Text
from bot.voice import Address, Form, Posted, Sending, Voice


class Listening(Voice):
    """Remembers what was posted and edited; nothing else is asked of it."""

    def __init__(self, *, deaf: bool = False, slow: int = 0) -> None:
        self.said: list[str] = []
        self.deaf = deaf
        self.slow = slow  # so many edits are not taken

    async def post(
        self,
        to: str,
        body: Text | Card,
        buttons: tuple[Button, ...] = (),
        *,
        thread_ts: str | None = None,
        sending: Sending | None = None,
    ) -> Posted:
        if self.deaf:
            self.said.append("tried")
            raise Unreachable("not there")
        self.said.append(f"post {to} {body}")
        return Posted(to, "1")

    async def edit(self, message: Posted, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        if self.slow:
            self.slow -= 1
            raise Unavailable("not taken")
        self.said.append(f"edit {body}")

    async def whisper(self, to: Address, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        raise AssertionError("nothing is whispered")

    async def remove(self, message: Posted) -> None:
        raise AssertionError("nothing is taken away")

    async def check_may_post(self, channel_id: str) -> None:
        raise AssertionError("nothing is checked")

    async def is_member(self, channel_id: str, person: Person) -> bool:
        raise AssertionError("nobody is looked up")

    async def channel_name(self, channel_id: str) -> str:
        raise AssertionError("no name is asked for")

    async def ask(self, to: Address, form: Form) -> None:
        raise AssertionError("no form is opened")

    async def fill_in(self, to: Address, form: Callable[[], Awaitable[FieldForm]]) -> None:
        raise AssertionError("no form is opened")


async def test_one_message_is_edited_at_most_every_three_seconds() -> None:
    clock, voice = MovableClock(), Listening()
    progress = Progress(voice, clock, place="C0OPS", title="pexip")
    for number in range(100):
        await progress.report(f"{number} %")
        clock.advance(timedelta(seconds=1))
    await progress.end("all of it")
    assert voice.said[0].startswith("post C0OPS")
    assert len(voice.said) == 1 + 33 + 1
    assert "99 %" in voice.said[-2]
    assert "all of it" in voice.said[-1]


async def test_what_was_over_at_once_says_nothing() -> None:
    voice = Listening()
    await Progress(voice, MovableClock(), place="C0OPS", title="pexip").end("done")
    assert voice.said == []


async def test_a_place_that_cannot_be_reached_is_tried_once() -> None:
    clock, voice = MovableClock(), Listening(deaf=True)
    progress = Progress(voice, clock, place="C0OPS", title="pexip")
    for _ in range(3):
        await progress.report("1 %")
        clock.advance(timedelta(seconds=5))
    assert voice.said == ["tried"]


async def test_an_edit_that_was_not_taken_stops_neither_the_work_nor_the_next_word() -> None:
    clock, voice = MovableClock(), Listening(slow=1)
    progress = Progress(voice, clock, place="C0OPS", title="pexip")
    for number in range(3):
        await progress.report(f"{number} %")
        clock.advance(timedelta(seconds=3))
    assert len(voice.said) == 2
    assert "2 %" in voice.said[-1]
