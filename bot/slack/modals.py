"""A modal per verb, made from its argument declarations; what it submits becomes a command line.

`private_metadata` says which verb and from where; it is no authority: the line is judged like a typed one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.errors import BadInput
from bot.grammar import FieldSpec, Kind, fields_of, fill, parse, render, usage, usage_word
from bot.reply import Strong
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import plain
from bot.voice import Address, Form

CALLBACK = "form"
WHY = "why"
WHERE = "posted_in"  # no verb has a field of this name
LONGEST_TITLE = 24
LONGEST_METADATA = 3000
LONGEST_LABEL = 2000
LONGEST_INPUT = 3000
LONGEST_WHY = 300
LONGEST_OPTION = 75
MOST_OPTIONS = 100
OLD = "This form is from an older version; open it again."
_USER = re.compile(r"<@([UW][A-Z0-9]+)>")
_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)>")

View = dict[str, Any]
Entered = dict[str, str | Sequence[str]]
ArgsOf = Callable[[str], "type[Any] | None"]

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a modal was filled in to: the command line, and the channel it was opened from."""

    line: str
    channel_id: str | None
    thread_ts: str | None = None
    picked: bool = False  # the channel was chosen in the form: whether they are in it is not known


class FieldProblem(Exception):
    """What is wrong, and in which block: for `response_action: errors`."""

    def __init__(self, block_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.errors = {block_id: sentence}


class Modals:
    """Opens forms and reads them. `args_of` gives a verb's argument dataclass, None for what is no verb."""

    def __init__(self, client: AsyncWebClient, args_of: ArgsOf) -> None:
        self._client = client
        self._args_of = args_of

    async def open(self, to: Address, form: Form) -> bool:
        """Open the form, within the trigger's 3 seconds. False when it can't be shown."""
        args_type = self._args_of(form.verb)
        if to.trigger_id is None or args_type is None:
            return False
        view = form_view(form, args_type, channel_id=to.channel_id, thread_ts=to.thread_ts)
        if len(view["private_metadata"]) > LONGEST_METADATA:
            log.info("form not opened", verb=form.verb, error="the line is too long for it")
            return False
        method = "views.push" if to.view_id else "views.open"
        try:
            await self._client.api_call(method, json={"trigger_id": to.trigger_id, "view": view})
        except UNREACHABLE as error:
            log.info("form not opened", verb=form.verb, error=error_word(error))
            return False
        return True

    def asks_nothing(self, verb: str) -> bool:
        """Whether this verb takes no arguments, so that there is nothing to fill in."""
        args_type = self._args_of(verb)
        return args_type is not None and not fields_of(args_type)

    def usage(self, verb: str) -> str | None:
        """How the verb is typed, None for what is no verb."""
        args_type = self._args_of(verb)
        return usage(verb, args_type) if args_type is not None else None

    def read(self, view: Mapping[str, Any]) -> Submitted:
        """The command line of a submitted form. Raises FieldProblem."""
        kept, values = _kept(view), _entered(view)
        verb, line = kept.get("verb", ""), kept.get("line", "")
        args_type = self._args_of(verb)
        if args_type is None:
            raise FieldProblem(WHY, OLD)
        why, where = " ".join(str(values.pop(WHY, "")).split()), str(values.pop(WHERE, ""))
        if line and not why:
            raise FieldProblem(WHY, "Say why.")
        try:
            if line:
                given = parse(line, {verb: args_type})
                completed = parse(render(verb, given.args, why), {verb: args_type})
                return Submitted(completed.line, kept.get("channel"), kept.get("thread"))
            filled = fill(verb, args_type, values, why=why).line
            if where:
                return Submitted(filled, where, picked=True)
            return Submitted(filled, kept.get("channel"), kept.get("thread"))
        except BadInput as error:
            blamed = _blamed(error, fields_of(args_type))
            sentence = str(error).partition(" Usage: ")[0][:LONGEST_LABEL]
            raise FieldProblem(blamed if blamed in _block_ids(view) else WHY, sentence) from None


def form_view(form: Form, args_type: type[Any], *, channel_id: str | None, thread_ts: str | None = None) -> View:
    """The modal of one verb, or of its one missing field. Its `private_metadata` may be longer than Slack takes."""
    kept = {"verb": form.verb, "channel": channel_id, "thread": thread_ts, "line": form.line}
    specs = [spec for spec in fields_of(args_type) if not spec.hidden and (not form.only or spec.name in form.only)]
    blocks = [_input(spec, form.values.get(spec.name, "")) for spec in specs]
    if form.where:
        blocks.append(_where())
    blocks.append(_why(required=WHY in form.only))
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps({name: one for name, one in kept.items() if one}, ensure_ascii=False),
        "title": plain(form.title, LONGEST_TITLE),
        "submit": plain("Do it", LONGEST_TITLE),
        "close": plain("Not now", LONGEST_TITLE),
        "blocks": blocks,
    }


def _input(spec: FieldSpec, value: str) -> View:
    label = spec.label if spec.kind is not Kind.PAIRS else "more"
    block: View = {
        "type": "input",
        "block_id": spec.name,
        "optional": not spec.required,
        "label": plain(label[:1].upper() + label[1:], LONGEST_LABEL),
        "element": _element(spec, value) | {"action_id": spec.name},
    }
    return block | ({"hint": plain(spec.help, LONGEST_LABEL)} if spec.help else {})


def _element(spec: FieldSpec, value: str) -> View:
    if spec.kind is Kind.USER:
        picked = _USER.findall(value)
        if spec.many:
            return {"type": "multi_users_select"} | ({"initial_users": picked} if picked else {})
        return {"type": "users_select"} | ({"initial_user": picked[0]} if picked else {})
    if spec.kind is Kind.CHANNEL:
        channel = _CHANNEL.findall(value)
        here = {"initial_conversation": channel[0]} if channel else {"default_to_current_conversation": True}
        return _conversation() | here
    if spec.picked:
        return {"type": "datetimepicker"}
    if spec.kind in (Kind.CHOICE, Kind.FLAG) and not spec.many:
        return _select(spec.choices or ("yes", "no"), value)
    several = spec.many or spec.kind is Kind.PAIRS
    text: View = {"type": "plain_text_input", "multiline": several, "max_length": LONGEST_INPUT}
    return text | ({"initial_value": value} if 0 < len(value) <= LONGEST_INPUT else {})


def _select(choices: Sequence[str], value: str) -> View:
    options = [{"text": plain(choice, LONGEST_OPTION), "value": choice} for choice in choices[:MOST_OPTIONS]]
    chosen = [option for option in options if option["value"] == value]
    return {"type": "static_select", "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def _why(*, required: bool) -> View:
    return {
        "type": "input",
        "block_id": WHY,
        "optional": not required,
        "label": plain("Why", LONGEST_LABEL),
        "element": {"type": "plain_text_input", "action_id": WHY, "max_length": LONGEST_WHY},
    }


def _where() -> View:
    return {
        "type": "input",
        "block_id": WHERE,
        "optional": True,
        "label": plain("Where", LONGEST_LABEL),
        "hint": plain("The channel in which the card is posted; leave it out to get your link alone.", LONGEST_LABEL),
        "element": {**_conversation(), "default_to_current_conversation": True, "action_id": WHERE},
    }


def _conversation() -> View:
    return {"type": "conversations_select", "filter": {"include": ["public", "private", "mpim"]}}


def _kept(view: Mapping[str, Any]) -> dict[str, str]:
    """What `form_view` put aside; empty for anything else."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except (TypeError, ValueError):
        return {}
    return {name: one for name, one in kept.items() if isinstance(one, str)} if isinstance(kept, dict) else {}


def _entered(view: Mapping[str, Any]) -> Entered:
    return {block_id: found for block_id, element in _elements(view) if (found := _value(element))}


def _block_ids(view: Mapping[str, Any]) -> set[str]:
    return {block_id for block_id, _ in _elements(view)}


def _elements(view: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    for block_id, actions in (values if isinstance(values, Mapping) else {}).items():
        for element in (actions if isinstance(actions, Mapping) else {}).values():
            if isinstance(element, Mapping):
                yield block_id, element


def _value(element: Mapping[str, Any]) -> str | Sequence[str]:
    users, option, moment = (element.get(f"selected_{one}") for one in ("users", "option", "date_time"))
    if isinstance(users, list) and users:
        return [str(user) for user in users]
    if isinstance(moment, int) and moment:
        return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%MZ}"
    chosen = option.get("value") if isinstance(option, Mapping) else None
    picked = (element.get("selected_user"), element.get("selected_conversation"), element.get("selected_channel"))
    return next((one for one in (*picked, chosen, element.get("value")) if isinstance(one, str) and one), "")


def _blamed(error: BadInput, specs: Sequence[FieldSpec]) -> str:
    """The block of the field that the error's usage line marks, else that of the free words, else the first."""
    marked = {part.text for part in error.detail or () if isinstance(part, Strong)}
    by_mark = [spec.name for spec in specs if usage_word(spec) in marked]
    free = [spec.name for spec in specs if spec.kind is Kind.PAIRS]
    return next(iter((*by_mark, *free, *(spec.name for spec in specs), WHY)))
