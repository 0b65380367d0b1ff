"""The frequent tasks of `/meet config`, each in words, from what is typed to what the management node receives."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, OMAR, SARA
from tests.fakes.certificates import signed
from tests.fakes.configuring import answered, approved, asked, bodies, changes, configurable, rows
from tests.fakes.world import World
from tests.fakes.world_pexip import DOWNLOADS


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path) as one:
        for name in ("standup", "daily", "cinema"):
            one.pexip.objects.create("conference", {"name": name, "aliases": [{"alias": f"{name}@example.org"}]})
        yield one


def rooms_of(w: World, number: int = 1) -> list[str]:
    """The ids of the rooms that call a standing participant."""
    uris = w.pexip.objects.shown("automatic_participant", number)["conference"]
    return [uri.rstrip("/").rpartition("/")[2] for uri in uris]


# --- standing participants ------------------------------------------------------------------------------------------


async def test_a_standing_participant_is_added_as_the_document_does_it(w: World) -> None:
    card = await approved(
        w,
        'standing add alias=myendpoint@mydomain.com name="My Name" protocol=sip role=guest rooms=standup '
        'description="Dial myendpoint@mydomain.com whenever a related conference starts"',
    )
    assert "Add the standing participant myendpoint@mydomain.com to standup" in text_of(card).replace("*", "")
    assert bodies(w, "automatic_participant") == [
        {
            "alias": "myendpoint@mydomain.com",
            "remote_display_name": "My Name",
            "protocol": "sip",
            "role": "guest",
            "conference": ["/api/admin/configuration/v1/conference/1/"],
            "description": "Dial myendpoint@mydomain.com whenever a related conference starts",
        }
    ]


async def test_rooms_are_attached_and_detached_without_losing_the_others(w: World) -> None:
    uri = "/api/admin/configuration/v1/conference/1/"
    w.pexip.objects.create("automatic_participant", {"alias": "desk@example.org", "conference": [uri]})
    await approved(w, "standing attach desk@example.org rooms=daily@example.org,pexip/cinema", word="confirmed ·")
    assert rooms_of(w) == ["1", "2", "3"]
    assert "already so ·" in text_of(await approved(w, "standing attach 1 rooms=daily"))
    await approved(w, "standing detach 1 rooms=standup,cinema", word="confirmed ·")
    assert rooms_of(w) == ["2"]
    assert "called by daily" in await answered(w, "standing list desk", "Standing participants: 1")
    await approved(w, "standing detach 1 rooms=all", word="confirmed ·")
    assert rooms_of(w) == []
    await approved(w, "standing delete 1")
    assert rows(w, "automatic_participant") == []


async def test_a_host_is_called_chair_here_and_a_room_must_exist(w: World) -> None:
    await answered(w, "standing add alias=a@x.org role=host", "role= is one of: guest, chair")
    await answered(w, "standing add alias=a@x.org rooms=nowhere", "no conference called nowhere")
    await answered(w, "standing attach 1", "needs rooms=")


# --- call routing ---------------------------------------------------------------------------------------------------

RULE = (
    'name="Route to Teams" priority=50 match_incoming_calls=yes match_outgoing_calls=no match_incoming_mssip=no '
    r'match_incoming_webrtc=no match="(\d{9,12})(@example\.com)?" replace=\1 device=teams_conference protocol=teams'
)


async def test_the_card_of_a_rule_shows_what_it_makes_of_sample_aliases(w: World) -> None:
    card = await asked(w, f"routing add {RULE} sample=123456789@example.com,alice@example.com")
    text = text_of(card)
    assert r"(\d{9,12})(@example\.com)?" in text
    assert "123456789@example.com → 123456789; alice@example.com is left alone" in text
    assert changes(w) == []
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "done ·"))
    [body] = bodies(w, "gateway_routing_rule")
    assert (body["match_string"], body["replace_string"]) == (r"(\d{9,12})(@example\.com)?", r"\1")
    assert (body["called_device_type"], body["outgoing_protocol"], body["priority"]) == (
        "teams_conference",
        "teams",
        50,
    )
    assert (body["match_incoming_mssip"], body["match_outgoing_calls"]) == (False, False)


async def test_without_samples_the_aliases_of_rooms_are_tried(w: World) -> None:
    card = await asked(w, r'routing add name=Out priority=60 match=".*@example\.org" device=registration')
    assert "standup@example.org is taken as it is" in text_of(card)


async def test_a_pattern_that_would_hold_up_calls_or_fits_no_group_is_refused(w: World) -> None:
    await answered(
        w, 'routing add name=a priority=1 match="(a+)+$" sample=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', "too long"
    )
    await answered(w, r"routing add name=a priority=1 match=a(b)c replace=\2", "which has 1 group")
    assert changes(w) == []


async def test_rules_are_tried_switched_changed_and_deleted(w: World) -> None:
    w.pexip.objects.create(
        "gateway_routing_rule", {"name": "Out", "priority": 9, "match_string": "9(.*)", "replace_string": r"\1"}
    )
    assert "9123 → 123" in await answered(w, "routing try Out sample=9123,123", "Tried:")
    card = await approved(w, "routing disable Out", word="confirmed ·")
    assert "Out (1) matches 9(.*)" in text_of(card).replace("*Out*", "Out").replace("`", "")
    assert rows(w, "gateway_routing_rule")[0]["enable"] is False
    assert "already so ·" in text_of(await approved(w, "routing disable 1"))
    await approved(w, "routing enable 1", word="confirmed ·")
    card = await approved(w, r"routing set 1 match=8(.*) sample=8123", word="confirmed ·")
    assert "8123 → 123" in text_of(card)
    assert "9 Out · on · matches 8(.*)" not in text_of(card)
    await approved(w, "routing delete Out")
    assert rows(w, "gateway_routing_rule") == []


async def test_a_rule_that_was_changed_meanwhile_is_not_switched_on(w: World) -> None:
    w.pexip.objects.create(
        "gateway_routing_rule", {"name": "Out", "priority": 9, "match_string": "9.*", "enable": False}
    )
    card = await asked(w, "routing enable Out")
    w.pexip.objects.rows["gateway_routing_rule"][1]["match_string"] = ".*"
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "refused ·"))
    assert rows(w, "gateway_routing_rule")[0]["enable"] is False


# --- licences -------------------------------------------------------------------------------------------------------

KEY = "12AB-34CD-56EF-7890"


async def test_a_licence_is_added_and_returned_after_two_approvals_each(w: World) -> None:
    w.secrets["licence key"] = KEY
    card = await approved(w, f"licences add key={KEY}", by=(SARA, MAX))
    assert "Added the licence 1234567890" in text_of(card)
    assert bodies(w, "licence") == [{"entitlement_id": KEY}]
    assert "1234567890" in await answered(w, "licences list", "Licences: 1")
    await approved(w, "licences return 1234567890", by=(SARA, MAX))
    assert w.pexip.licensing.licences == {}
    await answered(w, "licences add key=nonsense", "is an entitlement key")
    await answered(w, "licence delete 1234567890", "config … licences return")


async def test_an_offline_licence_goes_by_request_and_response_files(w: World) -> None:
    w.secrets["licence key"] = KEY
    card = await approved(w, f"licences add key={KEY} offline=yes", by=(SARA, MAX), word="accepted ·")
    assert "Stored as the licence request 1" in text_of(card)
    assert bodies(w, "licence") == [{"entitlement_id": KEY, "offline_mode": True}]
    shown = await answered(w, "licences export 1", "in the download folder")
    assert "<activate>" in shown.replace("&lt;", "<").replace("&gt;", ">")
    saved = w.folder / DOWNLOADS / "licence-request-1.xml"
    assert "<activate>" in saved.read_text()
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    file = w.slack.files.upload(OMAR, "response.xml", b"<response/>")
    await approved(w, f"licences upload 1 file={file.id}", by=(SARA, MAX), word="accepted ·")
    assert w.pexip.licensing.requests["1"]["status"] == "PROCESSED"


async def test_a_licence_is_returned_offline(w: World) -> None:
    w.secrets["licence key"] = KEY
    await approved(w, f"licences add key={KEY}", by=(SARA, MAX))
    card = await approved(w, "licences return 1234567890 offline=yes", by=(SARA, MAX), word="accepted ·")
    assert "Stored as the licence request 1" in text_of(card)
    assert [one.query for one in changes(w) if one.method == "DELETE"][-1] == "offline_mode=True"
    assert "STORED" in await answered(w, "licences requests", "Licence requests: 1")


# --- Google Meet, SSH -----------------------------------------------------------------------------------------------


async def test_looking_at_the_gateway_token_makes_a_key_so_it_takes_the_right_to_write(w: World) -> None:
    shown = await answered(w, "googlemeet csr", "-----BEGIN CERTIFICATE REQUEST-----")
    assert "MIIBSIMULATED" in shown
    before = w.pexip.appliances.keys_made
    await answered(w, "gms_gateway_token get", "googlemeet csr")
    await answered(w, "gms_gateway_token list", "googlemeet csr")
    assert w.pexip.appliances.keys_made == before


async def test_key_and_certificate_are_uploaded_with_their_line_ends(w: World) -> None:
    key, certificate = signed("gateway.example.org")
    w.secrets["gateway key"] = key.splitlines()[1]
    pasted = f'googlemeet upload private_key="{key}" certificate="{certificate}"'
    card = await approved(w, pasted, word="accepted ·")
    assert "a private key and the certificate of CN=gateway.example.org" in text_of(card)
    assert bodies(w, "gms_gateway_token") == [{"private_key": key, "certificate": certificate}]


async def test_a_certificate_of_another_key_is_refused(w: World) -> None:
    (key, _), (_, certificate) = signed("a.example.org"), signed("b.example.org")
    await answered(w, f'googlemeet upload private_key="{key}" certificate="{certificate}"', "made for another key")
    await answered(w, 'googlemeet upload certificate="hello"', "not whole")
    assert changes(w) == []


async def test_ssh_keys_are_added_by_fingerprint_and_private_ones_refused(w: World) -> None:
    private = Ed25519PrivateKey.generate()
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() + " me@example.org"
    card = await approved(w, f"sshkeys add {line}")
    assert "SHA256:" in text_of(card)
    assert bodies(w, "ssh_authorized_key") == [{"key": line}]
    assert "SHA256:" in await answered(w, "sshkeys list", "SSH keys: 1")
    assert "already so ·" in text_of(await approved(w, f'sshkeys add key="{line}"'))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    w.secrets["ssh key"] = pem.splitlines()[1]
    await answered(w, f'sshkeys add key="{pem}"', "That is a private key")
    await answered(w, f'ssh_authorized_key set 1 key="{pem}"', "holds a private key")
    await approved(w, "sshkeys delete 1")
    assert rows(w, "ssh_authorized_key") == []
