"""The menu behind the bare slash command shows what matters here first."""

from __future__ import annotations

from pathlib import Path

from bot.play.slack import View, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA
from bot.play.vendors.jaas import Fault
from tests.fakes.asking import asked, standup
from tests.fakes.speaking import answer, come_in
from tests.fakes.world import DIALING, World, world

OPS = "C0OPS"


async def menu(w: World, person: str) -> View:
    await w.slash(person, OPS, "")
    await w.until(lambda: (view := w.slack.workspace.view_of(person)) and "What you can do" in text_of(view))
    view = w.slack.workspace.view_of(person)
    assert view is not None
    return view


async def test_the_menu_begins_with_the_room_that_people_are_in(w: World) -> None:
    for name in ("standup", "retro"):
        await w.slash(MIA, OPS, f"create {name}")
        await w.posted(OPS, name)
    await w.enter(MIA, "standup")
    words = text_of(await menu(w, MIA))
    assert words.index("jaas/standup") < words.index("jaas/retro") < words.index("What you can do")


async def test_a_room_that_a_vendor_says_is_busy_stands_before_those_of_which_nothing_is_known(w: World) -> None:
    for name in ("meetings/review", "standup", "retro"):
        await answer(w, MIA, OPS, f"create {name}")
    await come_in(w, MIA, "review")
    words = text_of(await menu(w, OMAR))
    assert words.index("meetings/review") < words.index("jaas/standup")
    assert f"In now (1): <@{MIA}>" in words
    w.meetings.faults.add(Fault(status=500, acts=False), times=9)
    assert "meetings/review" in text_of(await menu(w, SARA))


async def test_what_one_has_approved_already_waits_for_one_no_more(tmp_path: Path) -> None:
    two = f'{DIALING}[[approvals]]\ncommands = ["dial"]\napprovals = 2\n'
    async with world(tmp_path, dialing=two) as w:
        await w.slack.change_group("S0ADMINS", add=(MAX,))
        await standup(w, MIA)
        card = await asked(w, "dial standup +40 747 777 777")
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "approved by"))
        assert "+40 74… 777" in text_of(await menu(w, MAX))
        assert "+40 74… 777" not in text_of(await menu(w, SARA))


async def test_the_menu_shows_what_waits_for_the_caller_alone(w: World) -> None:
    await w.slash(MIA, OPS, "create standup")
    await w.posted(OPS, "standup")
    await w.slash(OMAR, OPS, "dial standup +40 747 777 777")
    await w.posted(OPS, "Approval: dial")
    assert "+40 74… 777" in text_of(await menu(w, SARA))
    assert "+40 74… 777" not in text_of(await menu(w, OMAR))


async def test_a_room_that_was_made_stands_in_the_audit_by_its_title(w: World) -> None:
    await w.slash(MIA, OPS, "create standup")
    await w.posted(OPS, "standup")
    await w.slash(SARA, OPS, "audit standup")
    assert "create *jaas/standup* · done" in text_of(await w.told(SARA, "Audit"))
