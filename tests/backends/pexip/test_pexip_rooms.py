"""Rooms beyond the seed's examples: options, aliases, paging, addresses, and what happens when the node misbehaves."""

from __future__ import annotations

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.aliases import slug
from bot.backends.pexip.signing import Basic
from bot.errors import (
    AlreadySo,
    BackendError,
    BadInput,
    BotError,
    NotFound,
    NotSupported,
    Refused,
    SignInFailed,
    Unavailable,
    UnknownOutcome,
)
from bot.model import Outcome
from bot.play.vendors.pexip import HTML, Fault, SimulatedPexip
from tests.fakes.pexip import CONFERENCE, PASSWORD, PatientClock, guest, pexip_at, room, wish

WRONG_OPTIONS = {
    "unknown": ({"lobby": "yes"}, r"has no lobby=; it takes .*guest_pin="),
    "type": ({"type": "webinar"}, "type= is vmr, auditorium"),
    "short pin": ({"pin": "123"}, "pin= is 4 to 20 digits"),
    "pin with letters": ({"pin": "12a4"}, "pin= is 4 to 20 digits"),
    "long pin": ({"pin": "1" * 21}, "pin= is 4 to 20 digits"),
    "guest pin alone": ({"guest_pin": "1234"}, "Guests need a room with a host PIN"),
    "guests alone": ({"guests": "yes"}, "Guests need a room with a host PIN"),
    "same pins": ({"pin": "1234", "guest_pin": "1234"}, "must differ"),
    "one #": ({"pin": "1234#", "guest_pin": "5678"}, "Either both PINs end with # or neither"),
    "guests": ({"guests": "maybe"}, "guests= is yes or no"),
    "limit": ({"limit": "0"}, "limit= is a number from 1"),
    "owner": ({"owner": "ann"}, "not an e-mail address"),
    "view": ({"view": "grid"}, "view= is one of one_main_zero_pips"),
    "playlist": ({"playlist": "Films"}, "playlist= goes with type=playback"),
    "description": ({"description": "x" * 251}, "description= has at most 250 letters"),
    "alias with a space": ({"alias": "a b"}, "An alias is one word"),
    "too many aliases": ({"alias": ",".join(f"a{n}" for n in range(51))}, "At most 50 aliases"),
}


@pytest.mark.parametrize(("options", "words"), WRONG_OPTIONS.values(), ids=list(WRONG_OPTIONS))
async def test_a_wrong_option_is_named_and_nothing_is_made(
    bot: Pexip, node: SimulatedPexip, options: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        await bot.create_room(wish("VMR_1", **options))
    assert node.conferences() == []
    assert options.get("pin", "\0") not in str(caught.value)


async def test_all_options_become_the_fields_of_the_room(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("media_library_playlist", {"name": "Films"})
    node.objects.create("ivr_theme", {"name": "Dark"})
    made = await bot.create_room(
        wish(
            "Board",
            type="playback",
            pin="1234",
            guest_pin="5678",
            theme="Dark",
            playlist="Films",
            limit="7",
            owner="ann@example.org",
            description="Monthly",
            tag="board",
            view="four_mains_zero_pips",
            guest_view="one_main_zero_pips",
        )
    )
    shown = node.room("Board")
    assert (shown["pin"], shown["guest_pin"], shown["allow_guests"]) == ("1234", "5678", True)
    assert (shown["participant_limit"], shown["primary_owner_email_address"]) == (7, "ann@example.org")
    assert (shown["host_view"], shown["guest_view"]) == ("four_mains_zero_pips", "one_main_zero_pips")
    assert shown["media_playlist"] == "/api/admin/configuration/v1/media_library_playlist/1/"
    assert (shown["description"], shown["tag"]) == ("Monthly", "board")
    assert made.secrets == {}  # what is kept of a creation holds no PIN
    assert "1234" not in repr(made)
    assert "5678" not in repr(made)


async def test_a_room_without_a_wish_for_aliases_can_be_called_by_its_name(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.create_room(wish("Team Sync"))
    await bot.create_room(wish("Team-Sync!"))
    assert [one["aliases"][0]["alias"] for one in node.conferences()] == ["team-sync", "team-sync-2"]


@given(st.text(max_size=80))
def test_a_name_becomes_an_alias_that_anybody_can_type(name: str) -> None:
    made = slug(name)
    assert made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(made) <= 60


async def test_a_name_that_is_taken_is_told_and_nothing_is_made(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    with pytest.raises(AlreadySo, match="has a room called VMR_1 already"):
        await bot.create_room(wish("VMR_1"))
    assert len(node.conferences()) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 251, "a\x00b"])
async def test_a_name_that_the_node_would_not_take(bot: Pexip, node: SimulatedPexip, name: str) -> None:
    with pytest.raises(BadInput, match="1 to 250 letters"):
        await bot.create_room(wish(name, alias="off"))
    assert node.conferences() == []


# --- finding --------------------------------------------------------------------------------------------------------


async def test_hundreds_of_rooms_are_listed_page_by_page(bot: Pexip, node: SimulatedPexip) -> None:
    for number in range(450):
        node.objects.create("conference", {"name": f"VMR {number:03}", "service_type": "conference"})
    listed = await bot.list_rooms()
    assert [one.name for one in listed] == [f"VMR {number:03}" for number in range(450)]
    pages = [one.query for one in node.requests if one.path == CONFERENCE]
    assert [query.rpartition("offset=")[2] for query in pages] == ["0", "200", "400"]


async def test_rooms_are_found_by_words_of_their_name(bot: Pexip, node: SimulatedPexip) -> None:
    for name in ("Board", "Keyboard", "Sales"):
        node.objects.create("conference", {"name": name})
    assert [one.name for one in await bot.list_rooms("BOARD")] == ["Board", "Keyboard"]
    assert await bot.list_rooms("board", "presentation") == []


async def test_one_room_is_found_by_number_name_or_alias(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "Board", "aliases": [{"alias": "meet@example.com"}]})
    node.objects.create("conference", {"name": "board"})
    node.objects.create("conference", {"name": "Sales"})
    found = [await bot.find_room(words) for words in ("1", "board", "Board", "SALES", "MEET@example.com")]
    assert [one.vendor_id if one else None for one in found] == ["1", "2", "1", "3", "1"]
    for words in ("BOARD", "nothing", "", ".", "1/..", "?x", "meet", "\x00", "99"):
        assert await bot.find_room(words) is None


async def test_an_account_that_may_not_look_never_says_that_there_are_no_rooms(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    blind = pexip_at(session, node.url, sign_in=Basic("nobody", SecretStr(PASSWORD)))
    with pytest.raises(SignInFailed, match="does not permit"):
        await blind.list_rooms()
    with pytest.raises(SignInFailed):
        await blind.participants(room(1))


async def test_an_account_that_may_only_read_is_told_so(session: aiohttp.ClientSession, node: SimulatedPexip) -> None:
    reader = pexip_at(session, node.url, sign_in=Basic("reader", SecretStr(PASSWORD)))
    with pytest.raises(SignInFailed, match="its role there does not permit it"):
        await reader.create_room(wish("VMR_1"))
    assert node.conferences() == []


# --- aliases --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_rooms(node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1", "aliases": [{"alias": "one"}, {"alias": "uno"}]})
    node.objects.create("conference", {"name": "VMR_2", "aliases": [{"alias": "two"}]})


def aliases(node: SimulatedPexip, name: str) -> list[str]:
    return [one["alias"] for one in node.room(name)["aliases"]]


@pytest.mark.usefixtures("two_rooms")
async def test_an_alias_of_another_room_is_not_added_but_named(bot: Pexip, node: SimulatedPexip) -> None:
    with pytest.raises(Refused, match=r"two belongs to VMR_2\. Only set … move_alias="):
        await bot.change_room(room(1), {"add_alias": "three,TWO"})
    assert aliases(node, "VMR_1") == ["one", "uno"]


@pytest.mark.usefixtures("two_rooms")
async def test_an_alias_is_moved_from_the_room_that_has_it(bot: Pexip, node: SimulatedPexip) -> None:
    assert await bot.holders(["two,ONE,free"]) == {"two": "VMR_2", "one": "VMR_1"}
    changed = await bot.change_room(room(1), {"move_alias": "two"})
    assert changed.facts["Aliases"] == "one, uno, two"
    assert aliases(node, "VMR_2") == []
    sent = [one for one in node.requests if one.method != "GET"]
    assert [(one.method, one.path) for one in sent] == [("PATCH", "/api/admin/configuration/v1/conference_alias/3/")]


@pytest.mark.usefixtures("two_rooms")
async def test_aliases_are_removed_one_by_one_and_only_the_rooms_own(bot: Pexip, node: SimulatedPexip) -> None:
    with pytest.raises(NotFound, match="has no alias two"):
        await bot.change_room(room(1), {"remove_alias": "uno,two"})
    assert aliases(node, "VMR_1") == ["one", "uno"]
    await bot.change_room(room(1), {"remove_alias": "uno", "add_alias": "eins", "description": "x"})
    assert aliases(node, "VMR_1") == ["one", "eins"]
    with pytest.raises(BadInput, match="not two of these"):
        await bot.change_room(room(1), {"remove_alias": "one", "add_alias": "one"})


@pytest.mark.usefixtures("two_rooms")
async def test_what_was_done_in_part_is_said(bot: Pexip, node: SimulatedPexip) -> None:
    changes = {"add_alias": "first,second", "description": "new"}
    node.write_faults.add(Fault(), times=2)  # the settings and the first alias go well
    node.write_faults.add(Fault(status=503, acts=False))
    with pytest.raises(
        BackendError, match="The settings were changed, the aliases were not: Only in part: first added"
    ):
        await bot.change_room(room(1), changes)
    assert node.room("VMR_1")["description"] == "new"


@pytest.mark.usefixtures("two_rooms")
async def test_addresses_of_the_web_app_lead_to_their_room(bot: Pexip, node: SimulatedPexip) -> None:
    assert bot.room_in("https://join.example.org/webapp/m/two") == "two"  # not read yet: found by the alias
    await bot.list_rooms()
    assert bot.room_in("https://join.example.org/webapp/m/two") == "2"
    assert bot.room_in("  https://join.example.org/webapp/m/TWO ") == "2"
    assert bot.room_in("uno") == "1"
    for words in ("https://join.example.org/webapp/m/", "https://evil.example.org/webapp/m/two", "m/two", "nobody", ""):
        assert bot.room_in(words) is None
    assert bot.room_in("https://join.example.org/webapp/m/two/../one") is None
    await bot.change_room(room(1), {"move_alias": "two"})
    assert bot.room_in("two") == "1"
    await bot.change_room(room(1), {"remove_alias": "two"})
    assert bot.room_in("two") is None


async def test_everybody_gets_the_same_address_and_never_the_pin(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_1", "pin": "73311337", "aliases": [{"alias": "ö@x.org"}]})
    link = await bot.join_link(room(1), guest())
    assert link.reveal() == "https://join.example.org/webapp/m/%C3%B6%40x.org"
    assert (link.personal, link.expires_at, link.claims) == (False, None, None)
    assert not bot.personal_links
    node.objects.create("conference", {"name": "VMR_2"})
    with pytest.raises(NotSupported, match="has no alias, so nobody can join it"):
        await bot.join_link(room(2, "VMR_2"), guest())


async def test_without_a_web_app_there_is_no_address(session: aiohttp.ClientSession, node: SimulatedPexip) -> None:
    bare = pexip_at(session, node.url, webapp_url=None)
    with pytest.raises(NotSupported, match="has no webapp_url"):
        await bare.join_link(room(1), guest())
    assert bare.room_in("anything") is None


# --- several --------------------------------------------------------------------------------------------------------


async def test_of_several_rooms_all_are_made_or_none(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.create("conference", {"name": "VMR_2", "aliases": [{"alias": "two"}]})
    for wishes, error in (
        ([wish("VMR_1"), wish("VMR_2")], AlreadySo),
        ([wish("VMR_1"), wish("VMR_3", alias="two")], Refused),
        ([wish("VMR_1", alias="x"), wish("VMR_3", alias="X")], BadInput),
        ([wish("VMR_1"), wish("VMR_1")], AlreadySo),
        ([wish(f"R{n}") for n in range(21)], BadInput),
    ):
        with pytest.raises(error):
            await bot.create_rooms(wishes)
    assert [one["name"] for one in node.conferences()] == ["VMR_2"]


async def test_a_room_that_was_renamed_meanwhile_is_not_deleted_with_others(bot: Pexip, node: SimulatedPexip) -> None:
    for name in ("VMR_1", "VMR_2"):
        node.objects.create("conference", {"name": name})
    node.objects.change("conference", 2, {"name": "Payroll"})
    chosen = [room(1), room(2, "VMR_2")]
    with pytest.raises(Refused, match=r"pexip/vmr_2 is called Payroll there by now"):
        await bot.delete_rooms(chosen)
    with pytest.raises(Refused):
        await bot.change_rooms(chosen, {"limit": "3"})
    node.objects.delete("conference", 2)
    with pytest.raises(NotFound):
        await bot.delete_rooms(chosen)
    assert [one["name"] for one in node.conferences()] == ["VMR_1"]


async def test_names_and_aliases_are_not_changed_for_several_rooms(bot: Pexip, node: SimulatedPexip) -> None:
    for name in ("VMR_1", "VMR_2"):
        node.objects.create("conference", {"name": name})
    for key in ("name", "add_alias", "remove_alias", "move_alias"):
        with pytest.raises(BadInput, match=f"{key}= goes with one room at a time"):
            await bot.change_rooms([room(1), room(2, "VMR_2")], {key: "x"})


# --- faults ---------------------------------------------------------------------------------------------------------

LOST = Fault(reset_after=0)
LOST_BEFORE = Fault(reset_after=0, acts=False)


@pytest.mark.parametrize(
    "fault",
    [LOST, Fault(status=500, body="<html>oops</html>"), Fault(status=200, body="<html></html>"), Fault(status=504)],
)
async def test_a_room_that_was_made_without_a_clear_answer_is_found_and_made_once(
    session: aiohttp.ClientSession, node: SimulatedPexip, fault: Fault
) -> None:
    bot = pexip_at(session, node.url)
    node.write_faults.add(fault)
    made = await bot.create_room(wish("VMR_1", alias="meet"))
    assert (made.vendor_id, made.name) == ("1", "VMR_1")
    assert sum(one.method == "POST" for one in node.requests) == 1


async def test_a_room_that_was_perhaps_not_made_is_unknown_and_not_sent_again(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    node.write_faults.add(LOST_BEFORE)
    with pytest.raises(UnknownOutcome):
        await pexip_at(session, node.url).create_room(wish("VMR_1", alias="meet"))
    assert sum(one.method == "POST" for one in node.requests) == 1


async def test_a_deletion_whose_answers_were_all_lost_is_looked_up(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    node.objects.create("conference", {"name": "VMR_1"})
    node.faults.add(Fault(status=500), times=1)
    assert await pexip_at(session, node.url).delete_room(room(1)) is Outcome.CONFIRMED
    node.objects.create("conference", {"name": "VMR_2"})
    node.faults.add(Fault(status=500, acts=False), times=1)
    with pytest.raises(UnknownOutcome):
        await pexip_at(session, node.url).delete_room(room(2, "VMR_2"))


async def test_a_bulk_change_whose_answer_was_lost_is_looked_up(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    for name in ("VMR_1", "VMR_2"):
        node.objects.create("conference", {"name": name})
    rooms = [room(1), room(2, "VMR_2")]
    bot = pexip_at(session, node.url)
    node.write_faults.add(LOST)
    assert len(await bot.change_rooms(rooms, {"limit": "5", "guests": "no"})) == 2
    node.write_faults.add(LOST_BEFORE)
    with pytest.raises(UnknownOutcome):
        await bot.change_rooms(rooms, {"limit": "6"})
    node.write_faults.add(LOST)
    assert await bot.delete_rooms(rooms) is Outcome.CONFIRMED


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=429, retry_after=30, acts=False), Unavailable),
        (Fault(status=503, acts=False), Unavailable),
        (Fault(status=500, acts=False), Unavailable),
        (Fault(status=401, acts=False), SignInFailed),
        (Fault(status=403, acts=False), SignInFailed),
        (Fault(status=404, acts=False), NotFound),
        (HTML, BackendError),
        (Fault(status=200, body="", acts=False), BackendError),
        (LOST_BEFORE, Unavailable),
    ],
)
async def test_a_reading_that_fails_says_why_and_what_to_do(
    session: aiohttp.ClientSession, node: SimulatedPexip, fault: Fault, kind: type[BotError]
) -> None:
    node.faults.add(fault, times=3)
    bot = pexip_at(session, node.url)
    with pytest.raises(kind) as caught:
        await bot.get_room("1")
    assert "<" not in str(caught.value)
    node.faults.coming.clear()
    node.faults.add(fault, times=3)
    health = await bot.health()
    assert not health.ok
    assert health.problem


async def test_a_healthy_node_counts_its_resources(bot: Pexip, clock: PatientClock) -> None:
    health = await bot.health()
    assert health.ok
    assert int(health.facts["resources"]) > 5
