"""A database of the version before gets its reminders, and keeps what it had."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

import bot.store.migrations
from bot.schedule import When, arranged
from bot.store import Kind, ReminderDraft, Standing
from tests.fakes.storage import ANN, NOON, address, opened


def at_first_version(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


async def test_a_database_of_the_version_before_is_brought_up(tmp_path: Path) -> None:
    engine = create_engine(address(tmp_path))
    with engine.begin() as connection:
        at_first_version(connection)
        connection.execute(text("INSERT INTO outbox (key, channel_id, ts) VALUES ('card:1', 'C0OPS', '1.1')"))
    engine.dispose()
    async with opened(tmp_path) as store:
        assert await store.outbox.posted("card:1") is not None
        assert await store.reminders.going_on() == []


async def test_a_reminder_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    until = arranged(When.parse("every day at 9:25"), NOON, "Europe/Paris").start.date().replace(year=2027)
    for number, words in enumerate(
        ("every 2 weeks on tue and thu at 9:25", "tomorrow 9:00", "every last friday at 16:00")
    ):
        schedule = arranged(When.parse(words), NOON, "Europe/Paris", until=until if "every" in words else None)
        draft = ReminderDraft(
            key=str(number), owner=ANN, room_id="r1", room="jaas/standup", channel_id="C0OPS", schedule=schedule,
            note="<&>", replace=True, kind=Kind.REMINDER,
        )  # fmt: skip
        async with opened(tmp_path) as store:
            async with store.db.begin() as tx:
                kept = await store.reminders.add(tx, draft, NOON)
                paused = await store.reminders.change(tx, kept, state=Standing.PAUSED, why=("so",))
                assert await store.reminders.change(tx, kept, state=Standing.ENDED) is None  # read before
            assert await store.reminders.get(kept.id) == paused
