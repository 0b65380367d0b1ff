"""At most once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.calls import Calls
from bot.errors import BackendError, BadInput, Refused, Unavailable, UnknownOutcome
from bot.model import Outcome, VendorRoom
from bot.store import Store
from tests.fakes.storage import NOON, opened

pytestmark = pytest.mark.engines


class Vendor:
    """Counts what reached it."""

    def __init__(self, *answers: Outcome | BaseException) -> None:
        self.calls = 0
        self._answers = list(answers)

    async def dial(self) -> Outcome:
        self.calls += 1
        answer = self._answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path) as kept:
        yield kept


@pytest.fixture
def calls(store: Store) -> Calls:
    return Calls(store)


async def test_the_answer_is_given_back_and_nothing_is_sent_again(calls: Calls) -> None:
    vendor = Vendor(Outcome.ACCEPTED)
    for _twice in range(2):
        assert await calls.once("r1", "dial", vendor.dial, Outcome) is Outcome.ACCEPTED
    assert vendor.calls == 1
    assert not await calls.doubtful("r1")


async def test_another_request_and_another_effect_are_sent(calls: Calls) -> None:
    vendor = Vendor(*[Outcome.ACCEPTED] * 3)
    for request, effect in (("r1", "dial"), ("r2", "dial"), ("r1", "create")):
        await calls.once(request, effect, vendor.dial, Outcome)
    assert vendor.calls == 3


async def test_an_answer_with_parts_comes_back_whole(calls: Calls) -> None:
    made = VendorRoom("7", "standup-x7f3", facts={"type": "conference"}, settings={"lobby": "on"})

    async def create() -> VendorRoom:
        return made

    assert await calls.once("r1", "create", create, VendorRoom) == made
    assert await calls.once("r1", "create", create, VendorRoom) == made


async def test_an_unclear_answer_is_never_sent_again(calls: Calls) -> None:
    vendor = Vendor(UnknownOutcome("No answer came."))
    with pytest.raises(UnknownOutcome, match="No answer came"):
        await calls.once("r1", "dial", vendor.dial, Outcome)
    with pytest.raises(UnknownOutcome, match="sent before"):
        await calls.once("r1", "dial", vendor.dial, Outcome)
    assert vendor.calls == 1
    assert await calls.doubtful("r1")


@pytest.mark.parametrize("error", [Unavailable, BadInput, Refused, BackendError])
async def test_what_certainly_had_no_effect_may_be_sent_again(calls: Calls, error: type[Exception]) -> None:
    vendor = Vendor(error("No."), Outcome.ACCEPTED)
    with pytest.raises(error):
        await calls.once("r1", "dial", vendor.dial, Outcome)
    assert not await calls.doubtful("r1")
    assert await calls.once("r1", "dial", vendor.dial, Outcome) is Outcome.ACCEPTED


async def test_a_bug_after_sending_leaves_it_unknown(calls: Calls) -> None:
    vendor = Vendor(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await calls.once("r1", "dial", vendor.dial, Outcome)
    with pytest.raises(UnknownOutcome):
        await calls.once("r1", "dial", vendor.dial, Outcome)


async def test_being_cancelled_while_waiting_for_the_answer_leaves_it_unknown(calls: Calls) -> None:
    sent = asyncio.Event()

    async def stalls() -> Outcome:
        sent.set()
        await asyncio.Event().wait()
        return Outcome.DONE

    task = asyncio.create_task(calls.once("r1", "dial", stalls, Outcome))
    await sent.wait()
    with pytest.raises(UnknownOutcome):
        await calls.once("r1", "dial", stalls, Outcome)
    task.cancel()
    await asyncio.wait({task})
    assert await calls.doubtful("r1")


async def test_the_intent_is_on_the_disk_before_anything_is_sent(calls: Calls, store: Store) -> None:
    async def look() -> Outcome:
        (effect,) = (await store.effects.of("r1")).values()
        assert (effect.name, effect.at, effect.result) == ("dial", NOON, None)
        return Outcome.DONE

    await calls.once("r1", "dial", look, Outcome)


async def test_nothing_is_sent_when_the_intent_cannot_be_written(calls: Calls, store: Store) -> None:
    vendor = Vendor(Outcome.ACCEPTED)
    await store.db.close()
    with pytest.raises(Unavailable):
        await calls.once("r1", "dial", vendor.dial, Outcome)
    assert vendor.calls == 0


@pytest.mark.sqlite  # on a server it is tried for a while
async def test_an_answer_that_cannot_be_written_down_is_still_given(calls: Calls, store: Store) -> None:
    async def close_then_answer() -> Outcome:
        await store.db.close()
        return Outcome.ACCEPTED

    assert await calls.once("r1", "dial", close_then_answer, Outcome) is Outcome.ACCEPTED


@pytest.mark.sqlite  # on a server it is tried for a while
async def test_a_refusal_that_cannot_be_written_down_is_still_told(calls: Calls, store: Store) -> None:
    async def close_then_refuse() -> Outcome:
        await store.db.close()
        raise Refused("8x8 does not dial that country.")

    with pytest.raises(Refused, match="that country"):
        await calls.once("r1", "dial", close_then_refuse, Outcome)


async def test_what_is_forbidden_while_it_is_recorded_is_not_sent_and_leaves_no_trace(
    calls: Calls, store: Store
) -> None:
    vendor = Vendor(Outcome.ACCEPTED)

    async def used_up() -> None:
        raise Refused("No more calls for now.")

    with pytest.raises(Refused, match="No more calls"):
        await calls.once("r1", "dial", vendor.dial, Outcome, within=used_up)
    assert (vendor.calls, await store.effects.of("r1")) == (0, {})


async def test_what_was_sent_before_is_given_back_whatever_forbids_it_now(calls: Calls) -> None:
    vendor = Vendor(Outcome.ACCEPTED)
    await calls.once("r1", "dial", vendor.dial, Outcome)

    async def used_up() -> None:
        raise Refused("No more calls for now.")

    assert await calls.once("r1", "dial", vendor.dial, Outcome, within=used_up) is Outcome.ACCEPTED
    assert vendor.calls == 1


@pytest.mark.sqlite  # on a server it is tried for a while
async def test_the_log_of_an_answer_not_written_down_holds_no_number(calls: Calls, store: Store) -> None:
    async def close_then_answer() -> Outcome:
        await store.db.close()
        return Outcome.ACCEPTED

    with capture_logs() as logged:
        await calls.once("r1", "dial +40747777777", close_then_answer, Outcome)
    assert [line["event"] for line in logged] == ["answer not written down"]
    assert "747777777" not in str(logged)
