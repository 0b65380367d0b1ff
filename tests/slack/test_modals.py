"""Every verb as a form: Slack shows it, and filled in it is the very command that would have been typed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.grammar import fields_of, parse, values_of
from bot.play.slack import Fault, View, text_of
from bot.play.slack.blockkit import validate_view
from bot.play.slack.inputs import fill, missing_inputs, state_values
from bot.play.slack.seed import MAX, MIA
from bot.play.slack.wire import view_json
from bot.slack.modals import WHY, FieldProblem, form_view
from bot.voice import Form
from tests.slack.side import VERBS, Side, opened_side


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    async with opened_side() as opened:
        yield opened


async def opened(side: Side, form: Form, *, channel: str | None = "#ops") -> View:
    assert await side.modals.open(side.address(MIA, channel, trigger=True), form)
    view = side.workspace.view_of(MIA)
    assert view
    return view


def filled(side: Side, view: View, values: Mapping[str, Any]) -> dict[str, Any]:
    """The view as Slack submits it."""
    fill(view, values)
    assert missing_inputs(view) == []
    return view_json(side.workspace, view) | {"state": {"values": state_values(view)}}


def blamed(side: Side, view: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(FieldProblem) as caught:
        side.modals.read(view)
    shown = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    assert caught.value.errors.keys() <= shown  # Slack refuses an error beside a field that is not there
    return caught.value.errors


@pytest.mark.parametrize("verb", VERBS)
async def test_slack_shows_the_form_of_every_verb(side: Side, verb: str) -> None:
    view = await opened(side, Form(verb, verb.capitalize(), {}))
    fields = [spec.name for spec in fields_of(VERBS[verb]) if not spec.hidden]
    assert [block["block_id"] for block in view.blocks] == [*fields, WHY]
    assert all(spec.help in text_of(view) or spec.help.replace(">", "&gt;") for spec in fields_of(VERBS[verb]))


SAME = [
    ("help", {"verb": "kick"}, "help kick"),
    ("can", {"user": MAX, "command": "kick standup Ann"}, f"can <@{MAX}> kick standup Ann"),
    ("start", {"words": "planning & more", "people": [MAX]}, f'start "planning & more" <@{MAX}>'),
    ("create", {"room": "jaas/stand up", "options": "type=vmr\npin=1234"}, 'create jaas/"stand up" type=vmr pin=1234'),
    ("create", {"room": "standup", "quiet": "yes"}, "create standup quiet=yes"),
    ("rooms", {"words": "jaas daily"}, "rooms jaas daily"),
    ("show", {"room": "<!channel>"}, "show &lt;!channel&gt;"),
    ("join", {}, "join"),
    ("share", {"room": "standup", "channel": "C0TEAM"}, "share standup <#C0TEAM>"),
    ("invite", {"room": "standup", "people": [MAX, MIA], "role": "host"}, f"invite standup <@{MAX}> <@{MIA}> as=host"),
    ("invite", {"room": "standup", "outsider": "John “J” Doe", "email": "john@x.org"}, None),
    ("end", {"room": "standup", "sure": "yes"}, "end standup sure=yes"),
    ("delete", {"rooms": "standup\nretro"}, "delete standup retro"),
    ("who", {"room": "standup"}, "who standup"),
    ("dial", {"room": "standup", "number": "+40 747 777 777", "name": "Ann"}, "dial standup +40747777777 name=Ann"),
    ("hangup", {"room": "standup", "number": "+40 747 777 777"}, "hangup standup +40 747 777 777"),
    ("kick", {"room": "standup", "participant": "Ann Lee", "duration": "10m"}, "kick standup Ann Lee for=10m"),
    ("kick", {"room": "standup", "participant": "id:f0aa9e1e"}, "kick standup id:f0aa9e1e"),
    ("block", {"room": "standup", "participant": "Ann"}, "block standup Ann"),
    (
        "lock",
        {"room": "standup", WHY: 'because "they" said so \\'},
        'lock standup why="because \\"they\\" said so \\\\"',
    ),
    ("ban", {"room": "jaas/u-4711"}, "ban jaas/u-4711"),
    ("revoke", {"room": "standup", "user": MAX}, f"revoke standup <@{MAX}>"),
    ("audit", {"room": "standup", "since": "7d"}, "audit standup since=7d"),
]


@pytest.mark.parametrize(("verb", "values", "typed"), SAME, ids=[f"{one[0]}-{at}" for at, one in enumerate(SAME)])
async def test_a_filled_in_form_is_the_command_that_would_have_been_typed(
    side: Side, verb: str, values: dict[str, Any], typed: str | None
) -> None:
    view = filled(side, await opened(side, Form(verb, verb.capitalize(), {})), values)
    submitted = side.modals.read(view)
    understood = parse(submitted.line, VERBS)
    assert (understood.verb, understood.line) == (verb, submitted.line)
    assert submitted.channel_id == "C0OPS"
    if typed is not None:
        assert parse(typed, VERBS).line == submitted.line


@pytest.mark.parametrize(
    "line",
    [
        f"invite standup <@{MAX}> <@{MIA}> as=host",
        "kick standup Ann for=meeting",
        "share standup <#C0TEAM>",
        f"revoke standup <@{MAX}>",
        'create standup quiet=no pin=1234 name="a b"',
        "dial standup +40747777777",
        "delete standup retro",
    ],
)
async def test_a_form_that_opens_with_what_is_known_says_the_same_when_submitted_as_it_is(
    side: Side, line: str
) -> None:
    known = parse(line, VERBS)
    form = Form(known.verb, "Again", values_of(known.args))
    view = filled(side, await opened(side, form), {})
    assert side.modals.read(view).line == known.line


async def test_a_value_too_long_for_a_field_is_not_shown_in_half(side: Side) -> None:
    view = await opened(side, Form("show", "Show", {"room": "x" * 3001}))
    assert "initial_value" not in view.blocks[0]["element"]


@pytest.mark.parametrize(
    ("verb", "values", "field", "says"),
    [
        ("dial", {"room": "standup", "number": "0747 777 777"}, "number", "starts with +"),
        ("kick", {"room": "standup", "participant": "Ann", "duration": "soon"}, "duration", "30m"),
        ("invite", {"room": "standup", "email": "no address"}, "email", "e-mail"),
        ("create", {"room": "standup", "options": 'type="vmr'}, "options", "not closed"),
        ("create", {"room": "standup", "options": "type=a type=b"}, "options", "twice"),
        ("kick", {"room": "standup", "participant": "id:"}, "participant", "id that who shows"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_without_the_usage_line(
    side: Side, verb: str, values: dict[str, Any], field: str, says: str
) -> None:
    errors = blamed(side, filled(side, await opened(side, Form(verb, "Try", {})), values))
    assert list(errors) == [field]
    assert says in errors[field]
    assert "Usage" not in errors[field]


REASON = {"title": "Why?", "values": {}, "only": (WHY,)}


@pytest.mark.parametrize(
    "line",
    ["delete standup", "dial standup +40747777777", f"can <@{MAX}> kick standup Ann", 'kick standup "Ann Lee" for=10m'],
)
@pytest.mark.parametrize("why", ["it is over", 'said "stop"', "ends in \\", "<!channel> & co", "key=value"])
async def test_the_reason_form_adds_the_reason_and_nothing_else(side: Side, line: str, why: str) -> None:
    known = parse(line, VERBS)
    view = await opened(side, Form(known.verb, line=known.line, **REASON))  # type: ignore[arg-type]
    assert [block["block_id"] for block in view.blocks] == [WHY]
    submitted = parse(side.modals.read(filled(side, view, {WHY: why})).line, VERBS)
    assert (submitted.verb, submitted.args, submitted.why) == (known.verb, known.args, why)


async def test_a_reason_of_blanks_is_none(side: Side) -> None:
    view = await opened(side, Form("delete", line="delete standup", **REASON))  # type: ignore[arg-type]
    assert blamed(side, filled(side, view, {WHY: "\u00a0 "})) == {WHY: "Say why."}


@pytest.mark.parametrize("length", [2900, 2990, 3001, 7900])
async def test_a_line_is_kept_whole_for_its_reason_or_the_form_does_not_open(side: Side, length: int) -> None:
    line = parse(f"delete {'é' * (length - 7)}"[:length], {"delete": VERBS["rooms"]}).line
    shown = await side.modals.open(side.address(MIA, trigger=True), Form("delete", line=line, **REASON))  # type: ignore[arg-type]
    view = side.workspace.view_of(MIA)
    assert shown is (view is not None)
    assert shown is (length < 2960)
    if view:
        assert json.loads(view.payload["private_metadata"])["line"] == line


@pytest.mark.parametrize(
    "metadata", ["", "{", "null", "[1]", "C0OPS", '{"verb": 5}', '{"verb": "conquer"}', '{"line": "delete standup"}']
)
async def test_a_form_of_another_version_asks_to_be_opened_again(side: Side, metadata: str) -> None:
    view = filled(side, await opened(side, Form("show", "Show", {})), {"room": "standup"})
    assert blamed(side, view | {"private_metadata": metadata}) == {
        WHY: "This form is from an older version; open it again."
    }


@pytest.mark.parametrize(
    "state",
    [None, [], {}, {"values": None}, {"values": []}, {"values": {"rooms": None}}, {"values": {"rooms": {"rooms": 5}}}],
)
async def test_a_form_whose_fields_are_missing_is_refused_and_raises_nothing_else(side: Side, state: Any) -> None:
    view = view_json(side.workspace, await opened(side, Form("delete", "Delete", {})))
    with pytest.raises(FieldProblem, match="rooms is missing"):
        side.modals.read(view | {"state": state})


async def test_a_form_without_a_trigger_or_with_a_stale_one_is_not_opened(side: Side) -> None:
    form = Form("show", "Show", {})
    assert not await side.modals.open(side.address(MIA), form)
    stale = side.address(MIA, trigger=True)
    side.door.clock.advance(timedelta(seconds=4))
    assert not await side.modals.open(stale, form)
    assert not await side.modals.open(side.address(MIA, trigger=True), Form("conquer", "Conquer", {}))
    side.slack.faults.plan("views.open", Fault(status=503))
    assert not await side.modals.open(side.address(MIA, trigger=True), form)
    assert side.workspace.view_of(MIA) is None


async def test_a_form_opened_from_a_modal_lies_on_top_of_it(side: Side) -> None:
    below = await opened(side, Form("help", "Help", {}))
    address = side.address(MIA, trigger=True, view=below.id)
    assert await side.modals.open(address, Form("show", "Show", {}))
    top = side.workspace.view_of(MIA)
    assert top
    assert (top.previous_id, top.title, below.closed) == (below.id, "Show", False)


def test_any_title_and_any_known_value_make_a_form_that_slack_takes() -> None:
    for verb, args in VERBS.items():
        for hostile in ("", "<!channel>" * 500, "\ud800\u202e", "x" * 3000):
            values = {spec.name: hostile for spec in fields_of(args)}
            assert validate_view(form_view(Form(verb, hostile, values), args, channel_id=None)) == []
