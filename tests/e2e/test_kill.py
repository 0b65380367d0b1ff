"""`kill -9` between the click on Approve and the vendor's answer: nothing rings twice, nothing vanishes silently."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault
from tests.fakes.patience import none_left
from tests.fakes.process import PATIENCE, free_port, kill, running, start
from tests.fakes.world import World, world

OPS = "C0OPS"
PLENTY = """
[dialing]
allow = ["+40"]
per_user_per_hour = 1000
per_room_per_day = 1000
per_day = 1000
"""
ENDED = ("accepted", "queued", "confirmed", "unknown")


async def asked(w: World, number: str) -> Message:
    """The approval card of a dial."""
    await w.slash(OMAR, OPS, f"dial standup {number}")
    ending = number[-3:]

    def card() -> list[Message]:
        return [one for one in w.slack.workspace.messages(OPS) if f"… {ending}" in text_of(one)]

    return (await w.slack.workspace.until(card, timeout=PATIENCE))[-1]


async def campaign(folder: Path, *, kills: int) -> Counter[str]:
    async with world(folder, start_bot=False, dialing=PLENTY) as w:
        port, cards = free_port(), {}
        process = await start(w, port)
        try:
            await w.slash(MIA, OPS, "create standup")
            await w.slack.workspace.until(lambda: w.slack.workspace.messages(OPS), timeout=PATIENCE)
            for turn in range(kills):
                number = f"+40747777{turn:03}"
                cards[number] = await asked(w, number)
                w.jaas.faults.add(Fault(stall=random.random() * 0.1))
                await w.click(SARA, cards[number], "Approve")
                await asyncio.sleep(random.random() * 0.12)
                await kill(process)
                process = await start(w, port)
            await none_left(lambda: sum(not ended(w.now(card)) for card in cards.values()), "calls have no end")
        finally:
            await kill(process)
        return check(w, cards)


def ended(card: Message) -> bool:
    """Whether the card carries an outcome's word."""
    return any(f"*{word}*" in text_of(card) for word in ENDED)


def check(w: World, cards: dict[str, Message]) -> Counter[str]:
    """At most one call each; where nobody knows, the card offers to look. Returns how many ended in which way."""
    ends = Counter[str]()
    rung = Counter(call.payload["phoneNo"] for call in w.sent("DIAL_OUT_PARTICIPANT"))
    assert max(rung.values()) == 1
    for number, card in cards.items():
        now = w.now(card)
        if "*unknown*" in text_of(now):
            assert "Check" in buttons_of(now)
            ends["unknown, rung" if rung[number] else "unknown, not rung"] += 1
        else:
            assert rung[number] == 1, text_of(now)
            ends["rung"] += 1
    return ends


async def test_ten_kills_after_an_approval_ring_nobody_twice_and_lose_nothing(tmp_path: Path) -> None:
    await campaign(tmp_path, kills=10)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_many_kills_after_an_approval_ring_nobody_twice_and_lose_nothing(tmp_path: Path) -> None:
    ends = await campaign(tmp_path, kills=100)
    assert ends.total() == 100
    print("100 approvals, 100 kills:", dict(ends))  # noqa: T201


async def test_sigterm_lets_a_call_under_way_end_and_its_card_says_so_after_the_restart(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False, dialing=PLENTY) as w:
        port = free_port()
        async with running(w, port) as process:
            await w.slash(MIA, OPS, "create standup")
            await w.slack.workspace.until(lambda: w.slack.workspace.messages(OPS), timeout=20)
            card = await asked(w, "+40747777001")
            w.jaas.faults.add(Fault(stall=0.5))
            await w.click(SARA, card, "Approve")
            await w.slack.workspace.until(lambda: w.sent("DIAL_OUT_PARTICIPANT"), timeout=20)
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 30) == 0
        async with running(w, port):
            await w.slack.workspace.until(lambda: w.says(w.now(card), "accepted"), timeout=20)
        assert len(w.sent("DIAL_OUT_PARTICIPANT")) == 1
