"""How a command declares its arguments: dataclass fields with what usage lines, parser and modals need to know.

    @dataclass(frozen=True, slots=True)
    class Args:
        room: RoomWord | None = optional("the room; the one live here when left out")
        number: PhoneWord = positional("the number to ring, or a name of the book")
        name: str | None = key("how the caller is shown")

All fields are given by keyword, so an optional one may come before a required one.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from bot.grammar.words import ChannelWord, Duration, Email, ParticipantWord, PhoneWord, UserWord
from bot.model import PhoneNumber, RoomWord
from bot.schedule import When


class Kind(StrEnum):
    """What a field holds; a modal picks its input by it."""

    TEXT = "text"
    ROOM = "room"
    NUMBER = "number"
    PHONE = "phone"  # a number or a name of the book
    USER = "user"
    CHANNEL = "channel"
    PARTICIPANT = "participant"
    DURATION = "duration"
    EMAIL = "email"
    CHOICE = "choice"
    FLAG = "flag"  # yes | no
    WHEN = "time"  # one time or a rule, in words
    PAIRS = "pairs"  # free key=value words


class Place(StrEnum):
    """Where a field stands on the command line."""

    WORD = "word"
    REST = "rest"
    LINE = "line"  # all that follows, untouched: another command line
    KEY = "key"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One argument, as declared."""

    name: str  # the dataclass attribute
    kind: Kind
    place: Place
    label: str  # as usage lines and modals call it; for a key, what stands before the =
    help: str
    required: bool
    many: bool
    choices: tuple[str, ...]  # the only words allowed; for a duration: words allowed beside spans
    secret: bool
    default: object = None  # what the field holds when left out
    after: tuple[str, ...] = ()  # little words that may stand before it: `in #channel`
    empty: bool = False  # `note=""` says something: nothing
    hidden: bool = False  # what buttons and forms add to a line; in no usage line and no form
    picked: bool = False  # of a time: a form offers Slack's date-time picker; in no usage line

    @property
    def typed(self) -> bool:
        """Whether somebody who types a line should know of it."""
        return not (self.hidden or self.picked)


def _field(place: Place, help: str, default: object = dataclasses.MISSING, **more: object) -> Any:  # noqa: ANN401
    metadata = {"place": place, "help": help, **more}
    if default is dataclasses.MISSING:
        return dataclasses.field(kw_only=True, metadata=metadata)
    return dataclasses.field(default=default, kw_only=True, metadata=metadata)


def positional(help: str, *, label: str = "", choices: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """One word that must be there. The last positional takes the rest where its type is text, room or participant."""
    return _field(Place.WORD, help, label=label, choices=choices)


def optional(help: str, *, label: str = "", choices: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """One word that may be left out (None), also before a required one. A word that cannot be of its type is not it.

    A mention or an e-mail address is taken wherever it stands, with one word of `after` that may stand before it.
    """
    return _field(Place.WORD, help, None, label=label, choices=choices, after=after)


def rest(help: str, *, label: str = "", required: bool = True) -> Any:  # noqa: ANN401
    """All words that no other field takes, with single spaces; None where not required and left out."""
    return _field(Place.REST, help, dataclasses.MISSING if required else None, label=label)


def line(help: str, *, label: str = "") -> Any:  # noqa: ANN401
    """Everything from here to the end exactly as typed: another command line (`can @user <command>`)."""
    return _field(Place.LINE, help, label=label)


def many(help: str, *, label: str = "", required: bool = False) -> Any:  # noqa: ANN401
    """A tuple of words. Mentions are taken wherever they stand, other types from the first word that is left."""
    return _field(Place.WORD, help, dataclasses.MISSING if required else (), label=label)


def key(
    help: str,
    *,
    label: str = "",
    choices: tuple[str, ...] = (),
    secret: bool = False,
    default: object = None,
    empty: bool = False,
    hidden: bool = False,
    picked: bool = False,
) -> Any:  # noqa: ANN401
    """`name=value`. The key is the attribute's name (`as_` is typed `as=`) unless `label` says otherwise."""
    said = {"choices": choices, "secret": secret, "empty": empty, "hidden": hidden, "picked": picked}
    return _field(Place.KEY, help, default, label=label, **said)


def options(help: str) -> Any:  # noqa: ANN401
    """All other key=value words as a tuple of (lower-case key, value) pairs; the back end checks them."""
    return _field(Place.OPTIONS, help, ())


_KINDS: dict[object, Kind] = {
    str: Kind.TEXT,
    bool: Kind.FLAG,
    RoomWord: Kind.ROOM,
    PhoneNumber: Kind.NUMBER,
    PhoneWord: Kind.PHONE,
    UserWord: Kind.USER,
    ChannelWord: Kind.CHANNEL,
    ParticipantWord: Kind.PARTICIPANT,
    Duration: Kind.DURATION,
    Email: Kind.EMAIL,
    When: Kind.WHEN,
}


def fields_of(args_type: type[Any]) -> tuple[FieldSpec, ...]:
    """The arguments of a command in the order of declaration. Raises TypeError for a type the grammar does not know."""
    return _declared(cast(Hashable, args_type))


@functools.cache
def _declared(args_type: Any) -> tuple[FieldSpec, ...]:  # noqa: ANN401
    hints = get_type_hints(args_type)
    return tuple(_spec(field, hints[field.name]) for field in dataclasses.fields(args_type))


def _spec(field: dataclasses.Field[Any], hint: object) -> FieldSpec:
    place, choices = field.metadata["place"], tuple(field.metadata.get("choices", ()))
    several = get_origin(hint) is tuple
    kind = Kind.PAIRS if place is Place.OPTIONS else _KINDS.get(_inner(hint))
    if kind is None:
        raise TypeError(f"{field.name}: the grammar knows no {hint}")
    return FieldSpec(
        name=field.name,
        kind=Kind.CHOICE if kind is Kind.TEXT and choices else kind,
        place=place,
        label=field.metadata.get("label") or field.name.rstrip("_"),
        help=field.metadata["help"],
        required=field.default is dataclasses.MISSING,
        many=several,
        choices=choices,
        secret=bool(field.metadata.get("secret", False)),
        default=None if field.default is dataclasses.MISSING else field.default,
        after=tuple(field.metadata.get("after", ())),
        empty=bool(field.metadata.get("empty", False)),
        hidden=bool(field.metadata.get("hidden", False)),
        picked=bool(field.metadata.get("picked", False)),
    )


def _inner(hint: object) -> object:
    """`X` of `X`, `X | None` and `tuple[X, ...]`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return get_args(hint)[0] if get_origin(hint) is tuple else hint
