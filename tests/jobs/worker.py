"""A process to be killed: carries out jobs, each adding a line to a file.

`python -m tests.jobs.worker URL FILE`
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.clock import Clock
from bot.jobs import Job
from bot.jobs.choosing import jobs_on
from bot.store import Store

STEPS = 3


async def work(url: str, file: Path) -> None:
    """Until killed, or until nothing is left. Each job makes its successor, so that many commits can be hit."""
    clock = Clock()
    store = await Store.open(url, clock)
    jobs = jobs_on(store.db, clock)
    lines = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def step(job: Job) -> None:
        os.write(lines, f"{job.key} {job.payload['step']}\n".encode())
        await asyncio.sleep(0.002)
        if job.payload["step"] < STEPS:
            async with store.db.begin() as tx:
                await jobs.enqueue(tx, "step", job.key, payload={"step": job.payload["step"] + 1})

    running = asyncio.create_task(jobs.run({"step": step}))
    print("ready", flush=True)  # noqa: T201
    await jobs.idle()
    await jobs.stop()
    await running
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
