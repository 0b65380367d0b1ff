"""`/meet approvals`: my requests and those that wait for me."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cards import request_line
from bot.command import Act, Command
from bot.reply import Button, Card, Line, Reply, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing."""


async def run(act: Act[Any], args: Args) -> Reply:
    """Approve and Deny stand on the card alone; this says where it is."""
    waiting = await act.desk.waiting_for(act.caller)
    mine = await act.desk.approvals.mine(act.caller.person)
    lines = [
        Line(text("Waits for you · ", *request_line(one)), buttons=(Button("Details", "details", value=one.id),))
        for one in waiting
    ]
    lines += [
        Line(
            text("Yours · ", *request_line(one)),
            buttons=(Button("Cancel request", "cancel_request", value=one.id),) if one.pending else (),
        )
        for one in mine
    ]
    if not lines:
        lines = [Line(text("Nothing waits for you, and you asked for nothing."))]
    return Reply(text("Approvals"), card=Card(title="Approvals", lines=tuple(lines)))


COMMAND = Command(
    name="approvals",
    summary="Show your requests and what waits for your approval",
    doing="use the bot",
    args=Args,
    permission=Need("api", "ACCESS"),
    run=run,
)
