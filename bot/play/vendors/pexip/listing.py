"""How Tastypie lists: filters (unknown ones ignored), order, pages, the envelope. As recorded from a running one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from bot.play.vendors.pexip.objects import Wrong

Json = dict[str, Any]
DEFAULT_LIMIT, MOST = 20, 10_000
OWN_WORDS = frozenset({"limit", "offset", "order_by", "format"})
YES, NO = frozenset({"true", "True", "1"}), frozenset({"false", "False", "0"})

OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "exact": lambda value, word: value == word,
    "iexact": lambda value, word: value.casefold() == word.casefold(),
    "contains": lambda value, word: word in value,
    "icontains": lambda value, word: word.casefold() in value.casefold(),
    "startswith": lambda value, word: value.startswith(word),
    "istartswith": lambda value, word: value.casefold().startswith(word.casefold()),
    "endswith": lambda value, word: value.endswith(word),
    "iendswith": lambda value, word: value.casefold().endswith(word.casefold()),
    "regex": lambda value, word: re.search(word, value) is not None,
    "iregex": lambda value, word: re.search(word, value, re.IGNORECASE) is not None,
    "gt": lambda value, word: value > word,
    "gte": lambda value, word: value >= word,
    "lt": lambda value, word: value < word,
    "lte": lambda value, word: value <= word,
    "in": lambda value, word: value in word.split(","),
}


def filtered(objects: Sequence[Json], query: Sequence[tuple[str, str]], known: frozenset[str]) -> list[Json]:
    """Those that match every filter whose field there is. Raises Wrong for an operator there is not."""
    kept = list(objects)
    for key, word in query:
        field, _, rest = key.partition("__")
        if key in OWN_WORDS or field not in known:
            continue
        matches = _matcher(field, rest, word)
        kept = [one for one in kept if matches(one)]
    return kept


def _matcher(field: str, rest: str, word: str) -> Callable[[Json], bool]:
    across, _, operator = rest.rpartition("__")
    if rest and rest not in OPERATORS:  # over the relation: aliases__alias, aliases__alias__iexact
        across, operator = (across, operator) if operator in OPERATORS else (rest, "exact")
    else:
        across, operator = "", rest or "exact"

    def matches(one: Json) -> bool:
        value = one.get(field)
        if across:
            if not isinstance(value, list | dict):
                raise Wrong(f"The '{field}' field does not support relations.")
            rows = value if isinstance(value, list) else [value]
            return any(isinstance(row, dict) and _fits(row.get(across), operator, word) for row in rows)
        return _fits(value, operator, word)

    return matches


def _fits(value: Any, operator: str, word: str) -> bool:  # noqa: ANN401
    if isinstance(value, bool):
        if word not in YES | NO:
            raise Wrong(f"['“{word}” value must be either True or False.']")
        return value is (word in YES)
    if isinstance(value, list):
        return any(_fits(one, operator, word) for one in value)
    said = "" if value is None else str(value)
    if said.startswith("/api/admin/"):  # a relation is found by its id, or by its URI
        return word in (said, said.rstrip("/").rpartition("/")[2])
    return OPERATORS[operator](said, word)


def page(path: str, objects: list[Json], query: Sequence[tuple[str, str]], ordering: frozenset[str]) -> Json:
    """The envelope with one page. Raises Wrong for what is no number and for an order there is not."""
    words = dict(query)
    if order := words.get("order_by"):
        field = order.removeprefix("-")
        if field not in ordering:
            raise Wrong(f"The '{field}' field does not allow ordering.")
        objects = sorted(objects, key=lambda one: str(one.get(field)), reverse=order.startswith("-"))
    limit = _count(words, "limit", DEFAULT_LIMIT, "positive integer")
    offset = _count(words, "offset", 0, "positive integer &gt;= 0")
    limit = min(limit or MOST, MOST)
    total = len(objects)

    def turn(to: int) -> str:
        kept = [(key, value) for key, value in query if key not in {"limit", "offset"}]
        return f"{path}?{urlencode([*kept, ('limit', limit), ('offset', to)])}"

    meta = {
        "limit": limit,
        "next": turn(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": turn(offset - limit) if offset - limit >= 0 else None,
        "total_count": total,
    }
    return {"meta": meta, "objects": objects[offset : offset + limit]}


def _count(words: Mapping[str, str], key: str, default: int, asked: str) -> int:
    word = words.get(key, str(default))
    try:
        number = int(word)
    except ValueError:
        raise Wrong(f"Invalid {key} '{word}' provided. Please provide a {asked.partition(' &')[0]}.") from None
    if number < 0:
        raise Wrong(f"Invalid {key} '{number}' provided. Please provide a {asked}.")
    return number
