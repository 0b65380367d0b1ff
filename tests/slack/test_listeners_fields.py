"""Forms of a schema, their searches, and the shortcut of a file: what a person does reaches the commands once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.forms import Field, FieldForm, FieldKind
from bot.model import Person
from bot.play.slack import Fault, Message
from bot.play.slack.seed import MIA
from bot.reply import Button, text
from bot.voice import Address
from tests.slack.hearing import Hearing, opened_hearing

LINE = "config pexip conference add"
FORM = FieldForm("Add", LINE, (Field("name"), Field("system_location", FieldKind.OBJECT, related="system_location")))


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    async with opened_hearing() as opened:
        yield opened


def mia(hearing: Hearing) -> Address:
    trigger = hearing.slack.sender.trigger_id(MIA)
    return Address(Person("T0MEETOPS", MIA), channel_id="C0TEAM", trigger_id=trigger)


async def opened(hearing: Hearing) -> None:
    async def form() -> FieldForm:
        return FORM

    await hearing.voice.fill_in(mia(hearing), form)
    view = hearing.workspace.view_of(MIA)
    assert view is not None
    assert view.payload["callback_id"] == "fields"


async def test_the_button_of_a_form_asks_for_its_fields(hearing: Hearing) -> None:
    posted = await hearing.voice.post("C0TEAM", text("x"), (Button("Add", "configure", value=LINE),))
    message = hearing.workspace.find_message(posted.channel_id, posted.ts)
    assert message is not None
    await hearing.slack.click(MIA, message, "Add")
    name, (address, line) = await hearing.heard_one()
    assert (name, line) == ("fill_in", LINE)
    assert address.trigger_id


async def test_a_filled_in_form_is_a_command_from_where_it_was_opened(hearing: Hearing) -> None:
    await opened(hearing)
    delivery = await hearing.slack.submit_view(MIA, {"name": "Board room", "Why": "board"})
    assert delivery.ack == {"response_action": "clear"}
    name, (address, line, _) = await hearing.heard_one()
    assert (name, line) == ("command", f'{LINE} name="Board room" why=board')
    assert address.channel_id == "C0TEAM"


async def test_a_search_is_answered_with_what_the_commands_found(hearing: Hearing) -> None:
    await opened(hearing)
    delivery = await hearing.slack.options(MIA, "system_location", "lon")
    assert isinstance(delivery.ack, dict)
    assert [one["value"] for one in delivery.ack["options"]] == ["1"]
    name, (_, line, related, words) = await hearing.heard_one()
    assert (name, line, related, words) == ("suggest", LINE, "system_location", "lon")


async def test_the_shortcut_hands_the_messages_file_over(hearing: Hearing) -> None:
    message = hearing.slack.files.share(MIA, "C0TEAM", "theme.zip", b"PK")
    await hearing.slack.message_action(MIA, message, "use_file")
    name, (_, file_id, file_name) = await hearing.heard_one()
    assert (name, file_id, file_name) == ("use_file", message.files[0]["id"], "theme.zip")


async def test_a_message_without_a_file_says_so(hearing: Hearing) -> None:
    message = Message("C0TEAM", hearing.workspace.new_ts(), MIA, "hello")
    hearing.workspace.post(message)
    await hearing.slack.message_action(MIA, message, "use_file")
    await hearing.workspace.until(lambda: hearing.workspace.ephemerals(user=MIA))
    assert "no file" in hearing.workspace.ephemerals(user=MIA)[-1].text
    assert hearing.heard == []


async def test_where_slack_opens_nothing_the_person_is_told_to_type(hearing: Hearing) -> None:
    hearing.slack.faults.plan("views.open", Fault(error="internal_error"))

    async def form() -> FieldForm:
        raise AssertionError("nothing is asked of the vendor for a form that nobody sees")

    await hearing.voice.fill_in(mia(hearing), form)
    assert "type the command" in hearing.workspace.ephemerals(user=MIA)[-1].text
