"""`/meet whoami`: the caller's role, where it comes from, and what it permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cards import role_source
from bot.command import Act, Command
from bot.reply import Card, Line, Reply, Strong, text


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing."""


async def run(act: Act[Any], args: Args) -> Reply:
    """Roles with their sources, permissions in words."""
    caller = act.caller
    lines = [Line(text(Strong(source.role), " · ", role_source(source.via))) for source in caller.sources]
    if not lines:
        lines = [
            Line(
                text(
                    "You have no role here: help, whoami, and Join on a card in your channel.",
                    f" {caller.doubt}".rstrip(),
                )
            )
        ]
    lines += [Line(text(str(need)), quiet=True) for need in caller.permissions.held()]
    return Reply(text("Your role"), card=Card(title="Your role", lines=tuple(lines)))


COMMAND = Command(name="whoami", summary="Show your role and permissions", args=Args, run=run)
