"""Simulated Pexip answers as a running Tastypie was recorded to, traps included; people come and go through it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.play.exchange import ExchangeFeed
from bot.play.vendors.pexip import EntryRefused, SimulatedPexip
from tests.fakes.pexip import ACCOUNTS, CONFERENCE, SINK_PASSWORD, PatientClock, basic, recorded

BOT = basic()


async def ask(
    session: aiohttp.ClientSession,
    node: SimulatedPexip,
    method: str,
    target: str,
    *,
    auth: dict[str, str] | None = BOT,
    **more: Any,
) -> tuple[int, Any, aiohttp.ClientResponse]:
    url = URL(node.url + target, encoded=True)
    headers = {**(auth or {}), **more.pop("headers", {})}
    async with session.request(method, url, headers=headers, allow_redirects=False, **more) as reply:
        body = await reply.read()
        return reply.status, json.loads(body) if reply.content_type == "application/json" else body, reply


async def test_each_recorded_request_is_answered_as_the_running_server_did(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    for one in recorded():
        headers = {"Content-Type": one["content_type"]} if one["content_type"] else {}
        data = one["body"].encode() if one["body"] else None
        status, body, reply = await ask(session, node, one["method"], one["target"], data=data, headers=headers)
        assert (status, reply.headers.get("Location")) == (one["status"], one["location"]), one["name"]
        if one["answer"] is not None:
            assert body == one["answer"], one["name"]
        if one["meta"] is not None:
            assert body["meta"] == one["meta"], one["name"]
    assert len(recorded()) == 62


async def test_an_address_without_its_last_slash_is_sent_on(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    for method in ("GET", "POST", "DELETE"):
        status, _, reply = await ask(session, node, method, CONFERENCE.rstrip("/"))
        assert (status, reply.headers["Location"]) == (301, CONFERENCE)


async def test_who_is_unknown_and_who_may_not_are_told_apart_only_by_a_header(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    for auth in (None, basic("slackbot", "wrong"), basic("who")):
        status, body, reply = await ask(session, node, "GET", CONFERENCE, auth=auth)
        assert (status, body, reply.headers["WWW-Authenticate"]) == (401, b"", 'Basic Realm="Pexip"')
    nobody = basic("nobody")
    status, body, _ = await ask(session, node, "GET", CONFERENCE, auth=nobody)
    assert (status, body["objects"], body["meta"]["total_count"]) == (200, [], 0)
    for method, target in (("GET", f"{CONFERENCE}1/"), ("GET", f"{CONFERENCE}schema/"), ("POST", CONFERENCE)):
        status, body, reply = await ask(
            session, node, method, target, auth=nobody, json={"name": "x"} if method == "POST" else None
        )
        assert (status, body) == (401, b"")
        assert "WWW-Authenticate" not in reply.headers
    status, _, _ = await ask(session, node, "DELETE", CONFERENCE, auth=basic("reader"))
    assert (status, len(node.conferences())) == (204, 1)


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("POST", "/api/admin/configuration/v1/permission/", "GET"),
        ("DELETE", "/api/admin/configuration/v1/global/1/", "GET,PATCH,PUT"),
    ],
)
async def test_a_method_that_there_is_not(
    session: aiohttp.ClientSession, node: SimulatedPexip, method: str, target: str, allow: str
) -> None:
    status, body, _ = await ask(session, node, method, target)
    assert (status, body) == (405, allow.encode())


async def test_an_unknown_resource_is_a_page(session: aiohttp.ClientSession, node: SimulatedPexip) -> None:
    status, body, _ = await ask(session, node, "GET", "/api/admin/configuration/v1/vmr/")
    assert status == 404
    assert b"<h1>Not Found</h1>" in body


async def test_a_schema_names_types_choices_and_what_can_be_filtered(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    _, alias, _ = await ask(session, node, "GET", "/api/admin/configuration/v1/conference_alias/schema/?format=json")
    assert alias["fields"]["alias"] == {
        "blank": False,
        "default": None,
        "help_text": 'Unicode string data. Ex: "Hello World"',
        "nullable": False,
        "readonly": False,
        "type": "string",
        "unique": True,
    }
    assert alias["fields"]["conference"]["related_type"] == "to_one"
    assert alias["filtering"]["conference"] == 2
    assert alias["ordering"] == ["alias", "creation_time", "description", "view_order"]
    _, room, _ = await ask(session, node, "GET", f"{CONFERENCE}schema/")
    assert room["fields"]["call_type"]["valid_choices"] == ["audio", "video", "video-only"]


async def test_a_package_is_taken_from_a_form_and_must_be_a_zip(
    session: aiohttp.ClientSession, clock: PatientClock
) -> None:
    node = SimulatedPexip(clock=clock, accounts=ACCOUNTS, sink_password=SINK_PASSWORD, feed=ExchangeFeed(clock))
    await node.start()
    node.objects.create("ivr_theme", {"name": "New theme"})
    for content, expected in ((b"PK\x03\x04rest", 202), (b"hello", 400)):
        form = aiohttp.FormData()
        form.add_field("package", content, filename="t.zip")
        status, body, _ = await ask(session, node, "PATCH", "/api/admin/configuration/v1/ivr_theme/1/", data=form)
        assert status == expected
    assert body == {"ivr_theme": {"package": ["File is not a zip file"]}}
    await node.stop()


async def test_hosts_guests_and_the_door(node: SimulatedPexip) -> None:
    node.objects.create(
        "conference",
        {"name": "VMR_1", "pin": "1234", "guest_pin": "5678", "allow_guests": True, "aliases": [{"alias": "meet"}]},
    )
    for alias, pin in (("meet", "0000"), ("other", "")):
        with pytest.raises(EntryRefused):
            node.join(alias, "Eve", pin)
    assert node.meetings.running == {}
    guest = node.join("meet", "Gus", "5678")
    assert (guest.role, guest.service_type) == ("guest", "waiting_room")
    host = node.join("MEET", "Ann", "1234")
    assert (host.role, guest.service_type) == ("chair", "conference")
    node.meetings.running["VMR_1"].locked = True
    late = node.join("meet", "Lea", "5678")
    assert late.service_type == "waiting_room"
    for leg in (guest, host, late):
        assert node.leave(leg.id)
    assert not node.leave(late.id)
    assert node.meetings.running == {}


async def test_the_web_app_lets_people_in_and_out(session: aiohttp.ClientSession, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1", "pin": "1234", "aliases": [{"alias": "meet"}]})
    address = node.webapp_url.replace("{alias}", "meet")
    async with session.get(address) as reply:
        assert 'name="pin"' in await reply.text()
    async with session.post(address, data={"name": "<Ann>", "pin": "1"}) as reply:
        assert (reply.status, "Invalid PIN" in await reply.text()) == (403, True)
    async with session.post(address, data={"name": "<Ann>", "pin": "1234"}) as reply:
        shown = await reply.text()
    assert "&lt;Ann&gt;" in shown
    [leg] = node.meetings.legs()
    async with session.get(f"{node.url}/webapp/leg/{leg.id}") as reply:
        assert await reply.text() == "in"
    async with session.post(f"{node.url}/webapp/leg/{leg.id}/leave") as reply:
        assert reply.status == 200
    assert node.meetings.legs() == []
    async with session.get(node.webapp_url.replace("{alias}", "nowhere")) as reply:
        assert reply.status == 404
