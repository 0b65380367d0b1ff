"""A field that somebody fills in, by a `key=value` word or in a modal, and the form that several of them make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field holds; a modal picks its input by it."""

    TEXT = "text"
    LINES = "lines"  # several lines: keys and certificates in PEM form
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes or no"
    MOMENT = "date and time"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    OBJECT = "object"  # another object, by name or id
    OBJECTS = "objects"
    LIST = "list"
    TABLE = "table"  # a JSON object
    FILE = "file"  # the id of a file that was shared in Slack


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `default` and `value` are words, as they would be typed; a secret's are never filled in."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    help: str = ""
    required: bool = False
    nullable: bool = False
    readonly: bool = False
    secret: bool = False  # never echoed
    choices: tuple[str, ...] = ()
    related: str = ""  # the resource of the objects it names; empty: not known
    default: str | None = None
    longest: int | None = None  # characters
    range: tuple[int, int] | None = None
    label: str = ""  # the inputs of a form; empty: the name in words
    value: str = field(default="", repr=False)  # what it holds now, in a form that changes something
    known: Mapping[str, str] = field(default_factory=dict, repr=False)  # of the objects in `value`: id → name

    @property
    def words(self) -> str:
        """`participant_limit` as people read it: Participant limit."""
        spaced = (self.label or self.name).replace("_", " ")
        return spaced[:1].upper() + spaced[1:]


@dataclass(frozen=True, slots=True)
class FieldForm:
    """Completes one command line: what is changed in it follows as words, `NAMES` bare and the rest as key=value."""

    title: str
    line: str
    fields: tuple[Field, ...]
    note: str = ""


NAMES = "names"  # the field whose value stands on the line by itself: what the command is about
