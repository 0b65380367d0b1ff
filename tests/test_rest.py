"""What the HTTP client promises, against a server that misbehaves byte for byte."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.errors import BackendError, BotError, Unavailable, UnknownOutcome
from bot.model import Risk
from bot.rest import BODY_LIMIT, Answer, Rest, raise_for
from tests.fakes.raw_http import RawServer, Turn, answer

WELL = Turn(answer("200 OK", b'{"well":true}', Content_Type="application/json", Date="Tue, 24 Nov 2026 10:00:00 GMT"))
SILENT = Turn(stall=5.0)
CUT_BEFORE = Turn(close=True)
CUT_INSIDE = Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", close=True)
GARBAGE = Turn(b"220 mail.example.org ESMTP\r\n\r\n", close=True)
BUSY = Turn(answer("503 Service Unavailable"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


def rest_at(session: aiohttp.ClientSession, url: str, **more: Any) -> Rest:
    return Rest(session, url, backend="acme", first_wait=0.001, **{"timeout": 5.0} | more)


async def ask(rest: Rest, risk: Risk = Risk.READ, method: str = "GET", **more: Any) -> Answer:
    return await rest.request(method, "rooms", "secret-room", operation="ask", risk=risk, **more)


# --- answers --------------------------------------------------------------------------------------------------------


async def test_any_status_is_returned_to_the_adapter(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("418 I'm a teapot", b'{"message":"no"}'))]) as server:
        got = await ask(rest_at(session, server.url), Risk.ONCE)
    assert (got.status, got.ok, got.json()) == (418, False, {"message": "no"})


async def test_the_date_of_the_vendor_is_kept(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        assert (await ask(rest_at(session, server.url))).date == "Tue, 24 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize("body", [b"", b"<html>secret-room</html>", b'{"a":', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_not_json_is_said_without_its_text(session: aiohttp.ClientSession, body: bytes) -> None:
    async with RawServer([Turn(answer("200 OK", body))]) as server:
        got = await ask(rest_at(session, server.url))
    with pytest.raises(BackendError, match=r"^acme answered something that is not JSON \(status 200\)\.$"):
        got.json()
    assert "secret" not in repr(got)


async def test_a_redirect_is_an_error_and_is_not_followed(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("302 Found", Location="/elsewhere"))]) as server:
        with pytest.raises(BackendError, match="redirect"):
            await ask(rest_at(session, server.url))
    assert server.targets == ["/rooms/secret-room"]


async def test_an_endless_body_is_given_up(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("200 OK", b"x" * (BODY_LIMIT + 1)))]) as server:
        with pytest.raises(Unavailable, match="more than 2 MiB"):
            await ask(rest_at(session, server.url))
        with pytest.raises(UnknownOutcome):
            await ask(rest_at(session, server.url), Risk.ONCE)


# --- how often a call is sent ---------------------------------------------------------------------------------------

FAULTS = {"silent": SILENT, "cut before": CUT_BEFORE, "cut inside": CUT_INSIDE, "garbage": GARBAGE}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
async def test_a_once_call_without_a_clear_answer_was_sent_once_and_is_unknown(
    session: aiohttp.ClientSession, method: str, fault: Turn
) -> None:
    async with RawServer([WELL, fault, WELL]) as server:
        rest = rest_at(session, server.url)
        await ask(rest)
        with pytest.raises(UnknownOutcome, match="may or may not have taken effect"):
            await ask(rest, Risk.ONCE, method, timeout=fault.patience)
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable"])
async def test_a_once_call_is_not_repeated_for_any_status(session: aiohttp.ClientSession, status: str) -> None:
    async with RawServer([Turn(answer(status)), WELL]) as server:
        got = await ask(rest_at(session, server.url), Risk.ONCE, "POST")
    assert got.status == int(status[:3])
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
async def test_a_once_call_on_a_kept_alive_connection_that_breaks_is_not_sent_again(
    session: aiohttp.ClientSession, method: str
) -> None:
    async with RawServer([WELL, CUT_BEFORE, WELL]) as server:
        rest = rest_at(session, server.url)
        await ask(rest, Risk.ONCE)
        with pytest.raises(UnknownOutcome):
            await ask(rest, Risk.ONCE, method)
    assert (server.connections, len(server.requests)) == (1, 2)


async def test_plain_aiohttp_does_send_such_a_get_twice(session: aiohttp.ClientSession) -> None:
    """Why `Rest` interferes; when this fails, aiohttp has changed and the guard may go."""
    async with RawServer([WELL, CUT_BEFORE, WELL]) as server:
        for _ in range(2):
            async with session.get(server.url) as response:
                await response.read()
    assert len(server.requests) == 3


@pytest.mark.parametrize("risk", [Risk.READ, Risk.REPEATABLE])
@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_INSIDE, GARBAGE, BUSY, Turn(answer("429 Too Many Requests"))])
async def test_a_repeatable_call_succeeds_when_a_later_attempt_does(
    session: aiohttp.ClientSession, risk: Risk, fault: Turn
) -> None:
    async with RawServer([fault, fault, WELL]) as server:
        got = await ask(rest_at(session, server.url), risk, "POST")
    assert got.ok
    assert len(server.requests) == 3


async def test_a_repeatable_call_is_unknown_after_the_last_attempt_and_a_read_is_unavailable(
    session: aiohttp.ClientSession,
) -> None:
    async with RawServer([CUT_BEFORE]) as server:
        with pytest.raises(UnknownOutcome):
            await ask(rest_at(session, server.url), Risk.REPEATABLE)
        assert len(server.requests) == 3
        with pytest.raises(Unavailable):
            await ask(rest_at(session, server.url), Risk.READ)
        assert len(server.requests) == 6


async def test_a_busy_answer_after_a_lost_one_does_not_hide_the_doubt(session: aiohttp.ClientSession) -> None:
    async with RawServer([CUT_BEFORE, BUSY]) as server:
        with pytest.raises(UnknownOutcome):
            await ask(rest_at(session, server.url), Risk.REPEATABLE)
        server.requests.clear()
        assert (await ask(rest_at(session, server.url), Risk.READ)).status == 503


@pytest.mark.parametrize("last", [Turn(answer("429 Too Many Requests")), None], ids=["busy", "gone"])
async def test_a_failing_gateway_leaves_a_doubt_that_a_later_refusal_does_not_end(
    session: aiohttp.ClientSession, last: Turn | None
) -> None:
    """A 504 says that the gateway gave up waiting, not that nothing was done."""
    gave_up = Turn(answer("504 Gateway Timeout"), close=True)
    async with RawServer([gave_up, *([last] if last else [])]) as server:

        def gone_by_then(*_: object) -> None:
            if last is None:
                server.stop_listening()

        rest = rest_at(session, server.url, observe=gone_by_then)
        with pytest.raises(UnknownOutcome):
            await ask(rest, Risk.REPEATABLE, "POST")


async def test_an_answer_to_a_repetition_says_that_it_is_one(session: aiohttp.ClientSession) -> None:
    gone = Turn(answer("404 Not Found"))
    for before, repeated in ((CUT_BEFORE, True), (BUSY, True), (Turn(answer("429 Too Many Requests")), False)):
        async with RawServer([before, gone]) as server:
            got = await ask(rest_at(session, server.url), Risk.REPEATABLE)
        assert (got.status, got.repeated) == (404, repeated)
    async with RawServer([gone]) as server:
        assert not (await ask(rest_at(session, server.url), Risk.REPEATABLE)).repeated


async def test_a_silent_vendor_is_asked_for_one_timeout_in_all(session: aiohttp.ClientSession) -> None:
    async with RawServer([SILENT]) as server:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match="in time"):
            await ask(rest_at(session, server.url, timeout=0.08))
        assert asyncio.get_running_loop().time() - began < 1.0
    assert len(server.requests) <= 2


async def test_a_short_retry_after_is_waited_for(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("429 Too Many Requests", Retry_After="0")), WELL]) as server:
        assert (await ask(rest_at(session, server.url))).ok


async def test_a_long_retry_after_is_told_instead_of_waited_for(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("429 Too Many Requests", Retry_After="30")), WELL]) as server:
        got = await ask(rest_at(session, server.url))
    assert len(server.requests) == 1
    with pytest.raises(Unavailable, match=r"try again in 30 s\."):
        raise_for(got, risk=Risk.READ)


@pytest.mark.parametrize("risk", Risk)
async def test_a_refused_connection_means_nothing_happened(session: aiohttp.ClientSession, risk: Risk) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(Unavailable, match="cannot be reached"):
            await ask(rest_at(session, url), risk, "POST")


async def test_a_vendor_that_speaks_no_tls_was_never_written_to(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        with pytest.raises(Unavailable):
            await ask(rest_at(session, server.url.replace("http:", "https:")), Risk.ONCE, "POST")
    assert server.requests == []


async def test_no_more_than_limit_calls_are_under_way(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(WELL.send, stall=0.01)]) as server:
        rest = rest_at(session, server.url, limit=2)
        await asyncio.gather(*(ask(rest) for _ in range(6)))
    assert server.most_at_once <= 2


async def test_a_call_that_finds_no_free_place_was_not_sent(session: aiohttp.ClientSession) -> None:
    async with RawServer([SILENT]) as server:
        rest = rest_at(session, server.url, limit=1)
        stuck = asyncio.create_task(ask(rest, Risk.ONCE, timeout=5.0))
        while not server.requests:
            await asyncio.sleep(0.001)
        with pytest.raises(Unavailable, match="busy"):
            await ask(rest, Risk.ONCE, timeout=0.02)
        assert len(server.requests) == 1
        stuck.cancel()


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_every_attempt_is_measured(session: aiohttp.ClientSession) -> None:
    seen: list[tuple[str, str, int | str]] = []
    async with RawServer([CUT_BEFORE, BUSY, WELL]) as server:
        await ask(rest_at(session, server.url, observe=lambda *row: seen.append(row[:3])))
    assert seen == [("acme", "ask", "reset"), ("acme", "ask", 503), ("acme", "ask", 200)]


@pytest.mark.parametrize("fault", [*FAULTS.values(), Turn(answer("302 Found", b"", Location="/s3cret"))])
async def test_no_error_or_log_line_holds_address_query_or_body(
    session: aiohttp.ClientSession, fault: Turn, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with RawServer([fault]) as server:
        for risk in Risk:
            with pytest.raises(BotError) as caught:
                await ask(
                    rest_at(session, server.url, timeout=fault.patience),
                    risk,
                    query={"sid": "s3cret"},
                    json={"p": "s3cret"},
                )
            told = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value)
            assert caught.value.__context__ is None
            assert not [word for word in ("s3cret", "secret-room", server.url) if word in told]
    logged = caplog.text + "".join(capsys.readouterr())
    assert not [word for word in ("s3cret", "secret-room", server.url) if word in logged]
