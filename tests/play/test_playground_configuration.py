"""What the playground's bot is told: everything a newcomer wants to try, and secrets that are new at each start."""

from __future__ import annotations

from pathlib import Path

from bot.play import configuration
from bot.play.configuration import Secrets
from bot.settings import LaSuiteSettings, OpenMeetingsSettings, PexipSettings, Settings, load

VENDORS = {
    "jaas": "http://127.0.0.1:1111",
    "openmeetings": "http://127.0.0.1:2222/openmeetings",
    "pexip": "http://127.0.0.1:4444",
    "lasuite": "http://127.0.0.1:5555",
    "sbc": "http://127.0.0.1:6666",
}


def settings(folder: Path, known: Secrets) -> Settings:
    """The written configuration as the bot reads it."""
    path = configuration.write(folder, known, **VENDORS)
    environ = configuration.environ(folder, known, slack_api="http://127.0.0.1:3333/api/")
    assert environ["MEETOPS_CONFIG"] == str(path)
    return load(environ, folder)


def test_the_bot_can_be_used_with_every_vendor_and_jaas_where_none_is_named(tmp_path: Path) -> None:
    found = settings(tmp_path, Secrets())
    kinds = {name: (backend.kind, str(backend.base_url).rstrip("/")) for name, backend in found.backends.items()}
    assert kinds == {
        "jaas": ("jaas", VENDORS["jaas"]),
        "meetings": ("openmeetings", VENDORS["openmeetings"]),
        "pexip": ("pexip", VENDORS["pexip"]),
        "visio": ("lasuite", f"{VENDORS['lasuite']}/external-api/v1.0"),
        "sbc": ("anynode", VENDORS["sbc"]),
    }
    assert found.default_backend == "jaas"


def test_dialling_is_allowed_with_a_name_in_the_book_and_approvals_are_the_built_in_ones(tmp_path: Path) -> None:
    rules = settings(tmp_path, Secrets()).rules()
    assert rules.approvals == ()
    assert "+40" in rules.dialing.allow
    assert rules.dialing.book["oncall"].e164 == "+33612345678"


def test_guests_may_press_join(tmp_path: Path) -> None:
    assert settings(tmp_path, Secrets()).guests == "join"


def test_the_password_at_openmeetings_reaches_the_bot_from_a_file_of_its_own(tmp_path: Path) -> None:
    known = Secrets()
    section = settings(tmp_path, known).backends["meetings"]
    assert isinstance(section, OpenMeetingsSettings)
    assert section.password.get_secret_value() == known.openmeetings
    assert known.openmeetings not in (tmp_path / "meetops.toml").read_text()


def test_pexip_has_an_event_sink_a_web_app_and_a_folder_for_images(tmp_path: Path) -> None:
    known = Secrets()
    pexip = settings(tmp_path, known).backends["pexip"]
    assert isinstance(pexip, PexipSettings)
    assert pexip.webapp_url == "http://127.0.0.1:4444/webapp/m/{alias}"
    assert pexip.event_sink_password
    assert pexip.event_sink_password.get_secret_value() == known.pexip_sink
    assert pexip.download_folder == str(tmp_path / "appliances")
    written = (tmp_path / "meetops.toml").read_text()
    assert known.pexip not in written
    assert known.pexip_sink not in written


def test_la_suite_meet_has_its_livekit_and_a_sip_trunk(tmp_path: Path) -> None:
    known = Secrets()
    visio = settings(tmp_path, known).backends["visio"]
    assert isinstance(visio, LaSuiteSettings)
    assert visio.client_secret.get_secret_value() == known.lasuite
    assert visio.livekit_api_secret
    assert visio.livekit_api_secret.get_secret_value() == known.livekit
    assert (visio.livekit_url, visio.livekit_sip_trunk_id) == (VENDORS["lasuite"], "ST_play")


def test_somebody_has_a_role_that_the_exchange_defines(tmp_path: Path) -> None:
    known = Secrets()
    grants = [one for one in settings(tmp_path, known).rules().grants if one.from_]
    assert [(one.role, one.from_, one.at_most) for one in grants] == [("CALL_HISTORY_EXPORTER", "sbc", "VIEWER")]
    assert known.sbc not in (tmp_path / "meetops.toml").read_text()


def test_secrets_are_made_anew_at_each_start_and_are_not_in_their_repr() -> None:
    one, two = Secrets(), Secrets()
    for name in (
        *("signing", "bot_token", "app_token", "webhook", "openmeetings", "pexip", "pexip_sink"),
        *("lasuite", "livekit", "sbc"),
    ):
        assert getattr(one, name) != getattr(two, name)
        assert getattr(one, name) not in repr(one)
