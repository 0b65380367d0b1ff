"""A ban: always behind an approval, for exactly one user id, and never undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault, TokenRefused
from tests.fakes.asking import NUMBER, OPS, asked, ended, labels, standup, trail
from tests.fakes.speaking import pressed, says
from tests.fakes.world import DIALING, World, world

BAN, KICK = "BAN_USER", "KICK_PARTICIPANT"
NO_WAY_BACK = "A ban covers the whole 8x8 app, every room of it, and 8x8 documents no way to take it back."
FREE = f"""{DIALING}
[[approvals]]
commands = ["ban"]
approvals = 0
"""


def banned(w: World) -> list[str]:
    """The user ids that 8x8 was told to ban."""
    return [call.payload["userId"] for call in w.sent(BAN)]


async def test_the_card_names_the_person_and_says_that_there_is_no_way_back(w: World) -> None:
    await standup(w, MIA, MAX)
    card = await asked(w, "ban standup @max")
    said = text_of(card)
    assert f"Ban <@{MAX}> (Max, joined from Slack, user id u-" in said
    assert NO_WAY_BACK in said
    assert banned(w) == []


async def test_an_approved_ban_is_told_to_8x8_and_the_person_is_removed_and_gets_no_new_link(w: World) -> None:
    room = await standup(w, MIA)
    max_in = await w.enter(MAX, "standup")
    card = await asked(w, 'ban standup @max why="threats"')
    await w.click(SARA, card, "Approve")
    said = await ended(w, card, "accepted")
    assert f"Banned <@{MAX}> (Max) on *jaas*. Removed from jaas/standup." in said
    assert banned(w) == [max_in.user_id]
    assert [call.payload["participantId"] for call in w.sent(KICK)] == [max_in.participant_id]
    with pytest.raises(TokenRefused, match="banned"):
        await w.jaas.join(next(iter(w.jaas.meetings.running)), max_in.token)
    await w.click(MAX, room, "Join")
    assert "threats" in text_of(await w.told(MAX, "*refused*"))


async def test_no_rule_of_an_operator_lets_a_ban_act_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=FREE) as w:
        card = await asked(w, "ban jaas/u-4711")
        assert labels(w, card) == ["Approve", "Deny", "Details"]
        assert banned(w) == []


async def test_a_user_id_is_banned_without_a_room(w: World) -> None:
    card = await asked(w, "ban jaas/u-4711")
    assert "Ban the user id *u-4711* on *jaas*" in text_of(card)
    assert NO_WAY_BACK in text_of(card)
    await w.click(SARA, card, "Approve")
    assert "Banned *u-4711* on *jaas*" in await ended(w, card, "accepted")
    assert banned(w) == ["u-4711"]


async def test_a_banned_user_id_is_removed_from_every_room(w: World) -> None:
    await standup(w, MIA)
    max_in = await w.enter(MAX, "standup")
    card = await asked(w, f"ban jaas/{max_in.user_id}")
    await w.click(SARA, card, "Approve")
    assert "Removed from jaas/standup" in await ended(w, card, "accepted")
    assert [call.payload["participantId"] for call in w.sent(KICK)] == [max_in.participant_id]


@pytest.mark.parametrize("user_id", ["a/b", "..", ".", "../ban/jwt", '"a b"', "a?b", "a%2Fb", "#", ""])
async def test_what_is_no_user_id_of_8x8_is_invalid(w: World, user_id: str) -> None:
    said = await says(w, OMAR, OPS, f"ban jaas/{user_id}")
    assert "*invalid*" in said
    assert len(w.slack.workspace.messages(OPS)) == 0
    assert banned(w) == []


async def test_a_room_alone_is_nobody_to_ban(w: World) -> None:
    await standup(w)
    assert "*invalid* · Ban backend/user-id" in await says(w, OMAR, OPS, "ban standup")


async def test_a_phone_has_no_user_id_to_ban(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, f"dial standup {NUMBER}")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    [phone] = [one for one in w.jaas.people() if one["medium"] == "phone"]
    said = await says(w, OMAR, OPS, f"ban standup id:{phone['participant_id']}")
    assert "*invalid*" in said
    assert "has no user id to ban" in said


async def test_where_nobody_can_ban_those_who_can_are_named(w: World) -> None:
    said = await says(w, OMAR, OPS, "ban meetings/4711")
    assert "*not supported*" in said
    assert "Able: jaas" in said


async def test_owning_the_room_does_not_let_one_ban(w: World) -> None:
    await standup(w, MIA, MAX)
    assert "You can't ban people here" in await says(w, MIA, OPS, "ban standup @max")


async def test_of_two_people_of_one_name_one_is_picked_and_then_asked_for(w: World) -> None:
    await standup(w, MIA, MAYA)
    shown = w.slack.workspace.users
    assert shown[MIA].display_name == shown[MAYA].display_name
    before = len(w.slack.workspace.messages(OPS))
    await w.slash(OMAR, OPS, "ban standup Mia")
    choice = await w.told(OMAR, "Which one?")
    assert len(w.slack.workspace.messages(OPS)) == before
    await pressed(w, OMAR, choice, "Choose", nth=1)
    card = await w.posted(OPS, "Approval: ban")
    assert "user id u-" in text_of(card)


async def test_who_left_before_the_approval_is_banned_all_the_same(w: World) -> None:
    await standup(w, MIA)
    max_in = await w.enter(MAX, "standup")
    card = await asked(w, "ban standup @max")
    w.jaas.leave(next(iter(w.jaas.meetings.running)), max_in.participant_id)
    await w.jaas.webhooks.settled()
    await w.click(SARA, card, "Approve")
    assert f"Banned <@{MAX}>" in await ended(w, card, "accepted")
    assert banned(w) == [max_in.user_id]
    assert w.sent(KICK) == []


async def test_who_came_in_again_before_the_approval_is_banned_and_removed(w: World) -> None:
    await standup(w)
    first = await w.enter(MAX, "standup")
    card = await asked(w, "ban standup @max")
    w.jaas.leave(next(iter(w.jaas.meetings.running)), first.participant_id)
    second = await w.enter(MAX, "standup")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "accepted")
    assert banned(w) == [second.user_id]
    assert [call.payload["participantId"] for call in w.sent(KICK)] == [second.participant_id]


@pytest.mark.parametrize("target", ["standup @max", "jaas/{user_id}"])
async def test_a_ban_that_holds_is_told_also_when_the_removal_fails(w: World, target: str) -> None:
    await standup(w, MIA)
    max_in = await w.enter(MAX, "standup")
    card = await asked(w, f"ban {target.format(user_id=max_in.user_id)}")
    w.jaas.faults.add(Fault())
    w.jaas.faults.add(Fault(status=500, acts=False), times=3)
    await w.click(SARA, card, "Approve")
    said = await ended(w, card, "accepted")
    assert "Banned" in said
    assert "may still be inside" in said


async def test_the_audit_names_the_banned_user_id_and_who_approved(w: World) -> None:
    await standup(w, MIA)
    max_in = await w.enter(MAX, "standup")
    card = await asked(w, "ban standup @max")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "accepted")
    last = trail(w, "ban")[-1]
    assert (last.actor, last.outcome, last.approvers) == (OMAR, "accepted", (SARA,))
    assert last.facts == {"user_id": max_in.user_id}
