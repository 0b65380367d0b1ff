"""One contract that all back ends keep: whatever a vendor answers, one outcome, one sentence, nothing done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.app import backend_kinds
from bot.capabilities import abilities_of
from bot.errors import BotError, Unavailable
from bot.model import Health, Risk
from bot.rest import Rest
from tests.backends.contract import anynode, jaas, lasuite, openmeetings, pexip
from tests.backends.contract.exchanges import Exchange, Relay, Replay
from tests.backends.contract.failures import EVERY, FEW, SLOW, Failure
from tests.backends.contract.judge import Case, complaints, unclean
from tests.backends.contract.vendor import Operation, Vendor
from tests.fakes.impatient import Impatient
from tests.fakes.raw_http import Turn, answer

VENDORS = {one.kind: one for one in (jaas.VENDOR, openmeetings.VENDOR, pexip.VENDOR, anynode.VENDOR, lasuite.VENDOR)}
OPERATIONS = [
    pytest.param(vendor, one, id=f"{vendor.kind}-{one.name}") for vendor in VENDORS.values() for one in vendor.operations
]
every_operation = pytest.mark.parametrize(("vendor", "operation"), OPERATIONS)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


def rest_at(session: aiohttp.ClientSession, name: str, patient_for: int = 0, patience: float = 5.0) -> Any:
    def at(url: str) -> Rest:
        return Impatient(session, url, backend=name, patient_for=patient_for, patience=patience)

    return at


async def ending(operation: Operation, bot: Any, things: Any) -> object:
    """What it answers or raises. Anything that is no BotError is the test's failure."""
    try:
        return await operation.do(bot, things)
    except BotError as error:
        return error


@pytest.mark.parametrize("kind", backend_kinds())
def test_every_method_that_asks_a_vendor_has_an_operation_in_its_table(kind: str) -> None:
    vendor = VENDORS[kind]
    needed = {"health"}.union(*(ability.__abstractmethods__ for ability in abilities_of(backend_kinds()[kind])))
    covered = {one.method for one in vendor.operations}
    assert needed - vendor.without_io == covered
    assert vendor.without_io <= needed


async def recorded(
    session: aiohttp.ClientSession, vendor: Vendor, operation: Operation, cut: int | None = None
) -> tuple[list[Exchange], object, Any]:
    """The operation against a vendor that is well; its things are handed on for the same operation again."""
    async with vendor.staged(operation) as stage, Relay(upstream=stage.url, cut=cut) as relay:
        bot = vendor.make(rest_at(session, vendor.kind), relay.url)
        ended = await ending(operation, bot, stage.things)
    return relay.exchanges, ended, stage.things


WELL = Turn(answer("200 OK", b"{}"))
SEEN: set[tuple[str, str, str]] = set()


def failures_of(vendor: Vendor, one: Exchange) -> tuple[Failure, ...]:
    """All of them for each request, but for a question that another operation asks as well."""
    key = (vendor.kind, one.request.method, one.request.target)
    if vendor.risk_of(one.request) is Risk.READ and key in SEEN:
        return FEW
    SEEN.add(key)
    return EVERY


async def failed(case: Case, server: Replay, session: aiohttp.ClientSession, things: Any) -> list[str]:
    slow = case.failure is SLOW
    if slow:
        server.begin((), 0, WELL)
        async with session.get(server.url) as opened:  # no time goes into connecting
            await opened.read()
    server.begin(case.exchanges, case.fails, case.failure.turn)
    patience = {"patient_for": case.fails, "patience": case.failure.turn.patience}
    bot = case.vendor.make(rest_at(session, case.vendor.kind, **patience), server.url)
    try:
        ended = await ending(case.operation, bot, things)
    except Exception as error:
        return [f"{case}: {error!r}"]
    return complaints(case, ended, server.parsed)


@every_operation
async def test_each_request_may_fail_in_every_way_with_one_sentence_its_outcome_and_no_secret(
    session: aiohttp.ClientSession, vendor: Vendor, operation: Operation
) -> None:
    exchanges, ended, things = await recorded(session, vendor, operation)
    assert not isinstance(ended, BotError), ended
    assert exchanges
    wrong: list[str] = []
    async with Replay() as server:
        for number, one in enumerate(exchanges):
            for failure in failures_of(vendor, one):
                wrong += await failed(Case(vendor, operation, exchanges, number, failure), server, session, things)
    assert not wrong, "\n".join(wrong)


@every_operation
async def test_a_change_whose_answer_was_lost_is_never_made_a_second_time_where_that_costs(
    session: aiohttp.ClientSession, vendor: Vendor, operation: Operation
) -> None:
    exchanges, _, _ = await recorded(session, vendor, operation)
    for number, one in enumerate(exchanges):
        if vendor.risk_of(one.request) is not Risk.ONCE:
            continue
        sent, ended, _ = await recorded(session, vendor, operation, cut=number)
        same = [again for again in sent if again.place == one.place and vendor.risk_of(again.request) is Risk.ONCE]
        assert len(same) == len([again for again in exchanges if again.place == one.place]), one.place
        assert not unclean(ended, vendor.secrets)
        assert not isinstance(ended, BotError) or ended.outcome == "unknown", repr(ended)


@every_operation
async def test_a_vendor_that_is_not_there_was_not_asked(
    session: aiohttp.ClientSession, vendor: Vendor, operation: Operation
) -> None:
    async with vendor.staged(operation) as stage:
        ended = await ending(operation, vendor.make(rest_at(session, vendor.kind), "http://127.0.0.1:9"), stage.things)
    if isinstance(ended, Health):
        assert not ended.ok
        assert "cannot be reached" in ended.problem
    elif not operation.silent:
        assert isinstance(ended, Unavailable), ended
        assert "cannot be reached" in str(ended)
