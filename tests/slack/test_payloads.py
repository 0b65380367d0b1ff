"""Who did what, where: read from Slack's payloads by ids alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from bot.model import Person
from bot.slack.payloads import Click, address_of_command, address_of_interaction, click_of, person_of
from bot.voice import Address
from tests.slack import hostile, payloads

MIA = Person("T0MEETOPS", "U0MIA")


def test_a_command_is_answered_where_it_was_typed() -> None:
    assert address_of_command(payloads.COMMAND) == Address(
        MIA, "C0OPS", "https://hooks.slack.com/commands/T0/1/x", trigger_id="1.2.abc"
    )


def test_a_click_is_answered_where_the_message_stands() -> None:
    address = address_of_interaction(payloads.CLICK)
    assert address == Address(MIA, "C0OPS", "https://hooks.slack.com/actions/T0/1/x", trigger_id="1.2.abc")
    assert address_of_interaction(payloads.EPHEMERAL_CLICK).thread_ts == "1690000000.000001"


def test_a_click_in_a_modal_belongs_to_the_channel_the_modal_was_opened_in() -> None:
    address = address_of_interaction(payloads.MODAL_CLICK)
    assert (address.channel_id, address.view_id, address.response_url) == ("C0OPS", "V0VIEW", None)
    form = payloads.MODAL_CLICK | {"view": payloads.VIEW}
    assert address_of_interaction(form).channel_id == "C0OPS"


def test_nothing_can_be_pushed_onto_a_home_tab() -> None:
    address = address_of_interaction(payloads.HOME_CLICK)
    assert (address.channel_id, address.view_id, address.trigger_id) == (None, None, "1.2.abc")


def test_a_click_names_its_action_its_value_and_itself() -> None:
    at = "1700000000.000100:1.2.abc"  # its moment and its trigger
    assert click_of(payloads.CLICK) == Click("join", "r1", at, "1700000000.000001")
    assert click_of(payloads.EPHEMERAL_CLICK) == click_of(payloads.CLICK)
    assert click_of(payloads.MODAL_CLICK) == Click("join", "r1", at, "")


FOREIGN = payloads.MIA | {"id": "U0STAN", "team_id": "T0ELSEWHERE"}
ENTERPRISE = {"id": "E0HOME", "name": "Home"}


@pytest.mark.parametrize(
    ("fields", "person"),
    [
        ({}, MIA),
        ({"user": {"id": "U0MIA"}}, MIA),  # older payloads name the team once
        ({"user": FOREIGN}, Person("T0ELSEWHERE", "U0STAN")),  # Slack Connect: the user's own workspace counts
        ({"enterprise": ENTERPRISE}, Person("T0MEETOPS", "U0MIA", "E0HOME")),
        (
            {"enterprise": ENTERPRISE, "team": None},
            Person("T0MEETOPS", "U0MIA", "E0HOME"),
        ),  # installed on the whole org
        ({"user": None}, Person("", "")),
        ({"user": {"name": "mia"}}, Person("T0MEETOPS", "")),
    ],
)
def test_who_clicked_is_their_own_workspace_and_id(fields: dict[str, Any], person: Person) -> None:
    assert person_of(payloads.CLICK | fields) == person


def test_who_typed_a_command_is_known_by_ids() -> None:
    grid = payloads.COMMAND | {"enterprise_id": "E0HOME", "user_name": "U0SARA"}
    assert person_of(grid) == Person("T0MEETOPS", "U0MIA", "E0HOME")


@hostile.patient
@given(payloads.spoilt())
def test_no_payload_whatever_its_shape_raises(payload: dict[str, Any]) -> None:
    for read in (address_of_command, address_of_interaction):
        address = read(payload)
        assert isinstance(address.person.user_id, str)
        assert isinstance(address.channel_id, str | None)
    assert isinstance(click_of(payload), Click | None)
