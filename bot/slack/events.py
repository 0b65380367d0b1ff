"""What Slack tells by itself: who somebody is now, where the bot may post, and what people say to the bot.

A command said to the bot, `@meetops who` in a thread or `who` in its direct messages, takes the same way as a typed
one. There is no trigger with it, so that what would be a form is asked for in words.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

from structlog import get_logger

from bot.errors import Unavailable
from bot.launch import Launch
from bot.model import Person
from bot.people import People
from bot.reply import Code, text
from bot.slack.launcher import Launcher
from bot.slack.outbox import SlackVoice
from bot.slack.payloads import Body, address_of_message, table
from bot.slack.presenting import Spawner
from bot.tasks import Busy
from bot.voice import Address

USER, USER_GROUP, CHANNEL = "user", "usergroup", "channel"
ANNOUNCE_SECONDS = 1.0  # Slack waits for the acknowledgement meanwhile
# Messages of people; everything else with a subtype is an edit, a deletion or a notice (slack docs, message events).
SAID = frozenset({None, "thread_broadcast", "file_share", "me_message"})
_CALLED = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[\s,:;]*")

log = get_logger(__name__)


class Heard(Protocol):
    """What is done about what people say: `bot.dispatch.Dispatcher`."""

    async def command(self, address: Address, line: str, key: str) -> None: ...  # noqa: D102
    async def launch(self, address: Address) -> Launch: ...  # noqa: D102
    async def left(self, channel_id: str, *, archived: bool) -> None: ...  # noqa: D102


class Tabs(Protocol):
    """The Home tabs: `bot.slack.home.HomeTabs`."""

    async def opened(self, person: Person) -> None: ...  # noqa: D102
    async def left(self, person: Person) -> None: ...  # noqa: D102
    def changed(self) -> None: ...  # noqa: D102


class Events:
    """Takes in events, each once: the entrances drop what is delivered again."""

    def __init__(
        self,
        commands: Heard,
        *,
        spawner: Spawner,
        voice: SlackVoice,
        launcher: Launcher,
        people: People,
        homes: Tabs,
        bot_user: Callable[[], str | None],
        announce: Callable[[str, str], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """`bot_user`: the bot's own user id, as soon as Slack has said it.

        `announce` tells other processes what Slack said has changed: (USER | USER_GROUP | CHANNEL, its id).
        """
        self._announce = announce
        self._commands = commands
        self._spawner = spawner
        self._voice = voice
        self._launcher = launcher
        self._people = people
        self._homes = homes
        self._bot_user = bot_user

    async def take(self, body: Body) -> None:
        """One event."""
        event = table(body, "event")
        match event.get("type"):
            case "subteam_members_changed":
                await self._forget(USER_GROUP, str(event.get("subteam_id")))
            case "subteam_updated" | "subteam_created":
                await self._forget(USER_GROUP, str(table(event, "subteam").get("id")))
            case "user_change":
                await self._forget(USER, str(table(event, "user").get("id")))
            case "member_joined_channel" | "member_left_channel":
                await self._forget(CHANNEL, str(event.get("channel")))
            case "channel_left" | "group_left" | "channel_archive" | "group_archive":
                await self._leave(str(event.get("channel")), archived=str(event["type"]).endswith("archive"))
            case "app_home_opened":
                self._look(body, event)
            case "app_mention":
                self._hear(body, event)
            case "message" if event.get("channel_type") == "im":
                self._hear(body, event)

    async def _forget(self, kind: str, key: str) -> None:
        """Here, and in the other processes, if there are any, before Slack hears that it was taken in."""
        if kind == CHANNEL:
            self._voice.forget_channel(key)
        elif kind == USER:
            self._people.invalidate(user_id=key)
        else:
            self._people.invalidate(group_id=key)
        if kind != CHANNEL:
            self._homes.changed()
        if self._announce is not None:
            try:
                async with asyncio.timeout(ANNOUNCE_SECONDS):
                    await self._announce(kind, key)
            except (TimeoutError, Unavailable):
                log.warning("other processes hear of it by their caches' age alone", kind=kind)

    async def _leave(self, channel_id: str, *, archived: bool) -> None:
        await self._forget(CHANNEL, channel_id)
        self._spawner.beside(self._commands.left(channel_id, archived=archived), "channel left")

    def _look(self, body: Body, event: Body) -> None:
        person = address_of_message(body).person
        look = self._homes.opened(person) if event.get("tab") == "home" else self._homes.left(person)
        with suppress(Busy):
            self._spawner.spawn(look, Address(person), "home")

    def _hear(self, body: Body, event: Body) -> None:
        """Somebody spoke to the bot. An edit is not said again: half of it may have been carried out."""
        if event.get("bot_id") or event.get("edited") or event.get("subtype") not in SAID or not event.get("user"):
            return
        address = address_of_message(body)
        if address.person.user_id == self._bot_user():
            return
        line = self._line(str(event.get("text") or ""), needs_call=event.get("type") == "app_mention")
        try:
            if line is None:
                self._spawner.spawn(self._how(address), address, "mention")
            elif line:
                key = f"said:{address.channel_id}:{event.get('ts')}:{address.person}"
                self._spawner.spawn(self._commands.command(address, line, key), address, "command")
            else:
                menu = self._launcher.open(address, lambda: self._commands.launch(address))
                self._spawner.spawn(menu, address, "menu")
        except Busy as busy:
            log.warning("not heard", problem=str(busy))

    def _line(self, words: str, *, needs_call: bool) -> str | None:
        """The command without the call. None where the bot is only spoken about."""
        called = _CALLED.match(words)
        if called is not None and called[1] == self._bot_user():
            return words[called.end() :].strip()
        return None if needs_call else words.strip()

    async def _how(self, address: Address) -> None:
        hint = text("To ask me for something, begin with my name: ", Code(f"@{self._voice.name} who"))
        await self._voice.whisper(address, hint)
