"""What goes over the wire is exactly what was meant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.model import Risk
from bot.rest import Answer, Rest, address
from tests.fakes.raw_http import RawServer, Turn, answer

WELL = Turn(answer("200 OK", b'{"well":true}', Content_Type="application/json", Date="Tue, 24 Nov 2026 10:00:00 GMT"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


def rest_at(session: aiohttp.ClientSession, url: str, **more: Any) -> Rest:
    return Rest(session, url, backend="acme", first_wait=0.001, **{"timeout": 5.0} | more)


async def ask(rest: Rest, risk: Risk = Risk.READ, method: str = "GET", **more: Any) -> Answer:
    return await rest.request(method, "rooms", "secret-room", operation="ask", risk=risk, **more)


@pytest.mark.parametrize(
    ("segments", "target"),
    [
        (("room", "a/b"), "/base/v1/room/a%2Fb"),
        (("room", "auth0|5f"), "/base/v1/room/auth0%7C5f"),
        (("room", "é #?"), "/base/v1/room/%C3%A9%20%23%3F"),
        (("room", "%2e%2e"), "/base/v1/room/%252e%252e"),
        (("room", "..;x"), "/base/v1/room/..%3Bx"),
        (("_jaas",), "/base/v1/_jaas"),
        ((), "/base/v1"),
    ],
)
async def test_each_segment_goes_over_the_wire_percent_encoded_whole(
    session: aiohttp.ClientSession, segments: tuple[str, ...], target: str
) -> None:
    async with RawServer([WELL]) as server:
        await rest_at(session, server.url + "/base/v1/").request("GET", *segments, operation="x", risk=Risk.READ)
    assert server.targets == [target]


@given(st.lists(st.text(st.characters(), max_size=8), min_size=1, max_size=4))
@example(["conference", "..", "x"])
@example(["%2e%2e", "..;a", "a/b?c#d"])
def test_a_path_has_exactly_the_segments_that_were_given(segments: list[str]) -> None:
    try:
        url = address("https://x.test/api", *segments)
    except BadInput:
        assert any(segment in ("", ".", "..") or not segment.isprintable() for segment in segments)
        return
    assert (url.host, url.raw_query_string, url.raw_fragment) == ("x.test", "", "")
    assert [unquote(part) for part in url.raw_path.split("/")[2:]] == segments


def test_half_a_character_cannot_be_asked_for() -> None:
    with pytest.raises(BadInput, match="half a character"):
        address("https://x.test/api", "rooms", query={"name": "a\ud800"})


@pytest.mark.parametrize("segment", ["", ".", "..", "a\nb", "a\x00", "\ud800"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_segment_that_would_change_the_path_is_refused(segment: str, place: int) -> None:
    segments = ["conference", "1"]
    segments[place] = segment
    with pytest.raises(BadInput):
        address("https://x.test/api", *segments)


def test_a_trailing_slash_stands_only_where_asked_for() -> None:
    assert address("https://x.test/api", "room", "1", slash=True).raw_path == "/api/room/1/"
    assert address("https://x.test/api", "room", "1").raw_path == "/api/room/1"
    assert address("https://x.test").raw_path == "/"


async def test_query_values_arrive_as_they_were_given(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        await ask(rest_at(session, server.url), query={"conference": "a@b.c", "json": '{"a": 1+1}'})
    assert server.targets == ["/rooms/secret-room?conference=a%40b.c&json=%7B%22a%22%3A%201%2B1%7D"]


async def test_json_and_form_bodies_carry_their_plain_content_type(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        rest = rest_at(session, server.url)
        await ask(rest, Risk.ONCE, "POST", json={"a": "é"})
        await ask(rest, Risk.ONCE, "POST", form={"a": "é &"}, headers={"X-One": "1"})
    as_json, as_form = server.requests
    assert b"\r\nContent-Type: application/json\r\n" in as_json
    assert b"\r\nContent-Type: application/x-www-form-urlencoded\r\n" in as_form
    assert as_form.endswith(b"a=%C3%A9+%26")
    assert b"X-One: 1" in as_form
