"""The pieces Block Kit's rules are written with: each is a check which yields what is wrong and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.play.slack.blockkit.limits import LIMITS

Check = Callable[[Any, str], Iterator[str]]  # (value, JSON pointer) -> complaints
Rule = Callable[[dict[str, Any]], Iterable[str]]  # about several fields of one object


def complaint(what: str, at: str) -> str:
    """A complaint in the words of Slack's response_metadata."""
    return f"{what} [json-pointer:{at}]"


def limits(path: str) -> Mapping[str, Any]:
    """The limits at a dotted path of the table; none at an empty path."""
    found: Mapping[str, Any] = LIMITS if path else {}
    for name in path.split(".") if path else ():
        found = found[name]
    return found


def too_long(value: str, path: str) -> Iterator[str]:
    """What is wrong with the length of a string."""
    bounds = limits(path)
    if len(value) < bounds.get("min_length", 0):
        yield f"must be more than {bounds['min_length'] - 1} characters"
    if "max_length" in bounds and len(value) > bounds["max_length"]:
        yield f"must be less than {bounds['max_length'] + 1} characters"


def string(path: str = "", pattern: str = "") -> Check:
    """A string within the limits at `path`, matching `pattern` as a whole."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must provide a string", at)
            return
        yield from (complaint(wrong, at) for wrong in too_long(value, path))
        if pattern and not re.fullmatch(pattern, value):
            yield complaint("failed to match the expected format", at)

    return check


def choice(*allowed: str) -> Check:
    """One of these words."""

    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield complaint(f"must be one of {', '.join(allowed)}", at)

    return check


def boolean(value: object, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield complaint("must be a boolean", at)


def number(path: str = "") -> Check:
    """A number within the limits at `path`."""

    def check(value: object, at: str) -> Iterator[str]:
        bounds = limits(path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield complaint("must be a number", at)
        elif value < bounds.get("min", value) or value > bounds.get("max", value):
            yield complaint("number out of range", at)
        elif "exclusive_min" in bounds and value <= bounds["exclusive_min"]:
            yield complaint(f"must be more than {bounds['exclusive_min']}", at)

    return check


def anything(value: object, at: str) -> Iterator[str]:
    """Whatever it is."""
    yield from ()


def array(item: Check, path: str = "") -> Check:
    """A list of `item` whose size is within the limits at `path`."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must provide an array", at)
            return
        bounds = limits(path)
        if len(value) < bounds.get("min_items", 0):
            yield complaint(
                "no less than 1 items allowed" if not value else f"no less than {bounds['min_items']} items allowed", at
            )
        if "max_items" in bounds and len(value) > bounds["max_items"]:
            yield complaint(f"no more than {bounds['max_items']} items allowed", at)
        for index, one in enumerate(value):
            yield from item(one, f"{at}/{index}")

    return check


def shape(required: str, fields: Mapping[str, Check], *rules: Rule) -> Check:
    """An object with these fields and no others; `required` names the obligatory ones, separated by spaces."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must be an object", at)
            return
        yield from (complaint(f"missing required field: {name}", at) for name in required.split() if name not in value)
        for name, inner in value.items():
            if name not in fields and name != "type":
                yield complaint(f"invalid additional property: {name}", at)
            elif name != "type" and not (inner is None and name not in required.split()):
                yield from fields[name](inner, f"{at}/{name}")
        yield from (complaint(wrong, at) for rule in rules for wrong in rule(value))

    return check


def variant(kinds: Mapping[str, Check], allowed: Iterable[str] = ()) -> Check:
    """An object whose `type` picks its check; with `allowed` only these types may stand here."""
    names = frozenset(allowed) or frozenset(kinds)

    def check(value: object, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in names or kind not in kinds:
            yield complaint(f"unsupported type: {kind}", at)
            return
        yield from kinds[kind](value, at)

    return check


def text(path: str = "", *, plain: bool = False) -> Check:
    """A text object within the limits at `path`; `plain` forbids mrkdwn."""

    def check(value: object, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            yield complaint("must be a plain_text object" if plain else "must be a text object", at)
            return
        extra: dict[str, Check] = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
        yield from shape("text", {"text": string("text"), **extra})(value, at)
        if isinstance(value.get("text"), str) and path:
            yield from (complaint(wrong, f"{at}/text") for wrong in too_long(value["text"], path))

    return check


def exactly_one(*names: str) -> Rule:
    """Precisely one of these fields is there."""

    def rule(value: dict[str, Any]) -> Iterator[str]:
        if sum(value.get(name) is not None for name in names) != 1:
            yield f"must provide exactly one of {', '.join(names)}"

    return rule
