"""The back ends: one connection pool each, made as its section of the configuration says."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.capabilities import Backend
from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.metrics import Metrics
from bot.rest import Pace, Rest
from bot.settings import BackendSettings, JaasSettings, OpenMeetingsSettings, PexipSettings, Settings

if TYPE_CHECKING:
    from bot.backends.jaas import Jaas
    from bot.backends.openmeetings import OpenMeetings
    from bot.backends.pexip import Pexip


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
            rest = Rest(session, section.base_url, backend=name, observe=errors.observe, **_limits(section, clock))
            made[name] = KINDS[section.kind](name, rest, section, clock)
        except ConfigurationError as error:
            raise ConfigurationError(f"backends.{name}.{error}") from None
    return made


def _limits(section: BackendSettings, clock: Clock) -> dict[str, Any]:
    """How many calls the vendor bears, where that is less than the usual."""
    if section.kind != "pexip":
        return {}
    from bot.backends.pexip.transport import AT_ONCE, PATIENCE, PER_MINUTE

    return {"limit": AT_ONCE, "timeout": PATIENCE, "pace": Pace(clock, calls=PER_MINUTE)}


def _session(section: BackendSettings) -> aiohttp.ClientSession:
    context = ssl.create_default_context()
    if section.ca is not None:
        try:
            context.load_verify_locations(cadata=section.ca)
        except ssl.SSLError:
            raise ConfigurationError("ca_file: is not a PEM file of certificates") from None
    connector = aiohttp.TCPConnector(ssl=context)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _jaas(name: str, rest: Rest, section: JaasSettings, clock: Clock) -> Jaas:
    from bot.backends.jaas import Jaas

    authorization = section.webhook_authorization
    return Jaas(
        name,
        rest,
        app_id=section.app_id,
        key_id=section.key_id,
        private_key=section.private_key.get_secret_value(),
        clock=clock,
        base_url=section.base_url,
        webhook_secrets=tuple(secret.get_secret_value() for secret in section.webhook_secrets),
        webhook_authorization=authorization.get_secret_value() if authorization else None,
        webhook_tolerance=section.webhook_tolerance,
        link_lifetime=section.link_lifetime,
        muc_domain=section.muc_domain,
    )


def _openmeetings(name: str, rest: Rest, section: OpenMeetingsSettings, clock: Clock) -> OpenMeetings:
    from bot.backends.openmeetings import OpenMeetings

    return OpenMeetings(
        name,
        rest,
        base_url=section.base_url,
        username=section.username,
        password=section.password,
        external_type=section.external_type,
        login_method=section.login_method,
        link_lifetime=section.link_lifetime,
        clock=clock,
    )


def _pexip(name: str, rest: Rest, section: PexipSettings, clock: Clock) -> Pexip:
    from bot.backends.pexip import Pexip
    from bot.backends.pexip.signing import Basic, OAuth2, SignIn

    sign_in: SignIn
    if section.client_id is not None and section.client_key is not None:
        sign_in = OAuth2(
            rest, section.base_url, client_id=section.client_id, client_key=section.client_key, clock=clock
        )
    elif section.username is not None and section.password is not None:
        sign_in = Basic(section.username, section.password)
    else:
        raise ConfigurationError("username: give username and password, or client_id and client_key")
    return Pexip(
        name,
        rest,
        sign_in=sign_in,
        clock=clock,
        webapp_url=section.webapp_url,
        system_location=section.system_location,
        event_sink_username=section.event_sink_username,
        event_sink_password=section.event_sink_password,
        download_folder=Path(section.download_folder) if section.download_folder else None,
    )


# A sixth back end is one line here: the `kind` of its section → how it is made.
KINDS: Mapping[str, Callable[[str, Rest, Any, Clock], Backend]] = {
    "jaas": _jaas,
    "openmeetings": _openmeetings,
    "pexip": _pexip,
}
