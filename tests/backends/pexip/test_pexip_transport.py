"""What the transport sends, byte for byte, and what it makes of Tastypie's answers."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from bot.backends.pexip.paths import Api, Command, Root, Schema, configuration, status
from bot.backends.pexip.transport import AT_ONCE, PAGE
from bot.clock import MovableClock
from bot.errors import BackendError, NotFound, SignInFailed, UnknownOutcome
from bot.model import Risk
from bot.rest import Upload
from tests.fakes.pexip import CONFERENCE, NOON, listed, nothing, said, transport_at
from tests.fakes.raw_http import RawServer, Turn, answer

ROOMS = configuration("conference")
UUID = "16708360-beb2-40a2-9759-c8302a8e6b8e"
BASIC = "Basic c2xhY2tib3Q6cDN4aXAtcGFzcy1uZXZlci1zaG93bg=="


def room(number: int, name: str = "") -> dict[str, object]:
    return {"id": number, "name": name or f"VMR_{number}", "resource_uri": f"{CONFERENCE}{number}/"}


async def test_a_create_is_json_to_the_resources_root_and_answers_where_it_is(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("201 Created", Location=f"{CONFERENCE}1/")]) as server:
        made = await transport_at(session, server.url).create(ROOMS, {"name": "VMR_1", "service_type": "conference"})
    assert made.one == ROOMS.one("1")
    [sent] = server.parsed
    assert (sent.method, sent.target) == ("POST", CONFERENCE)
    assert json.loads(sent.body) == {"name": "VMR_1", "service_type": "conference"}
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["authorization"] == BASIC


@pytest.mark.parametrize(
    "turn",
    [
        nothing("201 Created", Location=f"https://manager.example.org{CONFERENCE}1/"),
        said({"resource_uri": f"{CONFERENCE}1/"}, "201 Created"),
        said({"resource_uri": f"{CONFERENCE}1/"}),
    ],
)
async def test_where_the_new_object_is_may_be_said_in_three_ways(session: aiohttp.ClientSession, turn: Turn) -> None:
    async with RawServer([turn]) as server:
        assert (await transport_at(session, server.url).create(ROOMS, {"name": "x"})).one.id == "1"


@pytest.mark.parametrize(
    "turn",
    [
        nothing("201 Created"),
        nothing("201 Created", Location=CONFERENCE),
        nothing("204 No Content", Location=f"{CONFERENCE}1/"),
        said(["a list"]),
        Turn(answer("201 Created", b'{"resource_uri": ')),
    ],
)
async def test_a_create_that_does_not_say_what_it_made_is_unknown_and_sent_once(
    session: aiohttp.ClientSession, turn: Turn
) -> None:
    async with RawServer([turn]) as server:
        with pytest.raises(UnknownOutcome):
            await transport_at(session, server.url).create(ROOMS, {"name": "x"})
    assert len(server.requests) == 1


async def test_a_licence_that_is_handled_offline_is_told_from_one_that_is_made(session: aiohttp.ClientSession) -> None:
    where = "/api/admin/configuration/v1/licence_request/0000000001/"
    async with RawServer([nothing("202 Accepted", Location=f"http://127.0.0.1:8780{where}")]) as server:
        made = await transport_at(session, server.url).create(configuration("licence"), {"entitlement_id": "x"})
    assert made.stored
    assert made.one.uri == where


async def test_a_change_names_only_its_fields(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("202 Accepted")]) as server:
        await transport_at(session, server.url).change(ROOMS.one("1"), {"pin": "1234"})
    [sent] = server.parsed
    assert (sent.method, sent.target, json.loads(sent.body)) == ("PATCH", f"{CONFERENCE}1/", {"pin": "1234"})


async def test_a_package_is_sent_as_a_part_of_a_form(session: aiohttp.ClientSession) -> None:
    theme = configuration("ivr_theme").one("1")
    async with RawServer([nothing("202 Accepted")]) as server:
        await transport_at(session, server.url).change(theme, {}, files={"package": Upload("t.zip", b"PK")})
    [sent] = server.parsed
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="package"; filename="t.zip"' in sent.body


async def test_a_deletion_of_one_object_has_its_address_and_nothing_else(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("204 No Content"), nothing("404 Not Found")]) as server:
        transport = transport_at(session, server.url)
        await transport.remove(ROOMS.one("1"))
        with pytest.raises(NotFound, match="does not know that room"):
            await transport.remove(ROOMS.one("1"), what="that room")
    assert server.targets == [f"{CONFERENCE}1/"] * 2
    assert [one.method for one in server.parsed] == ["DELETE"] * 2


async def test_what_is_gone_after_a_broken_attempt_was_deleted_by_it(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(close=True), nothing("404 Not Found")]) as server:
        await transport_at(session, server.url).remove(ROOMS.one("1"))
    assert len(server.requests) == 2


async def test_returning_a_licence_offline_is_the_one_deletion_with_a_query(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("202 Accepted")]) as server:
        licence = configuration("licence").one("1000000000")
        await transport_at(session, server.url).remove(licence, offline=True)
    assert server.targets == ["/api/admin/configuration/v1/licence/1000000000/?offline_mode=True"]


async def test_bulk_is_one_patch_of_the_collection_with_its_objects(session: aiohttp.ClientSession) -> None:
    async with RawServer([nothing("202 Accepted")]) as server:
        transport = transport_at(session, server.url)
        await transport.bulk(ROOMS, [{"name": "VMR_1"}])
        await transport.bulk(ROOMS, [], [ROOMS.one("5"), ROOMS.one("46")])
    created, deleted = server.parsed
    assert (created.method, created.target) == ("PATCH", CONFERENCE)
    assert json.loads(created.body) == {"objects": [{"name": "VMR_1"}]}
    assert json.loads(deleted.body) == {
        "objects": [],
        "deleted_objects": [f"{CONFERENCE}5/", f"{CONFERENCE}46/"],
    }


async def test_a_command_answers_its_data(session: aiohttp.ClientSession) -> None:
    answers = [said({"status": "success", "data": {"participant_id": UUID}}, "202 Accepted")]
    answers += [said({"status": "success", "data": None}), said({"status": "failure"})]
    async with RawServer(answers) as server:
        transport, lock = transport_at(session, server.url), Command("conference", "lock")
        assert await transport.command(lock, {"conference_id": UUID}, risk=Risk.ONCE) == {"participant_id": UUID}
        assert await transport.command(lock, {"conference_id": UUID}, risk=Risk.ONCE) == {}
        with pytest.raises(BackendError, match="did not carry out"):
            await transport.command(lock, {"conference_id": UUID}, risk=Risk.ONCE)
    assert server.targets == ["/api/admin/command/v1/conference/lock/"] * 3


async def test_all_objects_of_a_long_list_come_once_although_it_changes_meanwhile(
    session: aiohttp.ClientSession,
) -> None:
    pages = [
        listed(*(room(n) for n in range(1, PAGE + 1)), total=PAGE + 2),
        listed(room(PAGE), room(PAGE + 1), total=PAGE + 2, offset=PAGE),  # one moved up by an insertion
        listed(total=PAGE + 2, offset=PAGE + 2),
    ]
    async with RawServer(pages) as server:
        found = [one["id"] async for one in transport_at(session, server.url).every(ROOMS, {"order_by": "name"})]
    assert found == list(range(1, PAGE + 2))
    assert server.targets == [
        f"{CONFERENCE}?order_by=name&limit={PAGE}&offset=0",
        f"{CONFERENCE}?order_by=name&limit={PAGE}&offset={PAGE}",
    ]


async def test_a_node_with_smaller_pages_is_read_to_the_end(session: aiohttp.ClientSession) -> None:
    pages = [listed(room(n), total=3, offset=n - 1) for n in (1, 2, 3)]
    async with RawServer(pages) as server:
        found = [one["id"] async for one in transport_at(session, server.url).every(ROOMS)]
    assert found == [1, 2, 3]


async def test_a_list_that_never_ends_is_given_up(session: aiohttp.ClientSession) -> None:
    async with RawServer([listed(total=5)]) as server:
        assert [one async for one in transport_at(session, server.url).every(ROOMS)] == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [[], {}, {"meta": {}}, {"meta": {}, "objects": {}}, {"meta": [], "objects": []}, {"meta": {}, "objects": [1]}],
)
async def test_a_list_without_its_envelope_is_not_a_list(session: aiohttp.ClientSession, body: object) -> None:
    async with RawServer([said(body)]) as server:
        with pytest.raises(BackendError):
            await transport_at(session, server.url).page(ROOMS)


async def test_only_what_equals_the_value_is_found_when_the_node_ignores_the_filter(
    session: aiohttp.ClientSession,
) -> None:
    async with RawServer([listed(room(1, "VMR_1"), room(2, "vmr_1"), room(3, "Board"))]) as server:
        found = await transport_at(session, server.url).exact(ROOMS, "name", "VMR_1")
    assert [one["id"] for one in found] == [1]


async def test_an_empty_list_is_believed_only_of_somebody_who_may_look(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    async with RawServer([listed(), nothing("401 Unauthorized")]) as server:
        with pytest.raises(SignInFailed, match="does not permit"):
            await transport_at(session, server.url, clock=clock).page(ROOMS)
    assert server.targets[1] == f"{CONFERENCE}schema/"
    async with RawServer([listed(), said({"fields": {}}), listed()]) as server:
        transport = transport_at(session, server.url, clock=clock)
        assert (await transport.page(ROOMS)).objects == ()
        assert (await transport.page(ROOMS)).objects == ()
    assert len(server.requests) == 3  # the right to read is looked at once


async def test_schemas_roots_and_live_objects_have_addresses(session: aiohttp.ClientSession) -> None:
    async with RawServer([said({})]) as server:
        transport = transport_at(session, server.url)
        await transport.read(Schema(ROOMS))
        await transport.read(Root(Api.CONFIGURATION))
        await transport.read(Root(Api.COMMAND, "participant"))
        await transport.read(status("participant").one(UUID))
    assert server.targets == [
        f"{CONFERENCE}schema/",
        "/api/admin/configuration/v1/",
        "/api/admin/command/v1/participant/",
        f"/api/admin/status/v1/participant/{UUID}/",
    ]


async def test_no_more_than_five_requests_are_under_way_at_once(session: aiohttp.ClientSession) -> None:
    slow = Turn(said({"id": 1}).send, stall=0.02)
    async with RawServer([slow]) as server:
        transport = transport_at(session, server.url, limit=AT_ONCE)
        await asyncio.gather(*(transport.read(ROOMS.one(str(n))) for n in range(1, 31)))
    assert server.most_at_once == AT_ONCE
