"""`/meet whoami`: the caller's role, where it comes from, and what it permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cards import read_from, role_source
from bot.command import Act, Command
from bot.reply import Card, Line, Reply, Strong, text


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing."""


async def run(act: Act[Any], args: Args) -> Reply:
    """Roles with their sources, permissions in words."""
    caller = act.caller
    read = {copy.backend: copy for copy in caller.copies}
    now = act.desk.clock.now()
    lines = [
        Line(text(Strong(one.role), " · ", role_source(one.via), *read_from(one, read.get(one.from_), now)))
        for one in caller.sources
    ]
    if lines and caller.doubt:
        lines.append(Line(text(caller.doubt)))
    if not lines:
        lines = [
            Line(
                text(
                    "You have no role here: help, whoami, and Join on a card in your channel.",
                    f" {caller.doubt}".rstrip(),
                )
            )
        ]
    lines += [Line(text(need.in_full), quiet=True) for need in caller.permissions.held()]
    return Reply(text("Your role"), card=Card(title="Your role", lines=tuple(lines)))


COMMAND = Command(name="whoami", summary="Show your role and permissions", args=Args, run=run)
