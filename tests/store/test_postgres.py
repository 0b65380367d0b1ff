"""What PostgreSQL promises beside what holds on both: many writers, none of them lost, dead ones noticed."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select

from bot.clock import Clock, MovableClock
from bot.errors import ConfigurationError
from bot.slack.seen import REMEMBERED, SeenInDatabase
from bot.store import Database, DatabaseUnavailable, Store
from bot.store.changes import MOST_KEPT
from bot.store.tables import outbox, tables
from tests.fakes import postgres
from tests.fakes.storage import ANN, BOB, NOON, address, room

# Of this database alone: the server is shared with tests that run beside these.
OTHERS_GONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
pytestmark = pytest.mark.postgres


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes on one database, as far as the database can tell."""
    clock = MovableClock(NOON)
    one, other = await Store.open(address(tmp_path), clock), await Store.open(address(tmp_path), clock)
    yield one, other
    await one.close()
    await other.close()


async def put(db: Database, key: str) -> None:
    async with db.begin() as tx:
        await tx.execute(insert(outbox), {"key": key, "channel_id": "C1", "ts": "1"})


async def keys(db: Database) -> set[str]:
    async with db.read() as tx:
        return set((await tx.execute(select(outbox.c.key))).scalars())


async def test_several_that_start_at_once_migrate_an_empty_database_once() -> None:
    url = postgres.create_empty()
    try:
        started = [Database(url) for _ in range(4)]
        await asyncio.gather(*(one.open() for one in started))

        def differences(connection: Connection) -> object:
            ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("procrastinate")}
            return compare_metadata(MigrationContext.configure(connection, opts=ours), tables)

        async with started[0].begin() as tx:
            assert await tx.connection.run_sync(differences) == []
        await asyncio.gather(*(one.close() for one in started))
    finally:
        postgres.drop(url)


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with psycopg.connect(address(tmp_path)) as direct:
        direct.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="another version"):
        await Database(address(tmp_path)).open()


async def test_a_server_that_is_not_there_and_a_database_never_used_are_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL: the database can't be used: connection") as refused:
        await Database("postgresql://u:secret@127.0.0.1:1/meetops").open()
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
    url = postgres.create_empty()
    with pytest.raises(ConfigurationError, match="no meetops has used this database yet"):
        await Database(url, read_only=True).open()
    postgres.drop(url)


async def test_without_the_optional_packages_the_start_ends_with_what_to_install() -> None:
    for missing in ("psycopg", "procrastinate"):
        program = (
            f"import sys; sys.modules[{missing!r}] = None\nfrom bot.errors import ConfigurationError\n"
            "from bot.store import Database\n"
            "try: Database('postgresql://u:secret@db/meetops')\nexcept ConfigurationError as error: print(error)"
        )
        run = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=PIPE)
        said, _ = await run.communicate()
        assert said.decode().strip().endswith("install them with pip install 'meetops[postgres]'")


async def test_who_only_reads_cannot_write(two: tuple[Store, Store], tmp_path: Path) -> None:
    beside = Database(address(tmp_path), read_only=True)
    await beside.open()
    await put(two[0].db, "k")
    assert await keys(beside) == {"k"}
    with pytest.raises(DatabaseUnavailable):
        async with beside.read() as tx:
            await tx.execute(insert(outbox), {"key": "x", "channel_id": "C1", "ts": "1"})
    await beside.close()


async def test_what_one_process_did_the_other_knows_at_once(two: tuple[Store, Store]) -> None:
    one, other = two
    made = await room(one, "Standup")
    assert await other.rooms.by_handle(None, "standup") == [made]
    user_id = await one.people.user_id_of(BOB)
    assert await other.people.user_id_of(BOB) == user_id
    async with one.db.begin() as tx:
        await one.rooms.block(tx, made.id, user_id, until=None, meeting_id=None, by=ANN, why="noise")
    async with other.db.begin() as tx:
        await other.rooms.admit_person(tx, made.id, BOB, host=True)
    for store in two:
        assert await store.rooms.block_on(made.id, user_id) is not None
        assert await store.rooms.is_host(made.id, BOB)
    async with other.db.begin() as tx:
        await other.rooms.forget(tx, made.id)
    assert await one.rooms.get(made.id) is None
    assert await one.rooms.all() == []


async def test_changes_of_one_room_in_both_processes_at_once_are_all_kept(two: tuple[Store, Store]) -> None:
    made = await room(two[0])

    async def share(store: Store, channel: str) -> None:
        async with store.db.begin() as tx:
            await store.rooms.admit_channel(tx, made.id, channel)
        assert channel in await store.rooms.channels_of(made.id)

    async def look(store: Store) -> None:
        for _ in range(20):
            await store.rooms.channels_of(made.id)

    channels = [f"C{number}" for number in range(30)]
    shares = [share(two[number % 2], channel) for number, channel in enumerate(channels)]
    await asyncio.gather(*shares, look(two[0]), look(two[1]))
    for store in two:
        assert await store.rooms.channels_of(made.id) == set(channels)


async def test_who_missed_more_than_is_kept_reads_everything_again(two: tuple[Store, Store]) -> None:
    one, other = two
    await room(one, "old")
    await other.rooms.all()
    made = await room(one, "standup")
    async with one.db.begin() as tx:
        newest = await tx.connection.exec_driver_sql("SELECT max(seq) FROM changes")
        await tx.connection.exec_driver_sql(
            f"INSERT INTO changes VALUES ({newest.scalar_one() + MOST_KEPT + 5}, 'nothing', '')"
        )
        await one.db.changes.prune(tx)
    assert made in await other.rooms.all()


async def test_cancelled_writers_leave_all_or_nothing_and_the_next_one_writes(two: tuple[Store, Store]) -> None:
    told: set[str] = set()

    async def write(number: int) -> None:
        async with two[number % 2].db.begin() as tx:
            await tx.execute(insert(outbox), {"key": str(number), "channel_id": "C1", "ts": "1"})
            tx.after_commit(lambda: told.add(str(number)))

    for number in range(60):
        task = asyncio.create_task(write(number))
        await asyncio.sleep(random.random() * 0.004)
        task.cancel()
        await asyncio.wait({task})
    await write(100)
    assert await keys(two[1].db) == told
    assert "100" in told


async def test_a_lost_connection_is_told_and_what_follows_works_again(two: tuple[Store, Store], tmp_path: Path) -> None:
    store = two[0]
    before = store.db.replica

    def cut(*_: object) -> None:
        with psycopg.connect(address(tmp_path), autocommit=True) as server:
            server.execute(OTHERS_GONE)

    with pytest.raises(DatabaseUnavailable):  # noqa: PT012
        async with store.db.begin() as tx:
            cut()
            await tx.execute(insert(outbox), {"key": "lost", "channel_id": "C1", "ts": "1"})
    await put(store.db, "again")
    assert await store.db.persistently(lambda: keys(store.db)) == {"again"}
    async with asyncio.timeout(20):
        while store.db.replica == before or await store.db.dead([store.db.replica or 0]):
            await asyncio.sleep(0.05)
    assert await store.db.dead([before or 0]) == {before}


async def test_a_killed_process_is_seen_to_be_dead_and_holds_up_nobody(
    two: tuple[Store, Store], tmp_path: Path
) -> None:
    program = (
        "import asyncio, os, sys\nfrom bot.store import Database\n"
        "async def main():\n db = Database(sys.argv[1]); await db.open()\n"
        " async with db.begin():\n  print(db.replica, flush=True); await asyncio.sleep(60)\nasyncio.run(main())"
    )
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", program, address(tmp_path), stdout=PIPE)
    assert other.stdout is not None
    replica = int(await other.stdout.readline())
    store = two[0]
    assert await store.db.dead([replica, store.db.replica or 0]) == set()
    writing = asyncio.create_task(put(store.db, "k"))
    await asyncio.sleep(0.05)
    assert not writing.done()  # one writer at a time, across processes
    other.kill()
    await other.wait()
    async with asyncio.timeout(10):
        await writing
        while await store.db.dead([replica]) != {replica}:
            await asyncio.sleep(0.02)


async def test_what_came_in_at_one_process_is_known_at_the_other(two: tuple[Store, Store]) -> None:
    clock = MovableClock(NOON)
    here, there = SeenInDatabase(two[0].db, clock), SeenInDatabase(two[1].db, clock)
    firsts = await asyncio.gather(*(seen.first_time("signature") for seen in (here, there) * 5))
    assert firsts.count(True) == 1
    assert await there.first_time("another")
    assert not await here.first_time("another")
    clock.advance(REMEMBERED * 2)
    await here.forget_old()
    assert await there.first_time("signature")


async def test_without_the_database_each_process_knows_its_own(two: tuple[Store, Store]) -> None:
    seen = SeenInDatabase(two[0].db, Clock())
    await two[0].close()
    assert await seen.first_time("k")
    assert not await seen.first_time("k")
