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
from tests.fakes.engines import ENGINES
from tests.fakes.storage import address, opened
from tests.jobs.worker import STEPS


async def worker(folder: Path, engine: str) -> Process:
    arguments = (address(folder), engine, str(folder / "lines"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.jobs.worker", *arguments, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def campaign(folder: Path, engine: str, *, kills: int, chains: int) -> None:
    keys = [str(number) for number in range(chains)]
    async with opened(folder, Clock()) as store:
        jobs = ENGINES[engine](store, Clock())
        async with store.db.begin() as tx:
            for key in keys:
                await jobs.enqueue(tx, "step", key, payload={"step": 1})
    hit = 0
    for _ in range(kills):
        process = await worker(folder, engine)
        await asyncio.sleep(random.random() * 0.15)
        if process.returncode is None:
            process.kill()
            hit += 1
        await process.wait()
    last = await worker(folder, engine)
    assert await last.wait() == 0
    done = Counter((folder / "lines").read_text().splitlines())
    assert set(done) == {f"{key} {step}" for key in keys for step in range(1, STEPS + 1)}
    # Only what was under way when the process died may have been done twice.
    assert sum(done.values()) - len(done) <= hit * 16


@pytest.mark.parametrize("engine", list(ENGINES))
async def test_a_killed_process_loses_no_job(engine: str, tmp_path: Path) -> None:
    await campaign(tmp_path, engine, kills=2, chains=60)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", list(ENGINES))
async def test_a_process_killed_over_and_over_loses_no_job(engine: str, tmp_path: Path) -> None:
    await campaign(tmp_path, engine, kills=60, chains=2000)
