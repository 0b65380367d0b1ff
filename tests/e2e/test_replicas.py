"""Two processes on one PostgreSQL behind a balancer without memory: nothing is done twice, nothing is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from bot.audit import verify
from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault
from bot.store import Database
from tests.e2e.test_kill import PLENTY, ended
from tests.fakes.patience import none_left
from tests.fakes.process import PATIENCE
from tests.fakes.replicas import Replicas, replicas
from tests.fakes.world import World, world

pytestmark = pytest.mark.postgres
OPS = "C0OPS"


async def asked(w: World, number: str) -> Message:
    """The approval card of a dial."""
    await w.slash(OMAR, OPS, f"dial standup {number}")

    def card() -> list[Message]:
        return [one for one in w.slack.workspace.messages(OPS) if f"… {number[-3:]}" in text_of(one)]

    return (await w.slack.workspace.until(card, timeout=PATIENCE))[-1]


async def double_click(w: World, card: Message) -> None:
    """Two presses of Approve at once; a person who sees an error presses again, as long as there is a button."""
    for _ in range(200):
        w.jaas.faults.add(Fault(stall=random.random() * 0.2))
        shown = w.now(card)
        if "Approve" not in buttons_of(shown):
            return
        with suppress(AssertionError, KeyError):
            acks = await asyncio.gather(w.slack.click(SARA, shown, "Approve"), w.slack.click(SARA, shown, "Approve"))
            if any(ack.ok for ack in acks):
                return
        await asyncio.sleep(0.3)
    raise AssertionError("nobody took the click")


async def killing(several: Replicas, every: tuple[float, float]) -> None:
    """Kill one or the other, over and over, and start it again."""
    while True:
        await asyncio.sleep(random.uniform(*every))
        port = random.choice(list(several.processes))
        await several.kill(port)
        await several.start(port)


async def campaign(folder: Path, *, approvals: int, every: tuple[float, float], pause: float) -> Counter[str]:
    async with world(folder, start_bot=False, dialing=PLENTY) as w, replicas(w) as several:
        await w.slash(MIA, OPS, "create standup")
        await w.slack.workspace.until(lambda: w.slack.workspace.messages(OPS), timeout=PATIENCE)
        numbers = [f"+40747777{turn:03}" for turn in range(approvals)]
        cards = {number: await asked(w, number) for number in numbers}
        killer = asyncio.create_task(killing(several, every))
        for card in cards.values():
            await double_click(w, card)
            await asyncio.sleep(random.random() * pause)
        await none_left(lambda: sum(not ended(w.now(card)) for card in cards.values()), "calls have no end")
        await none_left(lambda: len(set(numbers) - told(w)), "requesters were not told")
        killer.cancel()
        await asyncio.wait({killer})
        assert len(several.hits) == 2
        rung = Counter(call.payload["phoneNo"] for call in w.sent("DIAL_OUT_PARTICIPANT"))
        outcomes = check(w, cards, rung)
        db = Database(w.environ["DATABASE_URL"], read_only=True)
        await db.open()
        assert (await verify(db)).broken_at is None
        await db.close()
        assert killer.cancelled() or killer.exception() is None
        return outcomes + Counter(killed=len(several.logs))


def told(w: World) -> set[str]:
    """The numbers whose requester was told in direct messages how it ended."""
    said = "\n".join(text_of(one) for one in w.slack.workspace.dms(OMAR))
    return {f"+40747777{turn:03}" for turn in range(1000) if f"… {turn:03}" in said}


def check(w: World, cards: dict[str, Message], rung: Counter[str]) -> Counter[str]:
    """Nobody is rung twice; who was not rung has a card that says that nobody knows."""
    outcomes = Counter[str]()
    for number, card in cards.items():
        words = text_of(w.now(card))
        assert rung[number] <= 1, f"{number} was rung twice"
        assert rung[number] == 1 or "*unknown*" in words, words
        outcomes["unknown" if "*unknown*" in words else "rung"] += 1
    return outcomes


async def test_approvals_double_clicked_on_two_replicas_that_are_killed_ring_nobody_twice_and_lose_nothing(
    tmp_path: Path,
) -> None:
    outcomes = await campaign(tmp_path, approvals=10, every=(0.2, 0.8), pause=0.25)
    assert outcomes["killed"] >= 1


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_a_hundred_approvals_while_a_replica_is_killed_every_few_seconds(tmp_path: Path) -> None:
    outcomes = await campaign(tmp_path, approvals=100, every=(2.0, 5.0), pause=1.0)
    assert outcomes["rung"] > outcomes["unknown"]
    print("100 approvals on two replicas:", dict(outcomes))  # noqa: T201
