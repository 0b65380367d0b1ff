"""What other processes changed of that which is answered from memory.

A transaction that changes such a thing adds a row here that names it. As writers wait for each other, the numbers grow
in the order of the commits and have no gaps, so a process has only to ask for what comes after the last one it knows.
Where one process alone writes, nothing is kept and nothing is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable, Row, delete, func, insert, select, text

from bot.store.tables import changes

if TYPE_CHECKING:
    from bot.store.database import Tx

CHANNEL = "meetops_changes"
MOST_KEPT = 10_000

Follower = Callable[["Tx", Sequence[str] | None], Awaitable[None]]


class Changes:
    """Where this process stands, and who has to hear of what."""

    def __init__(
        self,
        reading: Callable[[], AbstractAsyncContextManager[Tx]],
        single: Callable[[Executable], Awaitable[list[Row[Any]]]],
        *,
        shared: bool,
    ) -> None:
        self._reading = reading
        self._single = single
        self._shared = shared
        self._followers: dict[str, Follower] = {}
        self._known = 0
        self._turn = asyncio.Lock()

    def follow(self, kind: str, follower: Follower) -> None:
        """Have it read the named things of this kind again; without names (None), all of them."""
        self._followers[kind] = follower

    async def begin(self) -> None:
        """From here on; what is in memory is read after this."""
        if self._shared:
            async with self._reading() as tx:
                self._known = (await tx.execute(select(func.coalesce(func.max(changes.c.seq), 0)))).scalar_one()

    async def catch_up(self, tx: Tx | None = None) -> None:
        """When this returns, memory holds what was committed before it was called; asked within `tx`, if given."""
        if not self._shared:
            return
        async with self._turn:
            if tx is not None:
                await self._read(tx)
                return
            if not await self._single(select(changes.c.seq).where(changes.c.seq > self._known).limit(1)):
                return
            async with self._reading() as reading:
                await self._read(reading)

    async def write(self, tx: Tx) -> None:
        """Add what this transaction touched, as its last act."""
        if not (self._shared and tx.touched):
            return
        newest = (await tx.execute(select(func.coalesce(func.max(changes.c.seq), 0)))).scalar_one()
        rows = [{"seq": newest + number, "kind": one[0], "key": one[1]} for number, one in enumerate(tx.touched, 1)]
        await tx.execute(insert(changes), rows)
        await tx.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))
        before = self._known
        # Another task may have read further meanwhile, and what runs now puts this transaction's state over it.
        tx.after_commit(lambda: self._go_back_to(before))

    async def prune(self, tx: Tx) -> None:
        """Forget what everybody has heard of long ago."""
        if self._shared:
            newest = select(func.max(changes.c.seq)).scalar_subquery()
            await tx.execute(delete(changes).where(changes.c.seq <= newest - MOST_KEPT))

    def _go_back_to(self, seq: int) -> None:
        self._known = min(self._known, seq)

    async def _read(self, tx: Tx) -> None:
        wanted = select(changes).where(changes.c.seq > self._known).order_by(changes.c.seq)
        rows = (await tx.execute(wanted)).all()
        if not rows:
            return
        lost = rows[0].seq != self._known + 1
        named: dict[str, dict[str, None]] = {}
        for row in rows:
            named.setdefault(row.kind, {})[row.key] = None
        for kind, follower in self._followers.items():
            if lost or kind in named:
                await follower(tx, None if lost else list(named[kind]))
        self._known = rows[-1].seq
