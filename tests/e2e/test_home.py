"""App Home: what is one's own and what waits, kept fresh; its buttons act in place, judged at the click."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.play.slack import Fault, View, buttons_of, controls_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import NUMBER, ended, running
from tests.fakes.speaking import OPS, answer, pressed, says
from tests.fakes.world import World, world


async def home(w: World, person: str) -> View:
    """Open the Home tab; what stands on it once it does."""
    opened = await w.slack.open_home(person)
    assert opened.ok, opened.error
    return await now(w, person, "Your role")


async def now(w: World, person: str, words: str) -> View:
    """The tab, once it holds these words."""
    try:
        await w.until(lambda: words in text_of(w.slack.workspace.home_of(person) or _nothing(person)))
    except TimeoutError:
        shown = w.slack.workspace.home_of(person)
        raise AssertionError(f"{words!r} is not on it: {shown and text_of(shown)}") from None
    shown = w.slack.workspace.home_of(person)
    assert shown is not None
    return shown


def _nothing(person: str) -> View:
    return View("V0", person, {"type": "home", "blocks": []}, "", "V0")


async def window(w: World, person: str, words: str) -> View:
    """The window over the tab, once it holds these words. The clock stands: a trigger holds three seconds."""
    try:
        await w.slack.workspace.until(lambda: (view := w.slack.workspace.view_of(person)) and words in text_of(view))
    except TimeoutError:
        shown = w.slack.workspace.view_of(person)
        raise AssertionError(f"{words!r} is not in it: {shown and text_of(shown)}") from None
    shown = w.slack.workspace.view_of(person)
    assert shown is not None
    return shown


async def test_the_tab_shows_what_is_ones_own_and_follows_what_happens(w: World) -> None:
    shown = await home(w, MIA)
    assert list(buttons_of(shown))[:4] == ["Start a meeting", "Make a room", "All rooms", "Help"]
    assert "None yet." in text_of(shown)
    assert "*MEMBER* · granted by id" in text_of(shown)
    assert "*meetings* (openmeetings)" in text_of(shown)
    await answer(w, MIA, OPS, "create standup")
    await now(w, MIA, "*jaas/standup* · Who is in: not known yet.")
    await w.enter(MAX, "standup")
    await now(w, MIA, f"In now (1): <@{MAX}>")
    await answer(w, MIA, OPS, "lock standup")
    await now(w, MIA, "*jaas/standup* · locked")
    assert "jaas/standup" not in text_of(await home(w, VERA)), "of others' rooms those one was invited to"
    await answer(w, MIA, OPS, "invite standup @vera")
    await now(w, VERA, "jaas/standup")


async def test_join_on_the_tab_opens_a_window_with_the_clickers_own_link(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.click(MIA, await home(w, MIA), "Join")
    shown = await window(w, MIA, "Only for you")
    mia = await w.jaas.join(*w.room_and_token(str(buttons_of(shown)["Open"]["url"])))
    assert mia.moderator
    assert w.slack.workspace.dms(MIA) == [], "what was asked for on the tab is answered there"


async def test_requests_come_and_go_on_the_tabs_of_both_sides(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MIA, "standup")
    await home(w, SARA)
    await home(w, OMAR)
    await w.slash(OMAR, OPS, f"dial standup {NUMBER}")
    card = await w.posted(OPS, "Approval: dial")
    waiting = await now(w, SARA, "Waiting for you")
    assert "+40 74… 777" in text_of(waiting)
    assert "747777777" not in text_of(waiting)
    assert "Approve" not in buttons_of(waiting), "the card is the only place to decide"
    await w.click(SARA, waiting, "Details")
    assert "+40747777777" in text_of(await window(w, SARA, "The exact command"))
    await w.click(OMAR, await now(w, OMAR, "Your requests"), "Cancel request")
    await window(w, OMAR, "Took back")
    await ended(w, card, "cancelled")
    await w.until(lambda: "Waiting for you" not in text_of(w.slack.workspace.homes[SARA]))
    assert "Cancel request" not in buttons_of(await now(w, OMAR, "cancelled"))


async def test_what_a_button_may_do_is_judged_at_the_click(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    await w.enter(MAX, "standup")
    await home(w, OMAR)
    await w.click(OMAR, await now(w, OMAR, "In now (1)"), "Who")
    people = await window(w, OMAR, "1 person is in")
    await w.slack.change_group("S0OPS", remove=(OMAR,))
    await answer(w, SARA, OPS, "who jaas/standup")
    [remove] = [one for one in controls_of(people) if one.label == "Remove"]
    await w.click(OMAR, people, remove)
    told = text_of(await window(w, OMAR, "refused"))
    assert "not a role" in told or "It needs" in told
    assert w.sent("KICK_PARTICIPANT") == []
    await now(w, OMAR, "You have no role here")


async def test_a_command_in_a_window_acts_and_answers_in_it(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    await w.enter(MAX, "standup")
    await home(w, OMAR)
    await w.click(OMAR, await now(w, OMAR, "In now (1)"), "Who")
    await w.click(OMAR, await window(w, OMAR, "1 person is in"), "Remove")
    await window(w, OMAR, "Removed")
    assert len(w.sent("KICK_PARTICIPANT")) == 1
    assert w.slack.workspace.messages(OPS)[1:] == [], "it was no command of a channel"


async def test_a_form_from_the_tab_is_answered_in_a_window(w: World) -> None:
    await w.click(MIA, await home(w, MIA), "Start a meeting")
    await w.until(lambda: w.slack.workspace.view_of(MIA))
    sent = await w.slack.submit_view(MIA, {"words": "incident 4711"})
    assert sent.ok, sent.error
    assert "Open" in buttons_of(await window(w, MIA, "Started"))
    await now(w, MIA, "jaas/incident 4711")


async def test_who_has_no_role_sees_that_and_no_more(w: World) -> None:
    shown = await home(w, GUS)
    assert "You have no role here" in text_of(shown)
    assert list(buttons_of(shown)) == ["Help"]
    assert "Back ends" not in text_of(shown)


async def test_where_no_window_can_be_shown_the_answer_comes_as_a_direct_message(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    shown = await home(w, MIA)
    for _ in ("the window that waits", "the window with the answer"):
        w.slack.faults.plan("views.open", Fault(error="internal_error"))
    await w.click(MIA, shown, "Join")
    await w.told(MIA, "Only for you")


async def test_the_tab_is_put_right_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False) as w:
        async with running(w):
            await home(w, MIA)
            await answer(w, MIA, OPS, "create standup")
            await now(w, MIA, "jaas/standup")
        w.slack.workspace.publish_home(MIA, {"type": "home", "blocks": []})
        async with running(w):
            await now(w, MIA, "jaas/standup")
            w.clock.advance(timedelta(seconds=5))
            assert "Made" in await says(w, MIA, OPS, "create retro")
            await now(w, MIA, "jaas/retro")


async def test_the_next_reminders_stand_there_and_are_handled_in_place(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    assert "next reminders" not in text_of(await home(w, MIA))
    question = await answer(w, MIA, OPS, "remind standup every weekday at 9:25")
    await pressed(w, MIA, question, "Remind")
    shown = await now(w, MIA, "Your next reminders")
    assert "every weekday at 09:25 (Europe/Paris)" in text_of(shown)
    assert {"Skip next", "Pause", "Edit", "Cancel"} <= set(buttons_of(shown))
    await w.slack.click(MIA, shown, "Pause")
    shown = await now(w, MIA, "*paused*")
    assert "Resume" in buttons_of(shown)
    assert "next reminders" not in text_of(await home(w, MAX))
