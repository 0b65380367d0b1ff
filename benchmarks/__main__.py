"""`make bench`: acknowledgement, throughput per CPU-second, behaviour with a stalled vendor, start and memory."""

import asyncio
import statistics
from dataclasses import dataclass, field

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import Contestant, ground, meetops, peer
from benchmarks.load import Sender

WARM_UP = 200
IN_TURN = 500
THROUGHPUT = 3000
SIDE_BY_SIDE = 20
ROUNDS = 3


@dataclass
class Figures:
    """What was measured of one application."""

    ack_ms: list[float] = field(default_factory=list)
    per_cpu_second: list[float] = field(default_factory=list)
    stalled_p99_ms: float = 0.0
    started_in: float = 0.0
    memory: float = 0.0


async def main() -> None:
    """Measure all three in turn, several rounds, and print one table."""
    figures = {name: Figures() for name in ("stock", "tuned", "meetops")}
    async with ground() as outside, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for number in range(ROUNDS):
            for name in figures:
                running = meetops(outside) if name == "meetops" else peer(name, outside)
                async with running as contestant:
                    await _measure(contestant, figures[name], session, outside, stalled=number == 0)
    Console().print(_table(figures))


async def _measure(
    one: Contestant, into: Figures, session: aiohttp.ClientSession, outside: str, *, stalled: bool
) -> None:
    sender = Sender(session, one.url, outside)
    into.started_in = max(into.started_in, one.started_in)
    text = "who meetings/standup" if one.name == "meetops" else "who"
    if one.name == "meetops":
        await sender.send("create meetings/standup quiet=yes")
        await _posted(session, outside, await _count(session, outside), at_least=0)
        await asyncio.sleep(0.5)
    await sender.in_turn(text, WARM_UP)
    into.ack_ms += [1000 * taken for taken in await sender.in_turn(text, IN_TURN)]
    await asyncio.sleep(1.0)
    posts, cpu = await _count(session, outside), one.cpu()
    await sender.at_once(text, THROUGHPUT, side_by_side=SIDE_BY_SIDE)
    done = await _posted(session, outside, posts, at_least=THROUGHPUT)
    into.per_cpu_second.append(done / (one.cpu() - cpu))
    into.memory = max(into.memory, one.memory())
    if stalled:
        into.stalled_p99_ms = await _stalled(sender, text, session, outside)


async def _stalled(sender: Sender, text: str, session: aiohttp.ClientSession, outside: str) -> float:
    await _control(session, outside, stall=10)
    try:
        taken = await sender.steadily(text, per_second=200, seconds=10)
    finally:
        await _control(session, outside, stall=0)
    return 1000 * statistics.quantiles(taken, n=100)[98]


async def _posted(session: aiohttp.ClientSession, outside: str, before: int, *, at_least: int) -> int:
    for _ in range(600):
        done = await _count(session, outside) - before
        if done >= at_least:
            return done
        await asyncio.sleep(0.05)
    raise RuntimeError(f"only {done} of {at_least} commands were answered")


async def _count(session: aiohttp.ClientSession, outside: str) -> int:
    return int((await _control(session, outside))["posts"])


async def _control(session: aiohttp.ClientSession, outside: str, **query: float) -> dict[str, int]:
    async with session.get(f"{outside}/control", params={name: str(value) for name, value in query.items()}) as answer:
        counts: dict[str, int] = await answer.json()
    return counts


def _table(figures: dict[str, Figures]) -> Table:
    table = Table(title="One command: acknowledge, one vendor call, one post")
    for column in ("", *figures, "meetops / stock"):
        table.add_column(column, justify="left" if not column else "right")
    ack = {name: statistics.median(one.ack_ms) for name, one in figures.items()}
    rate = {name: statistics.median(one.per_cpu_second) for name, one in figures.items()}
    _row(table, "acknowledgement in turn, p50 [ms]", ack, "{:.2f}", "must be ≤ 0.15")
    _row(table, "completed commands per CPU-second", rate, "{:.0f}", "must be ≥ 1.0")
    stalled = {name: one.stalled_p99_ms for name, one in figures.items()}
    _row(table, "acknowledgement p99, vendor stalled, 200/s [ms]", stalled, "{:.1f}", "must be < 20 ms")
    _row(table, "start to answering [s]", {n: f.started_in for n, f in figures.items()}, "{:.2f}", "must be < 3 s")
    _row(table, "resident memory [MB]", {n: f.memory for n, f in figures.items()}, "{:.0f}", "must be < 150 MB")
    return table


def _row(table: Table, name: str, values: dict[str, float], form: str, target: str) -> None:
    ratio = values["meetops"] / values["stock"] if values["stock"] else 0.0
    table.add_row(name, *(form.format(value) for value in values.values()), f"{ratio:.2f}  ({target})")


if __name__ == "__main__":
    asyncio.run(main())
