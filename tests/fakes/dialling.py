"""A process to be killed: carries out approved calls. `python -m tests.fakes.dialling URL VENDOR_FILE`.

The vendor is a file that gets a line for every call that reaches it, at once and for good.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys

from bot.approvals import Approvals, Callbacks, Request, Result, handlers
from bot.audit import Audit
from bot.calls import Calls
from bot.clock import Clock
from bot.jobs.choosing import jobs_on
from bot.model import Outcome, Person
from bot.policy import Allow, Decision
from bot.reply import Text
from bot.store import Store
from bot.voice import Posted


async def dial(url: str, file: str) -> None:
    """Until killed, or until nothing is left to do."""
    clock = Clock()
    store = await Store.open(url, clock)
    jobs, audit, calls = jobs_on(store.db, clock), Audit(store.db, clock), Calls(store)
    approvals = Approvals(store, jobs, audit, clock)
    vendor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def pause() -> None:
        await asyncio.sleep(random.random() * 0.004)

    async def judge(request: Request, person: Person) -> Decision:
        return Allow("role")

    async def perform(request: Request) -> Result:
        async def ring() -> Outcome:
            os.write(vendor, f"{request.id}\n".encode())
            await pause()
            return Outcome.ACCEPTED

        await pause()
        outcome = await calls.once(request.id, "dial", ring, Outcome)
        await pause()
        return Result(outcome)

    async def show(request: Request, card: Posted | None) -> Posted:
        return card or Posted("C1", "1.0")

    async def answer(request: Request, person: Person, why: Text) -> None:
        return

    async def tell(request: Request) -> None:
        return

    callbacks = Callbacks(judge, perform, show, answer, tell)
    await approvals.recover()
    work = handlers(approvals, callbacks, store=store, jobs=jobs, audit=audit, clock=clock)
    running = asyncio.create_task(jobs.run(work))
    print("ready", flush=True)  # noqa: T201
    await jobs.idle()
    await jobs.stop()
    await running
    await store.close()


if __name__ == "__main__":
    asyncio.run(dial(sys.argv[1], sys.argv[2]))
