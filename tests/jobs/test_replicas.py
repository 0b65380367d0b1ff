"""What the jobs port promises when several processes carry out the same queue."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select

from bot.clock import MovableClock
from bot.jobs import Handler, Job
from bot.jobs.procrastinate import ProcrastinateJobs
from bot.store import Store
from bot.store.tables import outbox
from tests.fakes.storage import NOON, address

# Of this database alone: the server is shared with tests that run beside these.
OTHERS_GONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
pytestmark = pytest.mark.postgres


class Replica:
    """One process with its engine."""

    def __init__(self, store: Store, clock: MovableClock) -> None:
        self.store = store
        self.jobs = ProcrastinateJobs(store.db, clock, tick=0.05)
        self.seen: list[str] = []
        self.running: asyncio.Task[None] | None = None

    def begin(self, work: Handler) -> None:
        async def seen(job: Job) -> None:
            self.seen.append(job.key)
            await work(job)

        self.running = asyncio.create_task(self.jobs.run({"work": seen}))

    async def end(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.wait({self.running})

    async def put(self, *keys: str, later: timedelta | None = None) -> None:
        async with self.store.db.begin() as tx:
            for key in keys:
                await self.jobs.enqueue(tx, "work", key, at=NOON + later if later else None)


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
async def two(tmp_path: Path, clock: MovableClock) -> AsyncIterator[tuple[Replica, Replica]]:
    stores = [await Store.open(address(tmp_path), clock) for _ in range(2)]
    one, other = (Replica(store, clock) for store in stores)
    yield one, other
    for replica in (one, other):
        await replica.end()
        await replica.store.close()


async def briefly(_: Job) -> None:
    await asyncio.sleep(0.002)


async def test_each_job_is_done_once_and_both_take_part(two: tuple[Replica, Replica], clock: MovableClock) -> None:
    for replica in two:
        replica.begin(briefly)
    keys = [str(number) for number in range(60)]
    await two[0].put(*keys[:40])
    await two[1].put(*keys[40:], later=timedelta(minutes=1))
    await two[0].jobs.idle()
    clock.advance(timedelta(minutes=1))
    await two[0].jobs.idle()
    assert Counter(two[0].seen + two[1].seen) == Counter(keys)
    assert two[0].seen
    assert two[1].seen


async def test_two_of_a_key_never_run_side_by_side_in_different_processes(two: tuple[Replica, Replica]) -> None:
    inside: Counter[str] = Counter()
    most = 0

    async def slow(job: Job) -> None:
        nonlocal most
        inside[job.key] += 1
        most = max(most, inside[job.key])
        await asyncio.sleep(0.01)
        inside[job.key] -= 1

    for replica in two:
        replica.begin(slow)
    for _ in range(15):
        await two[0].put("a", "b")
        await two[1].put("b", "a")
        await asyncio.sleep(0.004)
    await two[1].jobs.idle()
    assert most == 1
    assert len(two[0].seen + two[1].seen) > 4


async def test_what_a_dead_process_had_begun_is_taken_over_soon(two: tuple[Replica, Replica]) -> None:
    entered = asyncio.Event()

    async def hangs(_: Job) -> None:
        entered.set()
        await asyncio.Event().wait()

    two[0].begin(hangs)
    await two[0].put("a")
    await entered.wait()
    two[1].begin(briefly)
    await asyncio.sleep(0.15)
    assert two[1].seen == []  # the other lives: it is left alone
    await two[0].end()
    async with asyncio.timeout(10):
        await two[1].jobs.idle()
    assert two[1].seen == ["a"]


async def test_a_job_asked_for_again_is_not_begun_before_what_it_was_asked_for_is_there(
    two: tuple[Replica, Replica],
) -> None:
    found: list[set[str]] = []

    async def look(_: Job) -> None:
        async with two[1].store.db.read() as tx:
            found.append(set((await tx.execute(select(outbox.c.key))).scalars()))

    await two[0].put("a")
    async with two[0].store.db.begin() as tx:
        assert not await two[0].jobs.enqueue(tx, "work", "a")
        two[1].begin(look)
        await asyncio.sleep(0.1)
        assert found == []
        await tx.execute(insert(outbox), {"key": "news", "channel_id": "C1", "ts": "1"})
    async with asyncio.timeout(10):
        await two[1].jobs.idle()
    assert found == [{"news"}]


async def test_a_lost_connection_ends_no_handler_and_repeats_none_in_this_process(
    two: tuple[Replica, Replica], tmp_path: Path
) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_: Job) -> None:
        entered.set()
        await leave.wait()

    one = two[0]
    one.begin(slow)
    await one.put("a")
    await entered.wait()
    with psycopg.connect(address(tmp_path), autocommit=True) as server:
        server.execute(OTHERS_GONE)
    await asyncio.sleep(1.3)  # the engine connects again
    leave.set()
    await one.store.db.persistently(lambda: one.put("b"))
    async with asyncio.timeout(20):
        await one.jobs.idle()
    assert one.seen == ["a", "b"]
