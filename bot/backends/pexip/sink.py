"""What the conferencing nodes tell of their own accord: Pexip's event sink, version 2, behind HTTP Basic.

Each node sends its events at least once and in its own order; across nodes there is none. An event names a room by
its name and never says which of the room's meetings it belongs to, so `Instances` tells them apart: by the legs it has
seen, else the meeting that runs, else a new one. A meeting that is on several nodes is over when each has said so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from bot.backends.pexip.people import NOT_IN, WAITING, is_person, leg_id, moment, participant
from bot.capabilities import Event, HookRefused, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.errors import BadInput
from bot.model import Meeting

MOST_LEGS, MOST_ROOMS = 20_000, 5_000

Json = Mapping[str, Any]


@dataclass(slots=True)
class _Instance:
    id: str
    started_at: datetime | None
    nodes: dict[str, datetime] = field(default_factory=dict)  # that take part → since when
    ended_at: datetime | None = None

    @property
    def meeting(self) -> Meeting:
        return Meeting(self.id, self.started_at, self.ended_at)


class Instances:
    """Tells the meetings of one room apart. The id comes from the start, so that it is found again after a restart."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, _Instance] = OrderedDict()
        self._of_leg: OrderedDict[str, _Instance] = OrderedDict()

    def seen_live(self, name: str, started_at: datetime | None) -> None:
        """The status API shows this meeting: so that after a restart its later events are known to be its own."""
        known = self._newest.get(name)
        if started_at is not None and (known is None or (known.ended_at and known.ended_at < started_at)):
            self._keep(name, _Instance(_id(started_at), started_at))

    def of_leg(self, name: str, leg: str, at: datetime) -> _Instance:
        """The meeting that this leg is, or was, in."""
        found = self._of_leg.get(leg) or self._running(name, at)
        self._of_leg[leg] = found
        while len(self._of_leg) > MOST_LEGS:
            self._of_leg.popitem(last=False)
        return found

    def began(self, name: str, node: str, started_at: datetime) -> _Instance:
        """A node says that it takes part since then."""
        found = self._running(name, started_at)
        if node in found.nodes and started_at > found.nodes[node]:  # the end of the one before was lost
            found = self._keep(name, _Instance(_id(started_at), None))
        found.started_at = min(started_at, found.started_at or started_at)
        if found.ended_at is None:
            found.nodes.setdefault(node, started_at)
        return found

    def ended(self, name: str, node: str, started_at: datetime | None, at: datetime) -> _Instance | None:
        """A node is done with it; None while other nodes are not."""
        found = self._running(name, started_at or at)
        found.nodes.pop(node, None)
        if found.nodes:
            return None
        found.ended_at = max(at, found.ended_at or at)
        return found

    def _running(self, name: str, at: datetime) -> _Instance:
        """The newest one, also when it has ended after that moment: what comes late belongs to it."""
        known = self._newest.get(name)
        if known is not None and (known.ended_at is None or at <= known.ended_at):
            return known
        return self._keep(name, _Instance(_id(at), None))

    def _keep(self, name: str, instance: _Instance) -> _Instance:
        self._newest[name] = instance
        self._newest.move_to_end(name)
        while len(self._newest) > MOST_ROOMS:
            self._newest.popitem(last=False)
        return instance


class Sink:
    """One event sink's receiving end. Rooms stand in its events by name (`ReceivesEvents.reports_names`)."""

    def __init__(self, username: str | None, password: SecretStr | None) -> None:
        self._pair = f"{username}:{password.get_secret_value()}".encode() if username and password else None
        self._legs: OrderedDict[str, dict[str, Any]] = OrderedDict()  # what was told of each so far
        self.instances = Instances()

    def read(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...]:
        """The events of one delivery. Raises HookRefused, or BadInput for what is no event."""
        self._authenticate(next((headers[name] for name in headers if name.lower() == "authorization"), ""))
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise BadInput("That is not an event of an event sink.")
        told = content.get("data") if content.get("event") == "eventsink_bulk" else [content]
        rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return tuple(event for one in rows for event in self._events(one, now))

    def _authenticate(self, header: str) -> None:
        if self._pair is None:
            raise HookRefused("no event sink user is configured")
        scheme, _, encoded = header.partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        if not hmac.compare_digest(given, self._pair) or scheme.lower() != "basic":
            raise HookRefused("wrong user or password" if header else "no credentials")

    def _events(self, told: Json, now: datetime) -> tuple[Event, ...]:
        kind, data = str(told.get("event")), told.get("data")
        if not isinstance(data, dict):
            return ()
        node, at = str(told.get("node")), moment(told.get("time")) or now
        key = _key(told, node, at)
        if kind.startswith("conference_") and isinstance(data.get("name"), str):
            return self._conference(kind, data, key=key, node=node, at=at)
        if kind in _LEGS and isinstance(data.get("conference"), str) and leg_id(data):
            return self._leg(kind, data, key=key, at=at)
        return ()

    def _conference(self, kind: str, data: Json, *, key: str, node: str, at: datetime) -> tuple[Event, ...]:
        name, started = str(data["name"]), moment(data.get("start_time"))
        if kind == "conference_ended":
            over = self.instances.ended(name, node, started, moment(data.get("end_time")) or at)
            return (MeetingEnded(key, name, over.meeting, at),) if over else ()
        if kind == "conference_started" or (kind == "conference_updated" and started):
            begun = self.instances.began(name, node, started or at)
            return (MeetingStarted(key, name, begun.meeting, begun.started_at or at),)
        return ()

    def _leg(self, kind: str, data: Json, *, key: str, at: datetime) -> tuple[Event, ...]:
        one = leg_id(data)
        before = self._legs.pop(one, {})
        whole = self._legs[one] = {**before, **data}  # an update may hold only what changed
        while len(self._legs) > MOST_LEGS:
            self._legs.popitem(last=False)
        name = str(whole["conference"])
        meeting = self.instances.of_leg(name, one, at).meeting
        if kind == "participant_disconnected":
            return (ParticipantLeft(key, name, meeting, at, one),)
        inside = is_person(whole) and whole.get("service_type") not in NOT_IN | {WAITING}
        if not inside or "display_name" not in whole:
            return ()
        if kind == "participant_updated" and _was_inside(before):
            return ()  # told already; a later "joined" would only move the moment
        return (ParticipantJoined(key, name, meeting, at, participant(whole)),)


_LEGS = frozenset({"participant_connected", "participant_updated", "participant_disconnected"})


def _was_inside(before: Json) -> bool:
    return "display_name" in before and before.get("service_type") not in NOT_IN | {WAITING}


def _id(started_at: datetime) -> str:
    return str(round(started_at.timestamp()))


def _key(told: Json, node: str, at: datetime) -> str:
    """Node, number and second: the numbers of a node begin anew when it restarts."""
    number = told.get("seq")
    if isinstance(number, int):
        return f"{node}/{number}/{int(at.timestamp())}"
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
