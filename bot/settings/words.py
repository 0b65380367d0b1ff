"""What a value of the configuration file may look like: addresses, ids, secrets, spans, each with its own sentence."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, StringConstraints

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
