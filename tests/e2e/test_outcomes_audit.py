"""Whatever was asked, decided and done is on record with who approved; the audit channel hears of it."""

from __future__ import annotations

from pathlib import Path

from bot.app.offline import audit_verify
from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from bot.play.vendors.jaas import Fault
from bot.settings import load
from tests.fakes.asking import NUMBER, OPS, asked, ended, standup, trail
from tests.fakes.speaking import says
from tests.fakes.world import DIALING, World, world

DIAL = f"dial standup {NUMBER}"
TWO = f"""{DIALING}
[[approvals]]
commands = ["dial"]
approvals = 2
"""


async def written(w: World) -> None:
    """Whoever reads the audit has the rows written that its process holds back; there may be two processes."""
    for _ in range(2):
        await says(w, SARA, OPS, "audit since=1h")


async def intact(w: World) -> str:
    """What `meetops audit verify` says beside the running bot."""
    report = await audit_verify(load({**w.environ}, w.folder))
    assert report.intact, report.sentence
    return report.sentence


async def test_every_step_of_every_request_is_on_record_and_the_chain_holds(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=TWO) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await w.click(MIA, card, "Approve")
        await w.told(MIA, "You can't")
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "Needs 1 other"))
        await w.click(MAX, card, "Approve")
        await ended(w, card, "confirmed")
        denied = await asked(w, DIAL)
        await w.click(SARA, denied, "Deny")
        await ended(w, denied, "denied")
        lost = await asked(w, DIAL)
        w.jaas.faults.add(Fault(reset_after=0, acts=False))
        for person in (SARA, MAX):
            await w.click(person, lost, "Approve")
        await ended(w, lost, "unknown")
        rows = trail(w, "dial", "approve dial", "deny dial")
        await intact(w)
    assert [(row.actor, row.action, row.outcome, row.approvers) for row in rows] == [
        (OMAR, "dial", "pending", ()),
        (MIA, "approve dial", "not counted", ()),
        (SARA, "approve dial", "counted", ()),
        (MAX, "approve dial", "counted", ()),
        (OMAR, "dial", "accepted", (SARA, MAX)),
        (OMAR, "dial", "confirmed", (SARA, MAX)),
        (OMAR, "dial", "pending", ()),
        (SARA, "deny dial", "counted", ()),
        (OMAR, "dial", "denied", ()),
        (OMAR, "dial", "pending", ()),
        (SARA, "approve dial", "counted", ()),
        (MAX, "approve dial", "counted", ()),
        (OMAR, "dial", "unknown", (SARA, MAX)),
    ]


async def test_what_was_never_asked_because_it_was_refused_is_on_record_too(w: World) -> None:
    await standup(w)
    await says(w, VERA, OPS, DIAL)
    await says(w, OMAR, OPS, "dial standup +1 212 555 0123")
    await written(w)
    await w.until(lambda: len(trail(w, "dial")) == 2)  # refusals are written in batches, by each process its own
    assert {(row.actor, row.outcome) for row in trail(w, "dial")} == {(VERA, "refused"), (OMAR, "refused")}


async def test_a_command_that_fails_as_it_is_carried_out_is_on_record_once(w: World) -> None:
    await standup(w)
    assert "invalid" in await says(w, MIA, OPS, "create retro pin=words")
    w.jaas.faults.add(Fault(status=500, acts=False), times=3)
    assert "unknown" in await says(w, OMAR, OPS, "dial standup oncall")
    await written(w)
    rows = [(row.actor, row.action, row.outcome) for row in trail(w, "create", "dial")]
    assert rows == [(MIA, "create", "done"), (MIA, "create", "invalid"), (OMAR, "dial", "unknown")]


async def test_a_refused_click_on_join_is_on_record_with_its_room(w: World) -> None:
    card = await standup(w)
    await says(w, OMAR, OPS, "lock standup")
    await w.click(MIA, card, "Join")
    await w.told(MIA, "is locked")
    await written(w)
    assert [(row.outcome, row.room) for row in trail(w, "join")] == [("refused", "jaas/standup")]


async def test_the_audit_channel_hears_of_decisions_and_of_refused_privileged_commands(tmp_path: Path) -> None:
    async with world(tmp_path, slack='audit_channel = "C0INCIDENT"') as w:
        await standup(w, MIA)
        card = await asked(w, DIAL)
        await w.click(SARA, card, "Approve")
        await ended(w, card, "confirmed")
        heard = await w.posted("C0INCIDENT", "Ring *+40 74… 777*")
        assert f"<@{OMAR}> asked: " in text_of(heard)
        await says(w, VERA, OPS, DIAL)
        refused = text_of(await w.posted("C0INCIDENT", "was refused"))
        assert f"<@{VERA}> tried *dial* and was refused" in refused
        assert refused.splitlines()[0].endswith("It needs Monitoring Mode Read/Write."), "nobody else is called"
        await says(w, OMAR, OPS, "dial standup oncall")
        assert len(w.slack.workspace.messages("C0INCIDENT")) == 2
