"""`meetops audit verify` and `export`: beside a running bot, after its end, after its death; they change nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack.seed import MIA, OMAR, VERA
from tests.fakes.asking import standup, trail
from tests.fakes.command_line import CommandLine, Said
from tests.fakes.speaking import says
from tests.fakes.world import World, world

pytestmark = pytest.mark.sqlite  # its files are looked at
OPS = "C0OPS"


async def some_rows(w: World) -> int:
    """Something happens on three rooms and is on record. Returns how many rows."""
    await standup(w)
    await standup(w, handle="meetings/retro", by=OMAR)
    await says(w, VERA, OPS, "create forbidden")
    await says(w, MIA, OPS, "lock standup")
    return len(await w.until(lambda: rows if len(rows := trail(w)) >= 4 else []))


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the database and what is in it, but for SQLite's index of its own readers."""
    kept = [path for path in folder.iterdir() if path.is_file() and not path.name.endswith("-shm")]
    return {path.name: path.read_bytes() for path in kept}


async def asked(meetops: CommandLine, w: World, *words: str, **environ: str) -> Said:
    """`meetops audit …` beside the bot; nothing is written or created."""
    before, names = files(meetops.folder), sorted(os.listdir(meetops.folder))
    said = await asyncio.to_thread(meetops, "audit", *words, **{**w.environ, **environ})
    assert sorted(os.listdir(meetops.folder)) == names
    assert files(meetops.folder) == before
    return said


async def exported(meetops: CommandLine, w: World, *words: str) -> list[dict[str, Any]]:
    """The rows of an export as JSON lines."""
    said = await asked(meetops, w, "export", *words)
    assert (said.status, said.err) == (0, "")
    return [json.loads(line) for line in said.out.splitlines()]


async def test_beside_a_running_bot_the_audit_is_checked_and_exported_and_nothing_is_created(
    meetops: CommandLine, w: World
) -> None:
    count = await some_rows(w)
    said = await asked(meetops, w, "verify")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"The audit is intact: {count} rows, the last hash is ")
    rows = await exported(meetops, w)
    assert [row["seq"] for row in rows] == list(range(1, count + 1))
    assert rows[-1]["hash"] in said.out
    assert {row["room"] for row in await exported(meetops, w, "--room", "standup")} == {"jaas/standup"}
    assert {row["action"] for row in await exported(meetops, w, "--actor", VERA)} == {"create"}
    assert await exported(meetops, w, "--since", "2026-11-24") == rows
    assert await exported(meetops, w, "--since", "2999-01-01") == []
    named = await asked(meetops, w, "export", "--actor", "@vera")
    assert (named.status, named.out) == (2, "")
    assert "--actor is a Slack user id, such as U0123ABCD, and not a name." in named.err
    table = (await asked(meetops, w, "export", "--format", "csv")).out
    read = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["hash"] for row in read] == [row["hash"] for row in rows]
    wrong = await asked(meetops, w, "export", "--since", "soon")
    assert (wrong.status, wrong.line) == (2, "meetops: --since is a span such as 7d, or a date such as 2026-11-01.")


async def test_after_its_end_or_death_the_audit_is_still_read_and_nothing_is_created(
    meetops: CommandLine, tmp_path: Path
) -> None:
    dead = tmp_path / "dead"
    backup = tmp_path / "backup"
    async with world(tmp_path) as w:
        count = await some_rows(w)
        for folder in (dead, backup):
            folder.mkdir()
            for name in ("meetops.db", "meetops.db-wal", "meetops.db-shm"):
                shutil.copy(tmp_path / name, folder / name)
        (backup / "meetops.db-shm").unlink()
    half = CommandLine(backup, meetops.patch, meetops.capture)
    said = await asked(half, w, "verify", DATABASE_URL=f"sqlite:///{backup / 'meetops.db'}")
    assert said.status == 1
    assert "was copied with its -wal but without its -shm file; first put the copy in order: sqlite3 " in said.line
    with closing(sqlite3.connect(backup / "meetops.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint").fetchall()
    for folder in (tmp_path, dead, backup):
        here = CommandLine(folder, meetops.patch, meetops.capture)
        for words in (("verify",), ("export",)):
            said = await asked(here, w, *words, DATABASE_URL=f"sqlite:///{folder / 'meetops.db'}")
            assert (said.status, said.err) == (0, ""), folder
            assert len(said.out.splitlines()) == count or f"{count} rows" in said.out


async def test_a_row_that_was_changed_behind_the_bots_back_is_named(meetops: CommandLine, tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await some_rows(w)
    with closing(sqlite3.connect(tmp_path / "meetops.db")) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("UPDATE audit SET outcome = 'denied' WHERE seq = 2")
    said = await asked(meetops, w, "verify")
    assert (said.status, said.err) == (1, "")
    assert said.out == "The audit was tampered with at row 2: its content was changed.\n"


@pytest.mark.parametrize("words", [("verify",), ("export", "--format", "csv")])
def test_where_there_is_no_database_that_is_said_and_none_is_made(meetops: CommandLine, words: tuple[str, ...]) -> None:
    said = meetops("audit", *words)
    file = meetops.folder / "meetops.db"
    assert said.status == 1
    assert said.line == f"meetops: DATABASE_URL: there is no database {file}; the bot makes it when it first runs"
    assert os.listdir(meetops.folder) == []
    for content, why in (("", "no such table: audit"), ("no database\n" * 99, "file is not a database")):
        file.write_text(content)
        said = meetops("audit", *words)
        assert said.status == 1
        assert said.line.endswith(f"{file} can't be read as a database of meetops: {why}")
        assert os.listdir(meetops.folder) == ["meetops.db"]
