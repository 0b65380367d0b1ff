"""How the bot's account signs in: one session for commands, one for each link, and neither more often than needed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from pydantic import SecretStr

from bot.backends.openmeetings import OpenMeetings
from bot.capabilities import ASKED_IN
from bot.clock import MovableClock
from bot.errors import BackendError, SignInFailed, Unavailable
from bot.play.vendors.openmeetings import Fault, SimulatedOpenMeetings
from tests.fakes.openmeetings import LOGIN, NOT_ALLOWED, SID, VERSION_7, guest, openmeetings, result, room, said
from tests.fakes.openmeetings_people import come, secure_of
from tests.fakes.raw_http import RawServer, Turn, answer

ROOM = said({"roomDTO": {"id": 1, "name": "x", "type": "CONFERENCE"}})


def logins(vendor: SimulatedOpenMeetings) -> int:
    return [one.service for one in vendor.requests].count("user/login")


# --- the session for commands ---------------------------------------------------------------------------------------


async def test_commands_share_one_session(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    await asyncio.gather(*(bot.get_room("1") for _ in range(5)), bot.list_rooms(), bot.participants(room()))
    assert logins(vendor) == 1
    assert len({one.query["sid"] for one in vendor.requests if "sid" in one.query}) == 1


async def test_the_session_is_kept_alive_by_use_and_renewed_before_the_server_forgets_it(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    for _ in range(5):
        await bot.get_room("1")
        clock.advance(timedelta(minutes=24))
    assert logins(vendor) == 1
    clock.advance(timedelta(minutes=1))
    await bot.get_room("1")
    assert logins(vendor) == 2
    assert [one for one in vendor.requests if one.service == "room/1"][-1].query["sid"] in vendor.sessions.by_sid


async def test_a_session_that_is_gone_is_replaced_once_however_many_commands_meet_it(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await bot.get_room("1")
    vendor.sessions.by_sid.clear()  # the server was started again
    found = await asyncio.gather(*(bot.get_room("1") for _ in range(6)))
    assert {one.vendor_id for one in found} == {"1"}
    assert logins(vendor) == 2


async def test_a_refusal_that_comes_late_does_not_end_the_session_that_replaced_the_refused_one(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await bot.get_room("1")
    vendor.sessions.by_sid.clear()
    vendor.faults.add(Fault(stall=0.05))
    await asyncio.gather(bot.get_room("1"), bot.get_room("1"))
    assert logins(vendor) == 2


async def test_a_refused_kick_is_sent_again_only_because_it_was_not_executed(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await come(bot, vendor, "Ann", "u-1")
    (ann,) = (await bot.participants(room())).participants or ()
    vendor.sessions.by_sid.clear()
    await bot.kick(room(), ann)
    first, second = (one for one in vendor.requests if one.service == "room/kick/1/slack/u-1")
    assert first.query["sid"] != second.query["sid"]
    assert vendor.people() == []


async def test_a_right_that_is_missing_is_believed_at_the_second_refusal(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    plain = openmeetings(session, vendor.url, clock=clock, username="plain", password=SecretStr("plainpw"))
    for act in (plain.get_room("1"), plain.lock(room()), plain.end_meeting(room())):
        vendor.requests.clear()
        with pytest.raises(SignInFailed, match="LOGIN, ROOM and SOAP"):
            await act
        refused = [one for one in vendor.requests if one.service.startswith("room/")]
        assert len(refused) == 2
    with pytest.raises(SignInFailed, match="LOGIN, ROOM and SOAP"):
        await plain.join_link(room(), guest())


# --- a session for each link ----------------------------------------------------------------------------------------


async def test_two_links_minted_at_once_let_in_two_different_people(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    """On one session both would let in whoever was named last."""
    links = await asyncio.gather(
        *(bot.join_link(room(), guest(name, user_id=f"u-{name}")) for name in ("Ann", "Bea", "Cem"))
    )
    assert [vendor.join(secure_of(link)).name for link in links] == ["Ann", "Bea", "Cem"]


async def test_the_session_for_commands_mints_no_link_and_outlives_every_entry(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await bot.get_room("1")
    (kept,) = vendor.sessions.by_sid
    await come(bot, vendor, "Ann", "u-1")
    assert kept not in [one.query["sid"] for one in vendor.requests if one.service == "user/hash"]
    before = logins(vendor)
    await bot.get_room("1")
    assert logins(vendor) == before


async def test_a_lost_answer_to_a_hash_costs_nobody_anything(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    await bot.join_link(room(), guest())
    vendor.faults.add(Fault(), times=1)  # the login goes well
    vendor.faults.add(Fault(reset_after=0))
    ann = vendor.join(secure_of(await bot.join_link(room(), guest("Ann"))))
    assert ann.name == "Ann"
    assert [one.service for one in vendor.requests][-3:] == ["user/login", "user/hash", "user/hash"]


# --- how a login is sent --------------------------------------------------------------------------------------------

LOGINS = [("7.2.0", "GET"), ("8.1.0", "GET"), ("9.0.0", "POST"), ("10.1.0", "POST"), ("9.2.0-SNAPSHOT", "POST")]


@pytest.mark.parametrize(("version", "method"), LOGINS)
async def test_the_version_says_how_a_login_is_sent(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, version: str, method: str
) -> None:
    await bot.get_room("1")
    await bot.join_link(room(), guest())
    assert [one.method for one in vendor.requests if one.service == "user/login"] == [method, method]
    assert [one.service for one in vendor.requests].count("info/version") == 1


@pytest.mark.parametrize(
    "unknown",
    [said({"info": {"version": "SNAPSHOT"}}), said({"info": []}), said({}), Turn(answer("404 Not Found"))],
    ids=["word", "list", "nothing", "404"],
)
async def test_of_an_unknown_version_a_post_is_tried_then_a_get(session: aiohttp.ClientSession, unknown: Turn) -> None:
    refused = Turn(answer("405 Method Not Allowed", Allow="GET"))
    async with RawServer([unknown, refused, LOGIN, ROOM, NOT_ALLOWED, LOGIN, ROOM]) as server:
        back_end = openmeetings(session, server.url)
        await back_end.get_room("1")
        await back_end.get_room("1")
    sent = [(one.method, one.target.partition("?")[0]) for one in server.parsed]
    login, get = "/services/user/login", ("GET", "/services/room/1")
    assert sent == [
        ("GET", "/services/info/version"),
        ("POST", login),
        ("GET", login),
        get,
        get,
        ("GET", login),  # remembered
        get,
    ]
    assert "pass" not in server.targets[1]  # never in the address of a server that takes it in the body


async def test_a_server_that_was_exchanged_for_a_newer_one_is_signed_in_to(session: aiohttp.ClientSession) -> None:
    refused = Turn(answer("405 Method Not Allowed", Allow="POST"))
    async with RawServer([VERSION_7, LOGIN, ROOM, NOT_ALLOWED, refused, LOGIN, ROOM]) as server:
        back_end = openmeetings(session, server.url)
        await back_end.get_room("1")
        await back_end.get_room("1")
    assert [one.method for one in server.parsed if "login" in one.target] == ["GET", "GET", "POST"]


@pytest.mark.parametrize(("setting", "method"), [("get", "GET"), ("post", "POST")])
async def test_how_a_login_is_sent_can_be_set(session: aiohttp.ClientSession, setting: str, method: str) -> None:
    async with RawServer([LOGIN, ROOM]) as server:
        await openmeetings(session, server.url, login_method=setting).get_room("1")
    assert [one.method for one in server.parsed] == [method, "GET"]


async def test_without_a_version_because_the_server_is_down_no_password_is_sent(
    session: aiohttp.ClientSession,
) -> None:
    async with RawServer([Turn(close=True)]) as server:
        with pytest.raises(Unavailable):
            await openmeetings(session, server.url).get_room("1")
    assert {target.partition("?")[0] for target in server.targets} == {"/services/info/version"}


# --- refusals -------------------------------------------------------------------------------------------------------

REFUSED = {
    "wrong": ("soap", "not-the-password", "Username/email and/or password are incorrect"),
    "inactive": ("inactive", "inactivepw", "not activated"),
    "no group": ("alone", "alonepw", "not assigned to group"),
}


@pytest.mark.parametrize(("username", "password", "words"), REFUSED.values(), ids=list(REFUSED))
async def test_a_refused_account_is_told_in_a_sentence_without_its_password(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings, username: str, password: str, words: str
) -> None:
    back_end = openmeetings(session, vendor.url, username=username, password=SecretStr(password))
    with pytest.raises(SignInFailed, match=words) as caught:
        await back_end.get_room("1")
    assert "administrator" in str(caught.value)
    assert password not in str(caught.value)


async def test_a_refused_account_is_left_alone_for_a_minute(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    """The server sleeps up to 15 s over each wrong password, and those who press Join would wait in a row."""
    back_end = openmeetings(session, vendor.url, clock=clock, username="alone", password=SecretStr("alonepw"))
    for _ in range(3):
        with pytest.raises(SignInFailed, match="not assigned to group"):
            await back_end.join_link(room(), guest())
        with pytest.raises(SignInFailed, match="not assigned to group"):
            await back_end.get_room("1")
    assert logins(vendor) == 1
    clock.advance(timedelta(minutes=1))
    with pytest.raises(SignInFailed):
        await back_end.get_room("1")
    assert logins(vendor) == 2


async def test_every_refusal_is_worded_for_whoever_asked(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings
) -> None:
    back_end = openmeetings(session, vendor.url, username="alone", password=SecretStr("alonepw"))
    asked_in = ASKED_IN.set("de-AT")
    try:
        for act in (back_end.get_room("1"), back_end.lock(room()), back_end.join_link(room(), guest(language="fr"))):
            with pytest.raises(SignInFailed, match="Nutzer gehört zu keiner Gruppe"):
                await act
    finally:
        ASKED_IN.reset(asked_in)


@pytest.mark.parametrize("text", ["x" * 5000, "a\nb\tc   d", "[Missing]", "", 7, None, {"a": 1}], ids=repr)
async def test_the_servers_wording_is_one_short_line_or_not_used(session: aiohttp.ClientSession, text: object) -> None:
    refused, words = (
        result("error.something.else", "ERROR"),
        said({"serviceResult": {"message": text, "type": "SUCCESS"}}),
    )
    async with RawServer([VERSION_7, LOGIN, refused, words]) as server:
        with pytest.raises(BackendError) as caught:
            await openmeetings(session, server.url).get_room("1")
    sentence = str(caught.value)
    assert len(sentence) < 250
    assert "\n" not in sentence
    assert "[Missing]" not in sentence
    assert SID not in sentence


async def test_a_key_that_is_no_key_is_never_looked_up(session: aiohttp.ClientSession) -> None:
    for key in ("../../user", "error.a/b", "error.", "java.lang.NullPointerException: s3cret", "-99999999"):
        async with RawServer([VERSION_7, LOGIN, result(key, "ERROR")]) as server:
            with pytest.raises(BackendError, match=r"The request was not accepted\.$"):
                await openmeetings(session, server.url).get_room("1")
        assert len(server.requests) == 3
