"""A process of its own that requests one node and says by how much its memory grew: `downloader.py URL FOLDER`."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

import aiohttp

from bot.backends.pexip.configuring import SUBJECTS, Configuring
from bot.capabilities import Hands, Wish
from bot.clock import Clock
from tests.fakes.pexip import rest_at, transport_at

VALUES = {
    "name": "edge1",
    "hostname": "edge1",
    "domain": "example.test",
    "address": "10.0.0.5",
    "netmask": "255.255.255.0",
    "gateway": "10.0.0.1",
    "password": "n0de-secret",
    "type": "PROXYING",
    "location": "London",
    "deployment": "MANUAL-KVM",
}


def peak() -> int:
    """The most memory this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def main(url: str, folder: Path) -> None:
    """Plan first, so that what is loaded for it is not counted; print the growth in KiB and the reports."""
    reports = []

    async def report(words: str) -> None:
        reports.append(words)

    async with aiohttp.ClientSession() as session:
        configuring = Configuring.at(transport_at(session, url), rest_at(session, url), Clock(), folder)
        subject = SUBJECTS["nodes"]
        operation = next(one for one in subject.operations if one.name == "add")
        plan = await configuring.plan(Wish(subject, operation, (), VALUES))
        before = peak()
        await plan.act(Hands(report))
        print(peak() - before, len(reports))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
