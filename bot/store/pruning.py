"""How long what is kept stays: each table grows only as long as somebody needs its rows.

The audit is never pruned: it tells what was done, also of that which is forgotten here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, delete, exists, literal, not_, or_, select

from bot.store.database import Database
from bot.store.outbox import CARD, NOTE
from bot.store.reminders import Fate, Standing
from bot.store.requests import State
from bot.store.tables import effects, homes, jobs, links, occurrences, outbox, reminders, requests

AT_ONCE, MONTH, QUARTER = timedelta(0), timedelta(days=30), timedelta(days=90)
OVER = (Fate.POSTED, Fate.LATE, Fate.SKIPPED, Fate.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of the table for which `gone` holds of the moment `after` ago are dropped. Why they are needed no more."""

    table: Table
    after: timedelta
    gone: Callable[[datetime], ColumnElement[bool]]
    why: str


def _occurrence(old: datetime) -> ColumnElement[bool]:
    later = occurrences.alias("later")
    newer = exists().where(
        later.c.reminder_id == occurrences.c.reminder_id,
        later.c.due_at > occurrences.c.due_at,
        later.c.state.in_((Fate.POSTED, Fate.LATE)),
    )
    of = reminders.c.id == occurrences.c.reminder_id
    ended = exists().where(of, reminders.c.state == Standing.ENDED)
    planned_on = exists().where(of, or_(reminders.c.next_at.is_(None), reminders.c.next_at > occurrences.c.post_at))
    over = and_(occurrences.c.due_at <= old, occurrences.c.state.in_(OVER), occurrences.c.noted)
    return and_(over, or_(ended, and_(planned_on, newer)))


def _reminder(old: datetime) -> ColumnElement[bool]:
    left = exists().where(occurrences.c.reminder_id == reminders.c.id)
    told = and_(reminders.c.state == Standing.ENDED, reminders.c.owner_told)
    return and_(told, reminders.c.created_at <= old, not_(left))


def _without_request(request_id: ColumnElement[str]) -> ColumnElement[bool]:
    return not_(exists(select(literal(1)).where(requests.c.id == request_id)))


def _left_of_a_request(key: str) -> ColumnElement[bool]:
    return and_(outbox.c.key.startswith(key), not_(outbox.c.key.in_(select(key + requests.c.id))))


RULES = (  # in this order: what hangs on another row goes after it
    Rule(links, AT_ONCE, lambda now: links.c.expires_at <= now, "they open nothing any more"),
    Rule(occurrences, MONTH, _occurrence, "over, the owner knows; the latest post stays, for the next may replace it"),
    Rule(reminders, MONTH, _reminder, "ended, and of nothing that it did anything is left"),
    Rule(
        requests,
        QUARTER,
        lambda old: and_(requests.c.state == State.ENDED, requests.c.ended_at <= old),
        "a button under a message of last quarter says that the request is gone; decisions go with it",
    ),
    Rule(
        effects,
        QUARTER,
        lambda old: and_(effects.c.at <= old, _without_request(effects.c.request_id)),
        "they keep an effect of their request from being repeated; they hold phone numbers",
    ),
    Rule(
        outbox,
        AT_ONCE,
        lambda _: or_(_left_of_a_request(CARD), _left_of_a_request(NOTE)),
        "nobody edits the messages of a request that is gone",
    ),
    Rule(homes, MONTH, lambda old: homes.c.opened_at <= old, "nobody looks at it"),
    Rule(
        jobs,
        QUARTER,
        lambda old: and_(jobs.c.state == "parked", jobs.c.due_at <= old),
        "they failed for good, and that was logged",
    ),
)

STAY: Mapping[str, str] = {  # every other table, and what ends its rows
    "audit": "never pruned",
    "rooms": "until somebody deletes the room",
    "audience_people": "with their room",
    "audience_channels": "with their room",
    "blocks": "with their room, or lifted",
    "cards": "with their room, or found gone",
    "people": "one for each person and outsider: a block must find them under the same id",
    "decisions": "with their request",
    "meetings": "a month (bot/roster.py), the newest of each room longer",
    "participants": "with their meeting",
    "changes": "a number of the newest (bot/store/changes.py)",
    "seen": "as long as something can come again (bot/slack/seen.py)",
}


async def prune(db: Database, now: datetime) -> dict[str, int]:
    """Drop what has had its time, each kind in a transaction of its own. Returns how many rows of which table."""
    dropped: dict[str, int] = {}
    for rule in RULES:
        async with db.begin() as tx:
            done = await tx.execute(delete(rule.table).where(rule.gone(now - rule.after)))
        if done.rowcount > 0:
            dropped[rule.table.name] = done.rowcount
    return dropped
