"""`kill -9` at random moments loses no job."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.jobs.choosing import jobs_on
from tests.fakes.storage import address, opened
from tests.jobs.worker import STEPS

pytestmark = pytest.mark.engines


async def worker(folder: Path) -> Process:
    arguments = (address(folder), str(folder / "lines"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.jobs.worker", *arguments, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def campaign(folder: Path, *, kills: int, chains: int, side_by_side: int = 1) -> None:
    keys = [str(number) for number in range(chains)]
    async with opened(folder, Clock()) as store:
        jobs = jobs_on(store.db, Clock())
        async with store.db.begin() as tx:
            for key in keys:
                await jobs.enqueue(tx, "step", key, payload={"step": 1})
    hit = 0
    running = [await worker(folder) for _ in range(side_by_side)]
    for _ in range(kills):
        await asyncio.sleep(random.random() * 0.15)
        process = running.pop(random.randrange(side_by_side))
        if process.returncode is None:
            process.kill()
            hit += 1
        await process.wait()
        running.append(await worker(folder))
    assert [await process.wait() for process in running] == [0] * side_by_side
    done = Counter((folder / "lines").read_text().splitlines())
    assert set(done) == {f"{key} {step}" for key in keys for step in range(1, STEPS + 1)}
    # Only what was under way when the process died may have been done twice.
    assert sum(done.values()) - len(done) <= hit * 16


async def test_a_killed_process_loses_no_job(tmp_path: Path) -> None:
    await campaign(tmp_path, kills=2, chains=60)


@pytest.mark.postgres
async def test_of_two_processes_that_are_killed_in_turn_no_job_is_lost(tmp_path: Path) -> None:
    await campaign(tmp_path, kills=2, chains=60, side_by_side=2)


@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.timeout(900)
async def test_of_two_processes_killed_over_and_over_no_job_is_lost(tmp_path: Path) -> None:
    await campaign(tmp_path, kills=60, chains=2000, side_by_side=2)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_a_process_killed_over_and_over_loses_no_job(tmp_path: Path) -> None:
    await campaign(tmp_path, kills=60, chains=2000)
