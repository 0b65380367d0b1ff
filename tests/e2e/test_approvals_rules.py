"""What an operator lays down in [[approvals]] and [slack]: how many, who, where, why, how long."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import E164, NUMBER, OPS, asked, ended, form_of, labels, standup
from tests.fakes.world import DIALING, World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"


def rule(verb: str = "dial", **more: object) -> str:
    """A `[[approvals]]` table after the dialling rules."""
    lines = [f"{key} = {value}" for key, value in more.items()]
    return "\n".join([DIALING, "[[approvals]]", f'commands = ["{verb}"]', *lines, ""])


async def test_cards_stand_in_the_approval_channel_and_the_result_also_where_it_was_asked(tmp_path: Path) -> None:
    async with world(tmp_path, slack='approval_channel = "C0INCIDENT"') as w:
        await standup(w, MIA)
        card = await asked(w, DIAL, card_in="C0INCIDENT")
        assert f"from <#{OPS}>" in text_of(card)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")
        assert f"by <@{OMAR}>" in text_of(await w.posted(OPS, "*confirmed*"))


async def test_with_an_approval_channel_one_may_ask_from_a_direct_message(tmp_path: Path) -> None:
    async with world(tmp_path, slack='approval_channel = "C0INCIDENT"') as w:
        await standup(w, MIA)
        direct = w.slack.workspace.open_im(OMAR).id
        card = await asked(w, DIAL, channel=direct, card_in="C0INCIDENT")
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")


async def test_without_an_approval_channel_a_direct_message_is_refused_with_the_remedy(w: World) -> None:
    await standup(w, MIA)
    direct = w.slack.workspace.open_im(OMAR).id
    await w.slash(OMAR, direct, DIAL)
    said = text_of(await w.told(OMAR, "*refused*"))
    assert "type it in a channel" in said
    assert "approval_channel" in said
    assert w.sent(DIALLED) == []


@pytest.mark.parametrize("channel", ["C0BOARD", "C0ATTIC"])
async def test_where_the_bot_cannot_post_the_card_nothing_is_asked(tmp_path: Path, channel: str) -> None:
    async with world(tmp_path, slack=f'approval_channel = "{channel}"') as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        remedy = "invite me with /invite @" if channel == "C0BOARD" else "archived"
        await w.told(OMAR, remedy)
        await w.slash(SARA, OPS, "approvals")
        await w.told(SARA, "Nothing waits for you")


async def test_from_a_channel_without_the_bot_nothing_is_asked(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await standup(w, MIA)
    await w.slash(SARA, "C0BOARD", DIAL)
    await w.told(SARA, "invite me with /invite @")
    await w.slash(MAX, OPS, "approvals")
    await w.told(MAX, "Nothing waits for you")


async def test_those_to_be_notified_are_mentioned_while_it_waits(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(notify='["S0ADMINS", "U0VERA"]')) as w:
        await standup(w, MIA)
        card = await asked(w, DIAL)
        assert f"<!subteam^S0ADMINS> <@{VERA}>" in text_of(card)
        await w.click(SARA, card, "Approve")
        assert "S0ADMINS" not in await ended(w, card, "confirmed")


async def test_a_request_waits_as_long_as_the_rule_says(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(expires='"2h"')) as w:
        await standup(w, MIA)
        card = await asked(w, DIAL)
        w.clock.advance(timedelta(minutes=119))
        await asyncio.sleep(0.05)
        assert labels(w, card) == ["Approve", "Deny", "Details"]
        w.clock.advance(timedelta(minutes=2))
        await ended(w, card, "expired")


async def test_a_missing_reason_is_asked_for_and_then_it_goes_on(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(reason='"required"')) as w:
        await standup(w, MIA)
        before = len(w.slack.workspace.messages(OPS))
        await w.slash(OMAR, OPS, DIAL)
        view = await form_of(w, OMAR)
        assert [block["block_id"] for block in view.blocks if block["type"] == "input"] == ["why"]
        assert len(w.slack.workspace.messages(OPS)) == before
        await w.slack.submit_view(OMAR, {"why": "the customer waits"})
        card = await w.posted(OPS, "Approval: dial")
        assert "the customer waits" in text_of(card)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")


async def test_an_empty_reason_is_none(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(reason='"required"')) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        view = await form_of(w, OMAR)
        await w.slack.submit_view(OMAR, {"why": "   "})
        assert view.errors == {"why": "Say why."}


async def test_a_typed_reason_is_enough(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(reason='"required"')) as w:
        await standup(w, MIA)
        card = await asked(w, f'{DIAL} why="the customer waits"')
        assert "the customer waits" in text_of(card)
        assert w.slack.workspace.view_of(OMAR) is None


async def test_a_reason_may_be_required_where_no_approval_is(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule("end", approvals=0, reason='"required"')) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, "end standup sure=yes")
        await form_of(w, OMAR)
        assert w.sent("DESTROY") == []
        await w.slack.submit_view(OMAR, {"why": "fire drill"})
        await w.posted(OPS, "Ended the meeting")
        assert len(w.sent("DESTROY")) == 1


async def test_no_reason_is_asked_for_where_nobody_could_approve(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(reason='"required"', approvals=2)) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        await w.told(OMAR, "Nobody could ever approve this")
        assert w.slack.workspace.view_of(OMAR) is None


async def test_too_few_possible_approvers_is_said_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(approvals=2)) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        said = text_of(await w.told(OMAR, "*refused*"))
        assert "it needs 2 other people with Administration, and only 1 other has it" in said
        await w.slash(SARA, OPS, "approvals")
        await w.told(SARA, "Nothing waits for you")


async def test_the_only_administrator_cannot_ask_for_what_only_administrators_approve(w: World) -> None:
    await standup(w, MIA)
    await w.slash(SARA, OPS, DIAL)
    await w.told(SARA, "needs another person with Administration, and nobody else has it")


async def test_deactivated_administrators_are_not_counted_as_possible(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=("U0DAN",))
    await standup(w, MIA)
    await w.slash(SARA, OPS, DIAL)
    await w.told(SARA, "nobody else has it")


async def test_approvers_may_be_others_than_administrators(tmp_path: Path) -> None:
    needs = '{ backends = "READ_WRITE_ACCESS" }'
    async with world(tmp_path, dialing=rule(approver_permissions=needs)) as w:
        await w.slack.change_group("S0OPS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        assert "with Backends Read/Write" in text_of(card)
        await w.click(MIA, card, "Approve")
        await w.told(MIA, "It needs Backends Read/Write")
        await w.click(MAX, card, "Details")
        await w.told(MAX, E164)
        await w.click(MAX, card, "Approve")
        await ended(w, card, "confirmed")


async def test_a_rule_without_approvals_lets_the_command_act_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule(approvals=0)) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        await w.posted(OPS, "*accepted*")
        assert len(w.sent(DIALLED)) == 1


async def test_a_rule_speaks_of_the_back_ends_it_names(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule("delete", backends='["meetings"]')) as w:
        await standup(w, by=OMAR)
        await standup(w, by=OMAR, handle="meetings/retro")
        await w.slash(OMAR, OPS, "delete standup")
        await w.posted(OPS, "Deleted *jaas/standup*")
        card = await asked(w, "delete retro")
        await w.click(SARA, card, "Approve")
        assert "Deleted *meetings/retro*" in await ended(w, card, "done")


async def test_the_first_rule_that_matches_decides(tmp_path: Path) -> None:
    both = rule(approvals=0, backends='["jaas"]') + rule(approvals=2).removeprefix(DIALING)
    async with world(tmp_path, dialing=both) as w:
        await standup(w, MIA)
        await w.slash(OMAR, OPS, DIAL)
        await w.posted(OPS, "*accepted*")


async def test_a_rule_may_put_a_command_behind_an_approval_that_has_none_by_itself(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule("kick")) as w:
        await standup(w, MIA, MAX)
        card = await asked(w, "kick standup @max")
        assert f"Remove <@{MAX}>" in text_of(card)
        assert w.sent("KICK_PARTICIPANT") == []
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")
        assert len(w.sent("KICK_PARTICIPANT")) == 1


async def test_a_pin_stands_on_no_card_and_in_no_details(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=rule("create")) as w:
        card = await asked(w, "create standup pin=73519264", by=MIA)
        await w.click(SARA, card, "Details")
        shown = await w.told(SARA, "Details: create")
        for message in (card, shown):
            assert "73519264" not in text_of(message)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "done")
