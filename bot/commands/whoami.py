"""`/meet whoami`: the caller's role, where it comes from, and what it permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.command import Act, Command
from bot.reply import Card, Group, Line, Part, Reply, Strong, text


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing."""


async def run(act: Act[Any], args: Args) -> Reply:
    """Roles with their sources, permissions in words."""
    caller = act.caller
    lines = [Line(text(Strong(source.role), " · ", via(source.via))) for source in caller.sources]
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


def via(source: str) -> Part:
    """Where a role comes from: everyone, a user group, or a grant by id."""
    if source == "everyone":
        return "everyone of this workspace has it"
    return Group(source) if source.startswith("S") else "granted to you by id"


COMMAND = Command(name="whoami", summary="Show your role and permissions", args=Args, run=run)
