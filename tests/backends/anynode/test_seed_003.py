"""Every operation, scope, error and example of seeds/003, byte for byte against a listening socket."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from bot.backends.anynode import READING, WRITING, Anynode
from bot.errors import BackendError, SignInFailed
from bot.model import Outcome
from bot.rest import Rest
from tests.fakes.anynode import (
    ADD_EXAMPLE,
    GET_EXAMPLE,
    PASSWORD,
    REMOVE_EXAMPLE,
    anynode,
    only_api,
    role,
    said,
)
from tests.fakes.raw_http import RawServer, Turn, answer

# Each request, scope, parameter and example of the document, by its own headings: the tests that hold it.
SEED_003 = {
    "4.1 Get Roles · GET /api/roles/get?version=0": ("get_roles_request", "every_request_names_version_and_back_end"),
    "4.1 Get Roles · Required Permissions": ("get_roles_denied_names_the_required_permissions",),
    "4.1 Get Roles · Response Body Structure": ("get_roles_takes_the_object_that_its_text_speaks_of",),
    "4.1 Get Roles · Example": ("get_roles_example", "the_levels_of_the_example_mean_what_they_say"),
    "4.2 Add Role · PUT /api/roles/add?version=0": ("add_role_request",),
    "4.2 Add Role · Required Permissions": ("add_role_denied_names_the_required_permissions",),
    "4.2 Add Role · Request Body Structure": ("add_role_request", "add_role_sends_unknown_keys_back_untouched"),
    "4.2 Add Role · Response Body Structure": ("add_role_response_is_not_trusted",),
    "4.2 Add Role · Example": ("add_role_example",),
    "4.3 Remove role · DELETE /api/roles/remove?version=0": ("remove_role_request",),
    "4.3 Remove role · Required Permissions": ("remove_role_denied_names_the_required_permissions",),
    "4.3 Remove role · Request parameters": ("remove_role_request", "remove_role_sends_the_id_as_one_parameter"),
    "4.3 Remove role · Example": ("remove_role_example_that_prints_another_role",),
    "400 for a version that is missing or invalid": ("a_refused_version_is_said_in_words",),
}


def test_every_heading_of_seed_003_has_a_test_by_name() -> None:
    held = {f"test_seed_003_{name}" for names in SEED_003.values() for name in names}
    assert held == {name for name in globals() if name.startswith("test_seed_003_")}


def target(raw: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(raw)
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


async def test_seed_003_get_roles_request(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(GET_EXAMPLE)]) as server:
        await anynode(session, server.url).roles()
        (request,) = server.parsed
    assert (request.method, request.target) == ("GET", "/api/roles/get?version=0")
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode() == f"meetops:{PASSWORD}"
    assert "cookie" not in request.headers


async def test_seed_003_every_request_names_version_and_back_end(session: aiohttp.ClientSession) -> None:
    turns = [said(GET_EXAMPLE), said(ADD_EXAMPLE), said(GET_EXAMPLE), said([]), said(GET_EXAMPLE), said([])]
    async with RawServer(turns) as server:
        rest = Rest(session, server.url, backend="sbc")
        bot = Anynode("sbc", rest, username="meetops", password=SecretStr(PASSWORD), backend_name="anynode ucma/2")
        await bot.roles()
        await bot.save_role(role(ADD_EXAMPLE))
        await bot.remove_role(role(ADD_EXAMPLE))
        await bot.role_holders(role(ADD_EXAMPLE))
        await bot.health()
        queries = [target(one)[1] for one in server.targets]
        cookies = [one.headers.get("cookie") for one in server.parsed]
    assert {(one["version"], one["backendName"]) for one in queries} == {("0", "anynode ucma/2")}
    assert set(cookies) == {None}, "the session of an answer is not kept"


async def test_seed_003_get_roles_example(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(GET_EXAMPLE)]) as server:
        found = await anynode(session, server.url).roles()
    assert [(one.id, one.display_name) for one in found] == [
        ("ADMINISTRATOR", "ADMINISTRATOR"),
        ("CALL_HISTORY_EXPORTER", "CALL_HISTORY_EXPORTER"),
    ]
    assert [dict(one.levels) for one in found] == [one["permissions"] for one in GET_EXAMPLE]


async def test_seed_003_the_levels_of_the_example_mean_what_they_say(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(GET_EXAMPLE)]) as server:
        administrator, exporter = await anynode(session, server.url).roles()
    assert [str(need) for need in exporter.permissions.held()] == ["Monitoring Mode Read", "API"]
    assert len(administrator.permissions.held()) == 9, "everything but media recording"


async def test_seed_003_get_roles_takes_the_object_that_its_text_speaks_of(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(GET_EXAMPLE[0])]) as server:
        (found,) = await anynode(session, server.url).roles()
    assert found.id == "ADMINISTRATOR"


async def test_seed_003_add_role_request(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(ADD_EXAMPLE), said([*GET_EXAMPLE, ADD_EXAMPLE])]) as server:
        await anynode(session, server.url).save_role(role(ADD_EXAMPLE))
        put = server.parsed[0]
    assert (put.method, put.target) == ("PUT", "/api/roles/add?version=0")
    assert put.headers["content-type"].startswith("application/json")
    assert list(json.loads(put.body)) == ["displayName", "permissions", "id"]
    assert json.loads(put.body) == ADD_EXAMPLE


async def test_seed_003_add_role_example(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(ADD_EXAMPLE), said([*GET_EXAMPLE, ADD_EXAMPLE])]) as server:
        done = await anynode(session, server.url).save_role(role(ADD_EXAMPLE))
        assert server.targets == ["/api/roles/add?version=0", "/api/roles/get?version=0"]
    assert done == (Outcome.CONFIRMED, role(ADD_EXAMPLE))


async def test_seed_003_add_role_response_is_not_trusted(session: aiohttp.ClientSession) -> None:
    """Whatever the answer prints, only the list tells what is there."""
    asked = role(ADD_EXAMPLE)
    async with RawServer([said(ADD_EXAMPLE), said(GET_EXAMPLE)]) as server:
        assert await anynode(session, server.url).save_role(asked) == (Outcome.ACCEPTED, None)
    async with RawServer([said(only_api("other")), said([*GET_EXAMPLE, ADD_EXAMPLE])]) as server:
        assert await anynode(session, server.url).save_role(asked) == (Outcome.CONFIRMED, asked)


async def test_seed_003_add_role_sends_unknown_keys_back_untouched(session: aiohttp.ClientSession) -> None:
    newer = only_api("new_role") | {"twoFactor": {"required": True}}
    newer["permissions"] |= {"quantumMode": "ENTANGLED_ACCESS", "limits": 7}
    async with RawServer([said([newer]), said(newer), said([newer])]) as server:
        bot = anynode(session, server.url)
        (found,) = await bot.roles()
        assert await bot.save_role(found) == (Outcome.CONFIRMED, found)
        assert json.loads(server.parsed[1].body) == newer
    assert [str(need) for need in found.permissions.held()] == ["API"], "what nobody knows means nothing here"


async def test_seed_003_remove_role_request(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(REMOVE_EXAMPLE), said(GET_EXAMPLE)]) as server:
        await anynode(session, server.url).remove_role(role(ADD_EXAMPLE))
        delete = server.parsed[0]
    assert (delete.method, delete.target) == ("DELETE", "/api/roles/remove?role=new_role&version=0")
    assert delete.body == b""


async def test_seed_003_remove_role_sends_the_id_as_one_parameter(session: aiohttp.ClientSession) -> None:
    hostile = role(only_api("a&role=ADMINISTRATOR&version=1#../get"))
    async with RawServer([said([]), said(GET_EXAMPLE)]) as server:
        await anynode(session, server.url).remove_role(hostile)
        path, query = target(server.targets[0])
    assert path == "/api/roles/remove"
    assert query == {"role": hostile.id, "version": "0"}


async def test_seed_003_remove_role_example_that_prints_another_role(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(REMOVE_EXAMPLE), said(GET_EXAMPLE)]) as server:
        assert await anynode(session, server.url).remove_role(role(ADD_EXAMPLE)) is Outcome.CONFIRMED
    async with RawServer([said(REMOVE_EXAMPLE), said([*GET_EXAMPLE, ADD_EXAMPLE])]) as server:
        with pytest.raises(BackendError, match="the role is still there"):
            await anynode(session, server.url).remove_role(role(ADD_EXAMPLE))


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_seed_003_get_roles_denied_names_the_required_permissions(
    session: aiohttp.ClientSession, status: str
) -> None:
    async with RawServer([Turn(answer(status))]) as server:
        with pytest.raises(SignInFailed, match=f"Required permissions: {READING}"):
            await anynode(session, server.url).roles()
    assert READING == "API, User Management Read Access"


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_seed_003_add_role_denied_names_the_required_permissions(
    session: aiohttp.ClientSession, status: str
) -> None:
    async with RawServer([Turn(answer(status))]) as server:
        with pytest.raises(SignInFailed, match=f"Required permissions: {WRITING}"):
            await anynode(session, server.url).save_role(role(ADD_EXAMPLE))
        assert len(server.requests) == 1
    assert WRITING == "API, User Management Read/Write Access"


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_seed_003_remove_role_denied_names_the_required_permissions(
    session: aiohttp.ClientSession, status: str
) -> None:
    async with RawServer([Turn(answer(status))]) as server:
        with pytest.raises(SignInFailed, match=f"Required permissions: {WRITING}"):
            await anynode(session, server.url).remove_role(role(ADD_EXAMPLE))
        assert len(server.requests) == 1


async def test_seed_003_a_refused_version_is_said_in_words(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("400 Bad Request"))]) as server:
        with pytest.raises(BackendError, match="check its backend_name and version"):
            await anynode(session, server.url).roles()
