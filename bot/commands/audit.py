"""`/meet audit [room|@user] [since=7d] [verb=] [outcome=]`: who did what, when, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.audit import Row
from bot.command import Act, Command
from bot.grammar import Duration, UserWord, key, optional, rest
from bot.model import Person
from bot.reply import At, Card, Code, Line, Part, Reply, Strong, Text, User, text
from bot.rules import Need

MOST_ROWS = 30
DEFAULT_SINCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Args:
    """Of which room or person, and since when."""

    user: UserWord | None = optional("@person: what they did")
    room: str | None = rest("a room: what was done to it", required=False)
    since: Duration | None = key("how far back, such as 7d or 12h")
    verb: str | None = key("only this verb, with the decisions on it")
    outcome: str | None = key("only what ended so: done, refused, unknown, …")


async def run(act: Act[Any], args: Args) -> Reply:
    """The newest rows first."""
    since = act.desk.clock.now() - ((args.since.span if args.since else None) or DEFAULT_SINCE)
    actor = None
    if args.user is not None:
        actor = str(act.caller.person.beside(args.user.user_id))
    verb, outcome = (one.strip().casefold() if one else None for one in (args.verb, args.outcome))
    rows = await act.desk.audit.search(
        since=since, room=args.room, actor=actor, verb=verb, outcome=outcome, limit=MOST_ROWS
    )
    lines = [Line(_row(row)) for row in rows]
    if len(rows) == MOST_ROWS:
        lines.append(Line(text(f"These are the newest {MOST_ROWS}; ", Code("meetops audit export"), " writes all.")))
    if not lines:
        lines = [Line(text("Nothing was recorded for that."))]
    return Reply(text("Audit"), card=Card(title="Audit", lines=tuple(lines)))


def _row(row: Row) -> Text:
    who: Part = User(Person.parse(row.actor).user_id) if row.actor.count("/") == 2 else row.actor
    room: Text = (" ", Strong(row.room)) if row.room else ()
    why: Text = (f" · {row.reason}",) if row.reason else ()
    approvers: list[Part] = [" · approved by"] if row.approvers else []
    for one in row.approvers:
        approvers += [" ", User(Person.parse(one).user_id)]
    return text(At(row.at, "full"), " · ", who, f" · {row.action}", *room, f" · {row.outcome}", *why, *approvers)


COMMAND = Command(
    name="audit",
    summary="Show who did what",
    doing="read the audit",
    args=Args,
    permission=Need("administration", "ACCESS"),
    rooms=lambda args: (),
    run=run,
    examples=("audit", "audit standup", "audit @ann since=2d", "audit verb=dial outcome=refused"),
)
