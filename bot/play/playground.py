"""The playground: the bot, a simulated Slack, simulated vendors and the page, all on this machine."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from aiohttp import web

from bot.clock import MovableClock
from bot.play import configuration
from bot.play.actions import SlackActions
from bot.play.configuration import APP_ID, COMMAND, Secrets
from bot.play.exchange import ExchangeFeed
from bot.play.jaas_rooms import JaasRooms, Visitors
from bot.play.lasuite_rooms import LaSuiteRooms
from bot.play.meetings import JoinLinks, Meetings
from bot.play.openmeetings_rooms import OpenMeetingsRooms
from bot.play.pexip_rooms import PexipRooms
from bot.play.running import (
    JAAS,
    KID,
    LASUITE,
    OPENMEETINGS,
    PEXIP,
    SBC,
    running_anynode,
    running_jaas,
    running_lasuite,
    running_openmeetings,
    running_pexip,
)
from bot.play.scene import Scene
from bot.play.slack import SlackServer, demo_workspace
from bot.play.slack.seed import add_administrators
from bot.play.slack.workspace import BOT_EVENTS
from bot.play.stage import WorkspaceStage
from bot.play.vendors.anynode import SimulatedAnynode
from bot.play.vendors.jaas import SimulatedJaas
from bot.play.vendors.lasuite import SimulatedLaSuite
from bot.play.vendors.openmeetings import SimulatedOpenMeetings
from bot.play.vendors.pexip import SimulatedPexip
from bot.play.web import page

Json = Mapping[str, Any]
PLAIN: Json = {"command": COMMAND, "description": "", "usage_hint": ""}
WITHOUT_ACCOUNT = frozenset({"U0VERA", "U0GUS", "U0STAN"})  # at La Suite Meet
ROLES = {
    "U0SARA": "administrator",
    "U0ADA": "administrator",
    "U0AMIR": "administrator",
    "U0OMAR": "operator",
    "U0MIA": "member",
    "U0MAX": "member",
    "U0MAYA": "member",
    "U0VERA": "viewer",
    "U0GUS": "guest",
    "U0STAN": "stranger",
}


class RunningBot(Protocol):
    """A bot that listens."""

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`."""


BuildBot = Callable[[Path, Mapping[str, str], MovableClock], AbstractAsyncContextManager[RunningBot]]


@dataclass(frozen=True, slots=True)
class Playground:
    """A running playground, for whoever looks behind the page."""

    url: str
    slack: SlackServer
    jaas: SimulatedJaas
    openmeetings: SimulatedOpenMeetings
    pexip: SimulatedPexip
    lasuite: SimulatedLaSuite
    sbc: SimulatedAnynode
    rooms: Meetings
    feed: ExchangeFeed
    clock: MovableClock


async def run_playground(
    *,
    port: int,
    build_bot: BuildBot,
    open_browser: bool,
    clock: MovableClock,
    echo: Callable[[str], None],
    commands: Sequence[Json] = (PLAIN,),
    shortcuts: Sequence[Json] = (),
) -> None:
    """Serve the page on 127.0.0.1:`port` until cancelled; `echo` is told its address.

    `commands` are the slash commands of the manifest, for the hints under the message box: {command, description,
    usage_hint} and, where known, `verbs`: [{verb, usage, help}]; `shortcuts` are those of the manifest.
    """
    parts = playground(port=port, build_bot=build_bot, clock=clock, commands=commands, shortcuts=shortcuts)
    async with parts as running:
        echo(f"The playground is at {running.url} (Ctrl+C ends it)")
        if open_browser:
            await asyncio.to_thread(webbrowser.open, running.url)
        await asyncio.Event().wait()


@asynccontextmanager
async def playground(
    *,
    port: int,
    build_bot: BuildBot,
    clock: MovableClock,
    commands: Sequence[Json] = (PLAIN,),
    shortcuts: Sequence[Json] = (),
) -> AsyncIterator[Playground]:
    """Everything, started in the order in which the parts need one another, and stopped the other way round."""
    known, feed = Secrets(), ExchangeFeed(clock)
    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="meetops-play-")))
        slack = await running.enter_async_context(_slack(clock, known))
        jaas = await running.enter_async_context(running_jaas(clock, known, feed))
        openmeetings = await running.enter_async_context(running_openmeetings(clock, known, feed))
        pexip = await running.enter_async_context(running_pexip(clock, known, feed))
        accounts = [slack.workspace.users[person] for person in ROLES if person not in WITHOUT_ACCOUNT]
        lasuite = await running.enter_async_context(running_lasuite(clock, known, feed, accounts))
        sbc = await running.enter_async_context(running_anynode(known, feed))
        config = configuration.write(
            folder,
            known,
            jaas=jaas.url,
            openmeetings=openmeetings.url,
            pexip=pexip.url,
            lasuite=lasuite.url,
            sbc=sbc.url,
        )
        environ = configuration.environ(folder, known, slack_api=slack.api_url)
        bot = await running.enter_async_context(build_bot(config, environ, clock))
        slack.connect_http(f"{bot.url}/slack/events")
        jaas.webhooks.url = f"{bot.url}/hooks/{JAAS}"
        pexip.sink.url = f"{bot.url}/hooks/{PEXIP}"
        lasuite.livekit.webhooks.url = f"{bot.url}/hooks/{LASUITE}"
        rooms = _rooms(slack, jaas, openmeetings, pexip, lasuite, known=known, clock=clock)
        stage = _stage(slack, rooms, clock=clock, feed=feed, commands=commands, shortcuts=shortcuts)
        url = await running.enter_async_context(_served(page(stage), port))
        yield Playground(url, slack, jaas, openmeetings, pexip, lasuite, sbc, rooms, feed, clock)


@asynccontextmanager
async def _slack(clock: MovableClock, known: Secrets) -> AsyncIterator[SlackServer]:
    workspace = demo_workspace(clock)
    add_administrators(workspace)
    workspace.team = replace(workspace.team, events=BOT_EVENTS)
    for person in ROLES:
        workspace.open_im(person)
    server = SlackServer(
        workspace,
        clock=clock,
        signing_secret=known.signing,
        bot_token=known.bot_token,
        app_token=known.app_token,
        paced=True,
    )
    async with server:
        yield server


def _rooms(
    slack: SlackServer,
    jaas: SimulatedJaas,
    openmeetings: SimulatedOpenMeetings,
    pexip: SimulatedPexip,
    lasuite: SimulatedLaSuite,
    *,
    known: Secrets,
    clock: MovableClock,
) -> Meetings:
    links = JoinLinks(slack.workspace)
    visitors = Visitors(app_id=APP_ID, kid=KID, private_key=known.private_key, clock=clock)
    return Meetings(
        {
            JAAS: JaasRooms(jaas, backend=JAAS, links=links, visitors=visitors),
            OPENMEETINGS: OpenMeetingsRooms(openmeetings, backend=OPENMEETINGS, links=links),
            PEXIP: PexipRooms(pexip, backend=PEXIP, links=links, workspace=slack.workspace),
            LASUITE: LaSuiteRooms(lasuite, backend=LASUITE, links=links, workspace=slack.workspace),
        }
    )


def _stage(
    slack: SlackServer,
    rooms: Meetings,
    *,
    clock: MovableClock,
    feed: ExchangeFeed,
    commands: Sequence[Json],
    shortcuts: Sequence[Json],
) -> WorkspaceStage:
    return WorkspaceStage(
        workspace=slack.workspace,
        scene=Scene(slack.workspace, ROLES),
        clock=clock,
        feed=feed,
        meetings=rooms,
        commands=commands,
        actions={**SlackActions(slack, COMMAND).by_name(), **rooms.by_name()},
        backends=(JAAS, OPENMEETINGS, PEXIP, LASUITE, SBC),
        shortcuts=shortcuts,
    )


@asynccontextmanager
async def _served(application: web.Application, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
