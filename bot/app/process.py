"""The process: what is opened in which order, listens, and is let go of again."""

from __future__ import annotations

import asyncio
import errno
import socket as sockets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from aiohttp import web
from structlog import get_logger

from bot.app.others import among_others, follow_invalidations
from bot.app.parts import VERBS, Core, Ground, SlackSide, core, entrance, home_tabs, slack_side
from bot.app.vendors import LastErrors, open_backends
from bot.app.web import hook_route
from bot.approvals import handlers
from bot.audit import Audit
from bot.clock import Clock
from bot.errors import BotError, ConfigurationError
from bot.jobs.choosing import jobs_on
from bot.metrics import Metrics
from bot.policy import Policy
from bot.reminders import handlers as reminder_handlers
from bot.settings import Settings, load
from bot.slack.bolt import Entrance
from bot.slack.client import new_session
from bot.slack.front import Front, routes
from bot.slack.home import HomeTabs
from bot.slack.seen import Seen, SeenInDatabase, SeenInMemory
from bot.slack.socket import SocketMode
from bot.store import PREDECESSOR_DRAINS, DatabaseUnavailable, Store
from bot.store.pruning import prune
from bot.tasks import Tasks

DRAIN_SECONDS = 30.0
MOST_TASKS = 4000
SWEEP = timedelta(hours=1)
CARDS_PUT_RIGHT = timedelta(days=1)  # of rooms in which something happened since then

log = get_logger(__name__)


@dataclass
class Today:
    """The policy in force; SIGHUP puts another in its place."""

    policy: Policy

    def __call__(self) -> Policy:
        """The policy now."""
        return self.policy


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    url: str
    failed: asyncio.Future[None]  # ends with the error that makes going on pointless: a refused token


@asynccontextmanager
async def from_files(config: Path, environ: Mapping[str, str], clock: Clock) -> AsyncIterator[Bot]:
    """A bot from a configuration file and variables that are not the process's own (the playground)."""
    settings = load({**environ, "MEETOPS_CONFIG": str(config)}, config.parent, commands=VERBS)
    settings.require_slack()
    async with running(settings, clock, Today(Policy(settings.rules()))) as bot:
        yield bot


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    policy: Callable[[], Policy],
    *,
    predecessor_drains: timedelta = PREDECESSOR_DRAINS,
) -> AsyncIterator[Bot]:
    """The whole bot, listening. Leaving takes nothing new, drains what is under way, and lets go of the database."""
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        tasks = Tasks(limit=MOST_TASKS, metrics=metrics)
        errors = LastErrors(metrics, clock)
        backends = await open_backends(settings, clock, errors, stack)
        session = await stack.enter_async_context(new_session())
        store = await Store.open(settings.database_url.get_secret_value(), clock, wait=predecessor_drains)
        stack.push_async_callback(store.close)
        audit = Audit(store.db, clock)
        stack.push_async_callback(audit.flush)
        jobs = jobs_on(store.db, clock)
        ground = Ground(settings, clock, policy, metrics, tasks, store, jobs, audit, backends, errors)
        slack = slack_side(ground, session)
        seen = SeenInDatabase(store.db, clock) if store.db.shared else SeenInMemory(clock)
        yield await _begin(_Parts(ground, slack, core(ground, slack.directory, slack.voice, slack.files), seen), stack)


@dataclass(frozen=True, slots=True)
class _Parts:
    ground: Ground
    slack: SlackSide
    core: Core
    seen: Seen


async def _begin(parts: _Parts, stack: AsyncExitStack) -> Bot:
    """Load what is kept, then listen, then begin the work that goes on by itself."""
    ground, bot_core = parts.ground, parts.core
    follow_invalidations(ground.store.db, bot_core.people, parts.slack.voice)
    await bot_core.roster.load()
    await bot_core.approvals.recover()
    await bot_core.reminders.recover()
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    homes = home_tabs(ground, bot_core, parts.slack)
    way_in = entrance(ground, bot_core, parts.slack, homes, parts.seen)
    socket = _socket(parts, way_in) if ground.settings.socket_mode else None
    url = await _listening(parts, way_in, socket, stack)
    background = _Background(failed)
    stack.push_async_callback(_wind_down, parts, socket, background)
    background.begin(ground.audit.run(), "audit")
    background.begin(_jobs(parts), "jobs")
    background.begin(_sweep(parts), "sweep")
    if ground.store.db.shared:
        background.begin(among_others(ground.store.db, bot_core.approvals), "among others")
    background.begin(_to_slack(parts.slack, socket), "slack")
    background.begin(_live(parts), "live")
    background.begin(_homes(parts, homes), "homes")
    return Bot(url, failed)


def _socket(parts: _Parts, way_in: Entrance) -> SocketMode:
    token = parts.ground.settings.slack_app_token
    return SocketMode(
        way_in,
        parts.slack.client,
        app_token=token.get_secret_value() if token else "",
        seen=parts.seen,
        metrics=parts.ground.metrics,
    )


async def _listening(parts: _Parts, way_in: Entrance, socket: SocketMode | None, stack: AsyncExitStack) -> str:
    ground, settings = parts.ground, parts.ground.settings
    front = None
    if socket is None and settings.slack_signing_secret is not None:
        secret = settings.slack_signing_secret.get_secret_value()
        front = Front(way_in, signing_secret=secret, seen=parts.seen, clock=ground.clock, metrics=ground.metrics)
    application = web.Application()
    application.add_routes(routes(front=front, ready=lambda: _missing(parts, socket), metrics=ground.metrics))
    application.add_routes([hook_route(parts.core.hooks, ground.tasks)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise ConfigurationError(_why_deaf(settings, error)) from None
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{runner.addresses[0][1]}"
    way = "http" if front else "socket mode"
    log.info("listening", url=url, slack=way, back_ends=", ".join(ground.backends) or "none")
    return url


def _why_deaf(settings: Settings, error: OSError) -> str:
    if isinstance(error, sockets.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST: {settings.host} is not an address of this machine; 127.0.0.1 and 0.0.0.0 always are"
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {settings.port} on {settings.host} is in use; stop what listens there, or set another PORT"
    if error.errno == errno.EACCES:
        return f"PORT: {settings.port} may not be used by this account; set one above 1023"
    return f"PORT: {settings.host}:{settings.port} can't be used: {error.strerror}"


async def _missing(parts: _Parts, socket: SocketMode | None) -> str | None:
    """What keeps the bot from being ready; None when it is."""
    if parts.ground.tasks.draining:
        return "the bot is stopping"
    try:
        await parts.ground.store.db.check()
    except BotError:
        return "the database cannot be written"
    if parts.slack.authorisation.result is None:
        return "Slack has not authorised the bot yet"
    if socket is not None and not await socket.connected():
        return "Socket Mode is not connected"
    return None


async def _to_slack(slack: SlackSide, socket: SocketMode | None) -> None:
    known = await slack.authorisation.obtain()
    log.info("authorised by slack", workspace=known.team, workspace_id=known.team_id, bot=known.bot_user_id)
    if socket is not None:
        await socket.run()


async def _jobs(parts: _Parts) -> None:
    """Jobs post to Slack, so they begin once Slack knows the bot."""
    ground, bot_core = parts.ground, parts.core
    await parts.slack.authorisation.known()
    ways: dict[str, Any] = {"store": ground.store, "jobs": ground.jobs, "audit": ground.audit, "clock": ground.clock}
    requests = handlers(bot_core.approvals, bot_core.callbacks, **ways)
    reminders = reminder_handlers(bot_core.reminders, bot_core.reminding, **ways)
    await ground.jobs.run({**requests, **reminders})


async def _homes(parts: _Parts, homes: HomeTabs) -> None:
    await parts.slack.authorisation.known()
    await homes.run()


async def _live(parts: _Parts) -> None:
    """What people see of rooms is put right after the start, and kept right by looking at those in use."""
    await parts.slack.authorisation.known()
    await parts.core.cards.resume(parts.ground.clock.now() - CARDS_PUT_RIGHT)
    await parts.core.polls.run()


async def _sweep(parts: _Parts) -> None:
    """Forget what nobody needs any more (bot/store/pruning.py says when that is)."""
    ground = parts.ground
    while True:
        try:
            await _swept(parts)
        except DatabaseUnavailable:
            log.error("nothing was forgotten: the database does not answer")
        await ground.clock.pause(SWEEP)


async def _swept(parts: _Parts) -> None:
    store, now = parts.ground.store, parts.ground.clock.now()
    dropped = await prune(store.db, now)
    if dropped:
        log.info("old rows dropped", **dropped)
    await parts.core.roster.forget_old()
    async with store.db.begin() as tx:
        await store.db.changes.prune(tx)
    if isinstance(parts.seen, SeenInDatabase):
        await parts.seen.forget_old()


class _Background:
    """Tasks that run as long as the process; the first that fails ends it."""

    def __init__(self, failed: asyncio.Future[None]) -> None:
        self._failed = failed
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failed.done():
            if not isinstance(error, ConfigurationError):  # that one line is whoever's that waits
                log.error("bug", work=task.get_name(), exc_info=error)
            self._failed.set_exception(error)
            self._failed.exception()  # looked at, so that a bot nobody waits for ends silently

    async def end(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def _wind_down(parts: _Parts, socket: SocketMode | None, background: _Background) -> None:
    """Take nothing new, let what is under way end within DRAIN_SECONDS, then cut the rest off."""
    until = monotonic() + DRAIN_SECONDS
    if socket is not None:
        await socket.close()
    await parts.ground.tasks.drain(DRAIN_SECONDS)
    try:
        async with asyncio.timeout(max(0.0, until - monotonic())):
            if parts.slack.authorisation.result is not None:
                await parts.ground.jobs.stop()
    except TimeoutError:
        log.warning("jobs cut off; they are taken up again at the next start")
    await background.end()
