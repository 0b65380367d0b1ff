"""Rooms of the OpenMeetings back end: how they are made, listed and found."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bot.backends.openmeetings import OpenMeetings
from bot.capabilities import RoomWish
from bot.errors import BadInput, NotFound, UnknownOutcome
from bot.play.vendors.openmeetings import Fault, SimulatedOpenMeetings
from tests.fakes.openmeetings import guest, openmeetings, room
from tests.fakes.openmeetings_people import secure_of

LOST = (
    Fault(reset_after=0),
    Fault(reset_after=30),
    Fault(status=500),
    Fault(status=504),
    Fault(status=200, body="<p>"),
)


def wish(handle: str = "standup", **options: str) -> RoomWish:
    return RoomWish(handle, "u-1", options)


def saves(vendor: SimulatedOpenMeetings) -> list[dict[str, Any]]:
    return [json.loads(one.form["room"]) for one in vendor.requests if (one.method, one.service) == ("POST", "room")]


# --- create ---------------------------------------------------------------------------------------------------------


async def test_a_room_is_made_private_open_and_for_more_than_the_four_of_the_server(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    made = await bot.create_room(wish())
    assert (made.vendor_id, made.name, made.kind) == ("2", "standup", "conference")
    assert made.facts == {"Capacity": "32", "Access": "private"}
    assert vendor.rooms.by_id[2]["externalType"] == "slack"
    links = [await bot.join_link(room(2), guest(user_id=f"u-{one}")) for one in range(5)]
    assert len([vendor.join(secure_of(link)) for link in links]) == 5


async def test_every_option_reaches_the_server(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    options = {
        "type": "Interview",
        "capacity": "7",
        "public": "yes",
        "moderated": "yes",
        "wait_moderator": "YES",
        "questions": "yes",
        "recording": "yes",
        "audio_only": "yes",
        "comment": " for us ",
        "hide": "chat, files",
    }
    assert options.keys() == {option.key for option in bot.create_options}
    await bot.create_room(wish(**options))
    kept = {key: vendor.rooms.by_id[2][key] for key in saves(vendor)[0] if key != "externalId"}
    assert kept == {
        "name": "standup",
        "type": "INTERVIEW",
        "capacity": 7,
        "isPublic": True,
        "moderated": True,
        "waitModerator": True,
        "allowUserQuestions": True,
        "allowRecording": True,
        "audioOnly": True,
        "comment": "for us",
        "hiddenElements": ["FILES", "CHAT"],
        "externalType": "slack",
    }


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("type", "restricted"),
        ("capacity", "0"),
        ("capacity", "100000"),
        ("capacity", "٣"),
        ("public", "true"),
        ("hide", "chat,everything"),
        ("hide", ""),
    ],
)
async def test_an_option_that_is_not_understood_is_refused_before_anything_is_sent(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, option: str, value: str
) -> None:
    with pytest.raises(BadInput, match=f"^{option}= is "):
        await bot.create_room(wish(**{option: value}))
    with pytest.raises(BadInput, match=f"^{option}= is "):
        await bot.change_room(room(), {option: value})
    assert vendor.requests == []


@pytest.mark.parametrize("option", ["closed", "colour", "id", "externalId"])
async def test_an_unknown_option_is_refused_with_those_there_are(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, option: str
) -> None:
    with pytest.raises(BadInput, match=r"capacity=.*hide="):
        await bot.create_room(wish(**{option: "yes"}))
    assert vendor.requests == []


HOSTILE = ["2024", "true", "-1", "007", "1e5", "Stand-up & <b>", 'a","isPublic":"true', "日本 🚀", "../..", "null", "½"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_comes_back_as_it_was_given(bot: OpenMeetings, vendor: SimulatedOpenMeetings, name: str) -> None:
    made = await bot.create_room(wish(name, comment=name))
    assert made.name == name
    assert vendor.rooms.by_id[2]["isPublic"] is False
    assert (await bot.get_room(made.vendor_id)).name == name
    await bot.change_room(room(2), {"capacity": "9"})
    assert (vendor.rooms.by_id[2]["name"], vendor.rooms.by_id[2]["comment"]) == (name, name)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x00", "Ann\ud83d", "x" * 201])
async def test_a_name_that_cannot_be_one_is_refused(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, name: str
) -> None:
    with pytest.raises(BadInput, match=r"^name= is 1 to 200 printable characters\.$"):
        await bot.create_room(wish(name))
    assert vendor.requests == []


async def test_half_a_surrogate_in_a_comment_is_no_crash(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    await bot.create_room(wish(comment="Ann\ud83d"))
    assert vendor.rooms.by_id[2]["comment"] == "Ann?"


@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_a_room_that_was_made_without_a_clear_answer_is_found_again_not_made_again(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, fault: Fault
) -> None:
    await bot.list_rooms()
    vendor.faults.add(fault)
    assert (await bot.create_room(wish(type="presentation"))).vendor_id == "2"
    assert len(saves(vendor)) == 1
    assert len(vendor.rooms.by_id) == 2


@pytest.mark.parametrize("looking", [Fault(), Fault(status=503, acts=False)], ids=["not there", "not answered"])
async def test_a_room_that_is_not_found_again_may_or_may_not_be_there(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, looking: Fault
) -> None:
    await bot.list_rooms()
    vendor.faults.add(Fault(status=504, acts=False))
    vendor.faults.add(looking, times=5)
    with pytest.raises(UnknownOutcome):
        await bot.create_room(wish())
    assert len(saves(vendor)) == 1


# --- list and find --------------------------------------------------------------------------------------------------


async def test_public_rooms_are_listed_by_words_and_type(bot: OpenMeetings) -> None:
    await bot.create_room(wish("Town hall", type="presentation", public="yes"))
    await bot.create_room(wish("secret"))
    assert sorted(one.name for one in await bot.list_rooms()) == ["Town hall", "public Conference Room"]
    assert [one.name for one in await bot.list_rooms("HALL")] == ["Town hall"]
    assert [one.name for one in await bot.list_rooms(kind="Conference")] == ["public Conference Room"]
    assert await bot.list_rooms(kind="restricted") == []


async def test_a_room_is_found_by_number_name_or_our_external_id(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    await bot.create_room(wish("1", public="yes", type="interview"))
    external_id = vendor.rooms.by_id[2]["externalId"]
    for words, vendor_id in (("1", "1"), ("PUBLIC conference ROOM", "1"), (external_id, "2")):
        found = await bot.find_room(words)
        assert found is not None
        assert found.vendor_id == vendor_id


@pytest.mark.parametrize("words", ["99", "conference", "", ".", "..", "a/b", "1/close", "?x", "#", "%2e%2e", "1 ", "١"])
async def test_words_that_name_no_room_find_none_and_change_nothing(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, words: str
) -> None:
    before = json.dumps(vendor.rooms.by_id)
    assert await bot.find_room(words) is None
    assert json.dumps(vendor.rooms.by_id) == before


@pytest.mark.parametrize("vendor_id", ["", "0", "-1", "abc", "1/close", "..", "1?x", "9" * 19, "1\n"])
async def test_what_is_no_number_is_no_room(bot: OpenMeetings, vendor: SimulatedOpenMeetings, vendor_id: str) -> None:
    there = room(vendor_id)
    acts = (bot.get_room(vendor_id), bot.lock(there), bot.kick_all(there), bot.delete_room(there))
    for act in (*acts, bot.join_link(there, guest()), bot.participants(there), bot.change_room(there, {"name": "x"})):
        with pytest.raises(NotFound):
            await act
    assert vendor.requests == []


def test_a_room_is_known_by_its_address(session: aiohttp.ClientSession) -> None:
    bot = openmeetings(session, "https://om.example.org/openmeetings")
    assert bot.room_in(" https://om.example.org/openmeetings/#room/5 ") == "5"
    for words in ("https://om.example.org/openmeetings/#room/x", "https://evil.example/openmeetings/#room/5", "5"):
        assert bot.room_in(words) is None
