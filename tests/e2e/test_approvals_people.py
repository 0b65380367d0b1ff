"""Who counts is decided by the roles that people have when the button is pressed, not when it was asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.play.slack import Fault, text_of
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, SARA
from tests.fakes.asking import NUMBER, OPS, asked, ended, labels, standup
from tests.fakes.speaking import says
from tests.fakes.world import DIALING, World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"
TWO = """
[[approvals]]
commands = ["dial"]
approvals = 2
"""
DIALING_TWO = DIALING + TWO


async def test_an_administrator_of_since_the_request_may_approve_it(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")


async def test_who_is_no_administrator_any_more_does_not_count(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slack.change_group("S0ADMINS", remove=(SARA,))
    await w.click(SARA, card, "Approve")
    await w.told(SARA, "*refused*")
    assert labels(w, card) == ["Approve", "Deny", "Details"]
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")


async def test_a_role_lost_without_slack_saying_so_is_read_again_at_the_click(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.slack.workspace.groups["S0ADMINS"].members.remove(SARA)
    await w.click(SARA, card, "Approve")
    await w.told(SARA, "*refused*")
    assert w.sent(DIALLED) == []


async def test_a_requester_who_lost_the_permission_gets_nothing_carried_out(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.slack.workspace.groups["S0OPS"].members.remove(OMAR)
    await w.click(SARA, card, "Approve")
    said = await ended(w, card, "refused")
    assert f"<@{OMAR}>" in said
    assert "Monitoring Mode Read/Write" in said
    assert w.sent(DIALLED) == []


async def test_a_requester_who_was_deactivated_gets_nothing_carried_out(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slack.change_user(OMAR, deleted=True)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "refused")
    assert w.sent(DIALLED) == []


async def test_a_requester_who_became_a_guest_gets_nothing_carried_out(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slack.change_user(OMAR, is_restricted=True)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "refused")
    assert w.sent(DIALLED) == []


async def test_an_approver_who_became_a_guest_does_not_count(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slack.change_user(SARA, is_ultra_restricted=True, is_restricted=True)
    await w.click(SARA, card, "Approve")
    await w.told(SARA, "*refused*")
    assert w.sent(DIALLED) == []


async def test_two_approvals_are_of_two_people(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=DIALING_TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        assert "Needs 2 other people" in text_of(card)
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "Needs 1 other person"))
        assert f"approved by <@{SARA}>" in text_of(w.now(card))
        await w.click(SARA, card, "Approve")
        await w.told(SARA, "You have approved this already; it needs another person")
        assert "Nothing waits for you" in await says(w, SARA, OPS, "approvals")
        assert "Waits for you" in await says(w, MAX, OPS, "approvals")
        assert labels(w, card) == ["Approve", "Deny", "Details"]
        assert w.sent(DIALLED) == []
        await w.click(MAX, card, "Approve")
        said = await ended(w, card, "confirmed")
        assert f"approved by <@{SARA}> <@{MAX}>" in said
        assert len(w.sent(DIALLED)) == 1


async def test_a_denial_after_one_of_two_approvals_ends_it(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=DIALING_TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "Needs 1 other person"))
        await w.click(MAX, card, "Deny")
        assert f"Denied by <@{MAX}>" in await ended(w, card, "denied")
        assert w.sent(DIALLED) == []


async def test_an_approver_may_think_better_of_it_while_the_second_is_missing(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=DIALING_TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "Needs 1 other person"))
        await w.click(SARA, card, "Deny")
        assert f"Denied by <@{SARA}>" in await ended(w, card, "denied")


async def test_an_earlier_approval_of_somebody_who_may_not_approve_any_more_does_not_count(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=DIALING_TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX, MAYA))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "Needs 1 other person"))
        await w.slack.change_group("S0ADMINS", remove=(SARA,))
        await w.click(MAX, card, "Approve")
        await w.until(lambda: w.says(card, f"approved by <@{MAX}>"))
        assert "Needs 1 other person" in text_of(w.now(card))
        assert w.sent(DIALLED) == []
        await w.click(MAYA, card, "Approve")
        assert f"approved by <@{MAX}> <@{MAYA}>" in await ended(w, card, "confirmed")


async def test_both_clicks_at_the_same_moment_are_two_approvals(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=DIALING_TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await asyncio.gather(w.click(SARA, card, "Approve"), w.click(MAX, card, "Approve"))
        await ended(w, card, "confirmed")
        assert len(w.sent(DIALLED)) == 1


async def test_a_click_while_slack_does_not_answer_does_not_count_and_is_said(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.slack.faults.plan("users.info", Fault(times=1, status=500))
    await w.click(SARA, card, "Approve")
    await w.told(SARA, "try again")
    assert labels(w, card) == ["Approve", "Deny", "Details"]
    assert w.sent(DIALLED) == []
