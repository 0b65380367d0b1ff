"""Who is in a conference: the node's participants are call legs, of which one person may have several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.errors import BadInput
from bot.model import Medium, Participant, PhoneNumber
from bot.rest import display_name

Json = Mapping[str, Any]
WAITING = "waiting_room"
NOT_IN = frozenset({"connecting", "ivr"})  # rings still, or is asked for a PIN
WEB = frozenset({"WEBRTC", "RTMP", ""})
ALIAS = re.compile(r"(?:(?:sip|sips|h323|tel):)?(\+?[0-9]{7,15})(?:@.*)?", re.IGNORECASE)


def people(legs: Iterable[Json]) -> tuple[Participant, ...]:
    """One participant per conversation, those who wait before the door included, in the order they came."""
    conversations: dict[str, list[Json]] = {}
    for leg in legs:
        if is_person(leg) and leg.get("service_type") not in NOT_IN:
            conversations.setdefault(conversation(leg), []).append(leg)
    found = [participant(primary(own), muted=all(leg.get("is_muted") for leg in own)) for own in conversations.values()]
    return tuple(sorted(found, key=lambda one: (one.joined_at or datetime.max.replace(tzinfo=UTC), one.id)))


def participant(leg: Json, *, muted: bool | None = None) -> Participant:
    """One leg as the person behind it."""
    number = phone_of(leg)
    protocol = str(leg.get("protocol") or "").upper()
    medium = Medium.WEB if protocol in WEB else Medium.PHONE if number else Medium.SIP
    return Participant(
        id=leg_id(leg),
        name=display_name(leg.get("display_name")) or (number.masked if number else ""),
        medium=medium,
        phone=number.e164 if number and medium is Medium.PHONE else None,
        moderator={"chair": True, "guest": False}.get(str(leg.get("role"))),
        joined_at=moment(leg.get("connect_time")),
        waiting=leg.get("service_type") == WAITING,
        muted=bool(leg.get("is_muted")) if muted is None else muted,
    )


def is_person(leg: Json) -> bool:
    """Not merely somebody's remote control of a meeting."""
    return str(leg.get("protocol") or "").upper() != "API" and bool(leg_id(leg))


def leg_id(leg: Json) -> str:
    """The id that commands take: `id` of the status API, `uuid` of an event."""
    return str(leg.get("id") or leg.get("uuid") or "")


def conversation(leg: Json) -> str:
    """What all legs of one person share."""
    return str(leg.get("conversation_id") or leg_id(leg))


def primary(legs: Sequence[Json]) -> Json:
    """The leg that stands for the person: with sound or picture before without, then the first."""
    return min(legs, key=lambda leg: (not leg.get("has_media", True), str(leg.get("connect_time")), leg_id(leg)))


def phone_of(leg: Json) -> PhoneNumber | None:
    """The number of a telephone: of a call that was placed the one that was dialled."""
    if str(leg.get("protocol") or "").upper() in WEB:
        return None
    other = "destination_alias" if leg.get("call_direction") == "out" else "source_alias"
    for key in ("participant_alias", other):
        found = ALIAS.fullmatch(str(leg.get(key) or ""))
        if found and (number := _number(found[1])):
            return number
    return None


def moment(said: object) -> datetime | None:
    """A time of the status API (naive UTC, ISO) or of an event (seconds since 1970)."""
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said, UTC)
        return datetime.fromisoformat(str(said)).replace(tzinfo=UTC) if said else None
    except (ValueError, OverflowError, OSError):
        return None


def _number(digits: str) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse("+" + digits.lstrip("+"))
    except BadInput:
        return None
