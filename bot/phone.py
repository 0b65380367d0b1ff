"""Calls that the bot placed: which still wait to ring, and what the vendor's reports say became of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

from bot.approvals import STILL_OPEN, Approvals, Result
from bot.capabilities import Event, ParticipantJoined
from bot.errors import BadInput
from bot.model import Outcome, Person, PhoneNumber, Room
from bot.reply import Strong, User, text
from bot.roster import Roster
from bot.store import Store

Background = Callable[[Coroutine[Any, Any, None], str], None]


_CALL = "dial "
_NUMBER = re.compile(r"\+[1-9](?:[\s.\-()\u00a0]{0,2}[0-9]){6,14}(?![0-9])")


def call_to(number: PhoneNumber) -> str:
    """The name under which a call is recorded as an effect of its request."""
    return f"{_CALL}{number.e164}"


def without_numbers(words: str) -> str:
    """What somebody wrote, with the whole telephone numbers in it masked: for cards and the audit."""
    return _NUMBER.sub(_masked, words)


def _masked(found: re.Match[str]) -> str:
    try:
        return PhoneNumber.parse(found[0]).masked
    except BadInput:
        return found[0]


class PhoneCalls:
    """A call is a request with an effect `dial +40747777777`; how it stands is the request's outcome."""

    def __init__(self, store: Store, approvals: Approvals, roster: Roster, background: Background) -> None:
        self._store = store
        self._approvals = approvals
        self._background = background
        roster.subscribe(self._reported)

    async def waiting(self, room: Room) -> list[PhoneNumber]:
        """The numbers that the vendor will ring once somebody joins."""
        names = await self._store.requests.effects_open(room.id, _CALL, frozenset({Outcome.QUEUED}))
        return list(dict.fromkeys(PhoneNumber(name.removeprefix(_CALL)) for _, name in names))

    async def number_of(self, request_id: str) -> PhoneNumber | None:
        """The number that this request rang, None when nothing was sent."""
        names = [name for name in await self._store.effects.of(request_id) if name.startswith(_CALL)]
        return PhoneNumber(names[0].removeprefix(_CALL)) if names else None

    async def hung_up(self, room: Room, number: PhoneNumber, *, by: Person, found: bool = True) -> None:
        """Somebody cancelled it: the messages about this call say so, also that the vendor knew of none (`found`)."""
        shown, place, actor = Strong(number.masked), Strong(room.title), User(by.user_id)
        body = text(shown, " in ", place, " was hung up by ", actor, ".")
        if not found:
            body = text("No call to ", shown, " was found in ", place, " when ", actor, " cancelled it.")
        await self._ended(room, number, Result(Outcome.CANCELLED, body, {"number": number.masked}))

    def _reported(self, backend: str, event: Event) -> None:
        if isinstance(event, ParticipantJoined) and event.participant.phone:
            self._background(self._answered(backend, event.vendor_id, event.participant.phone), "call answered")

    async def _answered(self, backend: str, vendor_id: str, e164: str) -> None:
        room = await self._store.rooms.by_vendor(backend, vendor_id)
        if room is not None:
            number = PhoneNumber(e164)
            body = text(Strong(number.masked), " is in ", Strong(room.title), ".")
            await self._ended(room, number, Result(Outcome.CONFIRMED, body, {"number": number.masked}))

    async def _ended(self, room: Room, number: PhoneNumber, result: Result) -> None:
        for request_id, name in await self._store.requests.effects_open(room.id, call_to(number), STILL_OPEN):
            if name == call_to(number):
                await self._approvals.amend(request_id, result)
