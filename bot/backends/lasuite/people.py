"""Who takes part, as LiveKit tells it: by its API in snake_case, by its webhooks in lowerCamelCase.

`sid` names one presence and is new on every re-join, `identity` names the person: their `sub` at the deployment's
sign-in, a UUID for a guest, mostly `sip_<number>` for a phone. LiveKit's calls take the identity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.backends.lasuite.phones import Phones
from bot.errors import BadInput
from bot.model import Medium, Participant, PhoneNumber
from bot.rest import display_name

HIDDEN = frozenset({"EGRESS", "AGENT", "INGRESS"})  # recorder, transcriber, streams
HOSTS = frozenset({"owner", "administrator"})
RINGS = frozenset({"dialing", "ringing", "automation"})  # sip.callStatus before somebody has answered
NUMBER = re.compile(r"\+?[1-9][0-9]{6,14}")

Json = Mapping[str, Any]


def is_person(told: Json) -> bool:
    """Whether this is somebody who is in: no recorder, nobody who left, no phone that still rings."""
    if _text(told.get("kind")) in HIDDEN or told.get("state") == "DISCONNECTED" or not identity_of(told):
        return False
    return not (is_phone(told) and attributes_of(told).get("sip.callStatus") in RINGS)


def is_phone(told: Json) -> bool:
    """A call over the SIP trunk."""
    return told.get("kind") == "SIP"


def identity_of(told: Json) -> str:
    """What LiveKit's calls take; empty where none was told."""
    return _text(told.get("identity"))


def presence_of(told: Json) -> str:
    """The id of this very presence."""
    return _text(told.get("sid")) or identity_of(told)


def is_host(told: Json) -> bool:
    """Whether Meet gave this one the role of an owner or administrator of the room."""
    return attributes_of(told).get("room_role") in HOSTS


def attributes_of(told: Json) -> dict[str, str]:
    """What Meet and the SIP bridge wrote about this one."""
    found = told.get("attributes")
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def number_of(told: Json, room: str, phones: Phones) -> PhoneNumber | None:
    """The number of a phone: one the bot rang, else what the SIP bridge tells."""
    identity = identity_of(told)
    if (rung := phones.number_in(identity, room)) is not None:
        return rung
    for words in (attributes_of(told).get("sip.phoneNumber", ""), identity.removeprefix("sip_")):
        if NUMBER.fullmatch(words):
            try:
                return PhoneNumber.parse("+" + words.lstrip("+"))
            except BadInput:
                continue
    return None


def participant(told: Json, room: str, phones: Phones) -> Participant:
    """One who is in."""
    present = presence_of(told)
    joined_at = moment(told.get("joined_at", told.get("joinedAt")))
    if not is_phone(told):
        host = is_host(told) if "room_role" in attributes_of(told) else None
        return Participant(present, display_name(told.get("name")), moderator=host, joined_at=joined_at)
    number = number_of(told, room, phones)
    if number is None:
        return Participant(present, display_name(told.get("name")) or "SIP", Medium.SIP, joined_at=joined_at)
    return Participant(present, number.masked, Medium.PHONE, phone=number.e164, joined_at=joined_at)


def audio_tracks(told: Json, *, muted: bool) -> list[str]:
    """The ids of the sounds this one sends that are, or are not, muted."""
    tracks = told.get("tracks")
    rows = [one for one in tracks if isinstance(one, dict)] if isinstance(tracks, list) else []
    return [
        _text(one.get("sid")) for one in rows if one.get("type") == "AUDIO" and bool(one.get("muted", False)) is muted
    ]


def moment(seconds: object) -> datetime | None:
    """An int64 of seconds, which JSON carries as text; None for zero and for what is none."""
    try:
        value = int(seconds) if isinstance(seconds, str | int) else 0
        return datetime.fromtimestamp(value, UTC) if value > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
