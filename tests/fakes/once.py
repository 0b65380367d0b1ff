"""What is the same for every test and takes long is made once per process, or once per checkout.

Nothing of the bot is replaced: a fresh database is a copy of one that the bot migrated, a private key is read from its
text once, no test loads the machine's certificates (none talks to anybody but loopback), and the bytecode of the
processes that tests start is kept, also where PYTHONDONTWRITEBYTECODE would have each of them compile everything anew.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import create_engine

# Reading an RSA key checks its primes, 35 ms each time. This stands before `bot.tokens` takes the function's name.
serialization.load_pem_private_key = functools.cache(serialization.load_pem_private_key)  # type: ignore[assignment]

_scratch: list[tempfile.TemporaryDirectory[str]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before any worker or other process is started."""
    os.environ["SSL_CERT_FILE"] = os.environ["SSL_CERT_DIR"] = os.devnull
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        cache = getattr(config, "cache", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(cache.mkdir("bytecode") if cache else _folder())


def pytest_unconfigure() -> None:
    """After all tests."""
    while _scratch:
        _scratch.pop().cleanup()


def migrated_copy(path: Path) -> None:
    """Put a database there in which nothing is but the tables of this build; what is there already stays."""
    if not path.exists():
        shutil.copyfile(_migrated(), path)


@functools.cache
def _migrated() -> Path:
    from bot.store.migrations import upgrade

    path = _folder() / "migrated.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return path


def _folder() -> Path:
    if not _scratch:
        _scratch.append(tempfile.TemporaryDirectory(prefix="meetops-once-"))
    return Path(_scratch[0].name)
