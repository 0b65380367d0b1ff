"""What the playground's bot is told: a meetops.toml and the environment, written at the start, gone at the end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

COMMAND = "/meet"
APP_ID = "vpaas-magic-cookie-" + "0123456789abcdef" * 2
KEY_ID = "play01"
OM_LOGIN = "soap"
PEXIP_LOGIN = "slackbot"
LASUITE_CLIENT = "meetops"
LIVEKIT_KEY, SIP_TRUNK = "APIplay", "ST_play"
SBC_LOGIN = "meetops"

TOML = """\
default_backend = "jaas"
timezone = "Europe/Paris"
guests = "join"

[slack]
command = "{command}"

[backends.jaas]
kind = "jaas"
base_url = "{jaas}"
app_id = "{app_id}"
key_id = "{key_id}"
private_key_file = "jaas.pem"
webhook_secrets = ["{webhook_secret}"]

[backends.meetings]
kind = "openmeetings"
base_url = "{openmeetings}"
username = "{om_login}"
password_file = "openmeetings.password"

[backends.pexip]
kind = "pexip"
base_url = "{pexip}"
username = "{pexip_login}"
password_file = "pexip.password"
webapp_url = "{pexip}/webapp/m/{{alias}}"
system_location = "London"
event_sink_username = "sink"
event_sink_password_file = "pexip-sink.password"
download_folder = "{downloads}"

[backends.visio]
kind = "lasuite"
base_url = "{lasuite}/external-api/v1.0"
client_id = "{lasuite_client}"
client_secret_file = "lasuite.secret"
livekit_url = "{lasuite}"
livekit_api_key = "{livekit_key}"
livekit_api_secret_file = "livekit.secret"
livekit_sip_trunk_id = "{sip_trunk}"

[backends.sbc]
kind = "anynode"
base_url = "{sbc}"
username = "{sbc_login}"
password_file = "sbc.password"

[[grants]]
role = "ADMINISTRATOR"
usergroups = ["S0ADMINS"]
[[grants]]
role = "OPERATOR"
usergroups = ["S0OPS"]
[[grants]]
role = "MEMBER"
users = ["U0MIA", "U0MAX", "U0MAYA"]
[[grants]]
role = "VIEWER"
users = ["U0VERA"]
[[grants]]
role = "CALL_HISTORY_EXPORTER"
users = ["U0VERA"]
from = "sbc"
at_most = "VIEWER"

[dialing]
allow = ["+33", "+40", "+49"]
[dialing.book]
oncall = "+33612345678"
"""


def _made(prefix: str = "", letters: int = 16) -> Any:  # noqa: ANN401 (what `field` declares is the field's type)
    return field(default_factory=lambda: f"{prefix}{secrets.token_hex(letters)}", repr=False)


@dataclass(frozen=True)
class Secrets:
    """Made anew at each start."""

    signing: str = _made()
    bot_token: str = _made("xoxb-play-", 12)
    app_token: str = _made("xapp-play-", 12)
    webhook: str = _made("whsec_")
    openmeetings: str = _made()  # the password of the bot's account there
    pexip: str = _made()  # likewise
    sbc: str = _made()  # likewise
    pexip_sink: str = _made()  # what the event sink shows to the bot
    lasuite: str = _made()  # of the bot's application there
    livekit: str = _made()  # signs the bot's calls to LiveKit, and LiveKit's webhooks
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)

    @property
    def private_key(self) -> str:
        """The bot's key at 8x8: PEM, PKCS#8."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def public_key(self) -> str:
        """What was uploaded at 8x8: PEM."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def write(folder: Path, known: Secrets, *, jaas: str, openmeetings: str, pexip: str, lasuite: str, sbc: str) -> Path:
    """Write meetops.toml and the files it names beside it; the path of the former. The others are the vendors' URLs."""
    (folder / "jaas.pem").write_text(known.private_key)
    (folder / "openmeetings.password").write_text(known.openmeetings)
    (folder / "pexip.password").write_text(known.pexip)
    (folder / "sbc.password").write_text(known.sbc)
    (folder / "pexip-sink.password").write_text(known.pexip_sink)
    (folder / "lasuite.secret").write_text(known.lasuite)
    (folder / "livekit.secret").write_text(known.livekit)
    path = folder / "meetops.toml"
    path.write_text(
        TOML.format(
            command=COMMAND,
            jaas=jaas,
            app_id=APP_ID,
            key_id=KEY_ID,
            webhook_secret=known.webhook,
            openmeetings=openmeetings,
            om_login=OM_LOGIN,
            pexip=pexip,
            pexip_login=PEXIP_LOGIN,
            sbc=sbc,
            sbc_login=SBC_LOGIN,
            downloads=folder / "appliances",
            lasuite=lasuite,
            lasuite_client=LASUITE_CLIENT,
            livekit_key=LIVEKIT_KEY,
            sip_trunk=SIP_TRUNK,
        )
    )
    return path


def environ(folder: Path, known: Secrets, *, slack_api: str) -> Mapping[str, str]:
    """The variables of interface.md §2. The bot takes a free port."""
    return {
        "SLACK_BOT_TOKEN": known.bot_token,
        "SLACK_SIGNING_SECRET": known.signing,
        "SLACK_API_URL": slack_api,
        "DATABASE_URL": f"sqlite:///{folder / 'meetops.db'}",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
        "MEETOPS_CONFIG": str(folder / "meetops.toml"),
    }
