"""One contract that all back ends keep: whatever a vendor answers, one outcome, one sentence, nothing done twice.

A further back end joins it with one file here, named after its kind: its stage, and its table of operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.capabilities import Backend
from bot.errors import BotError, Unavailable
from bot.model import Health, Risk
from tests.backends.contract.exchanges import Exchange, Place, Relay, Replay
from tests.backends.contract.failures import EVERY, FEW, SLOW
from tests.backends.contract.judge import Case, complaints, unclean
from tests.backends.contract.vendor import KINDS, Operation, Vendor, made

PATIENCE = {True: 0.03, False: 0.1}  # seconds for the request that is slow: a change must reach a busy machine's server
every_vendor = pytest.mark.parametrize("vendor", KINDS, indirect=True)


async def ending(operation: Operation, bot: Any, things: Any) -> object:
    """What it answers or raises. Anything that is no BotError is the test's failure."""
    try:
        return await operation.do(bot, things)
    except BotError as error:
        return error


def abstract_methods(kind: type[Backend]) -> set[str]:
    """What its abilities, and those that they build on, ask of a back end."""
    abilities = [one for one in kind.__mro__ if one.__module__.startswith("bot.capabilities")]
    return {name for one in abilities for name, value in vars(one).items() if getattr(value, "__isabstractmethod__", 0)}


@every_vendor
def test_every_method_of_every_ability_stands_in_the_table(vendor: Vendor) -> None:
    needed, covered = abstract_methods(KINDS[vendor.kind]), {one.method for one in vendor.operations}
    assert covered | vendor.without_io == needed
    assert not covered & vendor.without_io


async def recorded(
    session: aiohttp.ClientSession, vendor: Vendor, operation: Operation, cut: int | None = None
) -> tuple[list[Exchange], object, Any]:
    """The operation against a vendor that is well; its things are handed on for the same operation again."""
    async with vendor.stage() as stage, Relay(upstream=stage.url, cut=cut) as relay:
        ended = await ending(operation, made(vendor, session, relay.url), stage.things)
    return relay.exchanges, ended, stage.things


def cases(vendor: Vendor, operation: Operation, exchanges: list[Exchange], seen: set[Place]) -> Iterator[Case]:
    """Every failure of each request, but a few of a question that another operation asks as well."""
    for number, one in enumerate(exchanges):
        asks = vendor.risk_of(one.request) is Risk.READ
        failures = FEW if asks and one.way in seen else EVERY
        seen.add(one.way)
        for failure in failures:
            yield Case(vendor, operation, exchanges, number, failure, lasting=False)
        for failure in () if asks else FEW:
            yield Case(vendor, operation, exchanges, number, failure, lasting=True)


async def failed(case: Case, session: aiohttp.ClientSession, things: Any) -> list[str]:
    place = case.exchanges[case.fails].place
    patient = frozenset(one.place for one in case.exchanges) - {place}
    patience = PATIENCE[case.asks] if case.failure is SLOW else 5.0
    played = Replay(exchanges=case.exchanges, fails=case.fails, failure=case.failure, lasting=case.lasting)
    async with played as server:
        if case.failure is SLOW:
            await server.connect(session)
        bot = made(case.vendor, session, server.url, patient=patient, patience=patience)
        try:
            ended = await ending(case.operation, bot, things)
        except Exception as error:
            error.add_note(str(case))
            raise
        return complaints(case, ended, server.parsed)


@every_vendor
async def test_each_request_may_fail_in_every_way_with_one_sentence_its_outcome_and_no_secret(
    session: aiohttp.ClientSession, vendor: Vendor
) -> None:
    wrong: list[str] = []
    seen: set[Place] = set()
    for operation in vendor.operations:
        exchanges, ended, things = await recorded(session, vendor, operation)
        assert exchanges, operation.name
        assert not isinstance(ended, BotError), f"{operation.name}: {ended!r}"
        for case in cases(vendor, operation, exchanges, seen):
            wrong += await failed(case, session, things)
    assert not wrong, "\n".join(wrong)


@every_vendor
async def test_a_change_whose_answer_was_lost_is_never_made_a_second_time_where_that_costs(
    session: aiohttp.ClientSession, vendor: Vendor
) -> None:
    for operation in vendor.operations:
        exchanges, _, _ = await recorded(session, vendor, operation)
        once = [n for n, one in enumerate(exchanges) if vendor.risk_of(one.request) is Risk.ONCE]
        for number in once:
            sent, ended, _ = await recorded(session, vendor, operation, cut=number)
            way = exchanges[number].way
            same = [one for one in sent if one.way == way and vendor.risk_of(one.request) is Risk.ONCE]
            assert len(same) <= len([n for n in once if exchanges[n].way == way]), f"{operation.name}: {way}"
            assert not unclean(ended, vendor.secrets), operation.name
            assert not isinstance(ended, BotError) or ended.outcome == "unknown", f"{operation.name}: {ended!r}"


@every_vendor
async def test_a_vendor_that_is_not_there_was_not_asked(session: aiohttp.ClientSession, vendor: Vendor) -> None:
    nowhere = made(vendor, session, "http://127.0.0.1:9")
    async with vendor.stage() as stage:
        for operation in vendor.operations:
            ended = await ending(operation, nowhere, stage.things)
            if isinstance(ended, Health):
                assert not ended.ok
                assert "cannot be reached" in ended.problem
            elif "slow" not in operation.silent:
                assert isinstance(ended, Unavailable), f"{operation.name}: {ended!r}"
                assert "cannot be reached" in str(ended)
