"""A node's image on its way to the disk: under a name of its own until it is whole, readable by the bot alone.

It holds the node's password and keys, so nothing of it is ever shown, logged or posted.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.errors import BadInput, Refused
from bot.rest import Downloaded
from bot.rest.downloads import Write

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
PART = ".part"
KEPT_IN_MEMORY = 1024**2  # bytes written at once

Progress = Callable[[int, int | None], Awaitable[None]]  # bytes so far, bytes in all where the node says


class Image:
    """One file of the download folder. Use as a context: what is not whole at its end is gone."""

    def __init__(self, folder: Path, name: str, *, progress: Progress) -> None:
        """The folder is made where it is missing. Raises BadInput for a name that cannot be a file's, Refused where
        the folder cannot be written to.
        """
        if not SAFE.fullmatch(name):
            raise BadInput("The node's name can't name a file: letters, digits, dots, dashes and underscores.")
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise Refused("The download_folder of this back end cannot be written to; ask an administrator.")
        self.path = free(folder, name)
        self._part = folder / f".{name}.{secrets.token_hex(4)}{PART}"
        self._progress = progress
        self._file: BinaryIO | None = None
        self._waiting = bytearray()
        self._size = 0
        self._total: int | None = None

    async def __aenter__(self) -> Image:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        self._part.unlink(missing_ok=True)

    async def begin(self, headers: Mapping[str, str]) -> Write:
        """The answer is a file: open ours (`bot.rest.downloads.Begin`)."""
        words = headers.get("Content-Length", "")
        self._total = int(words) if words.isdigit() else None
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        return self.write

    async def write(self, piece: bytes) -> None:
        """One piece more."""
        self._waiting += piece
        self._size += len(piece)
        if len(self._waiting) >= KEPT_IN_MEMORY:
            await self._flush()
            await self._progress(self._size, self._total)

    async def _flush(self) -> None:
        if self._file is not None and self._waiting:
            waiting, self._waiting = bytes(self._waiting), bytearray()
            await asyncio.to_thread(self._file.write, waiting)

    async def keep(self, downloaded: Downloaded) -> Path:
        """It is whole: give it its name. Returns where it is."""
        await self._flush()
        if self._file is None:
            raise RuntimeError("nothing was begun")
        await asyncio.to_thread(os.fsync, self._file.fileno())
        self._file.close()
        self.path = free(self.path.parent, self.path.name)
        self._part.rename(self.path)
        return self.path


def free(folder: Path, name: str) -> Path:
    """A name in the folder that nothing has."""
    stem, dot, ending = name.rpartition(".")
    number = 1
    path = folder / name
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{dot}{ending}"
    return path


def remove_parts(folder: Path) -> int:
    """Remove what a crash left unfinished; how many there were."""
    parts = [path for path in folder.glob(f".*{PART}") if path.is_file()]
    for path in parts:
        path.unlink(missing_ok=True)
    return len(parts)
