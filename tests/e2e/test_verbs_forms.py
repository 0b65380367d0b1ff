"""Every verb without grammar: the menu behind the bare command, a form per verb, and the form that asks why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.play.slack import Message, View, buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA
from tests.fakes.speaking import OPS, TEAM, answer, heard, labels, next_answer, pressed, says
from tests.fakes.world import GRANTS as GRANTS_OF_ALL
from tests.fakes.world import World, world

REASON = """
[[approvals]]
commands = ["lock", "dial"]
approvals = 0
reason = "required"
"""


async def menu(w: World, person: str, channel: str = OPS) -> View:
    w.slack.workspace.close_views(person)
    await w.slash(person, channel, "")
    await w.until(lambda: (view := w.slack.workspace.view_of(person)) and "What you can do" in text_of(view))
    view = w.slack.workspace.view_of(person)
    assert view is not None
    return view


async def form(w: World, person: str, verb: str, channel: str = OPS) -> View:
    """Open the menu and press the verb."""
    await w.click(person, await menu(w, person, channel), verb)
    await w.until(lambda: (view := w.slack.workspace.view_of(person)) and view.title == verb.capitalize())
    view = w.slack.workspace.view_of(person)
    assert view is not None
    return view


async def filled_in(w: World, person: str, verb: str, values: Mapping[str, Any], channel: str = OPS) -> Message:
    """Fill the verb's form in and submit it; what answers it."""
    await form(w, person, verb, channel)
    before = heard(w, person, channel)
    sent = await w.slack.submit_view(person, values)
    assert sent.ok, sent.error
    assert w.slack.workspace.view_of(person) is None
    return await next_answer(w, person, channel, before, about=verb)


# What is filled in for each verb (Sara, in #ops, where jaas/standup is shared and Max is in it), and what it says.
FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "help": ({"verb": "kick"}, "Remove somebody"),
    "can": ({"user": MIA, "command": "lock standup"}, "It needs Monitoring Mode Read/Write"),
    "start": ({"words": "incident 4711", "people": [MAX]}, "Started jaas/incident 4711"),
    "create": ({"room": "meetings/a b", "quiet": "yes", "options": "type=interview\ncapacity=7"}, "Made meetings/a b"),
    "rooms": ({"words": "standup"}, "jaas/standup"),
    "show": ({"room": "standup"}, "jaas/standup"),
    "join": ({}, "Only for you"),
    "share": ({"room": "standup", "channel": TEAM}, "Shared jaas/standup in"),
    "invite": (
        {"room": "standup", "outsider": "John Doe", "email": "john@x.org"},
        "A guest link in the name of John Doe",
    ),
    "set": ({"rooms": "standup", "options": "max=7\nlobby=off"}, "max=7, lobby=off"),
    "end": ({"sure": "yes"}, "Ended the meeting"),
    "delete": ({"rooms": "standup"}, "Nobody could ever approve this"),
    "who": ({}, "1 person is in"),
    "dial": ({"number": "oncall", "name": "Ann"}, "+33 61… 678"),
    "hangup": ({"number": "+33 6 12 34 56 78"}, "+33 61… 678"),
    "kick": ({"participant": "@max", "duration": "10m", "why": "loud"}, "Removed <@U0MAX>"),
    "block": ({"participant": "Max"}, "is blocked"),
    "unblock": ({"participant": "<@U0MAX>"}, "not blocked"),
    "lock": ({}, "Locked jaas/standup"),
    "unlock": ({}, "not locked"),
    "mute": ({"room": "standup", "participant": "Max"}, "jaas can't mute people"),
    "unmute": ({}, "jaas can't mute people"),
    "admit": ({}, "jaas can't admit people"),
    "promote": ({"room": "standup", "participant": "Max", "role": "guest"}, "jaas can't promote people"),
    "config": ({"backend": "jaas"}, "jaas can't be configured"),
    "roles": ({"backend": "jaas"}, "jaas can't keep roles"),
    "ban": ({"room": "standup", "participant": "max"}, "Nobody could ever approve this"),
    "remind": ({"room": "standup", "when": "tomorrow 9:00"}, "Understood: jaas/standup in"),
    "reminders": ({}, "No reminders yet"),
    "revoke": ({"user": MAX}, "Revoked 1 link"),
    "audit": ({"user": MAX, "since": "1h"}, "join"),
    "story": ({"since": "1h"}, "fetched a link"),
}


def test_every_verb_that_takes_words_has_its_form_here() -> None:
    assert {command.name for command in COMMANDS} - {"whoami", "approvals", "status"} == set(FORMS)


@pytest.mark.parametrize("verb", FORMS)
async def test_a_filled_in_form_does_what_the_typed_line_does(w: World, verb: str) -> None:
    await answer(w, SARA, OPS, "create standup")
    await w.enter(MAX, "standup")
    values, says_what = FORMS[verb]
    told = text_of(await filled_in(w, SARA, verb, values)).replace("*", "")
    assert says_what in told


async def test_what_takes_no_words_is_done_at_once(w: World) -> None:
    for verb, says_what in (("whoami", "Your role"), ("status", "Back ends"), ("approvals", "Nothing waits for you")):
        before = heard(w, SARA, OPS)
        await w.click(SARA, await menu(w, SARA), verb)
        assert says_what in text_of(await next_answer(w, SARA, OPS, before, about=verb))


async def test_the_menu_offers_each_person_only_what_they_may_do(w: World) -> None:
    assert {"start", "join"} < set(labels(await menu(w, MIA)))
    assert "lock" not in labels(await menu(w, MIA))
    assert labels(await menu(w, GUS, TEAM)) == ["help", "whoami"]
    await answer(w, MIA, OPS, "create standup")
    assert "lock" in labels(await menu(w, MIA))


async def test_a_field_that_is_not_understood_is_marked_and_nothing_is_done(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    for verb, values, field in (
        ("kick", {"participant": "Max", "duration": "soon"}, "duration"),
        ("dial", {"number": "0747777777"}, "number"),
        ("invite", {"email": "nowhere"}, "email"),
        ("invite", {"outsider": "John Doe"}, "room"),
        ("create", {"room": "x", "options": "no pairs here"}, "options"),
    ):
        shown = await form(w, OMAR, verb)
        await w.slack.submit_view(OMAR, values)
        assert set(shown.errors) == {field}, shown.errors
        assert not shown.closed
    assert len(w.slack.workspace.messages(OPS)) == 1


async def test_a_form_is_judged_like_a_typed_line(w: World) -> None:
    """Its hidden data are no authority: whoever lost the role in between is refused."""
    await answer(w, SARA, OPS, "create standup")
    await form(w, OMAR, "lock")
    await w.slack.change_group("S0OPS", remove=(OMAR,))
    before = heard(w, OMAR, OPS)
    await w.slack.submit_view(OMAR, {})
    assert "refused" in text_of(await next_answer(w, OMAR, OPS, before, about="lock"))


async def test_the_form_behind_help_is_the_same(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    helped = await answer(w, MIA, OPS, "help share")
    await w.click(MIA, helped, "Fill in a form")
    await w.until(lambda: w.slack.workspace.view_of(MIA))
    before = heard(w, MIA, OPS)
    await w.slack.submit_view(MIA, {"channel": TEAM})
    assert "Shared" in text_of(await next_answer(w, MIA, OPS, before, about="share"))
    assert labels(await w.posted(TEAM, "made by")) == ["Join"]


async def test_a_missing_reason_is_asked_for_and_stands_in_the_audit(tmp_path: Path) -> None:
    async with world(tmp_path, grants=REASON + GRANTS_OF_ALL) as w:
        await answer(w, MIA, OPS, "create standup")
        await w.slash(OMAR, OPS, "lock standup")
        await w.until(lambda: w.slack.workspace.view_of(OMAR))
        asked = w.slack.workspace.view_of(OMAR)
        assert asked is not None
        assert asked.title == "Why?"
        assert "Open" in await says(w, MIA, OPS, "join standup")
        before = heard(w, OMAR, OPS)
        await w.slack.submit_view(OMAR, {"why": 'it is "late"'})
        assert "Locked" in text_of(await next_answer(w, OMAR, OPS, before, about="lock"))
        assert 'lock *jaas/standup* · done · it is "late"' in await says(w, SARA, OPS, "audit standup")
        assert "Unlocked" in await says(w, OMAR, OPS, "unlock standup")
        assert "Locked" in await says(w, OMAR, OPS, 'lock standup why="again"')


async def test_join_and_who_in_the_menu_work(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    shown = await menu(w, MAX)
    assert {"Join", "Who"} < set(buttons_of(shown))
    assert "Open" in labels(await pressed(w, MAX, shown, "Join"))
    assert "Who is in" in text_of(await pressed(w, MAX, await menu(w, MAX), "Who"))
