"""The real process killed while reminders fall due: in Slack each stands once, or its owner was told."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.audit import Audit
from bot.clock import Clock
from bot.jobs.embedded import EmbeddedJobs
from bot.model import Person
from bot.play.slack import text_of
from bot.play.slack.records import Channel
from bot.play.slack.seed import MIA
from bot.reminders import Reminders
from bot.schedule import When, arranged
from bot.store import Fate, ReminderDraft, Standing, Store
from tests.fakes.process import free_port, kill, start
from tests.fakes.world import World, world

PLACES = 50


async def opened(w: World) -> Store:
    return await Store.open(w.environ["DATABASE_URL"], Clock(), wait=timedelta(seconds=5))


async def arm(w: World, *, count: int, within: timedelta) -> list[str]:
    """So many that fall due once each; the note of each is its id for the reader."""
    store, clock = await opened(w), Clock()
    reminders = Reminders(store, EmbeddedJobs(store.db, clock), Audit(store.db, clock), clock)
    (room,) = await store.rooms.all()
    ids = []
    for number in range(count):
        due = clock.now() + timedelta(minutes=1) + random.random() * within
        draft = ReminderDraft(
            key=str(number),
            owner=Person(w.slack.workspace.team.id, MIA),
            room_id=room.id,
            room=room.title,
            channel_id=f"C0R{number % PLACES:03}",
            schedule=arranged(When.exactly(due), clock.now(), "Europe/Paris"),
            note=f"note-{number}-",
        )
        async with store.db.begin() as tx:
            await store.rooms.admit_channel(tx, room.id, draft.channel_id)
        ids.append((await reminders.arm(draft))[0].id)
    await store.close()
    return ids


async def campaign(folder: Path, *, kills: int, count: int, minutes: int) -> Counter[str]:
    async with world(folder, start_bot=False) as w:
        for number in range(PLACES):
            members = {w.slack.workspace.team.bot_user, MIA}
            w.slack.workspace.add_channel(Channel(f"C0R{number:03}", f"r{number}", members))
        port = free_port()
        process = await start(w, port)
        await w.slash(MIA, "#ops", "create standup")
        await w.slack.workspace.until(lambda: w.slack.workspace.messages("#ops"), timeout=20)
        await kill(process)
        ids = await arm(w, count=count, within=timedelta(minutes=minutes))
        over = time.monotonic() + (minutes + 2) * 60
        pause = (minutes + 1) * 60 / max(kills, 1)
        for _ in range(kills):
            process = await start(w, port)
            await asyncio.sleep(random.random() * pause)
            await kill(process)
        process = await start(w, port)
        try:
            await asyncio.sleep(max(60.0, over - time.monotonic()))
        finally:
            await kill(process)
        return await checked(w, ids)


async def checked(w: World, ids: list[str]) -> Counter[str]:
    """What stands in Slack against what the bot has written down."""
    store, fates = await opened(w), Counter[str]()
    words = "\n".join(text_of(one) for n in range(PLACES) for one in w.slack.workspace.messages(f"C0R{n:03}"))
    for reminder_id in ids:
        reminder = await store.reminders.get(reminder_id)
        assert reminder is not None
        (one,) = await store.reminders.occurrences(reminder_id)
        # A message is its text and its blocks: the note of one that was posted once is read twice.
        times = words.count(reminder.note) / 2
        fates[str(one.state)] += 1
        assert times <= 1, "something was posted twice"
        assert reminder.state is Standing.ENDED
        if one.state is not Fate.UNKNOWN:
            assert times == (one.state in (Fate.POSTED, Fate.LATE)), one
    await store.close()
    return fates


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_fifty_kills_of_the_bot_while_five_hundred_reminders_fall_due(tmp_path: Path) -> None:
    fates = await campaign(tmp_path, kills=50, count=500, minutes=10)
    assert fates.total() == 500
    print(dict(fates))  # noqa: T201
