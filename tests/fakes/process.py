"""The bot as the process that operators run, to be ended and killed for real."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fakes.command_line import OURS, Said
from tests.fakes.leaks import secrets_of
from tests.fakes.world import World, connect

PATIENCE = 60.0  # seconds; a process on a busy machine takes its time


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def launch(folder: Path, environ: Mapping[str, str], *words: str) -> Process:
    """`python -m bot` with these words and this environment alone of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env={**inherited, **environ}, cwd=folder, stdout=PIPE, stderr=PIPE
    )


async def start(w: World, port: int, **environ: str) -> Process:
    """`python -m bot run`, ready to answer this world's Slack."""
    process = await launch(w.folder, {**w.environ, "PORT": str(port), "LOG_FORMAT": "json", **environ}, "run")
    await connect(w, f"http://127.0.0.1:{port}")
    return process


async def ended(process: Process) -> Said:
    """Wait for its end."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


async def stopped(w: World, process: Process) -> Said:
    """SIGTERM, and wait for its end. No secret of the world was said."""
    process.send_signal(signal.SIGTERM)
    said = await ended(process)
    told = [name for name, secret in secrets_of(w).items() if secret in said.out + said.err]
    assert told == []
    return said


def lines(said: Said) -> list[dict[str, Any]]:
    """The log, where LOG_FORMAT=json: each line of stderr is one object."""
    return [json.loads(line) for line in said.err.splitlines()]


async def logged(process: Process, words: str) -> dict[str, Any]:
    """Read the log up to the line that holds these words; what was read is not in `ended` any more."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stderr.readline()).decode():
            if words in line:
                found: dict[str, Any] = json.loads(line)
                return found
    raise AssertionError(f"it ended without saying {words!r}")


async def kill(process: Process) -> str:
    """kill -9. Returns what it had logged."""
    if process.returncode is None:
        process.kill()
    _, log = await process.communicate()
    return log.decode()


@asynccontextmanager
async def running(w: World, port: int) -> AsyncIterator[Process]:
    """A process that is killed at the end, whatever happens."""
    process = await start(w, port)
    try:
        yield process
    finally:
        await kill(process)
