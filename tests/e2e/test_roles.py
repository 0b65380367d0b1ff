"""`/meet roles`: looked at as a matrix, changed by words or a form, behind an approval, believed when it is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack import Message, View, controls_of, text_of
from bot.play.slack.seed import MAX, MAYA, OMAR, SARA
from bot.play.vendors.anynode import NO_MONITOR, Account, Fault, role
from tests.fakes.asking import asked, ended, running, trail
from tests.fakes.speaking import OPS, answer, labels, pressed, says
from tests.fakes.world import GRANTS, World, world
from tests.fakes.world_anynode import MAPPED, section

# Sara is an administrator of this workspace, Max by the exchange; Maya may look at roles and change some.
KEEPER = """
[roles.KEEPER]
permissions = { api = "ACCESS", userManagement = "READ_WRITE_ACCESS", monitoringMode = "READ_ACCESS" }
[[grants]]
role = "KEEPER"
users = ["U0MAYA"]
"""
FIRST = ["ADMINISTRATOR", "CALL_HISTORY_EXPORTER"]


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, with_anynode=True, grants=MAPPED + KEEPER) as one:
        yield one


async def approved(w: World, line: str, *, by: str = SARA, approver: str = MAX, word: str = "confirmed") -> str:
    """Type it, have it approved; what the card says in the end."""
    card = await asked(w, line, by=by)
    await w.click(approver, card, "Approve")
    return await ended(w, card, word)


def levels(w: World, role_id: str) -> dict[str, Any]:
    """What the exchange holds of that role, without the areas that hold nothing."""
    (found,) = [one for one in w.sbc.roles if one["id"] == role_id]
    return {area: level for area, level in found["permissions"].items() if level != "NO_ACCESS"}


async def test_roles_are_shown_as_a_matrix_and_one_alone_by_id_or_name(w: World) -> None:
    shown = await answer(w, MAYA, OPS, "roles sbc")
    lines = text_of(shown).splitlines()
    assert "Monitoring Mode     read/write     read" in lines
    assert "Media Recording     –              –```" in lines
    assert (
        "Required permissions there: API, User Management Read Access;"
        " to change something: API, User Management Read/Write Access" in lines
    )
    assert labels(shown) == ["Edit", "Remove"] * 2 + ["Add a role"]
    one = await says(w, SARA, OPS, "roles sbc call_history_exporter")
    assert "ADMINISTRATOR" not in one
    assert "not found · There is no role EXPORTERS" in await says(w, SARA, OPS, "roles sbc EXPORTERS")
    assert "Did you mean add?" in await says(w, SARA, OPS, "roles sbc ad AGENT")
    none = await says(w, SARA, OPS, "rooms sbc")
    assert "not supported · sbc can't list rooms: anynode is a telephone exchange and has no rooms. Able: jaas" in none
    assert "not supported · jaas can't keep roles" in await says(w, SARA, OPS, "roles jaas")


async def test_who_may_only_look_is_offered_nothing_else(tmp_path: Path) -> None:
    grants = MAPPED + KEEPER.replace("READ_WRITE_ACCESS", "READ_ACCESS")
    async with world(tmp_path, with_anynode=True, grants=grants) as w:
        assert labels(await answer(w, MAYA, OPS, "roles sbc")) == []
        told = await says(w, MAYA, OPS, "roles sbc add AGENT api=ACCESS")
        assert "refused · You can't look at or change roles here. It needs User Management Read/Write" in told
        assert "It needs User Management Read" in await says(w, OMAR, OPS, "roles sbc")
        assert "Monitoring Mode" in await says(w, MAYA, OPS, "roles sbc")


async def test_many_roles_come_in_pages(w: World) -> None:
    w.sbc.roles += [role(f"TEAM_{number}", api="ACCESS") for number in range(20)]
    first = await says(w, SARA, OPS, "roles sbc")
    assert "Roles of sbc, 15 of 22; page= shows the others" in first
    second = await says(w, SARA, OPS, "roles sbc page=2")
    assert "TEAM_19" in second
    assert "ADMINISTRATOR" not in second
    assert "page= is a number from 1 to 2" in await says(w, SARA, OPS, "roles sbc page=3")


async def test_a_role_is_added_by_words_after_an_approval_that_says_what_it_holds(w: World) -> None:
    card = await asked(w, 'roles sbc add AGENT monitoringmode=read api=ACCESS name="Call agents"', by=SARA)
    assert "On sbc: add the role Call agents AGENT, which holds Monitoring Mode read, API access." in text_of(card)
    assert w.sbc.role_ids() == FIRST
    await w.click(SARA, card, "Approve")
    assert "You can't approve your own request" in text_of(await w.told(SARA, "own request"))
    await w.click(MAX, card, "Approve")
    assert "sbc: the role Call agents is there." in await ended(w, card, "confirmed")
    assert levels(w, "AGENT") == {"monitoringMode": "READ_ACCESS", "api": "ACCESS"}
    assert len(w.sbc.roles[-1]["permissions"]) == 10
    (row,) = [one for one in trail(w, "roles") if one.outcome == "confirmed"]
    assert (row.actor, row.approvers, row.facts["role"], row.facts["change"]) == (SARA, (MAX,), "AGENT", "add")
    assert "exactly so" in await says(
        w, SARA, OPS, 'roles sbc add AGENT monitoringMode=READ_ACCESS api=ACCESS name="Call agents"'
    )
    assert "replace=yes changes what you name" in await says(w, SARA, OPS, "roles sbc add AGENT api=ACCESS")


async def test_the_form_has_one_select_for_each_area_with_the_levels_one_may_grant(w: World) -> None:
    w.sbc.roles[0]["permissions"]["quantumMode"] = "NO_ACCESS"
    view = await form(w, MAYA, await answer(w, MAYA, OPS, "roles sbc"), "Add a role")
    selects = {
        block["label"]["text"]: [one["value"] for one in block["element"]["options"]]
        for block in view.payload["blocks"]
        if block.get("element", {}).get("type") == "static_select"
    }
    assert len(selects) == 11
    assert selects["User Management"] == ["NO_ACCESS", "READ_ACCESS", "READ_WRITE_ACCESS"]
    assert selects["Monitoring Mode"] == ["NO_ACCESS", "READ_ACCESS"]
    assert selects["Administration"] == selects["Quantum Mode"] == ["NO_ACCESS"]
    filled = {"names": "AGENT", "monitoringMode": "READ_ACCESS", "api": "ACCESS", "why": "night shift"}
    card = await submitted(w, MAYA, filled)
    assert "add the role AGENT, which holds Monitoring Mode read, API access." in text_of(card)
    assert "Why: night shift" in text_of(card)
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")
    assert levels(w, "AGENT") == {"monitoringMode": "READ_ACCESS", "api": "ACCESS"}


async def form(w: World, person: str, shown: Message, label: str) -> View:
    await w.click(person, shown, label)

    def filled() -> View | None:
        view = w.slack.workspace.view_of(person)
        return view if view and len(view.payload["blocks"]) > 2 else None

    view = await w.until(filled)
    assert view is not None
    return view


async def submitted(w: World, person: str, values: dict[str, Any]) -> Message:
    before = len(w.slack.workspace.messages(OPS))
    await w.slack.submit_view(person, values)
    return (await w.until(lambda: w.slack.workspace.messages(OPS)[before:]))[0]


async def test_edit_changes_what_was_chosen_and_keeps_what_nobody_here_knows(w: World) -> None:
    newer = role("NEWER", api="ACCESS") | {"since": {"version": "4.14"}}
    newer["permissions"] |= {"quantumMode": "ENTANGLED_ACCESS", "userManagement": "SUPER_ACCESS"}
    w.sbc.roles.append(newer)
    shown = await answer(w, SARA, OPS, "roles sbc NEWER")
    assert "Quantum Mode        ENTANGLED_ACCESS" in text_of(shown)
    await form(w, SARA, shown, "Edit")
    card = await submitted(w, SARA, {"monitoringMode": "READ_ACCESS"})
    assert "change the role NEWER: Monitoring Mode – → read." in text_of(card)
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")
    sent = w.sbc.sent("PUT")[-1].body
    assert sent == newer | {"permissions": {**newer["permissions"], "monitoringMode": "READ_ACCESS"}}


@pytest.mark.parametrize("named", ["AGENT", "agent", '"Call agents"', "Call agents", "id:AGENT"])
async def test_a_role_is_removed_by_id_or_display_name_and_only_its_id_is_sent(w: World, named: str) -> None:
    w.sbc.roles.append(role("AGENT", name="Call agents", api="ACCESS"))
    said = await approved(w, f"roles sbc remove {named}")
    assert "sbc: the role Call agents is removed." in said, "not the role that the answer prints"
    assert w.sbc.role_ids() == FIRST
    assert w.sbc.sent("DELETE")[0].query == {"role": "AGENT", "version": "0"}
    assert w.sbc.requests[-1].path == "/api/roles/get"


async def test_a_name_that_two_roles_bear_offers_both_by_their_ids_and_removes_none(w: World) -> None:
    w.sbc.roles += [role("AGENT", name="First", api="ACCESS"), role("b7", name="AGENT", api="ACCESS")]
    told = await answer(w, SARA, OPS, "roles sbc remove AGENT")
    assert "ambiguous · Several roles answer to AGENT; which one, by its id?" in text_of(told)
    assert labels(told) == ["AGENT", "b7"]
    assert "might remove that one" in text_of(await pressed(w, SARA, told, "AGENT"))
    await w.click(SARA, told, "b7")
    card = await w.posted(OPS, "remove the role AGENT b7")
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")
    assert w.sbc.role_ids() == [*FIRST, "AGENT"]


async def test_what_nobody_may_do_is_refused_at_once_and_sent_to_nobody(w: World) -> None:
    w.sbc.roles.append(role("SECOND", userManagement="READ_WRITE_ACCESS", api="ACCESS"))
    for person, line, said in (
        (MAYA, "roles sbc add BOSS administration=ACCESS", "You can't grant what you lack: Administration."),
        (
            MAYA,
            "roles sbc add BOSS monitoringMode=read/write",
            "grant what you lack: Monitoring Mode Read/Write Access",
        ),
        (MAYA, "roles sbc add SECOND replace=yes tracing=ACCESS", "You can't grant what you lack: Tracing."),
        (MAX, "roles sbc remove ADMINISTRATOR", "You can't remove your own role"),
        (MAX, "roles sbc add ADMINISTRATOR replace=yes tracing=NO", "You can't change your own role"),
        (SARA, "roles sbc remove ADMINISTRATOR", "ADMINISTRATOR is the exchange's own role and stays"),
        (SARA, "roles sbc add SECOND api=READ", "api is one of NO_ACCESS, ACCESS"),
        (SARA, "roles sbc add THIRD colour=blue", "There is no permission area colour"),
        (SARA, 'roles sbc add THIRD name="administrator"', "Another role there is called administrator already"),
        (SARA, "roles sbc add", "Name the new role"),
        (SARA, "roles sbc remove", "give its id or display name alone"),
        (SARA, "roles sbc remove SECOND api=ACCESS", "give its id or display name alone"),
        (SARA, "roles sbc remove THIRD", "There is no role THIRD"),
        (SARA, "roles sbc add SECOND replace=yes api=ACCESS", "is so already"),
    ):
        assert said in await says(w, person, OPS, line), line
    w.sbc.roles.pop()
    assert "the last role that may manage roles" in await says(w, SARA, OPS, "roles sbc remove ADMINISTRATOR")
    told = await says(w, SARA, OPS, "roles sbc add ADMINISTRATOR replace=yes userManagement=READ_ACCESS")
    assert "the last role that may manage roles" in told
    assert {one.method for one in w.sbc.requests} == {"GET"}
    assert w.slack.workspace.messages(OPS) == []


async def test_a_role_that_users_there_still_have_stays(w: World) -> None:
    w.sbc.roles.append(role("AGENT", api="ACCESS"))
    w.sbc.accounts["ann"] = Account("ann", "x", ("AGENT",))
    told = await says(w, SARA, OPS, "roles sbc remove AGENT")
    assert "refused · sbc has users with that role; take it from them there first: ann." in told


async def test_what_changed_since_it_was_asked_for_is_not_what_was_approved(w: World) -> None:
    w.sbc.roles.append(role("AGENT", api="ACCESS"))
    card = await asked(w, "roles sbc remove AGENT", by=SARA)
    w.sbc.roles[-1]["permissions"]["tracing"] = "ACCESS"
    await w.click(MAX, card, "Approve")
    assert "has changed since it was asked for; ask again" in await ended(w, card, "refused")
    assert "AGENT" in w.sbc.role_ids()


async def test_a_page_in_place_of_an_answer_is_unavailable_and_nothing_is_sent_twice(w: World) -> None:
    w.sbc.write_faults.add(NO_MONITOR)
    said = await approved(w, "roles sbc add AGENT api=ACCESS", word="unavailable")
    assert "There is no connection to the anynode monitor; the role is not there so." in said
    assert len(w.sbc.sent("PUT")) == 1
    w.sbc.faults.add(NO_MONITOR)
    assert "unavailable · sbc answered with a web page" in await says(w, SARA, OPS, "roles sbc")


async def test_an_unknown_end_offers_check_which_looks_and_sends_nothing(w: World) -> None:
    w.sbc.write_faults.add(Fault(status=504, acts=False))
    card = await asked(w, "roles sbc add AGENT api=ACCESS", by=SARA)
    await w.click(MAX, card, "Approve")
    assert "unknown" in await ended(w, card, "unknown")
    told = await pressed(w, SARA, w.now(card), "Check")
    assert "sbc has no role AGENT." in text_of(told)
    w.sbc.roles.append(role("AGENT", api="ACCESS"))
    assert "sbc has the role AGENT, which holds API access." in text_of(await pressed(w, SARA, w.now(card), "Check"))
    await ended(w, card, "confirmed")
    assert len(w.sbc.sent("PUT")) == 1


@pytest.mark.engines  # in every process
async def test_who_has_a_removed_role_loses_it_at_once(tmp_path: Path) -> None:
    grants = MAPPED.replace("OPERATOR", "VIEWER", 1)
    async with world(tmp_path, with_anynode=True, grants=grants) as w:
        assert "No rooms yet" in await says(w, MAYA, OPS, "rooms")
        card = await asked(w, "roles sbc remove CALL_HISTORY_EXPORTER", by=SARA)
        assert "People here have this role by a grant." in text_of(card)
        await w.click(MAX, card, "Approve")
        await ended(w, card, "confirmed")
        assert "refused" in await says(w, MAYA, OPS, "rooms")


async def test_hostile_names_of_roles_stay_names(w: World) -> None:
    w.sbc.roles.append(role("<!channel> `x` *y*", name="<@U0SARA> & _z_", api="ACCESS"))
    shown = await answer(w, SARA, OPS, "roles sbc")
    assert "<!channel>" not in text_of(shown)
    theirs = await answer(w, MAX, OPS, "roles sbc")
    await w.click(MAX, theirs, [one for one in controls_of(theirs) if one.label == "Remove"][2])
    card = await w.posted(OPS, "remove the role")
    assert "<@U0SARA> & " not in text_of(card)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    assert w.sbc.role_ids() == FIRST


async def test_status_shows_nodes_and_calls_and_rooms_are_not_offered_there(w: World) -> None:
    told = await says(w, OMAR, OPS, "status")
    assert "sbc (anynode) · well" in told
    assert "nodes 2 of 3 up (down: Branch office) · calls 4 incoming, 2 outgoing" in told
    assert "can keep roles" in told
    assert "not supported · sbc can't create rooms" in await says(w, OMAR, OPS, "create sbc/x")
    w.sbc.faults.add(NO_MONITOR)
    assert "There is no connection to the anynode monitor" in await says(w, OMAR, OPS, "status")


async def test_help_shows_the_required_permissions_in_the_documents_own_words(w: World) -> None:
    assert (
        "Required permissions: API, User Management Read Access; to change something: API, User Management"
        " Read/Write Access" in await says(w, SARA, OPS, "help roles")
    )
    assert "Required permissions: API, Monitoring Mode Read/Write Access" in await says(w, OMAR, OPS, "help kick")
    assert "Required permissions: API\n" in await says(w, OMAR, OPS, "help status")


async def test_an_exchange_alone_keeps_roles_and_says_that_there_are_no_rooms(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, start_bot=False) as w:
        text = section(w.sbc) + GRANTS
        (tmp_path / "meetops.toml").write_text(text)
        async with running(w):
            assert "CALL_HISTORY_EXPORTER" in await says(w, SARA, OPS, "roles sbc")
            assert "None of the configured back ends has rooms" in await says(w, SARA, OPS, "create standup")
            assert "No rooms yet" in await says(w, SARA, OPS, "rooms")
            assert "I know no room called standup" in await says(w, SARA, OPS, "join standup")
