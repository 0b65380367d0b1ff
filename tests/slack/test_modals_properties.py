"""Any form filled in with anything is either the command it shows or says, beside one of its fields, why not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.grammar import FieldSpec, Kind, fields_of, parse
from bot.slack.modals import WHY, FieldProblem, Modals, form_view
from bot.voice import Form
from tests.slack import hostile
from tests.slack.side import VERBS

MODALS = Modals(AsyncWebClient(), VERBS.get)
likely = st.sampled_from(
    ["standup", "jaas/stand up", "Ann Lee", "id:f0", "+40 747 777 777", "10m", "john@x.org", "a=b"]
)
typed = st.one_of(likely, hostile.words, st.text(alphabet="ab \"'\\=<>&#@|“”\n+1", max_size=20)).map(
    lambda words: words[:3000]  # Slack's inputs take no more
)
users = st.from_regex(r"[UW][A-Z0-9]{2,9}", fullmatch=True)


def element_state(spec: FieldSpec) -> st.SearchStrategy[dict[str, Any]]:
    """What Slack reports of this field's input."""
    if spec.kind is Kind.USER and spec.many:
        return st.fixed_dictionaries({"selected_users": st.lists(users, max_size=3)})
    if spec.kind is Kind.USER:
        return st.fixed_dictionaries({"selected_user": st.none() | users})
    if spec.kind is Kind.CHANNEL:
        return st.fixed_dictionaries({"selected_conversation": st.sampled_from([None, "C0OPS", "G0BOARD"])})
    if spec.kind in (Kind.CHOICE, Kind.FLAG) and not spec.many:
        choices = st.sampled_from(spec.choices or ("yes", "no")).map(lambda one: {"value": one})
        return st.fixed_dictionaries({"selected_option": st.none() | choices})
    return st.fixed_dictionaries({"value": st.none() | typed})


@st.composite
def submitted(draw: st.DrawFn, verb: str) -> dict[str, Any]:
    """The form of this verb, filled in."""
    view = form_view(Form(verb, "Form", {}), VERBS[verb], channel_id="C0OPS")
    values = {spec.name: {spec.name: draw(element_state(spec))} for spec in fields_of(VERBS[verb])}
    values[WHY] = {WHY: {"value": draw(st.none() | typed)}}
    return view | {"state": {"values": values}}


def read(view: dict[str, Any]) -> tuple[str | None, dict[str, str]]:
    """The command line, or the errors beside the fields."""
    try:
        return MODALS.read(view).line, {}
    except FieldProblem as problem:
        return None, problem.errors


@pytest.mark.parametrize("verb", VERBS)
def test_a_form_is_its_command_or_says_what_is_wrong(verb: str) -> None:
    @hostile.patient
    @given(submitted(verb))
    def check(view: dict[str, Any]) -> None:
        line, errors = read(view)
        if line is None:
            (block_id,) = errors
            assert block_id in {block["block_id"] for block in view["blocks"]}
            assert errors[block_id].strip()
            return
        understood = parse(line, VERBS)
        assert (understood.verb, understood.line) == (verb, line)

    check()


@hostile.patient
@given(why=typed)
def test_any_reason_completes_a_line_without_changing_it(why: str) -> None:
    known = parse('kick standup "Ann Lee" for=10m', VERBS)
    form = Form("kick", "Why?", {}, only=(WHY,), line=known.line)
    view = form_view(form, VERBS["kick"], channel_id=None) | {"state": {"values": {WHY: {WHY: {"value": why}}}}}
    line, errors = read(view)
    if line is None:
        assert errors == {WHY: "Say why."}
        return
    assert parse(line, VERBS).args == known.args
