"""A whole world on loopback: the real bot between a simulated Slack and simulated vendors, one helper per gesture.

async with world(tmp_path) as w:
    await w.slash(OMAR, "#ops", "create standup")
    card = await w.card("#ops")
    await w.click(MIA, card, "Join")
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot import app
from bot.clock import MovableClock
from bot.play.slack import Delivery, Message, SlackServer, demo_workspace, text_of
from bot.play.vendors.anynode import SimulatedAnynode
from bot.play.vendors.jaas import SimulatedJaas
from bot.play.vendors.lasuite import SimulatedLaSuite
from bot.play.vendors.openmeetings import Account, SimulatedOpenMeetings
from bot.play.vendors.pexip import SimulatedPexip
from tests.fakes import jaas as account
from tests.fakes import world_anynode, world_lasuite, world_pexip
from tests.fakes.balancer import balanced
from tests.fakes.databases import migrated_for, postgres_of
from tests.fakes.ending import to_the_end
from tests.fakes.leaks import Watch
from tests.fakes.world_files import APP_TOKEN, BOT_TOKEN, CONFIG, DIALING, GRANTS, KID, OM_PASSWORD, SIGNING_SECRET

__all__ = ["BOT_TOKEN", "DIALING", "GRANTS", "OM_PASSWORD", "World", "connect", "ready", "world"]

Seen = TypeVar("Seen")


@functools.cache
def _pem() -> str:
    return account.pem()


@dataclass
class World:
    """What tests act on and look at."""

    slack: SlackServer
    jaas: SimulatedJaas
    meetings: SimulatedOpenMeetings
    clock: MovableClock
    folder: Path
    environ: dict[str, str]
    bot: app.Bot | None = None
    secrets: dict[str, str] = field(default_factory=dict)  # by what each is; a test may add its own
    node: SimulatedPexip | None = None
    server: SimulatedLaSuite | None = None
    exchange: SimulatedAnynode | None = None

    @property
    def visio(self) -> SimulatedLaSuite:
        """The La Suite Meet of a world `with_lasuite`."""
        assert self.server
        return self.server

    @property
    def pexip(self) -> SimulatedPexip:
        """The management node of a world `with_pexip`."""
        assert self.node
        return self.node

    @property
    def sbc(self) -> SimulatedAnynode:
        """The exchange of a world `with_anynode`."""
        assert self.exchange
        return self.exchange

    async def slash(self, user: str, channel: str, text: str) -> Delivery:
        """Type `/meet text`; the acknowledgement must be there at once."""
        ack = await self.slack.slash(user, channel, text)
        assert ack.ok, ack.error
        return ack

    async def told(self, user: str, words: str, *, within: float = 5.0) -> Message:
        """Wait for a private answer to this person that holds these words, wherever it is shown."""
        return await self._until(
            lambda: [*self.slack.workspace.ephemerals(user=user), *self.slack.workspace.dms(user)], words, within
        )

    async def posted(self, channel: str, words: str, *, within: float = 5.0) -> Message:
        """Wait for a message in the channel that holds these words."""
        return await self._until(lambda: self.slack.workspace.messages(channel), words, within)

    async def _until(self, look: Callable[[], list[Message]], words: str, within: float) -> Message:
        def found() -> list[Message]:
            return [one for one in look() if words.lower() in text_of(one).lower()]

        try:
            return (await self.until(found, within=within))[-1]
        except TimeoutError:
            seen = "\n---\n".join(text_of(one) for one in look())
            raise AssertionError(f"nobody said {words!r}; said was:\n{seen}") from None

    async def click(self, user: str, shown: Any, label: Any, *more: Any) -> Delivery:
        """Press a button."""
        ack = await self.slack.click(user, shown, label, *more)
        assert ack.ok, ack.error
        return ack

    async def until(self, look: Callable[[], Seen], *, within: float = 5.0) -> Seen:
        """Wait for anything. The clock is moved along, so that the pace of edits costs no real time."""
        end = time.monotonic() + within
        while True:
            try:
                return await self.slack.workspace.until(look, timeout=0.1)
            except TimeoutError:
                if time.monotonic() >= end:
                    raise
                self.clock.advance(timedelta(seconds=3))

    def now(self, message: Message) -> Message:
        """The message as it stands now."""
        found = self.slack.workspace.find_message(message.channel, message.ts)
        assert found is not None
        return found

    def says(self, message: Message, words: str) -> bool:
        """Whether the message holds these words now."""
        return words.lower() in text_of(self.now(message)).lower()

    def room_and_token(self, link: str) -> tuple[str, str]:
        """What 8x8 is shown by a browser that opens the link."""
        path, _, token = link.partition("?jwt=")
        return path.rpartition("/")[2], token

    def sent(self, action: str) -> list[Any]:
        """The commands of that kind which JaaS received."""
        return [one for one in self.jaas.requests if one.action == action]

    def link_of(self, message: Message) -> str:
        """The address behind `Open` in a private answer."""
        from bot.play.slack import buttons_of

        return str(buttons_of(message)["Open"]["url"])

    async def enter(self, user: str, room: str, *, name_is: str | None = None) -> Any:
        """Fetch one's own JaaS link by `join` and walk in."""
        before = len(self.slack.workspace.ephemerals(user=user))
        await self.slash(user, "#ops", f"join {room}")
        shown = await self.slack.workspace.until(
            lambda: [one for one in self.slack.workspace.ephemerals(user=user)[before:] if "Open" in text_of(one)]
        )
        present = await self.jaas.join(*self.room_and_token(self.link_of(shown[-1])))
        await self.jaas.webhooks.settled()
        return present


@asynccontextmanager
async def world(
    folder: Path,
    *,
    socket_mode: bool = False,
    top: str = "",
    default: str = "jaas",
    slack: str = "",
    grants: str = GRANTS,
    dialing: str = DIALING,
    start_bot: bool = True,
    om_version: str = "9.1.0",
    with_pexip: bool = False,
    with_lasuite: bool = False,
    livekit: bool = True,
    with_anynode: bool = False,
    backends: bool = True,
    meetings_more: str = "",
) -> AsyncIterator[World]:
    """Everything started in order; the bot last."""
    clock, watch, one = MovableClock(), Watch(), None
    async with AsyncExitStack() as stack:
        last = await stack.enter_async_context(to_the_end(clock))
        server = await stack.enter_async_context(
            SlackServer(
                demo_workspace(clock),
                clock=clock,
                signing_secret=SIGNING_SECRET,
                bot_token=BOT_TOKEN,
                app_token=APP_TOKEN,
            )
        )
        jaas = SimulatedJaas(
            app_id=account.APP_ID, keys={KID: account.public_pem()}, clock=clock, webhook_secret=account.SECRET
        )
        await jaas.start()
        stack.push_async_callback(jaas.stop)
        meetings = SimulatedOpenMeetings(accounts=(Account("soap", OM_PASSWORD),), clock=clock, version=om_version)
        await meetings.start()
        stack.push_async_callback(meetings.stop)
        node = await stack.enter_async_context(world_pexip.running_pexip(clock)) if with_pexip else None
        suite = await stack.enter_async_context(world_lasuite.running_lasuite(clock)) if with_lasuite else None
        exchange = await stack.enter_async_context(world_anynode.running_anynode()) if with_anynode else None
        (folder / "jaas.pem").write_text(_pem())
        text = CONFIG.format(
            jaas=jaas.url,
            meetings=meetings.url,
            app_id=account.APP_ID,
            webhook_secret=account.SECRET,
            password=OM_PASSWORD,
            meetings_more=meetings_more,
            top=top,
            default=default,
            slack=slack,
            grants=grants,
            dialing=dialing,
            pexip=world_pexip.section(node, folder),
            lasuite=world_lasuite.section(suite, livekit=livekit),
            sbc=world_anynode.section(exchange),
        )
        if not backends:
            head, _, rest = text.partition("[backends.jaas]")
            text = head.replace(f'default_backend = "{default}"', "") + rest[rest.index("[[grants]]") :]
        (folder / "meetops.toml").write_text(text)
        environ = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_API_URL": server.api_url,
            "HOST": "127.0.0.1",
            "PORT": "0",
            "DATABASE_URL": migrated_for(folder),
            "MEETOPS_CONFIG": str(folder / "meetops.toml"),
            **({"SLACK_APP_TOKEN": APP_TOKEN} if socket_mode else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}),
        }
        secrets = {"OpenMeetings password": OM_PASSWORD, "webhook secret": account.SECRET}
        secrets |= world_pexip.SECRETS if node else {}
        secrets |= world_lasuite.SECRETS if suite else {}
        secrets |= world_anynode.SECRETS if exchange else {}
        one = World(
            server,
            jaas,
            meetings,
            clock,
            folder,
            environ,
            secrets=secrets,
            node=node,
            server=suite,
            exchange=exchange,
        )
        if start_bot:
            one.bot = await stack.enter_async_context(app.from_files(folder / "meetops.toml", environ, clock))
            url = one.bot.url
            if postgres_of(folder):  # on PostgreSQL always two, and nothing may depend on which of them is asked
                other = await stack.enter_async_context(app.from_files(folder / "meetops.toml", environ, clock))
                await ready(other.url)
                url = await stack.enter_async_context(balanced([one.bot.url, other.url]))
            await connect(one, url, socket_mode=socket_mode)
        try:
            yield one
        finally:
            last()
    if one is not None:
        watch.check(one)


async def connect(one: World, url: str, *, socket_mode: bool = False) -> None:
    """Tell Slack and the vendors where the bot listens, and wait until it is ready."""
    one.jaas.webhooks.url = f"{url}/hooks/jaas"
    if one.node is not None:
        one.node.sink.url = f"{url}/hooks/pexip"
    if one.server is not None:
        one.server.livekit.webhooks.url = f"{url}/hooks/visio"
    if socket_mode:
        one.slack.connect_socket_mode()
    else:
        one.slack.connect_http(f"{url}/slack/events")
    await ready(url)


async def ready(url: str, *, within: float = 60.0) -> None:
    """Wait for `/readyz`; a process on a busy machine takes its time."""
    end = time.monotonic() + within
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < end:
            with suppress(aiohttp.ClientError):
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
    raise AssertionError("the bot did not become ready")


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
