"""How far something long has come: one message, edited at most every three seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import Unavailable, Unreachable
from bot.reply import Strong, text
from bot.voice import Posted, Voice

BETWEEN_EDITS = timedelta(seconds=3)


class Progress:
    """The message begins with the first word that is reported. Nothing of this may fail what is under way."""

    def __init__(self, voice: Voice, clock: Clock, *, place: str, title: str) -> None:
        """`place`: a channel, or a person."""
        self._voice = voice
        self._clock = clock
        self._place = place
        self._title = title
        self._posted: Posted | None = None
        self._last: datetime | None = None
        self._silent = False

    async def report(self, words: str) -> None:
        """Say it, where the last was said long enough ago."""
        now = self._clock.now()
        if self._silent or (self._last is not None and now - self._last < BETWEEN_EDITS):
            return
        self._last = now
        await self._say(words)

    async def end(self, words: str) -> None:
        """The last word, where there was a first."""
        if self._posted is not None:
            await self._say(words)

    async def _say(self, words: str) -> None:
        body = text(Strong(self._title), f" · {words}")
        try:
            if self._posted is None:
                self._posted = await self._voice.post(self._place, body)
            else:
                await self._voice.edit(self._posted, body)
        except Unreachable:
            self._silent = True
        except Unavailable:
            return  # the next word is tried again
