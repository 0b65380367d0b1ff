"""A modal per verb, made from its argument declarations; what it submits becomes a command line.

`private_metadata` says which verb and from where; it is no authority: the line is judged like a typed one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.errors import BadInput
from bot.grammar import FieldSpec, Kind, fields_of, fill
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import plain
from bot.voice import Address, Form

CALLBACK = "form"
WHY = "why"
LONGEST_TITLE = 24
LONGEST_METADATA = 3000
LONGEST_LABEL = 2000
MOST_OPTIONS = 100

View = dict[str, Any]
ArgsOf = Callable[[str], "type[Any] | None"]

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a modal was filled in to: the command line, and the channel it was opened from."""

    line: str
    channel_id: str | None


class FieldProblem(Exception):
    """What is wrong, and in which block: for `response_action: errors`."""

    def __init__(self, block_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.errors = {block_id: sentence}


class Modals:
    """Opens forms and reads them."""

    def __init__(self, client: AsyncWebClient, args_of: ArgsOf) -> None:
        self._client = client
        self._args_of = args_of

    async def open(self, to: Address, form: Form) -> bool:
        """Open the form, within the trigger's 3 seconds. False when Slack does not show it."""
        args_type = self._args_of(form.verb)
        if to.trigger_id is None or args_type is None:
            return False
        view = form_view(form, args_type, channel_id=to.channel_id)
        method = "views.push" if to.view_id else "views.open"
        try:
            await self._client.api_call(method, json={"trigger_id": to.trigger_id, "view": view})
        except UNREACHABLE as error:
            log.info("form not opened", verb=form.verb, error=error_word(error))
            return False
        return True

    def read(self, view: Mapping[str, Any]) -> Submitted:
        """The command line of a submitted form. Raises FieldProblem."""
        kept = json.loads(view.get("private_metadata") or "{}")
        values = _entered(view)
        channel = kept.get("channel") or None
        if kept.get("line"):
            why = " ".join(str(values.get(WHY, "")).split())
            if not why:
                raise FieldProblem(WHY, "Say why.")
            return Submitted(f'{kept["line"]} why="{_unquoted(why)}"', channel)
        args_type = self._args_of(str(kept.get("verb")))
        if args_type is None:
            raise FieldProblem(WHY, "This form is from an older version; open it again.")
        why = str(values.pop(WHY, ""))
        try:
            return Submitted(fill(str(kept["verb"]), args_type, values, why=why).line, channel)
        except BadInput as error:
            raise FieldProblem(_blamed(str(error), args_type), str(error)[:LONGEST_LABEL]) from None


def form_view(form: Form, args_type: type[Any], *, channel_id: str | None) -> View:
    """The modal of one verb, or of its one missing field."""
    kept = {"verb": form.verb, "channel": channel_id or "", "line": form.line}
    specs = [spec for spec in fields_of(args_type) if not form.only or spec.name in form.only]
    blocks = [_input(spec, form.values.get(spec.name, "")) for spec in specs]
    blocks.append(_why(required=WHY in form.only))
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(kept)[:LONGEST_METADATA],
        "title": plain(form.title, LONGEST_TITLE),
        "submit": plain("Do it", LONGEST_TITLE),
        "close": plain("Not now", LONGEST_TITLE),
        "blocks": blocks,
    }


def _input(spec: FieldSpec, value: str) -> View:
    element = _element(spec, value)
    label = spec.label if spec.kind is not Kind.PAIRS else "more"
    block: View = {
        "type": "input",
        "block_id": spec.name,
        "optional": not spec.required,
        "label": plain(label[:1].upper() + label[1:], LONGEST_LABEL),
        "element": element | {"action_id": spec.name},
    }
    return block | ({"hint": plain(spec.help, LONGEST_LABEL)} if spec.help else {})


def _element(spec: FieldSpec, value: str) -> View:
    if spec.kind is Kind.USER:
        return {"type": "multi_users_select" if spec.many else "users_select"}
    if spec.kind is Kind.CHANNEL:
        return {"type": "conversations_select", "default_to_current_conversation": True}
    if spec.kind in (Kind.CHOICE, Kind.FLAG) and not spec.many:
        return _select(spec.choices or ("yes", "no"), value)
    text: View = {"type": "plain_text_input", "multiline": spec.many or spec.kind is Kind.PAIRS, "max_length": 3000}
    return text | ({"initial_value": value} if value else {})


def _select(choices: Sequence[str], value: str) -> View:
    options = [{"text": plain(choice, 75), "value": choice} for choice in choices[:MOST_OPTIONS]]
    chosen = [option for option in options if option["value"] == value]
    return {"type": "static_select", "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def _why(*, required: bool) -> View:
    return {
        "type": "input",
        "block_id": WHY,
        "optional": not required,
        "label": plain("Why", LONGEST_LABEL),
        "element": {"type": "plain_text_input", "action_id": WHY, "max_length": 300},
    }


def _entered(view: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    values: dict[str, str | Sequence[str]] = {}
    for block_id, actions in ((view.get("state") or {}).get("values") or {}).items():
        for element in actions.values():
            found = _value(element)
            if found:
                values[block_id] = found
    return values


def _value(element: Mapping[str, Any]) -> str | Sequence[str]:
    if element.get("selected_users"):
        return list(element["selected_users"])
    option = element.get("selected_option") or {}
    picked = (element.get("selected_user"), element.get("selected_conversation"), element.get("selected_channel"))
    return next((str(one) for one in (*picked, option.get("value"), element.get("value")) if one), "")


def _blamed(sentence: str, args_type: type[Any]) -> str:
    """The block whose field the sentence speaks of, else the first one."""
    specs = fields_of(args_type)
    named = (spec.name for spec in specs if spec.label in sentence)
    return next(named, specs[0].name if specs else WHY)


def _unquoted(words: str) -> str:
    return words.replace('"', "”")
