"""`kill -9` at random moments: each occurrence is posted exactly once, or marked as late, skipped or in doubt."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.audit import Audit
from bot.jobs.embedded import EmbeddedJobs
from bot.reminders import GRACE, Reminders
from bot.schedule import When, arranged
from bot.store import Fate, Occurrence, ReminderDraft, Standing
from tests.fakes.storage import ANN, address, opened
from tests.reminders.worker import FastClock


async def worker(folder: Path, origin: float, speed: float, until: float) -> Process:
    arguments = (address(folder), str(folder / "lines"), str(origin), str(speed), str(until))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.reminders.worker", *arguments, stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def arm(folder: Path, clock: FastClock, *, count: int, within: timedelta) -> list[str]:
    """So many reminders that fall due, once each, at random minutes."""
    async with opened(folder, clock) as store:
        reminders = Reminders(store, EmbeddedJobs(store.db, clock), Audit(store.db, clock), clock)
        ids = []
        for number in range(count):
            due = clock.now() + timedelta(minutes=1) + random.random() * within
            draft = ReminderDraft(
                key=str(number),
                owner=ANN,
                room_id="r1",
                room="jaas/standup",
                channel_id=f"C0{number % 50:03}",
                schedule=arranged(When.exactly(due), clock.now(), "Europe/Paris"),
            )
            ids.append((await reminders.arm(draft))[0].id)
    return ids


async def campaign(folder: Path, *, kills: int, count: int, minutes: int, speed: float) -> Counter[str]:
    origin = time.time()
    clock, within = FastClock(origin, speed), timedelta(minutes=minutes)
    ids = await arm(folder, clock, count=count, within=within)
    until = (within + timedelta(minutes=5)).total_seconds()
    for _ in range(kills):
        process = await worker(folder, origin, speed, until)
        await asyncio.sleep(random.random() * 0.8)
        if process.returncode is None:
            process.kill()
        await process.communicate()
        if random.random() < 0.1:  # away for longer than the grace
            await asyncio.sleep(GRACE.total_seconds() / speed)
    last = await worker(folder, origin, speed, until)
    await last.communicate()
    assert last.returncode == 0
    return await checked(folder, clock, ids)


async def checked(folder: Path, clock: FastClock, ids: list[str]) -> Counter[str]:
    """Each occurrence against the lines that were posted; how many of each fate there were."""
    lines = [line.rsplit(" ", 1) for line in (folder / "lines").read_text().splitlines()]
    posted = Counter(one for one, what in lines if what != "told")
    told = {one for one, what in lines if what == "told"}
    late = {one for one, what in lines if what == "late"}
    assert not posted or max(posted.values()) == 1, "something was posted twice"
    fates: Counter[str] = Counter()
    async with opened(folder, clock) as store:
        for reminder_id in ids:
            reminder = await store.reminders.get(reminder_id)
            assert reminder is not None
            assert reminder.state is Standing.ENDED
            (one,) = await store.reminders.occurrences(reminder_id)
            check(one, posted, late, told)
            fates[str(one.state)] += 1
    return fates


def check(one: Occurrence, posted: Counter[str], late: set[str], told: set[str]) -> None:
    name = f"{one.reminder_id} {one.due_at.astimezone(UTC).isoformat()}"
    match one.state:
        case Fate.POSTED | Fate.LATE:
            assert posted[name] == 1
            assert (name in late) == (one.state is Fate.LATE)
        case Fate.SKIPPED:
            assert posted[name] == 0
            assert one.why == "missed"
            assert name in told
        case Fate.UNKNOWN:
            assert name in told
        case other:
            raise AssertionError(f"{name} is left {other}")


async def test_a_process_killed_while_reminders_fall_due_posts_each_once_or_says_so(tmp_path: Path) -> None:
    fates = await campaign(tmp_path, kills=2, count=40, minutes=12, speed=240)
    assert fates.total() == 40


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_fifty_kills_while_five_hundred_reminders_fall_due_double_and_lose_none(tmp_path: Path) -> None:
    fates = await campaign(tmp_path, kills=50, count=500, minutes=100, speed=30)
    assert fates.total() == 500
    assert fates["posted"] + fates["late"] > 250
    print(datetime.now(UTC).isoformat(), dict(fates))  # noqa: T201
