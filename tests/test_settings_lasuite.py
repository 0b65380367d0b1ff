"""`[backends.…]` of kind lasuite: the keys of interface.md §2, and the one line each wrong combination ends with."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.app.vendors import LastErrors, open_backends
from bot.backends.lasuite import LaSuite, LaSuiteWithLiveKit, LaSuiteWithTelephone
from bot.clock import MovableClock
from bot.errors import ConfigurationError
from bot.metrics import Metrics
from bot.settings import LaSuiteSettings, load

HEAD = """
[backends.visio]
kind = "lasuite"
base_url = "https://visio.example.org/external-api/v1.0"
client_id = "c-1"
"""
BODY = HEAD + 'client_secret = "hush-hush"\n'
URL = 'livekit_url = "https://livekit.example.org"\n'
KEY, SECRET, TRUNK = (
    'livekit_api_key = "APIkey"\n',
    'livekit_api_secret_file = "livekit"\n',
    'livekit_sip_trunk_id = "ST_1"\n',
)


def read(folder: Path, toml: str) -> LaSuiteSettings:
    (folder / "livekit").write_text("livekit-hush\n")
    (folder / "meetops.toml").write_text(toml)
    section = load({}, folder).backends["visio"]
    assert isinstance(section, LaSuiteSettings)
    return section


def test_the_keys_of_the_interface_are_read(tmp_path: Path) -> None:
    section = read(tmp_path, BODY + URL + KEY + SECRET + TRUNK + 'frontend_url = "https://visio.example.org"\n')
    assert section.client_secret.get_secret_value() == "hush-hush"
    assert section.livekit_api_secret is not None
    assert section.livekit_api_secret.get_secret_value() == "livekit-hush"
    assert (section.livekit_url, section.livekit_sip_trunk_id) == ("https://livekit.example.org", "ST_1")
    assert "hush" not in repr(section)


def test_a_websocket_address_of_livekit_is_understood(tmp_path: Path) -> None:
    wss = URL.replace("https", "wss")
    assert read(tmp_path, BODY + wss + KEY + SECRET).livekit_url == "https://livekit.example.org"


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        (BODY.replace("/external-api/v1.0", ""), "backends.visio.base_url: must be the external API"),
        (BODY.replace("/external-api/", "/api/"), "backends.visio.base_url: must be the external API"),
        (BODY.replace("https:", "http:"), "backends.visio.base_url: must be https"),
        (HEAD, "backends.visio.client_secret: is missing"),
        (BODY + URL, "backends.visio.livekit_api_key: is missing; it goes with livekit_url"),
        (BODY + KEY + SECRET, "backends.visio.livekit_api_key: goes only with livekit_url"),
        (BODY + URL + KEY, "backends.visio.livekit_api_secret: is missing; it goes with livekit_api_key"),
        (BODY + URL + SECRET, "backends.visio.livekit_api_key: is missing"),
        (BODY + TRUNK, "backends.visio.livekit_sip_trunk_id: goes only with livekit_url"),
        (BODY + URL.replace("https", "ws") + KEY + SECRET, "backends.visio.livekit_url: must be https"),
        (BODY + 'scope = "x"\n', "backends.visio.scope: is not a setting"),
    ],
)
def test_a_wrong_combination_ends_the_start_with_one_line(tmp_path: Path, toml: str, line: str) -> None:
    with pytest.raises(ConfigurationError) as failed:
        read(tmp_path, toml)
    assert str(failed.value).startswith(line)
    assert "hush" not in str(failed.value)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", LaSuite),
        (URL + KEY + SECRET, LaSuiteWithLiveKit),
        (URL + KEY + SECRET + TRUNK, LaSuiteWithTelephone),
    ],
)
async def test_what_is_configured_decides_what_it_can(tmp_path: Path, more: str, kind: type[LaSuite]) -> None:
    read(tmp_path, BODY + more)
    clock = MovableClock()
    async with AsyncExitStack() as stack:
        made = await open_backends(load({}, tmp_path), clock, LastErrors(Metrics(), clock), stack)
    assert type(made["visio"]) is kind
