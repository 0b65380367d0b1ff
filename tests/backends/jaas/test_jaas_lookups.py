"""Dial-in and health of the JaaS back end: the calls of 8x8 that need no signature."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import MovableClock
from bot.errors import BackendError, NotFound, Unavailable
from bot.model import DialIn
from tests.fakes.jaas import APP_ID, NOON, jaas, room
from tests.fakes.raw_http import RawServer, Turn, answer

MAPPER = "/v1/_jaas/vmms-conference-mapper"
DIDS = [
    {"countryCode": "US", "tollFree": False, "formattedNumber": "+1 456-221-4739"},
    {"countryCode": "FR", "tollFree": True, "formattedNumber": "+33 1 99 00 12 34"},
]
NUMBERS = (("US", "+1 456-221-4739"), ("FR", "+33 1 99 00 12 34"))
DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


def says(content: Any, status: str = "200 OK", **headers: str) -> Turn:
    return Turn(answer(status, json.dumps(content).encode(), Content_Type="application/json", **headers))


def mapping(pin: object) -> Turn:
    """The PIN answer of 8x8's documents."""
    return says(
        {
            "message": "Successfully retrieved conference mapping",
            "id": pin,
            "conference": f"testroom@conference.{APP_ID}.8x8.vc",
            "url": f"https://8x8.vc/{APP_ID}/testroom",
            "fqn": f"{APP_ID}/testroom",
            "name": "testroom",
            "tenant": APP_ID,
            "hasPasscode": False,
        }
    )


NOT_HERE = Turn(answer("404 Not Found"))


@pytest.mark.parametrize("pin", ["1111111111111", 1111111111111])
async def test_dial_in_is_the_pin_and_the_numbers(session: aiohttp.ClientSession, pin: object) -> None:
    async with RawServer([mapping(pin), says(DIDS)]) as server:
        found = await jaas(session, server.url).dial_in(room())
    sip = ("1111111111111@video.8x8.vc", "1111111111111@audio.8x8.vc")
    assert found == DialIn("1111111111111", NUMBERS, sip)
    assert server.targets == [
        f"{MAPPER}/v1/access?conference=testroom%40conference.{APP_ID}.8x8.vc",
        f"{MAPPER}/access/v1/dids",
    ]
    assert all(request.method == "GET" and "authorization" not in request.headers for request in server.parsed)


async def test_the_other_documented_path_is_tried_for_the_numbers(session: aiohttp.ClientSession) -> None:
    async with RawServer([mapping("1"), NOT_HERE, says(DIDS)]) as server:
        assert (await jaas(session, server.url).dial_in(room())).numbers == NUMBERS
    assert server.targets[1:] == [f"{MAPPER}/access/v1/dids", f"{MAPPER}/v1/access/dids"]


@pytest.mark.parametrize(
    ("listed", "numbers"),
    [
        ({"US": ["+1 456"], "FR": ["+33 1", "+33 2"]}, (("US", "+1 456"), ("FR", "+33 1"), ("FR", "+33 2"))),
        ([], ()),
        ({}, ()),
        ([{"countryCode": "US"}, "x", {"formattedNumber": "+1 456"}], (("", "+1 456"),)),
    ],
)
async def test_older_and_odd_lists_of_numbers_are_read(
    session: aiohttp.ClientSession, listed: object, numbers: object
) -> None:
    async with RawServer([mapping("1"), says(listed)]) as server:
        assert (await jaas(session, server.url).dial_in(room())).numbers == numbers


@pytest.mark.parametrize(
    "listed", [{"US": 7}, {"US": [7]}, "none", 7, None, [7], [{"formattedNumber": 7}], [[]]], ids=repr
)
async def test_nonsense_is_not_read_as_having_no_numbers(session: aiohttp.ClientSession, listed: object) -> None:
    async with RawServer([mapping("1"), says(listed)]) as server:
        with pytest.raises(BackendError, match="without a list of numbers"):
            await jaas(session, server.url).dial_in(room())


@pytest.mark.parametrize(
    "reply", [says({}), says([]), mapping("12a"), mapping(None), Turn(answer("200 OK", b"<html>"))]
)
async def test_an_answer_without_a_pin_is_not_made_into_one(session: aiohttp.ClientSession, reply: Turn) -> None:
    async with RawServer([reply]) as server:
        with pytest.raises(BackendError):
            await jaas(session, server.url).dial_in(room())


@pytest.mark.parametrize(
    ("status", "error"),
    [("402 Payment Required", BackendError), ("404 Not Found", NotFound), ("503 Busy", Unavailable)],
)
async def test_a_refused_look_up_is_one_sentence(
    session: aiohttp.ClientSession, status: str, error: type[Exception]
) -> None:
    async with RawServer([Turn(answer(status))]) as server:
        with pytest.raises(error):
            await jaas(session, server.url).dial_in(room())


async def test_health_makes_no_change_and_compares_the_clocks(session: aiohttp.ClientSession) -> None:
    async with RawServer([says(DIDS, Date=DATE)]) as server:
        health = await jaas(session, server.url).health()
    assert health.ok
    assert health.facts == {"app": APP_ID, "key": "ed85b6", "clock": "+0 s against 8x8's"}
    # Asking for a PIN would make one at 8x8; the list of numbers makes nothing.
    assert server.targets == [f"{MAPPER}/access/v1/dids"]


@pytest.mark.parametrize(("off", "ok"), [(30, True), (-30, True), (31, False), (-45, False)])
async def test_a_clock_that_is_off_is_told(session: aiohttp.ClientSession, off: int, ok: bool) -> None:
    clock = MovableClock(NOON + timedelta(seconds=off))
    async with RawServer([says(DIDS, Date=DATE)]) as server:
        health = await jaas(session, server.url, clock=clock).health()
    assert health.ok is ok
    assert (f"{off:+d} s off" in health.problem) is not ok


@pytest.mark.parametrize(
    "date", ["", "soon", "Tue, 99 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:00 +99999999999999"]
)
async def test_a_vendor_without_a_readable_clock_is_well(session: aiohttp.ClientSession, date: str) -> None:
    async with RawServer([says({}, "404 Not Found", Date=date)]) as server:
        health = await jaas(session, server.url).health()
    assert health.ok
    assert "clock" not in health.facts


@pytest.mark.parametrize("fault", [Turn(answer("500 Oops")), Turn(close=True), Turn(stall=5.0), Turn(answer("302 No"))])
async def test_health_never_raises(session: aiohttp.ClientSession, fault: Turn) -> None:
    async with RawServer([fault]) as server:
        health = await jaas(session, server.url, patience=fault.patience).health()
    assert not health.ok
    assert health.problem.startswith("jaas ")


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "403 Forbidden"])
async def test_a_web_page_is_not_8x8_being_well(session: aiohttp.ClientSession, status: str) -> None:
    async with RawServer([Turn(answer(status, b"<html>Sign in</html>", Content_Type="text/html"))]) as server:
        health = await jaas(session, server.url).health()
    assert not health.ok
    assert "base_url" in health.problem


async def test_health_is_asked_of_the_other_documented_path_too(session: aiohttp.ClientSession) -> None:
    page = Turn(answer("404 Not Found", b"<html>", Content_Type="text/html"))
    async with RawServer([page, says(DIDS, Date=DATE)]) as server:
        assert (await jaas(session, server.url).health()).ok
    assert server.targets == [f"{MAPPER}/access/v1/dids", f"{MAPPER}/v1/access/dids"]


async def test_health_of_an_unreachable_vendor_says_so(session: aiohttp.ClientSession) -> None:
    health = await jaas(session, "http://127.0.0.1:9").health()
    assert "cannot be reached" in health.problem
