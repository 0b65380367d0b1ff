"""What a back end reports of its own accord, as values: somebody came in, left, a meeting began or ended.

`key` makes a report idempotent: the same one, delivered again, changes nothing. `at` is the vendor's own time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Meeting, Participant


@dataclass(frozen=True, slots=True)
class MeetingStarted:
    """A meeting instance exists."""

    key: str  # idempotency key
    vendor_id: str
    meeting: Meeting
    at: datetime


@dataclass(frozen=True, slots=True)
class MeetingEnded:
    """A meeting instance is over; everybody has left."""

    key: str
    vendor_id: str
    meeting: Meeting
    at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantJoined:
    """Somebody came in."""

    key: str
    vendor_id: str
    meeting: Meeting
    at: datetime
    participant: Participant


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody left. `kicked` only when the vendor says so."""

    key: str
    vendor_id: str
    meeting: Meeting
    at: datetime
    participant_id: str
    kicked: bool = False


Event = MeetingStarted | MeetingEnded | ParticipantJoined | ParticipantLeft


@dataclass(frozen=True, slots=True)
class SettingsAsked:
    """The vendor asks, before a meeting, which policy the room has (JaaS SETTINGS_PROVISIONING)."""

    vendor_id: str


class HookRefused(Exception):
    """A hook call that did not prove where it comes from. `reason` is logged; the body never."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
