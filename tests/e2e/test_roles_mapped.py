"""The two roles of seeds/003, mapped to two Slack people: what each may and may not do, through every verb."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.commands import COMMANDS
from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MAYA, MIA, SARA
from bot.play.vendors.anynode import NO_MONITOR, Fault
from tests.fakes.asking import asked
from tests.fakes.speaking import OPS, TEAM, answer, says
from tests.fakes.world import world
from tests.fakes.world_anynode import MAPPED

# Every verb: the line that is typed (jaas/board is Sara's, shared in #ops), and what CALL_HISTORY_EXPORTER lacks for
# it. ADMINISTRATOR lacks nothing for any of them.
EVERY_VERB: dict[str, tuple[str, str]] = {
    "help": ("help", ""),
    "whoami": ("whoami", ""),
    "can": ("can @mia help", "User Management Read"),
    "start": ("start sync", "User Interface"),
    "create": ("create jaas/{person}", "User Interface"),
    "rooms": ("rooms", ""),
    "show": ("show board", ""),
    "join": ("join board", ""),
    "share": ("share board #team", "User Interface"),
    "invite": ("invite board @mia", "User Interface"),
    "set": ("set board max=5", "Backends Read/Write"),
    "end": ("end board", "Monitoring Mode Read/Write"),
    "delete": ("delete board", "Backends Read/Write"),
    "who": ("who board", ""),
    "dial": ("dial board oncall", "Monitoring Mode Read/Write"),
    "hangup": ("hangup board oncall", "Monitoring Mode Read/Write"),
    "kick": ("kick board all", "Monitoring Mode Read/Write"),
    "block": ("block board @mia", "Monitoring Mode Read/Write"),
    "unblock": ("unblock board @mia", "Monitoring Mode Read/Write"),
    "lock": ("lock board", "Monitoring Mode Read/Write"),
    "unlock": ("unlock board", "Monitoring Mode Read/Write"),
    "mute": ("mute board", "Monitoring Mode Read/Write"),
    "unmute": ("unmute board", "Monitoring Mode Read/Write"),
    "admit": ("admit board", "Monitoring Mode Read/Write"),
    "promote": ("promote board Ann", "Monitoring Mode Read/Write"),
    "ban": ("ban jaas/u-4711", "Monitoring Mode Read/Write"),
    "revoke": ("revoke board @mia", "Monitoring Mode Read/Write"),
    "remind": ("remind board tomorrow 9:00", "User Interface"),
    "reminders": ("reminders", ""),
    "config": ("config pexip system_location list", "Configuration Mode Read"),
    "config, writing": ("config pexip system_location add name=Oslo2", "Configuration Mode Read/Write"),
    "roles": ("roles sbc", "User Management Read"),
    "roles, writing": ("roles sbc add {person} api=ACCESS", "User Management Read/Write"),
    "approvals": ("approvals", ""),
    "audit": ("audit", "Administration"),
    "story": ("story board", ""),
    "status": ("status", ""),
}


def test_every_verb_stands_in_the_table() -> None:
    assert {verb.partition(",")[0] for verb in EVERY_VERB} == {command.name for command in COMMANDS}


async def test_administrator_and_call_history_exporter_through_every_verb(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, with_pexip=True, grants=MAPPED) as w:
        await answer(w, SARA, OPS, "create jaas/board")
        await w.posted(OPS, "made by")
        for verb, (line, lacking) in EVERY_VERB.items():
            for person, lacks in ((MAYA, lacking), (MAX, "")):
                told = await says(w, person, OPS, line.format(person=person.lower()))
                assert ("It needs" not in told) is not bool(lacks), f"{verb}: {told}"
                assert not lacks or f"refused · You can't {doing(verb)} here. It needs {lacks}" in told, told


def doing(verb: str) -> str:
    """What the refusal calls it."""
    return next(command.doing for command in COMMANDS if command.name == verb.partition(",")[0])


async def test_whoami_and_can_say_where_a_role_comes_from_and_how_old_it_is(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, grants=MAPPED) as w:
        await says(w, MAYA, OPS, "whoami")  # where there are two processes, each has read the roles now
        told = await says(w, MAYA, OPS, "whoami")
        assert "*CALL_HISTORY_EXPORTER* · granted by id · read from sbc at " in told
        assert "(just now), at most OPERATOR" in told
        assert "Monitoring Mode Read Access\nAPI" in told
        w.clock.advance(timedelta(minutes=3))
        assert "(3 min ago), at most OPERATOR" in await says(w, MAYA, OPS, "whoami")
        assert "They have CALL_HISTORY_EXPORTER: granted by id · read from sbc" in await says(
            w, SARA, OPS, "can @maya rooms"
        )
        del w.sbc.roles[1]
        w.clock.advance(timedelta(minutes=3))
        told = await says(w, MAYA, OPS, "whoami")
        assert "read from sbc, which has no such role at " in told
        assert "refused" in await says(w, MAYA, OPS, "rooms")


async def test_without_the_exchange_its_roles_count_for_looking_for_an_hour_and_then_not_at_all(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, with_anynode=True, grants=MAPPED) as w:
        await answer(w, MAX, OPS, "create jaas/board")
        await says(w, MAX, OPS, "rooms")  # where there are two processes, each has read the roles now
        w.sbc.faults.add(NO_MONITOR, times=1000)
        w.clock.advance(timedelta(minutes=6))
        assert "jaas/board" in await says(w, MAX, OPS, "rooms")
        told = await says(w, MAX, OPS, "create jaas/other")
        assert "unavailable · You can't" in told
        assert "roles read from it count for reading only; try again soon" in told
        told = await says(w, MAX, OPS, "whoami")
        assert "(6 min ago), at most ADMINISTRATOR" in told
        assert "count for reading only" in told
        w.clock.advance(timedelta(minutes=55))
        assert "do not count; try again soon" in await says(w, MAX, OPS, "rooms")
        assert "read from sbc: not known now, at most ADMINISTRATOR" in await says(w, MAX, OPS, "whoami")
        w.sbc.faults.coming.clear()
        w.clock.advance(timedelta(minutes=1))
        assert "Made *jaas/other*" in await says(w, MAX, OPS, "create jaas/other")


async def test_an_approvers_role_is_read_from_the_exchange_when_the_button_is_pressed(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, grants=MAPPED) as w:
        card = await asked(w, "roles sbc add AGENT api=ACCESS", by=SARA)
        assert "1 other person" in text_of(card)
        w.sbc.roles[0]["permissions"]["administration"] = "NO_ACCESS"
        await w.click(MAX, card, "Approve")
        assert "It needs Administration" in text_of(await w.told(MAX, "You can't decide on this"))
        w.sbc.faults.add(Fault(status=500), times=100)
        await w.click(MAX, card, "Approve")
        await w.told(MAX, "sbc does not tell me its roles now")
        assert w.sbc.sent("PUT") == []


async def test_a_requesters_role_is_read_again_when_it_was_approved(tmp_path: Path) -> None:
    async with world(tmp_path, with_anynode=True, grants=MAPPED) as w:
        card = await asked(w, "roles sbc add AGENT api=ACCESS userManagement=read", by=MAX)
        w.sbc.roles[0]["permissions"]["userManagement"] = "READ_ACCESS"
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "refused ·"))
        assert w.sbc.role_ids() == ["ADMINISTRATOR", "CALL_HISTORY_EXPORTER"]


async def test_nobody_else_waits_for_the_exchange(tmp_path: Path) -> None:
    """A person whose roles are the bot's own works on while the exchange is away, and it is not even asked."""
    grants = MAPPED + '[[grants]]\nrole = "MEMBER"\nusers = ["U0MIA"]\n'
    async with world(tmp_path, with_anynode=True, grants=grants) as w:
        w.sbc.faults.add(Fault(status=500), times=100)
        assert "Made *jaas/mine*" in await says(w, MIA, TEAM, "create jaas/mine")
        assert w.sbc.requests == []
