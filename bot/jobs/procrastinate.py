"""The jobs port on PostgreSQL: Procrastinate's queue, carried out by any number of processes.

Procrastinate keeps what is due: its queueing lock lets one of a (name, key) wait, its lock keeps two of them from
running side by side, its notifications wake every process. What is due later waits in the table `jobs` and is put on
the queue when the injected clock says so: hundreds of thousands of future jobs would slow its fetch down.

Its Worker is not used: it takes a cancelled job for a finished one, loses track of a job whose end it could not write
down, and finds a dead worker's jobs by a timeout. Here a worker holds an advisory lock as long as it lives, so the
others take over what it left within `TICK`.

A job that waits already is locked when it is asked for again (`FOR UPDATE`), until that transaction commits: fetched
before, its handler would not see what the transaction did, and nobody would do it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as Fetched
from sqlalchemy import delete, func, insert, select, text
from structlog import get_logger

from bot.clock import Clock
from bot.jobs import Handler, Job, Jobs
from bot.jobs.retrying import after
from bot.jobs.waiting import until_due
from bot.jobs.worker import ANY_QUEUE, Worker
from bot.store import Database, DatabaseUnavailable, Tx
from bot.store.tables import jobs

SIDE_BY_SIDE = 16
TICK = 2.0  # seconds between looks for what dead processes left
DATABASE_PAUSE = 1.0  # seconds
IDLE_LOOK = 0.02  # seconds between looks of whoever waits for `idle`
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
LOST = (DatabaseUnavailable, ConnectorException, psycopg.Error, OSError)

_WAITING = text(
    "WITH queued AS (SELECT id FROM procrastinate_jobs WHERE queueing_lock = :one AND status = 'todo' FOR UPDATE)"
    " SELECT (SELECT count(*) FROM queued), EXISTS (SELECT 1 FROM jobs WHERE name = :name AND key = :key"
    " AND state = 'todo')"
)
_WAKE = text(f"SELECT pg_notify('{ANY_QUEUE}', '')")
_TAKE_BACK = text("DELETE FROM procrastinate_jobs WHERE queueing_lock = :one AND status = 'todo'")
_END = text("DELETE FROM procrastinate_jobs WHERE id = :id AND worker_id = :worker AND status = 'doing' RETURNING id")
_BUSY = text(
    "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = ANY(:n))"
)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    worker: int  # that fetched it
    job: Job


class ProcrastinateJobs(Jobs):
    """See the port, and above."""

    def __init__(self, db: Database, clock: Clock, *, tick: float = TICK) -> None:
        """`tick`: real seconds between looks for what dead processes left."""
        self._db = db
        self._clock = clock
        self._address = db.address
        self._tick = tick
        self._app = App(connector=PsycopgConnector())  # puts jobs on the queue over the connections it is given
        self._handlers: Mapping[str, Handler] = {}
        self._running: dict[asyncio.Task[None], _Claimed] = {}
        self._ended: dict[asyncio.Task[None], _Claimed] = {}
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stopping = False
        self._awaited = 0  # callers of `idle`

    async def enqueue(
        self, tx: Tx, name: str, key: str, *, payload: Mapping[str, Any] | None = None, at: datetime | None = None
    ) -> bool:
        """See the port."""
        queued, later = (await tx.execute(_WAITING, {"one": _one(name, key), "name": name, "key": key})).one()
        if queued or later:
            if queued:
                await tx.execute(_WAKE)  # whoever came by while it was locked passed over it
            return False
        now = self._clock.now()
        if at is not None and at > now:
            row = {"name": name, "key": key, "payload": dict(payload or {}), "due_at": at}
            await tx.execute(insert(jobs), row | {"state": "todo", "failures": 0, "error": ""})
            await tx.execute(_WAKE)
        else:
            await self._queue(tx, Job(name, key, dict(payload or {})), due=at or now)
        return True

    async def cancel(self, tx: Tx, name: str, key: str) -> None:
        """See the port."""
        await tx.execute(delete(jobs).where(jobs.c.state == "todo", jobs.c.name == name, jobs.c.key == key))
        await tx.execute(_TAKE_BACK, {"one": _one(name, key)})

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """See the port."""
        self._handlers = handlers
        try:
            while not await self._shift():
                log.error("jobs wait for the database")
                await asyncio.sleep(DATABASE_PAUSE)
        finally:
            late = list(self._running)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            self._stopped.set()

    async def stop(self) -> None:
        """See the port."""
        self._stopping = True
        self._wake.set()
        await self._stopped.wait()

    async def idle(self) -> None:
        """See the port. Looks at the whole queue, also at what other processes do."""
        self._settled.clear()
        self._awaited += 1
        self._wake.set()
        try:
            await self._settled.wait()
        finally:
            self._awaited -= 1

    async def _queue(self, tx: Tx, job: Job, *, due: datetime) -> None:
        """Put it on Procrastinate's queue, in this transaction. The longest due is begun first."""
        driver = (await tx.connection.get_raw_connection()).driver_connection
        deferrer = self._app.configure_task(
            job.name,
            allow_unknown=True,
            queue=job.name,
            lock=_one(job.name, job.key),
            queueing_lock=_one(job.name, job.key),
            priority=-int((due - EPOCH).total_seconds()),
            connection=driver,
        )
        with suppress(AlreadyEnqueued):  # inside a savepoint, which it would else take the transaction with it
            async with tx.connection.begin_nested():
                await deferrer.defer_async(key=job.key, payload=dict(job.payload), failures=job.failures)

    async def _shift(self) -> bool:
        """Work as one worker until the end (True), or until the database is lost (False)."""
        try:
            async with Worker(self._address, woken=self._wake.set) as worker:
                await self._adopt(worker)
                await self._work(worker)
        except LOST as error:
            log.warning("jobs interrupted", error=type(error).__name__)
            return False
        return True

    async def _adopt(self, worker: Worker) -> None:
        """What went on while the connection was lost is the new worker's, unless another process has taken it over."""
        await worker.adopt([(one.id, one.worker) for one in self._under_way()])
        for claims in (self._running, self._ended):
            claims.update({task: replace(claimed, worker=worker.id) for task, claimed in claims.items()})

    async def _work(self, worker: Worker) -> None:
        loop = asyncio.get_running_loop()
        next_tick = loop.time()
        while True:
            self._wake.clear()
            if loop.time() >= next_tick:
                await self._take_over(worker)
                next_tick = loop.time() + self._tick
            await self._write_down()
            next_due = None if self._stopping else await self._put_on_queue()
            if not self._stopping:
                await self._fetch(worker)
            await self._settle(next_due)
            if self._stopping and not self._running and not self._ended:
                return
            worker.check()
            patience = IDLE_LOOK if self._awaited and not self._settled.is_set() else next_tick - loop.time()
            await until_due(self._wake, self._clock, next_due, at_most=max(0.0, patience))

    async def _take_over(self, worker: Worker) -> None:
        """What dead workers left waits again, unless the same waits already."""
        if await worker.abandoned(self._handlers):
            async with self._db.begin():  # no writer may ask for one of them meanwhile
                await worker.take_over([one.id for one in self._under_way()], self._handlers)
        await worker.beat()

    def _under_way(self) -> list[_Claimed]:
        return [*self._running.values(), *self._ended.values()]

    async def _put_on_queue(self) -> datetime | None:
        """What the clock has made due. Returns when the next will be."""
        waiting = (jobs.c.state == "todo", jobs.c.name.in_(self._handlers))
        soonest = select(func.min(jobs.c.due_at)).where(*waiting)
        next_due: datetime | None = (await self._db.single(soonest))[0][0]
        if next_due is None or next_due > self._clock.now():
            return next_due
        async with self._db.begin() as tx:
            due = delete(jobs).where(*waiting, jobs.c.due_at <= self._clock.now()).returning(jobs)
            for row in sorted((await tx.execute(due)).all(), key=lambda row: (row.due_at, row.id)):
                await self._queue(tx, Job(row.name, row.key, row.payload, row.failures), due=row.due_at)
            later: datetime | None = (await tx.execute(soonest)).scalar()
            return later

    async def _fetch(self, worker: Worker) -> None:
        while len(self._running) + len(self._ended) < SIDE_BY_SIDE:
            fetched = await worker.fetch(self._handlers)
            if fetched is None:
                return
            self._begin(fetched, worker.id)

    def _begin(self, fetched: Fetched, worker: int) -> None:
        given: dict[str, Any] = fetched.task_kwargs
        job = Job(fetched.task_name, str(given["key"]), dict(given["payload"]), int(given["failures"]))
        task = asyncio.ensure_future(self._handlers[job.name](job))
        self._running[task] = _Claimed(fetched.id or 0, worker, job)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._ended[task] = self._running.pop(task)
        self._wake.set()

    async def _write_down(self) -> None:
        for task, claimed in list(self._ended.items()):
            error = asyncio.CancelledError() if task.cancelled() else task.exception()
            end = _END.bindparams(id=claimed.id, worker=claimed.worker)
            if error is None:
                await self._db.single(end)
            else:
                await self._try_again(claimed.job, error, end)
            del self._ended[task]

    async def _try_again(self, job: Job, error: BaseException, end: Any) -> None:  # noqa: ANN401
        again = after(job, error)
        async with self._db.begin() as tx:
            if (await tx.execute(end)).first() is None:
                return  # another process took it over
            queued, later = (
                await tx.execute(_WAITING, {"one": _one(job.name, job.key), "name": job.name, "key": job.key})
            ).one()
            if queued or later:
                await tx.execute(_WAKE)
                return
            row = {"name": job.name, "key": job.key, "payload": dict(job.payload), "state": again.state}
            due = self._clock.now() + again.pause
            await tx.execute(insert(jobs), row | {"due_at": due, "failures": again.failures, "error": again.error})

    async def _settle(self, next_due: datetime | None) -> None:
        """Tell whoever waits for it that nothing runs and nothing is due, here or elsewhere."""
        if not self._awaited or self._running or self._ended or self._wake.is_set():
            return
        if next_due is not None and next_due <= self._clock.now():
            return
        if not (await self._db.single(_BUSY.bindparams(n=list(self._handlers))))[0][0]:
            self._settled.set()


def _one(name: str, key: str) -> str:
    """What makes two jobs the same."""
    return f"{name} {key}"
