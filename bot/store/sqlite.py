"""What is SQLite's own: how it is opened, as durable as it can be or for reading alone, and "insert or replace"."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Table, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import ConfigurationError

_ALWAYS = ("PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 5000")
# FULL: a commit survives power loss. recursive_triggers: INSERT OR REPLACE would else walk round append-only triggers.
_WRITER = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA recursive_triggers = ON")
_READER = ("PRAGMA query_only = ON",)


def sqlite_path(url: str) -> Path:
    """The file a DATABASE_URL names. Raises ConfigurationError for what this build cannot open."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ConfigurationError("DATABASE_URL: not a database address; for example sqlite:///meetops.db") from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        raise ConfigurationError("DATABASE_URL: this build runs on SQLite; for example sqlite:///meetops.db")
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("DATABASE_URL: needs a file, for example sqlite:///meetops.db")
    path = Path(parsed.database).absolute()
    if not path.name:
        raise ConfigurationError("DATABASE_URL: needs a file, for example sqlite:///meetops.db")
    return path


def writing_engine(path: Path) -> AsyncEngine:
    """For the one writing connection. A transaction takes SQLite's write lock when it begins."""
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_size=1, max_overflow=0)
    return _prepared(engine, (*_ALWAYS, *_WRITER), "BEGIN IMMEDIATE")


def reading_engine(path: Path, *, alone: bool = False) -> AsyncEngine:
    """For reading. `alone`: no process of ours may have it open, and no file is created beside it."""
    if not alone:
        engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_size=4)
        return _prepared(engine, (*_ALWAYS, *_READER), "BEGIN")
    if not os.path.isfile(path):  # also where one may not look
        raise ConfigurationError(f"DATABASE_URL: there is no database {path}; the bot makes it when it first runs")
    # Without its -wal file nobody has it open, and SQLite would create one just to read.
    in_use, shared = (path.with_name(path.name + ending).exists() for ending in ("-wal", "-shm"))
    if in_use and not shared:  # SQLite would create that file
        raise ConfigurationError(
            f"DATABASE_URL: {path} was copied with its -wal but without its -shm file; first put the copy in order: "
            f"sqlite3 {path} 'PRAGMA wal_checkpoint'"
        )
    query = {"uri": "true", "mode": "ro"} | ({} if in_use else {"immutable": "1"})
    location = URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query=query)
    return _prepared(create_async_engine(location), _ALWAYS, "BEGIN")


def _prepared(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def put(table: Table, **values: object) -> Insert:
    """Insert this row, or change the one with the same primary key to it."""
    row = insert(table).values(**values)
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    return row.on_conflict_do_update(index_elements=keys, set_=rest)
