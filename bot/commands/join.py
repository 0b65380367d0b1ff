"""`/meet join room`: the caller's own link, to the caller alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import SharesJoinLinks
from bot.command import Act, Command
from bot.grammar import optional
from bot.model import RoomWord
from bot.reply import Reply
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[Any], args: Args) -> Reply:
    """Mint a link for the caller."""
    return await act.desk.door.let_in(act.room, act.caller)


COMMAND = Command(
    name="join",
    summary="Get your own link into a room",
    doing="join rooms",
    args=Args,
    needs=SharesJoinLinks,
    permission=Need("monitoringMode", "READ_ACCESS"),
    run=run,
    examples=("join standup",),
)
