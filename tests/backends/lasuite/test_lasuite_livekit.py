"""The meetings of La Suite Meet through LiveKit: who is in, what is done about them, and in whose name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import jwt
import pytest
from pydantic import SecretStr

from bot.backends.lasuite import LaSuiteWithLiveKit, LaSuiteWithTelephone
from bot.backends.lasuite.people import audio_tracks, is_person, participant
from bot.backends.lasuite.phones import Phones
from bot.capabilities import DialsOut, why_not
from bot.clock import MovableClock
from bot.errors import (
    BackendError,
    NoAccess,
    NoMeeting,
    NotFound,
    NotSupported,
    SignInFailed,
    Unavailable,
    UnknownOutcome,
)
from bot.model import Medium, Outcome, Participant, PhoneNumber, Room
from bot.play.vendors.lasuite import Fault, SimulatedLaSuite
from tests.fakes.lasuite import BOB, KEY, NOBODY, SECRET, as_person, kept, wish, with_livekit

NUMBER = PhoneNumber("+33612345678")
BUSY, DECLINED, SILENT = PhoneNumber("+33600000486"), PhoneNumber("+33600000603"), PhoneNumber("+33600000480")
Act = Callable[[LaSuiteWithTelephone, Room, Participant], Awaitable[Outcome]]
ACTS: dict[str, Act] = {
    "kick": lambda live, room, one: live.kick(room, one),
    "kick_all": lambda live, room, one: live.kick_all(room),
    "end": lambda live, room, one: live.end_meeting(room),
    "mute": lambda live, room, one: live.mute(room, one),
    "unmute": lambda live, room, one: live.unmute(room, one),
    "mute_guests": lambda live, room, one: live.mute_guests(room),
    "dial": lambda live, room, one: live.dial_out(room, NUMBER, None),
    "hang_up": lambda live, room, one: live.hang_up(room, NUMBER),
}


async def alices_room(live: LaSuiteWithLiveKit) -> Room:
    return kept(await live.create_room(wish()))


async def people(live: LaSuiteWithLiveKit, room: Room) -> tuple[Participant, ...]:
    found = (await live.participants(room)).participants
    assert found is not None
    return found


def twirps(server: SimulatedLaSuite) -> list[tuple[str, dict[str, Any]]]:
    """Method and claims of each call that LiveKit got."""
    calls = [one for one in server.requests if one.path.startswith("/twirp/")]
    return [
        (
            one.path.rpartition("/")[2],
            jwt.decode(
                one.headers["Authorization"].removeprefix("Bearer "),
                SECRET,
                ["HS256"],
                options={"verify_exp": False, "verify_nbf": False},
            ),
        )
        for one in calls
    ]


async def test_who_is_in_is_told_with_hosts_phones_and_without_recorders(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    assert (await live.participants(room)).empty
    server.livekit.join(room.vendor_id, "Alice", attributes={"room_role": "owner"})
    server.livekit.join(room.vendor_id, "Ann <b>")
    server.livekit.join(room.vendor_id, "", kind="SIP", identity="sip_+33698765432")
    server.livekit.join(room.vendor_id, "recorder", kind="EGRESS")
    server.livekit.join(room.vendor_id, "scribe", kind="AGENT")
    server.livekit.join(room.vendor_id, "rings", kind="SIP", attributes={"sip.callStatus": "ringing"})
    presence = await live.participants(room)
    assert presence.meeting is not None
    assert presence.meeting.id == server.livekit.running[room.vendor_id].sid
    seen = [(one.name, one.medium, one.moderator) for one in presence.participants or ()]
    assert seen == [
        ("Alice", Medium.WEB, True),
        ("Ann <b>", Medium.WEB, None),
        ("+33 69… 432", Medium.PHONE, None),
    ]


async def test_a_removal_is_of_this_very_presence(live: LaSuiteWithTelephone, server: SimulatedLaSuite) -> None:
    room = await alices_room(live)
    ann = server.livekit.join(room.vendor_id, "Ann")
    (seen,) = await people(live, room)
    assert await live.kick(room, seen) is Outcome.ACCEPTED
    assert await people(live, room) == ()
    server.livekit.join(room.vendor_id, "Ann", identity=ann.identity)  # came back meanwhile: another presence
    assert await live.kick(room, seen) is Outcome.ALREADY_SO
    assert len(await people(live, room)) == 1


async def test_everybody_is_removed_but_the_recorder(live: LaSuiteWithTelephone, server: SimulatedLaSuite) -> None:
    room = await alices_room(live)
    assert await live.kick_all(room) is Outcome.ALREADY_SO
    for name in ("Ann", "Bob"):
        server.livekit.join(room.vendor_id, name)
    server.livekit.join(room.vendor_id, "recorder", kind="EGRESS")
    assert await live.kick_all(room) is Outcome.ACCEPTED
    assert [one.name for one in server.livekit.running[room.vendor_id].people.values()] == ["recorder"]


async def test_ending_a_meeting_that_does_not_run_is_already_so(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    server.livekit.join(room.vendor_id, "Ann")
    assert await live.end_meeting(room) is Outcome.ACCEPTED
    assert server.livekit.running == {}
    assert await live.end_meeting(room) is Outcome.ALREADY_SO


async def test_muting_is_seen_in_the_answer_and_only_allowed_back_where_livekit_lets(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    with pytest.raises(NoMeeting):
        await live.mute_guests(room)
    host = server.livekit.join(room.vendor_id, "Alice", attributes={"room_role": "owner"})
    guest = server.livekit.join(room.vendor_id, "Ann")
    seen = next(one for one in await people(live, room) if one.name == "Ann")
    assert await live.mute(room, seen) is Outcome.CONFIRMED
    assert await live.mute(room, seen) is Outcome.ALREADY_SO
    with pytest.raises(NotSupported, match="unmute only themselves"):
        await live.unmute(room, seen)
    server.livekit.unmutes = True
    assert await live.unmute(room, seen) is Outcome.CONFIRMED
    assert await live.mute_guests(room) is Outcome.CONFIRMED
    assert (guest.muted, host.muted) == (True, False)
    assert await live.unmute_guests(room) is Outcome.CONFIRMED
    server.livekit.leave(room.vendor_id, guest.identity)
    assert await live.mute(room, seen) is Outcome.ALREADY_SO


# --- in whose name --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("email", "words"), [(BOB, "no role in that room"), (NOBODY, "Nobody at visio"), (None, "Slack")]
)
async def test_nothing_reaches_livekit_for_somebody_without_a_role_in_that_room(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, act: str, email: str | None, words: str
) -> None:
    room = await alices_room(live)
    server.livekit.join(room.vendor_id, "Ann")
    (seen,) = await people(live, room)
    before = len(twirps(server))
    with as_person(email), pytest.raises(NoAccess, match=words):
        await ACTS[act](live, room, seen)
    assert len(twirps(server)) == before


async def test_a_room_that_is_gone_there_is_acted_on_no_more(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    del server.rooms.by_id[room.vendor_id]
    with pytest.raises(NotFound):
        await live.end_meeting(room)
    assert twirps(server) == []


async def test_each_token_for_livekit_is_good_for_one_room_and_a_minute(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, clock: MovableClock
) -> None:
    room = await alices_room(live)
    await live.dial_out(room, NUMBER, None)
    await live.kick_all(room)
    await live.end_meeting(room)
    now = int(clock.now().timestamp())
    for method, claims in twirps(server):
        assert (claims["iss"], claims["exp"] - now) == (KEY, 60), method
        match method:
            case "CreateSIPParticipant":
                assert (claims["video"], claims["sip"]) == ({}, {"call": True})
            case "DeleteRoom":
                assert claims["video"] == {"roomCreate": True}
            case "ListRooms":
                assert claims["video"] == {"roomList": True}
            case _:
                assert claims["video"] == {"roomAdmin": True, "room": room.vendor_id}


# --- telephone ------------------------------------------------------------------------------------------------------


async def test_a_phone_that_answers_is_in_and_hung_up_by_its_number(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    assert await live.dial_out(room, NUMBER, "On call") is Outcome.CONFIRMED
    (order,) = server.livekit.dialled
    assert (order["sip_trunk_id"], order["sip_call_to"], order["room_name"]) == ("ST_play", NUMBER.e164, room.vendor_id)
    assert (order["wait_until_answered"], order["hide_phone_number"], order["ringing_timeout"]) == (True, True, "30s")
    assert order["participant_name"] == "On call"
    assert NUMBER.e164[1:] not in f"{order['participant_identity']} {order['participant_name']}"
    (seen,) = await people(live, room)
    assert (seen.medium, seen.phone, seen.name) == (Medium.PHONE, NUMBER.e164, NUMBER.masked)
    assert await live.hang_up(room, NUMBER) is Outcome.ACCEPTED
    assert await live.hang_up(room, NUMBER) is Outcome.ALREADY_SO


async def test_after_a_restart_the_phone_is_still_known_by_its_number(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    room = await alices_room(live)
    await live.dial_out(room, NUMBER, None)
    later = with_livekit(session, server.base_url, clock, livekit=server.url)
    assert [one.phone for one in await people(later, room)] == [NUMBER.e164]


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (BUSY, Unavailable, "is busy"),
        (DECLINED, BackendError, "declined the call"),
        (SILENT, Unavailable, "did not answer"),
        (PhoneNumber("+33600000404"), BackendError, "does not exist"),
        (PhoneNumber("+33600000408"), Unavailable, "did not answer"),
        (PhoneNumber("+33600000503"), Unavailable, "could not place the call"),
    ],
)
async def test_busy_declined_no_answer_and_no_such_number_are_told_apart_and_never_dialled_again(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, number: PhoneNumber, error: type[BackendError], words: str
) -> None:
    room = await alices_room(live)
    with pytest.raises(error, match=words) as failed:
        await live.dial_out(room, number, None)
    assert len(server.livekit.dialled) == 1
    assert number.e164 not in str(failed.value)
    assert server.livekit.running == {}


async def test_a_call_is_hung_up_while_it_rings(
    server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    server.livekit._rings_for = 0.2
    live = with_livekit(session, server.base_url, clock, livekit=server.url)
    assert isinstance(live, LaSuiteWithTelephone)
    room = await alices_room(live)
    call = asyncio.create_task(live.dial_out(room, NUMBER, None))
    while room.vendor_id not in server.livekit.running:
        await asyncio.sleep(0.005)
    assert await people(live, room) == ()  # it rings: nobody is in
    assert await live.hang_up(room, NUMBER) is Outcome.ACCEPTED
    with pytest.raises(Unavailable, match="did not answer"):
        await call


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset_after=0),
        Fault(status=500, body=""),
        Fault(status=408, body=""),
        Fault(status=503, body=""),
        Fault(status=504, body="<html></html>"),
    ],
)
async def test_a_call_without_a_clear_answer_is_unknown_and_not_repeated(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, fault: Fault
) -> None:
    room = await alices_room(live)
    server.livekit_faults.add(fault)
    with pytest.raises(UnknownOutcome):
        await live.dial_out(room, NUMBER, None)
    assert len(server.sent("CreateSIPParticipant")) == 1


async def test_a_rate_limit_is_not_taken_for_busy(live: LaSuiteWithTelephone, server: SimulatedLaSuite) -> None:
    room = await alices_room(live)
    server.livekit_faults.add(Fault(status=429, body="", retry_after=7, acts=False))
    with pytest.raises(Unavailable, match="try again in 7 s"):
        await live.dial_out(room, NUMBER, None)
    assert len(server.sent("CreateSIPParticipant")) == 1


async def test_without_a_trunk_dialling_says_so(
    server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    live = with_livekit(session, server.base_url, clock, livekit=server.url, trunk=None)
    assert not isinstance(live, DialsOut)
    assert why_not(type(live), DialsOut) == "no SIP trunk (livekit_sip_trunk_id)"


async def test_a_trunk_that_livekit_does_not_know_is_the_administrators(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    server.livekit.trunk = "ST_other"
    with pytest.raises(BackendError, match="does not know its livekit_sip_trunk_id"):
        await live.dial_out(room, NUMBER, None)


def test_a_sealed_number_is_read_only_with_the_same_secret_and_in_the_same_room() -> None:
    mine, other = Phones(SecretStr(SECRET)), Phones(SecretStr("x" * 40))
    identity = mine.identity(NUMBER, "room-1")
    assert identity == mine.identity(NUMBER, "room-1")
    assert mine.number_in(identity, "room-1") == NUMBER
    assert mine.number_in(identity, "room-2") is None
    assert other.number_in(identity, "room-1") is None
    for forged in ("phone-", "phone-AAAA", "phone-" + "A" * 38, "phone-é", f"{identity}A", "sip_+33612345678"):
        assert mine.number_in(forged, "room-1") is None


# --- when LiveKit misbehaves ----------------------------------------------------------------------------------------


async def test_wrong_credentials_of_livekit_are_the_administrators(
    server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    live = with_livekit(session, server.base_url, clock, livekit=server.url, secret="another-secret-" * 4)
    room = await alices_room(live)
    with pytest.raises(SignInFailed, match="livekit_api_key"):
        await live.participants(room)
    health = await live.health()
    assert not health.ok
    assert "livekit_api_secret" in health.problem


async def test_health_is_of_both(live: LaSuiteWithTelephone) -> None:
    health = await live.health()
    assert (health.ok, health.facts) == (True, {"LiveKit": "well"})


@pytest.mark.parametrize("body", ["", "<html></html>", "[]", "null", '{"participants": ['])
async def test_an_answer_that_is_none_is_never_an_empty_room(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite, body: str
) -> None:
    room = await alices_room(live)
    server.livekit_faults.add(Fault(status=200, body=body), times=2)
    with pytest.raises(BackendError):
        await live.participants(room)


@pytest.mark.parametrize(
    "told",
    [
        {"identity": "x", "attributes": {"room_role": ["owner"]}, "tracks": "none", "joined_at": "soon", "name": 7},
        {"identity": "x", "attributes": None, "tracks": [None, 7], "joined_at": "9" * 30, "sid": 7},
        {"identity": "x", "kind": "SIP", "attributes": {"sip.phoneNumber": "+0"}},
        {"identity": "x", "kind": ["SIP"], "state": {}},
    ],
)
def test_hostile_participants_are_read_without_harm(told: dict[str, Any]) -> None:
    seen = participant(told, "room-1", Phones(SecretStr(SECRET)))
    assert (seen.id, seen.moderator, seen.phone, seen.joined_at) == ("x", None, None, None)
    assert is_person(told)
    assert audio_tracks(told, muted=False) == []


async def test_a_removal_that_broke_off_is_repeated_and_taken_for_done(
    live: LaSuiteWithTelephone, server: SimulatedLaSuite
) -> None:
    room = await alices_room(live)
    server.livekit.join(room.vendor_id, "Ann")
    (seen,) = await people(live, room)
    server.livekit_faults.add(Fault(), times=1)  # the list goes well
    server.livekit_faults.add(Fault(reset_after=0))
    assert await live.kick(room, seen) is Outcome.ACCEPTED
    assert len(server.sent("RemoveParticipant")) == 2
