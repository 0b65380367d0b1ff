"""OpenMeetings as its section of the settings says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends import Adapter
from bot.backends.openmeetings import OpenMeetings
from bot.clock import Clock
from bot.rest import Rest

if TYPE_CHECKING:
    from bot.settings import OpenMeetingsSettings


def make(name: str, rest: Rest, section: OpenMeetingsSettings, clock: Clock) -> OpenMeetings:
    """One server."""
    return OpenMeetings(
        name,
        rest,
        base_url=section.base_url,
        username=section.username,
        password=section.password,
        external_type=section.external_type,
        login_method=section.login_method,
        link_lifetime=section.link_lifetime,
        clock=clock,
    )


ADAPTER = Adapter(make, OpenMeetings)
