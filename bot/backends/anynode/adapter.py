"""An anynode exchange as its section of the settings says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends import Adapter
from bot.backends.anynode import Anynode
from bot.clock import Clock
from bot.rest import Rest

if TYPE_CHECKING:
    from bot.settings import AnynodeSettings


def make(name: str, rest: Rest, section: AnynodeSettings, clock: Clock) -> Anynode:
    """One back end of one exchange."""
    return Anynode(name, rest, username=section.username, password=section.password, backend_name=section.backend_name)


ADAPTER = Adapter(make, Anynode)
