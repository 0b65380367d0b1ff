"""What can be set where a vendor's behaviour is unverified reaches the vendor; and a wrong word says what is right."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.vendors import LastErrors, open_backends
from bot.backends.jaas import Jaas
from bot.backends.openmeetings import OpenMeetings
from bot.capabilities import HookRefused, RoomWish
from bot.clock import MovableClock
from bot.errors import ConfigurationError, SignInFailed
from bot.metrics import Metrics
from bot.model import Outcome
from bot.play.vendors.jaas import SimulatedJaas
from bot.play.vendors.openmeetings import SimulatedOpenMeetings
from bot.settings import load
from tests.fakes import jaas as account
from tests.fakes import openmeetings as om_account

NOON = account.NOON
JAAS = """
[backends.jaas]
kind = "jaas"
base_url = "{url}"
app_id = "{app_id}"
key_id = "ed85b6"
private_key_file = "jaas.pem"
webhook_secrets = ["{secret}"]
"""
OPENMEETINGS = """
[backends.om]
kind = "openmeetings"
base_url = "{url}"
username = "soap"
password = "{password}"
"""


async def opened(folder: Path, toml: str, stack: AsyncExitStack) -> Jaas | OpenMeetings:
    """The one back end of this configuration, made as the running bot makes it."""
    (folder / "meetops.toml").write_text(toml)
    (folder / "jaas.pem").write_text(account.pem())
    clock = MovableClock(NOON)
    made = await open_backends(load({}, folder), clock, LastErrors(Metrics(), clock), stack)
    (backend,) = made.values()
    assert isinstance(backend, Jaas | OpenMeetings)
    return backend


async def test_a_staging_tenant_of_jaas_is_reached_by_its_own_muc_domain(tmp_path: Path) -> None:
    keys, clock, domain = {account.KID: account.public_pem()}, MovableClock(NOON), "stage.8x8.vc"
    vendor = SimulatedJaas(
        app_id=account.APP_ID, keys=keys, clock=clock, webhook_secret=account.SECRET, muc_domain=domain
    )
    await vendor.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(vendor.stop)
        plain = JAAS.format(url=vendor.url, app_id=account.APP_ID, secret=account.SECRET)
        usual = await opened(tmp_path, plain, stack)
        jaas = await opened(tmp_path, f'{plain}muc_domain = "{domain}"', stack)
        assert isinstance(usual, Jaas)
        assert isinstance(jaas, Jaas)
        link = await jaas.join_link(account.room(), account.guest())
        await vendor.join("testroom", link.reveal().partition("?jwt=")[2])
        with pytest.raises(SignInFailed):
            await usual.end_meeting(account.room())
        assert await jaas.end_meeting(account.room()) is Outcome.ACCEPTED


async def test_links_and_webhooks_of_jaas_are_good_for_as_long_as_is_configured(tmp_path: Path) -> None:
    raw = json.dumps(account.envelope("ROOM_CREATED", {})).encode()
    late, very_late = NOON + timedelta(minutes=9), NOON + timedelta(minutes=11)
    plain = JAAS.format(url="http://127.0.0.1:9", app_id=account.APP_ID, secret=account.SECRET)
    async with AsyncExitStack() as stack:
        usual = await opened(tmp_path, plain, stack)
        patient = await opened(tmp_path, f'{plain}webhook_tolerance = "10m"\nlink_lifetime = "20m"', stack)
        assert isinstance(usual, Jaas)
        assert isinstance(patient, Jaas)
        for jaas, until in ((usual, timedelta(hours=2)), (patient, timedelta(minutes=20))):
            assert (await jaas.join_link(account.room(), account.guest())).expires_at == NOON + until
        assert patient.read_hook(account.sign(raw), raw, late)
        for jaas, now in ((usual, late), (patient, very_late)):
            with pytest.raises(HookRefused, match="tolerance"):
                jaas.read_hook(account.sign(raw), raw, now)


@pytest.mark.parametrize(("method", "lines"), [("auto", ["POST"]), ("post", ["POST"]), ("get", ["GET", "POST"])])
async def test_openmeetings_is_signed_in_to_as_configured(tmp_path: Path, method: str, lines: list[str]) -> None:
    """A server that refuses the way it was signed in to (405) is signed in to in the other one."""
    vendor = SimulatedOpenMeetings(accounts=om_account.ACCOUNTS, clock=MovableClock(NOON), version="9.1.0")
    await vendor.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(vendor.stop)
        toml = OPENMEETINGS.format(url=vendor.url, password=om_account.PASSWORD)
        om = await opened(tmp_path, f'{toml}login_method = "{method}"\nlink_lifetime = "12m"', stack)
        assert isinstance(om, OpenMeetings)
        made = await om.create_room(RoomWish("standup", "u-1", {}))
        room = om_account.room(made.vendor_id)
        assert [one.method for one in vendor.requests if one.service == "user/login"] == lines
        assert any(one.service == "info/version" for one in vendor.requests) is (method == "auto")
        assert (await om.join_link(room, om_account.guest())).expires_at == NOON + timedelta(minutes=12)


@pytest.mark.parametrize(
    ("toml", "environ", "said"),
    [
        ('[backends.j]\nkind = "jaas"\nlink_lifetme = "1h"', {}, "did you mean link_lifetime?"),
        ('[backends.j]\nkind = "jaas"\ncolour = "red"', {}, "is not a setting; remove it (meetops.example.toml"),
        ('[backends.j]\nkind = "jaas"\napp_id = "a b"', {}, "backends.j.app_id: must be the AppID of the 8x8 console"),
        ("{jaas}link_lifetime = 7200", {}, 'backends.jaas.link_lifetime: must be a duration such as "30m"'),
        ("{jaas}link_lifetime = '0m'", {}, "backends.jaas.link_lifetime: A duration is more than nothing"),
        ("{jaas}webhook_tolerance = 'long'", {}, "backends.jaas.webhook_tolerance: A duration is a number and s, m"),
        ("{jaas}muc_domain = 'https://8x8.vc'", {}, "backends.jaas.muc_domain: must be a host name such as 8x8.vc"),
        ("{om}login_method = 'put'", {}, "backends.om.login_method: must be one of: 'auto', 'get' or 'post'"),
        ("{om}", {"MEETOPS_BACKENDS__OM__LINK_LIFETIME": "x"}, "MEETOPS_BACKENDS__OM__LINK_LIFETIME: A duration is"),
        ("{om}open_rooms = 'perhaps'", {}, "backends.om.open_rooms: must be true or false"),
        ("", {"PORT": "http"}, "PORT: must be a whole number"),
        ("", {"PORT": "70000"}, "PORT: must be at most 65535"),
        ("", {"LOG_FORMAT": "xml"}, "LOG_FORMAT: must be one of: 'console' or 'json'"),
        ("language = 5", {}, "language: must be a text in quotes"),
        ("slack = 5", {}, "slack: must be a table"),
        ("backends = 5", {}, "backends: must be a table"),
        ("grants = 5", {}, "grants: must be a list"),
        ("[slack]\ncomand = '/x'", {}, "slack.comand: is not a setting; did you mean command?"),
        ("[slack]\naudit_channel = '#ops'", {}, "slack.audit_channel: must be a channel's id such as C0123ABCD"),
        ("[backends.Big]\nkind = 'jaas'", {}, "backends.Big: must be a back end's name made of a-z, 0-9 and _"),
        ("[dialing.book]\n'7' = '+33612345678'", {}, "dialing.book.7: must be a name that begins with a letter"),
        ("[dialing]\nper_dya = 5", {}, "dialing.per_dya: is not a setting; did you mean per_day?"),
        ("default_backend = 'x'\n{om}", {}, "default_backend: there is no [backends.x]; known are om"),
        ("[[grants]]\nrole = 'BOSS'\neveryone = true", {}, 'no role "BOSS"; known are ADMINISTRATOR, OPERATOR'),
        ("[[grants]]\nrole = 'MEMBER'\nuser = ['U1']", {}, "[[grants]] 1, user: is not a setting; did you mean users?"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(
    tmp_path: Path, toml: str, environ: dict[str, str], said: str
) -> None:
    jaas = JAAS.format(url="https://8x8.vc", app_id="a", secret="s3cret")
    om = OPENMEETINGS.format(url="https://om.example.org", password="s3cret")
    (tmp_path / "jaas.pem").write_text(account.pem())
    (tmp_path / "meetops.toml").write_text(toml.replace("{jaas}", jaas).replace("{om}", om))
    with pytest.raises(ConfigurationError) as caught:
        load(environ, tmp_path)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
