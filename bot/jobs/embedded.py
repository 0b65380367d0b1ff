"""The jobs port on the bot's own SQLite database: one table, one process, woken by commits and by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from structlog import get_logger

from bot.clock import Clock
from bot.jobs import Handler, Job, Jobs
from bot.jobs.retrying import after
from bot.jobs.waiting import until_due
from bot.store import Database, DatabaseUnavailable, Tx
from bot.store.tables import jobs
from bot.store.writing import add

SIDE_BY_SIDE = 16
DATABASE_PAUSE = 1.0  # seconds

_OTHER = jobs.alias()
_ANOTHER_WAITS = exists().where(_OTHER.c.state == "todo", _OTHER.c.name == jobs.c.name, _OTHER.c.key == jobs.c.key)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    job: Job


class EmbeddedJobs(Jobs):
    """See the port. Nothing is polled: a commit, the end of a handler or the next due moment wakes it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._handlers: Mapping[str, Handler] = {}
        self._running: dict[asyncio.Task[None], _Claimed] = {}
        self._ended: dict[asyncio.Task[None], _Claimed] = {}
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stopping = False

    async def enqueue(
        self, tx: Tx, name: str, key: str, *, payload: Mapping[str, Any] | None = None, at: datetime | None = None
    ) -> bool:
        """See the port."""
        row = {"name": name, "key": key, "payload": dict(payload or {}), "due_at": at or self._clock.now()}
        tx.after_commit(self._poke)
        return await add(tx, jobs, **row, state="todo", failures=0, error="")

    async def cancel(self, tx: Tx, name: str, key: str) -> None:
        """See the port."""
        await tx.execute(delete(jobs).where(jobs.c.state == "todo", jobs.c.name == name, jobs.c.key == key))

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """See the port."""
        self._handlers = handlers
        try:
            await self._take_again()
            next_due = await self._step()
            while not self._stopping or self._running or self._ended:
                await self._sleep(next_due)
                next_due = await self._step()
        finally:
            late = list(self._running)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            self._stopped.set()

    async def stop(self) -> None:
        """See the port."""
        self._stopping = True
        self._poke()
        await self._stopped.wait()

    async def idle(self) -> None:
        """See the port."""
        self._poke()
        await self._settled.wait()

    def _poke(self) -> None:
        self._settled.clear()
        self._wake.set()

    async def _take_again(self) -> None:
        """What was under way when the process died waits again, unless the same waits already."""
        doing = jobs.c.state == "doing"
        async with self._db.begin() as tx:
            await tx.execute(delete(jobs).where(doing, _ANOTHER_WAITS))
            await tx.execute(update(jobs).where(doing).values(state="todo"))

    async def _step(self) -> datetime | None:
        """Write down what has ended, begin what is due. Returns the next due moment, None when only a wake-up helps."""
        self._wake.clear()
        ended = dict(self._ended)
        try:
            async with self._db.begin() as tx:
                for task, claimed in ended.items():
                    await self._end(tx, claimed, task)
                claimed_now = [] if self._stopping else await self._claim(tx, recorded=len(ended))
                next_due = await self._next_due(tx)
        except DatabaseUnavailable:
            log.error("jobs wait for the database")
            await asyncio.sleep(DATABASE_PAUSE)
            self._poke()
            return None
        for task in ended:
            del self._ended[task]
        for claimed in claimed_now:
            self._begin(claimed)
        if not self._running and not self._ended and not self._wake.is_set():
            self._settled.set()
        return next_due

    async def _claim(self, tx: Tx, *, recorded: int) -> list[_Claimed]:
        # At most one of a (name, key) waits, so no more than those under way can be held back by their like.
        under_way = {(one.job.name, one.job.key) for one in self._running.values()}
        # What has ended since this step began is not written down yet, and would be done again after a crash.
        free = SIDE_BY_SIDE - len(self._running) - (len(self._ended) - recorded)
        due = select(jobs).where(
            jobs.c.state == "todo", jobs.c.due_at <= self._clock.now(), jobs.c.name.in_(self._handlers)
        )
        rows = (await tx.execute(due.order_by(jobs.c.due_at, jobs.c.id).limit(SIDE_BY_SIDE))).all()
        taken = [row for row in rows if (row.name, row.key) not in under_way][: max(0, free)]
        if taken:
            ids = [row.id for row in taken]
            await tx.execute(update(jobs).where(jobs.c.id.in_(ids)).values(state="doing"))
        return [_Claimed(row.id, Job(row.name, row.key, row.payload, row.failures)) for row in taken]

    async def _next_due(self, tx: Tx) -> datetime | None:
        waiting = (jobs.c.state == "todo", jobs.c.name.in_(self._handlers), jobs.c.due_at > self._clock.now())
        moment: datetime | None = (await tx.execute(select(func.min(jobs.c.due_at)).where(*waiting))).scalar()
        return moment

    def _begin(self, claimed: _Claimed) -> None:
        handler = self._handlers[claimed.job.name]
        task = asyncio.ensure_future(handler(claimed.job))
        self._running[task] = claimed
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._ended[task] = self._running.pop(task)
        self._poke()

    async def _end(self, tx: Tx, claimed: _Claimed, task: asyncio.Task[None]) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        row = jobs.c.id == claimed.id
        if error is None:
            await tx.execute(delete(jobs).where(row))
            return
        again = after(claimed.job, error)
        await tx.execute(delete(jobs).where(row, _ANOTHER_WAITS))
        values = {"failures": again.failures, "error": again.error, "due_at": self._clock.now() + again.pause}
        await tx.execute(update(jobs).where(row).values(state=again.state, **values))

    async def _sleep(self, next_due: datetime | None) -> None:
        await until_due(self._wake, self._clock, next_due)
