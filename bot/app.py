"""The composition root: settings → store, back ends, dispatcher, Slack, web application. It alone names everything."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import aiohttp
from structlog import get_logger

from bot import log as logging_setup
from bot.capabilities import Backend
from bot.clock import Clock
from bot.commands import COMMANDS
from bot.errors import ConfigurationError
from bot.metrics import Metrics
from bot.policy import Policy
from bot.rest import Rest
from bot.settings import BackendSettings, JaasSettings, OpenMeetingsSettings, Settings, load, reload
from bot.store import Store
from bot.tasks import Tasks

DRAIN_SECONDS = 30.0
MOST_TASKS = 4000
# Verbs that an approval rule may name although they come with later back ends.
ANNOUNCED_VERBS = ("config", "roles", "remind", "reminders", "story", "mute", "unmute", "admit", "promote")

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


VERBS = tuple(command.name for command in COMMANDS)


def settings_from_environment() -> Settings:
    """Read the process's own environment and file. Raises ConfigurationError."""
    return checked(load(commands=(*VERBS, *ANNOUNCED_VERBS)))


def checked(settings: Settings) -> Settings:
    """What settings alone can't know. Raises ConfigurationError."""
    return settings


def configure_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Everything that logs goes through one redaction, to stderr."""
    logging_setup.configure(level=settings.log_level, style=settings.log_format, stream=stream)


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl+C, then drain. Raises ConfigurationError when Slack refuses the token."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    today = Today(Policy(settings.rules()))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: _read_again(settings, today))
    async with running(settings, Clock(), today) as bot:
        log.info("listening", url=bot.url)
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({stopped, bot.failed}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if bot.failed.done():
            bot.failed.result()


def _read_again(settings: Settings, today: Today) -> None:
    try:
        today.policy = Policy(reload(settings, commands=(*VERBS, *ANNOUNCED_VERBS)).rules())
    except ConfigurationError as error:
        log.error("configuration kept as it was", problem=str(error))
    else:
        log.info("roles, grants, approvals and dialling rules re-read")


@asynccontextmanager
async def from_files(config: Path, environ: Mapping[str, str], clock: Clock) -> AsyncIterator[Bot]:
    """A bot from a configuration file and variables that are not the process's own (the playground)."""
    settings = load({**environ, "MEETOPS_CONFIG": str(config)}, config.parent, commands=(*VERBS, *ANNOUNCED_VERBS))
    settings.require_slack()
    async with running(settings, clock, Today(Policy(settings.rules()))) as bot:
        yield bot


@asynccontextmanager
async def running(settings: Settings, clock: Clock, today: Today) -> AsyncIterator[Bot]:
    """The whole bot, listening. Leaving takes nothing new, drains what is under way, and lets go of the database."""
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        tasks = Tasks(limit=MOST_TASKS, metrics=metrics)
        store = await Store.open(settings.database_url.get_secret_value(), clock)
        stack.push_async_callback(store.close)
        backends = await _backends(settings, clock, metrics, stack)
        slack = await _slack(settings, clock, metrics, stack)
        parts = await _assembled(settings, clock, today, store, backends, slack, metrics=metrics, tasks=tasks)
        yield await _opened(parts, stack)


async def _backends(settings: Settings, clock: Clock, metrics: Metrics, stack: AsyncExitStack) -> dict[str, Backend]:
    made = {}
    for name, section in settings.backends.items():
        session = await stack.enter_async_context(_vendor_session(section))
        rest = Rest(session, section.base_url, backend=name, observe=metrics.observe_vendor)
        try:
            made[name] = KINDS[section.kind](name, rest, section, clock)
        except ConfigurationError as error:
            raise ConfigurationError(f"backends.{name}.{error}") from None
    return made


def _vendor_session(section: BackendSettings) -> aiohttp.ClientSession:
    context = ssl.create_default_context()
    if section.ca is not None:
        try:
            context.load_verify_locations(cadata=section.ca)
        except ssl.SSLError:
            raise ConfigurationError("ca_file: is not a PEM file of certificates") from None
    connector = aiohttp.TCPConnector(ssl=context)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _jaas(name: str, rest: Rest, section: Any, clock: Clock) -> Backend:  # noqa: ANN401
    from bot.backends.jaas import Jaas

    one: JaasSettings = section
    authorization = one.webhook_authorization
    return Jaas(
        name,
        rest,
        app_id=one.app_id,
        key_id=one.key_id,
        private_key=one.private_key.get_secret_value(),
        clock=clock,
        base_url=one.base_url,
        webhook_secrets=tuple(secret.get_secret_value() for secret in one.webhook_secrets),
        webhook_authorization=authorization.get_secret_value() if authorization else None,
    )


def _openmeetings(name: str, rest: Rest, section: Any, clock: Clock) -> Backend:  # noqa: ANN401
    from bot.backends.openmeetings import OpenMeetings

    one: OpenMeetingsSettings = section
    return OpenMeetings(
        name,
        rest,
        base_url=one.base_url,
        username=one.username,
        password=one.password,
        external_type=one.external_type,
        clock=clock,
    )


# A sixth back end is one line here: the `kind` of its section → how it is made.
KINDS: Mapping[str, Callable[[str, Rest, Any, Clock], Backend]] = {"jaas": _jaas, "openmeetings": _openmeetings}
