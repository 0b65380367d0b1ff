"""Approve, Deny, Cancel request, Details and the end of the time: who may press what, and what comes of it."""

from __future__ import annotations

import asyncio
import copy
from datetime import timedelta

import pytest

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, STAN, VERA
from tests.fakes.asking import E164, MASKED, NUMBER, OPS, TEAM, answers, asked, ended, labels, standup
from tests.fakes.world import World

pytestmark = pytest.mark.engines

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"


async def test_the_card_says_what_will_happen_who_asks_why_and_until_when(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, f'{DIAL} why="the customer waits"')
    said = text_of(card)
    assert f"Ring *{MASKED}* into *jaas/standup*" in said
    assert f"In now (1): <@{MIA}>" in said
    assert f"asked by <@{OMAR}>" in said
    assert "on jaas" in said
    assert "the customer waits" in said
    assert "Needs 1 other person with Administration · until" in said
    assert labels(w, card) == ["Approve", "Deny", "Details"]


async def test_who_approves_once_more_on_an_old_copy_of_the_card_is_told_what_was_decided(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    stale = copy.deepcopy(card)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    for label in ("Approve", "Deny"):
        await w.click(SARA, stale, label)
        await w.told(SARA, "decided already: confirmed")
    assert len(w.sent(DIALLED)) == 1


async def test_a_denied_request_is_not_carried_out_and_the_requester_is_told_by_whom(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.click(SARA, card, "Deny")
    assert f"Denied by <@{SARA}>" in await ended(w, card, "denied")
    assert labels(w, card) == []
    assert f"<@{SARA}>" in text_of(await w.told(OMAR, "*denied*"))
    assert w.sent(DIALLED) == []


async def test_the_requester_takes_the_request_back_from_a_private_note(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    stale, note = copy.deepcopy(card), await w.told(OMAR, "Asked for approval")
    assert list(buttons_of(note)) == ["Cancel request"]
    await w.click(OMAR, note, "Cancel request")
    await ended(w, card, "cancelled")
    assert labels(w, card) == []
    await w.told(OMAR, "*cancelled* · Took back")
    await w.click(SARA, stale, "Approve")
    await w.told(SARA, "decided already: cancelled")
    assert w.sent(DIALLED) == []


async def test_a_decided_request_cannot_be_taken_back(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    note = await w.told(OMAR, "Asked for approval")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    await w.click(OMAR, note, "Cancel request")
    await w.told(OMAR, "already so")
    assert len(w.sent(DIALLED)) == 1


async def test_a_request_nobody_decides_expires_and_no_later_click_counts(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    stale = copy.deepcopy(card)
    w.clock.advance(timedelta(minutes=29))
    assert labels(w, card) == ["Approve", "Deny", "Details"]
    w.clock.advance(timedelta(minutes=2))
    await ended(w, card, "expired")
    assert labels(w, card) == []
    await w.told(OMAR, "*expired*")
    await w.click(SARA, stale, "Approve")
    await w.told(SARA, "decided already: expired")
    assert w.sent(DIALLED) == []


async def test_details_show_the_whole_number_to_the_requester_and_to_those_who_may_approve(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    for person in (OMAR, SARA):
        await w.click(person, card, "Details")
        await w.told(person, E164)


@pytest.mark.parametrize("person", [MIA, VERA, GUS, STAN])
async def test_details_are_refused_to_everybody_else(w: World, person: str) -> None:
    await standup(w, channel=TEAM)
    card = await asked(w, DIAL, by=OMAR, channel=TEAM, card_in=TEAM)
    await w.click(person, card, "Details")
    said = text_of(await w.told(person, "*refused*"))
    assert "You can't see the details of this request here. It needs Administration" in said
    assert E164 not in said


@pytest.mark.parametrize("person", [MIA, VERA, GUS, STAN])
@pytest.mark.parametrize("verdict", ["Approve", "Deny"])
async def test_a_click_without_the_permission_counts_for_nothing(w: World, person: str, verdict: str) -> None:
    await standup(w, channel=TEAM)
    card = await asked(w, DIAL, channel=TEAM, card_in=TEAM)
    await w.click(person, card, verdict)
    await w.told(person, "*refused* · You can't decide on this here. It needs Administration.")
    assert labels(w, card) == ["Approve", "Deny", "Details"]
    assert w.sent(DIALLED) == []


async def test_the_requester_can_neither_approve_nor_deny_the_own_request(w: World) -> None:
    await standup(w, MIA)
    await w.slack.change_group("S0ADMINS", add=(OMAR,))
    card = await asked(w, DIAL)
    await w.click(OMAR, card, "Approve")
    await w.told(OMAR, "can't approve your own request; somebody else has to")
    await w.click(OMAR, card, "Deny")
    await w.told(OMAR, "Cancel request")
    assert labels(w, card) == ["Approve", "Deny", "Details"]
    assert w.sent(DIALLED) == []


async def test_approve_and_deny_at_the_same_moment_end_as_one_of_them(w: World) -> None:
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await asyncio.gather(w.click(SARA, card, "Approve"), w.click(MAX, card, "Deny"))
    loser = await w.until(lambda: [one for one in (SARA, MAX) if refused(w, one)])
    if loser == [SARA]:
        await ended(w, card, "denied")
        assert w.sent(DIALLED) == []
    else:
        await ended(w, card, "confirmed")
        assert len(w.sent(DIALLED)) == 1


def refused(w: World, person: str) -> bool:
    """Whether this person was told that the click came too late."""
    said = [text_of(one) for one in w.slack.workspace.ephemerals(user=person)]
    return any("decided already" in one for one in said)


async def test_pressing_again_after_having_been_refused_counts_by_the_role_of_that_moment(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.click(MAX, card, "Approve")
    await w.told(MAX, "You can't")
    await w.slack.change_group("S0ADMINS", add=(MAX,))
    await w.click(MAX, card, "Approve")
    await ended(w, card, "confirmed")
    assert len(w.sent(DIALLED)) == 1


async def test_every_click_that_does_not_count_is_answered(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    before = len(await answers(w, MAX, 0))
    for number in (1, 2):
        await w.click(MAX, card, "Approve")
        await answers(w, MAX, before + number)


async def test_approvals_lists_what_waits_for_whom(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    await w.slash(SARA, OPS, "approvals")
    waits = await w.told(SARA, "Waits for you")
    assert list(buttons_of(waits)) == ["Details"]
    assert E164 not in text_of(waits)
    await w.slash(MIA, OPS, "approvals")
    await w.told(MIA, "Nothing waits for you")
    await w.slash(OMAR, OPS, "approvals")
    mine = await w.told(OMAR, "Yours")
    await w.click(OMAR, mine, "Cancel request")
    await ended(w, card, "cancelled")
