"""A La Suite Meet for tests: applications, people, and the back end against it in somebody's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.backends.lasuite import LaSuite, LaSuiteWithLiveKit, LaSuiteWithTelephone
from bot.backends.lasuite.hooks import Webhooks
from bot.backends.lasuite.livekit import LiveKit
from bot.backends.lasuite.phones import Phones
from bot.capabilities import ASKED_BY, Asker, RoomWish
from bot.clock import Clock
from bot.model import Room, VendorRoom
from bot.play.vendors.lasuite import Application, Person, SimulatedLaSuite
from bot.rest import Rest

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLIENT, CLIENT_SECRET = "slackbot-full", "cl1ent-secret-never-shown"
KEY, SECRET = "APIdevkey", "l1vekit-secret-never-shown-0123456789"
TRUNK = "ST_play"
ALICE, BOB, NOBODY = "alice@example.test", "bob@example.test", "nobody@example.test"
PREFIX = "/external-api/v1.0"


def simulated(clock: Clock, *people: Person, **more: Any) -> SimulatedLaSuite:
    """A deployment that knows Alice and Bob, where nobody else is given."""
    return SimulatedLaSuite(
        clock=clock,
        applications=(Application(CLIENT, CLIENT_SECRET), Application("other", CLIENT_SECRET, scopes=("rooms:list",))),
        people=people or (Person(ALICE, "Alice"), Person(BOB, "Bob")),
        livekit_key=KEY,
        livekit_secret=SECRET,
        **more,
    )


def rest_at(session: aiohttp.ClientSession, url: str, **more: Any) -> Rest:
    return Rest(session, url, backend="visio", **({"timeout": 5.0, "first_wait": 0.001} | more))


def common(url: str, clock: Clock, **more: Any) -> dict[str, Any]:
    settings = {
        "base_url": url,
        "client_id": CLIENT,
        "client_secret": SecretStr(CLIENT_SECRET),
        "clock": clock,
    }
    return settings | more


def meet_at(session: aiohttp.ClientSession, url: str, clock: Clock, **more: Any) -> LaSuite:
    """La Suite Meet alone; `url` ends with the external API's path."""
    return LaSuite("visio", rest_at(session, url), **common(url, clock, **more))


def with_livekit(
    session: aiohttp.ClientSession,
    url: str,
    clock: Clock,
    *,
    livekit: str,
    trunk: str | None = TRUNK,
    secret: str = SECRET,
) -> LaSuiteWithLiveKit:
    """The same with LiveKit's credentials and, unless None is given, a SIP trunk."""
    rest, phones = rest_at(session, url), Phones(SecretStr(secret))
    at_livekit = rest_at(session, livekit)
    more = common(url, clock) | {
        "livekit": LiveKit(at_livekit, at_livekit, api_key=KEY, api_secret=SecretStr(secret), clock=clock),
        "phones": phones,
        "hooks": Webhooks(api_key=KEY, api_secret=SecretStr(secret), phones=phones),
    }
    if trunk is None:
        return LaSuiteWithLiveKit("visio", rest, **more)
    return LaSuiteWithTelephone("visio", rest, sip_trunk_id=trunk, **more)


@contextmanager
def as_person(email: str | None) -> Iterator[None]:
    """What is done inside is asked for by whoever has this address in Slack."""
    token = ASKED_BY.set(Asker(email))
    try:
        yield
    finally:
        ASKED_BY.reset(token)


def wish(handle: str = "standup", **options: str) -> RoomWish:
    return RoomWish(handle=handle, owner_user_id="u-1", options=options)


def kept(vendor: VendorRoom, handle: str = "standup") -> Room:
    """The room as the bot keeps it."""
    return Room(
        id="r1",
        backend="visio",
        handle=handle,
        vendor_id=vendor.vendor_id,
        vendor_name=vendor.name,
        kind=vendor.kind,
        owner=None,
        created_at=NOON,
        settings=vendor.settings,
    )
