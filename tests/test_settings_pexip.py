"""`[backends.…]` of kind pexip: the keys of interface.md §2, and the one line that each wrong combination ends with."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.errors import ConfigurationError
from bot.settings import PexipSettings, load
from tests.fakes.pexip import client_key

WHOLE = """
[backends.pexip]
kind = "pexip"
base_url = "https://manager.example.org"
username = "slackbot"
password_file = "pexip"
webapp_url = "https://join.example.org/webapp/m/{alias}"
system_location = "London"
event_sink_username = "sink"
event_sink_password_file = "sink"
ca_file = "pexip-ca.pem"
download_folder = "appliances"
open_rooms = false
"""
HEAD = '[backends.pexip]\nkind = "pexip"\nbase_url = "https://manager.example.org"\n'
USER = 'username = "slackbot"\npassword = "hush-hush"\n'
CLIENT = 'client_id = "c-1"\nclient_key_file = "client.pem"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pexip").write_text("hush-hush\n")
    (tmp_path / "sink").write_text("sink-hush\n")
    (tmp_path / "pexip-ca.pem").write_text("PEM\n")
    (tmp_path / "client.pem").write_text(client_key())
    other = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "other.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return tmp_path


def read(folder: Path, toml: str) -> PexipSettings:
    (folder / "meetops.toml").write_text(toml)
    section = load({}, folder).backends["pexip"]
    assert isinstance(section, PexipSettings)
    return section


def test_the_keys_of_the_interface_are_read(folder: Path) -> None:
    section = read(folder, WHOLE)
    assert section.username == "slackbot"
    assert section.password
    assert section.password.get_secret_value() == "hush-hush"
    assert section.webapp_url == "https://join.example.org/webapp/m/{alias}"
    assert (section.system_location, section.download_folder, section.open_rooms) == ("London", "appliances", False)
    assert section.event_sink_username == "sink"
    assert section.event_sink_password
    assert section.event_sink_password.get_secret_value() == "sink-hush"
    assert section.ca == "PEM"
    assert "hush" not in repr(section)


def test_an_oauth2_client_signs_in_in_place_of_a_user(folder: Path) -> None:
    section = read(folder, HEAD + CLIENT)
    assert (section.client_id, section.username) == ("c-1", None)
    assert section.client_key
    assert "PRIVATE KEY" in section.client_key.get_secret_value()
    assert "PRIVATE" not in repr(section)


WRONG = {
    "nobody": (HEAD, "backends.pexip.username: is missing; give username and password, or client_id and client_key"),
    "no password": (HEAD + 'username = "x"', "backends.pexip.password: is missing; it goes with username"),
    "no user": (HEAD + 'password = "hush-hush"', "backends.pexip.username: is missing"),
    "both": (HEAD + USER + CLIENT, "backends.pexip.username: give either username and password, or client_id"),
    "password of a client": (HEAD + CLIENT + 'password = "hush-hush"', "backends.pexip.password: goes only with"),
    "no key": (HEAD + 'client_id = "c-1"', "backends.pexip.client_key: is missing; it goes with client_id"),
    "no client": (HEAD + USER + 'client_key_file = "client.pem"', "backends.pexip.client_key_file: goes only with"),
    "another curve": (
        HEAD + 'client_id = "c"\nclient_key_file = "other.pem"',
        "client_key_file: must be an unencrypted",
    ),
    "no key at all": (HEAD + 'client_id = "c"\nclient_key = "hush-hush"', "client_key: must be an unencrypted P-256"),
    "a sink without password": (
        HEAD + USER + 'event_sink_username = "s"',
        "backends.pexip.event_sink_password: is missing; it goes with event_sink_username",
    ),
    "a sink without user": (
        HEAD + USER + 'event_sink_password = "hush-hush"',
        "backends.pexip.event_sink_password: goes only with event_sink_username",
    ),
    "an empty password": (HEAD + 'username = "x"\npassword = " "', "backends.pexip.password: is empty"),
    "no alias": (
        HEAD + USER + 'webapp_url = "https://j.example.org/m/"',
        "backends.pexip.webapp_url: must hold {alias}",
    ),
    "two aliases": (HEAD + USER + 'webapp_url = "https://j.example.org/{alias}/{alias}"', "webapp_url: must hold"),
    "the alias as host": (HEAD + USER + 'webapp_url = "https://{alias}.example.org/"', "webapp_url: must have {alias}"),
    "plain http": (HEAD + USER + 'webapp_url = "http://j.example.org/{alias}"', "webapp_url: must be https"),
    "credentials": (HEAD + USER + 'webapp_url = "https://a:b@j.example.org/{alias}"', "webapp_url: must be a plain"),
    "plain http to the node": (HEAD.replace("https", "http") + USER, "backends.pexip.base_url: must be https"),
    "a misspelt key": (HEAD + USER + 'webap_url = "x"', "backends.pexip.webap_url: is not a setting"),
}


@pytest.mark.parametrize(("toml", "line"), WRONG.values(), ids=list(WRONG))
def test_a_wrong_combination_ends_the_start_and_names_the_key(folder: Path, toml: str, line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, toml)
    said = str(caught.value)
    assert line in said
    assert "\n" not in said
    assert "hush" not in said


@pytest.mark.parametrize(
    "address",
    [
        "https://join.example.org/webapp/m/{alias}",
        "https://join.example.org/webapp/#/?conference={alias}",
        "https://join.example.org/webapp/?conference={alias}&name=",
        "http://127.0.0.1:8080/m/{alias}",
    ],
)
def test_old_and_new_web_apps_have_a_place_for_the_alias(folder: Path, address: str) -> None:
    assert read(folder, HEAD + USER + f'webapp_url = "{address}"').webapp_url == address
