"""The back end against a management node made of the real django-tastypie: rooms, aliases, pages, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.rooms import MOST_AT_ONCE
from bot.backends.pexip.signing import Basic
from bot.backends.pexip.transport import Transport
from bot.errors import AlreadySo, BadInput, BotError, NotFound, Refused, SignInFailed, Unavailable
from bot.model import Outcome, Room, VendorRoom
from tests.fakes.pexip import PASSWORD, guest, pexip_at, room, transport_at, wish
from tests.fakes.pexip_exchange import ask
from tests.fakes.pexip_requests import ALIASES, ROOMS, get, patch
from tests.fakes.tastypie_server import TastypieServer

CONFERENCE = configuration("conference")
STRANGE = (*("", ".", "..", "1/..", "/", "?", "?x", "#", "%2e%2e", "%2E", "1?x", "1#", "1/", " 1", "1 "), "１", "01")


@pytest.fixture
def real(session: aiohttp.ClientSession, tastypie: TastypieServer) -> Pexip:
    """The back end, signed in as the bot."""
    return pexip_at(session, tastypie.url)


@pytest.fixture
def transport(session: aiohttp.ClientSession, tastypie: TastypieServer) -> Transport:
    return transport_at(session, tastypie.url)


def kept(made: VendorRoom) -> Room:
    """The room as the bot keeps it."""
    return room(made.vendor_id, made.name)


async def fill(transport: Transport, count: int) -> None:
    """So many rooms, each with an alias; made in a few requests."""
    names = [f"Room {number:03}" for number in range(count)]
    for start in range(0, count, 50):
        part = names[start : start + 50]
        await transport.bulk(CONFERENCE, [{"name": one, "aliases": [{"alias": one[-3:]}]} for one in part])


async def rooms_left(transport: Transport) -> list[str]:
    return [str(one["name"]) async for one in transport.every(CONFERENCE)]


def as_account(session: aiohttp.ClientSession, url: str, name: str, password: str = PASSWORD) -> Pexip:
    """The back end, signed in as somebody else."""
    return pexip_at(session, url, sign_in=Basic(name, SecretStr(password)))


@pytest.mark.parametrize("kind", ["vmr", "auditorium", "reception", "playback", "test"])
async def test_a_room_of_each_type_is_made_found_and_deleted(real: Pexip, kind: str) -> None:
    made = await real.create_room(wish("Board", type=kind, alias="board,board@example.com", description="Monthly"))
    found = await real.get_room(made.vendor_id)
    assert (found.name, found.kind, found.facts["Aliases"]) == ("Board", kind, "board, board@example.com")
    for words in ("Board", "board", "BOARD@example.com", made.vendor_id):
        same = await real.find_room(words)
        assert same is not None
        assert same.vendor_id == made.vendor_id
    assert await real.delete_room(kept(made)) is Outcome.DONE
    assert await real.delete_room(kept(made)) is Outcome.ALREADY_SO
    assert await real.find_room("board@example.com") is None


async def test_pins_and_settings_are_set_and_a_pin_is_no_fact(real: Pexip) -> None:
    made = await real.create_room(wish("Board", pin="1234", guest_pin="5678", limit="7", owner="ann@example.org"))
    changed = await real.change_room(kept(made), {"pin": "4321", "description": "Weekly", "limit": "9"})
    assert changed.secrets == {"PIN": "4321", "Guest PIN": "5678"}
    assert "4321" not in str(changed.facts)
    assert changed.facts["Description"] == "Weekly"


async def test_the_address_is_made_of_the_first_alias_and_holds_no_pin(real: Pexip) -> None:
    made = await real.create_room(wish("Board", pin="1234", alias="board@example.com"))
    link = await real.join_link(kept(made), guest())
    assert link.reveal() == "https://join.example.org/webapp/m/board%40example.com"


async def test_a_name_that_there_is_makes_nothing(real: Pexip, transport: Transport) -> None:
    await real.create_room(wish("Board"))
    with pytest.raises(AlreadySo, match="has a room called Board already"):
        await real.create_room(wish("Board"))
    assert await rooms_left(transport) == ["Board"]


async def test_creating_a_room_never_takes_an_alias_from_another(
    session: aiohttp.ClientSession, tastypie: TastypieServer, real: Pexip
) -> None:
    """Tastypie itself would move it without a word, which is shown last."""
    await real.create_room(wish("Board", alias="Meet@example.com"))
    with pytest.raises(Refused, match=r"Meet@example\.com belongs to Board"):
        await real.create_room(wish("Thief", alias="new,meet@example.com"))
    assert await real.find_room("Thief") is None
    stolen = patch(ROOMS, {"objects": [{"name": "Thief", "aliases": [{"alias": "Meet@example.com"}]}]})
    assert (await ask(session, tastypie.url, stolen)).status == 202
    owner = (await ask(session, tastypie.url, get(ALIASES))).body["objects"][0]["conference"]
    assert owner == f"{ROOMS}2/"


async def test_aliases_are_added_removed_and_moved_one_by_one(real: Pexip) -> None:
    board = kept(await real.create_room(wish("Board", alias="board,meet")))
    other = kept(await real.create_room(wish("Other", alias="other")))
    with pytest.raises(Refused, match="meet belongs to Board"):
        await real.change_room(other, {"add_alias": "meet"})
    assert await real.holders(["meet", "nobody"]) == {"meet": "Board"}
    moved = await real.change_room(other, {"move_alias": "meet", "add_alias": "more", "remove_alias": "other"})
    assert moved.facts["Aliases"] == "meet, more"
    assert (await real.get_room(board.vendor_id)).facts["Aliases"] == "board"


async def test_several_rooms_are_made_changed_and_deleted_together(real: Pexip, transport: Transport) -> None:
    made = await real.create_rooms([wish("A", alias="a1,a2"), wish("B"), wish("C", type="auditorium")])
    assert [(one.name, one.kind) for one in made] == [("A", "vmr"), ("B", "vmr"), ("C", "auditorium")]
    changed = await real.change_rooms([kept(one) for one in made], {"description": "Ours", "pin": "1234"})
    assert [(one.facts["Description"], one.secrets) for one in changed] == [("Ours", {"PIN": "1234"})] * 3
    assert (await real.get_room(made[0].vendor_id)).facts["Aliases"] == "a1, a2"
    assert await real.delete_rooms([kept(one) for one in made[:2]]) is Outcome.CONFIRMED
    assert await rooms_left(transport) == ["C"]


async def test_of_several_rooms_all_or_none_are_changed(real: Pexip, transport: Transport) -> None:
    made = [kept(one) for one in await real.create_rooms([wish("A"), wish("B")])]
    await real.delete_room(made[1])
    with pytest.raises(NotFound):
        await real.change_rooms(made, {"description": "x"})
    with pytest.raises(NotFound):
        await real.delete_rooms(made)
    with pytest.raises(NotFound):  # also where the room goes between the look and the request
        await transport.bulk(CONFERENCE, [{"name": "C"}], [CONFERENCE.one(one.vendor_id) for one in made])
    with pytest.raises(BadInput, match=r"pin Length: 4-20|pin: Length: 4-20"):
        await transport.bulk(CONFERENCE, [{"name": "C"}, {"name": "D", "pin": "1"}])
    assert await rooms_left(transport) == ["A"]
    assert "Description" not in (await real.get_room(made[0].vendor_id)).facts


async def test_a_room_that_was_renamed_meanwhile_is_not_deleted_with_others(real: Pexip, transport: Transport) -> None:
    made = [kept(one) for one in await real.create_rooms([wish("A"), wish("B")])]
    await transport.change(CONFERENCE.one(made[1].vendor_id), {"name": "Board"})
    with pytest.raises(Refused, match="called Board there by now"):
        await real.delete_rooms(made)
    assert await rooms_left(transport) == ["A", "Board"]


async def test_more_than_250_rooms_are_listed_page_by_page_each_once(real: Pexip, transport: Transport) -> None:
    await fill(transport, 263)
    listed = await real.list_rooms()
    assert [one.name for one in listed] == [f"Room {number:03}" for number in range(263)]
    assert [one.facts["Aliases"] for one in listed] == [one.name[-3:] for one in listed]
    by_hand: list[str] = []
    for offset in range(0, 300, 100):
        page = await transport.page(CONFERENCE, {"order_by": "-name"}, limit=100, offset=offset)
        assert page.total == 263
        by_hand += [str(one["name"]) for one in page.objects]
    assert by_hand == [one.name for one in reversed(listed)]


async def test_rooms_are_filtered_by_words_and_type(real: Pexip, transport: Transport) -> None:
    await fill(transport, 30)
    await real.create_room(wish("Room 007 stage", type="auditorium"))

    async def names(words: str = "", kind: str = "") -> list[str]:
        return [one.name for one in await real.list_rooms(words, kind)]

    assert await names("ROOM 00", "vmr") == [f"Room {number:03}" for number in range(10)]
    assert await names("007") == ["Room 007", "Room 007 stage"]
    assert await names(kind="auditorium") == await names(kind="lecture") == ["Room 007 stage"]
    assert await names("nowhere") == await names(kind="webinar") == []


async def test_an_ignored_filter_finds_nothing_instead_of_everything(transport: Transport) -> None:
    await fill(transport, 3)
    assert await transport.exact(CONFERENCE, "no_such_field", "x") == ()
    assert (await transport.page(CONFERENCE, {"nmae": "Room 001"})).total == 3
    assert [one["name"] for one in await transport.exact(CONFERENCE, "name", "Room 001")] == ["Room 001"]


async def test_no_strange_id_reaches_more_than_nothing(real: Pexip, transport: Transport) -> None:
    await fill(transport, 3)
    for strange in STRANGE:
        for call in (real.get_room(strange), real.delete_room(room(strange)), real.change_room(room(strange), {})):
            with pytest.raises(BadInput):
                await call
        with pytest.raises(BotError):
            await real.delete_rooms([room(1, "Room 000"), room(strange)])
    with pytest.raises(NotFound):
        await real.get_room("99")
    assert await real.delete_room(room("99")) is Outcome.ALREADY_SO
    assert await rooms_left(transport) == ["Room 000", "Room 001", "Room 002"]


async def test_the_words_of_a_refusal_are_the_nodes_own_by_field(transport: Transport) -> None:
    await transport.create(CONFERENCE, {"name": "Board"})
    with pytest.raises(BadInput) as caught:
        await transport.create(CONFERENCE, {"name": "Board", "pin": "12", "service_type": "webinar"})
    said = str(caught.value)
    assert "Conference with this Name already exists." in said
    assert "Length: 4-20 digits, including any terminal #." in said
    assert "Value 'webinar' is not a valid choice." in said
    with pytest.raises(BadInput, match="Could not find the provided conference object"):
        await transport.create(configuration("automatic_participant"), {"alias": "x", "conference": [f"{ROOMS}9/"]})
    with pytest.raises(BadInput, match="positive integer >= 0"):
        await transport.page(CONFERENCE, offset=-1)
    with pytest.raises(BadInput, match="“junk” value must be either True or False"):
        await transport.page(CONFERENCE, {"allow_guests": "junk"})


async def refused_by(calls: Sequence[Any]) -> list[str]:
    """What each of them was told."""
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, SignInFailed) for one in told), told
    return [str(one) for one in told]


async def test_who_is_signed_out_is_told_so_by_every_call(
    session: aiohttp.ClientSession, tastypie: TastypieServer, real: Pexip
) -> None:
    made = kept(await real.create_room(wish("Board")))
    stranger = as_account(session, tastypie.url, "slackbot", "wr0ng-pass-never-shown")
    told = await refused_by(
        [
            *(stranger.list_rooms(), stranger.get_room("1"), stranger.find_room("Board"), stranger.delete_room(made)),
            *(stranger.create_room(wish("New")), stranger.change_room(made, {"pin": "1234"})),
        ]
    )
    assert all("signed out" in one and "pass" not in one for one in told)


async def test_an_empty_list_is_not_believed_of_an_account_that_may_not_read(
    session: aiohttp.ClientSession, tastypie: TastypieServer, real: Pexip
) -> None:
    made = kept(await real.create_room(wish("Board")))
    nobody = as_account(session, tastypie.url, "nobody")
    await refused_by([nobody.list_rooms(), nobody.list_rooms("Board"), nobody.create_room(wish("New"))])
    reader = as_account(session, tastypie.url, "reader")
    assert [one.name for one in await reader.list_rooms()] == ["Board"]
    assert await reader.list_rooms("nowhere") == []
    await refused_by(
        [reader.delete_room(made), reader.create_room(wish("New")), reader.change_room(made, {"tag": "x"})]
    )
    assert [one.name for one in await real.list_rooms()] == ["Board"]


async def test_a_throttled_node_is_busy_for_a_while_and_nothing_is_done(
    tastypie: TastypieServer, real: Pexip, transport: Transport
) -> None:
    made = kept(await real.create_room(wish("Board")))
    tastypie.limit(1)
    assert await rooms_left(transport) == ["Board"]
    for call in (real.list_rooms(), real.delete_room(made), transport.create(CONFERENCE, {"name": "New"})):
        with pytest.raises(Unavailable, match=r"busy; try again in \d+ s"):
            await call
    tastypie.limit()
    assert await rooms_left(transport) == ["Board"]


async def test_no_more_than_twenty_rooms_are_handled_at_once(real: Pexip) -> None:
    with pytest.raises(BadInput, match="1 to 20 rooms at once"):
        await real.create_rooms([wish(f"R{number}") for number in range(MOST_AT_ONCE + 1)])


async def test_the_node_is_in_health_and_says_how_many_resources_it_has(real: Pexip) -> None:
    health = await real.health()
    assert (health.ok, health.facts) == (True, {"resources": "14"})


async def test_an_account_that_may_not_read_is_not_in_health(
    session: aiohttp.ClientSession, tastypie: TastypieServer
) -> None:
    """Tastypie shows the list of its resources to anybody."""
    for name, password in (("slackbot", "wr0ng-pass-never-shown"), ("nobody", PASSWORD)):
        health = await as_account(session, tastypie.url, name, password).health()
        assert (health.ok, "signed out" in health.problem) == (False, True)
