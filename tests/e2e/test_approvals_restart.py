"""A restart loses nothing: what waited still waits, what was decided is done, what was sent is not sent again."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.play.slack import Message, text_of
from bot.play.slack.seed import MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault
from tests.fakes.asking import MASKED, NUMBER, asked, ended, labels, running, standup
from tests.fakes.speaking import pressed
from tests.fakes.world import World, world

DIAL = f"dial standup {NUMBER}"
DIALLED = "DIAL_OUT_PARTICIPANT"


@pytest.fixture
async def off(tmp_path: Path) -> AsyncIterator[World]:
    """A world in which no bot runs yet."""
    async with world(tmp_path, start_bot=False) as one:
        yield one


async def card_of(w: World) -> Message:
    """A call that waits for its approval."""
    await standup(w, MIA)
    return await asked(w, DIAL)


async def test_what_waits_can_still_be_approved(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    async with running(w):
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")
        await w.told(OMAR, "You asked: Ring")
    assert len(w.sent(DIALLED)) == 1


async def test_what_waits_still_expires_at_its_time(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    async with running(w):
        w.clock.advance(timedelta(minutes=31))
        await ended(w, card, "expired")
        assert labels(w, card) == []


async def test_what_expired_while_the_bot_was_down_is_said_when_it_is_back(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    w.clock.advance(timedelta(hours=2))
    async with running(w):
        await ended(w, card, "expired")
        await w.told(OMAR, "*expired*")
    assert w.sent(DIALLED) == []


async def test_what_waits_can_still_be_taken_back_and_its_details_read(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
        note = await w.told(OMAR, "Asked for approval")
    async with running(w):
        await w.click(SARA, card, "Details")
        await w.told(SARA, "The exact command")
        await w.click(OMAR, note, "Cancel request")
        await ended(w, card, "cancelled")


async def test_a_click_just_before_the_end_is_carried_out_before_it_or_after_it(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
        await w.click(SARA, card, "Approve")
    async with running(w):
        await ended(w, card, "confirmed")
        assert labels(w, card) == ["Hang up"]
    assert len(w.sent(DIALLED)) == 1


@pytest.mark.sqlite  # what the crash left is put into its tables
@pytest.mark.parametrize("state", ["approved", "running"])
async def test_what_a_crash_left_behind_is_carried_out_once(off: World, state: str) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    crashed(w, state)
    async with running(w):
        await ended(w, card, "confirmed")
    assert len(w.sent(DIALLED)) == 1


@pytest.mark.sqlite  # what the crash left is put into its tables
async def test_a_call_sent_before_a_crash_is_unknown_after_it_and_not_sent_again(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    crashed(w, "running", sent=True)
    async with running(w):
        assert "I was restarted while this was under way" in await ended(w, card, "unknown")
        assert labels(w, card) == ["Check"]
        found = await pressed(w, OMAR, card, "Check")
        assert f"I don't see *{MASKED}*" in text_of(found)
    assert w.sent(DIALLED) == []


@pytest.mark.sqlite  # what the crash left is put into its tables
async def test_a_call_without_approval_that_a_crash_cut_off_is_told_with_the_button_that_looks(off: World) -> None:
    w = off
    async with running(w):
        await standup(w, MIA)
        await w.slash(OMAR, "C0OPS", "dial standup oncall")
        await w.posted("C0OPS", "*confirmed*")
    with sqlite3.connect(w.folder / "meetops.db") as db:
        db.execute("UPDATE requests SET state = 'running', outcome = NULL, ended_at = NULL WHERE verb = 'dial'")
        db.execute("UPDATE effects SET result = NULL WHERE name LIKE 'dial %'")
        db.execute("DELETE FROM outbox")
    async with running(w):
        told = await w.told(OMAR, "I was restarted while this was under way")
        assert labels(w, told) == ["Check"]
        await w.click(OMAR, told, "Check")
        await ended(w, told, "confirmed")
        assert labels(w, told) == ["Hang up"]
    assert len(w.sent(DIALLED)) == 1


@pytest.mark.sqlite  # what the crash left is put into its tables
async def test_an_approval_found_long_after_its_time_is_not_carried_out(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    crashed(w, "approved")
    w.clock.advance(timedelta(hours=2))
    async with running(w):
        assert "I was down until after it expired; ask again" in await ended(w, card, "expired")
    assert w.sent(DIALLED) == []


@pytest.mark.sqlite  # what the crash left is put into its tables
async def test_a_card_whose_last_edit_was_missing_is_put_right(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
    crashed(w, "ended", job="request.card")
    async with running(w):
        await ended(w, card, "denied")
        assert labels(w, card) == []


async def test_a_call_of_unknown_outcome_can_be_looked_into_after_a_restart(off: World) -> None:
    w = off
    async with running(w):
        card = await card_of(w)
        w.jaas.faults.add(Fault(reset_after=0, acts=False))
        await w.click(SARA, card, "Approve")
        await ended(w, card, "unknown")
    async with running(w):
        found = await pressed(w, OMAR, card, "Check")
        await w.click(OMAR, found, "Cancel call")
        await ended(w, card, "cancelled")
    assert len(w.sent(DIALLED)) == 1


async def test_a_call_that_waits_for_somebody_is_confirmed_or_cancelled_after_a_restart(off: World) -> None:
    w = off
    async with running(w):
        await standup(w)
        card = await asked(w, DIAL)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "accepted")
    async with running(w):
        await w.enter(MIA, "standup")
        await ended(w, card, "confirmed")
        assert labels(w, card) == ["Hang up"]


def crashed(w: World, state: str, *, job: str = "request.perform", sent: bool = False) -> None:
    """Leave the one request as a process that died would: in this state, with this job to do, its call sent or not."""
    outcome = "denied" if state == "ended" else None
    with sqlite3.connect(w.folder / "meetops.db") as db:
        [(request, at)] = db.execute("SELECT id, asked_at FROM requests WHERE verb = 'dial'").fetchall()
        moved = "UPDATE requests SET state = ?, version = version + 1, outcome = ? WHERE id = ?"
        db.execute(moved, (state, outcome, request))
        db.execute("DELETE FROM jobs WHERE name = 'request.expire'")
        row = (job, request, "{}", at, "doing" if state == "running" else "todo", 0, "")
        db.execute("INSERT INTO jobs (name, key, payload, due_at, state, failures, error) VALUES (?,?,?,?,?,?,?)", row)
        if sent:
            db.execute("INSERT INTO effects VALUES (?, 'dial +40747777777', ?, NULL)", (request, at))
