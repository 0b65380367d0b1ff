"""Who is in which simulated meeting, which phones ring, and the events that 8x8 tells about it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock

Tell = Callable[[str, str, str, dict[str, Any]], None]  # event type, session id, room, data
AskSettings = Callable[[str], Awaitable[dict[str, Any]]]


class MeetingFull(Exception):
    """`maxOccupants` of the room's settings is reached."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody in a meeting. The participant id is the first eight letters of the JID, new at each join."""

    name: str
    joined_at: datetime
    user_id: str = ""
    email: str = ""
    moderator: bool = False
    token: str = field(default="", repr=False)
    phone: str = ""  # E.164; empty for a person in a browser
    jid: str = field(default_factory=lambda: f"{uuid4()}@8x8.vc")

    @property
    def participant_id(self) -> str:
        """What KICK_PARTICIPANT takes."""
        return self.jid[:8]

    @property
    def medium(self) -> str:
        """`web` or `phone`."""
        return "phone" if self.phone else "web"


@dataclass(slots=True)
class Meeting:
    """One running meeting. A room that is used again gets a new one."""

    room: str
    settings: dict[str, Any]
    session_id: str = field(default_factory=lambda: str(uuid4()))
    people: dict[str, Presence] = field(default_factory=dict)  # by participant id


class Meetings:
    """All running meetings of one AppID."""

    def __init__(self, clock: Clock, *, muc: str, tell: Tell, ask_settings: AskSettings, rings_for: float) -> None:
        """`muc`: what follows the @ of a conference; `rings_for`: seconds until a called phone is picked up."""
        self._muc = muc
        self.subscribers: list[Callable[[], None]] = []  # called back after each change
        self.running: dict[str, Meeting] = {}
        self.queued: defaultdict[str, list[str]] = defaultdict(list)  # room to numbers that wait for the first to join
        self.unanswered: set[str] = set()  # numbers that nobody picks up
        self._clock = clock
        self._tell = tell
        self._ask_settings = ask_settings
        self._rings_for = rings_for
        self._ringing: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._opening = asyncio.Lock()

    @property
    def ringing(self) -> list[tuple[str, str]]:
        """Room and number of each phone that rings now."""
        return list(self._ringing)

    async def join(self, room: str, claims: dict[str, Any], token: str) -> Presence:
        """Let the holder of the token in; the same token again replaces its earlier presence, as a reload does."""
        user = claims["context"]["user"]
        person = Presence(
            name=str(user.get("name", "")),
            joined_at=self._clock.now(),
            user_id=str(user.get("id", "")),
            email=str(user.get("email", "")),
            moderator=str(user.get("moderator", "")).lower() == "true",
            token=token,
        )
        async with self._opening:  # two first comers open one meeting
            meeting = self.running.get(room) or Meeting(room, await self._ask_settings(room))
            earlier = [one for one in meeting.people.values() if one.token == token]
            if len(meeting.people) - len(earlier) >= int(meeting.settings.get("maxOccupants", 500)):
                raise MeetingFull
            self._enter(meeting, person)
            for one in earlier:
                self.leave(room, one.participant_id)
        return person

    def _people(self, room: str) -> list[Presence]:
        return list(self.running[room].people.values()) if room in self.running else []

    def _enter(self, meeting: Meeting, one: Presence) -> None:
        if meeting.room not in self.running:
            self.running[meeting.room] = meeting
            self._tell_of("ROOM_CREATED", meeting)
        meeting.people[one.participant_id] = one
        self._tell(*_came(meeting, one))
        self._changed()
        for number in self.queued.pop(meeting.room, []):
            self._ring(meeting, number)

    def leave(self, room: str, participant_id: str, reason: str = "left") -> bool:
        """Take somebody out; the last one ends the meeting. False when nobody by that id is in."""
        meeting = self.running.get(room)
        one = meeting.people.pop(participant_id, None) if meeting else None
        if not meeting or not one:
            return False
        self._tell(*_went(meeting, one, reason))
        if not meeting.people:
            self._close(meeting)
        self._changed()
        return True

    def end(self, room: str) -> bool:
        """Take everybody out. False when no meeting runs."""
        if room not in self.running:
            return False
        for one in self._people(room):
            self.leave(room, one.participant_id, "unknown")
        return True

    def _close(self, meeting: Meeting) -> None:
        del self.running[meeting.room]
        for room, number in self.ringing:
            if room == meeting.room:
                self._ringing.pop((room, number)).cancel()
        self._tell_of("ROOM_DESTROYED", meeting)

    def _tell_of(self, event_type: str, meeting: Meeting) -> None:
        self._tell(event_type, meeting.session_id, meeting.room, {"conference": f"{meeting.room}@{self._muc}"})

    def _changed(self) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber()

    def dial(self, room: str, number: str) -> None:
        """Ring a phone into the meeting; with nobody in, once somebody joins (seeds/000)."""
        meeting = self.running.get(room)
        if meeting:
            self._ring(meeting, number)
        else:
            self.queued[room].append(number)

    def _ring(self, meeting: Meeting, number: str) -> None:
        self._ringing[meeting.room, number] = asyncio.create_task(self._pick_up(meeting, number))

    async def _pick_up(self, meeting: Meeting, number: str) -> None:
        await asyncio.sleep(self._rings_for)
        while number in self.unanswered:
            await asyncio.sleep(0.05)
        self._ringing.pop((meeting.room, number), None)
        if self.running.get(meeting.room) is meeting:
            self._enter(meeting, Presence(name=number, joined_at=self._clock.now(), phone=number))

    def hang_up(self, room: str, number: str) -> bool:
        """Forget a queued call, stop a ringing one, or take the phone out. False when there is none."""
        if number in self.queued.get(room, []):
            self.queued[room].remove(number)
            return True
        if call := self._ringing.pop((room, number), None):
            call.cancel()
            return True
        for one in self._people(room):
            if one.phone == number:
                return self.leave(room, one.participant_id, "kicked")
        return False

    def stop(self) -> None:
        """Let every phone stop ringing."""
        for call in self._ringing.values():
            call.cancel()
        self._ringing.clear()


def _came(meeting: Meeting, one: Presence) -> tuple[str, str, str, dict[str, Any]]:
    if one.phone:
        data = {"direction": "out", "nick": f"{one.phone[1:]} ({one.phone})", **_ids(one)}
        return "DIAL_OUT_STARTED", meeting.session_id, meeting.room, data
    return "PARTICIPANT_JOINED", meeting.session_id, meeting.room, _person(one)


def _went(meeting: Meeting, one: Presence, reason: str) -> tuple[str, str, str, dict[str, Any]]:
    if one.phone:
        return "DIAL_OUT_ENDED", meeting.session_id, meeting.room, _ids(one)
    return "PARTICIPANT_LEFT", meeting.session_id, meeting.room, _person(one) | {"disconnectReason": reason}


def _ids(one: Presence) -> dict[str, Any]:
    return {"participantJid": one.jid, "participantId": one.participant_id}


def _person(one: Presence) -> dict[str, Any]:
    return {
        "moderator": one.moderator,
        "name": one.name,
        "email": one.email,
        "id": one.user_id,
        "avatar": "",
        **_ids(one),
    }
