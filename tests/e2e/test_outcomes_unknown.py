"""What a vendor's silence, failure or nonsense means: each is one word, one sentence, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MIA, OMAR, SARA
from bot.play.vendors.jaas import EMPTY, HTML, Fault
from tests.fakes.asking import E164, MASKED, NUMBER, OPS, asked, ended, labels, standup, trail
from tests.fakes.speaking import pressed, says
from tests.fakes.world import DIALING, World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"
LOST = Fault(reset_after=0, acts=False)  # received, not done, no answer
DONE_IN_SILENCE = Fault(reset_after=0)


async def approved(w: World, fault: Fault) -> Message:
    """The card of a call that meets this fault, once it was approved."""
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.jaas.faults.add(fault)
    await w.click(SARA, card, "Approve")
    return card


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset_after=0, acts=False),
        Fault(reset_after=20, acts=False),
        Fault(status=500, acts=False),
        Fault(status=503, acts=False),
        Fault(status=504, acts=False),
        HTML,
    ],
    ids=["reset", "reset amid the answer", "500", "503", "504", "html"],
)
async def test_no_clear_answer_to_a_call_is_unknown_and_nothing_is_sent_again(w: World, fault: Fault) -> None:
    card = await approved(w, fault)
    said = await ended(w, card, "unknown")
    assert "may or may not have taken effect" in said
    assert labels(w, card) == ["Check"]
    assert "may or may not" in text_of(await w.told(OMAR, "*unknown*"))
    assert len(w.sent(DIALLED)) == 1


async def test_an_empty_answer_is_an_acceptance(w: World) -> None:
    card = await approved(w, EMPTY)
    await ended(w, card, "confirmed")


async def test_a_vendor_that_is_busy_has_done_nothing_and_may_be_asked_again(w: World) -> None:
    card = await approved(w, Fault(status=429, acts=False))
    assert "try again" in await ended(w, card, "unavailable")
    assert labels(w, card) == []
    again = await asked(w, DIAL)
    await w.click(SARA, again, "Approve")
    await ended(w, again, "confirmed")


async def test_a_vendor_that_is_down_has_done_nothing_and_may_be_asked_again(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    port = int(w.jaas.url.rpartition(":")[2])
    await w.jaas.stop()
    await w.click(SARA, card, "Approve")
    assert "cannot be reached; try again" in await ended(w, card, "unavailable")
    await w.jaas.start(port)
    again = await asked(w, DIAL)
    await w.click(SARA, again, "Approve")
    await ended(w, again, "confirmed")
    assert len(w.sent(DIALLED)) == 1


async def test_a_refused_token_is_made_anew_once_and_the_call_is_placed_once(w: World) -> None:
    card = await approved(w, Fault(status=401, acts=False))
    await ended(w, card, "confirmed")
    assert len(w.sent(DIALLED)) == 2


async def test_credentials_that_stay_refused_are_for_an_administrator_to_mend(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, DIAL)
    w.jaas.faults.add(Fault(status=401, acts=False), times=2)
    await w.click(SARA, card, "Approve")
    assert "refused the bot's own credentials; ask an administrator" in await ended(w, card, "refused")


async def test_check_finds_the_phone_in_and_the_card_is_put_right(w: World) -> None:
    card = await approved(w, Fault(stall=0.15, reset_after=0))
    await ended(w, card, "unknown")
    found = await pressed(w, OMAR, card, "Check")
    assert f"*confirmed* · *{MASKED}* is in *jaas/standup*" in text_of(found)
    await ended(w, card, "confirmed")
    assert labels(w, card) == ["Hang up"]
    assert len(w.sent(DIALLED)) == 1


async def test_the_webhook_of_a_call_without_an_answer_confirms_it_by_itself(w: World) -> None:
    card = await approved(w, DONE_IN_SILENCE)
    assert f"*{MASKED}* is in *jaas/standup*" in await ended(w, card, "confirmed")
    assert labels(w, card) == ["Hang up"]
    assert len(w.sent(DIALLED)) == 1


async def test_check_does_not_find_the_phone_and_offers_to_cancel_and_to_dial_again(w: World) -> None:
    card = await approved(w, LOST)
    await ended(w, card, "unknown")
    found = await pressed(w, OMAR, card, "Check")
    assert f"*unknown* · I don't see *{MASKED}* in *jaas/standup*; it may still ring." in text_of(found)
    assert list(buttons_of(found)) == ["Cancel call", "Dial again"]
    assert labels(w, card) == ["Check"]
    assert len(w.sent(DIALLED)) == 1


async def test_dial_again_is_a_new_request_that_needs_its_own_approval(w: World) -> None:
    card = await approved(w, LOST)
    await ended(w, card, "unknown")
    found = await pressed(w, OMAR, card, "Check")
    before = len(w.slack.workspace.messages(OPS))
    await w.click(OMAR, found, "Dial again")
    [again] = await w.until(lambda: w.slack.workspace.messages(OPS)[before:])
    assert labels(w, again) == ["Approve", "Deny", "Details"]
    assert len(w.sent(DIALLED)) == 1
    await w.click(SARA, again, "Approve")
    await ended(w, again, "confirmed")
    assert len(w.sent(DIALLED)) == 2
    assert len({row.request_id for row in trail(w, "dial")}) == 2


async def test_dial_again_is_judged_by_who_presses_it(w: World) -> None:
    card = await approved(w, LOST)
    await ended(w, card, "unknown")
    said = text_of(await pressed(w, MIA, card, "Check"))
    assert "You can't dial here" in said
    assert len(w.sent(DIALLED)) == 1


async def test_cancel_call_ends_the_doubt(w: World) -> None:
    card = await approved(w, LOST)
    await ended(w, card, "unknown")
    found = await pressed(w, OMAR, card, "Check")
    await w.click(OMAR, found, "Cancel call")
    said = await ended(w, card, "cancelled")
    assert f"No call to *{MASKED}* was found in *jaas/standup* when <@{OMAR}> cancelled it" in said
    [hung_up] = w.sent("HANG_UP_CALL")
    assert hung_up.payload["phoneNo"] == E164


async def test_a_number_of_the_book_with_no_clear_answer_offers_check_to_the_caller(w: World) -> None:
    await standup(w, MIA)
    w.jaas.faults.add(LOST)
    await w.slash(OMAR, OPS, "dial standup oncall")
    told = await w.told(OMAR, "*unknown*")
    assert list(buttons_of(told)) == ["Check"]
    found = await pressed(w, OMAR, told, "Check")
    assert list(buttons_of(found)) == ["Cancel call", "Dial again"]
    await w.click(OMAR, found, "Dial again")
    await w.posted(OPS, "*accepted*")
    assert len(w.sent(DIALLED)) == 2


async def test_dial_again_pressed_twice_rings_once_more_and_not_twice(w: World) -> None:
    await standup(w, MIA)
    w.jaas.faults.add(LOST)
    await w.slash(OMAR, OPS, "dial standup oncall")
    found = await pressed(w, OMAR, await w.told(OMAR, "*unknown*"), "Check")
    await asyncio.gather(*(w.click(OMAR, found, "Dial again") for _ in range(3)))
    await w.posted(OPS, "*accepted*")
    await w.click(OMAR, found, "Dial again")
    await w.told(OMAR, "*already so* · This button has asked for the call again already")
    assert len(w.sent(DIALLED)) == 2


async def test_the_same_command_delivered_twice_is_one_request(w: World) -> None:
    await standup(w, MIA)
    typed = await w.slash(OMAR, OPS, "dial standup oncall")
    await w.slack.redeliver(typed)
    await w.posted(OPS, "*confirmed*")
    assert len(w.sent(DIALLED)) == 1


async def test_an_end_or_a_kick_with_no_clear_answer_is_repeated_because_that_is_harmless(w: World) -> None:
    await standup(w, MIA)
    w.jaas.faults.add(Fault(status=503, acts=False))
    said = await says(w, OMAR, OPS, "end standup sure=yes")
    assert "Ended the meeting" in said
    assert len(w.sent("DESTROY")) == 2


async def test_check_on_an_approved_kick_shows_who_is_in(tmp_path: Path) -> None:
    rule = f'{DIALING}\n[[approvals]]\ncommands = ["kick"]\n'
    async with world(tmp_path, dialing=rule) as w:
        await standup(w, MIA)
        card = await asked(w, "kick standup @mia")
        w.jaas.faults.add(LOST, times=3)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "unknown")
        said = text_of(await pressed(w, OMAR, card, "Check"))
        assert f"In now (1): <@{MIA}>" in said
