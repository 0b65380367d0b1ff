"""Pexip, from what people type in Slack to what the management node receives, and back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from tests.fakes.databases import kept_in
from tests.fakes.pexip import CONFERENCE
from tests.fakes.world import GRANTS, World, world

OPS, TEAM = "C0OPS", "C0TEAM"
PIN, OTHER_PIN = "73519264", "60214487"


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """The world with a management node in it."""
    async with world(tmp_path, with_pexip=True) as one:
        one.secrets |= {"PIN": PIN, "other PIN": OTHER_PIN}
        yield one


async def make(w: World, line: str = "create pexip/standup alias=standup") -> dict[str, Any]:
    """A room made by an operator."""
    await w.slash(OMAR, OPS, line)
    await w.told(OMAR, f"Made *{line.split()[1]}*")
    return w.pexip.conferences()[-1]


def given(w: World) -> list[str]:
    """The commands of the command API that arrived."""
    start = "/api/admin/command/v1/"
    return [one.path.removeprefix(start).rstrip("/") for one in w.pexip.requests if one.path.startswith(start)]


def writes(w: World) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in w.pexip.requests if one.method != "GET"]


async def card(w: World, words: str) -> Message:
    return await w.posted(OPS, words)


# --- rooms ----------------------------------------------------------------------------------------------------------


async def test_an_operator_makes_a_room_and_everybody_gets_the_same_link(w: World) -> None:
    await w.slash(OMAR, OPS, f"create pexip/standup type=auditorium pin={PIN} alias=standup@example.org")
    told = await w.told(OMAR, "ready in about a minute")
    assert "Made *pexip/standup*" in text_of(told)
    made = w.pexip.room("standup")
    assert (made["service_type"], made["pin"]) == ("lecture", PIN)
    shown = await w.posted(OPS, "standup")
    assert list(buttons_of(shown)) == ["Join"]
    links = set()
    for person in (MIA, SARA):
        await w.click(person, shown, "Join")
        answer = await w.told(person, "The same link for everybody here")
        assert "ready in about a minute" in text_of(answer)
        links.add(w.link_of(answer))
    assert links == {w.pexip.webapp_url.replace("{alias}", "standup%40example.org")}


async def test_a_member_may_not_make_rooms_on_pexip_but_elsewhere(w: World) -> None:
    await w.slash(MIA, OPS, "create pexip/standup")
    await w.told(MIA, "You can't create rooms here. It needs Backends Read/Write")
    assert w.pexip.conferences() == []
    await w.slash(MIA, OPS, "help create")
    await w.told(MIA, "On pexip also: Backends Read/Write Access")
    await w.slash(MIA, OPS, "create jaas/standup")
    await w.told(MIA, "Made")


async def test_rooms_of_a_type_are_listed_page_by_page(w: World) -> None:
    for number in range(45):
        w.pexip.objects.create("conference", {"name": f"VMR {number:02}"})
    w.pexip.objects.create("conference", {"name": "Lecture", "service_type": "lecture"})
    await w.slash(SARA, OPS, "rooms pexip type=vmr")
    first = await w.told(SARA, "Rooms 1–20 of 45")
    assert "pexip/VMR 00" in text_of(first)
    assert "Lecture" not in text_of(first)
    await w.click(SARA, first, "More")
    second = await w.told(SARA, "Rooms 21–40 of 45")
    assert "pexip/VMR 20" in text_of(second)
    await w.click(SARA, second, "More")
    last = await w.told(SARA, "Rooms 41–45 of 45")
    assert "More" not in buttons_of(last)
    await w.slash(SARA, OPS, "rooms pexip lect")
    await w.told(SARA, "pexip/Lecture")
    await w.slash(SARA, OPS, "rooms pexip page=9")
    await w.told(SARA, "page= is a number from 1 to 3")


async def test_a_pin_is_shown_to_an_operator_alone_and_kept_out_of_everything_else(w: World) -> None:
    await make(w, f"create pexip/standup pin={PIN}")
    await w.slash(OMAR, OPS, "show standup")
    shown = await w.told(OMAR, "only for you")
    w.secrets.pop("PIN")  # from here on the test itself reads it
    assert PIN in text_of(shown)
    await w.slash(VERA, OPS, "show standup")
    answer = await w.told(VERA, "pexip/standup")
    assert PIN not in text_of(answer)


async def test_settings_of_several_rooms_are_changed_together_after_a_look(w: World) -> None:
    for name in ("alpha", "beta"):
        await make(w, f"create pexip/{name}")
    await w.slash(OMAR, OPS, "set alpha beta limit=12")
    question = await w.told(OMAR, "Change 2 rooms")
    assert "pexip/alpha" in text_of(question)
    assert [one["participant_limit"] for one in w.pexip.conferences()] == [None, None]
    await w.click(OMAR, question, "Change")
    await w.told(OMAR, "Changed *pexip/alpha*, *pexip/beta*: limit=12")
    assert [one["participant_limit"] for one in w.pexip.conferences()] == [12, 12]
    assert writes(w)[-1] == ("PATCH", CONFERENCE)


async def test_several_rooms_are_made_together_after_a_look(w: World) -> None:
    await w.slash(OMAR, OPS, 'create pexip/VMR_1 also=VMR_2 alias="{name}@example.com" type=vmr')
    question = await w.told(OMAR, "Make 2 rooms of type vmr: *pexip/VMR_1*, *pexip/VMR_2*?")
    assert w.pexip.conferences() == []
    await w.click(OMAR, question, "Create")
    await w.told(OMAR, "Made *pexip/VMR_1*, *pexip/VMR_2*")
    aliases = {one["name"]: one["aliases"][0]["alias"] for one in w.pexip.conferences()}
    assert aliases == {"VMR_1": "VMR_1@example.com", "VMR_2": "VMR_2@example.com"}
    assert writes(w) == [("PATCH", CONFERENCE)]
    await w.slash(OMAR, OPS, "create jaas/a also=b")
    await w.told(OMAR, "jaas makes one room at a time. Several at once: pexip")


async def test_a_pin_for_several_rooms_is_on_no_button_and_in_no_record(w: World) -> None:
    await w.slash(OMAR, OPS, f"create pexip/alpha also=beta pin={PIN}")
    await w.click(OMAR, await w.told(OMAR, "Make 2 rooms"), "Create")
    await w.told(OMAR, "Made *pexip/alpha*, *pexip/beta*")
    assert {one["pin"] for one in w.pexip.conferences()} == {PIN}
    await w.slash(OMAR, OPS, f"set alpha beta pin={OTHER_PIN}")
    question = await w.told(OMAR, "Change 2 rooms")
    assert OTHER_PIN not in repr(question)
    await w.click(OMAR, question, "Change")
    await w.told(OMAR, "Changed *pexip/alpha*, *pexip/beta*: pin=…")
    assert {one["pin"] for one in w.pexip.conferences()} == {OTHER_PIN}
    await make(w, f"create pexip/gamma pin={PIN}")
    assert w.pexip.room("gamma")["pin"] == PIN
    kept = kept_in(w.folder)
    assert PIN.encode() not in kept
    assert OTHER_PIN.encode() not in kept


async def test_several_rooms_are_deleted_together_after_two_approvals_that_name_them(tmp_path: Path) -> None:
    second = f'[[grants]]\nrole = "ADMINISTRATOR"\nusers = ["{MAX}"]\n'
    async with world(tmp_path, with_pexip=True, grants=GRANTS + second) as w:
        for name in ("alpha", "beta", "gamma"):
            await make(w, f"create pexip/{name}")
        await w.slash(OMAR, OPS, "delete alpha beta")
        asked = await card(w, "Approval: delete")
        assert "pexip/alpha" in text_of(asked)
        assert "pexip/beta" in text_of(asked)
        await w.click(SARA, asked, "Approve")
        await w.until(lambda: w.says(asked, f"<@{SARA}>"))
        assert len(w.pexip.conferences()) == 3
        await w.click(MAX, asked, "Approve")
        await w.until(lambda: w.says(asked, "confirmed"))
        assert [one["name"] for one in w.pexip.conferences()] == ["gamma"]
        assert writes(w)[-1] == ("PATCH", CONFERENCE)


async def test_two_approvals_that_nobody_could_give_are_refused_at_once(w: World) -> None:
    for name in ("alpha", "beta"):
        await make(w, f"create pexip/{name}")
    await w.slash(OMAR, OPS, "delete alpha beta")
    await w.told(OMAR, "Nobody could ever approve this")
    assert len(w.pexip.conferences()) == 2


async def test_one_room_is_deleted_after_an_approval(w: World) -> None:
    await make(w)
    await w.slash(OMAR, OPS, "delete standup")
    asked = await card(w, "Approval: delete")
    assert w.pexip.conferences() != []
    await w.click(SARA, asked, "Approve")
    await w.until(lambda: w.says(asked, "done"))
    assert w.pexip.conferences() == []


# --- aliases --------------------------------------------------------------------------------------------------------


async def test_an_alias_is_moved_only_after_an_approval_that_names_who_loses_it(w: World) -> None:
    await make(w)
    w.pexip.objects.create("conference", {"name": "Board", "aliases": [{"alias": "meet@example.com"}]})
    await w.slash(OMAR, OPS, "set standup add_alias=meet@example.com")
    await w.told(OMAR, "meet@example.com belongs to Board")
    await w.slash(OMAR, OPS, "set standup move_alias=meet@example.com")
    asked = await card(w, "Approval: set")
    assert "meet@example.com of Board" in text_of(asked)
    assert [one["alias"] for one in w.pexip.room("Board")["aliases"]] == ["meet@example.com"]
    await w.click(OMAR, asked, "Approve")
    await w.told(OMAR, "can't approve your own request")
    await w.click(SARA, asked, "Approve")
    await w.until(lambda: w.says(asked, "done"))
    assert w.pexip.room("Board")["aliases"] == []
    assert [one["alias"] for one in w.pexip.room("standup")["aliases"]] == ["standup", "meet@example.com"]


async def test_an_approval_to_take_an_alias_from_one_room_does_not_take_it_from_another(w: World) -> None:
    await make(w)
    w.pexip.objects.create("conference", {"name": "Board", "aliases": [{"alias": "meet"}]})
    w.pexip.objects.create("conference", {"name": "Payroll"})
    await w.slash(OMAR, OPS, "set standup move_alias=meet")
    asked = await card(w, "Approval: set")
    [alias] = [key for key, row in w.pexip.objects.rows["conference_alias"].items() if row["alias"] == "meet"]
    payroll = next(one for one in w.pexip.conferences() if one["name"] == "Payroll")
    w.pexip.objects.change("conference_alias", alias, {"conference": payroll["resource_uri"]})
    await w.click(SARA, asked, "Approve")
    await w.until(lambda: w.says(asked, "refused"))
    assert w.says(asked, "is now meet of Payroll; ask again")
    assert [one["alias"] for one in w.pexip.room("Payroll")["aliases"]] == ["meet"]


async def test_a_free_alias_needs_nobody_and_other_changes_do_not_go_with_a_move(w: World) -> None:
    await make(w)
    await w.slash(OMAR, OPS, "set standup move_alias=free")
    await w.told(OMAR, "Changed")
    assert [one["alias"] for one in w.pexip.room("standup")["aliases"]] == ["standup", "free"]
    await w.slash(OMAR, OPS, "set standup move_alias=x limit=3")
    await w.told(OMAR, "move_alias= goes alone")


async def test_a_room_is_found_by_its_alias_and_by_its_address(w: World) -> None:
    await make(w, "create pexip/standup alias=meet@example.org")
    for words in ("meet@example.org", w.pexip.webapp_url.replace("{alias}", "meet%40example.org")):
        seen = len(w.slack.workspace.ephemerals(user=MIA))
        await w.slash(MIA, OPS, f"show {words}")
        await w.until(lambda seen=seen: len(w.slack.workspace.ephemerals(user=MIA)) > seen)  # type: ignore[misc]
        assert "pexip/standup" in text_of(w.slack.workspace.ephemerals(user=MIA)[-1])
    await w.slash(MIA, TEAM, "show meet@example.org")
    await w.told(MIA, "I know no room called")


# --- meetings -------------------------------------------------------------------------------------------------------


async def test_who_is_in_and_removing_the_right_one_is_confirmed(w: World) -> None:
    await make(w)
    w.pexip.join("standup", "Ann Lee")
    other = w.pexip.join("standup", "Ann Lee")
    await w.slash(OMAR, OPS, "who standup")
    listed = await w.told(OMAR, "2 people are in")
    assert "name not verified" in text_of(listed)
    await w.slash(OMAR, OPS, "kick standup Ann Lee")
    await w.told(OMAR, "pick one")
    assert len(w.pexip.meetings.legs()) == 2
    await w.slash(OMAR, OPS, f"kick standup id:{other.id}")
    await w.posted(OPS, "confirmed")
    assert other.id not in {leg.id for leg in w.pexip.meetings.legs()}
    assert len(w.pexip.meetings.legs()) == 1


async def test_all_guests_or_one_person_are_muted_and_unmuted(w: World) -> None:
    await w.slash(OMAR, OPS, f'create pexip/"the \\"daily\\"" alias=standup pin={PIN} guest_pin=11112222')
    await w.told(OMAR, "Made")
    ann, gus = w.pexip.join("standup", "Ann", PIN), w.pexip.join("standup", "Gus", "11112222")
    await w.slash(OMAR, OPS, "mute standup")
    posted = await w.posted(OPS, "Muted all guests")
    assert (ann.muted, gus.muted) == (False, True)
    await w.click(OMAR, posted, "Unmute")
    await w.posted(OPS, "Unmuted all guests")
    await w.slash(OMAR, OPS, "mute standup Gus")
    await w.posted(OPS, "Muted *Gus*")
    assert given(w) == ["conference/mute_guests", "conference/unmute_guests", "participant/mute"]
    await w.slash(OMAR, OPS, "unmute standup gus")
    await w.posted(OPS, "Unmuted *Gus*")
    assert not gus.muted
    await w.slash(OMAR, OPS, "promote standup Gus")
    await w.click(OMAR, await w.posted(OPS, "is a host in"), "Make guest")
    await w.posted(OPS, "is a guest in")


async def test_a_locked_meeting_lets_in_whom_somebody_admits_and_makes_a_host(w: World) -> None:
    await make(w, f"create pexip/standup alias=standup pin={PIN} guests=yes")
    w.pexip.join("standup", "Ann", PIN)
    await w.slash(OMAR, OPS, "lock standup")
    await w.posted(OPS, "pexip lets nobody in")
    gus = w.pexip.join("standup", "Gus", "")
    assert gus.service_type == "waiting_room"
    await w.slash(OMAR, OPS, "who standup")
    await w.told(OMAR, "1 in, 1 waiting to be let in")
    await w.slash(OMAR, OPS, "admit standup")
    await w.posted(OPS, "Let *Gus* into")
    assert gus.service_type == "conference"
    await w.slash(OMAR, OPS, "promote standup Gus")
    posted = await w.posted(OPS, "*Gus* is a host")
    await w.click(OMAR, posted, "Make guest")
    await w.posted(OPS, "*Gus* is a guest")
    await w.slash(OMAR, OPS, "unlock standup")
    await w.posted(OPS, "Unlocked")
    assert not w.pexip.meetings.running["standup"].locked


async def test_of_several_who_wait_one_is_chosen_and_all_can_be_admitted(w: World) -> None:
    await make(w, f"create pexip/standup alias=standup pin={PIN} guests=yes")
    waiting = [w.pexip.join("standup", name, "") for name in ("Gus", "Lea")]
    await w.slash(OMAR, OPS, "admit standup")
    await w.told(OMAR, "Several people wait")
    assert {leg.service_type for leg in waiting} == {"waiting_room"}
    await w.slash(OMAR, OPS, "admit standup all")
    await w.posted(OPS, "confirmed")
    assert {leg.service_type for leg in waiting} == {"conference"}


async def test_a_lock_before_the_meeting_holds_back_links_and_says_what_it_cannot(w: World) -> None:
    await make(w)
    await w.slash(OMAR, OPS, "lock standup")
    await w.posted(OPS, "can lock a running meeting only, and none is running")
    w.pexip.join("standup", "Ann")
    await w.slash(OMAR, OPS, "lock standup")
    await w.posted(OPS, "pexip lets nobody in")
    assert w.pexip.meetings.running["standup"].locked
    await w.slash(OMAR, OPS, "lock standup")
    await w.posted(OPS, "is locked already")


async def test_a_phone_rings_at_once_after_an_approval_and_is_confirmed_by_the_event_sink(w: World) -> None:
    await make(w)
    await w.slash(OMAR, OPS, "dial standup +40 747 777 777 name=Oncall protocol=h323 role=host")
    asked = await card(w, "Approval: dial")
    assert "+40 74… 777" in text_of(asked)
    assert "protocol=h323" in text_of(asked)
    await w.click(SARA, asked, "Approve")
    await w.until(lambda: w.says(asked, "confirmed"))
    assert given(w) == ["participant/dial"]
    [order] = [json.loads(one.body) for one in w.pexip.requests if one.path.endswith("/participant/dial/")]
    assert (order["destination"], order["protocol"], order["role"]) == ("+40747777777", "h323", "chair")
    await w.slash(OMAR, OPS, "hangup standup +40 747 777 777")
    await w.posted(OPS, "Hung up")
    assert w.pexip.meetings.legs() == []


async def test_words_that_a_back_end_does_not_take_stop_a_call(w: World) -> None:
    await make(w)
    await w.slash(OMAR, OPS, "dial standup oncall colour=red")
    await w.told(OMAR, "has no colour=; it takes protocol=, role=, location=")
    await w.slash(OMAR, OPS, "dial standup oncall protocol=smoke")
    await w.told(OMAR, "protocol= is one of sip")
    assert given(w) == []


async def test_the_end_of_a_meeting_is_confirmed(w: World) -> None:
    await make(w)
    w.pexip.join("standup", "Ann")
    await w.slash(OMAR, OPS, "end standup")
    question = await w.told(OMAR, "1 person is in")
    await w.click(OMAR, question, "End")
    await w.posted(OPS, "confirmed")
    assert w.pexip.meetings.running == {}


async def test_viewers_and_other_back_ends_are_told_what_they_cannot(w: World) -> None:
    await make(w)
    await w.slash(VERA, OPS, "mute standup")
    await w.told(VERA, "You can't mute people here. It needs Monitoring Mode Read/Write")
    await w.slash(OMAR, OPS, "create jaas/daily")
    await w.told(OMAR, "Made *jaas/daily*")
    await w.slash(OMAR, OPS, "mute daily")
    await w.told(OMAR, "jaas can't mute people: 8x8 documents no such call. Able: pexip")
