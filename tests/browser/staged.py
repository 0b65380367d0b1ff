"""The page in a real browser over a workspace that a test fills by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page, expect

from bot.clock import MovableClock
from bot.play.exchange import ExchangeFeed
from bot.play.scene import Scene
from bot.play.slack.records import Channel, Message, User
from bot.play.slack.workspace import Workspace
from bot.play.stage import Action, WorkspaceStage
from bot.play.web import WrongAction, page

ADA, MIA, GUS, BOT = "U0ADA", "U0MIA", "U0GUS", "U0MEETOPS"
GENERAL = "C0GENERAL"
COMMANDS = (
    {
        "command": "/meet",
        "description": "Run meetings",
        "usage_hint": "create, share, who … or help",
        "verbs": [
            {"verb": "create", "usage": "create [backend/]handle", "help": "make a room"},
            {"verb": "dial", "usage": "dial room +number", "help": "ring a phone into a room"},
        ],
    },
)
SHORTCUTS = (
    {"name": "Start a meeting", "type": "global", "callback_id": "start_meeting", "description": "A room now"},
    {"name": "Meet about this", "type": "message", "callback_id": "meet_about", "description": "A room for it"},
)


class NoMeetings:
    """No simulated vendor at all."""

    def rooms(self) -> list[Mapping[str, Any]]:
        return []

    def subscribe(self, callback: object) -> None:
        """There is never anything to tell."""


@dataclass
class Staged:
    """A served page: its workspace, what the page asked for, and where it is."""

    workspace: Workspace
    clock: MovableClock
    feed: ExchangeFeed
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def say(
        self, text: str = "", *, blocks: list[dict[str, Any]] | None = None, only: str = "", user: str = BOT
    ) -> Message:
        """Post a message in #general as the bot."""
        ts = self.workspace.new_ts()
        return self.workspace.post(Message(GENERAL, ts, user, text, blocks=blocks or [], ephemeral_for=only))

    def show_modal(self, user: str, *blocks: dict[str, Any], submit: str = "Create") -> str:
        """Open a modal for that person and return its id."""
        title, label = {"type": "plain_text", "text": "New room"}, {"type": "plain_text", "text": submit}
        view = {"type": "modal", "title": title, "submit": label, "blocks": list(blocks)}
        return self.workspace.show_view(user, view).id

    def action(self, name: str) -> Action:
        """Notes what the page asked for and answers what the test laid out."""

        async def note(body: Mapping[str, Any]) -> Mapping[str, Any]:
            self.asked.append((name, body))
            if name in self.refusals:
                raise WrongAction(self.refusals[name])
            return self.answers.get(name, {})

        return note

    async def until_asked(self, name: str) -> Mapping[str, Any]:
        """The body of the first such action."""
        bodies = await self.workspace.until(lambda: [body for asked, body in self.asked if asked == name])
        return bodies[0]


def demo_workspace(clock: MovableClock) -> Workspace:
    """An administrator in Paris, a member in New York, a guest; #general with all of them."""
    workspace = Workspace(clock)
    workspace.add_user(User(ADA, "ada", real_name="Ada Admin", tz="Europe/Paris"))
    workspace.add_user(User(MIA, "mia", real_name="Mia Member", tz="America/New_York"))
    workspace.add_user(User(GUS, "gus", real_name="Gus Guest", tz="Europe/Paris", is_restricted=True))
    workspace.add_channel(Channel(GENERAL, "general", members={ADA, MIA, GUS, BOT}))
    for person in (ADA, MIA, GUS):
        workspace.open_im(person)
    return workspace


@asynccontextmanager
async def staged() -> AsyncIterator[Staged]:
    """Serve the page on a free port; 24 November 2026, 12:00 UTC."""
    clock = MovableClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    stage = Staged(demo_workspace(clock), clock, ExchangeFeed(clock))
    names = ("send", "act", "submit", "close", "suggest", "home", "join", "leave", "shortcut")
    shown = WorkspaceStage(
        workspace=stage.workspace,
        scene=Scene(stage.workspace, {ADA: "administrator", MIA: "member", GUS: "guest"}),
        clock=clock,
        feed=stage.feed,
        meetings=NoMeetings(),
        commands=COMMANDS,
        actions={name: stage.action(name) for name in names},
        backends=("jaas", "meetings"),
        shortcuts=SHORTCUTS,
    )
    runner = web.AppRunner(page(shown))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stage.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield stage
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(chromium: Browser, stage: Staged, *, person: str = ADA) -> AsyncIterator[Page]:
    """The page in a fresh browser context as this person; a script error fails the test, a refused action (409) not."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900})
    tab = await context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on(
        "console", lambda said: errors.append(said.text) if said.type == "error" and "409" not in said.text else None
    )
    await tab.goto(f"{stage.url}#as={person}&in={GENERAL}")
    await expect(tab.get_by_test_id("channel-name")).to_contain_text("general")
    try:
        yield tab
    finally:
        await context.close()
    assert errors == []
