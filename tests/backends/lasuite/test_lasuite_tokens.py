"""Tokens of La Suite Meet: asked for once by however many, renewed in the middle of things, dropped when refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.backends.lasuite import LaSuite
from bot.clock import MovableClock
from bot.errors import BackendError, NoAccess, SignInFailed, Unavailable
from bot.play.vendors.lasuite import Fault, SimulatedLaSuite
from tests.fakes.lasuite import ALICE, BOB, CLIENT, NOBODY, as_person, meet_at, wish


async def test_two_hundred_first_calls_of_one_person_make_one_token_request(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    server.faults.add(Fault(stall=0.05))  # the token comes late, so that all are waiting for it
    answers = await asyncio.gather(*(bot.list_rooms() for _ in range(200)))
    assert [list(one) for one in answers] == [[]] * 200
    assert len(server.sent("/token/")) == 1
    assert len(server.sent("/rooms/")) == 200


async def test_two_hundred_whose_token_dies_at_once_ask_for_one_more(bot: LaSuite, server: SimulatedLaSuite) -> None:
    await bot.list_rooms()
    server.accounts.revoke_all()
    await asyncio.gather(*(bot.list_rooms() for _ in range(200)))
    assert len(server.sent("/token/")) == 2


async def test_a_token_that_expires_in_the_middle_of_a_page_walk_loses_and_repeats_no_room(
    bot: LaSuite, server: SimulatedLaSuite, clock: MovableClock
) -> None:
    people = server.accounts.people
    ids = [server.rooms.add(people[ALICE], name=f"{number:03}").id for number in range(60)]
    seen = 0
    found = []
    original = server.rooms._list

    def expiring(request: aiohttp.web.Request) -> aiohttp.web.Response:
        nonlocal seen
        seen += 1
        if seen == 2:  # the second page: the token has died since the first
            server.accounts.revoke_all()
        return original(request)

    server.rooms._list = expiring  # type: ignore[method-assign]
    found = [room.vendor_id for room in await bot.list_rooms()]
    assert found == ids
    assert [one.query for one in server.sent("/rooms/")] == ["page=1", "page=2", "page=2", "page=3"]
    assert len(server.sent("/token/")) == 2


async def test_rooms_that_vanish_during_a_page_walk_end_it(bot: LaSuite, server: SimulatedLaSuite) -> None:
    rooms = [server.rooms.add(server.accounts.people[ALICE], name=f"{number:03}") for number in range(25)]
    original = server.rooms._list

    def shrinking(request: aiohttp.web.Request) -> aiohttp.web.Response:
        answer = original(request)
        for room in rooms[5:]:
            server.rooms.by_id.pop(room.id, None)
        return answer

    server.rooms._list = shrinking  # type: ignore[method-assign]
    assert len(await bot.list_rooms()) == 20


async def test_each_person_has_a_token_of_their_own_whatever_the_case_of_the_address(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    for email in (ALICE, ALICE.title(), BOB):
        with as_person(email):
            await bot.list_rooms()
    assert len(server.sent("/token/")) == 2
    with as_person(BOB):
        await bot.create_room(wish())
    assert list(await bot.list_rooms()) == []  # Alice's


async def test_whoever_gives_up_waiting_does_not_take_the_token_from_the_others(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    server.faults.add(Fault(stall=0.05))
    first, second = asyncio.create_task(bot.list_rooms()), asyncio.create_task(bot.list_rooms())
    await asyncio.sleep(0.01)
    first.cancel()
    assert list(await second) == []
    assert len(server.sent("/token/")) == 1


async def test_a_wrong_secret_is_tried_once_a_minute(
    server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    server.accounts.applications[CLIENT].secret = "another"
    bot = meet_at(session, server.base_url, clock)
    for email in (ALICE, BOB, ALICE):
        with as_person(email), pytest.raises(SignInFailed, match="Invalid credentials"):
            await bot.list_rooms()
    assert len(server.sent("/token/")) == 1
    clock.advance(timedelta(seconds=60))
    with pytest.raises(SignInFailed):
        await bot.list_rooms()
    assert len(server.sent("/token/")) == 2


async def test_somebody_unknown_who_signs_in_there_may_ask_at_once(bot: LaSuite, server: SimulatedLaSuite) -> None:
    from bot.play.vendors.lasuite import Person

    with as_person(NOBODY):
        with pytest.raises(NoAccess):
            await bot.list_rooms()
        server.accounts.people[NOBODY] = Person(NOBODY)
        assert list(await bot.list_rooms()) == []


async def test_nobody_is_acted_for_whose_address_is_not_known(bot: LaSuite, server: SimulatedLaSuite) -> None:
    for email in (None, "", " "):
        with as_person(email), pytest.raises(NoAccess, match="Slack gives me none of yours"):
            await bot.list_rooms()
    assert server.requests == []


async def test_an_account_that_was_disabled_gets_a_token_and_is_told_why_it_is_of_no_use(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    server.accounts.people[ALICE].active = False
    with pytest.raises(NoAccess, match="Your account at visio is disabled"):
        await bot.list_rooms()


async def test_a_domain_the_application_may_not_act_for_is_said(bot: LaSuite, server: SimulatedLaSuite) -> None:
    server.accounts.applications[CLIENT].domains = ("elsewhere.test",)
    with pytest.raises(NoAccess, match="people of your e-mail domain"):
        await bot.list_rooms()


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Fault(status=500, body="<html>Server Error (500)</html>"), Unavailable, "failed"),
        (Fault(status=404, body="<html>Not Found</html>"), BackendError, "no external API"),
        (Fault(status=400, body="<html>Bad Request (400)</html>"), NoAccess, "whose account"),
        (Fault(status=200, body="<html>guest network</html>"), BackendError, "check its base_url"),
        (Fault(status=200, body=""), BackendError, "check its base_url"),
        (Fault(status=302, body=""), BackendError, "redirect"),
    ],
)
async def test_every_other_answer_to_a_token_request_has_its_sentence(
    bot: LaSuite, server: SimulatedLaSuite, fault: Fault, error: type[BackendError], words: str
) -> None:
    server.faults.add(fault, times=3)
    with pytest.raises(error, match=words) as failed:
        await bot.list_rooms()
    assert "secret" not in str(failed.value)


async def test_switches_of_the_server_are_named(bot: LaSuite, server: SimulatedLaSuite) -> None:
    server.accounts.enabled = False
    with pytest.raises(BackendError, match="APPLICATION_ENABLED"):
        await bot.list_rooms()
    server.rooms.enabled = False
    with pytest.raises(BackendError, match="no external API at its base_url, or it is switched off"):
        await bot.list_rooms()


async def test_health_knows_a_well_server_from_wrong_credentials_and_a_wrong_address(
    bot: LaSuite, server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    assert (await bot.health()).ok
    server.accounts.applications[CLIENT].secret = "another"
    assert "refused the bot's own application" in (await bot.health()).problem
    wrong = meet_at(session, f"{server.url}/external-api/v9.9", clock)
    assert "no external API" in (await wrong.health()).problem
    assert server.accounts.issued == 0
