"""No secret is told: every world of this suite is searched when it ends; here one walks through everything."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import structlog

from bot.play.slack import buttons_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from bot.play.vendors.jaas import HTML, Fault
from tests.fakes.world import BOT_TOKEN, OM_PASSWORD, World, world

OPS, TEAM = "C0OPS", "C0TEAM"
PIN = "73519264"
EVERYTHING = (
    (MIA, f"create standup pin={PIN} lobby=approval"),
    (OMAR, "create meetings/retro type=conference"),
    (MIA, "show standup"),
    (MAX, "show standup"),
    (OMAR, f"set standup pin={PIN} max=5"),
    (OMAR, "set retro closed=yes"),
    (MIA, "join standup"),
    (MAX, "join retro"),
    (MIA, 'invite standup "John Doe" john@example.org'),
    (MIA, "invite standup @vera"),
    (MIA, "share standup #team"),
    (OMAR, "who standup"),
    (OMAR, "dial standup +40 747 777 777"),
    (OMAR, "dial standup oncall"),
    (OMAR, "hangup standup oncall"),
    (OMAR, "kick standup max"),
    (OMAR, "block standup @max why=noise"),
    (OMAR, "unblock standup @max"),
    (OMAR, "revoke standup @mia"),
    (OMAR, "lock standup"),
    (OMAR, "unlock standup"),
    (OMAR, "ban jaas/u-4711"),
    (OMAR, "end standup"),
    (OMAR, "delete retro"),
    (OMAR, "status"),
    (SARA, "audit"),
    (VERA, "kick standup max"),
    (OMAR, f'create "standup pin={PIN}" what={PIN}'),
    (OMAR, f"crate standup pin={PIN}"),
)


def heard(w: World, person: str) -> int:
    """How much was said to this person or in the channel."""
    return len(w.slack.workspace.ephemerals(user=person)) + len(w.slack.workspace.messages(OPS))


async def walk(w: World) -> None:
    for person, line in EVERYTHING:
        before = heard(w, person)
        await w.slash(person, OPS, line)
        await w.until(partial(_more, w, person, before))


def _more(w: World, person: str, before: int) -> bool:
    return heard(w, person) > before


async def approve_all(w: World) -> None:
    cards = [one for one in w.slack.workspace.messages(OPS) if "Approve" in buttons_of(one)]
    for card in cards:
        await w.click(SARA, card, "Details")
        await w.click(SARA, card, "Approve")
    await w.until(lambda: not any("Approve" in buttons_of(w.now(card)) for card in cards))


async def test_a_walk_through_everything_tells_no_secret(entrance: World) -> None:
    entrance.secrets["PIN that was typed"] = PIN
    await walk(entrance)
    await approve_all(entrance)


@pytest.mark.parametrize(
    "fault", [HTML, Fault(status=500), Fault(status=401), Fault(reset_after=0), Fault(body="", status=200)], ids=repr
)
async def test_a_walk_through_everything_with_broken_vendors_tells_no_secret(w: World, fault: Fault) -> None:
    w.secrets["PIN that was typed"] = PIN
    await w.slash(MIA, OPS, "create standup")
    await w.posted(OPS, "standup")
    w.jaas.faults.add(fault, times=200)
    w.meetings.faults.add(fault, times=200)
    await walk(w)
    await approve_all(w)


async def careless(folder: Path, line: str) -> None:
    async with world(folder) as w:
        structlog.get_logger("test").warning("careless", said=line)
        await w.slash(MIA, OPS, f"create {line}")
        await w.posted(OPS, line)


@pytest.mark.parametrize(("secret", "place"), [(OM_PASSWORD, "the log"), (f"so {BOT_TOKEN}", "a channel")])
async def test_a_secret_that_was_told_would_be_found(tmp_path: Path, secret: str, place: str) -> None:
    with pytest.raises(AssertionError, match=f"{place} holds"):
        await careless(tmp_path, secret)
