"""Meetings and who took part, as vendors reported it: the tables behind `bot/roster.py`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from bot.model import Medium, Participant
from bot.store.database import Database, Tx
from bot.store.tables import meetings, participants
from bot.store.writing import put

MEETING = "meeting"  # as what other processes hear of it


@dataclass(frozen=True, slots=True)
class KeptMeeting:
    """One instance of a room in use. `first_at` and `last_at` bound what was reported of it."""

    backend: str
    vendor_id: str
    id: str
    first_at: datetime
    last_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        """Its name among the changes."""
        return json.dumps([self.backend, self.vendor_id, self.id])


@dataclass(frozen=True, slots=True)
class Attendance:
    """One presence of somebody in a meeting. `participant` is None while only their leaving was reported."""

    id: str
    joined_at: datetime | None = None
    left_at: datetime | None = None
    kicked: bool = False
    participant: Participant | None = None


class Meetings:
    """The repository."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def follow(self, read_again: Callable[[Tx, Sequence[str] | None], Awaitable[None]]) -> None:
        """Have this called with the `KeptMeeting.key` of each that other processes wrote; None: all of them."""
        self._db.changes.follow(MEETING, read_again)

    async def all(self) -> list[tuple[KeptMeeting, dict[str, Attendance]]]:
        """Every meeting that is kept, with who took part in it."""
        async with self._db.read() as tx:
            return await self.those(tx, None)

    async def those(self, tx: Tx, keys: Sequence[str] | None) -> list[tuple[KeptMeeting, dict[str, Attendance]]]:
        """Those of the meetings that are kept, with who took part; None: every meeting."""
        places = None if keys is None else [tuple(json.loads(key)) for key in keys]
        at, who = meetings.c, participants.c
        held, inside = select(meetings), select(participants)
        if places is not None:
            held = held.where(tuple_(at.backend, at.vendor_id, at.id).in_(places))
            inside = inside.where(tuple_(who.backend, who.vendor_id, who.meeting_id).in_(places))
        kept = [KeptMeeting(*row) for row in await tx.execute(held)]
        present: dict[tuple[str, str, str], dict[str, Attendance]] = {}
        for row in await tx.execute(inside):
            place = present.setdefault((row.backend, row.vendor_id, row.meeting_id), {})
            place[row.id] = Attendance(
                row.id, row.joined_at, row.left_at, row.kicked, _participant(row.facts, row.joined_at)
            )
        return [(one, present.get((one.backend, one.vendor_id, one.id), {})) for one in kept]

    async def keep(self, tx: Tx, meeting: KeptMeeting, changed: list[Attendance]) -> None:
        """Write the meeting and these presences as they are now."""
        tx.touch(MEETING, meeting.key)
        fields = KeptMeeting.__dataclass_fields__
        await put(tx, meetings, **{name: getattr(meeting, name) for name in fields})
        for one in changed:
            await put(
                tx,
                participants,
                backend=meeting.backend,
                vendor_id=meeting.vendor_id,
                meeting_id=meeting.id,
                id=one.id,
                joined_at=one.joined_at,
                left_at=one.left_at,
                kicked=one.kicked,
                facts=_facts(one.participant),
            )

    async def forget(self, tx: Tx, meeting: KeptMeeting) -> None:
        """Drop a meeting of long ago."""
        at, who = meetings.c, participants.c
        here = (at.backend == meeting.backend, at.vendor_id == meeting.vendor_id, at.id == meeting.id)
        inside = (who.backend == meeting.backend, who.vendor_id == meeting.vendor_id, who.meeting_id == meeting.id)
        await tx.execute(delete(meetings).where(*here))
        await tx.execute(delete(participants).where(*inside))


def _facts(participant: Participant | None) -> dict[str, Any]:
    if participant is None:
        return {}
    one = participant
    facts = {"name": one.name, "medium": one.medium, "user_id": one.user_id, "phone": one.phone}
    return facts | {"id": one.id, "moderator": one.moderator}


def _participant(facts: dict[str, Any], joined_at: datetime | None) -> Participant | None:
    return Participant(**facts | {"medium": Medium(facts["medium"]), "joined_at": joined_at}) if facts else None
