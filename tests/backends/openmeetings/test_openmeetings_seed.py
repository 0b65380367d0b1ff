"""Every request and answer of seeds/001, byte for byte against a listening socket."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.errors import SignInFailed
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

CODE_OK = {"code": 1, "message": SID, "type": "SUCCESS"}
CODE_HASH = {"code": 0, "message": SECURE, "type": "SUCCESS"}
MINTED = said({"serviceResult": CODE_HASH})


def form_of(request: Request) -> dict[str, str]:
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return {key: value for key, (value,) in parse_qs(request.body.decode(), strict_parsing=True).items()}


async def minting(session: aiohttp.ClientSession, *turns: Turn, **who: object) -> list[Request]:
    """The requests of one join link for room 5."""
    async with RawServer([*turns, MINTED]) as server:
        await openmeetings(session, server.url).join_link(room(5), guest(**who))  # type: ignore[arg-type]
    return server.parsed


async def test_seed_001_login_request_by_get(session: aiohttp.ClientSession) -> None:
    _, login, _ = await minting(session, VERSION_7, LOGIN)
    assert login.method == "GET"
    assert login.target == f"/services/user/login?user=soap&pass={PASSWORD}"


async def test_seed_001_login_request_by_post_since_version_9(session: aiohttp.ClientSession) -> None:
    _, login, _ = await minting(session, VERSION_9, LOGIN)
    assert (login.method, login.target) == ("POST", "/services/user/login")
    assert form_of(login) == {"user": "soap", "pass": PASSWORD}


async def test_seed_001_login_success_gives_the_session_of_the_next_request(session: aiohttp.ClientSession) -> None:
    *_, minted = await minting(session, VERSION_7, said({"serviceResult": CODE_OK}))
    assert minted.target == f"/services/user/hash?sid={SID}"


async def test_seed_001_login_error_by_number_is_worded_in_the_persons_language(
    session: aiohttp.ClientSession,
) -> None:
    refused = said({"serviceResult": {"code": -11, "type": "ERROR"}})
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


async def test_seed_001_error_lookup_without_an_answer_falls_back_to_english(session: aiohttp.ClientSession) -> None:
    refused = result("error.bad.credentials", "ERROR")
    for nothing in (result("[Missing]"), said({}), Turn(close=True)):
        async with RawServer([VERSION_7, refused, nothing]) as server:
            with pytest.raises(SignInFailed, match="Username/email and/or password are incorrect"):
                await openmeetings(session, server.url).join_link(room(5), guest(language="fr-FR"))
        assert "/services/error/error.bad.credentials/4" in server.targets


async def test_seed_001_hash_request(session: aiohttp.ClientSession) -> None:
    *_, minted = await minting(session, VERSION_7, LOGIN, host=True, user_id="uid1")
    assert minted.method == "POST"
    form = form_of(minted)
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


async def test_seed_001_hash_request_of_the_php_and_node_clients_has_the_same_names(
    session: aiohttp.ClientSession,
) -> None:
    *_, minted = await minting(session, VERSION_7, LOGIN, email="john.doe@gmail.com", user_id="uniqueId1")
    form = form_of(minted)
    documented = {"firstname", "lastname", "externalId", "externalType", "login", "email"}
    assert set(json.loads(form["user"])) == documented
    assert {"roomId", "moderator"} < set(json.loads(form["options"]))


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
async def test_seed_001_the_address_carries_the_persons_language(
    session: aiohttp.ClientSession, language: str, number: int
) -> None:
    async with RawServer([VERSION_7, LOGIN, MINTED]) as server:
        link = await openmeetings(session, server.url).join_link(room(5), guest(language=language))
    assert parse_qs(urlsplit(link.reveal()).query)["language"] == [str(number)]
