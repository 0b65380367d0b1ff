"""The worked examples of seeds/002 about rooms, each by its title there: what goes over the wire, and what it does."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from bot.backends.pexip import Pexip
from bot.errors import AlreadySo, BadInput, NotFound, Refused
from bot.model import Outcome
from bot.play.vendors.pexip import Received, SimulatedPexip
from tests.fakes.pexip import CONFERENCE, PatientClock, room, wish

ALIAS = "/api/admin/configuration/v1/conference_alias/"


def writes(node: SimulatedPexip) -> list[Received]:
    """What was sent to change something."""
    return [one for one in node.requests if one.method != "GET"]


def body(one: Received) -> Any:
    return json.loads(one.body)


async def test_creating_a_virtual_meeting_room(bot: Pexip, node: SimulatedPexip) -> None:
    made = await bot.create_room(wish("VMR_1", alias="off"))
    assert (made.vendor_id, made.name, made.kind) == ("1", "VMR_1", "vmr")
    [sent] = writes(node)
    assert (sent.method, sent.path) == ("POST", CONFERENCE)
    assert body(sent) == {"name": "VMR_1", "service_type": "conference", "aliases": []}


@pytest.mark.parametrize(
    ("word", "service_type", "name"),
    [
        ("vmr", "conference", "VMR_1"),
        ("auditorium", "lecture", "Lecture"),
        ("reception", "two_stage_dialing", "Reception"),
        ("playback", "media_playback", "Trailer"),
        ("test", "test_call", "Test call"),
    ],
)
async def test_creating_a_service_of_each_type(
    bot: Pexip, node: SimulatedPexip, word: str, service_type: str, name: str
) -> None:
    made = await bot.create_room(wish(name, type=word, alias=f"{word}@example.com"))
    assert made.kind == word
    shown = node.room(name)
    assert shown["service_type"] == service_type
    assert [one["alias"] for one in shown["aliases"]] == [f"{word}@example.com"]


async def test_creating_a_virtual_auditorium(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.create_room(wish("Lecture", type="auditorium", alias="lecture@example.com"))
    [sent] = writes(node)
    assert body(sent) == {
        "name": "Lecture",
        "service_type": "lecture",
        "aliases": [{"alias": "lecture@example.com"}],
    }


async def test_creating_a_virtual_reception(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.create_room(wish("Reception", type="reception", alias="reception@example.com"))
    [sent] = writes(node)
    assert body(sent) == {
        "name": "Reception",
        "service_type": "two_stage_dialing",
        "aliases": [{"alias": "reception@example.com"}],
    }


async def test_getting_a_virtual_meeting_rooms_configuration(
    bot: Pexip, node: SimulatedPexip, clock: PatientClock
) -> None:
    node.objects.create("conference", {"name": "VMR_1", "pin": "1234", "aliases": [{"alias": "meet@example.com"}]})
    got = await bot.get_room("1")
    assert (got.vendor_id, got.name, got.kind) == ("1", "VMR_1", "vmr")
    assert got.facts["Type"] == "Virtual Meeting Room"
    assert got.facts["Aliases"] == "meet@example.com"
    assert got.secrets == {"PIN": "1234"}
    assert "1234" not in str(got.facts)
    assert node.requests[-1].path == f"{CONFERENCE}1/"


async def test_changing_an_existing_virtual_meeting_room(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1", "description": "kept"})
    changed = await bot.change_room(room(1), {"pin": "1234"})
    assert changed.secrets == {"PIN": "1234"}
    [sent] = writes(node)
    assert (sent.method, sent.path, body(sent)) == ("PATCH", f"{CONFERENCE}1/", {"pin": "1234"})
    assert node.room("VMR_1")["description"] == "kept"


async def test_adding_a_virtual_meeting_room_alias(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    changed = await bot.change_room(room(1), {"add_alias": "meet@example.com"})
    assert changed.facts["Aliases"] == "meet@example.com"
    [sent] = writes(node)
    assert (sent.method, sent.path) == ("POST", ALIAS)
    assert body(sent) == {"alias": "meet@example.com", "conference": f"{CONFERENCE}1/"}
    with pytest.raises(AlreadySo, match=r"has meet@example\.com already"):
        await bot.change_room(room(1), {"add_alias": "meet@example.com"})


async def test_deleting_a_virtual_meeting_room_with_its_aliases(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1", "aliases": [{"alias": "meet"}]})
    node.objects.create("conference", {"name": "VMR_2", "aliases": [{"alias": "other"}]})
    assert await bot.delete_room(room(1)) is Outcome.DONE
    [sent] = writes(node)
    assert (sent.method, sent.path, sent.query, sent.body) == ("DELETE", f"{CONFERENCE}1/", "", b"")
    assert [one["name"] for one in node.conferences()] == ["VMR_2"]
    assert list(node.objects.rows["conference_alias"]) == [2]
    assert await bot.delete_room(room(1)) is Outcome.ALREADY_SO


async def test_creating_a_virtual_meeting_room_with_aliases(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.create_room(wish("VMR_1", alias="meet,meet@example.com"))
    [sent] = writes(node)
    assert body(sent) == {
        "name": "VMR_1",
        "service_type": "conference",
        "aliases": [{"alias": "meet"}, {"alias": "meet@example.com"}],
    }
    assert [one["alias"] for one in node.room("VMR_1")["aliases"]] == ["meet", "meet@example.com"]


async def test_a_room_that_has_the_alias_does_not_lose_it_by_a_creation(bot: Pexip, node: SimulatedPexip) -> None:
    """The seed: "that alias is removed from the previous VMR and assigned to the new VMR"."""
    node.objects.create("conference", {"name": "Board", "aliases": [{"alias": "Meet@example.com"}]})
    with pytest.raises(Refused, match=r"Meet@example\.com belongs to Board"):
        await bot.create_room(wish("VMR_1", alias="meet,meet@example.com"))
    assert writes(node) == []
    assert [one["alias"] for one in node.room("Board")["aliases"]] == ["Meet@example.com"]


async def test_getting_all_rooms_of_every_type(bot: Pexip, node: SimulatedPexip) -> None:
    for name, service in (("VMR_1", "conference"), ("Lecture", "lecture"), ("Reception", "two_stage_dialing")):
        node.objects.create("conference", {"name": name, "service_type": service})
    listed = await bot.list_rooms()
    assert [(one.name, one.kind) for one in listed] == [
        ("Lecture", "auditorium"),
        ("Reception", "reception"),
        ("VMR_1", "vmr"),
    ]
    assert node.requests[-1].path == CONFERENCE


@pytest.mark.parametrize("word", ["vmr", "conference", "VMR"])
async def test_getting_all_virtual_meeting_rooms_only(bot: Pexip, node: SimulatedPexip, word: str) -> None:
    for name, service in (("VMR_1", "conference"), ("Lecture", "lecture"), ("VMR_2", "conference")):
        node.objects.create("conference", {"name": name, "service_type": service})
    assert [one.name for one in await bot.list_rooms(kind=word)] == ["VMR_1", "VMR_2"]
    assert "service_type=conference" in node.requests[-1].query


async def test_creating_multiple_virtual_meeting_rooms(bot: Pexip, node: SimulatedPexip) -> None:
    made = await bot.create_rooms([wish("VMR_1", alias="meet1@example.com"), wish("VMR_2", alias="meet2@example.com")])
    assert [(one.name, one.vendor_id) for one in made] == [("VMR_1", "1"), ("VMR_2", "2")]
    [sent] = writes(node)
    assert (sent.method, sent.path) == ("PATCH", CONFERENCE)
    assert body(sent) == {
        "objects": [
            {"name": "VMR_1", "service_type": "conference", "aliases": [{"alias": "meet1@example.com"}]},
            {"name": "VMR_2", "service_type": "conference", "aliases": [{"alias": "meet2@example.com"}]},
        ]
    }


async def test_updating_multiple_resource_objects(bot: Pexip, node: SimulatedPexip) -> None:
    for name in ("VMR_1", "VMR_2"):
        node.objects.create("conference", {"name": name, "description": "kept"})
    changed = await bot.change_rooms([room(1), room(2, "VMR_2")], {"limit": "20"})
    assert [one.facts["At most"] for one in changed] == ["20 people", "20 people"]
    [sent] = writes(node)
    assert (sent.method, sent.path) == ("PATCH", CONFERENCE)
    assert body(sent) == {
        "objects": [
            {"resource_uri": f"{CONFERENCE}1/", "participant_limit": 20},
            {"resource_uri": f"{CONFERENCE}2/", "participant_limit": 20},
        ]
    }
    assert {one["description"] for one in node.conferences()} == {"kept"}


async def test_deleting_multiple_virtual_meeting_rooms(bot: Pexip, node: SimulatedPexip) -> None:
    for number in range(1, 67):
        node.objects.create("conference", {"name": f"VMR_{number}"})
    chosen = [room(number, f"VMR_{number}") for number in (5, 46, 47, 65)]
    assert await bot.delete_rooms(chosen) is Outcome.CONFIRMED
    [sent] = writes(node)
    assert (sent.method, sent.path) == ("PATCH", CONFERENCE)
    assert body(sent) == {
        "objects": [],
        "deleted_objects": [f"{CONFERENCE}5/", f"{CONFERENCE}46/", f"{CONFERENCE}47/", f"{CONFERENCE}65/"],
    }
    assert len(node.conferences()) == 62


async def test_deleting_all_resource_objects_cannot_be_asked_for(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    for vendor_id in ("", ".", "1/..", "?x", "#", "%2e%2e", "01", "99"):
        with pytest.raises((BadInput, NotFound)):
            await bot.get_room(vendor_id)
        with suppress(BadInput):
            assert await bot.delete_room(room(vendor_id)) is Outcome.ALREADY_SO  # a stale id: that object is gone
    with pytest.raises(BadInput):
        await bot.delete_rooms([])
    assert [one["name"] for one in node.conferences()] == ["VMR_1"]
    assert {one.path for one in writes(node)} <= {f"{CONFERENCE}99/"}


async def test_applying_a_theme_to_a_room(bot: Pexip, node: SimulatedPexip) -> None:
    """The last step of "Uploading a service theme"."""
    node.objects.create("ivr_theme", {"name": "New theme"})
    node.objects.create("conference", {"name": "VMR_1"})
    await bot.change_room(room(1), {"theme": "New theme"})
    [sent] = writes(node)
    assert body(sent) == {"ivr_theme": "/api/admin/configuration/v1/ivr_theme/1/"}
    assert node.room("VMR_1")["ivr_theme"] == "/api/admin/configuration/v1/ivr_theme/1/"
    await bot.change_room(room(1), {"theme": "off"})
    assert node.room("VMR_1")["ivr_theme"] is None
    with pytest.raises(NotFound, match="no ivr theme called Nothing"):
        await bot.change_room(room(1), {"theme": "Nothing"})
