"""Parse, acknowledge, hand over: what a person does reaches the right command once, and the answer is theirs alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import Refused
from bot.model import JoinLink, Person
from bot.play.slack import Fault, Message, buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, STAN
from bot.reply import Button, Card, Line, User, text
from bot.slack.modals import WHY
from bot.voice import Form
from tests.slack import payloads
from tests.slack.hearing import Hearing, opened_hearing

JOIN = Button("Join", "join", value="r1")


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    async with opened_hearing() as opened:
        yield opened


async def posted(hearing: Hearing, *buttons: Button, to: str = "C0TEAM") -> Message:
    one = await hearing.voice.post(to, text("a card"), buttons)
    message = hearing.workspace.find_message(one.channel_id, one.ts)
    assert message
    return message


async def told(hearing: Hearing, user: str = MIA) -> Message:
    def seen() -> list[Message]:
        return [*hearing.workspace.ephemerals(user=user), *hearing.workspace.dms(user)]

    await hearing.workspace.until(seen)
    return seen()[-1]


async def test_a_command_is_acknowledged_empty_while_its_work_goes_on(hearing: Hearing) -> None:
    hearing.commands.go.clear()
    delivery = await hearing.slack.slash(MIA, "#team", 'kick standup "Ann Lee"')
    assert (delivery.status, delivery.ack) == (200, "")
    name, (address, line, key) = await hearing.heard_one()
    assert (name, line) == ("command", 'kick standup "Ann Lee"')
    assert address.person == Person("T0MEETOPS", MIA)
    assert address.channel_id == "C0TEAM"
    assert address.response_url == delivery.payload["response_url"]
    assert key == f"slash:{delivery.payload['trigger_id']}"
    assert hearing.workspace.messages("#team") == []


@pytest.mark.parametrize("words", ["", "   "])
async def test_the_bare_command_is_acknowledged_before_slack_is_asked_for_a_menu(hearing: Hearing, words: str) -> None:
    hearing.slack.faults.plan("views.open", Fault(delay=0.1))
    delivery = await hearing.slack.slash(MIA, "#team", words)
    assert delivery.ack == ""
    assert hearing.workspace.calls_of("views.open") == []
    await hearing.workspace.until(lambda: (view := hearing.workspace.view_of(MIA)) and "Show" in text_of(view).title())


async def test_two_commands_without_a_trigger_are_two(hearing: Hearing) -> None:
    body = {name: one for name, one in payloads.COMMAND.items() if name != "trigger_id"}
    for _ in range(2):
        await hearing.listeners.command(body)
    await hearing.workspace.until(lambda: len(hearing.heard) == 2)
    assert len(set(hearing.commands.keys())) == 2


@pytest.mark.parametrize(
    ("button", "heard"),
    [
        (JOIN, ("join", "r1")),
        (Button("Who", "run", value="who standup"), ("command", "who standup")),
        (Button("Details", "details", value="q1"), ("details", "q1")),
        (Button("Cancel request", "cancel_request", value="q1"), ("cancel_request", "q1")),
        (Button("Check", "check", value="q1"), ("check", "q1")),
        (Button("Hang up", "hang_up", value="q1"), ("follow_up", "hang_up")),
        (Button("Cancel call", "cancel_call", value="q1"), ("follow_up", "cancel_call")),
        (Button("Dial again", "dial_again", value="q1"), ("follow_up", "dial_again")),
        (Button("Who am I", "form", value="whoami"), ("command", "whoami")),  # nothing to fill in
    ],
    ids=lambda one: one.label if isinstance(one, Button) else None,
)
async def test_each_button_reaches_its_command(hearing: Hearing, button: Button, heard: tuple[str, str]) -> None:
    delivery = await hearing.slack.click(MIA, await posted(hearing, button), button.label)
    assert delivery.ack == ""
    name, given = await hearing.heard_one()
    assert (name, given[1]) == heard
    assert given[0].person == Person("T0MEETOPS", MIA)
    assert given[0].response_url == delivery.payload["response_url"]


async def test_a_link_button_does_nothing_but_open_its_link(hearing: Hearing) -> None:
    link = Button("Open", "open", link=JoinLink("https://8x8.vc/r?jwt=x", None, personal=True))
    await hearing.voice.whisper(hearing.address(MIA), text("yours"), (link,))
    before = len(hearing.workspace.calls)
    assert (await hearing.slack.click(MIA, hearing.workspace.ephemerals(user=MIA)[0], "Open")).ok
    assert hearing.heard == []
    assert len(hearing.workspace.calls) == before


@pytest.mark.parametrize(
    ("button", "says"),
    [
        (Button("Conquer", "conquer", value="x"), "older version"),
        (Button("Remove", "run", value="kick " + "x" * 3000), "longer than Slack lets a button carry"),
        (Button("Conquer", "form", value="conquer"), "I don't know conquer"),
    ],
)
async def test_a_button_that_can_do_nothing_says_why_to_whoever_pressed_it(
    hearing: Hearing, button: Button, says: str
) -> None:
    await hearing.slack.click(MIA, await posted(hearing, button), button.label)
    assert says in text_of(await told(hearing))
    assert hearing.heard == []


async def test_a_form_button_opens_the_form(hearing: Hearing) -> None:
    await hearing.slack.click(MIA, await posted(hearing, Button("Show", "form", value="show")), "Show")
    await hearing.workspace.until(lambda: (view := hearing.workspace.view_of(MIA)) and view.title == "Show")


async def test_a_form_button_in_the_menu_puts_the_form_on_top_and_its_command_goes_to_the_channel_of_the_menu(
    hearing: Hearing,
) -> None:
    await hearing.slack.slash(MIA, "#team")
    menu = await hearing.workspace.until(
        lambda: (view := hearing.workspace.view_of(MIA)) and "show" in buttons_of(view) and view
    )
    assert menu
    await hearing.slack.click(MIA, menu, "show")
    await hearing.workspace.until(lambda: (view := hearing.workspace.view_of(MIA)) and view.previous_id == menu.id)
    delivery = await hearing.slack.submit_view(MIA, {"room": "standup"})
    assert delivery.ack == {"response_action": "clear"}
    await hearing.workspace.until(lambda: hearing.commands.keys())
    _, (address, line, _) = hearing.heard[-1]
    assert (line, address.channel_id, address.person.user_id) == ("show standup", "C0TEAM", MIA)
    assert hearing.workspace.view_of(MIA) is None


async def test_a_form_button_on_a_home_tab_opens_the_form_alone(hearing: Hearing) -> None:
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "form.0", "value": "show"}]}]
    blocks[0]["elements"][0]["text"] = {"type": "plain_text", "text": "Show"}  # type: ignore[index]
    await hearing.door.client.views_publish(user_id=MIA, view={"type": "home", "blocks": blocks})
    home = hearing.workspace.home_of(MIA)
    assert home
    await hearing.slack.click(MIA, home, "Show")
    await hearing.workspace.until(lambda: hearing.workspace.view_of(MIA))


async def test_a_button_of_a_private_answer_works_like_any_other(hearing: Hearing) -> None:
    await hearing.voice.whisper(hearing.address(MIA, "#team"), text("yours"), (JOIN,))
    await hearing.slack.click(MIA, hearing.workspace.ephemerals(user=MIA)[0], "Join")
    name, (address, room_id) = await hearing.heard_one()
    assert (name, room_id, address.channel_id) == ("join", "r1", "C0TEAM")


async def test_a_button_in_direct_messages_works_like_any_other(hearing: Hearing) -> None:
    message = await posted(hearing, JOIN, to=MIA)
    await hearing.slack.click(MIA, message, "Join")
    _, (address, _) = await hearing.heard_one()
    assert address.channel_id == message.channel


@pytest.mark.parametrize(("user", "team"), [(STAN, "T0ELSEWHERE"), (GUS, "T0MEETOPS")])
async def test_somebody_of_another_workspace_is_known_as_such(hearing: Hearing, user: str, team: str) -> None:
    await hearing.slack.click(user, await posted(hearing, JOIN), "Join")
    _, (address, _) = await hearing.heard_one()
    assert address.person == Person(team, user)


async def test_what_a_form_lacks_is_said_beside_the_field_and_nothing_is_done(hearing: Hearing) -> None:
    await hearing.voice.ask(hearing.address(MIA, trigger=True), Form("dial", "Dial", {}))
    delivery = await hearing.slack.submit_view(MIA, {"room": "standup", "number": "0747"})
    assert isinstance(delivery.ack, dict)
    assert delivery.ok
    assert list(delivery.ack["errors"]) == ["number"]
    assert hearing.heard == []
    view = hearing.workspace.view_of(MIA)
    assert view
    assert "starts with +" in view.errors["number"]
    await hearing.slack.submit_view(MIA, {"number": "+40 747 777 777"})
    assert (await hearing.heard_one())[1][1] == "dial standup +40747777777"


async def test_a_reason_given_in_its_form_completes_the_command(hearing: Hearing) -> None:
    form = Form("delete", "Why?", {}, only=(WHY,), line="delete standup")
    await hearing.voice.ask(hearing.address(MIA, trigger=True), form)
    await hearing.slack.submit_view(MIA, {WHY: "it is over"})
    assert (await hearing.heard_one())[1][1] == 'delete standup why="it is over"'


async def test_a_modal_of_something_else_is_closed_and_nothing_is_done(hearing: Hearing) -> None:
    view = payloads.VIEW | {"callback_id": "elsewhere"}
    assert await hearing.listeners.view_submission(payloads.SUBMISSION | {"view": view}) is None
    assert hearing.heard == []


async def test_a_refusal_is_shown_with_what_can_be_done_next(hearing: Hearing) -> None:
    next_step = Button("Join", "join", value="r2")
    hearing.commands.fails = Refused("Ask @sara.", detail=text("Ask ", User(SARA), "."), buttons=(next_step,))
    await hearing.slack.slash(MIA, "#team", "rooms")
    message = await told(hearing)
    assert f"*refused* · Ask <@{SARA}>." in text_of(message)
    assert "Join" in buttons_of(message)


async def test_a_bug_is_told_to_the_person_by_its_id_alone(hearing: Hearing) -> None:
    hearing.commands.fails = KeyError("a secret")
    await hearing.slack.slash(MIA, "#team", "rooms")
    assert "Something went wrong on my side" in text_of(await told(hearing))
    assert "secret" not in text_of(await told(hearing))


async def test_whoever_comes_when_too_much_is_under_way_is_told_so(hearing: Hearing) -> None:
    hearing.commands.go.clear()
    for number in range(50):
        hearing.door.tasks.spawn(hearing.commands.go.wait(), name=f"{number}")  # type: ignore[arg-type]
    delivery = await hearing.slack.slash(MIA, "#team", "rooms")
    assert "busy" in str(delivery.ack)
    await hearing.voice.ask(hearing.address(MIA, trigger=True), Form("show", "Show", {}))
    await hearing.slack.submit_view(MIA, {"room": "standup"})
    view = hearing.workspace.view_of(MIA)
    assert view
    assert "busy" in text_of(view)
    assert hearing.heard == []


async def test_whoever_joins_a_user_group_has_its_role_at_the_next_command(hearing: Hearing) -> None:
    async def roles() -> set[str]:
        caller = await hearing.people.caller(Person("T0MEETOPS", MIA))
        return {source.role for source in caller.sources}

    assert await roles() == set()
    await hearing.slack.change_group("S0OPS", add=(MIA,))
    assert await roles() == {"OPERATOR"}
    await hearing.slack.update_group("S0OPS", disabled=True)
    assert await roles() == set()


async def test_whoever_is_deactivated_loses_everything_at_once(hearing: Hearing) -> None:
    omar = Person("T0MEETOPS", OMAR)
    assert (await hearing.people.caller(omar)).sources
    await hearing.slack.change_user(OMAR, deleted=True)
    caller = await hearing.people.caller(omar)
    assert (caller.deactivated, caller.sources) == (True, ())


@pytest.mark.parametrize("kind", ["member_joined_channel", "member_left_channel", "channel_left", "group_left"])
async def test_after_somebody_comes_or_goes_the_channel_is_asked_about_again(hearing: Hearing, kind: str) -> None:
    await hearing.voice.check_may_post("C0INCIDENT")
    await hearing.slack.event(kind, user=MAX, channel="C0INCIDENT")
    await hearing.voice.check_may_post("C0INCIDENT")
    assert len(hearing.workspace.calls_of("conversations.info")) == 2


async def test_a_line_of_a_list_has_buttons_of_its_own(hearing: Hearing) -> None:
    lines = tuple(Line(text(name), (Button("Choose", "run", value=f"who {name}"),)) for name in ("a", "b"))
    one = await hearing.voice.post("C0TEAM", Card("Which one?", lines))
    message = hearing.workspace.find_message(one.channel_id, one.ts)
    assert message
    await hearing.slack.click(MIA, message, "Choose", block_id=message.blocks[2]["block_id"])
    assert (await hearing.heard_one())[1][1] == "who b"


async def test_what_the_bot_has_no_use_for_is_acknowledged(hearing: Hearing) -> None:
    assert await hearing.listeners.shortcut(payloads.SHORTCUT) is None
    assert await hearing.listeners.shortcut(payloads.MESSAGE_ACTION) is None
    assert await hearing.listeners.view_closed(payloads.CLOSED) is None
    assert await hearing.listeners.options(payloads.SUGGESTION) == {"options": []}
    await asyncio.sleep(0)
    assert hearing.heard == []
