"""Running meetings of simulated Pexip: call legs that come and go, wait before the door, are muted and removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from bot.play.vendors.pexip.objects import Objects
from bot.play.vendors.pexip.sink import EventSink

Json = dict[str, Any]
NODE = "10.0.0.1"


class EntryRefused(Exception):
    """The web app says why."""


@dataclass(slots=True)
class Leg:
    """One call leg."""

    conference: str
    display_name: str
    role: str
    connect_time: datetime
    protocol: str = "WebRTC"
    direction: str = "in"
    service_type: str = "conference"
    participant_alias: str = ""
    muted: bool = False
    has_media: bool = True
    disconnectable: bool = True
    id: str = field(default_factory=lambda: str(uuid4()))
    conversation_id: str = ""

    def shown(self) -> Json:
        """As the status API and the event sink show it."""
        return {
            "call_direction": self.direction,
            "call_quality": "0_unknown",
            "call_uuid": self.id,
            "conference": self.conference,
            "connect_time": naive(self.connect_time),
            "conversation_id": self.conversation_id or self.id,
            "destination_alias": self.participant_alias if self.direction == "out" else "",
            "display_name": self.display_name,
            "has_media": self.has_media,
            "id": self.id,
            "is_client_muted": False,
            "is_disconnect_supported": self.disconnectable,
            "is_mute_supported": self.has_media,
            "is_muted": self.muted,
            "is_on_hold": False,
            "is_presenting": False,
            "is_streaming": False,
            "is_transfer_supported": True,
            "media_node": NODE,
            "participant_alias": self.participant_alias,
            "protocol": self.protocol,
            "resource_uri": f"/api/admin/status/v1/participant/{self.id}/",
            "role": self.role,
            "service_type": self.service_type,
            "source_alias": self.participant_alias if self.direction == "in" else "",
            "system_location": "",
            "vendor": "",
        }


@dataclass(slots=True)
class Running:
    """One running meeting."""

    name: str
    service_type: str
    start_time: datetime
    locked: bool = False
    guests_muted: bool = False
    tag: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))
    legs: dict[str, Leg] = field(default_factory=dict)

    def shown(self) -> Json:
        """As the status API shows it."""
        return {
            "direct_media_available": False,
            "guests_muted": self.guests_muted,
            "id": self.id,
            "is_locked": self.locked,
            "is_started": True,
            "name": self.name,
            "resource_uri": f"/api/admin/status/v1/conference/{self.id}/",
            "service_type": self.service_type,
            "start_time": naive(self.start_time),
            "tag": self.tag,
        }


class Meetings:
    """Everything live. `rings_for`: seconds until a called phone is picked up."""

    def __init__(self, objects: Objects, sink: EventSink, clock: Clock, *, rings_for: float) -> None:
        self.running: dict[str, Running] = {}  # by the room's name
        self.subscribers: list[Callable[[], None]] = []
        self._objects = objects
        self._sink = sink
        self._clock = clock
        self._rings_for = rings_for
        self._ringing: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """No phone rings any more."""
        for task in self._ringing:
            task.cancel()

    def room_with(self, alias: str) -> Json | None:
        """The conference object that an alias leads to."""
        for row in self._objects.rows["conference_alias"].values():
            if row["alias"].casefold() == alias.casefold():
                return self._objects.shown("conference", row["conference"])
        return None

    def join(self, alias: str, name: str, pin: str = "", **more: Any) -> Leg:  # noqa: ANN401
        """Come in by an alias. Raises EntryRefused for an unknown one, a wrong PIN and a full room."""
        room = self.room_with(alias)
        if room is None:
            raise EntryRefused("There is no such conference.")
        limit, running = room["participant_limit"], self.running.get(room["name"])
        if limit is not None and running and len(running.legs) >= limit:
            raise EntryRefused("This conference is full.")
        role = _role(room, pin)
        meeting = self._meeting(room)
        waits = role == "guest" and (meeting.locked or (room["allow_guests"] and not _hosts(meeting)))
        leg = Leg(room["name"], name, role, self._clock.now(), **more)
        leg.service_type = "waiting_room" if waits else room["service_type"]
        leg.muted = meeting.guests_muted and role == "guest"
        self._come(meeting, leg)
        return leg

    def dial(self, order: Json) -> Leg:
        """Ring somebody into the room of an alias. Raises EntryRefused for an unknown one."""
        room = self.room_with(str(order["conference_alias"]))
        if room is None:
            raise EntryRefused("Failed to find conference alias")
        number = str(order["destination"])
        leg = Leg(
            room["name"],
            str(order.get("remote_display_name") or number),
            str(order.get("role") or "guest"),
            self._clock.now(),
            protocol=str(order.get("protocol") or "sip").upper().replace("AUTO", "SIP"),
            direction="out",
            service_type="connecting",
            participant_alias=number,
        )
        meeting = self._meeting(room)
        meeting.legs[leg.id] = leg
        task = asyncio.ensure_future(self._pick_up(meeting, leg))
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)
        self._changed()
        return leg

    async def _pick_up(self, meeting: Running, leg: Leg) -> None:
        await asyncio.sleep(self._rings_for)
        if leg.id in meeting.legs:
            leg.service_type = meeting.service_type
            self._come(meeting, leg)

    def leave(self, leg_id: str, reason: str = "Call disconnected") -> bool:
        """Go. False when no such leg is in. The last one to go ends the meeting."""
        meeting = self.of_leg(leg_id)
        if meeting is None:
            return False
        leg = meeting.legs.pop(leg_id)
        now = self._clock.now()
        told = {**_told(leg), "disconnect_reason": reason, "end_time": now.timestamp()}
        self._sink.tell("participant_disconnected", told)
        if not meeting.legs:
            del self.running[meeting.name]
            self._sink.tell("conference_ended", {**_told(meeting), "end_time": now.timestamp()})
        self._changed()
        return True

    def of_leg(self, leg_id: str) -> Running | None:
        """The meeting that this leg is in."""
        return next((one for one in self.running.values() if leg_id in one.legs), None)

    def by_id(self, conference_id: str) -> Running | None:
        """The meeting of this UUID."""
        return next((one for one in self.running.values() if one.id == conference_id), None)

    def legs(self) -> list[Leg]:
        """Everybody everywhere."""
        return [leg for meeting in self.running.values() for leg in meeting.legs.values()]

    def updated(self, leg: Leg) -> None:
        """Tell that something about this leg has changed."""
        self._sink.tell("participant_updated", _told(leg))
        self._changed()

    def meeting_updated(self, meeting: Running) -> None:
        """Tell that something about this meeting has changed."""
        self._sink.tell("conference_updated", _told(meeting))
        self._changed()

    def admit(self, leg: Leg) -> None:
        """Open the door for one who waits."""
        meeting = self.running[leg.conference]
        leg.service_type = meeting.service_type
        self.updated(leg)

    def _come(self, meeting: Running, leg: Leg) -> None:
        meeting.legs[leg.id] = leg
        self._sink.tell("participant_connected", _told(leg))
        if leg.role == "chair":
            for other in [one for one in meeting.legs.values() if one.service_type == "waiting_room"]:
                if not meeting.locked:
                    self.admit(other)
        self._changed()

    def _meeting(self, room: Json) -> Running:
        if room["name"] not in self.running:
            meeting = Running(room["name"], room["service_type"], self._clock.now(), tag=room["tag"])
            meeting.guests_muted = room["mute_all_guests"]
            self.running[room["name"]] = meeting
            self._sink.tell("conference_started", _told(meeting))
        return self.running[room["name"]]

    def _changed(self) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber()


def naive(moment: datetime) -> str:
    """`2017-05-11T22:02:05.855877`: UTC without saying so."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def _role(room: Json, pin: str) -> str:
    if not room["pin"] or pin == room["pin"]:
        return "chair"
    if room["allow_guests"] and pin == room["guest_pin"]:
        return "guest"
    raise EntryRefused("Invalid PIN.")


def _hosts(meeting: Running) -> bool:
    return any(leg.role == "chair" for leg in meeting.legs.values())


def _told(one: Leg | Running) -> Json:
    """As an event holds it: times as seconds, the leg's id as `uuid`."""
    if isinstance(one, Running):
        return {**one.shown(), "start_time": one.start_time.timestamp()}
    return {**one.shown(), "uuid": one.id, "connect_time": one.connect_time.timestamp()}
