"""The applications under measurement, each in a process of its own."""

import asyncio
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from benchmarks.ground import BOT_TOKEN, SIGNING_SECRET, USER

CONFIG = """
default_backend = "meetings"
[backends.meetings]
kind = "openmeetings"
base_url = "{ground}/openmeetings"
username = "bot"
password = "benchmark"
[[grants]]
role = "ADMINISTRATOR"
users = ["{user}"]
"""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A running application."""

    name: str
    url: str
    process: psutil.Process
    started_in: float  # seconds until it answered

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident megabytes."""
        return float(self.process.memory_info().rss) / 1e6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def ground() -> AsyncIterator[str]:
    """The simulated outside world; its address."""
    port = free_port()
    async with _process([sys.executable, "-m", "benchmarks.ground", str(port)], f"http://127.0.0.1:{port}/control"):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def peer(name: str, outside: str) -> AsyncIterator[Contestant]:
    """`stock` or `tuned`."""
    port = free_port()
    words = [sys.executable, "-m", "benchmarks.peers", name, str(port), f"{outside}/api/", outside]
    url = f"http://127.0.0.1:{port}"
    async with _process(words, f"{url}/slack/events", any_answer=True) as (process, seconds):
        yield Contestant(name, url, process, seconds)


@asynccontextmanager
async def meetops(outside: str) -> AsyncIterator[Contestant]:
    """The bot, with role check, deduplication and audit on."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "meetops.toml").write_text(CONFIG.format(ground=outside, user=USER))
        environ = {
            **{k: v for k, v in os.environ.items() if not re.match("SLACK_|MEETOPS_|DATABASE_URL", k)},
            "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_API_URL": f"{outside}/api/",
            "PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/bench.db", "LOG_LEVEL": "WARNING",
            "MEETOPS_CONFIG": str(Path(folder) / "meetops.toml"),
        }  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        async with _process([sys.executable, "-m", "bot", "run"], f"{url}/readyz", environ=environ) as (
            process,
            seconds,
        ):
            yield Contestant("meetops", url, process, seconds)


@asynccontextmanager
async def _process(
    words: list[str], url: str, *, any_answer: bool = False, environ: dict[str, str] | None = None
) -> AsyncIterator[tuple[psutil.Process, float]]:
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(*words, env=environ, stdout=asyncio.subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession() as session:
            while not await _answers(session, url, any_answer=any_answer):
                if child.returncode is not None:
                    raise RuntimeError(f"{' '.join(words[1:4])} ended with {child.returncode}")
                await asyncio.sleep(0.01)
        yield psutil.Process(child.pid), time.perf_counter() - began
    finally:
        if child.returncode is None:
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), 40)
        except TimeoutError:
            child.kill()
            await child.wait()


async def _answers(session: aiohttp.ClientSession, url: str, *, any_answer: bool) -> bool:
    try:
        async with session.get(url) as answer:
            return any_answer or answer.status == 200
    except aiohttp.ClientError:
        return False
