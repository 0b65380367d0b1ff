"""What a back end's table says: each call it makes to its vendor, how often it may be sent, what words may reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.app import backend_kinds
from bot.capabilities import Backend
from bot.clock import MovableClock
from bot.model import Participant, Risk
from bot.rest import Rest
from tests.fakes.impatient import Hasty
from tests.fakes.raw_http import Request

KINDS = backend_kinds()
RestAt = Callable[[str], Rest]  # the client for an address


@dataclass(frozen=True, slots=True)
class Stage:
    """A vendor at `url` that is well. `things`: the rooms and people there that the operations are about."""

    url: str
    things: Any = None
    kept: Callable[[], object] = lambda: None  # the state of what nobody means with hostile words
    clock: MovableClock | None = None  # the vendor's own, where it has one; the back end's stands at noon


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to call one method, with the back end and the things of its stage."""

    method: str
    do: Callable[[Any, Any], Awaitable[object]]
    more: str = ""  # what tells it from others of that method
    silent: frozenset[str] = frozenset()  # the failures that are answered with "not known", never raised

    @property
    def name(self) -> str:
        return f"{self.method} {self.more}".strip()


@dataclass(frozen=True, slots=True)
class Reach:
    """What is done with words that somebody chose, and the only requests (`METHOD /path`) that may come of it."""

    method: str
    do: Callable[[Any, Any, str], Awaitable[object]]
    allowed: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """One kind of back end."""

    kind: str
    make: Callable[[RestAt, str], Backend]
    stage: Callable[[], AbstractAsyncContextManager[Stage]]
    operations: tuple[Operation, ...]
    reaches: tuple[Reach, ...]
    risk_of: Callable[[Request], Risk]
    secrets: tuple[str, ...]
    people: tuple[Callable[[str], Participant], ...] = ()  # somebody of that name, in each way that the vendor tells it
    without_io: frozenset[str] = frozenset()  # methods that ask the vendor nothing
    always: str = r"(?!)"  # requests that go before any other, like signing in
    optional: str = r"(?!)"  # questions that it can do without


def made(
    vendor: Vendor,
    session: aiohttp.ClientSession,
    url: str,
    *,
    patient: frozenset[tuple[str, str]] = frozenset(),
    patience: float = 5.0,
) -> Any:
    """The back end at this address; `patient`, `patience`: see `Hasty`."""

    def rest_at(address: str) -> Rest:
        return Hasty(session, address, backend=vendor.kind, patient=patient, patience=patience)

    return vendor.make(rest_at, url)
