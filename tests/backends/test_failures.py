"""Every operation of every back end, and every way in which a vendor may answer badly: one sentence, one outcome.

The last request of an operation fails; those before it go well. What is sent once is sent once whatever comes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.capabilities import Backend, RoomWish
from bot.errors import BackendError, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Outcome, Participant, Risk
from tests.backends.jaas import commands
from tests.fakes import jaas, openmeetings
from tests.fakes.openmeetings import LOGIN, PASSWORD, SECURE, SID, VERSION_9, result, said
from tests.fakes.raw_http import RawServer, Turn, answer

READ, REPEATABLE, ONCE = Risk.READ, Risk.REPEATABLE, Risk.ONCE
STATUS = {"message": f"{SECURE} Tomcat", "path": "/s3cret"}
SECRETS = (SID, PASSWORD, SECURE, "40747777777", "eyJ", "s3cret", "127.0.0.1", "testroom", "uid-1", "userIdValue")


# Answers of another form: a JaaS command answers nothing anyway.
ODD_BODIES = {
    "empty": b"",
    "cut-off JSON": b'{"roomDTO":{"id":1,"na',
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "deep": b"[" * 100_000,
    "an id that is none": b'{"roomDTO":{"id":"../1","name":"x","type":"CONFERENCE"}}',
    "another root": b'{"other":{}}',
    "texts under the roots": b'{"serviceResult":"x","roomDTO":"x","userDTO":"x","recordingDTO":"x","id":{}}',
    "nulls under the roots": b'{"serviceResult":null,"roomDTO":null,"userDTO":null,"recordingDTO":null,"id":null}',
    "numbers under the roots": b'{"serviceResult":1,"roomDTO":[1],"userDTO":[1],"recordingDTO":[1],"id":"../1"}',
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done, what is answered before its last request, and how often that one may be sent."""

    name: str
    risk: Risk
    do: Callable[[Any], Awaitable[object]]
    before: tuple[Turn, ...] = ()
    gone: Outcome | None = None  # what a 404 means
    takes: frozenset[str] = frozenset()  # the odd answers that are none here


ROOM = {"id": 1, "name": "x", "type": "CONFERENCE"}
SIGNED_IN = (VERSION_9, LOGIN)
ANN = Participant("uid-1", "Ann")


def on_jaas(name: str, risk: Risk, gone: Outcome | None = None) -> Operation:
    return Operation(f"jaas-{name}", risk, commands.EVERY[name], gone=gone, takes=frozenset(ODD_BODIES))


def on_meetings(name: str, risk: Risk, do: Callable[[Any], Awaitable[object]], *before: Turn) -> Operation:
    return Operation(f"openmeetings-{name}", risk, do, (*SIGNED_IN, *before))


JAAS_OPERATIONS = (
    on_jaas("DESTROY", REPEATABLE, Outcome.ALREADY_SO),
    on_jaas("DIAL_OUT_PARTICIPANT", ONCE),
    on_jaas("HANG_UP_CALL", REPEATABLE, Outcome.ALREADY_SO),
    on_jaas("KICK_PARTICIPANT", REPEATABLE, Outcome.ALREADY_SO),
    on_jaas("BAN_USER", REPEATABLE),
    on_jaas("BAN_JWT", REPEATABLE),
    Operation("jaas-PIN", READ, lambda bot: bot.dial_in(jaas.room())),
    Operation(
        "jaas-DIDS",
        READ,
        lambda bot: bot.dial_in(jaas.room()),
        before=(said({"id": "1111111111111"}),),
        takes=frozenset({"a list"}),
    ),
)
room = openmeetings.room
MEETINGS_OPERATIONS = (
    on_meetings("create", ONCE, lambda bot: bot.create_room(RoomWish("x", "u-1", {}))),
    on_meetings("list", READ, lambda bot: bot.list_rooms(kind="conference")),
    on_meetings("get", READ, lambda bot: bot.get_room("1")),
    on_meetings("find", READ, lambda bot: bot.find_room("1")),
    on_meetings("external room", READ, lambda bot: bot.find_room("C777"), *[said({"roomDTO": []})] * 3),
    on_meetings("set", REPEATABLE, lambda bot: bot.change_room(room(), {"name": "y"}), said({"roomDTO": ROOM})),
    on_meetings("delete", REPEATABLE, lambda bot: bot.delete_room(room()), result(0)),
    on_meetings("close", REPEATABLE, lambda bot: bot.lock(room())),
    on_meetings("open", REPEATABLE, lambda bot: bot.unlock(room())),
    on_meetings("hash", READ, lambda bot: bot.join_link(room(), openmeetings.guest(user_id="uid-1"))),
    Operation("openmeetings-login", READ, lambda bot: bot.join_link(room(), openmeetings.guest()), before=(VERSION_9,)),
    on_meetings("users", READ, lambda bot: bot.participants(room())),
    on_meetings("kick", ONCE, lambda bot: bot.kick(room(), ANN)),
    on_meetings("count", READ, lambda bot: bot.kick_all(room())),
    on_meetings("kick all", ONCE, lambda bot: bot.kick_all(room()), result(2)),
    on_meetings("recordings", READ, lambda bot: bot.recordings(room())),
)
EVERY = (*JAAS_OPERATIONS, *MEETINGS_OPERATIONS)


@dataclass(frozen=True, slots=True)
class Failure:
    """One bad answer, and the error that each risk makes of it."""

    name: str
    turn: Turn
    read: type[BotError]
    write: type[BotError]


def page(status: str) -> Turn:
    return Turn(answer(status, b"<html>s3cret stack trace</html>", Content_Type="text/html"))


def told(status: str, **headers: str) -> Turn:
    return Turn(answer(status, json.dumps(STATUS).encode(), Content_Type="application/json", **headers))


XML = answer("500 Oops", b"<ns1:XMLFault>s3cret</ns1:XMLFault>", Content_Type="application/json")
FAILURES = (
    Failure("slow", Turn(stall=5.0), Unavailable, UnknownOutcome),
    Failure("reset before the answer", Turn(close=True), Unavailable, UnknownOutcome),
    Failure(
        "reset inside the answer",
        Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", close=True),
        Unavailable,
        UnknownOutcome,
    ),
    Failure("no HTTP", Turn(b"220 smtp ESMTP\r\n\r\n", close=True), Unavailable, UnknownOutcome),
    Failure("302", told("302 Found", Location="https://evil.example/s3cret"), BackendError, BackendError),
    Failure("400", told("400 Bad Request"), BackendError, BackendError),
    Failure("401", told("401 Unauthorized"), SignInFailed, SignInFailed),
    Failure("403", told("403 Forbidden"), SignInFailed, SignInFailed),
    Failure("409", told("409 Conflict"), BackendError, BackendError),
    Failure("429", told("429 Too Many Requests"), Unavailable, Unavailable),
    Failure("429 with Retry-After", told("429 Too Many Requests", Retry_After="30"), Unavailable, Unavailable),
    Failure("500", told("500 Oops"), Unavailable, UnknownOutcome),
    Failure("500 page", page("500 Oops"), Unavailable, UnknownOutcome),
    Failure("500 XML that says it is JSON", Turn(XML), Unavailable, UnknownOutcome),
    Failure("502", told("502 Bad Gateway"), Unavailable, UnknownOutcome),
    Failure("503", page("503 Busy"), Unavailable, UnknownOutcome),
    Failure("504", told("504 Gateway Timeout"), Unavailable, UnknownOutcome),
    Failure("HTML", page("200 OK"), BackendError, UnknownOutcome),
)
NOT_THERE = told("404 Not Found")
UNKNOWN_THING = Failure("404", NOT_THERE, NotFound, NotFound)
UNKNOWN_PATH = Failure("404", NOT_THERE, BackendError, BackendError)  # OpenMeetings answers so for its paths alone
ODD = tuple(
    Failure(name, Turn(answer("200 OK", body, Content_Type="application/json")), BackendError, UnknownOutcome)
    for name, body in ODD_BODIES.items()
)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def back_end(session: aiohttp.ClientSession, url: str, operation: Operation, patience: float = 5.0) -> Backend:
    """`patience`: seconds for the last request."""
    make = jaas.jaas if operation in JAAS_OPERATIONS else openmeetings.openmeetings
    return make(session, url, patient_for=len(operation.before), patience=patience)


def cases() -> list[Any]:
    failing = [(one, failure) for one in EVERY for failure in FAILURES]
    failing += [(one, failure) for one in EVERY for failure in ODD if failure.name not in one.takes]
    failing += [(one, UNKNOWN_THING) for one in JAAS_OPERATIONS if one.gone is None]
    failing += [(one, UNKNOWN_PATH) for one in MEETINGS_OPERATIONS]
    return [pytest.param(one, failure, id=f"{one.name} · {failure.name}") for one, failure in failing]


def sent(server: RawServer, operation: Operation) -> int:
    """How often the request that failed came: looking at what became of it is another one."""
    failed = server.parsed[len(operation.before) :]
    return len([one for one in failed if (one.method, one.target) == (failed[0].method, failed[0].target)])


@pytest.mark.parametrize(("operation", "failure"), cases())
async def test_each_failure_is_one_sentence_with_its_outcome_and_without_a_secret(
    session: aiohttp.ClientSession, operation: Operation, failure: Failure
) -> None:
    wanted = failure.read if operation.risk is READ else failure.write
    async with RawServer([said({}), *operation.before, failure.turn]) as server:
        async with session.get(server.url) as opened:  # no time goes into connecting
            await opened.read()
        server.requests[:] = []
        server.turns.pop(0)
        with pytest.raises(BotError) as caught:
            await operation.do(back_end(session, server.url, operation, failure.turn.patience))
        tries = sent(server, operation)
    error = caught.value
    assert isinstance(error, wanted)
    assert error.outcome == wanted.outcome
    assert tries <= {ONCE: 1, REPEATABLE: 3, READ: 3}[operation.risk] + (failure.name in {"401", "403"})
    shown = [str(error), repr(error), repr(error.__context__), repr(error.__cause__)]
    assert not [secret for secret in SECRETS if secret in str(shown)]
    assert str(error).endswith(".")
    assert "\n" not in str(error)


@pytest.mark.parametrize("operation", [one for one in EVERY if one.gone], ids=lambda one: one.name)
async def test_a_404_where_it_means_that_nothing_is_left_to_do(
    session: aiohttp.ClientSession, operation: Operation
) -> None:
    async with RawServer([NOT_THERE]) as server:
        assert await operation.do(back_end(session, server.url, operation)) is operation.gone


@pytest.mark.parametrize("operation", EVERY, ids=lambda one: one.name)
async def test_a_vendor_that_is_not_there_was_not_asked(session: aiohttp.ClientSession, operation: Operation) -> None:
    nowhere = "http://127.0.0.1:9"
    with pytest.raises(Unavailable, match="cannot be reached"):
        await operation.do(back_end(session, nowhere, operation))
