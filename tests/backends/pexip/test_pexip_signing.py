"""Basic, and OAuth2 as Pexip's own command line signs in: an ES256 assertion, a token for an hour, renewed in time."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from bot.backends.pexip.paths import configuration
from bot.backends.pexip.signing import Basic, OAuth2
from bot.clock import MovableClock
from bot.errors import BackendError, BotError, ConfigurationError, NotFound, SignInFailed, Unavailable
from tests.fakes.pexip import CONFERENCE, NOON, client_key, nothing, rest_at, said, transport_at
from tests.fakes.raw_http import RawServer, Request, Turn, answer

CLIENT = "281a781d-9f4a-4ad4-9e9a-93c960d6989a"
ROOM = configuration("conference").one("1")


def token(value: str = "Qde31q7n", **more: object) -> Turn:
    return said({"access_token": value, "expires_in": 3600, "token_type": "Bearer"} | more)


def oauth(session: aiohttp.ClientSession, url: str, clock: MovableClock) -> OAuth2:
    return OAuth2(rest_at(session, url), f"{url}/", client_id=CLIENT, client_key=SecretStr(client_key()), clock=clock)


def assertion_of(request: Request) -> str:
    return parse_qs(request.body.decode())["client_assertion"][0]


async def test_names_and_passwords_outside_ascii_are_sent_as_utf_8() -> None:
    header = await Basic("jörg", SecretStr("pä:ss")).header()
    assert base64.b64decode(header.removeprefix("Basic ")) == "jörg:pä:ss".encode()


async def test_the_assertion_is_signed_for_exactly_the_address_of_the_token(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    async with RawServer([token()]) as server:
        assert await oauth(session, server.url, clock).header() == "Bearer Qde31q7n"
    [asked] = server.parsed
    assert (asked.method, asked.target) == ("POST", "/oauth/token/")
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert form["scope"] == "is_admin use_api"
    public = load_pem_private_key(client_key().encode(), None).public_key()
    claims = jwt.decode(
        form["client_assertion"],
        public,  # type: ignore[arg-type]  # an EC key
        algorithms=["ES256"],
        audience=f"{server.url}/oauth/token/",
        options={"verify_iat": False, "verify_exp": False},
    )
    assert claims["iss"] == claims["sub"] == CLIENT
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iat"] == int(NOON.timestamp())
    assert len(claims["jti"]) == 36


async def test_a_token_is_kept_until_five_minutes_before_it_ends(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    async with RawServer([token("first"), token("second")]) as server:
        sign_in = oauth(session, server.url, clock)
        assert await asyncio.gather(*(sign_in.header() for _ in range(10))) == ["Bearer first"] * 10
        clock.advance(timedelta(minutes=54))
        assert await sign_in.header() == "Bearer first"
        clock.advance(timedelta(minutes=1))
        assert await sign_in.header() == "Bearer second"
    assert assertion_of(server.parsed[0]) != assertion_of(server.parsed[1])


async def test_a_token_that_lasts_a_minute_is_used_for_half_of_it(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    async with RawServer([token("first", expires_in=60), token("second")]) as server:
        sign_in = oauth(session, server.url, clock)
        await sign_in.header()
        clock.advance(timedelta(seconds=29))
        assert await sign_in.header() == "Bearer first"
        clock.advance(timedelta(seconds=1))
        assert await sign_in.header() == "Bearer second"


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    turns = [token("old"), nothing("401 Unauthorized"), token("new"), said({"id": 1})]
    async with RawServer(turns) as server:
        transport = transport_at(session, server.url, sign_in=oauth(session, server.url, clock), clock=clock)
        assert await transport.read(ROOM) == {"id": 1}
    assert [one.headers.get("authorization") for one in server.parsed] == [None, "Bearer old", None, "Bearer new"]


async def test_a_second_refusal_is_believed(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    turns = [token("a"), nothing("401 Unauthorized"), token("b"), nothing("401 Unauthorized"), said({"id": 1})]
    async with RawServer(turns) as server:
        transport = transport_at(session, server.url, sign_in=oauth(session, server.url, clock), clock=clock)
        with pytest.raises(SignInFailed, match="its role there does not permit it"):
            await transport.read(ROOM)
    assert len(server.requests) == 4


async def test_many_calls_refused_together_fetch_one_new_token(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    async with RawServer([token("old"), *[nothing("401 Unauthorized")] * 4, token("new"), said({"id": 1})]) as server:
        sign_in = oauth(session, server.url, clock)
        transport = transport_at(session, server.url, sign_in=sign_in, clock=clock)
        await sign_in.header()
        await asyncio.gather(*(transport.read(ROOM) for _ in range(4)))
    assert server.targets.count("/oauth/token/") == 2


async def test_a_refused_password_is_not_tried_again(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("401 Unauthorized")]) as server:
        with pytest.raises(SignInFailed):
            await transport_at(session, server.url).read(ROOM)
    assert server.targets == [f"{CONFERENCE}1/"]


async def test_a_refused_client_is_told_with_the_nodes_reason_and_without_the_assertion(
    session: aiohttp.ClientSession,
) -> None:
    refused = {"error": "invalid_client", "error_description": "Audience doesn't match"}
    async with RawServer([said(refused, "401 Unauthorized")]) as server:
        with pytest.raises(SignInFailed, match=r"\(Audience doesn't match\).*client_id, client_key and base_url") as no:
            await oauth(session, server.url, MovableClock(NOON)).header()
        assert assertion_of(server.parsed[0]) not in str(no.value)


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (said({"token_type": "Bearer"}), BackendError),
        (said(["x"]), BackendError),
        (token("two words"), BackendError),
        (token("lïne"), BackendError),
        (token(expires_in="soon"), BackendError),
        (Turn(answer("200 OK", b"<html></html>")), BackendError),
        (nothing("404 Not Found"), NotFound),
        (nothing("500 Internal Server Error"), Unavailable),
    ],
)
async def test_a_sign_in_without_a_token_is_a_failure_in_words(
    session: aiohttp.ClientSession, turn: Turn, kind: type[BotError]
) -> None:
    async with RawServer([turn]) as server:
        with pytest.raises(kind):
            await oauth(session, server.url, MovableClock(NOON)).header()


@pytest.mark.parametrize("pem", ["", "nonsense", client_key().replace("PRIVATE", "PUBLIC")])
async def test_a_key_that_cannot_sign_ends_the_start_and_is_not_shown(session: aiohttp.ClientSession, pem: str) -> None:
    with pytest.raises(ConfigurationError, match="client_key") as caught:
        OAuth2(
            rest_at(session, "http://127.0.0.1:1"),
            "http://127.0.0.1:1",
            client_id=CLIENT,
            client_key=SecretStr(pem),
            clock=MovableClock(NOON),
        )
    assert not pem or json.dumps(pem)[1:30] not in str(caught.value)
