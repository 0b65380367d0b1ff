"""The Home tab within Slack's limits, published when somebody looks and when something changed, no more."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import MovableClock
from bot.launch import Home, Section
from bot.model import Person
from bot.play.slack import Fault, text_of
from bot.play.slack.blockkit import too_large, validate_view
from bot.play.slack.seed import MAX, MIA
from bot.reply import Button, Line, text
from bot.slack.home import AGAIN, HomeTabs, view
from bot.store import Store
from tests.fakes.storage import opened
from tests.slack import hostile
from tests.slack.side import TEAM, Side, opened_side

ME = Person(TEAM, MIA)
SECTIONS = st.builds(Section, hostile.words, st.lists(hostile.lines, max_size=30).map(tuple))
HOMES = st.builds(Home, st.lists(hostile.buttons, max_size=8).map(tuple), st.lists(SECTIONS, max_size=6).map(tuple))


@hostile.patient
@given(HOMES)
def test_whatever_stands_on_it_slack_takes_it(home: Home) -> None:
    made = view(home)
    assert validate_view(made) == []
    assert not too_large(made)


def test_the_longest_tab_there_can_be_is_one_that_slack_takes() -> None:
    long = "\U0001f600" * 3000
    buttons = tuple(Button(long, "run", value="x" * 3000) for _ in range(4))
    lines = tuple(Line(text(long, "<!channel>" * 100), buttons) for _ in range(40))
    made = view(Home(buttons, tuple(Section(long, lines) for _ in range(5))))
    assert validate_view(made) == []
    assert not too_large(made)


class Tabs:
    """The tabs before a simulated Slack; `says` is what stands on each."""

    def __init__(self, side: Side, store: Store, clock: MovableClock) -> None:
        self.side, self.clock, self.store = side, clock, store
        self.says = "one"
        self.tabs = HomeTabs(side.door.client, self.page, store, clock)

    async def page(self, person: Person) -> Home:
        return Home((), (Section("Yours", (Line(text(f"{self.says} for {person.user_id}")),)),))

    def published(self) -> list[str]:
        return [str(call.args["user_id"]) for call in self.side.workspace.calls if call.method == "views.publish"]

    def shown(self, user: str = MIA) -> str:
        home = self.side.workspace.home_of(user)
        return text_of(home) if home else ""


@pytest.fixture
async def tabs(tmp_path: Path) -> AsyncIterator[Tabs]:
    async with opened_side() as side, opened(tmp_path, side.door.clock) as store:
        yield Tabs(side, store, side.door.clock)


async def test_it_is_published_to_whoever_opens_it_and_not_again_when_nothing_changed(tabs: Tabs) -> None:
    await tabs.tabs.opened(ME)
    assert "one for U0MIA" in tabs.shown()
    await tabs.tabs.opened(ME)
    assert tabs.published() == [MIA]


async def test_many_changes_are_published_together_three_seconds_apart(tabs: Tabs) -> None:
    await tabs.tabs.opened(ME)
    running = asyncio.create_task(tabs.tabs.run())
    for number in range(20):
        tabs.says = f"state {number}"
        tabs.tabs.changed()
        tabs.clock.advance(timedelta(seconds=0.5))
        await asyncio.sleep(0.005)
    await tabs.side.passing(lambda: "state 19" in tabs.shown())
    running.cancel()
    calls = [call.at for call in tabs.side.workspace.calls if call.method == "views.publish"][1:]
    assert len(calls) <= 5
    assert all(later - earlier >= timedelta(seconds=3) for earlier, later in itertools.pairwise(calls))


async def test_who_turned_away_is_not_published_to_any_more(tabs: Tabs) -> None:
    await tabs.tabs.opened(ME)
    await tabs.tabs.opened(Person(TEAM, MAX))
    await tabs.tabs.left(ME)
    tabs.says = "two"
    tabs.tabs.changed()
    running = asyncio.create_task(tabs.tabs.run())
    await tabs.side.passing(lambda: "two" in tabs.shown(MAX))
    running.cancel()
    assert "one" in tabs.shown(MIA)


async def test_after_a_restart_those_who_looked_are_shown_what_is_new(tabs: Tabs) -> None:
    await tabs.tabs.opened(ME)
    tabs.says = "since the restart"
    again = HomeTabs(tabs.side.door.client, tabs.page, tabs.store, tabs.clock)
    running = asyncio.create_task(again.run())
    await tabs.side.workspace.until(lambda: "since the restart" in tabs.shown())
    running.cancel()


async def test_what_changes_without_a_sign_is_shown_within_a_minute(tabs: Tabs) -> None:
    running = asyncio.create_task(tabs.tabs.run())
    await tabs.tabs.opened(ME)
    tabs.says = "quietly other"
    await asyncio.sleep(0.02)
    tabs.clock.advance(AGAIN + timedelta(seconds=6))
    await tabs.side.passing(lambda: "quietly other" in tabs.shown(), seconds=10)
    running.cancel()


async def test_a_publication_that_slack_refused_is_made_at_the_next_occasion(tabs: Tabs) -> None:
    tabs.side.slack.faults.plan("views.publish", Fault(error="internal_error"))
    await tabs.tabs.opened(ME)
    assert tabs.shown() == ""
    running = asyncio.create_task(tabs.tabs.run())
    await tabs.side.passing(lambda: "one" in tabs.shown())
    running.cancel()
