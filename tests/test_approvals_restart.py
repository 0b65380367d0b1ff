"""A restart loses no request and repeats no effect."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.approvals import Approvals, Request, Result, State
from bot.audit import Audit, verify
from bot.clock import Clock, MovableClock
from bot.errors import NotFound
from bot.jobs.choosing import jobs_on
from bot.model import Outcome
from tests.fakes.approving import Office, Outside, office
from tests.fakes.storage import ANN, BOB, NOON, address, draft, opened

pytestmark = pytest.mark.engines


class Line:
    """A telephone line that may die while it rings."""

    def __init__(self) -> None:
        self.rings = 0
        self.dead = True
        self.reached = asyncio.Event()

    async def dial(self) -> Outcome:
        self.rings += 1
        if self.dead:
            self.reached.set()
            await asyncio.Event().wait()
        return Outcome.ACCEPTED


Dying = Callable[[Office, Line, Request], Awaitable[Result]]


async def before_sending(here: Office, line: Line, request: Request) -> Result:
    if line.dead:
        line.reached.set()
        await asyncio.Event().wait()
    return Result(await here.calls.once(request.id, "dial", line.dial, Outcome))


async def while_it_rings(here: Office, line: Line, request: Request) -> Result:
    return Result(await here.calls.once(request.id, "dial", line.dial, Outcome))


async def after_the_answer(here: Office, line: Line, request: Request) -> Result:
    dead, line.dead = line.dead, False
    outcome = await here.calls.once(request.id, "dial", line.dial, Outcome)
    if dead:
        line.reached.set()
        await asyncio.Event().wait()
    return Result(outcome)


def carried_out(here: Office, line: Line, how: Dying) -> Callable[[Request], Awaitable[Result]]:
    return lambda request: how(here, line, request)


CRASHES = [
    (before_sending, True, Outcome.ACCEPTED, 1),
    (before_sending, False, Outcome.UNKNOWN, 0),
    (while_it_rings, True, Outcome.UNKNOWN, 1),
    (while_it_rings, False, Outcome.UNKNOWN, 1),
    (after_the_answer, True, Outcome.ACCEPTED, 1),
    (after_the_answer, False, Outcome.UNKNOWN, 1),
]


@pytest.mark.parametrize(("how", "repeatable", "outcome", "rings"), CRASHES)
async def test_an_approved_call_rings_once_or_is_unknown_wherever_the_crash_falls(
    tmp_path: Path, how: Dying, repeatable: bool, outcome: Outcome, rings: int
) -> None:
    clock, outside, line = MovableClock(NOON), Outside(), Line()
    async with office(tmp_path, clock, outside) as here:
        outside.does = carried_out(here, line, how)
        asked = await here.approvals.ask(draft(repeatable=repeatable))
        await here.approvals.decide(asked.id, BOB, "approve", "k")
        await line.reached.wait()
    line.dead = False
    async with office(tmp_path, clock, outside) as here:
        outside.does = carried_out(here, line, how)
        ended = await here.settled(asked)
        assert (ended.outcome, line.rings) == (outcome, rings)
        assert outside.card[-1] == str(outcome)
        assert outside.posts == 1
        assert outside.told == [(ANN, str(outcome))]
        assert (await verify(here.store.db)).broken_at is None


DIRECT = [
    (before_sending, True, Outcome.UNAVAILABLE, 0),
    (before_sending, False, Outcome.UNKNOWN, 0),
    (while_it_rings, True, Outcome.UNKNOWN, 1),
    (after_the_answer, True, Outcome.ACCEPTED, 1),
    (after_the_answer, False, Outcome.UNKNOWN, 1),
]


@pytest.mark.parametrize(("how", "repeatable", "outcome", "rings"), DIRECT)
async def test_a_call_that_needed_no_approval_is_settled_and_told_after_a_crash(
    tmp_path: Path, how: Dying, repeatable: bool, outcome: Outcome, rings: int
) -> None:
    clock, outside, line = MovableClock(NOON), Outside(), Line()
    async with office(tmp_path, clock, outside) as here:
        begun = await here.approvals.begin(draft(approvals_needed=0, expires_at=None, repeatable=repeatable))
        assert begun is not None
        dying = asyncio.create_task(_run(how(here, line, begun)))
        await line.reached.wait()
        dying.cancel()
        await asyncio.wait({dying})
    line.dead = False
    async with office(tmp_path, clock, outside) as here:
        outside.does = carried_out(here, line, how)
        assert ((await here.settled(begun)).outcome, line.rings) == (outcome, rings)
        assert outside.told == [(ANN, str(outcome))]
        assert outside.card == []


async def _run(work: Awaitable[Result]) -> Result:
    return await work


async def test_a_click_that_was_committed_counts_after_a_restart(tmp_path: Path) -> None:
    clock, outside = MovableClock(NOON), Outside()
    async with office(tmp_path, clock, outside, works=False) as here:
        asked = await here.approvals.ask(draft())
        await here.approvals.decide(asked.id, BOB, "approve", "k")
    async with office(tmp_path, clock, outside) as here:
        assert (await here.settled(asked)).outcome is Outcome.ACCEPTED
        assert outside.performed == [asked.id]


async def test_a_click_made_in_time_still_counts_a_moment_after_the_end(tmp_path: Path) -> None:
    clock, outside = MovableClock(NOON), Outside()
    async with office(tmp_path, clock, outside, works=False) as here:
        asked = await here.approvals.ask(draft())
        clock.advance(timedelta(minutes=29, seconds=59))
        await here.approvals.decide(asked.id, BOB, "approve", "k")
    clock.advance(timedelta(seconds=40))
    async with office(tmp_path, clock, outside) as here:
        assert (await here.settled(asked)).outcome is Outcome.ACCEPTED


async def test_nothing_is_carried_out_hours_after_it_was_approved(tmp_path: Path) -> None:
    clock, outside = MovableClock(NOON), Outside()
    async with office(tmp_path, clock, outside, works=False) as here:
        asked = await here.approvals.ask(draft())
        await here.approvals.decide(asked.id, BOB, "approve", "k")
    clock.advance(timedelta(hours=5))
    async with office(tmp_path, clock, outside) as here:
        assert (await here.settled(asked)).outcome is Outcome.EXPIRED
        assert outside.performed == []
        assert outside.told == [(ANN, "expired")]


async def test_a_click_made_too_late_does_not_count(tmp_path: Path) -> None:
    clock, outside = MovableClock(NOON), Outside()
    async with office(tmp_path, clock, outside, works=False) as here:
        asked = await here.approvals.ask(draft())
        clock.advance(timedelta(minutes=30))
        await here.approvals.decide(asked.id, BOB, "approve", "k")
    async with office(tmp_path, clock, outside) as here:
        assert (await here.settled(asked)).outcome is Outcome.EXPIRED
        assert (BOB, "That request expired at ") in outside.told


async def test_a_request_expires_while_the_bot_is_down(tmp_path: Path) -> None:
    clock, outside = MovableClock(NOON), Outside()
    async with office(tmp_path, clock, outside) as here:
        asked = await here.approvals.ask(draft())
        await here.settled(asked)
    clock.advance(timedelta(hours=5))
    async with office(tmp_path, clock, outside) as here:
        assert (await here.settled(asked)).outcome is Outcome.EXPIRED
        assert outside.card[-1] == "expired"


async def campaign(folder: Path, *, kills: int, requests: int) -> Counter[str]:
    """Approve calls, kill the process at random moments, start it again; then compare with what the vendor saw."""
    clock = Clock()
    async with opened(folder, clock) as store:
        approvals = Approvals(store, jobs_on(store.db, clock), Audit(store.db, clock), clock)
        end = clock.now() + timedelta(hours=1)
        asked = [await approvals.ask(draft(f"{n}", requester=ANN, expires_at=end)) for n in range(requests)]
        for one in asked:
            await approvals.decide(one.id, BOB, "approve", one.id)
    for kill in range(kills + 1):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.fakes.dialling", address(folder), str(folder / "vendor"), stdout=PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        if kill < kills:
            await asyncio.sleep(random.random() * 0.15)
            if process.returncode is None:
                process.kill()
        code = await process.wait()
    assert code == 0
    rung = Counter((folder / "vendor").read_text().split())
    async with opened(folder, clock) as store:
        outcomes = Counter[str]()
        for one in asked:
            ended = await store.requests.get(one.id)
            if ended is None:
                raise NotFound(one.id)
            assert ended.state is State.ENDED
            assert ended.outcome in {Outcome.ACCEPTED, Outcome.UNKNOWN}
            assert rung[one.id] <= 1, "a number was rung twice"
            assert rung[one.id] == 1 or ended.outcome is Outcome.UNKNOWN
            outcomes[ended.word] += 1
        assert (await verify(store.db)).broken_at is None
    return outcomes


async def test_killed_between_click_and_answer_no_number_rings_twice_and_none_is_forgotten(tmp_path: Path) -> None:
    outcomes = await campaign(tmp_path, kills=2, requests=40)
    assert outcomes["unknown"] <= 2 * 16  # what was under way at each kill, and no more


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_killed_over_and_over_no_number_rings_twice_and_none_is_forgotten(tmp_path: Path) -> None:
    outcomes = await campaign(tmp_path, kills=40, requests=800)
    assert outcomes["accepted"] > outcomes["unknown"]
