"""The bot as an operator runs it: its settings, its log, and what signals do."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Literal, TextIO

from structlog import get_logger

from bot import log as logging_setup
from bot.app.parts import VERBS
from bot.app.process import Bot, Today, running
from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.policy import Policy
from bot.settings import Settings, load, reload
from bot.store import PREDECESSOR_DRAINS

log = get_logger(__name__)


def settings_from_environment() -> Settings:
    """Read the process's own environment and file. Raises ConfigurationError."""
    return load(commands=VERBS)


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Everything that logs goes through one redaction, to stderr."""
    logging_setup.configure(level=settings.log_level, style=settings.log_format, stream=stream or sys.stderr)


def configure_play_logging(stream: TextIO | None = None) -> None:
    """The playground tells what goes wrong, nothing else."""
    logging_setup.configure(level="WARNING", style="console", stream=stream or sys.stderr)


def log_refused_start(error: ConfigurationError) -> None:
    """The line that ends a start, as JSON: for a log that is read by machines."""
    log.critical("not started", **_told(error))


async def serve(settings: Settings, *, predecessor_drains: timedelta = PREDECESSOR_DRAINS) -> bool:
    """Run until SIGTERM or Ctrl+C, then drain; SIGHUP reads the rules again.

    `predecessor_drains`: how long to wait for a process that holds the database. False: a bug ended it, which stands in
    the log. Raises ConfigurationError when it cannot start, or Slack refuses the token.
    """
    stop = asyncio.Event()
    today = Today(Policy(settings.rules()))
    _hear_signals(stop, settings, today)
    async with AsyncExitStack() as stack:
        opened = running(settings, Clock(), today, predecessor_drains=predecessor_drains)
        opening = asyncio.ensure_future(stack.enter_async_context(opened))
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait([opening, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
            await asyncio.wait([opening])
            return True
        bot = opening.result()
        _warn_of_gaps(settings)
        well = await _until(stopped, bot)
    log.info("stopped")
    return well


async def _until(stopped: asyncio.Task[Literal[True]], bot: Bot) -> bool:
    gc.collect()
    gc.freeze()  # what was loaded stays: no collection needs to look at it again
    gc.set_threshold(10_000, 20, 20)  # a command makes thousands of objects and hardly a cycle (6 % of its CPU)
    await asyncio.wait([stopped, bot.failed], return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
    stopped.cancel()
    error = bot.failed.exception() if bot.failed.done() else None
    if isinstance(error, ConfigurationError):
        raise error
    return error is None


def _warn_of_gaps(settings: Settings) -> None:
    """What is no mistake, but leaves people with nothing to do."""
    if not settings.grants:
        log.warning("nobody has a role: the configuration has no [[grants]]; every command will be refused")
    if not settings.backends:
        log.warning("no back end is configured: no room can be made; see [backends.…] in meetops.example.toml")


def _hear_signals(stop: asyncio.Event, settings: Settings, today: Today) -> None:
    loop = asyncio.get_running_loop()

    def stop_because(name: str) -> None:
        log.info("stopping", signal=name)
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop_because, one.name)
    loop.add_signal_handler(signal.SIGHUP, _read_again, settings, today)


def _read_again(settings: Settings, today: Today) -> None:
    try:
        today.policy = Policy(reload(settings, commands=VERBS).rules())
    except ConfigurationError as error:
        log.error("rules kept as they were: the configuration is wrong", **_told(error))
    else:
        log.info("rules re-read: roles, grants, approvals, dialling")


def _told(error: ConfigurationError) -> dict[str, str]:
    """Key and problem apart: "…password: is missing" would be taken for a password and redacted."""
    key, _, problem = str(error).partition(": ")
    return {"key": key, "problem": problem}
