"""From words to what is sent: values by their field's type, objects by name or id, filters, PEM. Pure.

Sentences about a secret never repeat it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from bot.backends.pexip.schema import OPERATORS, Schema
from bot.errors import BadInput
from bot.forms import Field, FieldKind
from bot.grammar import hint

YES, NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}
NOTHING = {"", "none", "null"}
PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
PRIVATE = re.compile(r"PRIVATE KEY")
PATTERN = re.compile(r"match_string$")
LINE = 64  # characters of base64 on one line of a PEM text
PAGING = frozenset({"page", "limit", "order"})
MOST_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Reference:
    """Other objects, as somebody named them. `many`: a list of any length is meant."""

    resource: str
    words: tuple[str, ...]
    many: bool


def values_of(schema: Schema, words: Mapping[str, str], *, creating: bool) -> dict[str, Any]:
    """Field → value as it is sent, or a Reference to be resolved. Raises BadInput naming the field."""
    values = {}
    for name, word in words.items():
        values[name] = value_of(schema.field(name), word, creating=creating)
    missing = [one.name for one in schema.writable if one.required and values.get(one.name) in (None, "")]
    if creating and missing:
        raise BadInput(f"{schema.resource.name} needs {', '.join(f'{name}=' for name in missing)}")
    return values


def value_of(field: Field, word: str, *, creating: bool = False) -> Any:  # noqa: ANN401
    """One value. An empty word (`pin=`) empties the field."""
    if field.kind in (FieldKind.OBJECT, FieldKind.OBJECTS):
        return _reference(field, word)
    if word.strip().lower() in NOTHING and field.kind not in (FieldKind.TEXT, FieldKind.LINES):
        return _empty(field)
    if word == "" and field.required and creating:
        raise BadInput(f"{field.name}= is empty.")
    return CONVERTERS[field.kind](field, word)


def _empty(field: Field) -> Any:  # noqa: ANN401
    if field.kind is FieldKind.LIST:
        return []
    if not field.nullable and field.kind is not FieldKind.CHOICE:
        raise BadInput(f"{field.name}= can't be empty.")
    return None if field.nullable else ""


def _reference(field: Field, word: str) -> Reference | list[str] | None:
    several = tuple(part.strip() for part in word.split(",") if part.strip())
    if field.kind is FieldKind.OBJECTS:
        return Reference(field.related, several, many=True) if several else []
    if word.strip().lower() in NOTHING:
        if not field.nullable:
            raise BadInput(f"{field.name}= can't be empty.")
        return None
    return Reference(field.related, (word.strip(),), many=False)


def _text(field: Field, word: str) -> str:
    said = unfolded(word) if "-----BEGIN " in word else word
    if PRIVATE.search(said) and "private_key" not in field.name:
        raise BadInput(f"{field.name}= holds a private key, which does not belong there; nothing was sent.")
    if field.longest is not None and len(said) > field.longest:
        raise BadInput(f"{field.name}= takes {field.longest} characters at most.")
    if PATTERN.search(field.name):
        compiled(said, field.name)
    return said


def compiled(pattern: str, name: str) -> re.Pattern[str]:
    """The pattern. Raises BadInput with what is wrong in it."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadInput(f"{name}= is not a regular expression: {error}.") from None


def unfolded(text: str) -> str:
    """PEM texts with their line ends again: a command line has none, and the node insists on them."""
    blocks = []
    for label, body in PEM.findall(text):
        packed = "".join(body.split())
        lines = [packed[at : at + LINE] for at in range(0, len(packed), LINE)]
        blocks.append("\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]))
    if not blocks:
        raise BadInput("That PEM text is not whole: it goes from -----BEGIN … to -----END …")
    return "\n".join(blocks) + "\n"


def _integer(field: Field, word: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", word.strip()):
        raise BadInput(f"{field.name}= is a whole number.")
    number = int(word)
    if field.range is not None and not field.range[0] <= number <= field.range[1]:
        raise BadInput(f"{field.name}= is from {field.range[0]} to {field.range[1]}.")
    return number


def _number(field: Field, word: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", word.strip()):
        raise BadInput(f"{field.name}= is a number.")
    return float(word)


def _yes_no(field: Field, word: str) -> bool:
    said = word.strip().lower()
    if said not in YES | NO:
        raise BadInput(f"{field.name}= is yes or no.")
    return said in YES


def _choice(field: Field, word: str) -> object:
    found = next((one for one in field.choices if one.lower() == word.strip().lower()), None)
    if found is None:
        near = hint(word, field.choices)
        asked = f" Did you mean {near}?" if near else ""
        raise BadInput(f"{field.name}= is one of: {', '.join(field.choices)}.{asked}")
    return int(found) if re.fullmatch(r"-?[0-9]{1,9}", found) and field.range else found


def _moment(field: Field, word: str) -> str:
    """In UTC, without a zone, as the node writes it."""
    try:
        moment = datetime.fromisoformat(word.strip())
    except ValueError:
        raise BadInput(f"{field.name}= is a moment in UTC, such as 2026-11-24T14:00:00.") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _date(field: Field, word: str) -> str:
    try:
        return date.fromisoformat(word.strip()).isoformat()
    except ValueError:
        raise BadInput(f"{field.name}= is a date, such as 2026-11-24.") from None


def _time(field: Field, word: str) -> str:
    try:
        return time.fromisoformat(word.strip()).isoformat(timespec="seconds")
    except ValueError:
        raise BadInput(f"{field.name}= is a time, such as 14:00.") from None


def _list(field: Field, word: str) -> list[str]:
    return [part.strip() for part in word.split(",") if part.strip()]


def _table(field: Field, word: str) -> object:
    try:
        found = json.loads(word)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput(f'{field.name}= is a JSON object, such as {{"disconnect": true}}.')
    return found


def _file(field: Field, word: str) -> str:
    raise BadInput(f"{field.name}= is a file: share it in Slack, then use the form or the message's shortcut.")


CONVERTERS: Mapping[FieldKind, Callable[[Field, str], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.LINES: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _number,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
    FieldKind.MOMENT: _moment,
    FieldKind.DATE: _date,
    FieldKind.TIME: _time,
    FieldKind.LIST: _list,
    FieldKind.TABLE: _table,
    FieldKind.FILE: _file,
}


def filters_of(schema: Schema, words: Mapping[str, str]) -> dict[str, str]:
    """The query of a listing. Raises BadInput for what the node would ignore, and for what would try secrets out."""
    query = {}
    for key, word in words.items():
        if key in PAGING:
            continue
        name, _, rest = key.partition("__")
        _check_filter(schema, name, rest, key)
        query[key] = word
    if "order" in words:
        query["order_by"] = _ordered(schema, words["order"])
    return query


def _check_filter(schema: Schema, name: str, rest: str, key: str) -> None:
    field, allowed = schema.fields.get(name), schema.filtering.get(name)
    if (field is not None and field.secret) or schema.resource.hides(name):
        raise BadInput(f"{name} is secret, so nothing can be searched by it.")
    if field is None or allowed is None:
        near = hint(name, schema.filtering)
        asked = (
            f" Did you mean {near}?" if near else f" It can be by: {', '.join(sorted(schema.filtering)) or 'nothing'}."
        )
        raise BadInput(f"{schema.resource.name} can't be filtered by {name}.{asked}")
    *path, operator = rest.split("__") if rest else ["exact"]
    if operator not in OPERATORS:
        path, operator = [*path, operator], "exact"
    across = field.kind in (FieldKind.OBJECT, FieldKind.OBJECTS) and allowed == 2
    if len(path) > 1 or (path and not (across and path[0] in {"id", "name", "alias"})):
        raise BadInput(f"{key}= is no filter: after the field may stand __ and one of {', '.join(sorted(OPERATORS))}.")
    if isinstance(allowed, list) and operator not in allowed:
        raise BadInput(f"{name} can only be filtered by: {', '.join(str(one) for one in allowed)}.")


def _ordered(schema: Schema, word: str) -> str:
    name = word.lstrip("-")
    if schema.resource.hides(name) or name not in schema.ordering:
        near = hint(name, schema.ordering)
        asked = f" Did you mean {near}?" if near else ""
        raise BadInput(f"{schema.resource.name} can't be ordered by {name}.{asked}")
    return word


def paging_of(words: Mapping[str, str], *, usual: int = 20) -> tuple[int, int]:
    """Page (from 1) and objects per page. Raises BadInput."""
    page, limit = words.get("page", "1"), words.get("limit", str(usual))
    if not re.fullmatch(r"[1-9][0-9]{0,4}", page):
        raise BadInput("page= is a number from 1.")
    if not re.fullmatch(r"[1-9][0-9]?", limit) or int(limit) > MOST_PER_PAGE:
        raise BadInput(f"limit= is from 1 to {MOST_PER_PAGE}.")
    return int(page), int(limit)
