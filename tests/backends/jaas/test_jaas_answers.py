"""How the answers to the commands of seeds/000 are read: 8x8 documents none, so each is read with care."""

from __future__ import annotations

import aiohttp
import pytest

from bot.clock import MovableClock
from bot.errors import BackendError, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Outcome
from tests.backends.jaas.commands import EVERY, REPEATABLE, Act, ban_jwt, ban_user, destroy, dial, hang_up, kick
from tests.fakes.jaas import NOON, jaas
from tests.fakes.raw_http import RawServer, Turn, answer

WELL = Turn(answer("200 OK"))
PAGE = b"<html>Please sign in</html>"
LOST = {
    "silent": Turn(stall=5.0),
    "cut before": Turn(close=True),
    "cut inside": Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close=True),
    "500": Turn(answer("500 Oops")),
    "502": Turn(answer("502 Bad Gateway")),
    "503": Turn(answer("503 Busy")),
    "504": Turn(answer("504 Gateway Timeout")),
}


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
        ("422 Unprocessable", BackendError, "did not accept"),
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
@pytest.mark.parametrize("body", [b"", b'{"error":"Brewery room was not found"}'])
async def test_a_404_means_it_was_so_already(session: aiohttp.ClientSession, act: Act, body: bytes) -> None:
    async with RawServer([Turn(answer("404 Not Found", body))]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ALREADY_SO


@pytest.mark.parametrize("act", [destroy, hang_up, kick])
@pytest.mark.parametrize("fault", [LOST["cut before"], LOST["504"]], ids=["cut before", "504"])
async def test_a_404_after_an_attempt_that_broke_off_is_what_that_attempt_did(
    session: aiohttp.ClientSession, act: Act, fault: Turn
) -> None:
    async with RawServer([fault, Turn(answer("404 Not Found"))]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_404_page_is_a_wrong_address_not_a_meeting_that_is_over(
    session: aiohttp.ClientSession, act: Act
) -> None:
    page = answer("404 Not Found", b"<!DOCTYPE html>\n<html>", Content_Type="text/html; charset=utf-8")
    async with RawServer([Turn(page)]) as server:
        with pytest.raises(BackendError, match="base_url") as caught:
            await act(jaas(session, server.url))
    assert type(caught.value) is BackendError


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_refusal_names_the_key_of_8x8s_own_services_and_nothing_else_of_it(
    session: aiohttp.ClientSession, act: Act
) -> None:
    spring = b'{"status":400,"message":"s3cret","messageKey":"validation.failed","arguments":["s3cret"]}'
    odd = b'{"messageKey":"bad token eyJ0"}'
    async with RawServer([Turn(answer("400 Bad Request", spring)), Turn(answer("422 No", odd))]) as server:
        back_end = jaas(session, server.url)
        with pytest.raises(BackendError, match=r"did not accept the request \(status 400, validation\.failed\)\.$"):
            await act(back_end)
        with pytest.raises(BackendError, match=r"did not accept the request \(status 422\)\.$"):
            await act(back_end)


@pytest.mark.parametrize("act", [dial, ban_user, ban_jwt])
async def test_a_404_for_a_dial_or_a_ban_is_not_success(session: aiohttp.ClientSession, act: Act) -> None:
    async with RawServer([Turn(answer("404 Not Found"))]) as server:
        with pytest.raises(NotFound):
            await act(jaas(session, server.url))


@pytest.mark.parametrize("act", EVERY.values(), ids=list(EVERY))
async def test_a_web_page_in_place_of_an_answer_proves_nothing(session: aiohttp.ClientSession, act: Act) -> None:
    for kind in ("Text/HTML; charset=utf-8", "text/plain"):
        async with RawServer([Turn(answer("200 OK", PAGE, Content_Type=kind))]) as server:
            with pytest.raises(UnknownOutcome):
                await act(jaas(session, server.url))


@pytest.mark.parametrize("act", REPEATABLE.values(), ids=list(REPEATABLE))
async def test_a_busy_vendor_is_told_with_its_time_or_asked_again(session: aiohttp.ClientSession, act: Act) -> None:
    later, soon = answer("429 Too Many Requests", Retry_After="30"), answer("429 Too Many Requests")
    async with RawServer([Turn(later), WELL]) as server:
        with pytest.raises(Unavailable, match=r"30 s"):
            await act(jaas(session, server.url))
    async with RawServer([Turn(soon), WELL]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED


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


@pytest.mark.parametrize("act", REPEATABLE.values(), ids=list(REPEATABLE))
@pytest.mark.parametrize("fault", [LOST["cut before"], LOST["503"]])
async def test_whatever_is_not_a_dial_is_tried_again(session: aiohttp.ClientSession, act: Act, fault: Turn) -> None:
    async with RawServer([fault, WELL]) as server:
        assert await act(jaas(session, server.url)) is Outcome.ACCEPTED
    assert len(server.requests) == 2
