"""`/meet status`: the back ends, what each can do, how they do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from bot.capabilities import Backend, abilities_of, lacking, rows
from bot.command import Act, Command
from bot.reply import Card, Line, Reply, Strong, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing."""


async def run(act: Act[Any], args: Args) -> Reply:
    """Ask all at once."""
    backends = act.desk.backends
    reports = await asyncio.gather(*(_report(act, backend) for backend in backends.values()))
    return Reply(
        text("Back ends"), card=Card(title="Back ends", lines=tuple(line for lines in reports for line in lines))
    )


async def _report(act: Act[Any], backend: Backend) -> tuple[Line, ...]:
    started = time.perf_counter()
    health = await backend.health()
    took = round((time.perf_counter() - started) * 1000)
    facts = "".join(f" · {key} {value}" for key, value in health.facts.items())
    state = "well" if health.ok else health.problem
    default = " · default" if backend.name == act.desk.default_backend else ""
    error = act.desk.last_error(backend.name)
    last = f" · last error: {error}" if error else ""
    kind, commands = type(backend), act.desk.commands.values()
    can = ", ".join(ability.verb for ability in abilities_of(kind))
    table = rows(((one.name, one.needs) for one in commands), map(type, act.desk.backends.values()))
    cannot = "; ".join(f"{row.ability.verb} ({why})" if why else row.ability.verb for row, why in lacking(kind, table))
    return (
        Line(text(Strong(backend.name), f" ({backend.kind}){default} · {state} · {took} ms{facts}{last}")),
        Line(text("can ", can), quiet=True),
        *((Line(text("can't ", cannot), quiet=True),) if cannot else ()),
    )


COMMAND = Command(
    name="status",
    summary="Show the back ends and how they do",
    doing="see the back ends",
    args=Args,
    permission=Need("api", "ACCESS"),
    run=run,
)
