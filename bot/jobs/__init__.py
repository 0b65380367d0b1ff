"""Jobs that must survive a crash: the port. `bot.jobs.embedded` runs them on SQLite.

A job is put on the queue in the transaction that makes it necessary, and carried out at least once. As a handler may
run twice, everything in it is a compare-and-swap, a `once` effect behind an intent row, or a post with an outbox key.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store import Tx


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `failures` counts how often its handler has raised before."""

    name: str
    key: str
    payload: Mapping[str, Any]
    failures: int = 0


Handler = Callable[[Job], Awaitable[None]]


class Jobs(ABC):
    """Puts jobs on the queue and carries them out.

    Jobs of one (name, key) never run side by side, and at most one of them waits. A handler that raises is tried again,
    later and later: often when it raises Unavailable, a few times for anything else; then the job is parked and logged.
    """

    @abstractmethod
    async def enqueue(
        self, tx: Tx, name: str, key: str, *, payload: Mapping[str, Any] | None = None, at: datetime | None = None
    ) -> bool:
        """Have it done once this transaction is committed, or at that moment. False, and nothing else, when one waits.

        One that is being carried out does not count as waiting: this one is done after it, or in its place when a
        crash interrupts it.
        """

    @abstractmethod
    async def cancel(self, tx: Tx, name: str, key: str) -> None:
        """Take back what waits; what is being carried out goes on."""

    @abstractmethod
    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """Carry out jobs until `stop`; what a crash interrupted is taken again. Cancelling it cancels the handlers."""

    @abstractmethod
    async def stop(self) -> None:
        """Begin nothing new; return once everything under way has ended."""

    @abstractmethod
    async def idle(self) -> None:
        """Return once nothing runs and nothing is due by the clock."""
