"""Requests and what hangs on them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from bot.clock import MovableClock
from bot.model import Outcome
from bot.reply import At, Part, Strong, User, text
from bot.rules import Need
from bot.store import Draft, Request, Result, State, Store, Verdict, wording
from bot.voice import Posted
from tests.fakes.storage import ANN, BOB, NOON, draft, opened

pytestmark = pytest.mark.engines

PARTS = st.one_of(
    st.text(),
    *(st.builds(kind, st.text()) for kind in get_args(Part) if kind not in (str, At)),
    st.builds(
        At, st.datetimes().map(lambda moment: moment.replace(tzinfo=NOON.tzinfo)), st.sampled_from(["time", "full"])
    ),
)


async def keep(store: Store, wanted: Draft, state: State = State.PENDING) -> Request:
    async with store.db.begin() as tx:
        return await store.requests.add(tx, wanted, state)


async def test_a_request_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    wanted = draft(
        says=text("Ring ", Strong("+40 74… 777"), " for ", User("U0BOB"), " at ", At(NOON)),
        approver_needs=(Need("administration", "ACCESS"),),
        notify=("S0ADMINS",),
        meeting_was=True,
    )
    async with opened(tmp_path) as store:
        kept = await keep(store, wanted)
    async with opened(tmp_path) as store:
        assert await store.requests.get(kept.id) == kept
        assert await store.requests.by_key("click-1") == kept
        assert kept.pending
        assert kept.intact
        assert (kept.says, kept.word) == (wanted.says, "pending")


async def test_one_key_is_one_request(store: Store) -> None:
    await keep(store, draft())
    with pytest.raises(IntegrityError):
        await keep(store, draft(line="dial jaas/standup +40111111111"))


async def test_only_the_first_of_two_who_read_the_same_changes_it(store: Store) -> None:
    read = await keep(store, draft())
    async with store.db.begin() as tx:
        assert await store.requests.move(tx, read, State.APPROVED)
    async with store.db.begin() as tx:
        assert not await store.requests.move(tx, read, State.ENDED, Result(Outcome.CANCELLED))
    now = await store.requests.get(read.id)
    assert now is not None
    assert (now.state, now.version, now.outcome) == (State.APPROVED, 2, None)


@pytest.mark.parametrize(
    "other", [{"line": "dial jaas/standup +40111111111"}, {"room_id": "r2"}, {"meeting_id": "m2"}, {"requester": BOB}]
)
def test_what_is_agreed_to_is_the_words_the_very_room_and_the_very_meeting(other: dict[str, Any]) -> None:
    assert draft(**other).digest != draft().digest
    assert draft(reason="because").digest == draft().digest


async def test_calls_are_counted_by_who_placed_them_where_and_when(tmp_path: Path) -> None:
    clock = MovableClock(NOON)
    async with opened(tmp_path, clock) as store:
        placed: dict[str, dict[str, Any]]
        placed = {"a": {}, "b": {"requester": BOB}, "c": {"room_id": "r2"}, "d": {"verb": "create"}}
        for key, other in placed.items():
            request = await keep(store, draft(key, **other))
            async with store.db.begin() as tx:
                await store.effects.intend(tx, request.id, "effect")
            clock.advance(timedelta(minutes=1))
        await keep(store, draft("asked for, not placed"))
        assert await store.requests.dialled(since=NOON) == 3
        assert await store.requests.dialled(since=NOON, person=ANN) == 2
        assert await store.requests.dialled(since=NOON, room_id="r1") == 2
        assert await store.requests.dialled(since=NOON + timedelta(minutes=1), person=ANN, room_id="r2") == 1
        assert await store.requests.dialled(since=clock.now()) == 0


async def test_one_click_is_kept_once_and_weighed_once(store: Store) -> None:
    request = await keep(store, draft())
    async with store.db.begin() as tx:
        assert await store.decisions.add(tx, request.id, BOB, verdict=Verdict.APPROVE, key="k")
        assert not await store.decisions.add(tx, request.id, BOB, verdict=Verdict.DENY, key="k")
        (click,) = await store.decisions.on(request.id, tx)
        assert await store.decisions.weigh(tx, click, counted=True)
        assert not await store.decisions.weigh(tx, click, counted=False)
    (click,) = await store.decisions.on(request.id)
    assert (click.approver, click.verdict, click.counted) == (BOB, Verdict.APPROVE, True)


async def test_a_message_is_found_again_where_it_was_posted_last(store: Store) -> None:
    assert await store.outbox.posted("card:1") is None
    for ts in ("1.0", "2.0"):
        async with store.db.begin() as tx:
            await store.outbox.remember(tx, "card:1", Posted("C1", ts))
    assert await store.outbox.posted("card:1") == Posted("C1", "2.0")


@given(st.lists(PARTS).map(tuple))
def test_a_text_comes_back_with_its_marks(words: tuple[Part, ...]) -> None:
    assert wording.load(wording.dump(words)) == words
