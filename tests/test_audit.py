"""What the audit promises: everything in one chain, nothing changed without being seen."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from sqlalchemy import event
from structlog.contextvars import bound_contextvars

from bot.audit import Audit, Entry, Verification, export, verify
from bot.clock import MovableClock
from bot.store import Database, Store
from bot.store.sqlite import SqliteFile
from tests.fakes.storage import ANN, BOB, NOON, address, opened

pytestmark = pytest.mark.engines

KICK = Entry(
    actor=str(ANN),
    action="kick",
    outcome="confirmed",
    room="jaas/Standup",
    backend="jaas",
    reason="noise",
    request_id="r1",
    approvers=(str(BOB),),
    correlation="c1",
    facts={"participant": "f0aa9e1e"},
)
JOIN = Entry(actor=str(BOB), action="join", outcome="done", room="pexip/Standup")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
async def store(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Store]:
    async with opened(tmp_path, clock) as kept:
        yield kept


@pytest.fixture
def audit(store: Store, clock: MovableClock) -> Audit:
    return Audit(store.db, clock)


async def write(store: Store, audit: Audit, *entries: Entry) -> None:
    async with store.db.begin() as tx:
        for entry in entries:
            await audit.write(tx, entry)


async def actions(audit: Audit) -> list[str]:
    return [row.action for row in await audit.search(since=NOON - timedelta(days=1), limit=100)][::-1]


async def lines(db: Database, form: Literal["jsonl", "csv"], **only: Any) -> list[str]:
    return [line async for line in export(db, form, **only)]


def numbered(*numbers: int) -> list[Entry]:
    return [Entry(actor="bot", action=str(number), outcome="done") for number in numbers]


async def test_a_row_comes_back_as_it_was_written(store: Store, audit: Audit) -> None:
    await write(store, audit, KICK)
    (row,) = await audit.search(since=NOON, limit=10)
    assert {name: getattr(row, name) for name in Entry.__dataclass_fields__} == {
        name: getattr(KICK, name) for name in Entry.__dataclass_fields__
    }
    assert (row.seq, row.at) == (1, NOON)


async def test_a_row_carries_the_id_under_which_the_log_tells_of_the_same_request(store: Store, audit: Audit) -> None:
    with bound_contextvars(correlation_id="4f2a"):
        await audit.note(JOIN)
        await write(store, audit, KICK)
    kick, join = await audit.search(since=NOON, limit=10)
    assert (join.correlation, kick.correlation) == ("4f2a", KICK.correlation)


async def test_a_whole_identity_or_a_user_id_alone_finds_what_somebody_did(store: Store, audit: Audit) -> None:
    await write(store, audit, KICK, JOIN)
    for actor in (str(BOB), BOB.user_id):
        assert [json.loads(line)["action"] for line in await lines(store.db, "jsonl", actor=actor)] == ["join"]
    assert await lines(store.db, "jsonl", actor=BOB.user_id[1:]) == []


async def test_noted_and_written_rows_stand_on_one_chain_in_their_order(store: Store, audit: Audit) -> None:
    one, two, three, four, five = numbered(1, 2, 3, 4, 5)
    await audit.note(one)
    await write(store, audit, two, three)
    await audit.note(four)
    await write(store, audit, five)
    assert await actions(audit) == ["1", "2", "3", "4", "5"]
    assert (await verify(store.db)).rows == 5


async def test_a_rolled_back_transaction_leaves_no_row_and_loses_no_noted_one(store: Store, audit: Audit) -> None:
    one, two, three = numbered(1, 2, 3)
    await audit.note(one)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with store.db.begin() as tx:
            await audit.write(tx, two)
            raise ZeroDivisionError
    await write(store, audit, three)
    assert await actions(audit) == ["1", "3"]
    assert (await verify(store.db)).broken_at is None


async def test_a_restart_goes_on_with_the_chain(tmp_path: Path, clock: MovableClock) -> None:
    for number in (1, 2, 3):
        async with opened(tmp_path, clock) as store:
            await write(store, Audit(store.db, clock), *numbered(number))
    async with opened(tmp_path, clock) as store:
        assert (await verify(store.db)).rows == 3


@pytest.mark.sqlite
async def test_noted_rows_are_written_soon_and_many_at_once(store: Store, audit: Audit) -> None:
    begins: list[str] = []
    medium = store.db._medium
    assert isinstance(medium, SqliteFile)
    assert medium._writer is not None

    @event.listens_for(medium._writer.engine.sync_engine, "before_cursor_execute")
    def saw(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        begins.extend([statement] if statement.startswith("BEGIN") else [])

    running = asyncio.create_task(audit.run())
    for entry in numbered(*range(400)):
        await audit.note(entry)
    async with asyncio.timeout(5):
        while (await verify(store.db)).rows < 400:
            await asyncio.sleep(0.005)
    assert len(begins) <= 3
    await audit.note(KICK)
    async with asyncio.timeout(5):
        while (await verify(store.db)).rows < 401:
            await asyncio.sleep(0.05)
    running.cancel()


async def test_everything_noted_is_there_after_a_flush(store: Store, audit: Audit) -> None:
    for entry in numbered(*range(501)):
        await audit.note(entry)
    await audit.flush()
    assert await verify(store.db) == Verification(501, (await verify(store.db)).head)


CHANGES = [
    "UPDATE audit SET outcome = 'done' WHERE seq = 2",
    "DELETE FROM audit WHERE seq = 3",
    "INSERT INTO audit SELECT 9, at, actor, action, room, backend, outcome, reason, request_id, approvers,"
    " correlation, facts, previous, hash, room_key FROM audit WHERE seq = 2",
]
IN_ITS_OWN_WORDS = {
    False: [
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2",
        "REPLACE INTO audit SELECT * FROM audit WHERE seq = 2",
    ],
    True: ["TRUNCATE audit", "INSERT INTO audit SELECT * FROM audit ON CONFLICT (seq) DO UPDATE SET outcome = 'x'"],
}


async def test_a_row_cannot_be_changed_removed_or_put_between(store: Store, audit: Audit) -> None:
    await write(store, audit, *numbered(1, 2, 3))
    before = await verify(store.db)
    with direct(store) as other:
        for statement in CHANGES + IN_ITS_OWN_WORDS[store.db.shared]:
            with pytest.raises((sqlite3.IntegrityError, psycopg.Error), match="the audit is append-only"):
                other.execute(statement)
    assert await verify(store.db) == before


async def test_rows_of_several_writers_stand_on_one_chain(store: Store, audit: Audit, clock: MovableClock) -> None:
    """On SQLite they are of one process."""
    other = await Store.open(store.db.address, clock) if store.db.shared else store
    writers = [(store, audit), (other, Audit(other.db, clock)) if other is not store else (store, audit)]
    for number in range(4):
        await writers[number % 2][1].note(Entry(actor="bot", action=f"noted {number}", outcome="done"))
    await asyncio.gather(*(write(*writers[number % 2], *numbered(number)) for number in range(40)))
    for _, one in writers:
        await one.flush()
    found = await verify(store.db)
    assert (found.rows, found.broken_at) == (44, None)
    if other is not store:
        await other.close()


async def test_a_character_that_no_text_may_hold_breaks_no_chain(store: Store, audit: Audit) -> None:
    await write(store, audit, Entry(actor="bot", action="kick", outcome="done", room="jaas/a\0b", reason="\0"))
    assert (await verify(store.db)).rows == 1


def without(trigger: str, store: Store) -> str:
    return f"DROP TRIGGER {trigger}" + (" ON audit" if store.db.shared else "")


@contextmanager
def direct(store: Store) -> Iterator[Any]:
    """Somebody with the database's own tool, and with its settings as they come."""
    connection = (
        psycopg.connect(store.db.address, autocommit=True)
        if store.db.shared
        else sqlite3.connect(store.db.path, isolation_level=None)
    )
    try:
        yield connection
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statement", "broken_at", "why"),
    [
        ("UPDATE audit SET outcome = 'refused' WHERE seq = 2", 2, "its content was changed"),
        ("UPDATE audit SET facts = '{}' WHERE seq = 4", 4, "its content was changed"),
        ("UPDATE audit SET room_key = 'jaas/other' WHERE seq = 4", 4, "the key by which it is found was changed"),
        ("DELETE FROM audit WHERE seq = 3", 4, "rows are missing before it: 3 was expected"),
        ("DELETE FROM audit WHERE seq = 1", 2, "rows are missing before it: 1 was expected"),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", 0, "rows are missing before it: 1 was expected"),
        ("UPDATE audit SET previous = hash WHERE seq = 2", 2, "it does not follow the row before it"),
    ],
)
async def test_who_takes_the_triggers_away_is_found_out(
    store: Store, audit: Audit, statement: str, broken_at: int, why: str
) -> None:
    await write(store, audit, *numbered(1, 2, 3), KICK)
    with direct(store) as other:
        for trigger in ("audit_no_changes", "audit_no_removals"):
            other.execute(without(trigger, store))
        other.execute(statement)
    found = await verify(store.db)
    assert (found.broken_at, found.why) == (broken_at, why)
    assert found.rows == max(broken_at - 1, 0) - (statement.startswith("DELETE"))


async def test_rows_cut_off_the_end_show_in_the_head(store: Store, audit: Audit) -> None:
    await write(store, audit, *numbered(1, 2, 3))
    noted_down = await verify(store.db)
    with direct(store) as other:
        other.execute(without("audit_no_removals", store))
        other.execute("DELETE FROM audit WHERE seq = 3")
    assert (await verify(store.db)).head != noted_down.head


async def test_a_long_audit_is_checked_to_its_end(store: Store, audit: Audit) -> None:
    for entry in numbered(*range(2500)):
        await audit.note(entry)
    await audit.flush()
    assert (await verify(store.db)).rows == 2500
    assert len(await lines(store.db, "jsonl")) == 2500


async def test_rows_are_found_by_room_person_and_time_newest_first(
    store: Store, audit: Audit, clock: MovableClock
) -> None:
    await write(store, audit, KICK)
    clock.advance(timedelta(hours=1))
    await audit.note(JOIN)
    day = NOON - timedelta(days=1)
    for room, found in {
        "standup": ["join", "kick"],
        "JAAS/standup": ["kick"],
        "up": [],
        "%": [],
        "jaas/stand_p": [],
    }.items():
        assert [row.action for row in await audit.search(room=room, since=day, limit=9)] == found, room
    assert [row.action for row in await audit.search(actor=str(ANN), since=day, limit=9)] == ["kick"]
    assert [row.action for row in await audit.search(since=NOON + timedelta(minutes=1), limit=9)] == ["join"]
    assert [row.action for row in await audit.search(since=day, limit=1)] == ["join"]


async def test_an_export_beside_a_running_bot_is_whole_and_creates_nothing(
    store: Store, audit: Audit, tmp_path: Path
) -> None:
    await write(store, audit, KICK, JOIN)
    before = sorted(os.listdir(tmp_path))
    beside = Database(address(tmp_path), read_only=True)
    await beside.open()
    assert (await verify(beside)).rows == 2
    rows = [json.loads(line) for line in await lines(beside, "jsonl")]
    assert [row["action"] for row in rows] == ["kick", "join"]
    assert rows[0]["facts"] == {"participant": "f0aa9e1e"}
    assert rows[0]["approvers"] == [str(BOB)]
    assert rows[0]["at"] == "2026-11-24T12:00:00.000000+00:00"
    assert [json.loads(line)["action"] for line in await lines(beside, "jsonl", actor=str(BOB))] == ["join"]
    assert await lines(beside, "jsonl", room="jaas/standup", since=NOON + timedelta(1)) == []
    await beside.close()
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("formula", ["=1+1", "+40747777777", "-2", "@SUM(A1)", "\t=1", "\r=1", "=1\n=2"])
async def test_a_spreadsheet_never_runs_a_cell(store: Store, audit: Audit, formula: str) -> None:
    await write(store, audit, Entry(actor=str(ANN), action="create", outcome="done", reason=formula, room='a "b", c'))
    header, *rows = csv.reader(io.StringIO("\n".join(await lines(store.db, "csv")), newline=""))
    (row,) = (dict(zip(header, cells, strict=True)) for cells in rows)
    assert row["reason"] == f"'{formula}"
    assert row["room"] == 'a "b", c'
    assert row["seq"] == "1"
