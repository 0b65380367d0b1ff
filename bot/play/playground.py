"""The playground: the bot, a simulated Slack, simulated vendors and the page, all on this machine."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from aiohttp import web

from bot.clock import MovableClock
from bot.play import configuration
from bot.play.actions import SlackActions
from bot.play.configuration import APP_ID, COMMAND, KEY_ID, OM_LOGIN, PEXIP_LOGIN, Secrets
from bot.play.exchange import ExchangeFeed
from bot.play.jaas_rooms import JaasRooms, Visitors
from bot.play.meetings import JoinLinks, Meetings
from bot.play.openmeetings_rooms import VISITORS_LOGIN, VISITORS_NAME, OpenMeetingsRooms
from bot.play.pexip_rooms import PexipRooms
from bot.play.scene import Scene
from bot.play.slack import SlackServer, demo_workspace
from bot.play.slack.seed import add_administrators
from bot.play.stage import WorkspaceStage
from bot.play.vendors.jaas import SimulatedJaas
from bot.play.vendors.openmeetings import Account, SimulatedOpenMeetings
from bot.play.vendors.pexip import Account as PexipAccount
from bot.play.vendors.pexip import SimulatedPexip
from bot.play.web import page

Json = Mapping[str, Any]
PLAIN: Json = {"command": COMMAND, "description": "", "usage_hint": ""}
KID = f"{APP_ID}/{KEY_ID}"
JAAS, OPENMEETINGS, PEXIP = "jaas", "meetings", "pexip"  # the back ends' names in configuration.TOML
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
) -> None:
    """Serve the page on 127.0.0.1:`port` until cancelled; `echo` is told its address.

    `commands` are the slash commands of the manifest, for the hints under the message box: {command, description,
    usage_hint} and, where known, `verbs`: [{verb, usage, help}].
    """
    async with playground(port=port, build_bot=build_bot, clock=clock, commands=commands) as running:
        echo(f"The playground is at {running.url} (Ctrl+C ends it)")
        if open_browser:
            await asyncio.to_thread(webbrowser.open, running.url)
        await asyncio.Event().wait()


@asynccontextmanager
async def playground(
    *, port: int, build_bot: BuildBot, clock: MovableClock, commands: Sequence[Json] = (PLAIN,)
) -> AsyncIterator[Playground]:
    """Everything, started in the order in which the parts need one another, and stopped the other way round."""
    known, feed = Secrets(), ExchangeFeed(clock)
    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="meetops-play-")))
        slack = await running.enter_async_context(_slack(clock, known))
        jaas = await running.enter_async_context(_jaas(clock, known, feed))
        openmeetings = await running.enter_async_context(_openmeetings(clock, known, feed))
        pexip = await running.enter_async_context(_pexip(clock, known, feed))
        config = configuration.write(folder, known, jaas=jaas.url, openmeetings=openmeetings.url, pexip=pexip.url)
        environ = configuration.environ(folder, known, slack_api=slack.api_url)
        bot = await running.enter_async_context(build_bot(config, environ, clock))
        slack.connect_http(f"{bot.url}/slack/events")
        jaas.webhooks.url = f"{bot.url}/hooks/{JAAS}"
        pexip.sink.url = f"{bot.url}/hooks/{PEXIP}"
        rooms = _rooms(slack, jaas, openmeetings, pexip, known=known, clock=clock)
        stage = _stage(slack, rooms, clock=clock, feed=feed, commands=commands)
        url = await running.enter_async_context(_served(page(stage), port))
        yield Playground(url, slack, jaas, openmeetings, pexip, rooms, feed, clock)


@asynccontextmanager
async def _slack(clock: MovableClock, known: Secrets) -> AsyncIterator[SlackServer]:
    workspace = demo_workspace(clock)
    add_administrators(workspace)
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


@asynccontextmanager
async def _jaas(clock: MovableClock, known: Secrets, feed: ExchangeFeed) -> AsyncIterator[SimulatedJaas]:
    jaas = SimulatedJaas(
        app_id=APP_ID,
        keys={KID: known.public_key},
        clock=clock,
        webhook_secret=known.webhook,
        feed=feed,
        backend=JAAS,
        rings_for=2.0,
    )
    await jaas.start()
    try:
        yield jaas
    finally:
        await jaas.stop()


@asynccontextmanager
async def _openmeetings(
    clock: MovableClock, known: Secrets, feed: ExchangeFeed
) -> AsyncIterator[SimulatedOpenMeetings]:
    accounts = (Account(OM_LOGIN, known.openmeetings), Account(VISITORS_LOGIN, token_hex(16), name=VISITORS_NAME))
    openmeetings = SimulatedOpenMeetings(accounts=accounts, clock=clock, feed=feed, backend=OPENMEETINGS)
    await openmeetings.start()
    try:
        yield openmeetings
    finally:
        await openmeetings.stop()


@asynccontextmanager
async def _pexip(clock: MovableClock, known: Secrets, feed: ExchangeFeed) -> AsyncIterator[SimulatedPexip]:
    accounts = (PexipAccount(PEXIP_LOGIN, known.pexip),)
    pexip = SimulatedPexip(
        clock=clock, accounts=accounts, sink_password=known.pexip_sink, feed=feed, backend=PEXIP, rings_for=2.0
    )
    await pexip.start()
    try:
        yield pexip
    finally:
        await pexip.stop()


def _rooms(
    slack: SlackServer,
    jaas: SimulatedJaas,
    openmeetings: SimulatedOpenMeetings,
    pexip: SimulatedPexip,
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
        }
    )


def _stage(
    slack: SlackServer,
    rooms: Meetings,
    *,
    clock: MovableClock,
    feed: ExchangeFeed,
    commands: Sequence[Json],
) -> WorkspaceStage:
    return WorkspaceStage(
        workspace=slack.workspace,
        scene=Scene(slack.workspace, ROLES),
        clock=clock,
        feed=feed,
        meetings=rooms,
        commands=commands,
        actions={**SlackActions(slack, COMMAND).by_name(), **rooms.by_name()},
        backends=(JAAS, OPENMEETINGS, PEXIP),
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
