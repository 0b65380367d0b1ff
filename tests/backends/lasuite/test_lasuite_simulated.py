"""The simulated La Suite Meet answers as the running one did (backends/recordings/lasuite.md), trap by trap."""

from __future__ import annotations

from typing import Any

import aiohttp
import jwt
import pytest

from bot.clock import MovableClock
from bot.play.vendors.lasuite import SimulatedLaSuite
from tests.fakes.lasuite import ALICE, BOB, CLIENT, CLIENT_SECRET, KEY, NOBODY, PREFIX, SECRET

GOOD = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials", "scope": ALICE}
TOKENS: list[tuple[Any, int, Any]] = [
    (GOOD | {"client_secret": "nope"}, 401, {"detail": "Invalid credentials"}),
    (GOOD | {"client_id": "nope"}, 401, {"detail": "Invalid credentials"}),
    (GOOD | {"scope": NOBODY}, 404, {"detail": "User not found."}),
    (GOOD | {"scope": "rooms:list"}, 400, {"error": "Scope should be a valid email address."}),
    (GOOD | {"scope": f"{ALICE} rooms:list"}, 400, {"error": "Scope should be a valid email address."}),
    (GOOD | {"grant_type": "password"}, 400, {"grant_type": ['"password" is not a valid choice.']}),
    (
        {"grant_type": "client_credentials"},
        400,
        {name: ["This field is required."] for name in ("client_id", "client_secret", "scope")},
    ),
]
UNKNOWN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


async def token(session: aiohttp.ClientSession, server: SimulatedLaSuite, scope: str = ALICE, **more: str) -> str:
    async with session.post(f"{server.base_url}/application/token/", json=GOOD | {"scope": scope} | more) as answer:
        return str((await answer.json())["access_token"])


@pytest.mark.parametrize(("body", "status", "said"), TOKENS)
async def test_the_token_endpoint(
    session: aiohttp.ClientSession, server: SimulatedLaSuite, body: Any, status: int, said: Any
) -> None:
    async with session.post(f"{server.base_url}/application/token/", json=body) as answer:
        assert (answer.status, await answer.json()) == (status, said)


async def test_a_token_says_what_it_is_good_for_and_nothing_of_scopes_that_it_has_not(
    session: aiohttp.ClientSession, server: SimulatedLaSuite
) -> None:
    async with session.post(f"{server.base_url}/application/token/", json=GOOD) as answer:
        content = await answer.json()
    assert {name: content[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "rooms:list rooms:retrieve rooms:create rooms:update rooms:delete",
    }
    claims = jwt.decode(content["access_token"], options={"verify_signature": False})
    assert (claims["delegated"], claims["iss"], claims["exp"] - claims["iat"]) == (True, "lasuite-meet", 3600)
    server.accounts.applications[CLIENT].scopes = ()
    async with session.post(f"{server.base_url}/application/token/", json=GOOD) as answer:
        assert "scope" not in await answer.json()


async def test_the_rooms_api(session: aiohttp.ClientSession, server: SimulatedLaSuite) -> None:
    alices = server.rooms.add(server.accounts.people[ALICE])
    bobs = server.rooms.add(server.accounts.people[BOB])
    head = {"Authorization": f"Bearer {await token(session, server)}"}
    weak = {"Authorization": f"Bearer {await token(session, server, client_id='other')}"}
    no_bearer, garbage = {"Authorization": "Token x"}, {"Authorization": "Bearer garbage"}
    cases: list[tuple[str, str, dict[str, str], int, Any]] = [
        ("GET", f"/rooms/{alices.slug}/", head, 404, {"detail": "Not found."}),
        ("GET", f"/rooms/{UNKNOWN}/", head, 404, {"detail": "No Room matches the given query."}),
        ("GET", f"/rooms/{bobs.id}/", head, 403, {"detail": "You do not have permission to perform this action."}),
        ("GET", f"/rooms/{alices.id.upper()}/", head, 200, None),
        ("GET", f"/rooms/{alices.id.replace('-', '')}/", head, 200, None),
        ("PUT", f"/rooms/{alices.id}/", head, 405, {"detail": 'Method "PUT" not allowed.'}),
        ("PATCH", f"/rooms/{alices.id}/", head, 405, {"detail": 'Method "PATCH" not allowed.'}),
        ("DELETE", f"/rooms/{alices.id}/", head, 405, {"detail": 'Method "DELETE" not allowed.'}),
        ("DELETE", "/rooms/", head, 405, {"detail": 'Method "DELETE" not allowed.'}),
        ("GET", "/rooms/?page=0", head, 404, {"detail": "Invalid page."}),
        ("GET", "/rooms/?page=abc", head, 404, {"detail": "Invalid page."}),
        ("GET", "/rooms/?page=2", head, 404, {"detail": "Invalid page."}),
        ("GET", "/rooms/", {}, 401, {"detail": "Authentication credentials were not provided."}),
        ("GET", "/rooms/", no_bearer, 401, {"detail": "Authentication credentials were not provided."}),
        ("GET", "/rooms/", garbage, 401, {"detail": "Resource Server is improperly configured"}),
        ("POST", "/rooms/", weak, 403, {"detail": "Insufficient permissions. Required scope: rooms:create"}),
        ("GET", "/nowhere/", head, 404, None),
    ]
    for method, path, headers, status, said in cases:
        async with session.request(method, f"{server.base_url}{path}", headers=headers) as answer:
            assert answer.status == status, path
            if said is not None:
                assert await answer.json() == said, path
    assert answer.content_type == "text/html"


async def test_creating_a_room(session: aiohttp.ClientSession, server: SimulatedLaSuite) -> None:
    head = {"Authorization": f"Bearer {await token(session, server)}"}
    cases: list[tuple[Any, int, str]] = [
        ({"name": "Mine", "slug": "mine", "pin_code": "1"}, 201, ""),
        ({"access_level": "open"}, 400, '"open" is not a valid choice.'),
        ({"access_level": "public"}, 400, "Public rooms are disabled for the external API."),
        ({"configuration": {"record": True}}, 400, "Extra inputs are not permitted"),
        ({"configuration": {"can_publish_sources": ["hologram"]}}, 400, "Input should be 'camera'"),
    ]
    for body, status, words in cases:
        async with session.post(f"{server.base_url}/rooms/", json=body, headers=head) as answer:
            text = await answer.text()
            assert answer.status == status, body
            assert words.replace('"', '\\"') in text
            if status == 201:
                content = await answer.json()
                assert answer.headers["Location"] == content["url"]
                assert content["name"] == content["slug"] != "mine"
                assert list(content) == [
                    *("id", "name", "slug", "access_level", "configuration", "url", "telephony"),
                ]
    async with session.post(f"{server.base_url}/rooms/", headers=head) as answer:
        assert answer.status == 201
    async with session.post(f"{server.base_url}/rooms/", data={"a": "b"}, headers=head) as answer:
        assert answer.status == 415


async def test_page_size_is_ignored_and_next_names_the_host_as_it_was_asked(
    session: aiohttp.ClientSession, server: SimulatedLaSuite
) -> None:
    for number in range(25):
        server.rooms.add(server.accounts.people[ALICE], name=f"{number:02}")
    head = {"Authorization": f"Bearer {await token(session, server)}", "Host": "internal:8000"}
    async with session.get(f"{server.base_url}/rooms/?page_size=2", headers=head) as answer:
        content = await answer.json()
    assert (content["count"], len(content["results"]), content["previous"]) == (25, 20, None)
    assert content["next"] == f"http://internal:8000{PREFIX}/rooms/?page=2"


async def test_a_post_without_the_last_slash_becomes_a_list_when_the_redirect_is_followed(
    session: aiohttp.ClientSession, server: SimulatedLaSuite
) -> None:
    head = {"Authorization": f"Bearer {await token(session, server)}"}
    async with session.post(f"{server.base_url}/rooms", json={}, headers=head) as answer:
        assert (answer.status, "results" in await answer.json()) == (200, True)
    assert server.rooms.by_id == {}


async def test_the_internal_api_answers_an_application_with_an_empty_list(
    session: aiohttp.ClientSession, server: SimulatedLaSuite
) -> None:
    server.rooms.add(server.accounts.people[ALICE])
    head = {"Authorization": f"Bearer {await token(session, server)}"}
    async with session.get(f"{server.url}/api/v1.0/rooms/", headers=head) as answer:
        assert (answer.status, (await answer.json())["results"]) == (200, [])


async def test_livekit(session: aiohttp.ClientSession, server: SimulatedLaSuite, clock: MovableClock) -> None:
    ann = server.livekit.join("room-1", "Ann", attributes={"room_role": "owner"})
    admin = {"video": {"roomAdmin": True, "room": "room-1"}}
    other, one = {"video": {"roomAdmin": True, "room": "other"}}, {"room": "room-1", "identity": ann.identity}
    denied = {"code": "unauthenticated", "msg": "permissions denied", "meta": {}}
    call = {"sip_trunk_id": "ST_play", "sip_call_to": "+33600000486", "room_name": "room-1"}
    busy = {"sip_status_code": "486", "sip_status": "Busy Here"}
    cases: list[tuple[str, Any, Any, int, Any]] = [
        ("RoomService/ListParticipants", {"room": "room-1"}, other, 401, denied),
        ("RoomService/ListParticipants", {"room": "room-1"}, {"video": {"roomList": True}}, 401, denied),
        ("RoomService/MutePublishedTrack", one | {"track_sid": ann.track, "muted": True}, admin, 200, None),
        ("RoomService/MutePublishedTrack", one | {"track_sid": ann.track, "muted": False}, admin, 412, None),
        ("SIP/CreateSIPParticipant", call, admin, 401, denied),
        (
            "SIP/CreateSIPParticipant",
            call,
            {"sip": {"call": True}},
            429,
            {"code": "resource_exhausted", "msg": "sip status 486: Busy Here", "meta": busy},
        ),
        ("RoomService/RemoveParticipant", one, admin, 200, {}),
        ("RoomService/RemoveParticipant", one, admin, 404, None),
        ("RoomService/DeleteRoom", {"room": "room-1"}, {"video": {"roomCreate": True}}, 404, None),
        ("RoomService/ListParticipants", {"room": "room-1"}, admin, 200, {"participants": []}),
    ]
    for method, body, grants, status, said in cases:
        claims = {"iss": KEY, "exp": int(clock.now().timestamp()) + 60, **grants}
        head = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
        async with session.post(f"{server.url}/twirp/livekit.{method}", json=body, headers=head) as answer:
            assert answer.status == status, method
            if said is not None:
                assert await answer.json() == said, method
    head = {"Authorization": f"Bearer {jwt.encode(claims, 'x' * 40, 'HS256')}"}
    async with session.post(f"{server.url}/twirp/livekit.RoomService/ListRooms", json={}, headers=head) as answer:
        assert (answer.status, answer.content_type) == (401, "text/plain")
        assert await answer.text() == "invalid authorization token: Signature verification failed"
