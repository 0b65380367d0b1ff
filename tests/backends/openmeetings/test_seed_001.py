"""Every request and answer of seeds/001, byte for byte against a listening socket."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import BackendError, SignInFailed
from tests.fakes.openmeetings import (
    LOGIN,
    NOON,
    PASSWORD,
    SECURE,
    SID,
    VERSION_7,
    VERSION_9,
    guest,
    openmeetings,
    result,
    room,
    said,
)
from tests.fakes.raw_http import RawServer, Request, Turn

# Each request, answer and address of the document, by its own headings: the tests that hold it. (`?wsdl`, `?_wadl` and
# `services/services` list the services for readers; nothing calls them.)
SEED_001 = {
    "PHP and Composer · 1. Login to service": ("php_login", "php_login_that_is_not_success"),
    "PHP and Composer · 2. Generate Hash (ExternalUserDTO, RoomOptionsDTO)": ("php_and_node_get_room_hash",),
    "PHP and Composer · 3. Construct Login URL": ("hash_answer_becomes_the_address_of_the_room",),
    "Node.js · 1. Login to service": ("login_request_by_post_since_version_9",),
    "Node.js · 2. Generate Hash": ("php_and_node_get_room_hash", "only_a_host_is_moderator"),
    "Node.js · 3. Construct Login URL": ("hash_answer_becomes_the_address_of_the_room",),
    "jQuery · login, request": ("login_request_by_get", "login_request_by_post_since_version_9"),
    "jQuery · login, error response": (
        "login_error_by_number",
        "login_error_of_today_needs_no_lookup_in_english",
    ),
    "jQuery · services/error/ERROR_ID/LANGUAGE_ID": (
        "login_error_by_number_is_worded_in_the_persons_language",
        "error_lookup_in_each_language",
        "error_lookup_without_an_answer_falls_back_to_english",
    ),
    "jQuery · login, successful response": ("login_success_gives_the_session_of_the_next_request",),
    "jQuery · hash, request": ("hash_request", "hash_request_has_a_session_of_its_own"),
    "jQuery · hash, successful response": ("hash_answer_becomes_the_address_of_the_room",),
    "jQuery · hash?secure=…&language=1": (
        "hash_answer_becomes_the_address_of_the_room",
        "address_carries_the_persons_language",
    ),
}
CODE_OK = {"code": 1, "message": SID, "type": "SUCCESS"}
CODE_ERROR = {"code": -11, "type": "ERROR"}
CODE_HASH = {"code": 0, "message": SECURE, "type": "SUCCESS"}
MINTED = said({"serviceResult": CODE_HASH})


def test_every_request_and_answer_of_seed_001_has_a_test_by_name() -> None:
    held = {f"test_seed_001_{name}" for names in SEED_001.values() for name in names}
    assert held == {name for name in globals() if name.startswith("test_seed_001_")}


def form_of(request: Request) -> dict[str, str]:
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return {key: value for key, (value,) in parse_qs(request.body.decode(), strict_parsing=True).items()}


async def minting(session: aiohttp.ClientSession, *turns: Turn, **who: object) -> list[Request]:
    """The requests of one join link for room 5."""
    async with RawServer([*turns, MINTED]) as server:
        await openmeetings(session, server.url).join_link(room(5), guest(**who))  # type: ignore[arg-type]
    return server.parsed


# --- login ----------------------------------------------------------------------------------------------------------


async def test_seed_001_login_request_by_get(session: aiohttp.ClientSession) -> None:
    _, login, _ = await minting(session, VERSION_7, LOGIN)
    assert (login.method, login.body) == ("GET", b"")
    assert login.target == f"/services/user/login?user=soap&pass={PASSWORD}"


async def test_seed_001_login_request_by_post_since_version_9(session: aiohttp.ClientSession) -> None:
    _, login, _ = await minting(session, VERSION_9, LOGIN)
    assert (login.method, login.target) == ("POST", "/services/user/login")
    assert form_of(login) == {"user": "soap", "pass": PASSWORD}


async def test_seed_001_php_login(session: aiohttp.ClientSession) -> None:
    """Its password has characters that mean something in an address."""
    async with RawServer([VERSION_7, LOGIN, MINTED]) as server:
        back_end = openmeetings(session, server.url, username="soapuser", password=SecretStr("!HansHans1&x=#"))
        await back_end.join_link(room(2), guest())
    assert server.targets[1] == "/services/user/login?user=soapuser&pass=%21HansHans1%26x%3D%23"


@pytest.mark.parametrize(
    "odd",
    [
        {"message": SID},
        {"message": SID, "type": "WARNING"},
        {"message": SID, "type": "ERROR"},
        {"type": "SUCCESS"},
        {"message": None, "type": "SUCCESS"},
        {"message": {"sid": SID}, "type": "SUCCESS"},
        {"message": "../../x", "type": "SUCCESS"},
        [],
        None,
    ],
    ids=str,
)
async def test_seed_001_php_login_that_is_not_success(session: aiohttp.ClientSession, odd: object) -> None:
    async with RawServer([VERSION_7, said({"serviceResult": odd}), MINTED]) as server:
        with pytest.raises(BackendError) as caught:
            await openmeetings(session, server.url).join_link(room(5), guest())
    assert len(server.requests) == 2
    assert SID not in str(caught.value)


async def test_seed_001_login_success_gives_the_session_of_the_next_request(session: aiohttp.ClientSession) -> None:
    *_, minted = await minting(session, VERSION_7, said({"serviceResult": CODE_OK}))
    assert minted.target == f"/services/user/hash?sid={SID}"


# --- errors ---------------------------------------------------------------------------------------------------------


async def test_seed_001_login_error_by_number(session: aiohttp.ClientSession) -> None:
    refused, words = said({"serviceResult": CODE_ERROR}), result("Invalid password")
    async with RawServer([VERSION_7, refused, words]) as server:
        with pytest.raises(SignInFailed, match="Invalid password"):
            await openmeetings(session, server.url).join_link(room(5), guest())
    assert server.targets[-1] == "/services/error/-11/1"


async def test_seed_001_login_error_by_number_is_worded_in_the_persons_language(
    session: aiohttp.ClientSession,
) -> None:
    refused = said({"serviceResult": CODE_ERROR})
    async with RawServer([VERSION_7, refused, result("Нет такого пользователя")]) as server:
        with pytest.raises(SignInFailed, match="Нет такого пользователя"):
            await openmeetings(session, server.url).join_link(room(5), guest(language="ru"))
    assert server.parsed[-1].method == "GET"
    assert server.targets[-1] == "/services/error/-11/9"


async def test_seed_001_login_error_of_today_needs_no_lookup_in_english(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_7, result("error.bad.credentials", "ERROR")]) as server:
        with pytest.raises(SignInFailed, match="Username/email and/or password are incorrect"):
            await openmeetings(session, server.url).join_link(room(5), guest())
    assert len(server.requests) == 2


@pytest.mark.parametrize(("language", "number"), [("fr", 4), ("fr-FR", 4), ("pt-BR", 7), ("de_AT", 2)])
async def test_seed_001_error_lookup_in_each_language(
    session: aiohttp.ClientSession, language: str, number: int
) -> None:
    refused = result("error.nogroup", "ERROR")
    async with RawServer([VERSION_9, refused, result("…")]) as server:
        with pytest.raises(SignInFailed, match="…"):
            await openmeetings(session, server.url).join_link(room(5), guest(language=language))
    assert server.targets[-1] == f"/services/error/error.nogroup/{number}"


async def test_seed_001_error_lookup_without_an_answer_falls_back_to_english(session: aiohttp.ClientSession) -> None:
    refused = result("error.bad.credentials", "ERROR")
    for nothing in (result("[Missing]"), said({}), Turn(close=True)):
        async with RawServer([VERSION_7, refused, nothing]) as server:
            with pytest.raises(SignInFailed, match="Username/email and/or password are incorrect"):
                await openmeetings(session, server.url).join_link(room(5), guest(language="fr-FR"))
        assert "/services/error/error.bad.credentials/4" in server.targets


# --- hash -----------------------------------------------------------------------------------------------------------


async def test_seed_001_hash_request(session: aiohttp.ClientSession) -> None:
    *_, minted = await minting(session, VERSION_7, LOGIN, host=True, user_id="uid1")
    assert minted.method == "POST"
    form = form_of(minted)
    assert form.keys() == {"user", "options"}
    assert json.loads(form["user"]) == {
        "firstname": "John",
        "lastname": "Doe",
        "externalId": "uid1",
        "externalType": "slack",
        "login": "slack-uid1",
    }
    options = json.loads(form["options"])
    # Beyond the document: the link is for one entry, else whoever has it comes in under this name for ever.
    assert options.pop("allowSameURLMultipleTimes") is False
    assert options == {"roomId": 5, "moderator": True, "showAudioVideoTest": True}


async def test_seed_001_hash_request_has_a_session_of_its_own(session: aiohttp.ClientSession) -> None:
    other = "11111111-d68d-458a-8840-5b18d15a50b0"
    async with RawServer([VERSION_7, LOGIN, MINTED, result(other), MINTED]) as server:
        back_end = openmeetings(session, server.url)
        for _ in range(2):
            await back_end.join_link(room(5), guest())
    assert [target for target in server.targets if "hash" in target] == [
        f"/services/user/hash?sid={SID}",
        f"/services/user/hash?sid={other}",
    ]


async def test_seed_001_php_and_node_get_room_hash(session: aiohttp.ClientSession) -> None:
    john = guest(email="john.doe@gmail.com", user_id="uniqueId1", host=True)
    async with RawServer([VERSION_7, LOGIN, MINTED]) as server:
        await openmeetings(session, server.url, external_type="myCMS").join_link(room(1), john)
    form = form_of(server.parsed[-1])
    assert json.loads(form["user"]) == {
        "firstname": "John",
        "lastname": "Doe",
        "externalId": "uniqueId1",
        "externalType": "myCMS",
        "login": "myCMS-uniqueId1",
        "email": "john.doe@gmail.com",
    }
    options = json.loads(form["options"])
    assert (options["roomId"], options["moderator"]) == (1, True)


async def test_seed_001_only_a_host_is_moderator(session: aiohttp.ClientSession) -> None:
    *_, minted = await minting(session, VERSION_7, LOGIN)
    assert json.loads(form_of(minted)["options"])["moderator"] is False


async def test_seed_001_hash_answer_becomes_the_address_of_the_room(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_7, LOGIN, MINTED]) as server:
        back_end = openmeetings(session, server.url, base_url="https://localhost:5443/openmeetings")
        link = await back_end.join_link(room(5), guest())
    assert link.reveal() == f"https://localhost:5443/openmeetings/hash?secure={SECURE}&language=1"
    assert link.personal
    assert link.single_use
    assert link.expires_at == NOON + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("language", "number"),
    [("en", 1), ("de-AT", 2), ("fr-FR", 4), ("pt-BR", 7), ("pt_PT", 6), ("zh-TW", 12), ("zh-CN", 11), ("tlh", 1)],
)
async def test_seed_001_address_carries_the_persons_language(
    session: aiohttp.ClientSession, language: str, number: int
) -> None:
    async with RawServer([VERSION_7, LOGIN, MINTED]) as server:
        link = await openmeetings(session, server.url).join_link(room(5), guest(language=language))
    assert parse_qs(urlsplit(link.reveal()).query)["language"] == [str(number)]
