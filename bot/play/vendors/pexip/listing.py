"""How Tastypie lists: filters (unknown ones ignored), order, pages, the envelope. As recorded from a running one."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from bot.play.vendors.pexip.objects import Wrong

Json = dict[str, Any]
DEFAULT_LIMIT, MOST = 20, 10_000
OWN_WORDS = frozenset({"limit", "offset", "order_by", "format"})
YES, NO = frozenset({"true", "True", "1"}), frozenset({"false", "False", "0"})

MISMATCHED = "Invalid resource lookup data provided (mismatched type)."

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, word: value == word,
    "iexact": lambda value, word: str(value).casefold() == str(word).casefold(),
    "contains": lambda value, word: str(word) in str(value),
    "icontains": lambda value, word: str(word).casefold() in str(value).casefold(),
    "startswith": lambda value, word: str(value).startswith(str(word)),
    "istartswith": lambda value, word: str(value).casefold().startswith(str(word).casefold()),
    "endswith": lambda value, word: str(value).endswith(str(word)),
    "iendswith": lambda value, word: str(value).casefold().endswith(str(word).casefold()),
    "regex": lambda value, word: re.search(str(word), str(value)) is not None,
    "iregex": lambda value, word: re.search(str(word), str(value), re.IGNORECASE) is not None,
    "gt": lambda value, word: value > word,
    "gte": lambda value, word: value >= word,
    "lt": lambda value, word: value < word,
    "lte": lambda value, word: value <= word,
}
SEVERAL = frozenset({"in", "range"})  # these take words with commas between them
ACROSS = frozenset({"exact", "in", "gt", "gte", "lt", "lte", "isnull"})  # Django's lookups of a relation
Follow = Callable[[Json, str], list[Json]]  # the objects that a field of this object names


def filtered(
    objects: Sequence[Json],
    query: Sequence[tuple[str, str]],
    known: Container[str],
    *,
    related: Mapping[str, Container[str]] = MappingProxyType({}),
    follow: Follow = lambda one, field: [],
) -> list[Json]:
    """Those that match every filter whose field there is. Raises Wrong for an operator there is not.

    `related`: of each relation, the fields by which it can be filtered across.
    """
    kept = list(objects)
    for key, word in query:
        field, *bits = key.split("__")
        if key in OWN_WORDS or field not in known:
            continue
        matches = _across(field, bits, word, related[field], follow) if field in related else _plain(field, bits, word)
        kept = [one for one in kept if matches(one)]
    return kept


def _plain(field: str, bits: Sequence[str], word: str) -> Callable[[Json], bool]:
    operator = bits[0] if bits else "exact"
    if len(bits) > 1 or operator not in {*OPERATORS, *SEVERAL, "isnull"}:
        raise Wrong(f"The '{field}' field does not support relations.")
    return lambda one: _fits(one.get(field), operator, word)


def _across(
    field: str, bits: Sequence[str], word: str, known: Container[str], follow: Follow
) -> Callable[[Json], bool]:
    """`conference=1`, `aliases__alias=meet`."""
    names, operator = (bits[:-1], bits[-1]) if bits and bits[-1] in ACROSS else (bits, "exact")
    if names and names[0] not in known:
        raise Wrong(f"The '{names[0]}' field does not allow filtering.")
    if len(names) > 1:
        raise Wrong(f"The '{names[0]}' field does not support relations.")
    name = names[0] if names else "id"
    if operator == "isnull" and not names:
        return lambda one: bool(follow(one, field)) is not (word in YES)
    return lambda one: any(_fits(row.get(name), operator, word) for row in follow(one, field))


def _fits(value: Any, operator: str, word: str) -> bool:  # noqa: ANN401
    if operator == "isnull":
        return (value is None) is (word in YES)
    if operator == "in":
        return any(_fits(value, "exact", one) for one in word.split(","))
    if operator == "range":
        low, _, high = word.partition(",")
        return _fits(value, "gte", low) and _fits(value, "lte", high)
    if isinstance(value, bool):
        if word not in YES | NO:
            raise Wrong(f"['“{word}” value must be either True or False.']")
        return value is (word in YES)
    if value is None:
        return False
    return OPERATORS[operator](value, _number(word) if isinstance(value, int) else word)


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise Wrong(MISMATCHED) from None


def page(path: str, objects: list[Json], query: Sequence[tuple[str, str]], ordering: frozenset[str]) -> Json:
    """The envelope with one page. Raises Wrong for what is no number and for an order there is not."""
    words = dict(query)
    if order := words.get("order_by"):
        field = order.removeprefix("-")
        if field not in ordering:
            raise Wrong(f"The '{field}' field does not allow ordering.")
        objects = sorted(objects, key=lambda one: _place(one.get(field)), reverse=order.startswith("-"))
    limit = _count(words, "limit", DEFAULT_LIMIT, "a positive integer")
    offset = _count(words, "offset", 0, "an integer")
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


def _place(value: Any) -> tuple[bool, Any]:  # noqa: ANN401
    """Nothing comes first, as in SQL."""
    return (value is not None, value)


def _count(words: Mapping[str, str], key: str, default: int, asked: str) -> int:
    word = words.get(key, str(default))
    try:
        number = int(word)
    except ValueError:
        raise Wrong(f"Invalid {key} '{word}' provided. Please provide {asked}.") from None
    if number < 0:
        raise Wrong(f"Invalid {key} '{number}' provided. Please provide a positive integer &gt;= 0.")
    return number
