"""The menu: on the screen before anything is looked up, within Slack's limits, and never left at `One moment …`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unavailable
from bot.launch import Launch
from bot.play.slack import Fault, Message, View, buttons_of, text_of
from bot.play.slack.blockkit import too_large, validate_view
from bot.play.slack.seed import MIA
from bot.reply import Button, Line, Strong, text
from bot.slack.launcher import view
from bot.voice import Address, Form
from tests.slack import hostile
from tests.slack.side import VERBS, Side, opened_side

STANDUP = Line(text(Strong("standup"), " · Nobody is in."), (Button("Join", "join", value="r1"), Button("Who", "run")))
WAITING = Line(text("Ann: delete retro"), (Button("Details", "details", value="q1"),))
MENU = Launch((STANDUP,), (WAITING,), tuple((verb, "a summary") for verb in VERBS))


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    async with opened_side() as opened:
        yield opened


def instantly(launch: Launch) -> Callable[[], Awaitable[Launch]]:
    async def content() -> Launch:
        return launch

    return content


def shown(side: Side) -> View:
    found = side.workspace.view_of(MIA)
    assert found
    return found


def told(side: Side) -> list[Message]:
    return [*side.workspace.ephemerals(user=MIA), *side.workspace.dms(MIA)]


async def test_what_is_live_and_what_waits_come_before_the_verbs(side: Side) -> None:
    await side.launcher.open(side.address(MIA, trigger=True), instantly(MENU))
    headers = [block["text"]["text"] for block in shown(side).blocks if block["type"] == "header"]
    assert headers == ["Rooms here", "Waiting for you", "What you can do"]
    assert list(buttons_of(shown(side))) == ["Join", "Who", "Details", *VERBS]
    assert shown(side).payload["private_metadata"] == "C0OPS"
    assert told(side) == []


async def test_the_menu_is_on_the_screen_before_anything_is_looked_up(side: Side) -> None:
    looked = asyncio.Event()

    async def slowly() -> Launch:
        assert "One moment" in text_of(shown(side))
        side.door.clock.advance(timedelta(seconds=20))  # the trigger is long gone
        looked.set()
        return MENU

    await side.launcher.open(side.address(MIA, trigger=True), slowly)
    assert looked.is_set()
    assert "standup" in text_of(shown(side))
    assert [call.method for call in side.workspace.calls[1:]] == ["views.open", "views.update"]


async def test_where_nothing_is_live_and_nothing_allowed_the_menu_says_so(side: Side) -> None:
    await side.launcher.open(side.address(MIA, trigger=True), instantly(Launch((), (), ())))
    assert "Nothing here yet." in text_of(shown(side))


async def test_a_form_opens_on_top_of_the_menu(side: Side) -> None:
    await side.launcher.open(side.address(MIA, trigger=True), instantly(MENU))
    menu = shown(side)
    await side.voice.ask(side.address(MIA, trigger=True, view=menu.id), Form("show", "Show", {}))
    assert (shown(side).title, shown(side).previous_id, menu.closed) == ("Show", menu.id, False)


@pytest.mark.parametrize("fault", [Fault(error="expired_trigger_id"), Fault(status=503), Fault(reset=True)])
async def test_where_slack_shows_no_modal_the_menu_comes_as_a_private_message(side: Side, fault: Fault) -> None:
    side.slack.faults.plan("views.open", fault)
    await side.launcher.open(side.address(MIA, trigger=True), instantly(MENU))
    (message,) = told(side)
    assert {"Join", "Details"} <= buttons_of(message).keys()
    assert "kick" in text_of(message)
    assert side.workspace.view_of(MIA) is None


async def test_without_a_trigger_the_menu_comes_as_a_private_message(side: Side) -> None:
    await side.launcher.open(side.address(MIA), instantly(MENU))
    assert len(told(side)) == 1


async def test_what_keeps_the_menu_from_being_filled_is_said_in_it(side: Side) -> None:
    async def refused() -> Launch:
        raise Unavailable("Slack does not tell me who you are now.")

    await side.launcher.open(side.address(MIA, trigger=True), refused)
    assert "*unavailable* · Slack does not tell me who you are now." in text_of(shown(side))


async def test_after_a_bug_nobody_is_left_with_a_loading_menu(side: Side) -> None:
    async def broken() -> Launch:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await side.launcher.open(side.address(MIA, trigger=True), broken)
    assert "One moment" not in text_of(shown(side))
    assert "close this and try again" in text_of(shown(side))


async def test_a_menu_that_slack_would_not_fill_comes_as_a_message(side: Side) -> None:
    side.slack.faults.plan("views.update", Fault(error="internal_error"))
    await side.launcher.open(side.address(MIA, trigger=True), instantly(MENU))
    assert len(told(side)) == 1


async def test_a_menu_that_was_closed_meanwhile_is_not_brought_back(side: Side) -> None:
    async def closing() -> Launch:
        side.workspace.close_views(MIA)
        return MENU

    await side.launcher.open(side.address(MIA, trigger=True), closing)
    assert side.workspace.view_of(MIA) is None
    assert told(side) == []


@hostile.patient
@given(
    st.lists(hostile.lines, max_size=120).map(tuple),
    st.lists(hostile.lines, max_size=120).map(tuple),
    st.integers(0, 60),
)
def test_slack_takes_any_menu_and_every_verb_stays_in_it(
    live: tuple[Line, ...], waiting: tuple[Line, ...], verbs: int
) -> None:
    names = tuple((f"verb{number}", "") for number in range(verbs))
    menu = view(Launch(live, waiting, names), "C0OPS")
    assert validate_view(menu) == []
    assert not too_large(menu)
    values = {one["value"] for block in menu["blocks"] for one in block.get("elements", ()) if "value" in one}
    assert {name for name, _ in names} <= values


def test_the_largest_menu_is_small_enough() -> None:
    line = Line(text("👩" * 3000), (Button("👩" * 75, "run", value="r1"),) * 4)
    assert not too_large(view(Launch((line,) * 99, (line,) * 99, ()), "C0OPS"))


async def test_the_address_of_a_menu_is_the_channel_it_was_opened_in(side: Side) -> None:
    await side.launcher.open(side.address(MIA, None, trigger=True), instantly(MENU))
    assert shown(side).payload["private_metadata"] == ""
    assert isinstance(side.address(MIA), Address)
