"""A Pexip management node as its section of the settings says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.backends import Adapter
from bot.backends.pexip import Pexip
from bot.backends.pexip.signing import Basic, OAuth2, SignIn
from bot.backends.pexip.transport import AT_ONCE, PATIENCE, PER_MINUTE
from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.rest import Pace, Rest

if TYPE_CHECKING:
    from bot.settings import PexipSettings


def make(name: str, rest: Rest, section: PexipSettings, clock: Clock) -> Pexip:
    """One management node, signed in by user and password or as an OAuth2 client."""
    return Pexip(
        name,
        rest,
        sign_in=_sign_in(rest, section, clock),
        clock=clock,
        webapp_url=section.webapp_url,
        system_location=section.system_location,
        event_sink_username=section.event_sink_username,
        event_sink_password=section.event_sink_password,
        download_folder=Path(section.download_folder) if section.download_folder else None,
    )


def _sign_in(rest: Rest, section: PexipSettings, clock: Clock) -> SignIn:
    if section.client_id is not None and section.client_key is not None:
        return OAuth2(rest, section.base_url, client_id=section.client_id, client_key=section.client_key, clock=clock)
    if section.username is not None and section.password is not None:
        return Basic(section.username, section.password)
    raise ConfigurationError("username: give username and password, or client_id and client_key")


def limits(clock: Clock) -> Mapping[str, Any]:
    """The document asks for five requests at once; 1,000 a minute are the node's own limit."""
    return {"limit": AT_ONCE, "timeout": PATIENCE, "pace": Pace(clock, calls=PER_MINUTE)}


ADAPTER = Adapter(make, Pexip, limits)
