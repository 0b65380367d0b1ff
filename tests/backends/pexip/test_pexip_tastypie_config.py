"""`config` against a management node made of the real django-tastypie: schemas, any resource, the frequent tasks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.signing import Basic
from bot.backends.pexip.transport import Transport
from bot.errors import BadInput, NotFound, SignInFailed
from tests.fakes.config_lines import Shelf, done, lines, says, sheet
from tests.fakes.pexip import PASSWORD, pexip_at, transport_at, wish
from tests.fakes.tastypie_server import TastypieServer

NODE = (
    "name=edge1 hostname=edge1 domain=example.org address=10.0.0.5 netmask=255.255.255.0 gateway=10.0.0.1 "
    "password=n0de-pass-never-shown type=PROXYING location=London cpu=8 memory=16384"
)


@pytest.fixture
def real(session: aiohttp.ClientSession, tastypie: TastypieServer, tmp_path: Path) -> Pexip:
    """The back end, signed in as the bot, with a folder for images."""
    return pexip_at(session, tastypie.url, download_folder=tmp_path)


@pytest.fixture
def transport(session: aiohttp.ClientSession, tastypie: TastypieServer) -> Transport:
    return transport_at(session, tastypie.url)


def kept(folder: Path) -> list[Path]:
    """Whatever is in the folder, hidden files too."""
    return sorted(folder.iterdir())


async def objects(transport: Transport, resource: str) -> list[dict[str, object]]:
    return [one async for one in transport.every(configuration(resource))]


async def test_a_schema_shows_types_choices_defaults_and_what_is_needed(real: Pexip) -> None:
    rule = {one.partition(" ")[0]: one for one in await lines(real, "gateway_routing_rule schema")}
    assert {name for name, line in rule.items() if "needed" in line} == {"match_string", "name", "priority"}
    assert "one of sip, h323" in rule["outgoing_protocol"] or "one of h323, mssip, sip" in rule["outgoing_protocol"]
    assert "default sip" in rule["outgoing_protocol"]
    room = {one.partition(" ")[0]: one for one in await lines(real, "conference schema")}
    assert {name for name, line in room.items() if "needed" in line} == {"name"}
    assert "never shown" in room["pin"]


async def test_what_the_schema_does_not_know_is_never_sent(real: Pexip, transport: Transport) -> None:
    """Tastypie would take an unknown field without a word, and drop it."""
    wrong = {
        "dns_server add address=10.0.0.1 colour=red": "colour",
        "conference add name=x call_type=hologram": "call_type",
        "conference add name=x participant_limit=many": "participant_limit",
        "conference add name=x nmae=y": "name",
        "automatic_participant add conference=nowhere alias=x": "nowhere",
        "conference add service_type=lecture": "name",
        "conference list nmae=x": "nmae",
    }
    for line, word in wrong.items():
        with pytest.raises((BadInput, NotFound), match=word):
            await (lines(real, line) if " list " in line else says(real, line))
    for resource in ("conference", "dns_server", "automatic_participant"):
        assert await objects(transport, resource) == []


async def test_any_resource_is_added_to_shown_changed_and_deleted_by_name_or_id(real: Pexip) -> None:
    assert (await done(real, 'dns_server add address=10.0.0.1 description="The first"')).words == "Added dns_server 1."
    await done(real, "dns_server add address=10.0.0.2")
    changed = await done(real, "dns_server set 10.0.0.1 2 description=Ours")
    assert (changed.outcome, changed.words) == ("confirmed", "Changed dns_server 1, dns_server 2: description.")
    assert "description Ours" in await lines(real, "dns_server get 10.0.0.2")
    assert (await done(real, "dns_server delete 1")).outcome == "done"
    assert len(await lines(real, "dns_server list")) == 1
    with pytest.raises(BadInput, match="Dns server with this Address already exists"):
        await done(real, "dns_server add address=10.0.0.2")
    with pytest.raises(NotFound):
        await says(real, "dns_server delete 1")


async def test_an_object_of_another_resource_is_named_in_words(real: Pexip, transport: Transport) -> None:
    await real.create_room(wish("Board"))
    await done(real, "conference set Board system_location=Oslo pin=4321")
    [room] = await objects(transport, "conference")
    assert room["system_location"] == "/api/admin/configuration/v1/system_location/2/"
    shown = await lines(real, "conference get board")
    assert "system_location system_location 2" in shown
    assert not any("4321" in line for line in shown)
    await done(real, "conference set Board system_location=none")
    assert (await objects(transport, "conference"))[0]["system_location"] is None


async def test_more_than_250_objects_are_paged_and_filtered(real: Pexip, transport: Transport) -> None:
    servers = configuration("dns_server")
    for third in range(3):
        await transport.bulk(servers, [{"address": f"10.0.{third}.{number}"} for number in range(90)])
    first = await sheet(real, "dns_server list limit=50")
    assert (first.title, len(first.lines)) == ("dns_server: 1–50 of 270", 50)
    assert first.next_page == {"limit": "50", "page": "2"}
    last = await sheet(real, "dns_server list limit=50 page=6")
    assert (last.title, len(last.lines), last.next_page) == ("dns_server: 251–270 of 270", 20, None)
    filtered = await sheet(real, "dns_server list address__startswith=10.0.2. order=-address")
    assert filtered.title.endswith("of 90")
    assert (await sheet(real, "dns_server list 10.0.1.7")).title == "dns_server: 1–11 of 11"


async def test_standing_participants_are_attached_and_detached_without_losing_a_room(
    real: Pexip, transport: Transport
) -> None:
    for name in ("A", "B", "C"):
        await real.create_room(wish(name))

    async def rooms() -> list[str]:
        [one] = await objects(transport, "automatic_participant")
        uris = one["conference"]
        assert isinstance(uris, list)
        return [uri.rstrip("/")[-1] for uri in uris]

    await done(real, 'standing add alias=desk@example.org name="Front desk" protocol=sip role=guest rooms=A')
    assert await rooms() == ["1"]
    assert (await done(real, "standing attach desk@example.org rooms=B,C")).outcome == "confirmed"
    assert await rooms() == ["1", "2", "3"]
    assert (await done(real, "standing detach 1 rooms=A")).outcome == "confirmed"
    assert await rooms() == ["2", "3"]
    assert "called by B, C" in (await lines(real, "standing list"))[0]
    assert (await done(real, "standing detach 1 rooms=all")).outcome == "confirmed"
    assert await rooms() == []
    await done(real, "standing delete desk@example.org")
    assert await objects(transport, "automatic_participant") == []


async def test_a_call_routing_rule_is_tried_added_switched_and_deleted(real: Pexip, transport: Transport) -> None:
    teams = (
        r'routing add name="Route to Teams" priority=50 match="(\d{9,12})(@example\.com)?" replace=\1 '
        "device=teams_conference protocol=teams sample=123456789@example.com"
    )
    assert "123456789@example.com → 123456789" in await says(real, teams)
    assert await objects(transport, "gateway_routing_rule") == []
    await done(real, teams)
    [rule] = await objects(transport, "gateway_routing_rule")
    assert (rule["match_string"], rule["replace_string"]) == (r"(\d{9,12})(@example\.com)?", r"\1")
    assert (rule["called_device_type"], rule["outgoing_protocol"]) == ("teams_conference", "teams")
    assert (await done(real, 'routing disable "Route to Teams"')).outcome == "confirmed"
    assert (await objects(transport, "gateway_routing_rule"))[0]["enable"] is False
    assert (await done(real, "routing enable 1")).outcome == "confirmed"
    with pytest.raises(BadInput, match="less than or equal to 200"):
        await done(real, teams.replace("priority=50", "priority=900").replace("Route to Teams", "Late"))
    await done(real, "routing delete 1")
    assert await objects(transport, "gateway_routing_rule") == []


async def test_a_theme_is_uploaded_as_a_zip_and_given_to_rooms(real: Pexip, transport: Transport) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("conf-test_call_48kHz_mono.wav", b"RIFF")
    shelf = Shelf({"F0THEME1": ("test_theme.zip", packed.getvalue()), "F0THEME2": ("no.zip", b"hello")})
    await real.create_rooms([wish("A"), wish("B")])
    await done(real, 'themes add name="New theme" file=F0THEME1', shelf)
    [theme] = await objects(transport, "ivr_theme")
    assert (theme["name"], theme["package"]) == ("New theme", "test_theme.zip")
    with pytest.raises(BadInput, match="not a zip"):
        await done(real, "themes add name=Other file=F0THEME2", shelf)
    assert len(await objects(transport, "ivr_theme")) == 1
    assert (await done(real, 'themes apply "New theme" rooms=A,B')).outcome == "confirmed"
    assert [one["ivr_theme"] for one in await objects(transport, "conference")] == [theme["resource_uri"]] * 2


async def test_a_nodes_image_goes_to_the_folder_and_a_refusal_does_not(real: Pexip, tmp_path: Path) -> None:
    made = await done(real, f"nodes add {NODE} deployment=MANUAL-ESXI6_7")
    assert "never-shown" not in str(made)
    [image] = kept(tmp_path)
    assert image.name == "edge1.ova"
    assert image.read_bytes().startswith(b"\x00appliance")
    assert image.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="Address already exists") as caught:
        await done(real, f"nodes add {NODE.replace('edge1', 'edge2')} deployment=MANUAL-KVM")
    assert "never-shown" not in str(caught.value)
    provisioned = NODE.replace("edge1", "edge2").replace("10.0.0.5", "10.0.0.6")
    await done(real, f"nodes add {provisioned} deployment=MANUAL-PROVISION-ONLY")
    assert [path.name for path in kept(tmp_path)] == ["edge1.ova", "edge2.xml"]
    assert len(await lines(real, "nodes list")) == 2


async def test_licences_are_added_and_returned_at_once_and_by_files(real: Pexip, transport: Transport) -> None:
    await done(real, "licences add key=0123-4567-89AB-CDEF")
    [licence] = await objects(transport, "licence")
    assert licence["resource_uri"] == "/api/admin/configuration/v1/licence/1000000000/"
    stored = await done(real, "licences add key=SrF1FPcyRjitSHOhtU_XGQ== offline=yes")
    assert (stored.outcome, "request 0000000001" in stored.words) == ("accepted", True)
    assert "activate" in "".join(await lines(real, "licences export 0000000001"))
    await done(real, "licences upload 0000000001 file=F0THEME1", Shelf({"F0THEME1": ("response.xml", b"<Response/>")}))
    [request] = await objects(transport, "licence_request")
    assert (request["status"], request["response_xml"]) == ("Processed", "<Response/>")
    returned = await done(real, "licences return 1000000000 offline=yes")
    assert "request 0000000002" in returned.words
    assert (await done(real, "licences return 1000000000")).outcome == "done"
    assert await objects(transport, "licence") == []


async def test_an_ssh_key_is_let_in_once_and_removed(real: Pexip, transport: Transport) -> None:
    line = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert (await done(real, f'sshkeys add key="{line} me@laptop"')).outcome == "done"
    [key] = await objects(transport, "ssh_authorized_key")
    assert (key["keytype"], key["comment"]) == ("ssh-ed25519", "me@laptop")
    assert (await done(real, f'sshkeys add key="{line} again"')).outcome == "already so"
    await done(real, "sshkeys delete 1")
    assert await objects(transport, "ssh_authorized_key") == []


async def test_what_the_account_may_not_do_is_a_refusal_not_an_empty_answer(
    session: aiohttp.ClientSession, tastypie: TastypieServer, real: Pexip
) -> None:
    await done(real, "dns_server add address=10.0.0.1")
    reader, nobody = (
        pexip_at(session, tastypie.url, sign_in=Basic(name, SecretStr(PASSWORD))) for name in ("reader", "nobody")
    )
    assert len(await lines(reader, "dns_server list")) == 1
    for line in ("dns_server add address=10.0.0.2", "dns_server set 1 description=x", "dns_server delete 1"):
        with pytest.raises(SignInFailed):
            await done(reader, line)
    for line in ("dns_server list", "dns_server get 1", "dns_server schema"):
        with pytest.raises(SignInFailed):
            await lines(nobody, line)
    assert len(await lines(real, "dns_server list")) == 1


async def test_what_can_only_be_read_and_what_there_is_but_one_of(real: Pexip) -> None:
    assert [one.name for one in real.subjects()["permission"].operations] == ["list", "get", "schema"]
    assert "codename view_conference" in await lines(real, "permission get 1")
    assert "enable_chat yes" in await lines(real, "global get")
    assert (await done(real, "global set enable_chat=no")).outcome == "confirmed"
    assert "enable_chat no" in await lines(real, "global get")
