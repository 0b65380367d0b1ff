"""`/meet story room`: everything that happened in a room, in one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.audit import Row
from bot.command import Act, Command
from bot.errors import BadInput
from bot.grammar import Duration, key, optional, quote, render
from bot.model import Risk, RoomWord
from bot.reply import At, Button, Card, Line, Reply, Strong, text
from bot.rules import Need
from bot.timeline import WELL, Moment, timeline

PAGE = 30  # moments, as many as one message holds
MOST_ROWS = 2_000
LINKS = frozenset({"join", "invite", "share"})  # change nothing, and are told all the same


@dataclass(frozen=True, slots=True)
class Args:
    """Which room, and which part of its story."""

    room: RoomWord | None = optional("the room")
    since: Duration | None = key("how far back, such as 2h or 7d; else from the beginning")
    page: str | None = key(f"which {PAGE} moments, counted from 1; else the last")


async def run(act: Act[Any], args: Args) -> Reply:
    """The last page first; within a page the oldest moment first."""
    room, desk = act.room, act.desk
    since = room.created_at  # what went before under this name was another room
    if args.since is not None and args.since.span is not None:
        since = max(since, desk.clock.now() - args.since.span)
    rows = {row.seq: row for name in (room.title, room.handle) for row in await _rows(act, name, since)}
    history = desk.roster.history(room.backend, room.vendor_id)
    looks = {name for name, one in desk.commands.items() if one.risk is Risk.READ} - LINKS
    told = (row for _, row in sorted(rows.items()) if row.action not in looks or row.outcome not in WELL)
    moments = timeline(room, told, history)
    return _page(act, args, [one for one in moments if one.at >= since])


async def _rows(act: Act[Any], name: str, since: datetime) -> Sequence[Row]:
    return await act.desk.audit.search(since=since, room=name, limit=MOST_ROWS)


def _page(act: Act[Any], args: Args, moments: list[Moment]) -> Reply:
    pages = max(1, -(-len(moments) // PAGE))
    number = _number(args.page, pages)
    shown = moments[(number - 1) * PAGE : number * PAGE]
    lines = [Line(text(At(one.at, "full"), " · ", *one.says)) for one in shown]
    if not lines:
        lines = [Line(text("Nothing has happened in it since then."))]
    which = "" if pages == 1 else f", part {number} of {pages}"
    buttons = [
        Button(label, "run", value=render("story", replace(args, page=str(other)), act.why))
        for other, label in ((number - 1, "Earlier"), (number + 1, "Later"))
        if 1 <= other <= pages
    ]
    buttons.append(Button("Who", "run", value=f"who {quote(act.room.title)}"))
    card = Card(title=f"The story of {act.room.title}{which}", lines=tuple(lines), buttons=tuple(buttons))
    return Reply(text("The story of ", Strong(act.room.title)), card=card)


def _number(words: str | None, pages: int) -> int:
    if words is None:
        return pages
    if not words.isascii() or not words.isdigit() or not 1 <= int(words) <= pages:
        raise BadInput(f"page= is a number from 1 to {pages}.")
    return int(words)


COMMAND = Command(
    name="story",
    summary="Tell what happened in a room: commands, approvals, links, who came and went, calls, failures",
    doing="read a room's story",
    args=Args,
    permission=Need("monitoringMode", "READ_ACCESS"),
    run=run,
    examples=("story standup", "story standup since=2h"),
)
