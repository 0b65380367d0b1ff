"""Every operation of the back end against every bad answer, and against words that try to reach further."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.backends.pexip import Pexip
from bot.errors import BackendError, BadInput, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Participant, PhoneNumber, Risk
from bot.play.vendors.pexip import Fault, SimulatedPexip
from tests.fakes.pexip import (
    ACCOUNTS,
    CONFERENCE,
    NOON,
    PASSWORD,
    SINK_PASSWORD,
    PatientClock,
    guest,
    pexip_at,
    room,
    wish,
)

PIN = "73519264"
PHONE = PhoneNumber.parse("+40 747 777 777")
ROOM = room(1)
SECRETS = (PASSWORD, PIN, "747777777", "s3cret", "Basic ", "127.0.0.1")
Do = Callable[[Pexip, Participant], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done; how often its own request may be sent."""

    name: str
    risk: Risk
    do: Do


OPERATIONS = (
    Operation("create", Risk.ONCE, lambda bot, one: bot.create_room(wish("New", pin=PIN, alias="new"))),
    Operation("create many", Risk.ONCE, lambda bot, one: bot.create_rooms([wish("New", alias="n"), wish("Other")])),
    Operation("list", Risk.READ, lambda bot, one: bot.list_rooms()),
    Operation("get", Risk.READ, lambda bot, one: bot.get_room("1")),
    Operation("find", Risk.READ, lambda bot, one: bot.find_room("VMR_1")),
    Operation("set", Risk.REPEATABLE, lambda bot, one: bot.change_room(ROOM, {"pin": PIN})),
    Operation("add alias", Risk.ONCE, lambda bot, one: bot.change_room(ROOM, {"add_alias": "more"})),
    Operation("set many", Risk.ONCE, lambda bot, one: bot.change_rooms([ROOM, room(2, "VMR_2")], {"limit": "5"})),
    Operation("delete", Risk.REPEATABLE, lambda bot, one: bot.delete_room(ROOM)),
    Operation("delete many", Risk.ONCE, lambda bot, one: bot.delete_rooms([ROOM, room(2, "VMR_2")])),
    Operation("address", Risk.READ, lambda bot, one: bot.join_link(ROOM, guest())),
    Operation("who", Risk.READ, lambda bot, one: bot.participants(ROOM)),
    Operation("end", Risk.REPEATABLE, lambda bot, one: bot.end_meeting(ROOM)),
    Operation("dial", Risk.ONCE, lambda bot, one: bot.dial_out(ROOM, PHONE, "Ann")),
    Operation("kick", Risk.REPEATABLE, lambda bot, one: bot.kick(ROOM, one)),
    Operation("kick all", Risk.REPEATABLE, lambda bot, one: bot.kick_all(ROOM)),
    Operation("lock", Risk.REPEATABLE, lambda bot, one: bot.lock(ROOM)),
    Operation("mute", Risk.REPEATABLE, lambda bot, one: bot.mute(ROOM, one)),
    Operation("mute guests", Risk.REPEATABLE, lambda bot, one: bot.mute_guests(ROOM)),
    Operation("promote", Risk.REPEATABLE, lambda bot, one: bot.promote(ROOM, one, host=False)),
)
WRITING = tuple(one for one in OPERATIONS if one.risk is not Risk.READ)
ROOM_CHANGES = frozenset({"create", "create many", "set", "set many", "delete", "delete many"})


def bad(status: int, body: str = "", **more: Any) -> Fault:
    return Fault(status=status, body=body, acts=False, **more)


@dataclass(frozen=True, slots=True)
class Failure:
    """One bad answer, and the error that reading and writing make of it."""

    name: str
    fault: Fault
    read: type[BotError]
    write: type[BotError]


FAILURES = (
    Failure("reset", Fault(reset_after=0, acts=False), Unavailable, UnknownOutcome),
    Failure("reset inside", Fault(reset_after=30, acts=False), Unavailable, UnknownOutcome),
    Failure("302", bad(302), BackendError, BackendError),
    Failure("400", bad(400, '{"conference": {"pin": ["73519264 is s3 bad."]}}'), BadInput, BadInput),
    Failure("400 page", bad(400, "<html>s3cret</html>"), BackendError, BackendError),
    Failure("401", bad(401), SignInFailed, SignInFailed),
    Failure("403", bad(403, "<html>s3cret</html>"), SignInFailed, SignInFailed),
    Failure("405", bad(405, "GET"), BackendError, BackendError),
    Failure("409", bad(409), BackendError, BackendError),
    Failure("429", bad(429, retry_after=30), Unavailable, Unavailable),
    Failure("500", bad(500, '{"error_message": "Sorry", "traceback": "s3cret"}'), Unavailable, UnknownOutcome),
    Failure("502", bad(502, "<html>s3cret</html>"), Unavailable, UnknownOutcome),
    Failure("503", bad(503), Unavailable, UnknownOutcome),
    Failure("504", bad(504), Unavailable, UnknownOutcome),
    Failure("page", bad(200, "<html>s3cret hotspot</html>"), BackendError, UnknownOutcome),
)


@pytest.fixture
def ann(node: SimulatedPexip) -> Participant:
    """VMR_1, VMR_2, and Ann, a host in the former."""
    for name, alias in (("VMR_1", "one"), ("VMR_2", "two")):
        node.objects.create("conference", {"name": name, "aliases": [{"alias": alias}]})
    leg = node.join("one", "Ann")
    return Participant(leg.id, "Ann")


def check_words(error: BotError) -> None:
    shown = f"{error} {error!r} {error.__context__!r} {error.__cause__!r}"
    assert not [secret for secret in SECRETS if secret in shown]
    assert str(error)[-1] in ".…"
    assert str(error).isprintable()


def named(several: tuple[Any, ...]) -> list[Any]:
    return [pytest.param(one, id=one.name) for one in several]


@pytest.mark.parametrize("failure", named(FAILURES))
@pytest.mark.parametrize("operation", named(OPERATIONS))
async def test_a_node_that_fails_from_the_first_request_on_has_done_nothing(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Participant, operation: Operation, failure: Failure
) -> None:
    before = node.objects.snapshot()
    node.faults.add(failure.fault, times=50)
    with pytest.raises(BotError) as caught:
        await operation.do(pexip_at(session, node.url), ann)
    # A deletion begins with itself: whether that was done, nobody can say.
    assert isinstance(caught.value, failure.write if operation.name == "delete" else failure.read)
    check_words(caught.value)
    assert node.objects.snapshot() == before


@pytest.mark.parametrize("failure", named(FAILURES))
@pytest.mark.parametrize("operation", named(WRITING))
async def test_a_change_that_fails_is_one_sentence_with_its_outcome_and_no_secret(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Participant, operation: Operation, failure: Failure
) -> None:
    node.write_faults.add(failure.fault, times=50)
    with pytest.raises(BotError) as caught:
        await operation.do(pexip_at(session, node.url), ann)
    assert isinstance(caught.value, failure.write)
    check_words(caught.value)
    tries = [one for one in node.requests if one.method != "GET"]
    assert len(tries) <= {Risk.ONCE: 1, Risk.REPEATABLE: 3}[operation.risk]


@pytest.mark.parametrize("operation", named(WRITING))
async def test_a_change_that_was_made_although_its_answer_was_lost_is_never_made_twice(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Participant, operation: Operation
) -> None:
    node.write_faults.add(Fault(reset_after=0), times=1)
    with suppress(UnknownOutcome):
        await operation.do(pexip_at(session, node.url), ann)
    names = [one["name"] for one in node.conferences()]
    assert len(names) == len(set(names))
    if operation.risk is Risk.ONCE:
        assert len([one for one in node.requests if one.method != "GET"]) == 1


@pytest.mark.parametrize("operation", named(tuple(one for one in WRITING if one.name in ROOM_CHANGES)))
@pytest.mark.parametrize("lost", [Fault(reset_after=0), Fault(status=500)], ids=["made", "answered 500"])
async def test_a_change_in_doubt_stays_so_where_the_node_cannot_be_asked_any_more(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Participant, operation: Operation, lost: Fault
) -> None:
    go_on = asyncio.Event()
    node.write_faults.add(replace(lost, held=go_on), times=50)
    changing = asyncio.ensure_future(operation.do(pexip_at(session, node.url), ann))
    while all(one.method == "GET" for one in node.requests):
        await asyncio.sleep(0.005)
    node.faults.add(bad(503), times=50)
    go_on.set()
    with pytest.raises(UnknownOutcome) as caught:
        await changing
    check_words(caught.value)


@pytest.mark.parametrize("operation", named(OPERATIONS))
async def test_a_node_that_is_not_there_was_not_asked(session: aiohttp.ClientSession, operation: Operation) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        await operation.do(pexip_at(session, "http://127.0.0.1:9"), Participant("x", "Ann"))


# --- words ----------------------------------------------------------------------------------------------------------

SPECIAL = ["", ".", "..", "/", "a/b", "../1", "1/..", "?x", "1?x", "#", "%2e%2e", "%2F", ";1", "1;2", "\\", " ", "a\nb"]
SPECIAL += ["\x00", "\ud800", "0", "01", "-1", "１", "set", "schema", "99", "PRECIOUS", "precious ", "*", "%", "_"]
WORDS = st.one_of(
    st.sampled_from(SPECIAL),
    st.lists(st.sampled_from([*SPECIAL, "a", "-"]), max_size=3).map("".join),
    st.text(st.characters(), max_size=8),
)
ONE = re.compile(r"/api/admin/configuration/v1/(conference|conference_alias)/[1-9][0-9]{0,9}/")
WHOLE = re.compile(r"/api/admin/(configuration/v1/(conference|conference_alias)|command/v1/[a-z]+/[a-z_]+)/")


async def everything(bot: Pexip, words: str) -> None:
    """All that somebody's words may be used for."""
    meant, person = room(words), Participant(words, words)
    for act in (
        bot.delete_room(meant),
        bot.change_room(meant, {"description": "taken"}),
        bot.change_room(room(2, "Mine"), {"remove_alias": words}),
        bot.change_room(room(2, "Mine"), {"add_alias": words}),
        bot.change_room(room(2, "Mine"), {"theme": words}),
        bot.delete_rooms([meant, room(2, "Mine")]),
        bot.get_room(words),
        bot.find_room(words),
        bot.list_rooms(words),
        bot.list_rooms(words, words),
        bot.create_room(wish(words, alias="off")),
        bot.lock(meant),
        bot.end_meeting(meant),
        bot.kick(room(1, "Precious"), person),
        bot.mute(room(1, "Precious"), person),
        bot.promote(room(1, "Precious"), person, host=False),
        bot.hang_up(meant, PHONE),
        bot.join_link(meant, guest()),
    ):
        with suppress(BotError):
            await act


async def left(words: str) -> tuple[SimulatedPexip, dict[str, Any]]:
    clock = PatientClock(NOON)
    node = SimulatedPexip(clock=clock, accounts=ACCOUNTS, sink_password=SINK_PASSWORD)
    await node.start()
    for name, alias in (("Precious", "precious"), ("Mine", "mine")):
        node.objects.create("conference", {"name": name, "description": "kept", "aliases": [{"alias": alias}]})
    node.join("precious", "Ann")
    async with aiohttp.ClientSession() as session:
        await everything(pexip_at(session, node.url, clock=clock), words)
    await node.stop()
    return node, node.room("Precious")


@settings(deadline=None, max_examples=25)
@given(words=WORDS.filter(lambda word: word not in {"1", "2", "mine"}))
@example(words="")
@example(words="1/..")
@example(words="?x")
@example(words="99")
@example(words="PRECIOUS")
@example(words="Precious")
def test_no_words_reach_a_room_that_was_not_meant(words: str) -> None:
    node, precious = asyncio.run(left(words))
    assert precious["description"] == "kept"
    assert [one["alias"] for one in precious["aliases"]] == ["precious"]
    [leg] = node.meetings.legs()
    assert (leg.display_name, leg.role, leg.muted) == ("Ann", "chair", False)
    for one in node.requests:
        if one.method in {"DELETE", "PATCH"}:
            assert ONE.fullmatch(one.path) or (one.method == "PATCH" and one.path == CONFERENCE)
            assert one.query == ""
        elif one.method == "POST":
            assert WHOLE.fullmatch(one.path)


@pytest.mark.parametrize("vendor_id", ["99", "4711"])
async def test_a_stale_id_is_not_found_and_makes_nothing(bot: Pexip, node: SimulatedPexip, vendor_id: str) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    with pytest.raises(NotFound, match="pexip does not know that room"):
        await bot.change_room(room(vendor_id), {"limit": "5"})
    with pytest.raises(NotFound):
        await bot.change_rooms([room(1), room(vendor_id, "VMR_9")], {"limit": "5"})
    assert len(node.conferences()) == 1
