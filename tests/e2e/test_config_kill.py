"""Configuration that acts at once, or is killed on its way: sent at most once, and told where it has to be."""

from __future__ import annotations

from pathlib import Path

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import OMAR, SARA
from bot.play.vendors.pexip import Fault
from tests.fakes.configuring import OPS, answered, asked, changes, configurable, rows
from tests.fakes.process import free_port, kill, start

AT_ONCE = """
[[approvals]]
commands = ["config"]
approvals = 0
"""


async def test_a_bot_killed_while_the_node_answers_adds_nothing_twice(tmp_path: Path) -> None:
    async with configurable(tmp_path, start_bot=False) as w:
        port = free_port()
        process = await start(w, port)
        try:
            card = await asked(w, "stun_server add name=S1 address=10.0.0.1")
            w.pexip.write_faults.add(Fault(stall=2.0))
            await w.click(SARA, card, "Approve")
            await w.slack.workspace.until(lambda: changes(w), timeout=20)
            await kill(process)
            process = await start(w, port)
            await w.slack.workspace.until(lambda: w.says(card, "unknown ·"), timeout=20)
        finally:
            await kill(process)
        assert "Check" in buttons_of(w.now(card))
        assert len(changes(w)) == 1
        assert len(rows(w, "stun_server")) == 1


async def test_without_approvals_a_change_acts_at_once_and_the_audit_channel_hears_of_it(tmp_path: Path) -> None:
    async with configurable(tmp_path, top="", dialing=AT_ONCE, slack='audit_channel = "C0TEAM"') as w:
        told = await answered(w, "stun_server add name=S1 address=10.0.0.1", "Added stun_server 1")
        assert "done ·" in told
        heard = await w.posted("C0TEAM", "Added stun_server 1")
        assert f"<@{OMAR}>" in text_of(heard)
        await answered(w, "stun_server list", "stun_server: 1–1 of 1")
        assert len(w.slack.workspace.messages("C0TEAM")) == 1


async def test_the_same_command_delivered_twice_adds_once(tmp_path: Path) -> None:
    async with configurable(tmp_path, dialing=AT_ONCE) as w:
        delivery = await w.slash(OMAR, OPS, "config pexip stun_server add name=S1 address=10.0.0.1")
        await w.told(OMAR, "Added stun_server 1")
        await w.slack.redeliver(delivery)
        await answered(w, "stun_server list", "stun_server: 1–1 of 1")
        assert len(changes(w)) == 1
