"""How 8x8's events are read. Payloads are those of 8x8's documents."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.backends.jaas import Jaas
from bot.capabilities import MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.model import Medium, Meeting, Participant
from tests.fakes.jaas import NOON, envelope, jaas, one, sign, told

AT = datetime.fromtimestamp(1600951818.143, UTC)
KEY = "45892714-7bf6-49b8-8c6a-856a92ff6d8a"
JOHN: dict[str, Any] = {
    "moderator": "true",
    "name": "John Doe",
    "group": "vpaas-magic-cookie-c2824d584eac4489a1e32e4e164d5a3c",
    "email": "john.dow@company.com",
    "id": "uniqueUserIdentifier",
    "participantJid": "3988218d-a6ef-40cf-8b1b-f5097f46fbf7@stage.8x8.vc",
    "participantId": "3988218d",
    "avatar": "https://link.to/user/avatar/picture",
}
BREAKOUT = {"isBreakout": True, "breakoutRoomId": "e0f49fd5-c3dc-4f36-9612-8cdab4d8ccfd"}
PHONE = {"direction": "out", "nick": "40364630871 (+40364630871)", "participantJid": "aabbccdd-1@8x8.vc"}


@pytest.fixture
async def ours() -> AsyncIterator[Jaas]:
    async with aiohttp.ClientSession() as session:
        yield jaas(session, "https://8x8.vc")


def test_room_created_and_destroyed_are_the_meeting(ours: Jaas) -> None:
    data = {"conference": "testroom2@conference.x.stage.8x8.vc"}
    assert one(ours, envelope("ROOM_CREATED", data)) == MeetingStarted(KEY, "testroom2", Meeting("c3348153", AT), AT)
    ended = Meeting("c3348153", None, AT)
    assert one(ours, envelope("ROOM_DESTROYED", data)) == MeetingEnded(KEY, "testroom2", ended, AT)


@pytest.mark.parametrize("flag", [True, "true", "True"])
@pytest.mark.parametrize("kind", ["ROOM_CREATED", "ROOM_DESTROYED"])
def test_a_breakout_room_is_not_the_meeting(ours: Jaas, kind: str, flag: object) -> None:
    assert told(ours, envelope(kind, {"isBreakout": flag})) == ()


def test_participant_joined(ours: Jaas) -> None:
    event = one(ours, envelope("PARTICIPANT_JOINED", JOHN | BREAKOUT))
    john = Participant("3988218d", "John Doe", user_id="uniqueUserIdentifier", moderator=True, joined_at=AT)
    assert event == ParticipantJoined(KEY, "testroom2", Meeting("c3348153", None), AT, john)


@pytest.mark.parametrize(
    ("given", "moderator"), [(True, True), ("true", True), (False, False), ("false", False), (None, None), (7, None)]
)
def test_moderator_comes_as_a_word_or_as_a_truth(ours: Jaas, given: object, moderator: bool | None) -> None:
    event = one(ours, envelope("PARTICIPANT_JOINED", JOHN | {"moderator": given}))
    assert isinstance(event, ParticipantJoined)
    assert event.participant.moderator is moderator


@pytest.mark.parametrize("missing", ["name", "id", "moderator", "participantId"])
def test_a_joined_event_lacks_what_it_lacks(ours: Jaas, missing: str) -> None:
    event = one(ours, envelope("PARTICIPANT_JOINED", {key: JOHN[key] for key in JOHN if key != missing}))
    assert isinstance(event, ParticipantJoined)
    assert event.participant.id == "3988218d"
    assert event.participant.user_id == (None if missing == "id" else "uniqueUserIdentifier")


@pytest.mark.parametrize("reason", ["left", "kicked", "unknown", "switch_room", "unrecoverable_error"])
def test_participant_left_says_whether_kicked(ours: Jaas, reason: str) -> None:
    event = one(ours, envelope("PARTICIPANT_LEFT", JOHN | {"disconnectReason": reason}))
    meeting = Meeting("c3348153", None)
    assert event == ParticipantLeft(KEY, "testroom2", meeting, AT, "3988218d", kicked=reason == "kicked")


@pytest.mark.parametrize("kind", ["DIAL_OUT_STARTED", "DIAL_IN_STARTED"])
def test_a_phone_comes_in_with_its_number_and_a_masked_name(ours: Jaas, kind: str) -> None:
    event = one(ours, envelope(kind, PHONE | {"participantId": "aabbccdd"}))
    assert isinstance(event, ParticipantJoined)
    phone = event.participant
    assert (phone.medium, phone.phone, phone.user_id) == (Medium.PHONE, "+40364630871", None)
    assert phone.name == "+40 36… 871"


@pytest.mark.parametrize("nick", ["", "Conference Room", "anonymous (12)"])
def test_a_phone_whose_number_is_withheld_is_still_in(ours: Jaas, nick: str) -> None:
    event = one(ours, envelope("DIAL_IN_STARTED", PHONE | {"nick": nick}))
    assert isinstance(event, ParticipantJoined)
    assert (event.participant.id, event.participant.phone, event.participant.name) == ("aabbccdd", None, "phone")


def test_a_sip_endpoint_comes_in_under_its_nick(ours: Jaas) -> None:
    data = {"sipAddress": "sip:room@example.org", "nick": "Board room", "participantId": "aabbccdd"}
    for kind in ("SIP_CALL_IN_STARTED", "SIP_CALL_OUT_STARTED"):
        event = one(ours, envelope(kind, data))
        assert isinstance(event, ParticipantJoined)
        assert (event.participant.medium, event.participant.name) == (Medium.SIP, "Board room")


@pytest.mark.parametrize("kind", ["DIAL_OUT_ENDED", "DIAL_IN_ENDED", "SIP_CALL_IN_ENDED", "SIP_CALL_OUT_ENDED"])
def test_a_call_that_ends_is_somebody_who_left(ours: Jaas, kind: str) -> None:
    data = {"participantJid": "aabbccdd-1@8x8.vc", "participantId": "aabbccdd"}
    event = one(ours, envelope(kind, data))
    assert event == ParticipantLeft(KEY, "testroom2", Meeting("c3348153", None), AT, "aabbccdd")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("REACTIONS", JOHN | {"participantId": "uniqueUserIdentifier"}),
        ("RTCSTATS_UPLOADED", {"participantId": "uniqueUserIdentifier", "endpointId": "3988218d"}),
        ("AGGREGATED_REACTIONS", [JOHN]),
        ("USAGE", [{"deviceId": "x"}]),
        ("PARTICIPANT_JOINED_LOBBY", JOHN),
        ("PARTICIPANT_LEFT_LOBBY", JOHN | {"disconnectReason": "kicked"}),
        ("ROLE_CHANGED", {"role": "owner", "grantedTo": {"participantJid": "3988218d-a@8x8.vc/x"}}),
        ("SOMETHING_NEW", JOHN),
        ("PARTICIPANT_JOINED", [JOHN]),
        ("PARTICIPANT_JOINED", None),
        ("PARTICIPANT_JOINED", {}),
        ("PARTICIPANT_LEFT", {"participantId": 7}),
        (["PARTICIPANT_JOINED"], JOHN),
        (None, JOHN),
    ],
)
def test_events_that_say_nothing_of_who_is_in_are_taken_and_passed_over(ours: Jaas, kind: Any, data: object) -> None:
    assert told(ours, envelope(kind, data)) == ()


def test_a_live_stream_event_without_app_id_is_taken(ours: Jaas) -> None:
    content = envelope("LIVE_STREAM_ENDED", {})
    del content["appId"]
    assert told(ours, content) == ()


def test_an_app_id_given_twice_is_taken_when_the_room_is_ours(ours: Jaas) -> None:
    text = json.dumps(envelope("ROOM_CREATED", {}))
    raw = text.replace('"appId"', '"appId":"vpaas-magic-cookie-143ce1379c35426aa80a902a0204ed09","appId"', 1).encode()
    assert ours.read_hook(sign(raw), raw, NOON)
    raw = text.replace('"fqn"', '"appId":"vpaas-magic-cookie-143ce1379c35426aa80a902a0204ed09","fqn"', 1).encode()
    assert ours.read_hook(sign(raw), raw, NOON)


def test_without_a_key_the_same_body_has_the_same_key_and_another_body_another(ours: Jaas) -> None:
    def key_of(name: str) -> str:
        return one(ours, envelope("PARTICIPANT_JOINED", JOHN | {"name": name}, idempotencyKey=None)).key

    assert key_of("Ann") == key_of("Ann") != key_of("Bea")


@pytest.mark.parametrize("timestamp", [None, "soon", 10**30, [1]])
def test_an_unreadable_moment_is_now(ours: Jaas, timestamp: object) -> None:
    assert one(ours, envelope("ROOM_CREATED", {}, timestamp=timestamp)).at == NOON


@pytest.mark.parametrize("session_id", [None, "", 5])
def test_an_event_without_a_meeting_says_nothing(ours: Jaas, session_id: object) -> None:
    assert told(ours, envelope("PARTICIPANT_JOINED", JOHN, sessionId=session_id)) == ()
