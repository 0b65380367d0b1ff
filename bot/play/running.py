"""The simulated vendors of the playground, each started with what the bot is told of it, and stopped at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from secrets import token_hex

from bot.clock import MovableClock
from bot.play.configuration import (
    APP_ID,
    KEY_ID,
    LASUITE_CLIENT,
    LIVEKIT_KEY,
    OM_LOGIN,
    PEXIP_LOGIN,
    SBC_LOGIN,
    Secrets,
)
from bot.play.exchange import ExchangeFeed
from bot.play.openmeetings_rooms import VISITORS_LOGIN, VISITORS_NAME
from bot.play.slack.records import User
from bot.play.vendors.anynode import Account as SbcAccount
from bot.play.vendors.anynode import SimulatedAnynode
from bot.play.vendors.jaas import SimulatedJaas
from bot.play.vendors.lasuite import Application, Person, SimulatedLaSuite
from bot.play.vendors.openmeetings import Account, SimulatedOpenMeetings
from bot.play.vendors.pexip import Account as PexipAccount
from bot.play.vendors.pexip import SimulatedPexip

KID = f"{APP_ID}/{KEY_ID}"
# The back ends' names in configuration.TOML.
JAAS, OPENMEETINGS, PEXIP, LASUITE, SBC = "jaas", "meetings", "pexip", "visio", "sbc"


@asynccontextmanager
async def running_jaas(clock: MovableClock, known: Secrets, feed: ExchangeFeed) -> AsyncIterator[SimulatedJaas]:
    """8x8, which rings a phone for two seconds."""
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
async def running_openmeetings(
    clock: MovableClock, known: Secrets, feed: ExchangeFeed
) -> AsyncIterator[SimulatedOpenMeetings]:
    """A server with the bot's account and one that lets visitors in."""
    accounts = (Account(OM_LOGIN, known.openmeetings), Account(VISITORS_LOGIN, token_hex(16), name=VISITORS_NAME))
    openmeetings = SimulatedOpenMeetings(accounts=accounts, clock=clock, feed=feed, backend=OPENMEETINGS)
    await openmeetings.start()
    try:
        yield openmeetings
    finally:
        await openmeetings.stop()


@asynccontextmanager
async def running_pexip(clock: MovableClock, known: Secrets, feed: ExchangeFeed) -> AsyncIterator[SimulatedPexip]:
    """A management node with the bot's account and its event sink."""
    accounts = (PexipAccount(PEXIP_LOGIN, known.pexip),)
    pexip = SimulatedPexip(
        clock=clock, accounts=accounts, sink_password=known.pexip_sink, feed=feed, backend=PEXIP, rings_for=2.0
    )
    await pexip.start()
    try:
        yield pexip
    finally:
        await pexip.stop()


@asynccontextmanager
async def running_lasuite(
    clock: MovableClock, known: Secrets, feed: ExchangeFeed, users: Iterable[User]
) -> AsyncIterator[SimulatedLaSuite]:
    """`users` have an account there."""
    lasuite = SimulatedLaSuite(
        clock=clock,
        applications=(Application(LASUITE_CLIENT, known.lasuite),),
        people=[Person(user.email, user.real_name) for user in users],
        livekit_key=LIVEKIT_KEY,
        livekit_secret=known.livekit,
        feed=feed,
        backend=LASUITE,
        rings_for=2.0,
    )
    await lasuite.start()
    try:
        yield lasuite
    finally:
        await lasuite.stop()


@asynccontextmanager
async def running_anynode(known: Secrets, feed: ExchangeFeed) -> AsyncIterator[SimulatedAnynode]:
    """An exchange with the bot's account."""
    sbc = SimulatedAnynode(accounts=(SbcAccount(SBC_LOGIN, known.sbc),), feed=feed, backend=SBC)
    await sbc.start()
    try:
        yield sbc
    finally:
        await sbc.stop()
