"""The node made of the real Tastypie speaks as a management node does: as recorded, and as seeds/002 has it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import aiohttp
import pytest

from tests.fakes.pexip import recorded
from tests.fakes.pexip_exchange import CONFIGURATION, Asked, Said, ask
from tests.fakes.pexip_requests import FORM, LONDON, ROOMS, THEMES, delete, get, patch, post
from tests.fakes.tastypie_server import PER_MINUTE, TastypieServer

NODES, LICENCES = f"{CONFIGURATION}/worker_vm/", f"{CONFIGURATION}/licence"
REQUESTS, KEYS = f"{CONFIGURATION}/licence_request", f"{CONFIGURATION}/ssh_authorized_key/"
NODE = {
    "name": "new_node",
    "hostname": "newnode",
    "domain": "example.test",
    "address": "10.0.0.20",
    "netmask": "255.255.255.0",
    "gateway": "10.0.0.1",
    "password": "n0de-pass",
    "node_type": "PROXYING",
    "system_location": LONDON,
    "deployment_type": "MANUAL-ESXI6_7",
    "vm_cpu_count": "8",
    "vm_system_memory": "16384",
}


@pytest.fixture
def say(session: aiohttp.ClientSession, tastypie: TastypieServer) -> Any:
    async def one(asked: Asked) -> Said:
        return await ask(session, tastypie.url, asked)

    return one


async def test_it_answers_each_recorded_request_as_the_recorded_server_did(say: Any) -> None:
    for one in recorded():
        body = (one["body"] or "").encode() or None
        said = await say(Asked(one["method"], one["target"], body, content_type=one["content_type"]))
        assert (said.status, said.headers.get("Location")) == (one["status"], one["location"]), one["name"]
        assert one["answer"] in (None, said.body), one["name"]
        assert one["meta"] is None or said.body["meta"] == one["meta"], one["name"]


async def test_a_fresh_node_has_two_locations_and_counts_its_ids_from_one(say: Any, tastypie: TastypieServer) -> None:
    for _ in range(2):
        assert (await say(post(ROOMS, {"name": "VMR_1"}))).headers == {"Location": f"{ROOMS}1/"}
        tastypie.fresh()
        assert (await say(get(ROOMS))).body["meta"]["total_count"] == 0
    locations = (await say(get(f"{CONFIGURATION}/system_location/"))).body["objects"]
    assert [one["name"] for one in locations] == ["London", "Oslo"]


async def test_the_thousand_and_first_request_within_a_minute_is_turned_away(
    say: Any, tastypie: TastypieServer
) -> None:
    tastypie.limit(3)
    answers = [await say(get(ROOMS)) for _ in range(4)]
    assert [one.status for one in answers] == [200, 200, 200, 429]
    assert answers[-1].body == ""
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert (await say(get(ROOMS, "reader"))).status == 200  # each account has its own thousand
    assert PER_MINUTE == 1000


async def test_signed_out_and_not_permitted_are_both_401_and_a_forbidden_list_is_empty(say: Any) -> None:
    await say(post(ROOMS, {"name": "VMR_1"}))
    for who in (None, "stranger"):
        signed_out = await say(get(ROOMS, who))
        assert signed_out == Said(401, {"WWW-Authenticate": 'Basic Realm="Pexip"'}, "")
    assert await say(get(f"{ROOMS}1/", "nobody")) == Said(401, {}, "")
    assert await say(post(ROOMS, {"name": "x"}, "reader")) == Said(401, {}, "")
    assert (await say(get(ROOMS, "nobody"))).body["objects"] == []
    assert (await say(delete(ROOMS, "reader"))).status == 204
    assert (await say(get(ROOMS))).body["meta"]["total_count"] == 1


async def test_a_schema_names_types_choices_relations_and_what_can_be_asked_for(say: Any) -> None:
    alias = (await say(get(f"{CONFIGURATION}/conference_alias/schema/?format=json"))).body
    fields = alias["fields"]
    assert fields["alias"] == {
        "blank": False,
        "default": None,
        "help_text": 'Unicode string data. Ex: "Hello World"',
        "nullable": False,
        "readonly": False,
        "type": "string",
        "unique": True,
    }
    assert (fields["conference"]["related_type"], fields["conference"]["nullable"]) == ("to_one", False)
    assert (fields["description"]["blank"], fields["description"]["default"]) == (True, "")
    assert alias["filtering"] == dict.fromkeys(("alias", "creation_time", "description", "id", "view_order"), 1) | {
        "conference": 2
    }
    assert sorted(alias["ordering"]) == ["alias", "creation_time", "description", "view_order"]
    room = (await say(get(f"{ROOMS}schema/"))).body["fields"]
    assert room["call_type"]["valid_choices"] == ["audio", "video", "video-only"]
    assert room["aliases"]["related_type"] == "to_many"


async def test_a_theme_takes_a_zip_from_a_form(say: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("conf-test_call_48kHz_mono.wav", b"RIFF")
    head = b'--b\r\nContent-Disposition: form-data; name="package"; filename="test_theme.zip"\r\n\r\n'
    assert (await say(post(THEMES, {"name": "New theme"}))).headers == {"Location": f"{THEMES}1/"}
    sent = head + packed.getvalue() + b"\r\n--b--\r\n"
    assert (await say(patch(f"{THEMES}1/", sent, content_type=FORM))).status == 202
    assert (await say(get(f"{THEMES}1/"))).body["package"] == "test_theme.zip"
    refused = await say(patch(f"{THEMES}1/", head + b"hello\r\n--b--\r\n", content_type=FORM))
    assert (refused.status, refused.body) == (400, {"ivr_theme": {"package": ["File is not a zip file"]}})


async def test_the_answer_to_a_new_node_is_its_image_or_its_document(
    session: aiohttp.ClientSession, tastypie: TastypieServer, say: Any
) -> None:
    made = await say(post(NODES, NODE))
    assert (made.status, made.headers, made.body[1:10]) == (201, {"Location": f"{NODES}1/"}, "appliance")
    provisioned = {**NODE, "name": "n2", "address": "10.0.0.21", "deployment_type": "MANUAL-PROVISION-ONLY"}
    assert (await say(post(NODES, provisioned))).body.startswith("<?xml")
    refused = await say(post(NODES, NODE))
    taken = {
        "address": ["Worker vm with this Address already exists."],
        "name": ["Worker vm with this Name already exists."],
    }
    assert (refused.status, refused.body) == (400, {"worker_vm": taken})


async def test_licences_are_added_and_returned_at_once_or_by_a_stored_request(say: Any) -> None:
    added = await say(post(f"{LICENCES}/", {"entitlement_id": "0123-4567-89AB-CDEF"}))
    assert (added.status, added.headers["Location"]) == (201, f"{LICENCES}/1000000000/")
    wrong = await say(post(f"{LICENCES}/", {"entitlement_id": "nope"}))
    assert wrong.body == {"licence": {"entitlement_id": ["Invalid license entitlement key"]}}
    stored = await say(post(f"{LICENCES}/", {"entitlement_id": "SrF1FPcyRjitSHOhtU_XGQ==", "offline_mode": True}))
    assert (stored.status, stored.headers["Location"]) == (202, f"{REQUESTS}/0000000001/")
    exported = await say(get(f"{REQUESTS}/0000000001/export"))
    assert "activate" in exported.body["actions"]
    form = (
        b'--b\r\nContent-Disposition: form-data; name="response_xml"; filename="r.xml"\r\n\r\n<Response/>\r\n--b--\r\n'
    )
    assert (await say(post(f"{REQUESTS}/0000000001", form, content_type=FORM))).status == 202
    assert (await say(get(f"{REQUESTS}/0000000001/"))).body["response_xml"] == "<Response/>"
    returned = await say(delete(f"{LICENCES}/1000000000?offline_mode=True"))
    assert (returned.status, returned.headers["Location"]) == (202, f"{REQUESTS}/0000000002/")
    assert [(await say(delete(f"{LICENCES}/1000000000"))).status for _ in range(2)] == [204, 404]


async def test_an_ssh_key_is_taken_as_a_whole_line(say: Any) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFake me@laptop\n"
    assert (await say(post(KEYS, {"key": key}))).headers == {"Location": f"{KEYS}1/"}
    kept = (await say(get(f"{KEYS}1/"))).body
    assert (kept["keytype"], kept["comment"]) == ("ssh-ed25519", "me@laptop")
    refused = await say(post(KEYS, {"key": "hello"}))
    assert refused.body == {"ssh_authorized_key": {"key": ["Enter a valid SSH public key."]}}


async def test_a_method_that_there_is_not_is_405_with_those_that_there_are(say: Any) -> None:
    assert await say(post(f"{CONFIGURATION}/permission/", {"name": "x"})) == Said(405, {"Allow": "GET"}, "GET")
    assert (await say(delete(f"{CONFIGURATION}/global/1/"))).headers == {"Allow": "GET,PATCH,PUT"}
