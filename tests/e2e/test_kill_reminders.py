"""Real processes killed while reminders fall due: in Slack each stands once, or its owner was told why not.

On SQLite one process, on PostgreSQL two at once; each is killed with SIGKILL at any moment, also while it starts.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.audit import Audit, verify
from bot.clock import Clock, MovableClock
from bot.jobs.choosing import jobs_on
from bot.model import Person, Room
from bot.play.slack import Fault as SlackFault
from bot.play.slack import Message, text_of
from bot.play.slack.records import Channel
from bot.play.slack.seed import MIA
from bot.reminders import INTERRUPTED, MISSED, Reminders
from bot.schedule import When, arranged
from bot.store import Fate, Occurrence, Reminder, ReminderDraft, Standing, Store
from tests.fakes.databases import rows
from tests.fakes.patience import none_left
from tests.fakes.replicas import Replicas, replicas
from tests.fakes.world import World, world

pytestmark = pytest.mark.engines
PROCESSES = {"sqlite": 1, "postgres": 2}
PLACES = 50
SLOWEST = 0.25  # seconds that Slack takes for a post at most
AWAY = 1800  # seconds: so long ago a part of them fell due: some within the grace, some beyond it
UNPLANNED = 7200  # seconds: so long ago half of them were set: each process plans them when it starts
OPEN = """
SELECT (SELECT count(*) FROM reminders WHERE state <> 'ended') + (SELECT count(*) FROM occurrences WHERE NOT noted)
"""


@dataclass(frozen=True)
class Plan:
    """How large a campaign is. `past` of the `count` reminders fall due before the first process starts."""

    count: int
    past: int
    kills: int
    seconds: float  # in which the others fall due, and all the kills


def channels(w: World) -> list[str]:
    """The places to which reminders go."""
    names = [f"C0R{number:03}" for number in range(PLACES)]
    for name in names:
        w.slack.workspace.add_channel(Channel(name, name.lower(), {w.slack.workspace.team.bot_user, MIA}))
    return names


async def arm(w: World, plan: Plan, places: list[str]) -> None:
    """One occurrence each, posted at any second: the time of a reminder is a whole minute, its `lead` is not."""
    now = Clock().now()
    async with stored(w) as store:
        (room,) = await store.rooms.all()
        for number in range(plan.count):
            ahead = 1 + random.random() * plan.seconds if number >= plan.past else -random.random() * AWAY
            post_at = now + timedelta(seconds=ahead)
            clock = MovableClock(now - timedelta(seconds=random.choice((AWAY + 60, UNPLANNED))))
            reminders = Reminders(store, jobs_on(store.db, clock), Audit(store.db, clock), clock)
            await reminders.arm(draft(w, room, clock, post_at, number, places[number % len(places)]))
        async with store.db.begin() as tx:
            for place in places:
                await store.rooms.admit_channel(tx, room.id, place)


def draft(w: World, room: Room, clock: Clock, post_at: datetime, number: int, place: str) -> ReminderDraft:
    """Mia's, with a note by which its message is known."""
    due = post_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return ReminderDraft(
        key=str(number),
        owner=Person(w.slack.workspace.team.id, MIA),
        room_id=room.id,
        room=room.title,
        channel_id=place,
        schedule=arranged(When.exactly(due), clock.now(), "Europe/Paris"),
        lead=timedelta(seconds=int((due - post_at).total_seconds())),
        note=f"note-{number}-",
    )


async def killing(several: Replicas, plan: Plan) -> None:
    """Kill one or another at any moment, also while it starts, and begin it again at once."""
    for _ in range(plan.kills):
        await asyncio.sleep(random.random() * 2 * plan.seconds / plan.kills)
        port = random.choice(list(several.processes))
        await several.kill(port)
        await several.begin(port)


async def campaign(folder: Path, plan: Plan, processes: int) -> Counter[str]:
    """Everything from the first reminder to the last word to its owner. Returns how many came to which end."""
    async with world(folder, start_bot=False) as w:
        places = channels(w)
        async with replicas(w, 1) as first:
            await w.slash(MIA, "#ops", "create standup")
            await w.slack.workspace.until(lambda: w.slack.workspace.messages("#ops"), timeout=60)
        await arm(w, plan, places)
        for _ in range(plan.count):
            w.slack.faults.plan("chat.postMessage", SlackFault(delay=random.random() * SLOWEST))
        begun = time.monotonic()
        async with replicas(w, processes) as several:
            await killing(several, plan)
            await none_left(lambda: int(rows(folder, OPEN)[0][0]), "reminders or notices are open")
        seconds = round(time.monotonic() - begun)
        assert not [line for log in [*first.logs, *several.logs] for line in log.splitlines() if '"bug"' in line]
        async with stored(w) as store:
            ends = await checked(w, store, places)
            assert (await verify(store.db)).broken_at is None
    assert ends["posted"] + ends["late"] + ends["skipped"] + ends["unknown"] == plan.count
    return ends + Counter(kills=plan.kills, seconds=seconds)


async def checked(w: World, store: Store, places: list[str]) -> Counter[str]:
    """What stands in Slack against what is written down, occurrence by occurrence."""
    standing, told, owed, ends = posted(w, places), notices(w), Counter[tuple[str, str]](), Counter[str]()
    for (reminder_id,) in rows(w.folder, "SELECT id FROM reminders"):
        reminder = await store.reminders.get(reminder_id)
        (one,) = await store.reminders.occurrences(reminder_id)
        assert reminder is not None
        check(reminder, one, standing.get(reminder.note, []))
        ends[str(one.state)] += 1
        if one.state in (Fate.SKIPPED, Fate.UNKNOWN):
            owed[str(one.state), reminder.channel_id] += 1
        if one.state is Fate.UNKNOWN:
            ends["unknown and posted"] += reminder.note in standing
    assert not owed - told, "an owner was not told"
    return ends + Counter({"told twice": (told - owed).total()})


def check(reminder: Reminder, one: Occurrence, messages: list[Message]) -> None:
    """The one occurrence of this reminder, and the messages that hold its note."""
    assert reminder.state is Standing.ENDED
    assert len(messages) <= 1, f"{reminder.note} was posted twice"
    for message in messages:
        assert float(message.ts) >= one.post_at.timestamp(), "posted before its time"
    match one.state:
        case Fate.POSTED | Fate.LATE:
            (message,) = messages
            assert one.ts == message.ts
            assert ("*late*" in text_of(message)) == (one.state is Fate.LATE)
        case Fate.SKIPPED:
            assert (messages, one.why) == ([], MISSED)
        case Fate.UNKNOWN:
            assert one.why == INTERRUPTED
        case other:
            raise AssertionError(f"{reminder.note} is left {other}")


def posted(w: World, places: list[str]) -> dict[str, list[Message]]:
    """The messages by the note of their reminder, as the channels show them."""
    found: dict[str, list[Message]] = {}
    for message in (one for place in places for one in w.slack.workspace.messages(place)):
        for note in set(re.findall(r"note-\d+-", text_of(message))):
            found.setdefault(note, []).append(message)
    return found


def notices(w: World) -> Counter[tuple[str, str]]:
    """How often the owner was told that a reminder was skipped, or is in doubt, in which channel."""
    words = re.compile(r"(skipped|unknown) · Your reminder of .*? in <#(\w+)")
    said = (text_of(one).partition("\n")[0] for one in w.slack.workspace.dms(MIA))
    return Counter(found for line in said for found in words.findall(line))


@asynccontextmanager
async def stored(w: World) -> AsyncIterator[Store]:
    """What the bot keeps, while no process runs."""
    store = await Store.open(w.environ["DATABASE_URL"], Clock(), wait=timedelta(seconds=30))
    try:
        yield store
    finally:
        await store.close()


async def test_a_few_kills_while_reminders_fall_due_double_and_lose_none(tmp_path: Path, database: str) -> None:
    ends = await campaign(tmp_path, Plan(count=40, past=8, kills=3, seconds=4), PROCESSES[database])
    assert ends["posted"] + ends["late"] > ends["unknown"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_fifty_kills_while_five_hundred_reminders_fall_due_double_and_lose_none(
    tmp_path: Path, database: str
) -> None:
    ends = await campaign(tmp_path, Plan(count=500, past=100, kills=50, seconds=300), PROCESSES[database])
    assert ends["posted"] + ends["late"] > 300
    print(f"{PROCESSES[database]} on {database}:", dict(ends))  # noqa: T201
