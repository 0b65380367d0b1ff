"""Work that somebody asked for, begun; and its failure told to that person alone."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from bot.dispatch.saying import failure
from bot.errors import BotError
from bot.reply import text
from bot.slack.outbox import SlackVoice
from bot.tasks import Busy, Failure, Tasks
from bot.voice import Address


class Spawner:
    """Begins work on somebody's behalf."""

    def __init__(self, tasks: Tasks, voice: SlackVoice) -> None:
        self._tasks = tasks
        self._voice = voice

    def spawn(self, work: Coroutine[Any, Any, None], address: Address, name: str) -> None:
        """Begin it and return. Raises Busy, with the work not begun."""
        self._tasks.spawn(work, name=name, presenter=_Presenter(self._voice, address))

    def beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Begin what nobody waits for; when there is too much to do already, it is left undone."""
        with suppress(Busy):
            self._tasks.spawn(work, name=name)


class _Presenter:
    """Tells one person how their command failed."""

    def __init__(self, voice: SlackVoice, address: Address) -> None:
        self._voice = voice
        self._address = address

    async def show(self, error: BotError) -> None:
        """A failure made for people."""
        body, buttons = failure(error)
        await self._voice.whisper(self._address, body, buttons)

    async def report(self, failure: Failure) -> None:
        """The fixed sentence of a bug."""
        await self._voice.whisper(self._address, text(failure.sentence))
