"""What has had its time goes, what somebody still needs stays, the audit stays always."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.approvals import card_key, note_key
from bot.audit import Audit, Entry, verify
from bot.clock import MovableClock
from bot.model import Outcome
from bot.schedule import When, arranged
from bot.store import Fate, Occurrence, Reminder, ReminderDraft, Request, Result, Standing, State, Store, Verdict
from bot.store.pruning import RULES, STAY, prune
from bot.store.tables import jobs, outbox, tables
from bot.voice import Posted
from tests.fakes.storage import ANN, NOON, draft

pytestmark = pytest.mark.engines
DAY = timedelta(days=1)
YEAR = NOON + 365 * DAY


def test_of_every_table_it_is_laid_down_what_ends_its_rows() -> None:
    ruled = [rule.table.name for rule in RULES]
    assert sorted([*ruled, *STAY]) == sorted(tables.tables)


async def reminded(store: Store, key: str, *ends: tuple[int, Fate], **changed: object) -> Reminder:
    """Ann's, with occurrences so many days after noon that came to these ends."""
    schedule = arranged(When.parse("every day at 13:00"), NOON, "Europe/Paris")
    asked = ReminderDraft(key=key, owner=ANN, room_id="r", room="jaas/r", channel_id="C0OPS", schedule=schedule)
    async with store.db.begin() as tx:
        reminder = await store.reminders.add(tx, asked, YEAR)
        for days, fate in ends:
            due = NOON + days * DAY
            await store.reminders.put(tx, Occurrence(reminder.id, due, due, fate))
        if changed:
            reminder = await store.reminders.change(tx, reminder, **changed) or reminder
    return reminder


async def days_left(store: Store, reminder: Reminder) -> list[int]:
    """The occurrences that are kept, in days after noon."""
    return [(one.due_at - NOON).days for one in await store.reminders.occurrences(reminder.id)]


async def test_of_a_reminder_that_goes_on_a_month_and_its_latest_message_stay(store: Store) -> None:
    busy = await reminded(store, "1", (0, Fate.POSTED), (1, Fate.SKIPPED), (2, Fate.LATE), (40, Fate.POSTED))
    quiet = await reminded(store, "2", (0, Fate.POSTED), (1, Fate.POSTED), (2, Fate.SKIPPED))
    behind = await reminded(store, "3", (0, Fate.POSTED), (5, Fate.SKIPPED), (6, Fate.POSTED), next_at=NOON + 3 * DAY)
    assert await prune(store.db, NOON + 41 * DAY) == {"occurrences": 5}
    assert await days_left(store, busy) == [40]
    assert await days_left(store, quiet) == [1, 2]
    assert await days_left(store, behind) == [5, 6], "one that was skipped is not planned after all"
    assert await prune(store.db, NOON + 41 * DAY) == {}


async def test_what_is_under_way_or_not_told_stays_however_old(store: Store) -> None:
    going = await reminded(store, "1", (0, Fate.PLANNED), (1, Fate.SENDING), (2, Fate.POSTED), (3, Fate.POSTED))
    untold = await reminded(store, "2", state=Standing.ENDED, next_at=None)
    stopped = await reminded(store, "3", state=Standing.ENDED, owner_told=False)
    due = NOON + DAY
    async with store.db.begin() as tx:
        await store.reminders.put(tx, Occurrence(untold.id, due, due, Fate.UNKNOWN, "interrupted", noted=False))
    assert await prune(store.db, YEAR) == {"occurrences": 1}
    assert await days_left(store, going) == [0, 1, 3]
    assert await days_left(store, untold) == [1]
    assert await store.reminders.get(stopped.id) is not None


async def test_a_reminder_that_has_ended_goes_a_month_after_its_last_occurrence(store: Store) -> None:
    ended = await reminded(store, "1", (0, Fate.POSTED), (10, Fate.POSTED), state=Standing.ENDED, next_at=None)
    paused = await reminded(store, "2", (0, Fate.POSTED), state=Standing.PAUSED, next_at=None)
    assert await prune(store.db, NOON + 39 * DAY) == {"occurrences": 1}
    assert await prune(store.db, NOON + 40 * DAY) == {"occurrences": 1, "reminders": 1}
    assert await store.reminders.get(ended.id) is None
    assert await store.reminders.get(paused.id) is not None


async def request(store: Store, key: str, state: State) -> Request:
    """With a decision, an effect and a card."""
    async with store.db.begin() as tx:
        asked = await store.requests.add(tx, draft(key), State.PENDING)
        await store.decisions.add(tx, asked.id, ANN, verdict=Verdict.APPROVE, key=key)
        await store.effects.intend(tx, asked.id, "dial +40747777777")
        await store.outbox.remember(tx, card_key(asked.id), Posted("C0OPS", key))
        await store.outbox.remember(tx, note_key(asked.id), Posted("C0OPS", key))
        await store.requests.move(tx, asked, state, Result(Outcome.ACCEPTED) if state is State.ENDED else None)
    return asked


async def test_a_request_goes_a_quarter_after_its_end_with_all_that_hangs_on_it(store: Store) -> None:
    over, going = await request(store, "1", State.ENDED), await request(store, "2", State.APPROVED)
    assert await prune(store.db, NOON + 89 * DAY) == {}
    assert await prune(store.db, NOON + 90 * DAY) == {"requests": 1, "effects": 1, "outbox": 2}
    assert await store.requests.get(over.id) is None
    assert await store.decisions.on(over.id) == []
    assert len(await store.decisions.on(going.id)) == len(await store.effects.of(going.id)) == 1
    assert await store.outbox.posted(note_key(going.id)) == Posted("C0OPS", "2")


async def test_tabs_and_failed_jobs_of_long_ago_go(store: Store) -> None:
    job = {"name": "n", "key": "k", "payload": {}, "due_at": NOON, "failures": 9, "error": "KeyError"}
    async with store.db.begin() as tx:
        await store.homes.keep(tx, ANN, NOON)
        await tx.execute(insert(jobs), [job | {"state": "parked"}, job | {"state": "todo"}])
        await tx.execute(insert(outbox), {"key": "something else", "channel_id": "C1", "ts": "1"})
    assert await prune(store.db, YEAR) == {"homes": 1, "jobs": 1}
    async with store.db.read() as tx:
        assert [row.state for row in await tx.execute(select(jobs))] == ["todo"]


async def test_the_audit_is_never_pruned(store: Store) -> None:
    audit = Audit(store.db, MovableClock(NOON))
    async with store.db.begin() as tx:
        await audit.write(tx, Entry(actor=str(ANN), action="dial", outcome="accepted", room="jaas/r"))
    assert await prune(store.db, NOON + 3650 * DAY) == {}
    assert (await verify(store.db)).broken_at is None
    assert len(await audit.search(limit=9)) == 1
