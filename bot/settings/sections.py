"""The tables of the configuration file that name places: Slack and the back ends. Secrets never show in `repr`."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
)


class Section(BaseModel):
    """One table: frozen, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def vendor_address(value: str) -> str:
    """https, or http to this machine; without credentials, query and trailing slash."""
    parts = urlsplit(value)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", value):
        raise ValueError("must be an https:// address")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("must be https; http is accepted for loopback hosts alone")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address without user, query and fragment")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_empty(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise ValueError("is empty")
    return value


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
Address = Annotated[Word, AfterValidator(vendor_address)]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
UserOrGroupId = Annotated[str, StringConstraints(pattern=r"^[UWS][A-Z0-9]+$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]+$")]


class SlackSettings(Section):
    """`[slack]`: what the bot is called there and where it reports."""

    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_\-]{1,31}$")] = "/meet"
    audit_channel: ChannelId | None = None
    approval_channel: ChannelId | None = None


class _BackendSection(Section):
    base_url: Address
    ca: str | None = None  # PEM of a private certificate authority (`ca_file`)
    open_rooms: bool = False  # rooms that the bot did not make are visible to every viewer


class JaasSettings(_BackendSection):
    """A JaaS application (backends/jaas.md A1)."""

    kind: Literal["jaas"]
    base_url: Address = "https://8x8.vc"
    app_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-]+$")]
    key_id: Word
    private_key: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    webhook_authorization: Secret | None = None

    @property
    def kid(self) -> str:
        """The full key id: `<app_id>/<key_id>`."""
        return self.key_id if "/" in self.key_id else f"{self.app_id}/{self.key_id}"

    @field_validator("private_key")
    @classmethod
    def _is_rsa(cls, value: SecretStr) -> SecretStr:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(value.get_secret_value().encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError("is not an unencrypted private key in PEM form (PKCS#1 or PKCS#8)") from None
        if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
            raise ValueError("must be an RSA key of at least 2048 bits")
        return value

    @field_validator("key_id")
    @classmethod
    def _is_of_the_application(cls, value: str, info: ValidationInfo) -> str:
        if "/" in value and value.partition("/")[0] != info.data.get("app_id"):
            raise ValueError("belongs to another app_id")
        return value


class OpenMeetingsSettings(_BackendSection):
    """An OpenMeetings server and the bot's own account there."""

    kind: Literal["openmeetings"]
    username: Word
    password: Secret
    external_type: Word = "slack"


BackendSettings = Annotated[JaasSettings | OpenMeetingsSettings, Field(discriminator="kind")]
KINDS = ("jaas", "openmeetings")
