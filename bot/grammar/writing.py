"""From arguments back to text: the canonical line, the usage line, the values of a form."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from bot.grammar.fields import FieldSpec, Kind, Place, fields_of
from bot.grammar.words import ChannelWord, ParticipantWord, PhoneWord, UserWord
from bot.model import PhoneNumber

WHY = "why"
_SAFE = re.compile(r"[^\W\d][\w./:@#,\-]*|[@#*][\w.\-]*")  # one word, no number, no key
_SAFE_VALUE = re.compile(r"[\w./:@#,+\-]+")
_LOOKS_LIKE_ENTITY = re.compile(r"&(?=(?:lt|gt|amp);)")
_OPENS_ESCAPE = re.compile(r"<(?=[@#!a-z])")  # also one that a later word would close


def usage(verb: str, args_type: type[Any], *, without: Collection[str] = ()) -> str:
    """`kick [room] participant [for=10m|meeting|always]`; `why=` is left out, every verb takes it."""
    shown = [spec for spec in fields_of(args_type) if spec.name not in without and spec.typed]
    return " ".join([verb, *(usage_word(spec) for spec in shown)])


def usage_word(spec: FieldSpec) -> str:
    """One field as the usage line shows it."""
    word = _pattern(spec)
    word = f"{word} …" if spec.many and spec.kind is not Kind.PAIRS else word
    needed = spec.required or spec.kind is Kind.WHEN  # a form may pick the time instead, a line can't
    return word if needed else f"[{word}]"


def render(verb: str, args: Any, why: str = "") -> str:  # noqa: ANN401
    """The canonical line: parsing it gives equal arguments again."""
    return _line(verb, args, why, frozenset())


def redacted(verb: str, args: Any, why: str = "", *, secrets: Collection[str] = ()) -> str:  # noqa: ANN401
    """The line for logs and audit: numbers masked, secret fields and the options named in `secrets` as `…`."""
    hidden = {spec.label for spec in fields_of(type(args)) if spec.secret}
    return _line(verb, args, why, hidden | {name.lower() for name in secrets}, masked=True)


def values_of(args: Any) -> dict[str, str]:  # noqa: ANN401
    """What is known already, by field name, as a form shows it and `fill` reads it. Fields left out are absent."""
    values = {}
    for spec in fields_of(type(args)):
        value = getattr(args, spec.name)
        if value == spec.default:
            continue
        if spec.kind is Kind.PAIRS:
            values[spec.name] = "\n".join(f"{name}={quote(text, value=True)}" for name, text in value)
        elif spec.many:
            values[spec.name] = "\n".join(_typed(one) for one in value)
        else:
            values[spec.name] = _typed(value)
    return values


def quote(text: str, *, value: bool = False) -> str:
    """The text as one word of a line, or as the value after a key."""
    if (_SAFE_VALUE if value else _SAFE).fullmatch(text):
        return text
    encoded = _OPENS_ESCAPE.sub("&lt;", _LOOKS_LIKE_ENTITY.sub("&amp;", text))
    return '"' + re.sub(r'(["“”„‟«»＂\\])', r"\\\1", encoded) + '"'


def _line(verb: str, args: Any, why: str, hidden: Collection[str], *, masked: bool = False) -> str:  # noqa: ANN401
    specs = fields_of(type(args))
    words = [verb]
    for spec in specs:
        if spec.place in (Place.WORD, Place.REST):
            words += _words(spec, getattr(args, spec.name), masked=masked)
    for spec in specs:
        words += _keyed(spec, getattr(args, spec.name), hidden, masked=masked)
    if why:
        words.append(f"{WHY}={quote(why, value=True)}")
    words += [getattr(args, spec.name) for spec in specs if spec.place is Place.LINE]
    return " ".join(words)


def _words(spec: FieldSpec, value: Any, *, masked: bool) -> list[str]:  # noqa: ANN401
    if value is None:
        return []
    return [_word(spec, one, masked=masked) for one in (value if spec.many else (value,))]


def _keyed(spec: FieldSpec, value: Any, hidden: Collection[str], *, masked: bool) -> list[str]:  # noqa: ANN401
    if spec.place is Place.OPTIONS:
        return [f"{name}={'…' if name in hidden else quote(text, value=True)}" for name, text in value]
    if spec.place is not Place.KEY or value == spec.default:
        return []
    return [f"{spec.label}={'…' if spec.label in hidden else _word(spec, value, masked=masked)}"]


def _word(spec: FieldSpec, value: object, *, masked: bool) -> str:
    text = str(value) if masked and not isinstance(value, bool) else _typed(value)
    mention = isinstance(value, UserWord | ChannelWord) or (isinstance(value, ParticipantWord) and value.user_id)
    number = isinstance(value, PhoneNumber) or (isinstance(value, PhoneWord) and value.number is not None)
    return text if mention or (number and not masked) else quote(text, value=spec.place is Place.KEY)


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, PhoneWord) and value.number is not None:
        return value.number.e164
    return value.e164 if isinstance(value, PhoneNumber) else str(value)


_SIGNS = {Kind.NUMBER: "+number", Kind.PHONE: "+number|book-name", Kind.USER: "@person", Kind.CHANNEL: "#channel"}


def _pattern(spec: FieldSpec) -> str:
    if spec.kind is Kind.PAIRS:
        return "key=value …"
    if spec.place is Place.KEY:
        example = {Kind.DURATION: "10m", Kind.FLAG: "yes"}.get(spec.kind, "")
        return f"{spec.label}={'|'.join(filter(None, (example, *spec.choices))) or '…'}"
    if spec.kind is Kind.CHOICE:
        return "|".join(spec.choices)
    sign = _SIGNS.get(spec.kind, spec.label) if spec.label == spec.name.rstrip("_") else spec.label
    return f"{spec.after[0]} {sign}" if spec.after else sign
