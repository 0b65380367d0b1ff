"""The listeners as the program builds them, behind the HTTP entrance, before commands that keep what reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.launch import Launch
from bot.model import Person
from bot.people import People
from bot.policy import Grant, Policy, Rules
from bot.slack.bolt import Entrance, attach, build_app
from bot.slack.events import Events
from bot.slack.front import Front, routes
from bot.slack.identity import SlackDirectory
from bot.slack.listeners import Commands, SlackListeners
from bot.slack.presenting import Spawner
from bot.voice import Address
from tests.fakes.slack_entrance import SECRET, Door, opened_door
from tests.slack.side import Side

Heard = tuple[str, tuple[Any, ...]]
POLICY = Policy(Rules(grants=(Grant("OPERATOR", usergroups=frozenset({"S0OPS"})),)))


class KeptCommands(Commands):
    """Keeps each request; while `go` is unset it stays under way; `fails` is raised when it has been kept."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.go = asyncio.Event()
        self.go.set()
        self.fails: Exception | None = None
        self.menu = Launch((), (), (("show", "Show a room"),))

    async def _keep(self, name: str, *given: Any) -> None:
        self.heard.append((name, given))
        await self.go.wait()
        if self.fails is not None:
            raise self.fails

    def keys(self) -> list[str]:
        """The key of each command, in their order."""
        return [str(given[-1]) for name, given in self.heard if name == "command"]

    async def command(self, address: Address, line: str, key: str) -> None:
        await self._keep("command", address, line, key)

    async def launch(self, address: Address) -> Launch:
        await self._keep("launch", address)
        return self.menu

    async def join(self, address: Address, room_id: str) -> None:
        await self._keep("join", address, room_id)

    async def click_decision(self, request_id: str, person: Person, verdict: str, key: str) -> None:
        await self._keep("click_decision", request_id, person, verdict, key)

    async def after_decision(self, address: Address, request_id: str) -> None:
        self.heard.append(("after_decision", (address, request_id)))

    async def details(self, address: Address, request_id: str) -> None:
        await self._keep("details", address, request_id)

    async def cancel_request(self, address: Address, request_id: str) -> None:
        await self._keep("cancel_request", address, request_id)

    async def check(self, address: Address, request_id: str) -> None:
        await self._keep("check", address, request_id)

    async def follow_up(self, address: Address, action: str, request_id: str, key: str) -> None:
        await self._keep("follow_up", address, action, request_id, key)

    async def fill_in(self, address: Address, line: str) -> None:
        await self._keep("fill_in", address, line)

    async def left(self, channel_id: str, *, archived: bool) -> None:
        await self._keep("left", channel_id, archived)

    async def snooze(self, address: Address, value: str) -> None:
        await self._keep("snooze", address, value)

    async def suggest(self, address: Address, line: str, related: str, words: str) -> tuple[tuple[str, str], ...]:
        await self._keep("suggest", address, line, related, words)
        return (("1", "London"),)

    async def command_in(self, address: Address, line: str, key: str) -> None:
        await self._keep("command_in", address, line, key)

    async def meet_about(self, address: Address, topic: str, key: str) -> None:
        await self._keep("meet_about", address, topic, key)

    async def use_file(self, address: Address, file_id: str, name: str) -> None:
        await self._keep("use_file", address, file_id, name)


class KeptTabs:
    """Keeps who looks at their Home tab."""

    def __init__(self) -> None:
        self.looks: list[tuple[str, str]] = []
        self.changes = 0

    async def opened(self, person: Person) -> None:
        self.looks.append(("opened", person.user_id))

    async def left(self, person: Person) -> None:
        self.looks.append(("left", person.user_id))

    def changed(self) -> None:
        self.changes += 1


class Hearing(Side):
    """A bot that listens."""

    def __init__(self, door: Door, *, commit_seconds: float = 1.0) -> None:
        super().__init__(door)
        self.commands = KeptCommands()
        self.people = People(SlackDirectory(door.client, door.authorisation), lambda: POLICY, door.clock)
        self.tabs = KeptTabs()
        spawner = Spawner(door.tasks, self.voice)
        self.events = Events(
            self.commands,
            spawner=spawner,
            voice=self.voice,
            launcher=self.launcher,
            people=self.people,
            homes=self.tabs,
            bot_user=lambda: self.workspace.team.bot_user,
        )
        self.listeners = SlackListeners(
            self.commands,
            spawner=spawner,
            voice=self.voice,
            modals=self.modals,
            launcher=self.launcher,
            events=self.events,
            seen=door.seen,
            commit_seconds=commit_seconds,
        )
        app = build_app(door.client, door.authorisation)
        attach(app, self.listeners, tasks=door.tasks, whisper=door.response_urls.send)
        self.entrance = Entrance(app, authorisation=door.authorisation, tasks=door.tasks, metrics=door.metrics)

    @property
    def heard(self) -> list[Heard]:
        return self.commands.heard

    async def heard_one(self) -> Heard:
        """The one request that reached the commands, once it has."""
        await self.workspace.until(lambda: self.heard)
        (one,) = self.heard
        return one


@asynccontextmanager
async def opened_hearing(*, commit_seconds: float = 1.0) -> AsyncIterator[Hearing]:
    async with opened_door(http=False) as door:
        hearing = Hearing(door, commit_seconds=commit_seconds)
        front = Front(hearing.entrance, signing_secret=SECRET, seen=door.seen, clock=door.clock, metrics=door.metrics)
        application = web.Application()
        application.add_routes(routes(front=front, ready=door.ready, metrics=door.metrics))
        server = TestServer(application)
        await server.start_server()
        door.slack.connect_http(f"{str(server.make_url('')).rstrip('/')}/slack/events")
        try:
            yield hearing
        finally:
            hearing.commands.go.set()
            await door.tasks.drain(1.0)
            await server.close()
