"""The back ends: one connection pool each, made as its section of the configuration says."""

from __future__ import annotations

import ssl
from contextlib import AsyncExitStack

import aiohttp

from bot.backends import adapter
from bot.capabilities import Backend
from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.metrics import Metrics
from bot.rest import Rest
from bot.settings import BackendSection, Settings


class LastErrors:
    """The last failed call to each back end, for `status`; and the metrics of all calls."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._last: dict[str, str] = {}

    def observe(self, backend: str, operation: str, status: int | str, seconds: float) -> None:
        """Take in how one call went (`bot.rest.Observe`)."""
        self._metrics.observe_vendor(backend, operation, status, seconds)
        if isinstance(status, str) or (status >= 400 and status != 404):  # 404 answers a question
            self._last[backend] = f"{operation} {status} at {self._clock.now():%H:%M} UTC"

    def of(self, backend: str) -> str:
        """`DIAL_OUT_PARTICIPANT 503 at 14:32 UTC`; empty when none failed."""
        return self._last.get(backend, "")


async def open_backends(
    settings: Settings, clock: Clock, errors: LastErrors, stack: AsyncExitStack
) -> dict[str, Backend]:
    """Every configured back end by its name. Raises ConfigurationError naming the key."""
    made = {}
    for name, section in settings.backends.items():
        try:
            session = await stack.enter_async_context(_session(section))
            vendor = adapter(section.kind)
            rest = Rest(session, section.base_url, backend=name, observe=errors.observe, **vendor.limits(clock))
            made[name] = vendor.make(name, rest, section, clock)
        except ConfigurationError as error:
            raise ConfigurationError(f"backends.{name}.{error}") from None
    return made


def _session(section: BackendSection) -> aiohttp.ClientSession:
    context = ssl.create_default_context()
    if section.ca is not None:
        try:
            context.load_verify_locations(cadata=section.ca)
        except ssl.SSLError:
            raise ConfigurationError("ca_file: is not a PEM file of certificates") from None
    connector = aiohttp.TCPConnector(ssl=context)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
