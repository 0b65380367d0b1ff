"""What the database promises: durable, whole, for one process, never half migrated."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from bot.clock import MovableClock
from bot.errors import ConfigurationError, Unavailable
from bot.store import Database, DatabaseUnavailable, Store
from bot.store.tables import outbox, tables
from tests.fakes.storage import NOON, address, opened

pytestmark = pytest.mark.sqlite

AT_ONCE = timedelta(0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Opened where no database was before."""
    new = await Store.open(address(tmp_path), MovableClock(NOON), wait=AT_ONCE)
    yield new
    await new.close()


async def put(db: Database, key: str) -> None:
    async with db.begin() as tx:
        await tx.execute(insert(outbox), {"key": key, "channel_id": "C1", "ts": "1"})


async def keys(db: Database) -> set[str]:
    async with db.read() as tx:
        return set((await tx.execute(select(outbox.c.key))).scalars())


async def test_the_migrations_make_exactly_the_tables_the_code_uses(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), tables)

    async with store.db.begin() as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_a_commit_survives_power_loss(store: Store) -> None:
    async with store.db.begin() as tx:
        assert (await tx.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar() == 2  # FULL
        assert (await tx.execute(text("PRAGMA foreign_keys"))).scalar() == 1
        assert (await tx.execute(text("PRAGMA recursive_triggers"))).scalar() == 1


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with store.db.read() as tx:
            await tx.execute(insert(outbox), {"key": "k", "channel_id": "C1", "ts": "1"})


async def test_an_exception_takes_the_whole_transaction_back(store: Store) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with store.db.begin() as tx:
            await tx.execute(insert(outbox), {"key": "k", "channel_id": "C1", "ts": "1"})
            tx.after_commit(lambda: told.append("committed"))
            raise ZeroDivisionError
    assert await keys(store.db) == set()
    assert told == []


async def test_a_cancelled_writer_leaves_either_all_or_nothing_and_the_next_one_writes(store: Store) -> None:
    told: set[str] = set()

    async def write(key: str) -> None:
        async with store.db.begin() as tx:
            await tx.execute(insert(outbox), {"key": key, "channel_id": "C1", "ts": "1"})
            tx.after_commit(lambda: told.add(key))

    for number in range(60):
        task = asyncio.create_task(write(str(number)))
        await asyncio.sleep(random.random() * 0.002)
        task.cancel()
        await asyncio.wait({task})
    await write("last")
    assert await keys(store.db) == told
    assert "last" in told


async def test_a_full_disk_is_told_and_what_follows_works_again(store: Store) -> None:
    async with store.db.begin() as tx:
        pages = (await tx.execute(text("PRAGMA page_count"))).scalar_one()
    async with store.db.begin() as tx:
        await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DatabaseUnavailable) as refused:
        async with store.db.begin() as tx:
            await tx.execute(
                insert(outbox), [{"key": "x" * 5000 + str(n), "channel_id": "C", "ts": ""} for n in range(9)]
            )
    assert isinstance(refused.value, Unavailable)
    assert "INSERT" not in str(refused.value)
    async with store.db.begin() as tx:
        await tx.execute(text("PRAGMA max_page_count = 100000"))
    await put(store.db, "again")
    assert await keys(store.db) == {"again"}


async def test_a_second_process_is_refused_and_told_why(store: Store) -> None:
    with pytest.raises(ConfigurationError, match="another meetops runs on this database"):
        await Store.open(f"sqlite:///{store.db.path}", MovableClock(NOON), wait=AT_ONCE)


async def test_a_successor_waits_until_its_predecessor_has_drained(tmp_path: Path) -> None:
    first = Database(address(tmp_path))
    await first.open()
    second = asyncio.create_task(Store.open(address(tmp_path), MovableClock(NOON), wait=timedelta(seconds=10)))
    await asyncio.sleep(0.05)
    assert not second.done()
    await first.close()
    await (await second).close()


async def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, sys\nfrom bot.store import Database\n"
        "async def main():\n db = Database(sys.argv[1]); await db.open(); os.kill(os.getpid(), 9)\nasyncio.run(main())"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", program, address(tmp_path))
    assert await killed.wait() == -9
    async with opened(tmp_path) as store:
        await put(store.db, "k")


async def test_closing_lets_the_next_one_in(tmp_path: Path) -> None:
    for number in range(3):
        async with opened(tmp_path) as store:
            await put(store.db, str(number))
    async with opened(tmp_path) as store:
        assert await keys(store.db) == {"0", "1", "2"}


async def test_the_file_is_its_owners_alone(store: Store) -> None:
    assert store.db.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+asyncpg://u:secret@db/meetops", "begin it with postgresql://"),
        ("mysql://u:secret@db/meetops", "needs a file"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("meetops.db", "not a database address"),
        ("", "not a database address"),
    ],
)
def test_an_address_this_build_cannot_open_names_the_key_and_no_password(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as refused:
        Database(url)
    assert str(refused.value).startswith("DATABASE_URL:")
    assert "secret" not in str(refused.value)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        await Database(address(tmp_path / "nowhere")).open()


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "meetops.db"
    file.write_bytes(b"quarterly figures" * 100)
    with pytest.raises(ConfigurationError, match="can't be used"):
        await Database(address(tmp_path)).open()
    assert file.read_bytes() == b"quarterly figures" * 100


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        path = store.db.path
    with sqlite3.connect(path) as direct:
        direct.execute("UPDATE alembic_version SET version_num = '9999'")
    direct.close()
    with pytest.raises(ConfigurationError, match="another version"):
        await Database(address(tmp_path)).open()
    with sqlite3.connect(path) as direct:
        assert direct.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    direct.close()


async def test_reading_alone_works_beside_a_running_bot_and_creates_nothing(store: Store, tmp_path: Path) -> None:
    await put(store.db, "k")
    before = sorted(os.listdir(tmp_path))
    beside = Database(address(tmp_path), read_only=True)
    await beside.open()
    assert await keys(beside) == {"k"}
    await put(store.db, "later")
    assert await keys(beside) == {"k", "later"}
    await beside.close()
    assert sorted(os.listdir(tmp_path)) == before


async def test_reading_alone_without_a_bot_creates_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await put(store.db, "k")
    before = sorted(os.listdir(tmp_path))
    alone = Database(address(tmp_path), read_only=True)
    await alone.open()
    assert await keys(alone) == {"k"}
    await alone.close()
    assert sorted(os.listdir(tmp_path)) == before


async def test_reading_alone_of_a_missing_database_is_refused_and_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no database"):
        await Database(address(tmp_path), read_only=True).open()
    assert os.listdir(tmp_path) == []


async def test_writability_is_checked(store: Store) -> None:
    await store.db.check()
    await store.db.close()
    with pytest.raises(DatabaseUnavailable):
        await store.db.check()
