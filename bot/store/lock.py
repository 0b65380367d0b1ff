"""One process per SQLite database: a lock on a file beside it.

Never on the database itself: closing a second descriptor of that file would drop SQLite's own locks.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from datetime import timedelta
from pathlib import Path
from time import monotonic

import structlog

from bot.errors import ConfigurationError

log = structlog.get_logger(__name__)

_LOOK_AGAIN = 0.1  # seconds


class OneProcess:
    """Held from `take` to `release`, or until the process dies, however it dies."""

    def __init__(self, path: Path, wait: timedelta) -> None:
        self._path = path
        self._wait = wait
        self._descriptor: int | None = None

    async def take(self) -> None:
        """Wait for a predecessor that is still draining, then raise ConfigurationError."""
        try:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"DATABASE_URL: {self._path} can't be written: {error.strerror}") from None
        try:
            await self._locking(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    async def _locking(self, descriptor: int) -> None:
        seconds = self._wait.total_seconds()
        until, told = monotonic() + seconds, False
        while not _locked(descriptor):
            if monotonic() >= until:
                raise ConfigurationError(
                    f"DATABASE_URL: another meetops runs on this database; stop it first ({self._path})"
                )
            if not told:
                log.info("waiting for another meetops to let go of the database", at_most_seconds=round(seconds))
                told = True
            await asyncio.sleep(_LOOK_AGAIN)

    def release(self) -> None:
        """Let the next process in. The file stays: removing it could let two in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
