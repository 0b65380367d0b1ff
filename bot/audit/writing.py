"""Adds rows to the chain: with a transaction, or soon and in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Unpack

from sqlalchemy import insert, select
from structlog import get_logger
from structlog.contextvars import get_contextvars

from bot.audit.chain import Entry, Head, Row, chained, read_row
from bot.audit.reading import Filters, matching
from bot.clock import Clock
from bot.store.database import Database, DatabaseUnavailable, Tx
from bot.store.tables import audit

BATCH = 200
LONGEST_WAIT = 0.5  # seconds
MOST_QUEUED = 50_000

log = get_logger(__name__)


class Audit:
    """Writes the chain and looks things up in it. One per process, which knows the last row if it is the only one."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._head: Head | None = None
        self._queued: deque[tuple[datetime, Entry]] = deque()
        self._some = asyncio.Event()
        self._many = asyncio.Event()

    async def write(self, tx: Tx, entry: Entry) -> None:
        """Add a row with this transaction; what was noted before comes before it."""
        await self._append(tx, _traced(entry))

    async def note(self, entry: Entry) -> None:
        """Add a row soon, at the cost of a list append. A crash may lose the last half second of these."""
        if len(self._queued) >= MOST_QUEUED:
            log.error("audit row dropped: the database takes none", action=entry.action, outcome=entry.outcome)
            return
        self._queued.append((self._clock.now(), _traced(entry)))
        self._some.set()
        if len(self._queued) >= BATCH:
            self._many.set()

    async def flush(self) -> None:
        """Write what is queued."""
        while self._queued:
            async with self._db.begin() as tx:
                await self._append(tx)

    async def run(self) -> None:
        """Write what is queued: half a second after the first row, or once there are many. Ends by cancellation."""
        while True:
            await self._some.wait()
            await self._longest_wait()
            self._some.clear()
            self._many.clear()
            try:
                await self.flush()
            except DatabaseUnavailable:
                log.error("audit rows wait for the database", queued=len(self._queued))
                self._some.set()

    async def search(self, *, limit: int, **only: Unpack[Filters]) -> Sequence[Row]:
        """The newest of these rows first."""
        await self.flush()
        wanted = matching(select(audit), **only)
        async with self._db.read() as tx:
            found = await tx.execute(wanted.order_by(audit.c.seq.desc()).limit(limit))
            return [read_row(row) for row in found.mappings()]

    async def _longest_wait(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._many.wait()
        except TimeoutError:
            return

    async def _append(self, tx: Tx, *entries: Entry) -> None:
        first = self not in tx.scratch
        noted = list(self._queued)[:BATCH] if first else []
        head = await self._last(tx) if first else tx.scratch[self]
        rows, head = chained(head, noted + [(self._clock.now(), entry) for entry in entries])
        if rows:
            await tx.execute(insert(audit), rows)
        tx.scratch[self] = head
        tx.after_commit(lambda: self._written(head, len(noted)))

    async def _last(self, tx: Tx) -> Head:
        if self._head is not None and not self._db.shared:
            return self._head
        newest = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        row = (await tx.execute(newest)).first()
        return Head(row.seq, row.hash) if row else Head()

    def _written(self, head: Head, noted: int) -> None:
        self._head = head
        for _ in range(noted):
            self._queued.popleft()


def _traced(entry: Entry) -> Entry:
    """With the id under which the log tells of the same Slack request."""
    correlation = get_contextvars().get("correlation_id", "")
    return replace(entry, correlation=str(correlation)) if correlation and not entry.correlation else entry
