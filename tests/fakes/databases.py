"""On which database a test runs: SQLite, PostgreSQL, or each in turn.

`pytestmark = pytest.mark.engines` (or the marker on one test) runs it on both; `pytest.mark.postgres` on PostgreSQL
alone. With MEETOPS_TEST_DATABASE=postgres everything that is not about SQLite's own (`pytest.mark.sqlite`) runs on
PostgreSQL. `tests.fakes.storage.address` gives the address of a folder's database either way.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.fakes import once, postgres

EVERYWHERE = "MEETOPS_TEST_DATABASE"
_made: dict[Path, str] = {}
_kind = "sqlite"


def pytest_configure(config: pytest.Config) -> None:
    """Before any worker is started."""
    postgres.announce()


def pytest_unconfigure(config: pytest.Config) -> None:
    """After all tests."""
    postgres.forget()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Once for each database."""
    marked = {mark.name for mark in metafunc.definition.iter_markers()}
    if "postgres" in marked:
        metafunc.parametrize("database", ["postgres"], indirect=True)
    elif "engines" in marked and "sqlite" not in marked:
        chosen = os.environ.get(EVERYWHERE)
        metafunc.parametrize("database", [chosen] if chosen else ["sqlite", "postgres"], indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The kind of database, for the length of one test; what was made there is emptied after it."""
    global _kind
    everywhere = "sqlite" if request.node.get_closest_marker("sqlite") else os.environ.get(EVERYWHERE, "sqlite")
    _kind = getattr(request, "param", everywhere)
    yield _kind
    _kind = "sqlite"
    while _made:
        postgres.give_back(_made.popitem()[1])


def address_for(folder: Path) -> str:
    """The DATABASE_URL of the database that belongs to this folder."""
    if _kind == "sqlite":
        return f"sqlite:///{folder / 'meetops.db'}"
    if folder not in _made:
        _made[folder] = postgres.create()
    return _made[folder]


def migrated_for(folder: Path) -> str:
    """The same; the database is there already and has the tables of this build, as after an earlier start."""
    url = address_for(folder)
    if _kind == "sqlite":
        once.migrated_copy(folder / "meetops.db")
    return url


def kept_in(folder: Path) -> bytes:
    """Everything that the folder's database holds."""
    if folder in _made:
        return postgres.everything_in(_made[folder]).encode()
    return b"".join(path.read_bytes() for path in folder.glob("meetops.db*"))


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a statement finds in the folder's database, beside whoever has it open."""
    if folder in _made:
        with psycopg.connect(_made[folder]) as server:
            return server.execute(statement.encode()).fetchall()
    with closing(sqlite3.connect(folder / "meetops.db")) as file:
        return file.execute(statement).fetchall()


def postgres_of(folder: Path) -> str | None:
    """The address, where it is a PostgreSQL that was used."""
    return _made.get(folder)
