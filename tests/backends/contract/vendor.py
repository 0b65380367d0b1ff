"""What a back end's table says: each call it makes to its vendor, and what of it may be sent how often."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.capabilities import Backend
from bot.model import Risk
from bot.rest import Rest
from tests.fakes.raw_http import RawServer, Request, Turn

RestAt = Callable[[str], Rest]  # the client for an address


@dataclass(frozen=True, slots=True)
class Stage:
    """A vendor at `url` with what the operations need: rooms, people. `things` is the vendor's own."""

    url: str
    things: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to call one method. `do` gets the back end and the things of its stage."""

    method: str
    do: Callable[[Any, Any], Awaitable[object]]
    more: str = ""  # what tells it from others of that method
    before: tuple[Turn, ...] = ()  # what a vendor without a stage of its own answers
    silent: bool = False  # a failed reading is answered with "not known", never raised

    @property
    def name(self) -> str:
        return f"{self.method} {self.more}".strip()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One kind of back end."""

    kind: str
    make: Callable[[RestAt, str], Backend]
    operations: tuple[Operation, ...]
    risk_of: Callable[[Request], Risk]
    secrets: tuple[str, ...]
    without_io: frozenset[str] = frozenset()  # methods that ask the vendor nothing
    stage: Callable[[], AbstractAsyncContextManager[Stage]] | None = None

    @asynccontextmanager
    async def staged(self, operation: Operation) -> AsyncIterator[Stage]:
        """The vendor, as this operation needs it."""
        if self.stage is not None:
            async with self.stage() as stage:
                yield stage
        else:
            async with RawServer(list(operation.before)) as server:
                yield Stage(server.url)


