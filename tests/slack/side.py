"""The bot's voice, forms and menu as the program builds them, before a simulated Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from bot.commands import COMMANDS
from bot.model import Person
from bot.play.slack import SlackServer, Workspace
from bot.slack.launcher import Launcher
from bot.slack.manifest import SCOPES
from bot.slack.modals import Modals
from bot.slack.outbox import SlackVoice
from bot.voice import Address
from tests.fakes.slack_entrance import Door, opened_door

Seen = TypeVar("Seen")
TEAM = "T0MEETOPS"
VERBS = {command.name: command.args for command in COMMANDS}


@dataclass
class Side:
    """What speaks to Slack, and that Slack."""

    door: Door

    def __post_init__(self) -> None:
        # Slack grants what the manifest asks for and nothing more.
        self.workspace.team = replace(self.workspace.team, scopes=frozenset(SCOPES))
        self.modals = Modals(self.door.client, VERBS.get)
        self.voice = SlackVoice(
            self.door.client, self.door.response_urls, self.modals, self.door.authorisation, self.door.clock
        )
        self.launcher = Launcher(self.door.client, self.voice)

    @property
    def slack(self) -> SlackServer:
        return self.door.slack

    @property
    def workspace(self) -> Workspace:
        return self.door.slack.workspace

    def address(
        self, user: str, channel: str | None = "#ops", *, url: bool = False, trigger: bool = False, view: str = ""
    ) -> Address:
        """Where that person is answered who did something in that channel, or in the modal `view`."""
        place = self.workspace.channel(channel).id if channel else None
        sender = self.slack.sender
        return Address(
            Person(TEAM, user),
            channel_id=place,
            response_url=sender.response_url(place or "", user) if url else None,
            trigger_id=sender.trigger_id(user, view) if trigger else None,
            view_id=view or None,
        )

    async def passing(self, look: Callable[[], Seen], *, seconds: float = 1.0) -> Seen:
        """Wait for something that takes time by the clock, moving the clock by so many seconds again and again."""
        while True:
            try:
                return await self.workspace.until(look, timeout=0.02)
            except TimeoutError:
                self.door.clock.advance(timedelta(seconds=seconds))


@asynccontextmanager
async def opened_side() -> AsyncIterator[Side]:
    async with opened_door(http=False) as door:
        yield Side(door)
