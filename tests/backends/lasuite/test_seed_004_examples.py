"""The examples of seeds/004, answered to the bot word for word as they stand in the document."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bot.backends.lasuite import LaSuite
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, BotError, NoAccess, NotFound, SignInFailed
from tests.fakes.lasuite import PREFIX, kept, meet_at, wish
from tests.fakes.raw_http import RawServer, Request, Turn, answer

ROOM = {
    "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "slug": "aae-erez-aaz",
    "access_level": "trusted",
    "url": "https://visio-sandbox.beta.numerique.gouv.fr/aae-erez-aaz",
    "telephony": {"enabled": True, "pin_code": "123456", "phone_number": "+1-555-0100", "default_country": "US"},
}
ROOM_LIST = {
    "count": 2,
    "next": "https://visio-sandbox.beta.numerique.gouv.fr/external-api/v1.0/rooms?page=2",
    "previous": None,
    "results": [ROOM],
}
TOKEN = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJtZWV0LWFwaSJ9.signature",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "rooms:list rooms:retrieve rooms:create",
}


def said(content: object, status: str = "200 OK") -> Turn:
    return Turn(answer(status, json.dumps(content).encode(), Content_Type="application/json"))


def at(raw: RawServer, session: aiohttp.ClientSession, clock: MovableClock) -> LaSuite:
    return meet_at(session, f"{raw.url}{PREFIX}", clock)


async def test_the_token_response_is_used_as_a_bearer(session: aiohttp.ClientSession, clock: MovableClock) -> None:
    async with RawServer([said(TOKEN), said(ROOM)]) as raw:
        await at(raw, session, clock).get_room(ROOM["id"])  # type: ignore[arg-type]
    asked = Request.parse(raw.requests[1])
    assert asked.headers["authorization"] == f"Bearer {TOKEN['access_token']}"


async def test_the_paginated_room_list_is_read_on_by_number(
    session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    second = ROOM | {"id": "594d3d8d-b13f-4401-bb60-6796ca0d92a4", "slug": "aze-eere-zer"}
    last = ROOM_LIST | {"next": None, "results": [second]}
    async with RawServer([said(TOKEN), said(ROOM_LIST), said(last)]) as raw:
        rooms = await at(raw, session, clock).list_rooms()
    assert [room.name for room in rooms] == ["aae-erez-aaz", "aze-eere-zer"]
    targets = [Request.parse(one).target for one in raw.requests[1:]]
    assert targets == [f"{PREFIX}/rooms/?page=1", f"{PREFIX}/rooms/?page=2"]


async def test_page_size_is_not_sent_for_the_server_ignores_it(
    session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    async with RawServer([said(TOKEN), said(ROOM_LIST | {"next": None})]) as raw:
        await at(raw, session, clock).list_rooms()
    assert "page_size" not in Request.parse(raw.requests[1]).target


async def test_the_room_details_are_shown_with_their_telephone(
    session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    async with RawServer([said(TOKEN), said(ROOM)]) as raw:
        bot = at(raw, session, clock)
        room = await bot.get_room(ROOM["id"])  # type: ignore[arg-type]
        dial_in = await bot.dial_in(kept(room))
    assert room.secrets == {"address": ROOM["url"]}
    assert (dial_in.pin, dial_in.numbers) == ("123456", (("US", "+1-555-0100"),))


async def test_an_empty_body_is_answered_with_a_room(session: aiohttp.ClientSession, clock: MovableClock) -> None:
    async with RawServer([said(TOKEN), said(ROOM, "201 Created")]) as raw:
        made = await at(raw, session, clock).create_room(wish())
    assert made.vendor_id == ROOM["id"]
    assert Request.parse(raw.requests[1]).body == b"{}"


@pytest.mark.parametrize(
    ("content", "status", "error", "words"),
    [
        ({"error": "Invalid token."}, "401 Unauthorized", SignInFailed, "Invalid token"),
        ({"detail": "Invalid token."}, "401 Unauthorized", SignInFailed, "Invalid token"),
        ({"detail": "Insufficient permissions. Required scope: 'rooms:xxxx'"}, "403 Forbidden", SignInFailed, "rooms:"),
        ({"detail": "Not found."}, "404 Not Found", NotFound, "does not know that room"),
        ({"scope": ["Invalid email address."]}, "400 Bad Request", BadInput, "scope: Invalid email address."),
        ({"field_name": ["This field is required."]}, "400 Bad Request", BadInput, "field name: This field"),
    ],
    ids=["invalidToken", "Error", "insufficientScope", "roomNotFound", "validationError", "ValidationError"],
)
async def test_the_example_of_an_error_is_said_in_one_sentence(
    session: aiohttp.ClientSession,
    clock: MovableClock,
    content: object,
    status: str,
    error: type[BotError],
    words: str,
) -> None:
    turns = [said(TOKEN), said(content, status)]
    turns += turns if error is SignInFailed else []  # one more try with a fresh token
    async with RawServer(turns) as raw:
        with pytest.raises(error, match=words):
            await at(raw, session, clock).get_room(ROOM["id"])  # type: ignore[arg-type]
    assert len(raw.requests) == len(turns)


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized"])
async def test_an_oauth_error_of_the_token_endpoint_is_said(
    session: aiohttp.ClientSession, clock: MovableClock, status: str
) -> None:
    async with RawServer([said({"error": "Invalid credentials"}, status)]) as raw:
        with pytest.raises((SignInFailed, NoAccess), match="Invalid credentials"):
            await at(raw, session, clock).list_rooms()
    assert len(raw.requests) == 1


@pytest.mark.parametrize(
    "change", [{"access_token": None}, {"access_token": "a b"}, {"access_token": 7}, {"expires_in": "3600"}]
)
async def test_a_token_response_without_a_usable_token_is_none(
    session: aiohttp.ClientSession, clock: MovableClock, change: dict[str, Any]
) -> None:
    async with RawServer([said(TOKEN | change)]) as raw:
        with pytest.raises(BackendError, match="without one"):
            await at(raw, session, clock).list_rooms()
