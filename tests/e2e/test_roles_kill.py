"""Changes of roles that act at once, come twice, or are killed on their way: sent at most once."""

from __future__ import annotations

from pathlib import Path

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, SARA
from bot.play.vendors.anynode import Fault
from tests.fakes.asking import asked, ended
from tests.fakes.process import free_port, kill, start
from tests.fakes.speaking import OPS, pressed, says
from tests.fakes.world import world
from tests.fakes.world_anynode import MAPPED

AT_ONCE = """
[[approvals]]
commands = ["roles"]
approvals = 0
"""


async def test_a_bot_killed_while_the_exchange_answers_adds_nothing_twice_and_check_settles_it(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, grants=MAPPED, start_bot=False) as w:
        port = free_port()
        process = await start(w, port)
        try:
            card = await asked(w, "roles sbc add AGENT api=ACCESS", by=SARA)
            w.sbc.write_faults.add(Fault(stall=2.0))
            await w.click(MAX, card, "Approve")
            await w.slack.workspace.until(lambda: "AGENT" in w.sbc.role_ids(), timeout=20)
            await kill(process)
            process = await start(w, port)
            await w.slack.workspace.until(lambda: w.says(card, "unknown ·"), timeout=20)
            told = await pressed(w, SARA, w.now(card), "Check")
            assert "sbc has the role AGENT, which holds API access." in text_of(told)
            await ended(w, card, "confirmed")
        finally:
            await kill(process)
        assert len(w.sbc.sent("PUT")) == 1


async def test_without_approvals_a_change_acts_at_once_and_once_though_it_is_delivered_twice(tmp_path: Path) -> None:
    grants = MAPPED + AT_ONCE
    async with world(tmp_path, with_anynode=True, grants=grants, slack='audit_channel = "C0TEAM"') as w:
        delivery = await w.slash(SARA, OPS, "roles sbc add AGENT api=ACCESS")
        await w.told(SARA, "sbc: the role AGENT is there.")
        await w.slack.redeliver(delivery)
        assert f"<@{SARA}>" in text_of(await w.posted("C0TEAM", "the role AGENT is there"))
        assert "AGENT" in await says(w, SARA, OPS, "roles sbc")
        assert len(w.sbc.sent("PUT")) == 1
        assert len(w.slack.workspace.messages("C0TEAM")) == 1
