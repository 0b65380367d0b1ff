"""Work after the acknowledgement: bounded, drained, and every failure shown once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

import pytest
import structlog
from structlog.testing import capture_logs

from bot.errors import BadInput, BotError, Refused
from bot.metrics import Metrics
from bot.tasks import Busy, Failure, Tasks


class Shown:
    """A presenter that keeps what it is told, or fails itself."""

    def __init__(self, raises: Exception | None = None) -> None:
        self.errors: list[BotError] = []
        self.failures: list[Failure] = []
        self.raises = raises

    async def show(self, error: BotError) -> None:
        self.errors.append(error)
        if self.raises:
            raise self.raises

    async def report(self, failure: Failure) -> None:
        self.failures.append(failure)
        if self.raises:
            raise self.raises


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def tasks(metrics: Metrics) -> Tasks:
    return Tasks(limit=3, metrics=metrics)


async def fail_with(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


async def wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def settled(tasks: Tasks) -> None:
    while len(tasks):
        await asyncio.sleep(0)


async def test_a_failure_made_for_people_is_shown_and_is_no_bug(tasks: Tasks) -> None:
    shown, error = Shown(), Refused("You can't remove people here.")
    with capture_logs() as lines:
        tasks.spawn(fail_with(error), name="kick", presenter=shown)
        await settled(tasks)
    assert (shown.errors, shown.failures, lines) == ([error], [], [])


async def test_a_failure_of_work_that_nobody_asked_for_goes_to_the_log(tasks: Tasks) -> None:
    with capture_logs() as lines:
        tasks.spawn(fail_with(BadInput("Which room?")), name="event")
        await settled(tasks)
    assert lines == [
        {"event": "refused", "log_level": "info", "work": "event", "outcome": "invalid", "sentence": "Which room?"}
    ]


async def test_a_bug_is_logged_once_and_the_person_sees_its_id_instead_of_a_traceback(tasks: Tasks) -> None:
    shown = Shown()
    with capture_logs() as lines:
        tasks.spawn(fail_with(KeyError("room")), name="end", presenter=shown)
        await settled(tasks)
    (failure,) = shown.failures
    assert [(line["event"], line["failure_id"], line["exc_info"]) for line in lines] == [("bug", failure.id, True)]
    assert failure.id in failure.sentence
    assert "room" not in failure.sentence


@pytest.mark.parametrize("work", [KeyError("first"), Refused("first")])
async def test_a_presenter_that_fails_itself_ends_in_the_log(tasks: Tasks, work: Exception) -> None:
    shown = Shown(raises=ConnectionError("second"))
    with capture_logs() as lines:
        tasks.spawn(fail_with(work), name="end", presenter=shown)
        await settled(tasks)
    assert {line["event"] for line in lines} == {"bug"}
    assert len(lines) == 2


async def test_a_presenter_that_cannot_report_leaves_the_failures_id_in_the_log(tasks: Tasks) -> None:
    with capture_logs() as lines:
        tasks.spawn(fail_with(KeyError("room")), name="end", presenter=Shown(raises=Refused("not a member")))
        await settled(tasks)
    assert [line["event"] for line in lines] == ["bug", "failure not shown"]
    assert lines[0]["failure_id"] == lines[1]["failure_id"]


async def test_beyond_the_limit_work_is_refused_before_it_begins(tasks: Tasks) -> None:
    gate = asyncio.Event()
    for _ in range(3):
        tasks.spawn(wait_for(gate), name="slow")
    begun: list[int] = []

    async def begin() -> None:
        begun.append(1)

    with pytest.raises(Busy, match="busy") as refusal:
        tasks.spawn(begin(), name="one too many")
    assert refusal.value.outcome == "unavailable"
    gate.set()
    await settled(tasks)
    tasks.spawn(begin(), name="now")
    await settled(tasks)
    assert begun == [1]


async def test_running_work_survives_garbage_collection(tasks: Tasks) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append(1)

    tasks.spawn(work(), name="work")
    gc.collect()
    await settled(tasks)
    assert done == [1]


async def test_the_number_of_running_tasks_is_metered(tasks: Tasks, metrics: Metrics) -> None:
    gate = asyncio.Event()
    tasks.spawn(wait_for(gate), name="slow")
    assert metrics.registry.get_sample_value("meetops_tasks_in_flight") == 1
    gate.set()
    await settled(tasks)
    assert metrics.registry.get_sample_value("meetops_tasks_in_flight") == 0


async def test_log_lines_carry_the_correlation_id_of_their_own_request(tasks: Tasks) -> None:
    seen: list[object] = []

    async def work() -> None:
        await asyncio.sleep(0)
        seen.append(structlog.contextvars.get_contextvars().get("correlation_id"))

    with structlog.contextvars.bound_contextvars(correlation_id="outer"):
        tasks.spawn(work(), name="a", correlation_id="first")
        tasks.spawn(work(), name="b", correlation_id="second")
        tasks.spawn(work(), name="c")
    await settled(tasks)
    assert seen == ["first", "second", "outer"]


# --- the end --------------------------------------------------------------------------------------------------------


async def test_drain_waits_for_what_is_running_and_cancels_nothing(tasks: Tasks) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.02)
        done.append(1)

    tasks.spawn(work(), name="dial")
    tasks.spawn(work(), name="post")
    assert await tasks.drain(5.0) == 0
    assert done == [1, 1]


async def test_drain_cancels_what_outlasts_it_and_says_how_many(tasks: Tasks) -> None:
    gate, cleaned = asyncio.Event(), []

    async def stuck() -> None:
        try:
            await gate.wait()
        finally:
            cleaned.append(1)

    tasks.spawn(stuck(), name="stuck")
    tasks.spawn(stuck(), name="stuck")
    await asyncio.sleep(0)
    with capture_logs() as lines:
        assert await tasks.drain(0.02) == 2
    assert (len(tasks), cleaned) == (0, [1, 1])
    assert [(line["event"], line["count"], line["names"]) for line in lines] == [("tasks cancelled", 2, ["stuck"])]


async def test_drain_cancels_work_that_never_had_its_first_step(tasks: Tasks) -> None:
    tasks.spawn(wait_for(asyncio.Event()), name="new")
    assert await tasks.drain(0.0) == 1
    gc.collect()  # a coroutine that was never awaited would warn here


async def test_once_draining_nothing_new_is_taken_on(tasks: Tasks) -> None:
    await tasks.drain(0.1)
    with pytest.raises(Busy, match="restarting"):
        tasks.spawn(wait_for(asyncio.Event()), name="late")


async def test_work_that_is_being_drained_may_hand_on_its_last_step(tasks: Tasks) -> None:
    done: list[str] = []

    async def last() -> None:
        await asyncio.sleep(0.01)
        done.append("posted")

    async def work(spawn: Callable[..., None]) -> None:
        await asyncio.sleep(0.01)
        spawn(last(), name="post")

    tasks.spawn(work(tasks.spawn), name="dial")
    assert await tasks.drain(5.0) == 0
    assert done == ["posted"]


# --- the boundary ---------------------------------------------------------------------------------------------------


async def test_the_guard_returns_what_the_work_returns(tasks: Tasks) -> None:
    assert await tasks.guard(asyncio.sleep(0, "result"), name="read") == "result"


async def test_the_guard_lets_failures_made_for_people_through(tasks: Tasks) -> None:
    with pytest.raises(Refused):
        await tasks.guard(fail_with(Refused("no")), name="kick")


async def test_the_guard_lets_cancellation_through(tasks: Tasks) -> None:
    with pytest.raises(asyncio.CancelledError):
        await tasks.guard(fail_with(asyncio.CancelledError()), name="kick")
