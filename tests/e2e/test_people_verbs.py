"""Every verb as each kind of person, on both back ends: who may, and what the others are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, STAN, VERA
from tests.fakes.speaking import OPS, RANDOM, TEAM, answer, labels, pressed, says
from tests.fakes.world import GRANTS, World, world

# The table of interface.md §4: the line to type, and what it needs beside API. {room} is Sara's.
NEEDS = {
    "help": "",
    "whoami": "",
    "can @mia help": "User Management Read",
    "start sync": "User Interface",
    "create {backend}/new": "User Interface",
    "rooms": "Monitoring Mode Read",
    "show {room}": "Monitoring Mode Read",
    "join {room}": "Monitoring Mode Read",
    "share {room} #team": "User Interface",
    "invite {room} @max": "User Interface",
    'invite {room} "John Doe"': "User Interface",
    "set {room} {change}": "Backends Read/Write",
    "end {room}": "Monitoring Mode Read/Write",
    "delete {room}": "Backends Read/Write",
    "who {room}": "Monitoring Mode Read",
    "dial {room} oncall": "Monitoring Mode Read/Write",
    "hangup {room} oncall": "Monitoring Mode Read/Write",
    "kick {room} all": "Monitoring Mode Read/Write",
    "block {room} @dan": "Monitoring Mode Read/Write",
    "unblock {room} @dan": "Monitoring Mode Read/Write",
    "lock {room}": "Monitoring Mode Read/Write",
    "unlock {room}": "Monitoring Mode Read/Write",
    "ban jaas/u-4711": "Monitoring Mode Read/Write",
    "ban {room} Somebody": "Monitoring Mode Read/Write",
    "revoke {room} @dan": "Monitoring Mode Read/Write",
    "approvals": "API",
    "audit": "Administration",
    "status": "API",
}
READ = {"API", "Monitoring Mode Read"}
MEMBER = READ | {"User Interface"}
OPERATOR = MEMBER | {"Monitoring Mode Read/Write", "Backends Read/Write"}
HOLDS = {
    SARA: OPERATOR | {"Administration", "User Management Read"},
    OMAR: OPERATOR,
    MIA: MEMBER,
    VERA: READ,
    GUS: set(),
    STAN: set(),
}


@pytest.mark.parametrize("backend", ["jaas", "meetings"])
@pytest.mark.parametrize("person", HOLDS)
async def test_each_verb_is_for_those_who_hold_what_it_needs(tmp_path: Path, person: str, backend: str) -> None:
    async with world(tmp_path) as w:
        await answer(w, SARA, TEAM, f"create {backend}/board")
        await w.posted(TEAM, "made by")
        change = "max=5" if backend == "jaas" else "comment=x"
        for line, need in NEEDS.items():
            typed = line.format(room=f"{backend}/board", backend=backend, change=change)
            told = await says(w, person, TEAM, typed)
            may = not need or need in HOLDS[person]
            assert ("It needs" not in told) is may, f"{typed}: {told}"
            if not may:
                assert "refused" in told
                assert (need if HOLDS[person] else "API") in told


@pytest.mark.parametrize("person", [VERA, MIA, OMAR])
async def test_a_refusal_says_it_in_plain_words_and_names_somebody_to_ask(w: World, person: str) -> None:
    told = await says(w, person, OPS, "audit")
    assert "You can't read the audit here. It needs Administration; ask" in told
    assert f"<@{SARA}>" in told


async def test_what_is_refused_reaches_no_vendor(w: World) -> None:
    await answer(w, SARA, TEAM, "create jaas/board")
    await answer(w, SARA, TEAM, "create meetings/desk")
    before = len(w.jaas.requests), len(w.meetings.requests)
    for line in ("end board", "kick board all", "dial board oncall", "end desk", "kick desk all", "set desk comment=x"):
        assert "refused" in await says(w, MIA, TEAM, line)
        assert "refused" in await says(w, GUS, TEAM, line)
    assert (len(w.jaas.requests), len(w.meetings.requests)) == before


@pytest.mark.parametrize("person", [GUS, STAN])
async def test_guests_and_strangers_join_from_a_card_only_where_the_operator_lets_them(
    tmp_path: Path, person: str
) -> None:
    for folder, top, outcome in (("none", "", "refused"), ("join", 'guests = "join"', "Only for you")):
        (tmp_path / folder).mkdir()
        async with world(tmp_path / folder, top=top) as w:
            await answer(w, MIA, TEAM, "create standup")
            card = await w.posted(TEAM, "made by")
            told = await pressed(w, person, card, "Join", channel=TEAM)
            assert outcome in text_of(told)
            if top:
                present = await w.jaas.join(*w.room_and_token(w.link_of(told)))
                assert present.moderator is False
            assert "refused" in await says(w, person, TEAM, "join standup")


async def test_a_guest_who_may_join_may_do_so_in_their_own_channel_alone(tmp_path: Path) -> None:
    async with world(tmp_path, top='guests = "join"') as w:
        await answer(w, MIA, OPS, "create standup")
        await answer(w, MIA, RANDOM, "create other")
        here = await w.posted(RANDOM, "made by")
        elsewhere = await w.posted(OPS, "made by")
        here.blocks[-1]["elements"][0]["value"] = elsewhere.blocks[-1]["elements"][0]["value"]
        assert "not found" in text_of(await pressed(w, GUS, here, "Join", channel=RANDOM))


async def test_a_member_without_a_role_may_press_join_and_nothing_else(tmp_path: Path) -> None:
    async with world(tmp_path, grants=GRANTS.replace('"U0MAX", ', "")) as w:
        await answer(w, MIA, OPS, "create standup")
        card = await w.posted(OPS, "made by")
        assert labels(await pressed(w, MAX, card, "Join")) == ["Open"]
        assert "refused" in await says(w, MAX, OPS, "join standup")
        assert "You have no role here" in await says(w, MAX, OPS, "whoami")


async def test_a_guest_has_the_role_granted_by_id_and_none_by_group_or_everyone(tmp_path: Path) -> None:
    everyone = '[[grants]]\nrole = "MEMBER"\neveryone = true\n'
    by_id = '[[grants]]\nrole = "VIEWER"\nusers = ["U0GUS"]\n'
    async with world(tmp_path, grants=GRANTS + everyone + by_id) as w:
        w.slack.workspace.groups["S0OPS"].members.append(GUS)
        await answer(w, MIA, TEAM, "create standup")
        assert "jaas/standup" in await says(w, GUS, TEAM, "show standup")
        told = await says(w, GUS, TEAM, "whoami")
        assert "*VIEWER* · granted by id" in told
        assert "MEMBER" not in told
        assert "OPERATOR" not in told
        assert "User Interface" in await says(w, GUS, TEAM, "create mine")
        assert "MEMBER" in await says(w, VERA, TEAM, "whoami")
        assert "no role" in await says(w, STAN, TEAM, "whoami")


async def test_several_roles_add_up(tmp_path: Path) -> None:
    more = '[roles.READER]\ndisplayName = "Reader"\npermissions = { administration = "ACCESS" }\n'
    more += '[[grants]]\nrole = "READER"\nusers = ["U0VERA"]\n'
    async with world(tmp_path, grants=GRANTS + more) as w:
        assert "Audit" in await says(w, VERA, OPS, "audit")
        assert "It needs User Interface" in await says(w, VERA, OPS, "create x")


async def test_a_role_that_was_taken_away_is_gone_at_the_next_command(w: World) -> None:
    assert "Made" in await says(w, OMAR, OPS, "create standup")
    await w.slack.change_group("S0OPS", remove=(OMAR,))
    assert "refused" in await says(w, OMAR, OPS, "show standup")
