"""Every request and answer of seeds/000, byte for byte against a listening socket.

The document's room is `testRoom`; the bot only uses names in small letters, because 8x8 folds the case of the others.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import jwt
import pytest

from bot.backends.jaas import Jaas
from bot.clock import MovableClock
from bot.errors import BackendError, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Outcome, Participant, PhoneNumber
from tests.fakes.jaas import APP_ID, KID, NOON, guest, jaas, public_pem, room
from tests.fakes.raw_http import RawServer, Request, Turn, answer

CONFERENCE = f"testroom@conference.{APP_ID}.8x8.vc"
COMMANDS = "/v1/_jaas/conference-commands/v1/meeting"
ACCESS = f"/v1/_jaas/jaccess/v1/access-management/{APP_ID}"
WELL = Turn(answer("200 OK"))
NUMBER = PhoneNumber.parse("+40747777777")
PERSON = Participant("f0aa9e1e", "Ann")

ANY_TIME: Any = {"verify_exp": False, "verify_nbf": False}  # the clock of the test stands still

Act = Callable[[Jaas], Awaitable[Outcome]]


async def destroy(back_end: Jaas) -> Outcome:
    return await back_end.end_meeting(room())


async def dial(back_end: Jaas) -> Outcome:
    return await back_end.dial_out(room(), NUMBER, None)


async def hang_up(back_end: Jaas) -> Outcome:
    return await back_end.hang_up(room(), NUMBER)


async def kick(back_end: Jaas) -> Outcome:
    return await back_end.kick(room(), PERSON)


async def ban_user(back_end: Jaas) -> Outcome:
    return await back_end.ban_user("userIdValue")


async def ban_jwt(back_end: Jaas) -> Outcome:
    link = await back_end.join_link(room(), guest())
    return await back_end.revoke_link(room(), link.claims or "")


EVERY: dict[str, Act] = {
    "DESTROY": destroy,
    "DIAL_OUT_PARTICIPANT": dial,
    "HANG_UP_CALL": hang_up,
    "KICK_PARTICIPANT": kick,
    "BAN_USER": ban_user,
    "BAN_JWT": ban_jwt,
}
REPEATABLE = {name: act for name, act in EVERY.items() if name != "DIAL_OUT_PARTICIPANT"}


async def sent(session: aiohttp.ClientSession, act: Act) -> Request:
    """The one request that this makes."""
    async with RawServer([WELL]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED
    (request,) = server.parsed
    return request


def assert_signed_as_documented(request: Request) -> None:
    """`-H "accept: */*" -H "Authorization: Bearer …"` with the documented claims, no more."""
    assert request.method == "POST"
    assert request.headers["accept"] == "*/*"
    scheme, _, token = request.headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": KID, "typ": "JWT"}
    claims = jwt.decode(token, public_pem(), algorithms=["RS256"], audience="jitsi", options=ANY_TIME)
    noon = int(NOON.timestamp())
    assert claims == {"aud": "jitsi", "exp": noon + 240, "iss": "chat", "admin": True, "nbf": noon - 60, "sub": APP_ID}


def assert_command(request: Request, documented: str) -> None:
    assert_signed_as_documented(request)
    assert request.target == COMMANDS
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == json.loads(documented.replace("testRoom", "testroom"))


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


async def test_seed_000_ban_user(session: aiohttp.ClientSession) -> None:
    request = await sent(session, ban_user)
    assert_signed_as_documented(request)
    assert request.target == (
        "/v1/_jaas/jaccess/v1/access-management/vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3/ban/user/userIdValue"
    )
    assert request.body == b""


@pytest.mark.parametrize(
    ("user_id", "segment"),
    [("auth0|5f9", "auth0%7C5f9"), ("a/../b", "a%2F..%2Fb"), ("a b?c#d", "a%20b%3Fc%23d"), ("é%41", "%C3%A9%2541")],
)
async def test_seed_000_ban_user_encodes_the_user_id_whole(
    session: aiohttp.ClientSession, user_id: str, segment: str
) -> None:
    request = await sent(session, lambda back_end: back_end.ban_user(user_id))
    assert request.target == f"{ACCESS}/ban/user/{segment}"


@pytest.mark.parametrize("user_id", ["", ".", "..", "a\nb"])
async def test_seed_000_ban_user_never_leaves_the_users_path(session: aiohttp.ClientSession, user_id: str) -> None:
    async with RawServer([WELL]) as server:
        with pytest.raises(BotError):
            await jaas(session, server.url).ban_user(user_id)
    assert server.requests == []


async def test_seed_000_ban_jwt(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        back_end = jaas(session, server.url)
        link = await back_end.join_link(room(), guest())
        assert await back_end.revoke_link(room(), link.claims or "") is Outcome.ACCEPTED
    (request,) = server.parsed
    assert_signed_as_documented(request)
    assert request.target == f"{ACCESS}/ban/jwt"
    assert request.headers["content-type"] == "application/json"
    # The banned token is the very one in the link, bit for bit.
    assert json.loads(request.body) == {"jwt": link.reveal().partition("?jwt=")[2]}


# --- answers: 8x8 documents none, so each is read with care -----------------------------------------------------


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
@pytest.mark.parametrize(
    "reply",
    [answer("200 OK"), answer("204 No Content"), answer("202 Accepted", b"{}", Content_Type="application/json")],
)
async def test_a_2xx_means_accepted_not_confirmed(session: aiohttp.ClientSession, act: Act, reply: bytes) -> None:
    async with RawServer([Turn(reply)]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("400 Bad Request", BackendError, "did not accept"),
        ("402 Payment Required", BackendError, "plan"),
        ("409 Conflict", BackendError, "conflicts"),
        ("429 Too Many Requests", Unavailable, "busy"),
        ("500 Internal Server Error", UnknownOutcome, "may or may not"),
        ("302 Found", BackendError, "redirect"),
    ],
)
@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_each_refusal_is_one_sentence(
    session: aiohttp.ClientSession, act: Act, status: str, error: type[BotError], words: str
) -> None:
    async with RawServer([Turn(answer(status, b'{"message":"s3cret","messageKey":"x"}'))]) as server:
        with pytest.raises(BotError, match=words) as caught:
            await act(jaas(session, server.url))
    assert type(caught.value) is error
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("act", [destroy, hang_up, kick])
async def test_a_404_means_it_was_so_already(session: aiohttp.ClientSession, act: Act) -> None:
    async with RawServer([Turn(answer("404 Not Found", b"<html>", Content_Type="text/html"))]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ALREADY_SO


@pytest.mark.parametrize("act", [dial, ban_user, ban_jwt])
async def test_a_404_for_a_dial_or_a_ban_is_not_success(session: aiohttp.ClientSession, act: Act) -> None:
    async with RawServer([Turn(answer("404 Not Found"))]) as server:
        with pytest.raises(NotFound):
            await act(jaas(session, server.url))


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_web_page_in_place_of_an_answer_proves_nothing(session: aiohttp.ClientSession, act: Act) -> None:
    page = answer("200 OK", b"<html>Please sign in</html>", Content_Type="text/html; charset=utf-8")
    async with RawServer([Turn(page)]) as server:
        with pytest.raises(UnknownOutcome):
            await act(jaas(session, server.url))


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_refused_token_is_replaced_once(session: aiohttp.ClientSession, act: Act, status: str) -> None:
    clock = MovableClock(NOON)
    async with RawServer([WELL, Turn(answer(status)), WELL, WELL]) as server:
        back_end = jaas(session, server.url, clock=clock)
        await ban_user(back_end)
        clock.advance(NOON.replace(second=30) - NOON)
        assert await act(back_end) is Outcome.ACCEPTED
    tokens = [request.headers["authorization"] for request in server.parsed]
    assert len(tokens) == 3
    assert tokens[0] == tokens[1] != tokens[2]


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_token_refused_twice_is_a_matter_for_an_administrator(session: aiohttp.ClientSession, act: Act) -> None:
    async with RawServer([Turn(answer("401 Unauthorized"))]) as server:
        with pytest.raises(SignInFailed, match="administrator"):
            await act(jaas(session, server.url))
    assert len(server.requests) == 2


LOST = {
    "silent": Turn(stall=5.0),
    "cut before": Turn(close=True),
    "cut inside": Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close=True),
    "500": Turn(answer("500 Oops")),
    "503": Turn(answer("503 Busy")),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=list(LOST))
async def test_a_dial_without_a_clear_answer_is_never_sent_again(session: aiohttp.ClientSession, fault: Turn) -> None:
    async with RawServer([WELL, fault, WELL]) as server:
        back_end = jaas(session, server.url, timeout=fault.patience)
        await ban_user(back_end)
        with pytest.raises(UnknownOutcome):
            await dial(back_end)
    assert len(server.requests) == 2


@pytest.mark.parametrize("act", REPEATABLE.values(), ids=list(REPEATABLE))
@pytest.mark.parametrize("fault", [LOST["cut before"], LOST["503"]])
async def test_whatever_is_not_a_dial_is_tried_again(session: aiohttp.ClientSession, act: Act, fault: Turn) -> None:
    async with RawServer([fault, WELL]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [*LOST.values(), Turn(answer("401 Unauthorized", b"eyJ"))])
@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_no_error_holds_a_token_a_number_or_a_name(session: aiohttp.ClientSession, act: Act, fault: Turn) -> None:
    async with RawServer([fault]) as server:
        with pytest.raises(BotError) as caught:
            await act(jaas(session, server.url, timeout=fault.patience))
    told: list[Any] = [str(caught.value), repr(caught.value), caught.value.__context__]
    assert not [word for word in ("eyJ", "40747777777", "testroom", "userIdValue", "127.0.0.1") if word in str(told)]
