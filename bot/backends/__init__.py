"""One folder per vendor. What the composition root needs of each stands in its `adapter.py`, under its `kind`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.capabilities import Backend
from bot.clock import Clock
from bot.rest import Rest


def _usual(clock: Clock) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Adapter:
    """`ADAPTER` of `bot/backends/<kind>/adapter.py`: how a back end is made of its section of the settings."""

    make: Callable[
        [str, Rest, Any, Clock], Backend
    ]  # its name, its HTTP client, its section; ConfigurationError: a key
    fullest: type[Backend]  # what it is with everything configured: its column of the capability table
    limits: Callable[[Clock], Mapping[str, Any]] = _usual  # for Rest, where the vendor bears less than the usual


def adapter(kind: str) -> Adapter:
    """The adapter of this kind. Imported when it is asked for: what is not configured costs nothing."""
    found: Adapter = import_module(f"{__name__}.{kind}.adapter").ADAPTER
    return found
