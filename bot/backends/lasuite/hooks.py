"""LiveKit's webhooks: a signed token in the Authorization header holds the hash of the body.

`room.sid` names one meeting, `room.name` is the room's id in La Suite Meet. The room may hold a password for media
relays, so nothing of a body is ever logged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
from pydantic import SecretStr

from bot.backends.lasuite.people import identity_of, is_person, is_phone, moment, participant, presence_of
from bot.backends.lasuite.phones import Phones
from bot.capabilities import Event, HookRefused, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.errors import BadInput
from bot.model import Meeting

LEEWAY = 60  # seconds that the two clocks may differ
LEFT = frozenset({"participant_left", "participant_connection_aborted"})

Json = Mapping[str, Any]


class Webhooks:
    """Authenticates and reads the webhooks of one LiveKit server."""

    def __init__(self, *, api_key: str, api_secret: SecretStr, phones: Phones) -> None:
        self._api_key = api_key
        self._secret = api_secret
        self._phones = phones

    def read(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...]:
        """The events of one call. Raises HookRefused, or BadInput for what is no webhook; unknown events are none."""
        given = next((headers[name] for name in headers if name.lower() == "authorization"), "")
        self._authenticate(given, raw, now)
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise BadInput("That webhook is not a JSON object.")
        return self._events(content, raw, now)

    def _authenticate(self, token: str, raw: bytes, now: datetime) -> None:
        if not token:
            raise HookRefused("no token")
        try:
            # Times are compared with the injected clock, below.
            claims = jwt.decode(
                token,
                self._secret.get_secret_value(),
                algorithms=["HS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise HookRefused("wrong signature") from None
        if claims.get("iss") != self._api_key:
            raise HookRefused("another API key")
        begins, ends = claims.get("nbf", 0), claims.get("exp")
        if not isinstance(ends, int) or not isinstance(begins, int):
            raise HookRefused("a token without an end")
        if not begins - LEEWAY <= now.timestamp() < ends + LEEWAY:
            raise HookRefused("token outside its time")
        expected = base64.b64encode(hashlib.sha256(raw).digest())
        if not hmac.compare_digest(str(claims.get("sha256", "")).encode(errors="replace"), expected):
            raise HookRefused("another body")

    def _events(self, told: Json, raw: bytes, now: datetime) -> tuple[Event, ...]:
        room, kind = told.get("room"), str(told.get("event"))
        if not isinstance(room, dict) or not isinstance(room.get("sid"), str) or not room["sid"]:
            return ()
        try:
            vendor_id = str(UUID(str(room.get("name"))))
        except ValueError:
            return ()  # a room of somebody else's on the same LiveKit
        key = str(told.get("id") or hashlib.sha256(raw).hexdigest())
        at = moment(told.get("createdAt")) or now
        meeting = Meeting(room["sid"], moment(room.get("creationTime")))
        if kind == "room_started":
            return (MeetingStarted(key, vendor_id, meeting, at),)
        if kind == "room_finished":
            return (MeetingEnded(key, vendor_id, Meeting(meeting.id, meeting.started_at, at), at),)
        one = told.get("participant")
        if not isinstance(one, dict) or not identity_of(one):
            return ()
        if kind in LEFT:
            kicked = one.get("disconnectReason") == "PARTICIPANT_REMOVED"
            return (ParticipantLeft(key, vendor_id, meeting, at, presence_of(one), kicked),)
        # A phone is told of while it still rings; that somebody answered shows in a later event.
        if is_person(one) and (kind == "participant_joined" or (kind == "track_published" and is_phone(one))):
            return (ParticipantJoined(key, vendor_id, meeting, at, participant(one, vendor_id, self._phones)),)
        return ()
