"""What 8x8 tells: the signature of a JaaS webhook, and its events as the bot's own (8x8 docs, webhooks; seeds/000).

Which id is which: `data.participantId` names one presence and is what KICK_PARTICIPANT takes; `data.id` is the user id
of the join token and is what BAN_USER takes. In REACTIONS, AGGREGATED_REACTIONS and RTCSTATS_UPLOADED the field
`participantId` holds the user id instead: those events are never read for the roster.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.capabilities import (
    Event,
    HookRefused,
    MeetingEnded,
    MeetingStarted,
    ParticipantJoined,
    ParticipantLeft,
    SettingsAsked,
)
from bot.errors import BadInput
from bot.model import Medium, Meeting, Participant, PhoneNumber
from bot.rest import display_name

JOINED = {
    "PARTICIPANT_JOINED": Medium.WEB,
    "DIAL_IN_STARTED": Medium.PHONE,
    "DIAL_OUT_STARTED": Medium.PHONE,
    "SIP_CALL_IN_STARTED": Medium.SIP,
    "SIP_CALL_OUT_STARTED": Medium.SIP,
}
LEFT = frozenset({"PARTICIPANT_LEFT", "DIAL_IN_ENDED", "DIAL_OUT_ENDED", "SIP_CALL_IN_ENDED", "SIP_CALL_OUT_ENDED"})
SETTINGS = "SETTINGS_PROVISIONING"

Json = dict[str, Any]


def signature(secret: str, moment: str, raw: bytes) -> bytes:
    """The value of `v1` for this body at this moment (seconds since 1970, as text). The key is the whole secret."""
    return base64.b64encode(hmac.digest(secret.encode(), moment.encode() + b"." + raw, "sha256"))


class Webhooks:
    """Authenticates and reads the webhooks of one AppID."""

    def __init__(
        self,
        app_id: str,
        *,
        secrets: tuple[str, ...] = (),
        authorization: str | None = None,
        tolerance: timedelta = timedelta(seconds=300),
    ) -> None:
        self._app_id = app_id
        self._secrets = tuple(secret for secret in secrets if secret)
        self._authorization = authorization or None
        self._tolerance = tolerance

    def read(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...] | SettingsAsked:
        """The events in this call. Raises HookRefused when it is not proven to be 8x8's, BadInput when not readable.

        SETTINGS_PROVISIONING may prove itself by the static Authorization header in place of a signature: whether
        8x8 signs it is not documented.
        """
        given = {name.lower(): value for name, value in headers.items()}
        trusted = self._authorized(given.get("authorization"))
        unsigned = self._unsigned(given.get("x-jaas-signature"), raw, now)
        if unsigned and not trusted:
            raise HookRefused(unsigned)
        envelope = _envelope(raw)
        asks = envelope.get("eventType", SETTINGS) == SETTINGS
        if unsigned and not asks:
            raise HookRefused(unsigned)
        room = self._room(envelope)
        if asks:
            if not room:
                raise BadInput("That webhook names no room.")
            return SettingsAsked(room)
        return _events(envelope, room, raw, now) if room else ()

    def _authorized(self, header: str | None) -> bool:
        """True: it holds the static value; False: none is configured or given. A wrong one is refused."""
        if self._authorization is None or header is None:
            return False
        if not hmac.compare_digest(header.encode(errors="replace"), self._authorization.encode()):
            raise HookRefused("wrong Authorization header")
        return True

    def _unsigned(self, header: str | None, raw: bytes, now: datetime) -> str:
        """Why the signature does not hold; empty when it does."""
        if not self._secrets:
            return "no webhook secret is configured"
        if header is None:
            return "no signature"
        pairs = [element.strip().partition("=")[::2] for element in header.split(",")]
        moments = [value for name, value in pairs if name == "t"]
        candidates = [value.encode(errors="replace") for name, value in pairs if name == "v1"]
        if len(moments) != 1 or not re.fullmatch(r"[0-9]{1,12}", moments[0], re.ASCII) or not candidates:
            return "unreadable signature header"
        expected = [signature(secret, moments[0], raw) for secret in self._secrets]
        if not any(hmac.compare_digest(mac, given) for mac in expected for given in candidates):
            return "wrong signature"
        if abs(now.timestamp() - int(moments[0])) > self._tolerance.total_seconds():
            return "timestamp outside tolerance"
        return ""

    def _room(self, envelope: Json) -> str:
        """The room's name, empty where the event names none. Raises HookRefused for another AppID."""
        app, _, room = str(envelope.get("fqn") or "").partition("/")
        # In the vendor's own recording samples `appId` stands twice with different values: the fqn decides.
        app = app or str(envelope.get("appId") or self._app_id)
        if app.casefold() != self._app_id.casefold():
            raise HookRefused("another AppID")
        return room.casefold()


def _envelope(raw: bytes) -> Json:
    try:
        envelope = json.loads(raw)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict):
        raise BadInput("That webhook is not a JSON object.")
    return envelope


def _events(envelope: Json, room: str, raw: bytes, now: datetime) -> tuple[Event, ...]:
    kind, data, session = str(envelope.get("eventType")), envelope.get("data"), envelope.get("sessionId")
    if not isinstance(data, dict) or not isinstance(session, str) or not session:
        return ()
    key = str(envelope.get("idempotencyKey") or hashlib.sha256(raw).hexdigest())
    at = _moment(envelope.get("timestamp"), now)
    if kind in {"ROOM_CREATED", "ROOM_DESTROYED"}:
        return _meeting(kind, data, key=key, room=room, session=session, at=at)
    present = _participant_id(data)
    if not present:
        return ()
    meeting = Meeting(session, None)
    if kind in JOINED:
        participant = _participant(data, JOINED[kind], present, at)
        return (ParticipantJoined(key, room, meeting, at, participant),)
    if kind in LEFT:
        return (ParticipantLeft(key, room, meeting, at, present, kicked=data.get("disconnectReason") == "kicked"),)
    return ()


def _meeting(kind: str, data: Json, *, key: str, room: str, session: str, at: datetime) -> tuple[Event, ...]:
    """A breakout room that opens or closes is not the meeting: people in it still count as in."""
    if str(data.get("isBreakout")).lower() == "true":
        return ()
    if kind == "ROOM_CREATED":
        return (MeetingStarted(key, room, Meeting(session, at), at),)
    return (MeetingEnded(key, room, Meeting(session, None, at), at),)


def _moment(milliseconds: object, now: datetime) -> datetime:
    if not isinstance(milliseconds, int):
        return now
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return now


def _participant_id(data: Json) -> str:
    """The explicit id; older payloads have only the JID, whose first eight letters it is."""
    explicit = data.get("participantId")
    if isinstance(explicit, str) and explicit:
        return explicit
    return str(data.get("participantJid") or "").partition("@")[0].partition("-")[0]


def _participant(data: Json, medium: Medium, present: str, at: datetime) -> Participant:
    if medium is Medium.WEB:
        user_id = data.get("id")
        moderator = str(data.get("moderator", "")).lower()
        return Participant(
            id=present,
            name=display_name(data.get("name")),
            user_id=str(user_id) if user_id else None,
            moderator={"true": True, "false": False}.get(moderator),
            joined_at=at,
        )
    nick = str(data.get("nick") or "")
    if medium is Medium.SIP:
        name = display_name(nick) or display_name(data.get("sipAddress")) or "SIP"
        return Participant(present, name, medium, joined_at=at)
    number = _number(nick)
    return Participant(
        present, number.masked if number else "phone", medium, phone=number.e164 if number else None, joined_at=at
    )


def _number(nick: str) -> PhoneNumber | None:
    """The number in a nick like `40364630871 (+40364630871)`."""
    found = re.search(r"\+[0-9]{7,15}", nick) or re.search(r"[1-9][0-9]{6,14}", nick)
    if not found:
        return None
    try:
        return PhoneNumber.parse("+" + found.group().lstrip("+"))
    except BadInput:
        return None
