"""The Home tab: published when somebody opens it, and again when something on it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.clock import Clock
from bot.errors import BotError
from bot.launch import Home
from bot.model import Person
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import Block, actions, fitting, header, section
from bot.store import Store

CALLBACK = "home"
MOST_BLOCKS = 100
MOST_WORDS = 4_000  # of one section: a view is at most 250 kB of JSON, in which one character may take twelve bytes
BETWEEN = timedelta(seconds=3)
LOOKED_AT = timedelta(hours=12)  # after it was opened: nobody says when a tab is left for another application
AGAIN = timedelta(minutes=1)  # what changes without a sign: a request's end, the last error of a back end
MOST_WATCHED = 1_000

Pages = Callable[[Person], Awaitable[Home]]

log = get_logger(__name__)


class HomeTabs:
    """Knows who looks at their tab, also after a restart, and keeps it fresh. One publication of a tab at a time."""

    def __init__(self, client: AsyncWebClient, pages: Pages, store: Store, clock: Clock) -> None:
        self._client = client
        self._pages = pages
        self._store = store
        self._clock = clock
        self._opened: dict[Person, datetime] = {}
        self._shown: dict[Person, dict[str, Any]] = {}
        self._turns: dict[Person, asyncio.Lock] = {}
        self._news = asyncio.Event()

    async def load(self) -> None:
        """Who had it open when the bot stopped."""
        before = await self._store.homes.since(self._clock.now() - LOOKED_AT)
        self._opened = {**before, **self._opened}  # somebody may have opened theirs meanwhile
        self._news.set()

    async def opened(self, person: Person) -> None:
        """Show it, as things stand."""
        now = self._clock.now()
        async with self._store.db.begin() as tx:
            await self._store.homes.keep(tx, person, now)
        self._opened[person] = now
        while len(self._opened) > MOST_WATCHED:
            self._forget(min(self._opened, key=lambda one: self._opened[one]))
        await self._publish(person)

    async def left(self, person: Person) -> None:
        """They look at something else of the bot's."""
        if person in self._opened:
            self._forget(person)
            async with self._store.db.begin() as tx:
                await self._store.homes.forget(tx, person)

    def changed(self) -> None:
        """Something that may stand on a tab is other than before. Cheap: what is the same is not published."""
        self._news.set()

    async def run(self) -> None:
        """Publish what has changed, at most every three seconds. Ends by cancellation."""
        await self.load()
        while True:
            await self._something()
            self._news.clear()
            old = self._clock.now() - LOOKED_AT
            for person, at in list(self._opened.items()):
                if at < old:
                    self._forget(person)
                else:
                    await self._publish(person)
            await self._clock.pause(BETWEEN)

    async def _something(self) -> None:
        news = asyncio.ensure_future(self._news.wait())
        end = asyncio.ensure_future(self._clock.pause(AGAIN))
        try:
            await asyncio.wait({news, end}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            end.cancel()

    async def _publish(self, person: Person) -> None:
        async with self._turns.setdefault(person, asyncio.Lock()):
            try:
                content = view(await self._pages(person))
            except BotError as error:
                log.info("home not put together", outcome=error.outcome)
                return
            if self._shown.get(person) == content:
                return
            try:
                arguments = {"user_id": person.user_id, "view": content}
                await self._client.api_call("views.publish", json=arguments)
            except UNREACHABLE as error:
                log.info("home not published", error=error_word(error))
                return
            self._shown[person] = content

    def _forget(self, person: Person) -> None:
        self._opened.pop(person, None)
        self._shown.pop(person, None)
        self._turns.pop(person, None)


def view(home: Home) -> dict[str, Any]:
    """The tab, within Slack's limits: of each section the beginning."""
    top = actions(home.buttons, private=True) or [section("Meetings")]
    share = (MOST_BLOCKS - len(top)) // max(1, len(home.sections)) - 1
    blocks: list[Block] = [*top]
    for one in home.sections:
        blocks += [header(one.title), *fitting(one.lines, share, private=True, most_words=MOST_WORDS)]
    return {"type": "home", "callback_id": CALLBACK, "blocks": blocks}
