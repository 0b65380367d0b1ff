"""Living beside other processes on one database: hearing of what they change, taking over what they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from structlog import get_logger

from bot.approvals import Approvals
from bot.people import ROLES, People
from bot.slack.events import CHANNEL, USER, USER_GROUP
from bot.slack.outbox import SlackVoice
from bot.store import Database, DatabaseUnavailable, Tx
from bot.store.changes import Follower

LOOK = 2.0  # seconds between looks for what dead processes left half done

log = get_logger(__name__)


async def among_others(db: Database, approvals: Approvals) -> None:
    """Until cancelled: take in what others changed as soon as it is told, and settle what the dead among them began."""
    news, failing = asyncio.Event(), False
    db.on_news(news.set)
    while True:
        try:
            async with asyncio.timeout(LOOK):
                await news.wait()
        except TimeoutError:
            pass
        heard = news.is_set()
        news.clear()
        try:
            await db.changes.catch_up()
            if not heard:
                await approvals.recover()
            failing = False
        except DatabaseUnavailable:
            if not failing:
                log.error("other processes are not heard: the database does not answer")
            failing = True
            await asyncio.sleep(LOOK)


def follow_invalidations(db: Database, people: People, voice: SlackVoice) -> None:
    """What another process learnt about people, user groups, channels and roles is asked for anew here too."""
    known: dict[str, Callable[[str], None]] = {
        USER: lambda user_id: people.invalidate(user_id=user_id),
        USER_GROUP: lambda group_id: people.invalidate(group_id=group_id),
        CHANNEL: voice.forget_channel,
        ROLES: people.roles_changed,
    }
    for kind, forget in known.items():
        db.changes.follow(kind, _follower(forget))


def _follower(forget: Callable[[str], None]) -> Follower:
    async def follow(_: Tx, keys: Sequence[str] | None) -> None:
        for key in keys or ():  # who lost track of what others told asks Slack again within minutes anyway
            forget(key)

    return follow
