"""Every request and note of seeds/000, byte for byte against a listening socket. The document has no answers.

The document's room is `testRoom`; the bot only uses names in small letters, because 8x8 folds the case of the others.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import jwt
import pytest

from bot.backends.jaas import Jaas
from bot.clock import MovableClock
from bot.errors import BotError, SignInFailed, UnknownOutcome
from bot.model import Outcome
from bot.play.vendors.jaas import SimulatedJaas
from bot.tokens import Signer
from tests.backends.jaas.commands import EVERY, NUMBER, Act, ban_user, destroy, dial, hang_up, kick
from tests.fakes.jaas import APP_ID, KID, NOON, guest, jaas, key, public_pem, room
from tests.fakes.jaas_people import HALL, come
from tests.fakes.raw_http import RawServer, Request, Turn, answer

OPERATIONS = ("BAN_USER", "BAN_JWT", "DESTROY_ROOM", "DIAL_OUT_PARTICIPANT", "HANG_UP_CALL", "KICK_PARTICIPANT")
# Each heading of the document, each request under it and each of its notes: the tests that hold it.
SEED_000 = {
    "JWT payload example": ("admin_jwt_payload_example", "admin_jwt_of_the_request_examples"),
    "JWT: claim admin: true": ("admin_jwt_claims_are_sent_with_every_command",),
    "JWT: signed with a key uploaded in the console": ("admin_jwt_signed_with_a_key_that_is_not_uploaded",),
    "BAN_USER request": (
        "ban_user",
        "ban_user_encodes_the_user_id_whole",
        "ban_user_never_leaves_the_users_path",
    ),
    "BAN_JWT request": ("ban_jwt",),
    "DESTROY_ROOM request": ("destroy_room",),
    "DIAL_OUT_PARTICIPANT request": ("dial_out_participant",),
    "HANG_UP_CALL request": ("hang_up_call",),
    "KICK_PARTICIPANT request": ("kick_participant",),
    "note: the appId of conferenceFullName is the sub of the JWT": ("conference_full_name_names_the_sub_of_the_jwt",),
    "DIAL_OUT_PARTICIPANT note: not performed until the first participant joins": (
        "dial_out_participant_into_an_empty_room_waits_for_the_first_participant",
    ),
    "DIAL_OUT_PARTICIPANT note: billing rates apply": ("dial_out_participant_is_billed_so_it_is_sent_once",),
    "HANG_UP_CALL note: kicks the participant who is in the room": ("hang_up_call_removes_a_phone_that_is_in",),
    "HANG_UP_CALL note: cancels the call that was not received": ("hang_up_call_cancels_a_call_that_rings",),
    "KICK_PARTICIPANT note: kicked if present": ("kick_participant_removes_who_is_present",),
}
CONFERENCE = f"testroom@conference.{APP_ID}.8x8.vc"
COMMANDS = "/v1/_jaas/conference-commands/v1/meeting"
ACCESS = f"/v1/_jaas/jaccess/v1/access-management/{APP_ID}"
WELL = Turn(answer("200 OK"))
ANY_TIME: Any = {"verify_exp": False, "verify_nbf": False}  # the clock of the test stands still


def test_every_operation_and_note_of_seed_000_has_a_test_by_name() -> None:
    held = [f"test_seed_000_{name}" for names in SEED_000.values() for name in names]
    assert sorted(held) == sorted(name for name in globals() if name.startswith("test_seed_000_"))
    assert {f"{operation} request" for operation in OPERATIONS} < set(SEED_000)


async def sent(session: aiohttp.ClientSession, act: Act) -> Request:
    """The one request that this makes."""
    async with RawServer([WELL]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED
    (request,) = server.parsed
    return request


def claims_of(request: Request) -> dict[str, Any]:
    scheme, _, token = request.headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": KID, "typ": "JWT"}
    claims: dict[str, Any] = jwt.decode(token, public_pem(), algorithms=["RS256"], audience="jitsi", options=ANY_TIME)
    return claims


def assert_post(request: Request, target: str) -> None:
    """`-X POST … -H "accept: */*"`."""
    assert (request.method, request.target, request.headers["accept"]) == ("POST", target, "*/*")


def assert_command(request: Request, documented: str) -> None:
    assert_post(request, COMMANDS)
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == json.loads(documented.replace("testRoom", "testroom"))


# --- the admin JWT --------------------------------------------------------------------------------------------------

PAYLOAD_EXAMPLE = """{
"aud": "jitsi",
"exp": 1696284052,
"iss": "chat",
"admin":true,
"nbf": 1596197652,
"sub": "vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3"
}"""
# Header and claims of the token in the request examples, without its signature.
TOKEN_EXAMPLE = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InZwYWFzLW1hZ2ljLWNvb2tpZS0xZDJlNmEyMDFkNTk0YzhmODdhNjMwZTNmNzE4MjZkMy9lZDg1YjYiLCJ"
    "0eXAiOiJKV1QifQ",
    "eyJhdWQiOiJqaXRzaSIsImV4cCI6MTY1MDMyNTUwNiwiaXNzIjoiY2hhdCIsImFkbWluIjp0cnVlLCJuYmYiOjE1OTYxOTc2NTIsInN1YiI6InZ"
    "wYWFzLW1hZ2ljLWNvb2tpZS0xZDJlNmEyMDFkNTk0YzhmODdhNjMwZTNmNzE4MjZkMyJ9",
)


async def test_seed_000_admin_jwt_payload_example(session: aiohttp.ClientSession) -> None:
    documented = json.loads(PAYLOAD_EXAMPLE)
    claims = claims_of(await sent(session, destroy))
    assert claims.keys() == documented.keys()
    assert {k: claims[k] for k in ("aud", "iss", "admin", "sub")} == {
        k: documented[k] for k in ("aud", "iss", "admin", "sub")
    }


def test_seed_000_admin_jwt_of_the_request_examples() -> None:
    claims = f'{{"aud":"jitsi","exp":1650325506,"iss":"chat","admin":true,"nbf":1596197652,"sub":"{APP_ID}"}}'
    token = Signer(key(), kid=KID, source="key").sign(claims)
    assert tuple(token.split(".")[:2]) == TOKEN_EXAMPLE


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_seed_000_admin_jwt_claims_are_sent_with_every_command(session: aiohttp.ClientSession, act: Act) -> None:
    noon = int(NOON.timestamp())
    assert claims_of(await sent(session, act)) == {
        "aud": "jitsi",
        "exp": noon + 240,
        "iss": "chat",
        "admin": True,
        "nbf": noon - 60,
        "sub": APP_ID,
    }


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_seed_000_admin_jwt_signed_with_a_key_that_is_not_uploaded(
    session: aiohttp.ClientSession, vendor: SimulatedJaas, clock: MovableClock, act: Act
) -> None:
    with pytest.raises(SignInFailed):
        await act(jaas(session, vendor.url, clock=clock, private_key=key(which=1)))


# --- the requests ---------------------------------------------------------------------------------------------------


async def test_seed_000_ban_user(session: aiohttp.ClientSession) -> None:
    request = await sent(session, ban_user)
    assert_post(
        request,
        "/v1/_jaas/jaccess/v1/access-management/vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3/ban/user/userIdValue",
    )
    assert request.body == b""


@pytest.mark.parametrize(
    ("user_id", "segment"),
    [
        ("auth0|5f9", "auth0%7C5f9"),
        ("a/../b", "a%2F..%2Fb"),
        ("a b?c#d", "a%20b%3Fc%23d"),
        ("é%41", "%C3%A9%2541"),
        ("%2e%2e", "%252e%252e"),
    ],
)
async def test_seed_000_ban_user_encodes_the_user_id_whole(
    session: aiohttp.ClientSession, user_id: str, segment: str
) -> None:
    request = await sent(session, lambda back_end: back_end.ban_user(user_id))
    assert request.target == f"{ACCESS}/ban/user/{segment}"


@pytest.mark.parametrize("user_id", ["", ".", "..", "a\nb", "x" * 257])
async def test_seed_000_ban_user_never_leaves_the_users_path(session: aiohttp.ClientSession, user_id: str) -> None:
    async with RawServer([WELL]) as server:
        back_end = jaas(session, server.url)
        assert not back_end.owns_user(user_id)  # so that nobody is asked to approve it
        with pytest.raises(BotError):
            await back_end.ban_user(user_id)
    assert server.requests == []


async def test_seed_000_ban_jwt(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        back_end = jaas(session, server.url)
        link = await back_end.join_link(room(), guest())
        assert await back_end.revoke_link(room(), link.claims or "") is Outcome.ACCEPTED
    (request,) = server.parsed
    assert_post(request, f"{ACCESS}/ban/jwt")
    assert request.headers["content-type"] == "application/json"
    # The banned token is the very one in the link, bit for bit.
    assert json.loads(request.body) == {"jwt": link.reveal().partition("?jwt=")[2]}


async def test_seed_000_destroy_room(session: aiohttp.ClientSession) -> None:
    assert_command(
        await sent(session, destroy),
        """{ "action": "DESTROY", "payload": { "conferenceFullName":
        "testRoom@conference.vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3.8x8.vc" } }""",
    )


async def test_seed_000_dial_out_participant(session: aiohttp.ClientSession) -> None:
    assert_command(
        await sent(session, dial),
        """{
"action": "DIAL_OUT_PARTICIPANT",
"payload": {
"conferenceFullName": "testRoom@conference.vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3.8x8.vc",
"phoneNo": "+40747777777"
}
}""",
    )


async def test_seed_000_hang_up_call(session: aiohttp.ClientSession) -> None:
    assert_command(
        await sent(session, hang_up),
        """{
"action": "HANG_UP_CALL",
"payload": {
"conferenceFullName": "testRoom@conference.vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3.8x8.vc",
"phoneNo": "+40747777777"
}
}""",
    )


async def test_seed_000_kick_participant(session: aiohttp.ClientSession) -> None:
    assert_command(
        await sent(session, kick),
        """{
"action": "KICK_PARTICIPANT",
"payload": {
"conferenceFullName": "testRoom@conference.vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3.8x8.vc",
"participantId": "f0aa9e1e"
}
}""",
    )


# --- the notes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [destroy, dial, hang_up, kick], ids=OPERATIONS[2:])
async def test_seed_000_conference_full_name_names_the_sub_of_the_jwt(session: aiohttp.ClientSession, act: Act) -> None:
    request = await sent(session, act)
    assert json.loads(request.body)["payload"]["conferenceFullName"] == CONFERENCE
    assert CONFERENCE.partition("@conference.")[2].partition(".")[0] == claims_of(request)["sub"]


async def test_seed_000_dial_out_participant_into_an_empty_room_waits_for_the_first_participant(
    bot: Jaas, vendor: SimulatedJaas
) -> None:
    vendor.meetings.unanswered.add(NUMBER.e164)  # it rings on
    await bot.dial_out(HALL, NUMBER, None)
    assert vendor.meetings.ringing == []
    await come(bot, vendor, "Ann")
    assert vendor.meetings.ringing == [(HALL.vendor_id, NUMBER.e164)]


async def test_seed_000_dial_out_participant_is_billed_so_it_is_sent_once(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("503 Busy"))]) as server:
        with pytest.raises(UnknownOutcome):
            await dial(jaas(session, server.url))
    assert len(server.requests) == 1


async def test_seed_000_hang_up_call_removes_a_phone_that_is_in(bot: Jaas, vendor: SimulatedJaas) -> None:
    await come(bot, vendor, "Ann")
    picked_up = asyncio.Event()
    vendor.subscribe(picked_up.set)
    await bot.dial_out(HALL, NUMBER, None)
    await picked_up.wait()
    assert [one["medium"] for one in vendor.people()] == ["web", "phone"]
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ACCEPTED
    assert [one["medium"] for one in vendor.people()] == ["web"]


async def test_seed_000_hang_up_call_cancels_a_call_that_rings(bot: Jaas, vendor: SimulatedJaas) -> None:
    vendor.meetings.unanswered.add(NUMBER.e164)
    await come(bot, vendor, "Ann")
    await bot.dial_out(HALL, NUMBER, None)
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ACCEPTED
    assert vendor.meetings.ringing == []
    assert [one["name"] for one in vendor.people()] == ["Ann"]


async def test_seed_000_kick_participant_removes_who_is_present(bot: Jaas, vendor: SimulatedJaas) -> None:
    ann, bea = await come(bot, vendor, "Ann"), await come(bot, vendor, "Bea")
    assert await bot.kick(HALL, ann) is Outcome.ACCEPTED
    assert [one["participant_id"] for one in vendor.people()] == [bea.id]
