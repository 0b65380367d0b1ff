"""What a person chose or typed in selects and inputs, as Slack reports it in `state.values` and `actions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.play.slack.blockkit import validate_message
from bot.play.slack.records import Json, Message, View
from bot.play.slack.visible import Control, controls_of

# element type -> (name in the state, name of the initial value)
_STATE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
Choice = Any  # text, an option's value or label, an id, a list of those, a whole option, or None to empty it


class NotPossibleError(Exception):
    """Something a person could not do in Slack: a test or the page asked for it all the same."""


def find_control(shown: Message | View, what: str | Control, *, block_id: str = "") -> Control:
    """The one control with that action id or label. Raises NotPossibleError when there is none, or several."""
    controls = controls_of(shown)
    if isinstance(what, Control):
        if what not in controls:
            raise NotPossibleError(f"{what.label or what.action_id} is not there any more")
        return what
    found = [one for one in controls if what in (one.action_id, one.label) and block_id in ("", one.block_id)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted({one.label or one.action_id for one in controls})) or "none"
    raise NotPossibleError(f"{len(found)} controls {what!r}; there are: {there}")


def wrong_options(answer: Json | str) -> str:
    """What Slack would not show of the bot's answer to typing in an external select; empty when all is well."""
    body = answer if isinstance(answer, dict) else {}
    given = {name: body[name] for name in ("options", "option_groups") if body.get(name)}
    if not given:
        return "" if body.keys() & {"options", "option_groups"} else "no options in the answer"
    select = {"type": "static_select", "action_id": "options", **given}
    return "; ".join(validate_message({"blocks": [{"type": "actions", "elements": [select]}]}))


def state_values(shown: Message | View) -> dict[str, dict[str, Json]]:
    """`state.values` of everything on show that holds a value: what was chosen, else the initial value."""
    values: dict[str, dict[str, Json]] = {}
    for control in controls_of(shown):
        if control.type in _STATE:
            chosen = shown.values.get(control.block_id, {}).get(control.action_id)
            values.setdefault(control.block_id, {})[control.action_id] = chosen or _initial(control)
    return values


def fill(shown: Message | View, values: Mapping[str, Choice]) -> None:
    """Choose and type: block id, action id or label -> value. Raises NotPossibleError."""
    for what, value in values.items():
        control = _fillable(shown, what)
        shown.values.setdefault(control.block_id, {})[control.action_id] = chosen_state(control, value)


def chosen_state(control: Control, value: Choice) -> Json:
    """The state of one control after that choice."""
    name, _ = _STATE[control.type]
    if name in ("selected_option", "selected_options"):
        value = [_option(control, one) for one in value] if name.endswith("s") else value and _option(control, value)
    if control.type == "number_input" and value is not None:
        value = str(value)
    return {"type": control.type, name: value}


def action_of(control: Control, value: Choice, ts: str) -> Json:
    """The entry of `actions` for a click on that control."""
    action: Json = {"type": control.type, "action_id": control.action_id, "block_id": control.block_id, "action_ts": ts}
    if control.type == "overflow":
        return action | {"selected_option": _option(control, value)}
    if control.type in _STATE:
        return action | chosen_state(control, value)
    return action | {name: control.element[name] for name in ("text", "value", "style") if name in control.element}


def missing_inputs(view: View) -> list[str]:
    """Labels of inputs which Slack's client would not let through: obligatory and empty, or of a wrong length."""
    values = state_values(view)
    inputs = [control for control in controls_of(view) if control.block.get("type") == "input"]
    return [control.label for control in inputs if not _passes(control, values[control.block_id][control.action_id])]


def _passes(control: Control, state: Json) -> bool:
    name, _ = _STATE[control.type]
    value = state.get(name)
    if value in (None, "", []):
        return bool(control.block.get("optional"))
    return name != "value" or _fits(control.element, value)


def _fits(element: Json, value: str) -> bool:
    if element["type"] == "number_input":
        low, high = element.get("min_value", value), element.get("max_value", value)
        return float(low) <= float(value) <= float(high)
    return bool(element.get("min_length", 0) <= len(value) <= element.get("max_length", 3000))


def _initial(control: Control) -> Json:
    name, initial = _STATE[control.type]
    empty: list[Json] | None = [] if name.endswith("s") else None
    return {"type": control.type, name: control.element.get(initial, empty) if initial else empty}


def _fillable(shown: Message | View, what: str) -> Control:
    holding = [one for one in controls_of(shown) if one.type in _STATE]
    found = [one for one in holding if what in (one.block_id, one.action_id, one.label)]
    if len(found) != 1:
        there = ", ".join(one.label or one.action_id for one in holding) or "none"
        raise NotPossibleError(f"{len(found)} inputs {what!r}; there are: {there}")
    return found[0]


def _option(control: Control, value: Choice) -> Json:
    if isinstance(value, dict):
        return value
    groups = control.element.get("option_groups", ())
    options = [*control.element.get("options", ()), *(option for group in groups for option in group["options"])]
    for option in options:
        if value in (option["value"], option["text"]["text"]):
            found: Json = option
            return found
    there = ", ".join(option["text"]["text"] for option in options) or "none (external: pass an option)"
    raise NotPossibleError(f"no option {value!r}; there are: {there}")
