"""Modals made from fields: always within Slack's limits, and read back to the words that somebody would have typed."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.forms import NAMES, Field, FieldForm, FieldKind
from bot.grammar import tokenize
from bot.play.slack.inputs import fill, state_values
from bot.play.slack.methods.content import view_content
from bot.play.slack.records import View
from bot.play.slack.visible import with_block_ids
from bot.slack.field_forms import MOST_FIELDS, form_view, options_of, read_form, search_of

LINE = "config pexip conference add"
names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=40)
words = st.text(max_size=80)
fields = st.builds(
    Field,
    name=names,
    kind=st.sampled_from(list(FieldKind)),
    help=st.text(max_size=3000),
    required=st.booleans(),
    secret=st.booleans(),
    choices=st.lists(st.text(min_size=1, max_size=100), min_size=1, max_size=120, unique=True).map(tuple),
    related=st.sampled_from(["", "conference", "system_location"]),
    default=st.none() | st.just("2026-11-24T14:00:00") | st.just("yes") | st.just("12"),
    value=st.sampled_from(["", "3", "3,4", "yes", "2026-11-24T14:00:00"]),
)


def shown(form: FieldForm) -> View:
    """The modal as Slack would show it. Raises for one that Slack would refuse."""
    payload = view_content(form_view(form, "C0OPS"), "modal")
    return View("V1", "U0OMAR", payload | {"blocks": with_block_ids(payload["blocks"])}, "hash", "V1")


def submitted(form: FieldForm, values: dict[str, Any]) -> str:
    """The line that comes of entering these values."""
    view = shown(form)
    fill(view, values)
    line, channel = read_form({**view.payload, "state": {"values": state_values(view)}})
    assert channel == "C0OPS"
    return line


def form(*fields: Field, line: str = LINE) -> FieldForm:
    return FieldForm("add conference", line, fields)


def test_a_form_of_a_hundred_and_three_fields_names_those_it_has_no_room_for() -> None:
    many = tuple(Field(f"field_{number}") for number in range(103))
    view = shown(form(*many))
    assert len(view.blocks) <= 100
    assert "field_102" in str(view.blocks[-2])
    assert f"field_{MOST_FIELDS - 1}|" in str(view.blocks)


@pytest.mark.parametrize("kind", list(FieldKind))
def test_nothing_entered_adds_nothing_to_the_line(kind: FieldKind) -> None:
    one = Field("x", kind, choices=("a", "b"), related="conference", default="a" if kind is FieldKind.CHOICE else None)
    assert submitted(form(one), {}) == LINE


@pytest.mark.parametrize(
    ("one", "entered", "word"),
    [
        (Field("name"), "Board room", 'name="Board room"'),
        (Field("name"), 'say "hi"', 'name="say \\"hi\\""'),
        (Field("name"), "@here <!channel>", 'name="@here &lt;!channel>"'),
        (Field("limit", FieldKind.INTEGER), 20, "limit=20"),
        (Field("allow", FieldKind.YES_NO), ["yes"], "allow=yes"),
        (Field("allow", FieldKind.YES_NO, value="yes"), [], "allow=no"),
        (Field("role", FieldKind.CHOICE, choices=("guest", "chair")), "chair", "role=chair"),
        (Field("at", FieldKind.MOMENT), 1795525200, "at=2026-11-24T13:00:00Z"),
        (Field("day", FieldKind.DATE), "2026-11-24", "day=2026-11-24"),
        (Field("hour", FieldKind.TIME), "09:30", "hour=09:30"),
        (Field("file", FieldKind.FILE), [{"id": "F0123"}], "file=F0123"),
        (Field("name", value="old"), None, 'name=""'),
    ],
)
def test_what_is_entered_becomes_the_word_that_would_be_typed(one: Field, entered: object, word: str) -> None:
    assert submitted(form(one), {one.name: entered}) == f"{LINE} {word}"


def test_objects_are_named_by_id_and_what_it_is_about_stands_bare() -> None:
    rooms = Field("rooms", FieldKind.OBJECTS, related="conference")
    which = Field(NAMES, FieldKind.OBJECT, related="automatic_participant", label="which")
    options = options_of((("12", "Board"), ("15", "Daily")))["options"]
    line = submitted(form(which, rooms, line="config pexip standing attach"), {NAMES: options[0], "rooms": options})
    assert [(token.key, token.text) for token in tokenize(line)][4:] == [(None, "12"), ("rooms", "12,15")]


def test_what_was_there_and_is_left_alone_is_not_sent_again() -> None:
    known = (
        Field("name", value="Board"),
        Field("role", FieldKind.CHOICE, choices=("guest", "chair"), value="chair"),
        Field("limit", FieldKind.INTEGER, value="20"),
        Field("at", FieldKind.MOMENT, value="2026-11-24T14:00:00.123456"),
        Field("theme", FieldKind.OBJECT, related="ivr_theme", value="3"),
        Field("rooms", FieldKind.OBJECTS, related="conference", value="1,2"),
        Field("allow", FieldKind.YES_NO, value="yes"),
    )
    assert submitted(form(*known, line=f"{LINE} 12"), {"limit": 21}) == f"{LINE} 12 limit=21"


def test_a_secret_never_stands_in_a_form() -> None:
    view = form_view(form(Field("pin", secret=True, value="73519264", default="0000")), None)
    assert "73519264" not in str(view)
    assert "0000" not in str(view)


@given(st.lists(fields, max_size=12, unique_by=lambda one: one.name))
def test_any_fields_make_a_modal_that_slack_takes(some: list[Field]) -> None:
    shown(FieldForm("x" * 80, LINE, tuple(some), "note"))


@given(words)
def test_any_text_is_read_back_as_one_value(text: str) -> None:
    view = form_view(form(Field("name")), "C0OPS")
    state = {"name|": {"name": {"type": "plain_text_input", "value": text}}}
    line, _ = read_form({**view, "state": {"values": state}})
    try:
        tokens = tokenize(line)
    except BadInput:
        assert len(line) > 8000
        return
    assert [token.key for token in tokens[4:]] in ([], ["name"])


def test_a_search_says_whose_objects_are_meant_and_other_menus_none() -> None:
    view = form_view(form(Field("ivr_theme", FieldKind.OBJECT, related="ivr_theme")), None)
    asked = {"view": view, "block_id": "ivr_theme|ivr_theme", "action_id": "ivr_theme", "value": "win"}
    assert search_of(asked) == (LINE, "ivr_theme", "win")
    assert search_of(asked | {"block_id": "name|"}) is None
    assert search_of({"view": {"callback_id": "form"}, "block_id": "x|y"}) is None
    assert search_of({}) is None
