"""The bot as the process that operators run, to be ended and killed for real."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.fakes.world import World, connect


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start(w: World, port: int) -> Process:
    """`python -m bot run`, ready to answer this world's Slack."""
    process = await launch(w, port)
    await connect(w, f"http://127.0.0.1:{port}")
    return process


async def launch(w: World, port: int) -> Process:
    """`python -m bot run`, begun."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MEETOPS_"))}
    environ = {**inherited, **w.environ, "PORT": str(port), "LOG_FORMAT": "json"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environ, cwd=w.folder, stdout=PIPE, stderr=PIPE
    )


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
