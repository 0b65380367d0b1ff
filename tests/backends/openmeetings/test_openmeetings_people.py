"""Who is in a room of OpenMeetings, how they are removed, what was recorded, and how the server does."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from bot.backends.openmeetings import OpenMeetings
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, NotSupported, Unavailable
from bot.model import Outcome, Participant, Recording
from bot.play.vendors.openmeetings import Fault, SimulatedOpenMeetings
from tests.fakes.openmeetings import LOGIN, NOON, VERSION_9, guest, openmeetings, result, room, said
from tests.fakes.openmeetings_people import come, secure_of
from tests.fakes.raw_http import RawServer, Turn

MOODLE = {
    "externalId": "u-1",
    "externalType": "moodle",
    "firstname": "Mo",
    "id": 5,
    "lastname": "Dle",
    "type": "EXTERNAL",
}


async def inside(bot: OpenMeetings) -> tuple[Participant, ...]:
    seen = (await bot.participants(room())).participants
    assert seen is not None
    return seen


def kicks(vendor: SimulatedOpenMeetings) -> list[str]:
    return [one.service for one in vendor.requests if one.service.startswith("room/kick")]


# --- who is in ------------------------------------------------------------------------------------------------------


async def test_everybody_is_in_once_however_many_windows_they_have(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    for _ in range(2):
        await come(bot, vendor, "Ann Lee", "u-1")
    await come(bot, vendor, "Ann Lee", "u-2")
    assert [(one.id, one.name, one.user_id) for one in await inside(bot)] == [
        ("u-1", "Ann Lee", "u-1"),
        ("u-2", "Ann Lee", "u-2"),
    ]


async def test_people_with_an_account_and_guests_of_others_have_no_user_id_of_ours(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    vendor.join_with_account(1, "soap")
    (account,) = await inside(bot)
    assert (account.id, account.name, account.user_id) == ("user-1", "soap Test", None)
    async with aiohttp.ClientSession() as session, RawServer([VERSION_9, LOGIN, said({"userDTO": MOODLE})]) as server:
        (guest_of_others,) = await inside(openmeetings(session, server.url))
    assert (guest_of_others.id, guest_of_others.user_id) == ("moodle/u-1", None)


@pytest.mark.parametrize("external_id", [2024, True, "2024", "true"])
async def test_an_id_that_was_written_as_a_number_is_the_same_person(
    session: aiohttp.ClientSession, external_id: object
) -> None:
    one = said({"userDTO": [MOODLE | {"externalId": external_id, "externalType": "slack", "lastname": 7}]})
    async with RawServer([VERSION_9, LOGIN, one]) as server:
        (person,) = await inside(openmeetings(session, server.url))
    assert (person.id, person.name) == (str(external_id).lower(), "Mo 7")


@pytest.mark.parametrize("odd", ["text", 7, None, ["text"], [[]], [None]], ids=repr)
async def test_nonsense_is_never_read_as_an_empty_room(session: aiohttp.ClientSession, odd: object) -> None:
    async with RawServer([VERSION_9, LOGIN, said({"userDTO": odd})]) as server:
        with pytest.raises(BackendError, match="without a list of userDTO"):
            await inside(openmeetings(session, server.url))


@pytest.mark.parametrize("name", ["", " ", "x" * 5000, "<b>&", "Ann\ud83d", "a\x00\u202eb", "Ann  van der Lee"])
async def test_whatever_the_name_the_guest_comes_in_and_can_be_removed(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, name: str
) -> None:
    vendor.join(secure_of(await bot.join_link(room(), guest(name, user_id="u-1"))))
    (one,) = await inside(bot)
    assert not [sign for sign in one.name if sign in "\x00\u202e\ud83d"]
    assert len(one.name) <= 200
    assert one.name[:3].strip() == name[:3].replace("\x00\u202e", "b").strip() or not name.strip()
    assert await bot.kick(room(), one) is Outcome.CONFIRMED


# --- removing one ---------------------------------------------------------------------------------------------------


async def test_a_kick_closes_all_windows_of_exactly_that_person(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    for user_id in ("u-1", "u-2", "u-2"):
        await come(bot, vendor, "Ann Lee", user_id)
    _, second = await inside(bot)
    assert await bot.kick(room(), second) is Outcome.CONFIRMED
    assert [one.id for one in await inside(bot)] == ["u-1"]
    assert await bot.kick(room(), second) is Outcome.ALREADY_SO
    assert kicks(vendor) == ["room/kick/1/slack/u-2"] * 2


async def test_a_guest_of_others_is_removed_under_their_own_kind(session: aiohttp.ClientSession) -> None:
    nobody = said({"userDTO": []})
    async with RawServer([VERSION_9, LOGIN, result("Kicked"), nobody]) as server:
        assert (
            await openmeetings(session, server.url).kick(room(), Participant("moodle/u-1", "Mo")) is Outcome.CONFIRMED
        )
    assert server.targets[2].partition("?")[0] == "/services/room/kick/1/moodle/u-1"


async def test_somebody_with_an_account_is_not_removed_alone(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    vendor.join_with_account(1, "soap")
    (account,) = await inside(bot)
    with pytest.raises(NotSupported, match="Removing everybody works"):
        await bot.kick(room(), account)
    assert kicks(vendor) == []
    assert await bot.kick_all(room()) is Outcome.CONFIRMED


@pytest.mark.parametrize(
    "participant_id",
    [
        "",
        "/",
        "a/",
        "/b",
        ".",
        "..",
        "slack/..",
        "slack/.",
        "../u-1",
        "a/b/c",
        "u 1",
        "u?x",
        "u#",
        "%2e%2e",
        "u\n",
        "é",
    ],
)
async def test_an_id_that_would_reach_others_removes_nobody(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, participant_id: str
) -> None:
    await come(bot, vendor, "Ann", "u-1")
    with pytest.raises(BadInput):
        await bot.kick(room(), Participant(participant_id, "?"))
    assert kicks(vendor) == []
    assert len(vendor.people()) == 1


LEE = said({"userDTO": MOODLE | {"externalType": "slack"}})


async def test_who_is_still_seen_was_removed_but_not_yet_confirmed(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_9, LOGIN, result("Kicked"), LEE]) as server:
        assert await openmeetings(session, server.url).kick(room(), Participant("u-1", "Mo")) is Outcome.ACCEPTED


async def test_a_removal_that_cannot_be_looked_at_again_was_accepted_all_the_same(
    session: aiohttp.ClientSession,
) -> None:
    async with RawServer([VERSION_9, LOGIN, result("Kicked"), Turn(close=True)]) as server:
        assert await openmeetings(session, server.url).kick(room(), Participant("u-1", "Mo")) is Outcome.ACCEPTED


async def test_not_kicked_is_told_from_left_already(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_9, LOGIN, result("Not kicked"), LEE]) as server:
        with pytest.raises(BackendError, match="still in"):
            await openmeetings(session, server.url).kick(room(), Participant("u-1", "Mo"))
    async with RawServer([VERSION_9, LOGIN, result("Not kicked"), Turn(close=True)]) as server:
        with pytest.raises(Unavailable):
            await openmeetings(session, server.url).kick(room(), Participant("u-1", "Mo"))


# --- removing all ---------------------------------------------------------------------------------------------------


async def test_end_removes_everybody_and_they_can_come_back_through_a_new_link(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    assert bot.ends_by_kicking
    await come(bot, vendor, "Ann", "u-1")
    vendor.join_with_account(1, "soap")
    assert await bot.end_meeting(room()) is Outcome.CONFIRMED
    assert vendor.people() == []
    assert await bot.end_meeting(room()) is Outcome.ALREADY_SO
    assert kicks(vendor) == ["room/kick/1"]
    assert (await come(bot, vendor, "Ann", "u-1")).name == "Ann"


async def test_an_end_that_cannot_be_looked_at_again_was_accepted_all_the_same(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await come(bot, vendor, "Ann", "u-1")
    await bot.get_room("1")
    for fault in (Fault(), Fault(), Fault(status=500)):  # counted, kicked, not counted again
        vendor.faults.add(fault)
    assert await bot.kick_all(room()) is Outcome.ACCEPTED


async def test_an_end_that_the_server_says_did_not_work_is_no_success(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_9, LOGIN, result(2), result("Not kicked")]) as server:
        with pytest.raises(BackendError, match="did not remove"):
            await openmeetings(session, server.url).kick_all(room())


# --- recordings, health ---------------------------------------------------------------------------------------------


async def test_recordings_are_those_of_the_room(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    vendor.services.recordings += [
        {"id": 1, "name": "2024", "roomId": 1, "status": "PROCESSED", "start": "2023-11-14T22:13:20Z"},
        {"id": 2, "name": "other", "roomId": 2, "status": "ERROR"},
        {"id": 3, "name": "odd", "roomId": 1, "status": "RECORDING", "start": "soon", "end": "2023-11-14T22:13:20"},
    ]
    first, odd = await bot.recordings(room())
    assert (first.name, first.status, first.started_at and first.started_at.isoformat()) == (
        "2024",
        "processed",
        "2023-11-14T22:13:20+00:00",
    )
    assert odd == Recording("3", "odd", "recording", None, None)


async def test_health_is_version_and_state(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    well = await bot.health()
    assert (well.ok, well.facts, well.problem) == (True, {"version": "9.1.0", "database": "ok"}, "")
    vendor.services.health["dbOk"] = False
    ill = await bot.health()
    assert not ill.ok
    assert "database" in ill.problem
    assert "sid" not in str([one.query for one in vendor.requests])  # nobody signed in


@pytest.mark.parametrize(("version", "shown"), [(9, "9"), ("9.0", "9.0"), (None, None)])
async def test_a_version_may_come_as_a_number_or_not_at_all(
    session: aiohttp.ClientSession, version: object, shown: str | None
) -> None:
    state = said({"health": {"inited": True, "installed": True, "dbOk": True}})
    async with RawServer([said({"info": {"version": version}}), state]) as server:
        health = await openmeetings(session, server.url).health()
    assert health.ok
    assert health.facts.get("version") == shown


async def test_a_link_lives_as_long_as_a_session_of_that_server(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    brief = openmeetings(session, vendor.url, clock=clock, link_lifetime=timedelta(minutes=15))
    assert (await brief.join_link(room(), guest())).expires_at == NOON + timedelta(minutes=15)
