"""What happened in a room, in one line of time: what people commanded and decided, fetched links, came and went.

Taken together from the audit (commands, approvals, links, calls, failures) and from what vendors reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.audit import Row
from bot.cards import named, spoken_span
from bot.model import Medium, Participant, Person, Room
from bot.reply import Code, Part, Place, Strong, Text, User, text
from bot.store.meetings import Attendance, KeptMeeting

WELL = frozenset({"done", "accepted", "confirmed", "queued", "already so", "counted", "pending", "approved"})
SHOWN = {"did": "", "number": "", "participant": "", "changed": "", "channel": "", "outsider": "", "links": "links: "}

History = Sequence[tuple[KeptMeeting, Sequence[Attendance]]]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at: datetime
    says: Text


def timeline(room: Room, rows: Iterable[Row], history: History) -> list[Moment]:
    """All of it, the oldest first; of the same moment first what was commanded."""
    names = {one.id: one.participant for _, present in history for one in present if one.participant}
    told = [Moment(row.at, _row(row, names)) for row in rows if _about(row, room)]
    for meeting, present in history:
        told += _meeting(meeting, present)
    return sorted(told, key=lambda one: one.at)  # stable: rows come before reports


def _about(row: Row, room: Room) -> bool:
    """Whether it is this room's. What was not understood stands there as it was typed: mostly the handle alone."""
    words = row.room.casefold().split(", ")
    return row.backend in ("", room.backend) and not {room.title.casefold(), room.handle.casefold()}.isdisjoint(words)


def _row(row: Row, names: Mapping[str, Participant]) -> Text:
    by: Part = User(Person.parse(row.actor).user_id) if row.actor.count("/") == 2 else row.actor
    did: Text = (" fetched a link",) if (row.action, row.outcome) == ("join", "done") else (" · ", Strong(row.action))
    outcome = "" if did[0] == " fetched a link" else f" · {row.outcome}"
    why: Text = (f" · “{row.reason}”",) if row.reason else ()
    agreed: list[Part] = [" · approved by"] if row.approvers else []
    for one in row.approvers:
        agreed += [" ", User(Person.parse(one).user_id)]
    trace: Text = (" · id ", Code(row.correlation)) if row.outcome not in WELL and row.correlation else ()
    return text(by, *did, outcome, *_facts(row, names), *why, *agreed, *trace)


def _facts(row: Row, names: Mapping[str, Participant]) -> Text:
    parts: list[Part] = []
    for name, before in SHOWN.items():
        value = row.facts.get(name)
        if value and name == "participant" and value in names:
            parts += [" · ", *named(names[value])]
        elif value and name == "channel":
            parts += [" · ", Place(value) if value.startswith(("C", "G")) else "direct messages"]
        elif value:
            parts.append(f" · {before}{value}")
    return tuple(parts)


def _meeting(meeting: KeptMeeting, present: Iterable[Attendance]) -> list[Moment]:
    moments = [Moment(meeting.started_at, text("The meeting began"))] if meeting.started_at else []
    for one in present:
        moments += _attendance(one)
    if meeting.ended_at:
        lasted = spoken_span(meeting.ended_at - (meeting.started_at or meeting.first_at))
        moments.append(Moment(meeting.ended_at, text(f"The meeting ended after {lasted}")))
    return sorted(moments, key=lambda moment: moment.at)


def _attendance(one: Attendance) -> list[Moment]:
    who = named(one.participant) if one.participant else text("somebody")
    phone = one.participant is not None and one.participant.medium is Medium.PHONE
    moments = []
    if one.joined_at:
        moments.append(Moment(one.joined_at, text(*who, " answered and came in" if phone else " came in")))
    if one.left_at:
        how = " was removed" if one.kicked else " hung up" if phone else " left"
        moments.append(Moment(one.left_at, text(*who, how)))
    return moments
