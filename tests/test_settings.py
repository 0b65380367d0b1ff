"""The configuration of interface.md §2: what is read, what wins, and the one line that ends a wrong start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.errors import ConfigurationError
from bot.model import PhoneNumber
from bot.policy import Level, Need, Permissions, Policy
from bot.settings import (
    AnynodeSettings,
    JaasSettings,
    LaSuiteSettings,
    OpenMeetingsSettings,
    PexipSettings,
    Settings,
    SlackSettings,
    load,
    play_port,
    reload,
)
from bot.settings.rule_sections import ApprovalSettings, DialingSettings, GrantSettings, RoleSettings

EXAMPLE = Path(__file__).parent.parent / "meetops.example.toml"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "signing"}
SBC = """
[backends.sbc]
kind = 'anynode'
base_url = 'https://sbc.example.org:8110'
username = 'slackbot'
password = 's3cret'
"""
OPENMEETINGS = """
[backends.om]
kind = "openmeetings"
base_url = "http://127.0.0.1:5080/openmeetings/"
username = "bot"
"""
COMMANDS = ("dial", "ban", "delete", "config", "kick")
Load = Callable[..., Settings]


@pytest.fixture(scope="module")
def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def read(tmp_path: Path) -> Load:
    def read(toml: str = "", environ: Mapping[str, str] | None = None, **more: str) -> Settings:
        (tmp_path / "meetops.toml").write_text(toml)
        settings = load({**TOKENS, **(environ or {}), **more}, tmp_path, commands=COMMANDS)
        settings.require_slack()
        return settings

    return read


def problem(read: Load, toml: str = "", **environ: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(toml, environ)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(TOKENS, tmp_path)
    assert (settings.host, settings.port, settings.slack.command) == ("127.0.0.1", 3000, "/meet")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url.get_secret_value() == "sqlite:///meetops.db"
    assert (settings.log_level, settings.log_format, settings.public_url) == ("INFO", "console", None)
    assert (settings.backends, settings.default_backend, settings.guests) == ({}, "", "none")
    assert not settings.socket_mode


def test_the_example_documents_every_key_and_loads(tmp_path: Path, pem: str) -> None:
    (tmp_path / "meetops.toml").write_text(EXAMPLE.read_text())
    (tmp_path / "jaas.pem").write_text(pem)
    files: tuple[str, ...] = ("jaas-authorization.txt", "openmeetings-password.txt", "private-ca.pem")
    files += ("pexip-password.txt", "pexip-sink-password.txt", "visio-secret.txt", "livekit-secret.txt")
    for name in (*files, "sbc-password.txt"):
        (tmp_path / name).write_text("secret\n")
    settings = load(TOKENS, tmp_path, commands=COMMANDS)

    unused = {"private_key", "webhook_authorization", "password", "ca", "from_", "id", "backends", "roles"}
    unused |= {"client_key", "event_sink_password", "client_secret", "livekit_api_secret"}
    text = EXAMPLE.read_text()
    lists = (RoleSettings, GrantSettings, ApprovalSettings, DialingSettings)
    vendors = (JaasSettings, OpenMeetingsSettings, PexipSettings, AnynodeSettings, LaSuiteSettings)
    for model in (Settings, SlackSettings, *vendors, *lists):
        for key in set(model.model_fields) - unused:
            assert f"{key} = " in text or f"[{key}]" in text or f".{key}]" in text or key.upper() in text, key
    om = settings.backends["meetings"]
    assert isinstance(om, OpenMeetingsSettings)
    assert (om.password.get_secret_value(), om.ca) == ("secret", "secret")
    assert settings.rules().approvals[0].expires == timedelta(minutes=30)


def test_the_role_and_grants_of_the_interface_become_rules(read: Load) -> None:
    rules = read("""
        [roles.OPERATOR]
        displayName = "Operator"
        permissions = { monitoringMode = "READ_WRITE_ACCESS", holograms = "SOME_ACCESS", tracing = "YES" }
        [[grants]]
        role = "MEMBER"
        everyone = true
        [[grants]]
        role = "OPERATOR"
        users = ["U0OPS"]
        [dialing]
        allow = ["+33"]
        [dialing.book]
        OnCall = "+33 6 12 34 56 78"
    """).rules()
    operator = rules.roles["OPERATOR"].permissions
    assert operator.level("monitoringMode") is Level.READ_WRITE_ACCESS
    assert (operator.levels["holograms"], operator.level("tracing")) == (Level.NO_ACCESS, Level.NO_ACCESS)
    assert rules.roles["MEMBER"].permissions.allows(Need("monitoringMode", "READ_ACCESS"))
    assert [grant.role for grant in rules.grants] == ["MEMBER", "OPERATOR"]
    assert Policy(rules).book("ONCALL") == PhoneNumber("+33612345678")


def test_single_values_of_the_environment_win_over_the_file(read: Load) -> None:
    settings = read(
        OPENMEETINGS + 'password = "file"\n[dialing]\nper_day = 5',
        MEETOPS_BACKENDS__OM__PASSWORD="environment",
        MEETOPS_DIALING__PER_DAY="7",
        MEETOPS_LANGUAGE="fr",
        MEETOPS_DIALING__BOOK__ONCALL="+33612345678",
    )
    om = settings.backends["om"]
    assert isinstance(om, OpenMeetingsSettings)
    assert om.password.get_secret_value() == "environment"
    assert (settings.dialing.per_day, settings.language) == (7, "fr")
    assert settings.rules().dialing.named("oncall") == PhoneNumber("+33612345678")


def test_a_back_end_may_come_from_the_environment_alone(read: Load) -> None:
    settings = read(
        MEETOPS_BACKENDS__OM__KIND="openmeetings",
        MEETOPS_BACKENDS__OM__BASE_URL="https://om.example.org",
        MEETOPS_BACKENDS__OM__USERNAME="bot",
        MEETOPS_BACKENDS__OM__PASSWORD="x",
    )
    assert settings.default_backend == "om"


def test_files_are_read_relative_to_the_configuration_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "bot.toml").write_text(OPENMEETINGS + 'password_file = "om.txt"')
    (folder / "om.txt").write_text("s3cret\n")
    settings = load({**TOKENS, "MEETOPS_CONFIG": "etc/bot.toml"}, tmp_path)
    om = settings.backends["om"]
    assert isinstance(om, OpenMeetingsSettings)
    assert om.password.get_secret_value() == "s3cret"
    assert om.base_url == "http://127.0.0.1:5080/openmeetings"


def test_a_file_of_secrets_holds_one_a_line(read: Load, tmp_path: Path, pem: str) -> None:
    (tmp_path / "jaas.pem").write_text(pem)
    (tmp_path / "secrets").write_text("whsec_1\n\nwhsec_2\n")
    toml = "[backends.x]\nkind = 'jaas'\napp_id = 'vpaas-1'\nkey_id = 'ed85b6'\nprivate_key_file = 'jaas.pem'\n"
    jaas = read(toml + "webhook_secrets_file = 'secrets'").backends["x"]
    assert isinstance(jaas, JaasSettings)
    assert [secret.get_secret_value() for secret in jaas.webhook_secrets] == ["whsec_1", "whsec_2"]
    both = problem(read, toml + "webhook_secrets_file = 'secrets'\nwebhook_secrets = ['whsec_3']")
    assert "give either webhook_secrets or webhook_secrets_file, not both" in both


def test_the_environment_names_of_the_ecosystem_are_understood(read: Load) -> None:
    settings = read(
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://localhost:9000/api",
        DATABASE_URL="postgres://bot:pw@db/meetops",
        HOST="0.0.0.0",
        PORT="8080",
        LOG_LEVEL="debug",
        LOG_FORMAT="json",
        PUBLIC_URL="https://bot.example.org/",
    )
    assert settings.socket_mode
    assert settings.slack_api_url == "http://localhost:9000/api/"
    assert settings.database_url.get_secret_value() == "postgresql://bot:pw@db/meetops"
    assert (settings.host, settings.port, settings.log_level, settings.log_format) == ("0.0.0.0", 8080, "DEBUG", "json")
    assert settings.public_url == "https://bot.example.org"


def test_an_empty_variable_is_as_good_as_none(read: Load) -> None:
    assert read(PORT="", SLACK_APP_TOKEN="").port == 3000


def test_the_key_id_of_jaas_is_accepted_in_both_forms(read: Load, pem: str, tmp_path: Path) -> None:
    (tmp_path / "jaas.pem").write_text(pem)
    for key_id in ("ed85b6", "vpaas-1/ed85b6"):
        jaas = read(f"""
            [backends.jaas]
            kind = "jaas"
            app_id = "vpaas-1"
            key_id = "{key_id}"
            private_key_file = "jaas.pem"
        """).backends["jaas"]
        assert isinstance(jaas, JaasSettings)
        assert (jaas.kid, jaas.base_url) == ("vpaas-1/ed85b6", "https://8x8.vc")


def test_nothing_secret_shows_in_the_settings(read: Load) -> None:
    settings = read(OPENMEETINGS + 'password = "s3cret"', DATABASE_URL="postgresql://bot:s3cret@db/x")
    assert "s3cret" not in f"{settings!r}{settings}"
    assert "xoxb-1" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("toml", "environ", "said"),
    [
        ("colour = 1", {}, "colour: is not a setting"),
        ("langauge = 'en'", {}, "langauge: is not a setting; did you mean language?"),
        ("port = 1", {}, "port: is not a setting"),
        ("[slack]\nbot_token = 'x'", {}, "slack.bot_token: is not a setting"),
        ("[slack]\ncommand = 'meet'", {}, "slack.command"),
        ("[slack]\naudit_channel = '#ops'", {}, "slack.audit_channel"),
        ("", {"MEETOPS_COLOUR": "1"}, "MEETOPS_COLOUR: is not a setting"),
        ("", {"MEETOPS_PORT": "1"}, "MEETOPS_PORT: is not a setting"),
        ("", {"MEETOPS_SLACK__COLOUR": "1"}, "MEETOPS_SLACK__COLOUR: is not a setting"),
        ("", {"MEETOPS_": "1"}, "MEETOPS_: is not a setting"),
        (
            OPENMEETINGS + "password = 'x'",
            {"MEETOPS_BACKENDS__OMM__PASSWORD": "s3cret"},
            "MEETOPS_BACKENDS__OMM__PASSWORD: there is no [backends.omm]; known are om",
        ),
        ("", {"MEETOPS_BACKENDS__OM__USERNAME": "x"}, "MEETOPS_BACKENDS__OM__USERNAME: there is no [backends.om]"),
        ("", {"MEETOPS_LANGUAGE__X": "1"}, "MEETOPS_LANGUAGE__X"),
        ("language = 'en'", {"MEETOPS_LANGUAGE__X": "1"}, "MEETOPS_LANGUAGE__X: is not a setting"),
        ("", {"MEETOPS_ROLES__X": "1"}, "MEETOPS_ROLES__X: lists and roles come from the configuration file alone"),
        ("", {"MEETOPS_DIALING__ALLOW": "+33"}, "MEETOPS_DIALING__ALLOW: lists come from the configuration file alone"),
        ("", {"MEETOPS_DIALING__PER_DAY": "many"}, "MEETOPS_DIALING__PER_DAY"),
        ("", {"PORT": "99999"}, "PORT: "),
        ("", {"LOG_FORMAT": "xml"}, "LOG_FORMAT: "),
        ("", {"LOG_LEVEL": "loud"}, "LOG_LEVEL: "),
        ("", {"DATABASE_URL": "mysql://bot:s3cret@db/x"}, "DATABASE_URL: must start with sqlite"),
        ("", {"SLACK_API_URL": "http://slack.example.org/"}, "SLACK_API_URL: must be https"),
        ("", {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
        ("", {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is not set"),
        ("", {"SLACK_BOT_TOKEN": "xapp-s3cret"}, "SLACK_BOT_TOKEN: is the other token"),
        ("", {"SLACK_APP_TOKEN": "xoxb-s3cret"}, "SLACK_APP_TOKEN: is the other token"),
        ("timezone = 'Mars/Base'", {}, "timezone: is no IANA time zone"),
        ("timezone = '../../etc/passwd'", {}, "timezone: is no IANA time zone"),
        ("guests = 'all'", {}, "guests"),
        ("default_backend = 'x'", {}, "default_backend: there is no [backends.x]"),
        ("[backends.Big]\nkind = 'jaas'", {}, "backends.Big: "),
        ("[backends.x]\nkind = 'zoom'", {}, "backends.x.kind: must be one of: jaas, openmeetings"),
        ("[backends.x]\nurl = 'zoom'", {}, "backends.x.kind: must be one of"),
        ("backends = 3", {}, "backends: "),
        (OPENMEETINGS, {}, "backends.om.password: is missing; give it, or password_file"),
        (OPENMEETINGS + "pasword = 's3cret'", {}, "backends.om.pasword: is not a setting"),
        (OPENMEETINGS + "password = ''", {}, "backends.om.password: is empty"),
        (OPENMEETINGS + "password = 5", {}, "backends.om.password"),
        (
            OPENMEETINGS + "password = 's3cret'\npassword_file = 'x'",
            {},
            "give either password or password_file, not both",
        ),
        (
            OPENMEETINGS + "password_file = 'x'",
            {"MEETOPS_BACKENDS__OM__PASSWORD": "s3cret"},
            "give either password or password_file, not both",
        ),
        (OPENMEETINGS + "password_file = 'gone'", {}, "backends.om.password_file: "),
        (OPENMEETINGS + "password_file = 'empty'", {}, "backends.om.password_file: "),
        (OPENMEETINGS + "password = 'x'\ncolour_file = 'some'", {}, "backends.om.colour_file: is not a setting"),
        (
            OPENMEETINGS.replace("http://127.0.0.1:5080", "http://om.example.org"),
            {},
            "backends.om.base_url: must be https",
        ),
        (
            OPENMEETINGS.replace("http://127.0.0.1:5080", "https://u:s3cret@om"),
            {},
            "backends.om.base_url: must be a plain",
        ),
        (OPENMEETINGS.replace("http://127.0.0.1:5080", "ftp://om"), {}, "backends.om.base_url: must be an https"),
        (OPENMEETINGS.replace("http://127.0.0.1:5080", "https://[::"), {}, "backends.om.base_url"),
        ("[roles.X]\npermission = {}", {}, "roles.X.permission: is not a setting"),
        ("[roles.X]\ndisplayName = 'X'", {}, "roles.X.permissions: is missing"),
        ("[roles.X]\npermissions = { api = 1 }", {}, "roles.X.permissions.api"),
        ("[[grants]]\nrole = 'BOSS'\neveryone = true", {}, '[[grants]] 1, role: there is no role "BOSS"'),
        ("[[grants]]\nrole = 'MEMBER'", {}, "[[grants]] 1, users: the grant names nobody"),
        ("[[grants]]\nrole = 'MEMBER'\nusers = ['bob']", {}, "[[grants]] 1, users item 1"),
        ("[[grants]]\nrole = 'MEMBER'\neveryone = true\nfor = 1", {}, "[[grants]] 1, for: is not a setting"),
        ("[[grants]]\nrole = 'M'\nusers = ['U1']\nfrom = 'sbc'", {}, "[[grants]] 1, from: "),
        ("[[grants]]\nrole = 'MEMBER'\nusers = ['U1']\nat_most = 'MEMBER'", {}, "[[grants]] 1, at_most: "),
        (
            SBC + "[[grants]]\nrole = 'M'\nusers = ['U1']\nfrom = 'sbc'",
            {},
            "[[grants]] 1, at_most: is missing; it names the role of this file",
        ),
        (
            SBC + "[[grants]]\nrole = 'M'\nusers = ['U1']\nfrom = 'sbc'\nat_most = 'BOSS'",
            {},
            '[[grants]] 1, at_most: there is no role "BOSS"',
        ),
        (SBC + "[[grants]]\nrole = 'M'\nfrom = 'sbc'\nat_most = 'MEMBER'", {}, "the grant names nobody"),
        (
            OPENMEETINGS + "password = 'x'\n[[grants]]\nrole = 'M'\nusers = ['U1']\nfrom = 'om'\nat_most = 'MEMBER'",
            {},
            '[[grants]] 1, from: "om" is not a back end of kind anynode',
        ),
        ("default_backend = 'sbc'\n" + SBC, {}, "default_backend: sbc has no rooms; name another back end"),
        (SBC.replace("https://sbc.example.org:8110", "http://sbc"), {}, "backends.sbc.base_url: must be https"),
        (SBC.replace("slackbot", "slack:bot"), {}, "backends.sbc.username"),
        (SBC.replace("password = 's3cret'", ""), {}, "backends.sbc.password: is missing; give it, or password_file"),
        ("[[approvals]]\ncommands = ['dail']", {}, "[[approvals]] 1, commands: there is no command dail"),
        ("[[approvals]]\ncommands = []", {}, "[[approvals]] 1, commands"),
        (
            "[[approvals]]\ncommands = ['dial']\nbackends = ['x']",
            {},
            "[[approvals]] 1, backends: there is no [backends.x]",
        ),
        ("[[approvals]]\ncommands = ['dial']\nexpires = 30", {}, "[[approvals]] 1, expires: must be a duration"),
        ("[[approvals]]\ncommands = ['dial']\nexpires = 'soon'", {}, "[[approvals]] 1, expires: A duration"),
        ("[[approvals]]\ncommands = ['dial']\nreason = 'maybe'", {}, "[[approvals]] 1, reason"),
        ("[[approvals]]\ncommands = ['dial']\nnotify = ['@bob']", {}, "[[approvals]] 1, notify"),
        ("[[approvals]]\ncommands = ['dial']\napprover_permissions = {}", {}, "approver_permissions: is empty"),
        (
            "[[approvals]]\ncommands = ['dial']\napprover_permissions = { boss = 'ACCESS' }",
            {},
            "no permission area boss",
        ),
        ("[[approvals]]\ncommands = ['dial']\napprover_permissions = { api = 'ALL' }", {}, "api must be ACCESS"),
        ("[[approvals]]\ncommands = ['dial']\napprover_permissions = { api = 'READ_ACCESS' }", {}, "nobody could ever"),
        ("[[approvals]]\ncommands = ['dial']\nnotify = ['U1', '@bob']", {}, "[[approvals]] 1, notify item 2"),
        ("[dialing]\nallow = ['33']", {}, "dialing.allow item 1"),
        ("[dialing]\nper_day = -1", {}, "dialing.per_day"),
        ("[dialing.book]\noncall = '0612345678'", {}, "dialing.book.oncall: A phone number starts with +"),
        ("[dialing.book]\n'+33' = '+33612345678'", {}, "dialing.book.+33"),
        ("= 1", {}, "is not TOML"),
    ],
)
def test_a_wrong_configuration_ends_the_start_with_one_line_that_names_the_key(
    read: Load, tmp_path: Path, toml: str, environ: dict[str, str], said: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "some").write_text("thing")
    message = problem(read, toml, **environ)
    assert said in message
    assert "s3cret" not in message


@pytest.mark.parametrize("kind", ["none", "public", "elliptic", "short"])
def test_a_private_key_that_cannot_sign_rs256_is_refused_without_being_shown(
    read: Load, tmp_path: Path, kind: str
) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    keys = {
        "none": b"s3cret",
        "public": b"-----BEGIN PUBLIC KEY-----\ns3cret\n-----END PUBLIC KEY-----",
        "elliptic": ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
        "short": short.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    }
    (tmp_path / "jaas.pem").write_bytes(keys[kind])
    message = problem(read, '[backends.jaas]\nkind = "jaas"\napp_id = "a"\nkey_id = "k"\nprivate_key_file = "jaas.pem"')
    assert message.startswith("backends.jaas.private_key_file: ")
    assert "s3cret" not in message


def test_a_key_of_another_application_is_refused(read: Load, tmp_path: Path, pem: str) -> None:
    (tmp_path / "jaas.pem").write_text(pem)
    toml = '[backends.j]\nkind = "jaas"\napp_id = "a"\nkey_id = "b/k"\nprivate_key_file = "jaas.pem"'
    assert problem(read, toml) == "backends.j.key_id: belongs to another app_id"


def test_what_needs_no_slack_starts_without_its_tokens(tmp_path: Path) -> None:
    assert load({}, tmp_path).slack_bot_token is None


def test_the_playground_listens_where_it_is_told_to() -> None:
    assert (play_port({}), play_port({"PLAY_PORT": "9000"})) == (8090, 9000)
    for wrong in ("http", "-1", "99999"):
        with pytest.raises(ConfigurationError, match="PLAY_PORT"):
            play_port({"PLAY_PORT": wrong})


def test_a_reload_takes_only_the_rules(read: Load, tmp_path: Path) -> None:
    current = read("language = 'en'\n[[grants]]\nrole = 'MEMBER'\neveryone = true")
    (tmp_path / "meetops.toml").write_text(
        "language = 'fr'\n[[grants]]\nrole = 'VIEWER'\neveryone = true\n[dialing]\nallow = ['+33']"
    )
    again = reload(current, TOKENS, tmp_path, commands=COMMANDS)
    assert (again.language, again.grants[0].role, again.dialing.allow) == ("en", "VIEWER", ("+33",))
    assert again.slack_bot_token == current.slack_bot_token


def test_a_reload_that_fails_leaves_the_old_rules(read: Load, tmp_path: Path) -> None:
    current = read("[[grants]]\nrole = 'MEMBER'\neveryone = true")
    before = current.rules()
    (tmp_path / "meetops.toml").write_text("[[grants]]\nrole = 'BOSS'\neveryone = true")
    with pytest.raises(ConfigurationError, match="BOSS"):
        reload(current, TOKENS, tmp_path)
    assert current.rules() == before


def test_a_configured_role_takes_the_place_of_the_built_in_one(read: Load) -> None:
    rules = read("[roles.MEMBER]\npermissions = { api = 'ACCESS' }").rules()
    assert rules.roles["MEMBER"].permissions == Permissions({"api": Level.ACCESS})
    assert rules.roles["ADMINISTRATOR"].permissions.allows(Need("userManagement", "READ_WRITE_ACCESS"))


def test_a_grant_may_read_its_role_from_an_exchange_within_a_bound(read: Load) -> None:
    toml = SBC + "[[grants]]\nrole = 'AGENT'\nusers = ['U1']\nfrom = 'sbc'\nat_most = 'OPERATOR'"
    found = read(toml)
    section = found.backends["sbc"]
    assert isinstance(section, AnynodeSettings)
    assert (section.base_url, section.backend_name) == ("https://sbc.example.org:8110", None)
    assert "s3cret" not in repr(found)
    (grant,) = found.rules().grants
    assert (grant.role, grant.from_, grant.at_most) == ("AGENT", "sbc", "OPERATOR")
    assert Policy(found.rules()).elsewhere == {"sbc"}


def test_a_back_end_without_rooms_is_never_the_default(read: Load) -> None:
    assert read(SBC).default_backend == ""
    assert read(SBC + OPENMEETINGS + "password = 'x'").default_backend == "om"


def test_a_reload_reads_grants_from_an_exchange_too(read: Load, tmp_path: Path) -> None:
    current = read(SBC)
    grant = "[[grants]]\nrole = 'AGENT'\nusers = ['U1']\nfrom = 'sbc'\nat_most = 'OPERATOR'"
    (tmp_path / "meetops.toml").write_text(SBC + grant)
    assert reload(current, TOKENS, tmp_path, commands=COMMANDS).rules().grants[0].at_most == "OPERATOR"
