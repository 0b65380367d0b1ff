"""No text that somebody types or a vendor answers ever widens an address: the worst that it does is nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.backends.pexip import Pexip
from bot.backends.pexip.paths import Api, Collection, Command, Detail, Root, configuration, status
from bot.backends.pexip.transport import Transport
from bot.errors import BackendError, BadInput, BotError, NotFound
from bot.model import Risk
from bot.play.vendors.pexip import SimulatedPexip
from tests.fakes.pexip import nothing, room, transport_at
from tests.fakes.raw_http import RawServer

HOSTILE = (
    *("", ".", "..", "./", "1/..", "1/../", "?", "?x", "1?x", "#", "1#", "%2e%2e", "1/%2e%2e", "%2E", "/", "//", " "),
    *("all", "schema", "set", "set/1;2", "1;2", "1,2", "-1", "0", "01", "１", "1\n", "\n1", "1\x00", "1 ", "+1"),
    *("1/", "1//", "99999999999", "1e3", "0x1", "..;/1", "%31", "1%", "\ufeff1", "1\u200b", "@", "http://x/1"),
)
IDS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12), st.text("0123456789./?#%e2;", max_size=8))
ONE_ROOM = re.compile(rb"/api/admin/configuration/v1/conference/[1-9][0-9]{0,9}/")


async def removing(transport: Transport, object_id: str) -> None:
    await transport.remove(configuration("conference").one(object_id))


async def changing(transport: Transport, object_id: str) -> None:
    await transport.change(configuration("conference").one(object_id), {"pin": "1234"})


async def reading(transport: Transport, object_id: str) -> None:
    await transport.read(configuration("conference").one(object_id))


async def deleting_in_bulk(transport: Transport, object_id: str) -> None:
    rooms = configuration("conference")
    await transport.bulk(rooms, [], [rooms.one(object_id)])


async def targets(act: Callable[[Transport, str], Awaitable[None]], object_id: str) -> list[bytes]:
    """The request targets that reach the network."""
    async with aiohttp.ClientSession() as session, RawServer([nothing("204 No Content")]) as server:
        with suppress(BotError):
            await act(transport_at(session, server.url), object_id)
        return [target.encode() for target in server.targets]


@settings(max_examples=60, deadline=None)
@given(object_id=IDS)
@example(object_id="1")
@pytest.mark.parametrize("act", [removing, changing, reading])
def test_an_id_reaches_the_network_as_that_one_object_or_not_at_all(
    act: Callable[[Transport, str], Awaitable[None]], object_id: str
) -> None:
    for target in asyncio.run(targets(act, object_id)):
        assert ONE_ROOM.fullmatch(target)
        assert target.rstrip(b"/").rpartition(b"/")[2] == object_id.encode()


@pytest.mark.parametrize("object_id", HOSTILE)
@pytest.mark.parametrize("act", [removing, changing, reading, deleting_in_bulk])
async def test_what_is_no_id_sends_nothing(act: Callable[[Transport, str], Awaitable[None]], object_id: str) -> None:
    assert await targets(act, object_id) == []


@given(st.text(max_size=20))
def test_a_resource_is_a_plain_name_or_no_address_at_all(name: str) -> None:
    try:
        collection = configuration(name)
    except BadInput:
        return
    assert re.fullmatch(r"/api/admin/configuration/v1/[a-z][a-z0-9_]*/", collection.uri)


@pytest.mark.parametrize("name", ["", ".", "conference/1", "conference?x", "schema", "set", "Conference", "a" * 65])
def test_names_that_are_no_resource(name: str) -> None:
    with pytest.raises(BadInput):
        configuration(name)


@pytest.mark.parametrize("scope", ["", "..", "device", "conference/"])
def test_commands_are_for_three_scopes_alone(scope: str) -> None:
    with pytest.raises(BadInput):
        Command(scope, "lock")
    with pytest.raises(BadInput):
        Root(Api.COMMAND, scope)


@pytest.mark.parametrize(
    "uri",
    [
        "/api/admin/configuration/v1/conference/13/",
        "/api/admin/configuration/v1/conference/13",
        "https://manager.example.org/api/admin/configuration/v1/conference/13/",  # as in seeds/002's theme example
    ],
)
def test_a_location_is_read_as_a_path_or_as_a_whole_address(uri: str) -> None:
    assert Detail.of(uri) == configuration("conference").one("13")
    assert Detail.of(uri).uri == "/api/admin/configuration/v1/conference/13/"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/",
        "/api/admin/configuration/v1/conference/",
        "/api/admin/configuration/v1/conference//",
        "/api/admin/configuration/v1/conference/../",
        "/api/admin/configuration/v1/conference/1/2/",
        "/api/admin/command/v1/conference/1/",
        "/elsewhere/api/admin/configuration/v1/conference/1/",
        "http://[",
    ],
)
def test_a_location_that_names_no_one_object_is_not_believed(uri: str) -> None:
    with pytest.raises(BackendError):
        Detail.of(uri)


UUID = "16708360-beb2-40a2-9759-c8302a8e6b8e"


@pytest.mark.parametrize(
    ("collection", "object_id"),
    [
        (status("conference"), UUID),
        (status("worker_vm"), "2"),
        (configuration("licence"), "1000000000"),
        (configuration("licence_request"), "0000000001"),
        (configuration("oauth2_client"), UUID),
        (configuration("system_backup"), "pexip_backup_10-44-1-2_34_0.tar.pexbak"),
    ],
)
def test_resources_with_keys_of_their_own(collection: Collection, object_id: str) -> None:
    assert collection.one(object_id).segments[-1] == object_id


@pytest.mark.parametrize("object_id", ["..", "a..b", ".hidden", "a/b", "schema"])
def test_a_file_name_as_a_key_holds_no_way_up(object_id: str) -> None:
    with pytest.raises(BadInput):
        configuration("system_backup").one(object_id)


async def test_neither_a_deletion_nor_a_change_of_a_whole_collection_can_be_sent(
    session: aiohttp.ClientSession,
) -> None:
    rooms = configuration("conference")
    async with RawServer([nothing("204 No Content")]) as server:
        transport = transport_at(session, server.url)
        for method in ("DELETE", "PATCH", "PUT", "OPTIONS"):
            for path in (rooms, Root(Api.CONFIGURATION), status("conference"), status("conference").one(UUID)):
                with pytest.raises(RuntimeError):
                    await transport._send(method, path, Risk.READ, what="that")
    assert server.requests == []


@pytest.mark.parametrize("resource", ["conference", "automatic_participant"])
async def test_a_deletion_has_no_query_whatever_is_asked(session: aiohttp.ClientSession, resource: str) -> None:
    async with RawServer([nothing("204 No Content")]) as server:
        await transport_at(session, server.url).remove(configuration(resource).one("7"), offline=True)
    assert server.targets == [f"/api/admin/configuration/v1/{resource}/7/"]


async def test_objects_of_two_resources_are_never_deleted_together(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("202 Accepted")]) as server:
        with pytest.raises(BackendError):
            await transport_at(session, server.url).bulk(
                configuration("conference"), [], [configuration("conference_alias").one("1")]
            )
    assert server.requests == []


@pytest.mark.parametrize("vendor_id", ["99", "4711"])
async def test_a_stale_id_is_not_found_and_makes_nothing(bot: Pexip, node: SimulatedPexip, vendor_id: str) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    with pytest.raises(NotFound, match="pexip does not know that room"):
        await bot.change_room(room(vendor_id), {"limit": "5"})
    with pytest.raises(NotFound):
        await bot.change_rooms([room(1), room(vendor_id, "VMR_9")], {"limit": "5"})
    assert len(node.conferences()) == 1
