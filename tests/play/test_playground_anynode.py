"""anynode in the playground, with the real bot: roles shown and changed, one that the exchange defines, no secret."""

from __future__ import annotations

from bot import app
from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack import Message, text_of
from bot.play.slack.seed import ADA, OMAR, SARA, VERA


async def heard(running: Playground, person: str, line: str, words: str) -> Message:
    """Type it, and wait for these words privately or in the channel."""
    workspace = running.slack.workspace
    await running.slack.slash(person, "#ops", line)

    def found() -> list[Message]:
        said = [*workspace.ephemerals(user=person), *workspace.messages("#ops")]
        return [one for one in said if words in text_of(one)]

    return (await workspace.until(found, timeout=10))[-1]


async def test_roles_are_looked_at_changed_with_an_approval_and_taken_from_the_exchange() -> None:
    async with playground(port=0, build_bot=app.from_files, clock=MovableClock()) as running:
        await heard(running, VERA, "whoami", "read from sbc at")
        await heard(running, SARA, "status", "nodes 2 of 3 up (down: Branch office)")
        await heard(running, SARA, "roles sbc", "CALL_HISTORY_EXPORTER")
        card = await heard(running, SARA, "roles sbc add AGENT api=ACCESS monitoringMode=READ_ACCESS", "Approval")
        await running.slack.click(ADA, card, "Approve")
        await running.slack.workspace.until(lambda: "AGENT" in running.sbc.role_ids(), timeout=10)
        await heard(running, OMAR, "roles sbc", "It needs User Management Read")
        seen = [one for one in running.feed.recent if one.backend == "sbc"]
        assert {"/api/roles/get", "/api/roles/add", "/api/dashboard/get"} <= {one.path for one in seen}
        whole = "\n".join(f"{one.path} {one.query} {one.request} {one.response} {one.authorization}" for one in seen)
        assert running.sbc.accounts["meetops"].password not in whole
        assert not [one for one in running.sbc.sessions if one in whole]
