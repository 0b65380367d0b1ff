"""anynode where its document is silent or odd: each guess of the other side, and what the bot makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from bot.backends.anynode import Anynode
from bot.errors import BackendError, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Outcome
from bot.play.vendors.anynode import EMPTY, NO_MONITOR, Account, Fault, SimulatedAnynode
from tests.fakes.anynode import ADD_EXAMPLE, GET_EXAMPLE, PASSWORD, anynode, only_api, page, role, said
from tests.fakes.raw_http import RawServer

NEW = role(ADD_EXAMPLE)
REMOVALS: dict[str, Callable[[Any], object]] = {
    "an array": lambda removed: [removed],
    "an object": lambda removed: removed,
    "another role": lambda removed: [only_api("role_2")],
    "nothing": lambda removed: None,
    "a word": lambda removed: "removed",
}


@pytest.mark.parametrize("shape", REMOVALS)
async def test_a_removal_is_believed_when_the_list_says_so_whatever_the_answer_holds(
    bot: Anynode, vendor: SimulatedAnynode, shape: str
) -> None:
    vendor.removal_answer = REMOVALS[shape]
    await bot.save_role(NEW)
    assert await bot.remove_role(NEW) is Outcome.CONFIRMED
    assert vendor.role_ids() == ["ADMINISTRATOR", "CALL_HISTORY_EXPORTER"]
    assert await bot.remove_role(NEW) is Outcome.ALREADY_SO


@pytest.mark.parametrize("status", [None, 400, 409])
async def test_an_id_that_is_there_is_replaced_or_refused_and_either_is_told(
    bot: Anynode, vendor: SimulatedAnynode, status: int | None
) -> None:
    vendor.duplicates = status
    await bot.save_role(NEW)
    changed = role(only_api("new_role") | {"displayName": "Another"})
    if status is None:
        assert await bot.save_role(changed) == (Outcome.CONFIRMED, changed)
    else:
        with pytest.raises(BackendError):
            await bot.save_role(changed)
        assert vendor.roles[-1]["displayName"] == "new_role"


@pytest.mark.parametrize("denial", [401, 403])
@pytest.mark.parametrize("account", ["exporter", "nobody"])
async def test_an_account_without_the_right_is_told_which_it_lacks(
    session: aiohttp.ClientSession, vendor: SimulatedAnynode, account: str, denial: int
) -> None:
    vendor.denial = denial
    poor = anynode(session, vendor.url, username=account)
    for does in (poor.roles(), poor.save_role(NEW), poor.remove_role(NEW)):
        with pytest.raises(SignInFailed, match="Required permissions: API, User Management Read"):
            await does
    assert await poor.role_holders(NEW) is None
    assert len(vendor.roles) == 2


async def test_a_page_in_place_of_the_roles_is_unavailable_in_its_own_words(
    bot: Anynode, vendor: SimulatedAnynode
) -> None:
    vendor.faults.add(NO_MONITOR)
    with pytest.raises(Unavailable) as caught:
        await bot.roles()
    assert str(caught.value) == (
        "sbc answered with a web page in place of data: There is no connection to the anynode monitor."
    )


async def test_a_page_after_a_change_counts_for_nothing_but_what_the_list_says(
    bot: Anynode, vendor: SimulatedAnynode
) -> None:
    vendor.write_faults.add(NO_MONITOR)
    with pytest.raises(Unavailable, match="the role is not there so"):
        await bot.save_role(NEW)
    vendor.write_faults.add(Fault(status=200, body="<html>ok</html>"))
    assert (await bot.save_role(NEW))[0] is Outcome.CONFIRMED
    vendor.write_faults.add(NO_MONITOR)
    with pytest.raises(Unavailable, match="anynode monitor; the role is still there"):
        await bot.remove_role(NEW)
    vendor.write_faults.add(EMPTY)
    assert await bot.remove_role(NEW) is Outcome.CONFIRMED


async def test_a_page_shows_no_markup_and_no_script() -> None:
    words = "<script>steal()</script><p>Sign&nbsp;in \u202efirst</p>" + "x" * 500
    async with aiohttp.ClientSession() as session, RawServer([page(words)]) as server:
        with pytest.raises(Unavailable) as caught:
            await anynode(session, server.url).roles()
    assert "steal" not in str(caught.value)
    assert "Sign" in str(caught.value)
    assert "<" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("broken", [Fault(reset_after=0), Fault(status=500), Fault(status=504)])
async def test_a_change_in_doubt_is_settled_by_the_list_and_never_sent_again(
    bot: Anynode, vendor: SimulatedAnynode, broken: Fault, acts: bool
) -> None:
    fault = Fault(status=broken.status, reset_after=broken.reset_after, acts=acts)
    vendor.write_faults.add(fault)
    if acts:
        assert (await bot.save_role(NEW))[0] is Outcome.CONFIRMED
    else:
        with pytest.raises(UnknownOutcome):
            await bot.save_role(NEW)
    assert len(vendor.sent("PUT")) == 1


async def test_a_doubt_that_the_list_cannot_settle_stays_one(bot: Anynode, vendor: SimulatedAnynode) -> None:
    await bot.save_role(NEW)
    vendor.faults.add(Fault(reset_after=0), times=4)
    with pytest.raises(UnknownOutcome):
        await bot.remove_role(NEW)
    vendor.faults.coming.clear()
    vendor.faults.add(EMPTY)
    vendor.faults.add(Fault(status=500), times=3)
    assert await bot.save_role(NEW) == (Outcome.ACCEPTED, None)


ODD: dict[str, object] = {
    "a number": 7,
    "null": None,
    "a word": "roles",
    "a list of words": ["ADMINISTRATOR"],
    "a role without an id": [{"displayName": "x", "permissions": {}}],
    "an id that is none": [{"id": 7, "displayName": "x", "permissions": {}}],
    "an empty id": [{"id": "", "displayName": "x", "permissions": {}}],
    "a role without permissions": [{"id": "x", "displayName": "x"}],
    "permissions that are none": [{"id": "x", "displayName": "x", "permissions": ["api"]}],
    "one good and one bad": [GET_EXAMPLE[0], {}],
}


@pytest.mark.parametrize("shape", ODD)
async def test_an_answer_that_is_no_list_of_roles_is_refused_whole(session: aiohttp.ClientSession, shape: str) -> None:
    async with RawServer([said(ODD[shape])]) as server:
        with pytest.raises(BackendError, match="answered without roles"):
            await anynode(session, server.url).roles()


async def test_who_has_a_role_there_is_told_by_id_or_name_or_object(session: aiohttp.ClientSession) -> None:
    users: list[Any] = [
        {"lastLogin": "UTC 2024-04-26 12:52:46", "displayName": "anadmin", "enabled": True},
        {"displayName": "test", "localUserName": "test", "roles": [], "id": "2387af39"},
        {"displayName": "ann", "roles": ["new_role"]},
        {"localUserName": "bob", "roles": [{"id": "new_role", "displayName": "new_role"}]},
        {"id": "4711", "roles": [{"displayName": "new_role"}]},
    ]
    async with RawServer([said(users)]) as server:
        assert await anynode(session, server.url).role_holders(NEW) == ("ann", "bob", "4711")
    for odd in ({"users": users}, [1], None):
        async with RawServer([said(odd)]) as server:
            assert await anynode(session, server.url).role_holders(NEW) is None


async def test_the_session_cookie_is_never_sent_back(bot: Anynode, vendor: SimulatedAnynode) -> None:
    for _ in range(3):
        await bot.roles()
    assert len(set(vendor.sessions)) == 3
    assert {one.cookie for one in vendor.requests} == {""}


async def test_another_back_end_name_must_be_one_that_there_is(session: aiohttp.ClientSession) -> None:
    from pydantic import SecretStr

    from bot.rest import Rest

    exchange = SimulatedAnynode(accounts=(Account("meetops", PASSWORD),), backends=("anynode2",))
    await exchange.start()
    try:
        rest = Rest(session, exchange.url, backend="sbc")
        wrong = anynode(session, exchange.url)
        right = Anynode("sbc", rest, username="meetops", password=SecretStr(PASSWORD), backend_name="anynode2")
        with pytest.raises(BackendError, match="backend_name"):
            await wrong.roles()
        assert len(await right.roles()) == 2
    finally:
        await exchange.stop()


async def test_status_tells_nodes_calls_and_certificates_of_the_dashboard(
    bot: Anynode, vendor: SimulatedAnynode
) -> None:
    assert dict((await bot.health()).facts) == {
        "nodes": "2 of 3 up (down: Branch office)",
        "calls": "4 incoming, 2 outgoing",
        "certificates": "1 ending within 30 days",
    }
    del vendor.dashboard["sipNodes"][0]["sessions"]["incomingCalls"]
    vendor.dashboard["certificates"] = []
    vendor.dashboard["sipNodes"][2]["operational"] = True
    assert dict((await bot.health()).facts) == {"nodes": "3 of 3 up"}, "no count is made up"
    vendor.dashboard["sipNodes"] = []
    assert dict((await bot.health()).facts) == {"nodes": "0 of 0 up"}


@pytest.mark.parametrize("odd", [[], {}, 7, {"sipNodes": "x", "certificates": 1}, {"sipNodes": [1, {}]}])
async def test_an_odd_dashboard_fails_nobody(bot: Anynode, vendor: SimulatedAnynode, odd: Any) -> None:
    vendor.dashboard = odd
    health = await bot.health()
    assert health.ok is ("sipNodes" in odd if isinstance(odd, dict) else False)
    assert health.ok or health.problem == "sbc answered without its nodes."


async def test_a_denied_dashboard_is_a_sentence_not_a_failure(
    session: aiohttp.ClientSession, vendor: SimulatedAnynode
) -> None:
    health = await anynode(session, vendor.url, username="nobody").health()
    assert not health.ok
    assert "Required permissions: API, Monitoring Mode Read Access" in health.problem
