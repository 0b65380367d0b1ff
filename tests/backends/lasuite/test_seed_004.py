"""seeds/004 line by line: each operation, scope, error and example of the external API's document."""

from __future__ import annotations

import json
from datetime import timedelta

import aiohttp
import pytest

from bot.backends.lasuite import LaSuite
from bot.backends.lasuite.rooms import meet_room
from bot.capabilities import ChangesRooms, DeletesRooms, why_not
from bot.clock import MovableClock
from bot.errors import BadInput, NoAccess, NotFound, SignInFailed
from bot.play.vendors.lasuite import SimulatedLaSuite
from tests.fakes.lasuite import (
    ALICE,
    BOB,
    CLIENT,
    CLIENT_SECRET,
    NOBODY,
    PREFIX,
    as_person,
    kept,
    meet_at,
    rest_at,
    wish,
)

EXAMPLE = {
    "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "slug": "aae-erez-aaz",
    "access_level": "trusted",
    "url": "https://visio-sandbox.beta.numerique.gouv.fr/aae-erez-aaz",
    "telephony": {"enabled": True, "pin_code": "123456", "phone_number": "+1-555-0100", "default_country": "US"},
}

# --- operations -----------------------------------------------------------------------------------------------------


async def test_list_rooms_reads_every_page_of_the_callers_rooms(bot: LaSuite, server: SimulatedLaSuite) -> None:
    alice, bob = server.accounts.people[ALICE], server.accounts.people[BOB]
    mine = {server.rooms.add(alice, name=f"room {number:02}").id for number in range(45)}
    server.rooms.add(bob, name="not Alice's")
    assert {room.vendor_id for room in await bot.list_rooms()} == mine
    asked = server.sent("/rooms/")
    assert [one.query for one in asked] == ["page=1", "page=2", "page=3"]
    assert all(one.path == f"{PREFIX}/rooms/" for one in asked)


async def test_create_room_makes_one_owned_by_the_caller_with_an_empty_body(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    made = await bot.create_room(wish("Équipe Démo"))
    (request,) = server.sent("/rooms/")
    assert (request.method, json.loads(request.body)) == ("POST", {})
    assert server.rooms.by_id[made.vendor_id].members == {server.accounts.people[ALICE].sub}
    assert (made.kind, made.name) == ("trusted", server.rooms.by_id[made.vendor_id].slug)


async def test_retrieve_room_tells_everything_and_the_pin_apart(bot: LaSuite, server: SimulatedLaSuite) -> None:
    made = await bot.create_room(wish())
    room = await bot.get_room(made.vendor_id)
    pin = server.rooms.by_id[made.vendor_id].pin_code
    assert pin
    assert pin not in f"{room.facts} {room.settings} {room.secrets} {made!r}"
    assert room.secrets["address"] == f"{server.url}/{room.name}"
    dial_in = await bot.dial_in(kept(made))
    assert (dial_in.pin, dial_in.numbers) == (pin, (("FR", "+33187212345"),))
    assert server.sent(f"{made.vendor_id}/")[0].path == f"{PREFIX}/rooms/{made.vendor_id}/"


@pytest.mark.parametrize("ability", [ChangesRooms, DeletesRooms])
def test_update_and_delete_are_announced_and_said_to_be_not_there_yet(
    bot: LaSuite, ability: type[ChangesRooms]
) -> None:
    assert not isinstance(bot, ability)
    assert "does not offer it yet" in why_not(type(bot), ability)


# --- authentication flow and scopes ---------------------------------------------------------------------------------


async def test_the_token_request_is_the_documents(bot: LaSuite, server: SimulatedLaSuite) -> None:
    await bot.list_rooms()
    (request,) = server.sent("/token/")
    assert (request.method, request.path) == ("POST", f"{PREFIX}/application/token/")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "grant_type": "client_credentials",
        "scope": ALICE,
    }


async def test_the_token_goes_as_a_bearer_and_texts_are_asked_for_in_english(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    await bot.list_rooms()
    (request,) = server.sent("/rooms/")
    scheme, _, token = request.headers["Authorization"].partition(" ")
    assert (scheme, token.count(".")) == ("Bearer", 2)
    assert request.headers["Accept-Language"] == "en"


@pytest.mark.parametrize(
    ("scope", "act"),
    [
        ("rooms:list", lambda bot, room_id: bot.list_rooms()),
        ("rooms:retrieve", lambda bot, room_id: bot.get_room(room_id)),
        ("rooms:create", lambda bot, room_id: bot.create_room(wish())),
    ],
    ids=["list", "retrieve", "create"],
)
async def test_an_operation_without_its_scope_names_the_scope_for_the_administrator(
    bot: LaSuite, server: SimulatedLaSuite, scope: str, act: object
) -> None:
    room = server.rooms.add(server.accounts.people[ALICE])
    application = server.accounts.applications[CLIENT]
    application.scopes = tuple(one for one in application.scopes if one != scope)
    with pytest.raises(SignInFailed, match=f"lacks the scope {scope}; ask an administrator"):
        await act(bot, room.id)  # type: ignore[operator]
    assert server.accounts.issued == 2  # one more try: the scope may have been added since the token was given


async def test_a_scope_that_was_added_meanwhile_is_had_by_a_fresh_token(bot: LaSuite, server: SimulatedLaSuite) -> None:
    application = server.accounts.applications[CLIENT]
    whole, application.scopes = application.scopes, ("rooms:list",)
    await bot.list_rooms()
    application.scopes = whole
    assert (await bot.create_room(wish())).vendor_id in server.rooms.by_id
    assert len(server.rooms.by_id) == 1


async def test_when_the_access_token_expires_a_new_one_is_obtained(
    bot: LaSuite, server: SimulatedLaSuite, clock: MovableClock
) -> None:
    await bot.list_rooms()
    clock.advance(timedelta(seconds=3539))
    await bot.list_rooms()
    assert server.accounts.issued == 1
    clock.advance(timedelta(seconds=1))  # a minute before its end
    await bot.list_rooms()
    assert server.accounts.issued == 2


async def test_the_base_scope_of_a_resource_server_is_its_own_matter_a_dead_token_there_is_a_page(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    server.accounts.pages_for_dead_tokens = True
    await bot.list_rooms()
    server.accounts.revoke_all()
    await bot.list_rooms()
    assert server.accounts.issued == 2


# --- errors ---------------------------------------------------------------------------------------------------------


async def test_unauthorized_error_after_a_fresh_token_too_is_the_administrators(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    server.accounts.lasts = -10  # every token is dead when it comes
    with pytest.raises(Exception, match="without one"):
        await bot.list_rooms()
    server.accounts.lasts = 3600
    await bot.list_rooms()
    server.accounts.applications[CLIENT].active = False
    with pytest.raises(SignInFailed, match="refused the bot's own application"):
        await bot.list_rooms()


async def test_forbidden_error_for_a_room_of_somebody_else(bot: LaSuite, server: SimulatedLaSuite) -> None:
    room = server.rooms.add(server.accounts.people[BOB])
    with pytest.raises(NoAccess, match="You have no role in that room at visio"):
        await bot.get_room(room.id)


async def test_room_not_found_error(bot: LaSuite) -> None:
    with pytest.raises(NotFound, match="visio does not know that room"):
        await bot.get_room(EXAMPLE["id"])  # type: ignore[arg-type]


async def test_bad_request_error_of_the_token_endpoint_is_about_the_address(bot: LaSuite) -> None:
    with as_person("not-an-address"), pytest.raises(NoAccess, match="Scope should be a valid email address"):
        await bot.list_rooms()


async def test_a_person_who_does_not_exist_there_is_told_to_sign_in_once(bot: LaSuite) -> None:
    with (
        as_person(NOBODY),
        pytest.raises(NoAccess, match="Nobody at visio has your e-mail address: sign in there once"),
    ):
        await bot.create_room(wish())


async def test_bad_request_error_of_a_field_is_said_in_the_servers_words(bot: LaSuite) -> None:
    with pytest.raises(BadInput, match="access level: Public rooms are disabled for the external API"):
        await bot.create_room(wish(access="public"))


# --- examples and schemas -------------------------------------------------------------------------------------------


def test_the_room_of_the_examples_is_read_whole() -> None:
    room = meet_room(EXAMPLE, "visio")
    assert (room.id, room.slug, room.name, room.access) == (EXAMPLE["id"], "aae-erez-aaz", "aae-erez-aaz", "trusted")
    assert room.site == "https://visio-sandbox.beta.numerique.gouv.fr"
    assert (room.phone, room.country, room.pin) == ("+1-555-0100", "US", "123456")


async def test_the_example_of_an_empty_body_creates_a_room(bot: LaSuite, server: SimulatedLaSuite) -> None:
    assert (await bot.create_room(wish())).vendor_id in server.rooms.by_id


async def test_the_link_to_the_next_page_is_not_followed(
    bot: LaSuite, server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    for number in range(21):
        server.rooms.add(server.accounts.people[ALICE], name=f"{number:02}")
    elsewhere = meet_at(session, server.base_url.replace("127.0.0.1", "localhost"), clock)
    assert len(await elsewhere.list_rooms()) == 21
    assert {one.headers["Host"].partition(":")[0] for one in server.sent("/rooms/")} == {"localhost"}


async def test_the_addresses_of_the_document_without_a_slash_would_be_redirected(
    server: SimulatedLaSuite, session: aiohttp.ClientSession
) -> None:
    from bot.errors import BackendError
    from bot.model import Risk

    with pytest.raises(BackendError, match="redirect, which is not followed"):
        await rest_at(session, server.base_url).request("POST", "rooms", operation="x", risk=Risk.ONCE, json={})
    assert len(server.requests) == 1
