"""What every jobs engine promises (bot/jobs)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.errors import Unavailable
from bot.jobs import Handler, Job, Jobs
from bot.jobs.choosing import jobs_on
from bot.store import Store
from tests.fakes.storage import NOON, opened

pytestmark = pytest.mark.engines
MINUTE = timedelta(minutes=1)


class Works:
    """One process with its engine, its clock and what its handlers saw."""

    def __init__(self, store: Store, clock: MovableClock) -> None:
        self.store = store
        self.clock = clock
        self.jobs: Jobs = jobs_on(store.db, clock)
        self.seen: list[Job] = []

    @property
    def keys(self) -> list[str]:
        return [job.key for job in self.seen]

    async def put(self, key: str, name: str = "work", *, at: datetime | None = None, **payload: Any) -> bool:
        async with self.store.db.begin() as tx:
            return await self.jobs.enqueue(tx, name, key, payload=payload, at=at)

    async def cancel(self, key: str) -> None:
        async with self.store.db.begin() as tx:
            await self.jobs.cancel(tx, "work", key)

    async def see(self, job: Job) -> None:
        self.seen.append(job)

    @asynccontextmanager
    async def running(self, **handlers: Handler) -> AsyncIterator[None]:
        given: Mapping[str, Handler] = {"work": self.see, **handlers}
        task = asyncio.create_task(self.jobs.run(given))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()


Start = Callable[[], Awaitable[Works]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start the bot on the same database, each time after the one before has gone; the clock goes on."""
    clock, stack = MovableClock(NOON), AsyncExitStack()

    async def begin() -> Works:
        await stack.aclose()
        return Works(await stack.enter_async_context(opened(tmp_path, clock)), clock)

    yield begin
    await stack.aclose()


@pytest.fixture
async def works(start: Start) -> Works:
    return await start()


async def test_a_job_is_done_with_its_payload_once_its_transaction_is_committed(works: Works) -> None:
    async with works.running():
        assert await works.put("a", number="+40", n=1)
        await works.jobs.idle()
        await works.jobs.idle()
    assert works.seen == [Job("work", "a", {"number": "+40", "n": 1})]


async def test_a_job_of_a_rolled_back_transaction_is_never_done(works: Works) -> None:
    async with works.running():
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            async with works.store.db.begin() as tx:
                await works.jobs.enqueue(tx, "work", "a")
                raise ZeroDivisionError
        await works.jobs.idle()
    assert works.seen == []


async def test_jobs_are_begun_in_the_order_they_fell_due(works: Works) -> None:
    await works.put("second", at=NOON - MINUTE)
    await works.put("third")
    await works.put("first", at=NOON - 2 * MINUTE)
    async with works.running():
        await works.jobs.idle()
    assert works.keys == ["first", "second", "third"]


async def test_a_job_waits_for_its_moment(works: Works) -> None:
    await works.put("a", at=NOON + MINUTE)
    async with works.running():
        await works.jobs.idle()
        works.clock.advance(MINUTE - timedelta(seconds=1))
        await works.jobs.idle()
        assert works.seen == []
        works.clock.advance(timedelta(seconds=1))
        await works.jobs.idle()
    assert works.keys == ["a"]


async def test_a_due_moment_wakes_a_sleeping_engine_by_itself(works: Works) -> None:
    done = asyncio.Event()

    async def finish(job: Job) -> None:
        done.set()

    await works.put("a", "finish", at=NOON + MINUTE)
    async with works.running(finish=finish):
        await works.jobs.idle()
        works.clock.advance(MINUTE)
        async with asyncio.timeout(5):
            await done.wait()


async def test_a_moment_of_the_past_is_now(works: Works) -> None:
    await works.put("late", at=NOON - timedelta(days=3))
    async with works.running():
        await works.jobs.idle()
    assert works.keys == ["late"]


async def test_at_most_one_of_a_name_and_key_waits(works: Works) -> None:
    assert await works.put("a", n=1)
    assert not await works.put("a", n=2)
    assert await works.put("b")
    assert await works.put("a", "other")
    async with works.running(other=works.see):
        await works.jobs.idle()
    assert sorted((job.name, job.key) for job in works.seen) == [("other", "a"), ("work", "a"), ("work", "b")]
    assert {"n": 1} in [job.payload for job in works.seen]


async def test_what_is_asked_for_while_its_like_is_under_way_is_done_after_it_and_not_beside_it(works: Works) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    inside = most = 0

    async def slow(job: Job) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        entered.set()
        await leave.wait()
        inside -= 1
        works.seen.append(job)

    async with works.running(slow=slow):
        await works.put("a", "slow", n=1)
        await entered.wait()
        assert await works.put("a", "slow", n=2)
        await works.put("b", "work")
        async with asyncio.timeout(5):
            while not works.keys:
                await asyncio.sleep(0.001)
        assert works.keys == ["b"]
        leave.set()
        await works.jobs.idle()
    assert [job.payload for job in works.seen] == [{}, {"n": 1}, {"n": 2}]
    assert most == 1


async def test_a_cancelled_job_is_not_done_and_may_be_asked_for_again(works: Works) -> None:
    await works.put("a", at=NOON + MINUTE)
    await works.cancel("a")
    await works.cancel("never there")
    async with works.running():
        works.clock.advance(MINUTE)
        await works.jobs.idle()
        assert works.seen == []
        assert await works.put("a")
        await works.jobs.idle()
    assert works.keys == ["a"]


async def test_many_run_side_by_side_but_not_all(works: Works) -> None:
    inside = most = 0

    async def slow(job: Job) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.005)
        inside -= 1

    for number in range(40):
        await works.put(str(number), "slow")
    async with works.running(slow=slow):
        await works.jobs.idle()
    assert 1 < most <= 16


async def test_one_that_is_unavailable_is_tried_again_later_and_later(works: Works) -> None:
    moments: list[datetime] = []

    async def fails_often(job: Job) -> None:
        moments.append(works.clock.now())
        if len(moments) < 12:
            raise Unavailable("Slack did not answer.")

    await works.put("a", "fails_often")
    async with works.running(fails_often=fails_often):
        for _ in range(200):
            await works.jobs.idle()
            works.clock.advance(timedelta(seconds=30))
    assert len(moments) == 12
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses == sorted(pauses)
    assert max(pauses) <= timedelta(minutes=6)


async def test_one_that_crashes_is_tried_a_few_times_then_parked_and_the_others_go_on(works: Works) -> None:
    async def crashes(job: Job) -> None:
        works.seen.append(job)
        raise ZeroDivisionError

    await works.put("bad", "crashes")
    async with works.running(crashes=crashes):
        for _ in range(100):
            await works.jobs.idle()
            works.clock.advance(MINUTE)
        await works.put("good")
        await works.jobs.idle()
    assert [job.failures for job in works.seen if job.key == "bad"] == [0, 1, 2, 3, 4]
    assert works.keys[-1] == "good"


async def test_a_parked_job_does_not_stand_in_the_way_of_its_like(works: Works) -> None:
    broken = True

    async def crashes(job: Job) -> None:
        if broken:
            raise ZeroDivisionError
        works.seen.append(job)

    await works.put("a", "crashes")
    async with works.running(crashes=crashes):
        for _ in range(20):
            await works.jobs.idle()
            works.clock.advance(MINUTE)
        broken = False
        assert await works.put("a", "crashes")
        await works.jobs.idle()
    assert works.keys == ["a"]


async def test_a_restart_takes_up_what_waits_and_what_was_interrupted(start: Start) -> None:
    works = await start()
    entered = asyncio.Event()

    async def hangs(job: Job) -> None:
        entered.set()
        await asyncio.Event().wait()

    await works.put("interrupted", "work")
    await works.put("later", at=NOON + MINUTE)
    async with works.running(work=hangs):
        await entered.wait()
    works.clock.advance(MINUTE)
    works = await start()
    async with works.running():
        await works.jobs.idle()
    assert works.keys == ["interrupted", "later"]
    works = await start()
    async with works.running():
        await works.jobs.idle()
    assert works.seen == []


async def test_an_interruption_does_not_count_as_a_failure(start: Start) -> None:
    await (await start()).put("a")
    for _ in range(8):
        works, entered = await start(), asyncio.Event()

        async def hangs(job: Job, entered: asyncio.Event = entered) -> None:
            entered.set()
            await asyncio.Event().wait()

        async with works.running(work=hangs):
            await entered.wait()
    works = await start()
    async with works.running():
        await works.jobs.idle()
    assert works.seen == [Job("work", "a", {}, failures=0)]


async def test_an_interrupted_job_and_its_like_that_waits_are_done_once(start: Start) -> None:
    works, entered = await start(), asyncio.Event()

    async def hangs(job: Job) -> None:
        entered.set()
        await asyncio.Event().wait()

    await works.put("a")
    async with works.running(work=hangs):
        await entered.wait()
        await works.put("a")
    works = await start()
    async with works.running():
        await works.jobs.idle()
    assert works.keys == ["a"]


async def test_jobs_of_a_name_nobody_handles_wait_for_a_version_that_does(start: Start) -> None:
    works = await start()
    await works.put("a", "unknown_yet")
    async with works.running():
        await works.jobs.idle()
    works = await start()
    async with works.running(unknown_yet=works.see):
        await works.jobs.idle()
    assert works.keys == ["a"]


async def test_stopping_begins_nothing_new_and_waits_for_what_is_under_way(works: Works) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> None:
        entered.set()
        await leave.wait()
        works.seen.append(job)

    await works.put("under way", "slow")
    async with works.running(slow=slow):
        await entered.wait()
        stopping = asyncio.create_task(works.jobs.stop())
        await asyncio.sleep(0.01)
        await works.put("new")
        assert not stopping.done()
        leave.set()
        async with asyncio.timeout(5):
            await stopping
    assert works.keys == ["under way"]
