"""LiveKit's webhooks: what proves that they are LiveKit's, and what they say of a meeting."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from bot.backends.lasuite.hooks import Webhooks
from bot.backends.lasuite.phones import Phones
from bot.capabilities import HookRefused, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.errors import BadInput
from bot.model import Medium, PhoneNumber
from tests.fakes.lasuite import KEY, NOON, SECRET

ROOM = "7844f9b5-5d4a-4d5a-9046-0e49f623c711"
PHONES = Phones(SecretStr(SECRET))
HOOKS = Webhooks(api_key=KEY, api_secret=SecretStr(SECRET), phones=PHONES)
ANN = {"sid": "PA_1", "identity": "ann-sub", "name": "Ann", "state": "ACTIVE", "joinedAt": "1795314020"}


def told(event: str, **more: Any) -> dict[str, Any]:
    """As recorded, with the fields that a real LiveKit adds."""
    room = {"sid": "RM_x", "name": ROOM, "creationTime": "1795314000", "turnPassword": "turn-secret"}
    return {"event": event, "room": room, "id": "EV_0988a6b5", "createdAt": "1795314020"} | more


def signed(raw: bytes, *, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> dict[str, str]:
    now = int(NOON.timestamp())
    claims = {
        "sha256": base64.b64encode(hashlib.sha256(raw).digest()).decode(),
        "sub": "",
        "iss": KEY,
        "nbf": now,
        "exp": now + 300,
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return {"AUTHORIZATION": jwt.encode(claims, secret, algorithm=algorithm)}


def read(content: object) -> tuple[Any, ...]:
    raw = json.dumps(content).encode()
    return HOOKS.read(signed(raw), raw, NOON)


def test_the_recorded_events_begin_and_end_a_meeting() -> None:
    (began,), (ended,) = read(told("room_started")), read(told("room_finished"))
    at = datetime.fromtimestamp(1795314020, UTC)
    assert isinstance(began, MeetingStarted)
    assert (began.key, began.vendor_id, began.meeting.id, began.at) == ("EV_0988a6b5", ROOM, "RM_x", at)
    assert began.meeting.started_at == datetime.fromtimestamp(1795314000, UTC)
    assert isinstance(ended, MeetingEnded)
    assert ended.meeting.ended_at == at


def test_somebody_comes_goes_and_is_removed() -> None:
    (joined,) = read(told("participant_joined", participant=ANN))
    assert isinstance(joined, ParticipantJoined)
    assert (joined.participant.id, joined.participant.name, joined.participant.user_id) == ("PA_1", "Ann", None)
    for reason, kicked in (("CLIENT_INITIATED", False), ("PARTICIPANT_REMOVED", True)):
        (left,) = read(told("participant_left", participant=ANN | {"disconnectReason": reason}))
        assert isinstance(left, ParticipantLeft)
        assert (left.participant_id, left.kicked) == ("PA_1", kicked)
    (aborted,) = read(told("participant_connection_aborted", participant=ANN))
    assert isinstance(aborted, ParticipantLeft)


def test_a_phone_is_in_only_once_somebody_has_answered() -> None:
    number = PhoneNumber("+33612345678")
    phone = {"sid": "PA_2", "identity": PHONES.identity(number, ROOM), "kind": "SIP"}
    rings, speaks = ({"attributes": {"sip.callStatus": word}} for word in ("ringing", "active"))
    assert read(told("participant_joined", participant=phone | rings)) == ()
    assert read(told("track_published", participant=phone | rings)) == ()
    (answered,) = read(told("track_published", participant=phone | speaks))
    assert (answered.participant.medium, answered.participant.phone) == (Medium.PHONE, number.e164)
    assert read(told("track_published", participant=ANN)) == ()


@pytest.mark.parametrize(
    "content",
    [
        told("participant_joined"),
        told("participant_joined", participant=ANN | {"kind": "EGRESS"}),
        told("egress_started"),
        told("of a kind that nobody knows"),
        told("room_started", room={"sid": "RM_x", "name": "another-application"}),
        told("room_started", room=None),
        told("room_started", room={"name": ROOM}),
        {},
    ],
)
def test_what_says_nothing_about_a_room_of_ours_is_taken_and_is_nothing(content: object) -> None:
    assert read(content) == ()


RAW = json.dumps(told("room_started")).encode()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no token"),
        ({"Authorization": ""}, "no token"),
        ({"Authorization": "Bearer " + signed(RAW)["AUTHORIZATION"]}, "wrong signature"),
        (signed(RAW, secret="x" * 40), "wrong signature"),
        ({"Authorization": jwt.encode({"iss": KEY}, "", algorithm="none")}, "wrong signature"),
        (signed(RAW, secret=SECRET * 2, algorithm="HS512"), "wrong signature"),
        (signed(RAW, iss="APIother"), "another API key"),
        (signed(RAW, exp=None), "a token without an end"),
        (signed(RAW, exp="9999999999"), "a token without an end"),
        (signed(RAW, exp=int(NOON.timestamp()) - 61), "token outside its time"),
        (signed(RAW, nbf=int(NOON.timestamp()) + 61), "token outside its time"),
        (signed(RAW + b" "), "another body"),
        (signed(RAW, sha256=None), "another body"),
        (signed(RAW, sha256=7), "another body"),
    ],
)
def test_a_call_that_does_not_prove_itself_is_refused(headers: dict[str, str], reason: str) -> None:
    with pytest.raises(HookRefused) as refused:
        HOOKS.read(headers, RAW, NOON)
    assert refused.value.reason == reason


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_proven_call_that_is_no_object_is_unreadable(raw: bytes) -> None:
    with pytest.raises(BadInput):
        HOOKS.read(signed(raw), raw, NOON)


def test_a_minute_between_the_clocks_is_borne() -> None:
    now = int(NOON.timestamp())
    assert HOOKS.read(signed(RAW, nbf=now + 59, exp=now + 300), RAW, NOON)
    assert HOOKS.read(signed(RAW, nbf=now - 400, exp=now - 59), RAW, NOON)
