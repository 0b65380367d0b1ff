"""Modals made from the fields of a schema, and the words that a filled-in one adds to its command line.

The line in `private_metadata` is no authority: what comes of it is read and judged like a typed one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.errors import BotError
from bot.forms import NAMES, Field, FieldForm, FieldKind
from bot.grammar import quote
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.field_values import entered
from bot.slack.mrkdwn import cut, escape
from bot.voice import Address

CALLBACK = "fields"
WHY = "why"
SEPARATOR = "|"  # of a block's id: field, related resource
LONGEST_TITLE = 24
LONGEST_LABEL = 2000
LONGEST_HINT = 150
LONGEST_TEXT = 3000
LONGEST_OPTION = 75
MOST_FIELDS = 96  # a modal has a hundred blocks
MOST_OPTIONS = 100
YES_OPTION = "yes"
DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")

View = dict[str, Any]

log = get_logger(__name__)


class FieldForms:
    """Opens such forms and reads them."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, to: Address, form: Callable[[], Awaitable[FieldForm]]) -> bool:
        """A loading modal within the trigger's 3 seconds, then the form. False when Slack shows none."""
        if to.trigger_id is None:
            return False
        method = "views.push" if to.view_id else "views.open"
        try:
            answer = await self._client.api_call(method, json={"trigger_id": to.trigger_id, "view": _loading()})
        except UNREACHABLE as error:
            log.info("form not opened", error=error_word(error))
            return False
        opened = answer.get("view") or {}
        try:
            view = form_view(await form(), to.channel_id)
        except BotError as error:
            view = _modal("Not possible", [_paragraph(f"{error.outcome} · {error}")])
        try:
            await self._client.api_call(
                "views.update", json={"view_id": opened.get("id"), "hash": opened.get("hash"), "view": view}
            )
        except UNREACHABLE as error:
            log.info("form not filled", error=error_word(error))
        return True


def form_view(form: FieldForm, channel_id: str | None) -> View:
    """The modal: an input per field, what must be given first; the reason at the end."""
    shown, left = form.fields[:MOST_FIELDS], form.fields[MOST_FIELDS:]
    blocks = [_paragraph(form.note)] if form.note else []
    blocks += [_input(one) for one in shown]
    if left:
        blocks.append(_paragraph(f"By words alone: {', '.join(one.name for one in left)}"))
    blocks.append(_input(Field(WHY, label="Why")))
    kept = {"line": form.line, "channel": channel_id or ""}
    view = _modal(form.title, blocks)
    view |= {"callback_id": CALLBACK, "private_metadata": json.dumps(kept), "submit": plain("Do it", LONGEST_TITLE)}
    return view


def read_form(view: Mapping[str, Any]) -> tuple[str, str | None]:
    """The line with what was changed in the form, and the channel the form was opened from."""
    kept = json.loads(view.get("private_metadata") or "{}")
    begun = {one.name: one.value for one in entered(view, initial=True)}
    words = [str(kept.get("line", ""))]
    for one in entered(view):
        if one.value == begun.get(one.name, ""):
            continue
        if one.name == NAMES:
            words += [quote(word) for word in one.value.split(",")]
        else:
            words.append(f"{one.name}={quote(' '.join(one.value.split()), value=True)}")
    return " ".join(words), kept.get("channel") or None


def search_of(body: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """What a search in such a form asks for: the line, the resource, the words. None for any other."""
    view = body.get("view")
    if not isinstance(view, Mapping) or view.get("callback_id") != CALLBACK:
        return None
    _, _, related = str(body.get("block_id") or "").partition(SEPARATOR)
    try:
        line = str(json.loads(view.get("private_metadata") or "{}").get("line", ""))
    except ValueError:
        return None
    return (line, related, str(body.get("value") or "")) if line and related else None


def options_of(found: Sequence[tuple[str, str]]) -> View:
    """The answer to a search."""
    return {"options": [_option(value, f"{label} ({value})") for value, label in found[:MOST_OPTIONS]]}


def plain(words: str, limit: int) -> View:
    """A plain_text object."""
    return {"type": "plain_text", "text": cut(escape(words), limit) or " ", "emoji": False}


def _input(field: Field) -> View:
    element = _element(field)
    optional = not field.required or element["type"] == "checkboxes"
    block: View = {
        "type": "input",
        "block_id": f"{field.name}{SEPARATOR}{field.related}"[:255],
        "optional": optional,
        "label": plain(field.words, LONGEST_LABEL),
        "element": element | {"action_id": field.name},
    }
    hints = [field.help, *(["Never shown; leave empty to keep it."] if field.secret and not field.required else [])]
    return block | ({"hint": plain(" ".join(filter(None, hints)), LONGEST_HINT)} if any(hints) else {})


def _element(field: Field) -> View:
    known = "" if field.secret else field.value or field.default or ""
    choices = [one for one in field.choices if len(one) <= LONGEST_OPTION]
    match field.kind:
        case FieldKind.YES_NO:
            return _checkbox(known)
        case FieldKind.CHOICE if choices:
            return _select(choices, known)
        case FieldKind.MOMENT:
            return _moment(known)
        case FieldKind.DATE:
            return {"type": "datepicker"} | ({"initial_date": known[:10]} if DATE.match(known) else {})
        case FieldKind.TIME:
            return {"type": "timepicker"} | ({"initial_time": known[:5]} if TIME.match(known) else {})
        case FieldKind.FILE:
            return {"type": "file_input", "max_files": 1}
        case FieldKind.INTEGER | FieldKind.NUMBER:
            return _number(field, known)
        case FieldKind.OBJECT | FieldKind.OBJECTS if field.related:
            return _search(known, field.known, many=field.kind is FieldKind.OBJECTS)
    several = field.kind in (FieldKind.LINES, FieldKind.TABLE)
    text: View = {"type": "plain_text_input", "multiline": several, "max_length": LONGEST_TEXT}
    return text | ({"initial_value": known[:LONGEST_TEXT]} if known else {})


def _checkbox(known: str) -> View:
    yes = _option(YES_OPTION, "Yes")
    return {"type": "checkboxes", "options": [yes]} | ({"initial_options": [yes]} if known == YES_OPTION else {})


def _select(choices: Sequence[str], known: str) -> View:
    options = [_option(choice, choice) for choice in choices[:MOST_OPTIONS]]
    chosen = [one for one in options if one["value"] == known]
    return {"type": "static_select", "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def _moment(known: str) -> View:
    try:
        moment = datetime.fromisoformat(known)
    except ValueError:
        return {"type": "datetimepicker"}
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return {"type": "datetimepicker", "initial_date_time": int(aware.timestamp())}


def _number(field: Field, known: str) -> View:
    element: View = {"type": "number_input", "is_decimal_allowed": field.kind is FieldKind.NUMBER}
    if field.range is not None:
        element |= {"min_value": str(field.range[0]), "max_value": str(field.range[1])}
    return element | ({"initial_value": known} if NUMBER.fullmatch(known) else {})


def _search(known: str, names: Mapping[str, str], *, many: bool) -> View:
    chosen = [_option(one, f"{names[one]} ({one})" if names.get(one) else one) for one in known.split(",") if one]
    if many:
        begun = {"initial_options": chosen[:MOST_OPTIONS]} if chosen else {}
        return {"type": "multi_external_select", "min_query_length": 0} | begun
    return {"type": "external_select", "min_query_length": 0} | ({"initial_option": chosen[0]} if chosen else {})


def _option(value: str, label: str) -> View:
    return {"text": plain(label, LONGEST_OPTION), "value": value[:150]}


def _paragraph(words: str) -> View:
    return {"type": "section", "text": plain(words, LONGEST_TEXT)}


def _modal(title: str, blocks: list[View]) -> View:
    close = plain("Not now", LONGEST_TITLE)
    return {
        "type": "modal",
        "title": plain(title[:1].upper() + title[1:], LONGEST_TITLE),
        "close": close,
        "blocks": blocks,
    }


def _loading() -> View:
    return _modal("One moment", [_paragraph("One moment …")])
