"""The tables of the configuration file that name places: Slack and the back ends. Secrets never show in `repr`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from bot.errors import BadInput
from bot.rules import read_span

T = TypeVar("T")


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


def formed(pattern: str, what: str) -> AfterValidator:
    """A text of this form; `what` says in plain words which."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {what}")
        return value

    return AfterValidator(check)


def understood(reader: Callable[[str], T], value: str) -> T:
    """What the reader makes of the words. Raises ValueError with its sentence."""
    try:
        return reader(value)
    except BadInput as error:
        raise ValueError(str(error)) from None


def _span(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError('must be a duration such as "30m"')
    return understood(read_span, value)


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
Address = Annotated[Word, AfterValidator(vendor_address)]
ChannelId = Annotated[str, formed(r"[CG][A-Z0-9]+", "a channel's id such as C0123ABCD, not its name")]
UserId = Annotated[str, formed(r"[UW][A-Z0-9]+", "a person's id such as U0123ABCD, not a name")]
UserOrGroupId = Annotated[
    str, formed(r"[UWS][A-Z0-9]+", "the id of a person or user group, such as U0123ABCD or S0123ABCD")
]
GroupId = Annotated[str, formed(r"S[A-Z0-9]+", "a user group's id such as S0123ABCD, not its name")]
HostName = Annotated[
    str, formed(r"(?i)[a-z0-9]([a-z0-9.\-]*[a-z0-9])?", "a host name such as 8x8.vc, without https:// and port")
]


class SlackSettings(Section):
    """`[slack]`: what the bot is called there and where it reports."""

    command: Annotated[str, formed(r"/[a-z0-9_\-]{1,31}", "a slash and small letters, such as /meet")] = "/meet"
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
    app_id: Annotated[str, formed(r"[A-Za-z0-9\-]+", "the AppID of the 8x8 console, vpaas-magic-cookie-…")]
    key_id: Word
    private_key: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    webhook_authorization: Secret | None = None
    webhook_tolerance: Span = timedelta(minutes=5)  # how far a webhook's own moment may be from now
    link_lifetime: Span = timedelta(hours=2)
    muc_domain: HostName = "8x8.vc"  # what ends the names of conferences; staging tenants have another

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
    login_method: Literal["auto", "get", "post"] = "auto"  # auto: as the server's version says
    link_lifetime: Span = timedelta(minutes=30)  # as long as the server keeps an idle session


class PexipSettings(_BackendSection):
    """A Pexip Infinity management node: signed in by user and password, or as an OAuth2 client (ES256)."""

    kind: Literal["pexip"]
    client_id: Word | None = None
    client_key: Secret | None = Field(default=None, validate_default=True)
    username: Word | None = Field(default=None, validate_default=True)
    password: Secret | None = Field(default=None, validate_default=True)
    webapp_url: Word | None = None  # where people join; {alias} stands for the room's alias
    system_location: Word | None = None  # by its name: where calls are placed from
    event_sink_username: Word | None = None
    event_sink_password: Secret | None = Field(default=None, validate_default=True)
    download_folder: Word | None = None  # where node images go

    @field_validator("client_key")
    @classmethod
    def _signs_with_es256(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        _together(value, "client_id", info)
        if value is not None and not _is_p256(value):
            raise ValueError("must be an unencrypted P-256 private key in PEM form, as the node showed it once")
        return value

    @field_validator("username")
    @classmethod
    def _signs_in_one_way(cls, value: str | None, info: ValidationInfo) -> str | None:
        by_client = info.data.get("client_id") is not None
        if value is not None and by_client:
            raise ValueError("give either username and password, or client_id and client_key, not both")
        if value is None and not by_client and "client_id" in info.data:
            raise ValueError("is missing; give username and password, or client_id and client_key")
        return value

    @field_validator("password")
    @classmethod
    def _belongs_to_the_user(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        return _together(value, "username", info)

    @field_validator("event_sink_password")
    @classmethod
    def _belongs_to_the_sink(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        return _together(value, "event_sink_username", info)

    @field_validator("webapp_url")
    @classmethod
    def _has_a_place_for_the_alias(cls, value: str | None) -> str | None:
        if value is None:
            return None
        before, mark, after = value.partition("{alias}")
        if not mark or re.search(r"[{}]", before + after):
            raise ValueError("must hold {alias} once, where the room's alias goes, and no other braces")
        if not re.fullmatch(r"https?://[^/?#]+/.*", before):
            raise ValueError("must have {alias} after the host, such as https://join.example.org/webapp/m/{alias}")
        vendor_address(before.partition("?")[0].partition("#")[0])
        return value


def _together(value: SecretStr | None, partner: str, info: ValidationInfo) -> SecretStr | None:
    """Both are given, or neither. Of a partner that is wrong itself nothing more is said."""
    given = info.data.get(partner) is not None
    if value is None and given:
        raise ValueError(f"is missing; it goes with {partner}")
    if value is not None and not given and partner in info.data:
        raise ValueError(f"goes only with {partner}, which is missing")
    return value


def _is_p256(pem: SecretStr) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.get_secret_value().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)


BackendSettings = Annotated[JaasSettings | OpenMeetingsSettings | PexipSettings, Field(discriminator="kind")]
KINDS: dict[str, type[Section]] = {"jaas": JaasSettings, "openmeetings": OpenMeetingsSettings, "pexip": PexipSettings}
