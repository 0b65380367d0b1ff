"""Rooms of La Suite Meet: what is wished for, by which words one is found, and what is absent in an answer."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bot.backends.lasuite import LaSuite
from bot.backends.lasuite.rooms import door_words, meet_room, vendor_room
from bot.capabilities import (
    DialsOut,
    EndsMeetings,
    HangsUp,
    KicksParticipants,
    KnowsParticipants,
    MutesParticipants,
    why_not,
)
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, NoAccess, NotSupported, UnknownOutcome
from bot.model import JoinAs
from bot.play.vendors.lasuite import Fault, SimulatedLaSuite
from tests.fakes.lasuite import ALICE, BOB, NOBODY, as_person, kept, meet_at, wish
from tests.fakes.raw_http import RawServer, Turn, answer

ID = "594d3d8d-b13f-4401-bb60-6796ca0d92a4"
ROOM = {"id": ID, "name": "rvd-phdd-shq", "slug": "rvd-phdd-shq", "access_level": "trusted", "configuration": {}}
GUEST = JoinAs("u-1", "Ann", host=False)


async def test_what_is_wished_for_goes_into_the_body_and_the_title_stays_with_the_bot(
    bot: LaSuite, server: SimulatedLaSuite
) -> None:
    made = await bot.create_room(wish("Réunion", access="restricted", mute="no", sources="camera, microphone"))
    (request,) = server.sent("/rooms/")
    assert json.loads(request.body) == {
        "access_level": "restricted",
        "configuration": {"everyone_can_mute": False, "can_publish_sources": ["camera", "microphone"]},
    }
    assert made.facts["Everybody may mute"] == "no"
    assert "Réunion" not in request.body.decode()


@pytest.mark.parametrize("options", [{"access": "open"}, {"mute": "maybe"}, {"sources": "hologram"}, {"pin": "1234"}])
async def test_a_wish_that_is_not_understood_sends_nothing(
    bot: LaSuite, server: SimulatedLaSuite, options: dict[str, str]
) -> None:
    with pytest.raises(BadInput):
        await bot.create_room(wish(**options))
    assert server.requests == []


async def test_a_room_is_found_by_id_slug_name_and_address(bot: LaSuite, server: SimulatedLaSuite) -> None:
    room = server.rooms.add(server.accounts.people[ALICE], name="Équipe Démo", slug="equipe-demo")
    other = server.rooms.add(server.accounts.people[BOB], slug="hers-only-now")
    for words in (room.id, room.id.upper(), room.id.replace("-", ""), "equipe-demo", "équipe démo"):
        found = await bot.find_room(bot.room_in(words) or words)
        assert found is not None, words
        assert found.vendor_id == room.id
    for address in (f"{server.url}/equipe-demo", f"{server.url}/equipe-demo/?x=1"):
        assert bot.room_in(address) == "equipe-demo"
    assert await bot.find_room(other.slug) is None
    assert await bot.find_room("7c9e6679-7425-40de-944b-e07fc1f90ae7") is None
    for strange in ("https://elsewhere.test/equipe-demo", f"{server.url}/a/b", "", "https://[", "/equipe-demo"):
        assert bot.room_in(strange) is None


async def test_words_that_may_mean_a_room_elsewhere_are_no_reason_to_complain_about_an_account(bot: LaSuite) -> None:
    with as_person(NOBODY):
        assert await bot.find_room("standup") is None
        with pytest.raises(NoAccess):
            await bot.find_room("rvd-phdd-shq")


async def test_two_rooms_of_one_name_are_no_answer(bot: LaSuite, server: SimulatedLaSuite) -> None:
    for _ in range(2):
        server.rooms.add(server.accounts.people[ALICE], name="Team")
    assert await bot.find_room("team") is None


async def test_the_list_is_filtered_by_words_and_access(bot: LaSuite, server: SimulatedLaSuite) -> None:
    for name, access in (("Board", "restricted"), ("Board two", "trusted"), ("Other", "trusted")):
        server.rooms.add(server.accounts.people[ALICE], name=name, access=access)
    assert [room.name for room in await bot.list_rooms("board", "TRUSTED")] == ["Board two"]


async def test_the_address_is_the_same_for_everybody_and_the_bot_keeps_it_in_parts(
    bot: LaSuite, server: SimulatedLaSuite, session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    made = await bot.create_room(wish())
    link = await bot.join_link(kept(made), GUEST)
    assert link.reveal() == f"{server.url}/{made.name}"
    assert (link.personal, link.expires_at) == (False, None)
    assert link.reveal() not in str(made.settings)
    elsewhere = meet_at(session, server.base_url, clock, frontend_url="https://visio.example.org")
    assert (await elsewhere.join_link(kept(made), GUEST)).reveal() == f"https://visio.example.org/{made.name}"
    again = await elsewhere.get_room(made.vendor_id)  # the server's own word wins
    assert (await elsewhere.join_link(kept(again), GUEST)).reveal() == f"{server.url}/{made.name}"


async def test_without_url_telephony_and_pin_what_is_there_is_used(bot: LaSuite, server: SimulatedLaSuite) -> None:
    server.rooms.telephony, server.rooms.tells_url = False, False
    made = await bot.create_room(wish())
    assert (await bot.join_link(kept(made), GUEST)).reveal() == f"{server.url}/{made.name}"
    assert (await bot.dial_in(kept(made))).numbers == ()
    assert not any("telephone" in words for words in bot.door_words(kept(made)))
    server.rooms.telephony = True  # a room that was made while it was off has no PIN
    dial_in = await bot.dial_in(kept(made))
    assert (dial_in.pin, dial_in.numbers) == ("", (("FR", "+33187212345"),))


async def test_a_room_without_a_known_slug_has_no_address(bot: LaSuite, server: SimulatedLaSuite) -> None:
    from dataclasses import replace

    made = await bot.create_room(wish())
    for slug in ("", "../../x", "a b", "x?y=1"):
        with pytest.raises(NotSupported, match="don't know the address"):
            await bot.join_link(replace(kept(made), settings={"_slug": slug}), GUEST)


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ("trusted", "signed in there walks in; all others wait in a lobby that only people inside can open"),
        ("restricted", "Only people with a role"),
        ("public", "whoever has it walks in"),
    ],
)
def test_the_card_says_who_walks_in_and_when_the_telephone_works(access: str, words: str) -> None:
    told = ROOM | {"access_level": access, "telephony": {"enabled": True, "phone_number": "+33187212345"}}
    door = door_words(kept(vendor_room(meet_room(told, "visio"), "https://visio.example.org")))
    assert door[0].startswith("One address for everybody")
    assert words in door[0]
    assert door[1] == "By telephone one gets in only after somebody has joined in the browser."


@pytest.mark.parametrize(
    "change",
    [
        {"id": None}, {"id": "7"}, {"id": ["x"]}, {"slug": None}, {"slug": "../x"}, {"slug": "a/b"}, {"slug": 7},
    ],
)  # fmt: skip
def test_what_is_no_room_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BackendError):
        meet_room(ROOM | change, "visio")


@pytest.mark.parametrize(
    "change",
    [
        {"url": "javascript:alert(1)//rvd-phdd-shq"}, {"url": "https://x/other"}, {"url": 7}, {"telephony": "yes"},
        {"telephony": {"enabled": "yes", "pin_code": 7}}, {"configuration": None}, {"name": None}, {"name": {"a": 1}},
    ],
)  # fmt: skip
def test_wrong_types_and_foreign_addresses_are_left_out(change: dict[str, Any]) -> None:
    room = meet_room(ROOM | change, "visio")
    assert (room.site, room.pin, room.phone) == ("", "", "")
    assert room.name == "rvd-phdd-shq"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(reset_after=0), UnknownOutcome),
        (Fault(status=500, body="<html></html>"), UnknownOutcome),
        (Fault(status=504, body=""), UnknownOutcome),
        (Fault(status=201, body=""), UnknownOutcome),
        (Fault(status=201, body="<html></html>"), UnknownOutcome),
        (Fault(status=301, body=""), BackendError),
    ],
)
async def test_a_create_without_a_clear_answer_is_unknown_and_never_repeated(
    bot: LaSuite, server: SimulatedLaSuite, fault: Fault, error: type[BackendError]
) -> None:
    await bot.list_rooms()  # the token is there
    server.faults.add(fault)
    with pytest.raises(error):
        await bot.create_room(wish())
    assert len([one for one in server.requests if one.method == "POST"]) == 2  # the token's, and one


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": "7"}', b'{"id": "594d3d8d-b13f', b"<html></html>"])
async def test_a_created_room_without_its_id_is_unknown(
    session: aiohttp.ClientSession, clock: MovableClock, body: bytes
) -> None:
    token = answer("200 OK", b'{"access_token": "t", "expires_in": 3600}', Content_Type="application/json")
    async with RawServer([Turn(token), Turn(answer("201 Created", body, Content_Type="application/json"))]) as raw:
        with pytest.raises(UnknownOutcome):
            await meet_at(session, f"{raw.url}/external-api/v1.0", clock).create_room(wish())
    assert len(raw.requests) == 2


async def test_a_list_is_read_again_after_a_gateways_failure(bot: LaSuite, server: SimulatedLaSuite) -> None:
    await bot.list_rooms()
    server.faults.add(Fault(status=503, body="", acts=False))
    assert list(await bot.list_rooms()) == []


@pytest.mark.parametrize(
    "ability", [EndsMeetings, KicksParticipants, KnowsParticipants, MutesParticipants, DialsOut, HangsUp]
)
def test_without_livekit_each_verb_of_a_meeting_says_what_is_missing(bot: LaSuite, ability: Any) -> None:
    assert not isinstance(bot, ability)
    assert why_not(type(bot), ability) == "no LiveKit credentials (livekit_url, livekit_api_key, livekit_api_secret)"
