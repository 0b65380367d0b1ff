"""One worker of Procrastinate's queue: it fetches, hears of new jobs, and is known to live as long as it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, cast

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job as Fetched

from bot.store.lifeline import connected

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

LIVES = 5_364_112  # the family of the workers' advisory locks
ANY_QUEUE = "procrastinate_any_queue_v1"  # Procrastinate's own channel
BEAT = 10.0  # seconds
STALLED = 40.0  # seconds without a beat: a process that stands still, although its connection does not fall
LOOK = 5.0  # seconds: as often the connection is tried when nothing comes

_DEAD = """
 status = 'doing' AND task_name = ANY(%(names)s) AND (worker_id IS NULL OR NOT EXISTS (
   SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
   WHERE datname = current_database() AND locktype = 'advisory' AND classid = %(family)s
     AND objid = worker_id AND objsubid = 2 AND granted))
"""
_ABANDONED = f"SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE {_DEAD})"  # noqa: S608
_SUPERFLUOUS = f"""
DELETE FROM procrastinate_jobs AS mine WHERE {_DEAD} AND id <> ALL(%(own)s) AND (
  EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = mine.queueing_lock)
  OR EXISTS (SELECT 1 FROM jobs WHERE state = 'todo' AND name = mine.task_name AND key = mine.args ->> 'key'))
"""  # noqa: S608
_RETURNED = f"""
UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE {_DEAD} AND id <> ALL(%(own)s)
"""  # noqa: S608
_ADOPT = """
UPDATE procrastinate_jobs SET worker_id = %(new)s WHERE id = %(job)s AND worker_id = %(old)s AND status = 'doing'
"""


class _OneConnection:
    """What Procrastinate takes for its pool. psycopg's own leaves tasks behind where its opening is cancelled."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """It, for one statement."""
        async with self._turn:
            yield self._connection


class Worker:
    """Lives within its `async with`. Raises psycopg.Error, or Procrastinate's ConnectorException."""

    def __init__(self, address: str, *, woken: Callable[[], None]) -> None:
        """`address` holds a password. `woken` is called when there may be something to do."""
        self._address = address
        self._woken = woken
        self._connector = PsycopgConnector()
        self._queue = App(connector=self._connector).job_manager
        self._stack = AsyncExitStack()
        self._hearing: asyncio.Task[None] | None = None
        self._last_beat = 0.0
        self.id = 0

    async def __aenter__(self) -> Worker:
        try:
            await self._begin()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """From here on it counts as dead; what it had is taken over."""
        await self._stack.aclose()

    async def _begin(self) -> None:
        hearing, asking = await self._connected(), await self._connected()
        await self._connector.open_async(cast("AsyncConnectionPool", _OneConnection(asking)))
        await self._queue.prune_stalled_workers(STALLED)
        self.id = await self._queue.register_worker()
        self._last_beat = asyncio.get_running_loop().time()
        await hearing.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (LIVES, self.id))
        await hearing.execute(f"LISTEN {ANY_QUEUE}")
        self._hearing = asyncio.create_task(self._hear(hearing), name="jobs woken")
        self._stack.push_async_callback(self._hear_no_more, self._hearing)

    async def _connected(self) -> psycopg.AsyncConnection:
        connection = await connected(self._address)
        self._stack.push_async_callback(connection.close)
        return connection

    @staticmethod
    async def _hear_no_more(hearing: asyncio.Task[None]) -> None:
        hearing.cancel()
        await asyncio.wait({hearing})
        if not hearing.cancelled():
            hearing.exception()

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        try:
            while True:
                async for _ in connection.notifies(timeout=LOOK, stop_after=1):
                    self._woken()
                await connection.execute("SELECT 1")
        finally:
            self._woken()

    def check(self) -> None:
        """Raise what ended its connection, if it has."""
        if self._hearing is not None and self._hearing.done():
            self._hearing.result()

    async def beat(self) -> None:
        """Say now and then that this process does not stand still, and count out those that do."""
        now = asyncio.get_running_loop().time()
        if now - self._last_beat >= BEAT:
            self._last_beat = now
            await self._queue.update_heartbeat(self.id)
            await self._queue.prune_stalled_workers(STALLED)

    async def fetch(self, names: Iterable[str]) -> Fetched | None:
        """The job that is due longest, now this worker's own; None when there is none."""
        return await self._queue.fetch_job(queues=list(names), worker_id=self.id)

    async def abandoned(self, names: Iterable[str]) -> bool:
        """Whether there are jobs of dead workers."""
        row = await self._one(_ABANDONED, names=list(names), family=LIVES)
        return bool(row["exists"])

    async def take_over(self, own: Sequence[int], names: Iterable[str]) -> None:
        """Put them back on the queue. `own`: what runs in this process, under an earlier worker's name."""
        given = {"names": list(names), "family": LIVES, "own": list(own)}
        for statement in (_SUPERFLUOUS, _RETURNED):
            await self._connector.execute_query_async(statement, **given)
        self._woken()

    async def adopt(self, claims: Iterable[tuple[int, int]]) -> None:
        """What this process carries out since before the connection was lost: (job, worker that fetched it)."""
        for job, worker in claims:
            await self._connector.execute_query_async(_ADOPT, new=self.id, job=job, old=worker)

    async def _one(self, statement: str, **given: object) -> dict[str, object]:
        row: dict[str, object] = await self._connector.execute_query_one_async(statement, **given)
        return row
