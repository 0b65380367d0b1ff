"""Approvals: who counts, what is done once, and what people see of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.approvals import Request, Result, State
from bot.clock import MovableClock
from bot.errors import AlreadySo, NotFound, Refused, Unavailable
from bot.model import Outcome, Person
from bot.policy import Decision
from bot.reply import Text, User
from bot.store.tables import requests
from bot.voice import Posted
from tests.fakes.approving import Office, Outside, office
from tests.fakes.storage import ANN, BOB, EVE, NOON, draft

pytestmark = pytest.mark.engines

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
async def here(tmp_path: Path, outside: Outside) -> AsyncIterator[Office]:
    async with office(tmp_path, MovableClock(NOON), outside) as one:
        yield one


async def test_a_request_is_shown_approved_carried_out_and_told(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    assert (await here.settled(asked)).pending
    assert outside.card == ["pending"]
    ended = await here.click(asked, BOB)
    assert (ended.state, ended.outcome, ended.answer) == (State.ENDED, Outcome.ACCEPTED, ("Ringing.",))
    assert outside.performed == [asked.id]
    assert outside.card[-1] == "accepted"
    assert outside.posts == 1
    assert outside.told == [(ANN, "accepted")]
    assert await here.trail() == [
        ("U0ANN", "dial", "pending"),
        ("U0BOB", "approve dial", "counted"),
        ("U0ANN", "dial", "accepted"),
    ]
    (last, *_) = await here.audit.search(since=NOON, limit=1)
    assert (last.approvers, last.facts, last.request_id) == ((str(BOB),), {"number": "+40 74… 777"}, asked.id)


async def test_the_buttons_are_off_while_it_is_carried_out(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    await here.settled(asked)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Result:
        entered.set()
        await leave.wait()
        return Result(Outcome.DONE)

    outside.does = slow
    await here.approvals.decide(asked.id, BOB, "approve", "k")
    await entered.wait()
    async with asyncio.timeout(5):
        while outside.card[-1] == "pending":
            await asyncio.sleep(0.001)
    assert outside.card[-1] in {"approved", "running"}
    leave.set()
    await here.jobs.idle()
    assert outside.card[-1] == "done"


async def test_the_same_ask_twice_is_one_request(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    assert await here.approvals.ask(draft(line="dial jaas/standup +40111111111")) == asked
    await here.settled(asked)
    assert outside.posts == 1
    assert len(await here.trail()) == 1


async def test_a_second_approval_of_the_same_request_changes_nothing(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    await here.click(asked, BOB)
    ended = await here.click(asked, EVE)
    assert ended.outcome is Outcome.ACCEPTED
    assert outside.performed == [asked.id]
    assert outside.told[-1] == (EVE, "That request is decided already: accepted.")
    assert (await here.trail())[-1] == ("U0EVE", "approve dial", "not counted")


async def test_the_same_click_delivered_twice_acts_once_and_says_nothing(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    for _twice in range(2):
        await here.click(asked, BOB, key="one click")
    assert outside.performed == [asked.id]
    assert outside.told == [(ANN, "accepted")]


async def test_many_clicks_at_the_same_moment_act_once(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    people = [Person("T1", f"U{number}") for number in range(12)]
    outside.may_decide |= set(people)
    await asyncio.gather(*(here.approvals.decide(asked.id, one, "approve", one.user_id) for one in people))
    await here.settled(asked)
    assert outside.performed == [asked.id]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("approve", "You can't approve your own request; somebody else has to."),
        ("deny", "You can't deny your own request; take it back with Cancel request."),
    ],
)
async def test_the_requester_never_counts_whatever_their_role(
    here: Office, outside: Outside, verdict: str, said: str
) -> None:
    asked = await here.approvals.ask(draft())
    assert (await here.click(asked, ANN, verdict)).pending
    assert outside.told == [(ANN, said)]
    assert outside.performed == []


async def test_the_requester_from_another_workspace_of_the_same_grid_is_still_the_requester(here: Office) -> None:
    asked = await here.approvals.ask(draft())
    assert (await here.click(asked, Person("T2", ANN.user_id, "E1"))).pending


async def test_who_may_not_decide_is_told_why_and_nothing_is_done(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    outside.may_decide = set()
    for verdict in ("approve", "deny"):
        assert (await here.click(asked, BOB, verdict)).pending
    assert outside.told == [(BOB, "You can't approve this here.")] * 2
    outside.may_decide = {BOB}
    assert not (await here.click(asked, BOB, key="with today's role")).pending


async def test_a_role_that_cannot_be_read_does_not_count(here: Office, outside: Outside) -> None:
    async def judge(request: Request, person: Person) -> Decision:
        raise Unavailable("Slack did not say who is in that group; try again.")

    outside.judges = judge
    asked = await here.approvals.ask(draft())
    assert (await here.click(asked, BOB)).pending
    assert outside.told == [(BOB, "Slack did not say who is in that group; try again.")]


async def test_two_approvals_are_two_people(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft(approvals_needed=2))
    assert (await here.click(asked, BOB, key="first")).pending
    assert (await here.click(asked, BOB, key="second")).pending
    assert outside.told == [(BOB, "You have approved this already; it needs another person.")]
    assert await here.approvals.approvers(asked.id) == (BOB,)
    here.clock.advance(timedelta(seconds=1))
    assert not (await here.click(asked, EVE)).pending
    assert await here.approvals.approvers(asked.id) == (BOB, EVE)
    assert outside.performed == [asked.id]


async def test_one_denial_decides_also_by_who_approved_before(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft(approvals_needed=2))
    await here.click(asked, BOB)
    ended = await here.click(asked, BOB, "deny")
    assert (ended.outcome, ended.answer) == (Outcome.DENIED, ("Denied by ", User("U0BOB"), "."))
    assert outside.performed == []
    assert outside.card[-1] == "denied"
    assert outside.told == [(ANN, "denied")]
    assert (await here.trail())[-1] == ("U0ANN", "dial", "denied")


async def test_an_unanswered_request_expires_and_cannot_be_approved_after(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    await here.settled(asked)
    here.clock.advance(HALF_HOUR - timedelta(seconds=1))
    assert (await here.settled(asked)).pending
    here.clock.advance(timedelta(seconds=1))
    assert (await here.settled(asked)).outcome is Outcome.EXPIRED
    assert outside.card[-1] == "expired"
    assert outside.told == [(ANN, "expired")]
    await here.click(asked, BOB)
    assert outside.performed == []
    assert outside.told[-1] == (BOB, "That request is decided already: expired.")


async def test_a_decided_request_does_not_expire_later(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    await here.click(asked, BOB)
    here.clock.advance(2 * HALF_HOUR)
    assert (await here.settled(asked)).outcome is Outcome.ACCEPTED


async def test_only_the_requester_cancels_and_only_while_it_waits(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    with pytest.raises(Refused, match="Only the person who asked"):
        await here.approvals.cancel(asked.id, BOB)
    cancelled = await here.approvals.cancel(asked.id, ANN)
    assert cancelled == await here.settled(asked)
    assert outside.card[-1] == "cancelled"
    with pytest.raises(AlreadySo, match="cancelled"):
        await here.approvals.cancel(asked.id, ANN)
    await here.click(asked, BOB)
    assert outside.performed == []


async def test_a_decision_on_nothing_is_refused(here: Office) -> None:
    with pytest.raises(NotFound):
        await here.approvals.decide("gone", BOB, "approve", "k")
    with pytest.raises(NotFound):
        await here.approvals.cancel("gone", ANN)


async def test_what_was_changed_after_it_was_approved_is_not_carried_out(here: Office, outside: Outside) -> None:
    asked = await here.approvals.ask(draft())
    async with here.store.db.begin() as tx:
        await tx.execute(update(requests).values(line="dial jaas/standup +40111111111"))
    assert (await here.click(asked, BOB)).outcome is Outcome.REFUSED
    assert outside.performed == []


@pytest.mark.parametrize("error", [Refused("That meeting ended at 14:20; ask again."), Unavailable("8x8 is down.")])
async def test_a_failure_is_the_outcome_and_is_told(
    here: Office, outside: Outside, error: Refused | Unavailable
) -> None:
    async def fails(request: Request) -> Result:
        raise error

    outside.does = fails
    ended = await here.click(await here.approvals.ask(draft()), BOB)
    assert (ended.word, ended.answer) == (error.outcome, (str(error),))
    assert outside.told == [(ANN, error.outcome)]


async def test_a_bug_while_carrying_out_ends_as_unknown_and_is_not_repeated(here: Office, outside: Outside) -> None:
    async def breaks(request: Request) -> Result:
        raise ZeroDivisionError

    outside.does = breaks
    asked = await here.approvals.ask(draft(repeatable=False))
    assert (await here.click(asked, BOB)).state is State.RUNNING
    here.clock.advance(timedelta(minutes=1))
    assert (await here.settled(asked)).outcome is Outcome.UNKNOWN
    assert outside.performed == [asked.id]
    assert outside.told == [(ANN, "unknown")]


async def test_more_is_known_later_about_an_open_outcome_and_never_about_a_final_one(
    here: Office, outside: Outside
) -> None:
    ended = await here.click(await here.approvals.ask(draft()), BOB)
    assert await here.approvals.amend(ended.id, Result(Outcome.CONFIRMED, ("They answered.",)))
    assert not await here.approvals.amend(ended.id, Result(Outcome.UNKNOWN))
    now = await here.settled(ended)
    assert (now.outcome, now.answer, outside.card[-1]) == (Outcome.CONFIRMED, ("They answered.",), "confirmed")
    assert (await here.trail())[-1] == ("U0ANN", "dial", "confirmed")


async def test_the_card_is_posted_once_and_edited_after_even_when_slack_fails(here: Office, outside: Outside) -> None:
    shown: list[Posted | None] = []

    async def show(request: Request, card: Posted | None) -> Posted:
        shown.append(card)
        if len(shown) == 1:
            raise Unavailable("Slack did not answer.")
        return card or Posted("C0OPS", "1.0")

    outside.shows = show
    asked = await here.approvals.ask(draft())
    await here.settled(asked)
    here.clock.advance(timedelta(minutes=1))
    await here.click(asked, BOB)
    assert shown[:2] == [None, None]
    assert set(shown[2:]) == {Posted("C0OPS", "1.0")}


async def test_who_cannot_be_told_does_not_hold_up_the_request(here: Office, outside: Outside) -> None:
    async def answer(request: Request, person: Person, why: Text) -> None:
        raise Unavailable("Slack did not answer.")

    outside.answers = answer
    asked = await here.approvals.ask(draft())
    await here.click(asked, ANN)
    assert (await here.click(asked, BOB)).outcome is Outcome.ACCEPTED


async def test_mine_and_those_that_wait(here: Office, outside: Outside) -> None:
    old = await here.approvals.ask(draft("old"))
    await here.approvals.cancel(old.id, ANN)
    here.clock.advance(timedelta(days=2))
    later = here.clock.now() + HALF_HOUR
    waiting = await here.approvals.ask(draft("waiting", expires_at=later))
    theirs = await here.approvals.ask(draft("theirs", requester=BOB, expires_at=later))
    await here.approvals.begin(draft("at once", approvals_needed=0))
    assert [one.id for one in await here.approvals.mine(ANN)] == [waiting.id]
    assert {one.id for one in await here.approvals.pending()} == {waiting.id, theirs.id}


async def test_what_is_carried_out_at_once_is_recorded_once_before_and_after(here: Office, outside: Outside) -> None:
    begun = await here.approvals.begin(draft(approvals_needed=0))
    assert begun is not None
    assert await here.approvals.begin(draft(approvals_needed=0)) is None
    assert (await here.approvals.get(begun.id)) == begun
    ended = await here.approvals.finish(begun, Result(Outcome.ACCEPTED, ("Ringing.",)))
    assert ended == await here.settled(begun)
    assert await here.approvals.finish(begun, Result(Outcome.UNKNOWN)) == ended
    assert await here.trail() == [("U0ANN", "dial", "accepted")]
    assert (outside.card, outside.told) == ([], [])


async def test_a_request_without_approvers_is_a_bug(here: Office) -> None:
    for wrong in (draft(approvals_needed=0), draft(expires_at=None), replace(draft(), card_channel_id=None)):
        with pytest.raises(ValueError, match="needs approvals"):
            await here.approvals.ask(wrong)
