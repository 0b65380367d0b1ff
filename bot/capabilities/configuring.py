"""What a back end keeps by name and lets itself be told: its resources, and the frequent tasks on several of them.

`config` reads and changes them. A subject is a resource or a task; an operation is one thing that can be done with
it. Nothing here can speak of all objects of a resource: what is changed or deleted is named one by one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.capabilities.abilities import Backend
from bot.files import SharedFiles
from bot.forms import Field, FieldKind
from bot.reply import Line, Text
from bot.voice import Address

Report = Callable[[str], Awaitable[None]]  # how far a long operation has come; may be called as often as one likes


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done. `changes`: it needs the right to write, and approvals."""

    name: str
    summary: str  # completes "config pexip standing add": "…"
    changes: bool = True
    names: str = ""  # the words it takes, for usage and forms: "id …"; empty: none
    fields: tuple[Field, ...] = ()  # what a task asks for; a resource's own come from its schema
    example: str = ""  # the words after the operation


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource, or a task. `resources`: what the approval rules are asked about."""

    name: str
    title: str
    operations: tuple[Operation, ...]
    resources: tuple[str, ...]
    task: bool = False

    def operation(self, name: str) -> Operation | None:
        """The operation of that name."""
        return next((one for one in self.operations if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: the words and the key=value pairs as typed, secrets in the clear."""

    subject: Subject
    operation: Operation
    words: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: SharedFiles | None = None
    asked_by: Address | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown for a question. `next_page`: the values that show more."""

    title: str
    lines: tuple[Line, ...]
    next_page: Mapping[str, str] | None = None
    form: str = ""  # the operation that changes what is shown, by a form: set


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended, in words for the person; no secrets. `outcome` is a word of `bot.model.Outcome`."""

    words: str
    outcome: str = "done"
    facts: Mapping[str, str] = field(default_factory=dict)  # for the audit
    private: str = ""  # for the caller alone, shown as code: a request to sign


@dataclass(frozen=True, slots=True)
class Hands:
    """What an operation is given when it is carried out."""

    report: Report


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what would be done, checked; nothing has been sent that changes anything."""

    says: Text
    act: Callable[[Hands], Awaitable[Done]] = field(repr=False)
    words: tuple[str, ...] = ()  # the wish's words, as ids that name the same things later
    values: Mapping[str, str] = field(default_factory=dict, repr=False)  # the wish's values, likewise
    secrets: frozenset[str] = frozenset()  # the keys of `values` that are never shown
    bulk: bool = False
    binds: str = ""  # what must still be so when it is carried out: names, patterns
    slow: bool = False  # reports how far it has come


class ConfiguresResources(Backend):
    """Lets its configuration be read and changed."""

    verb: ClassVar[str] = "be configured"

    @abstractmethod
    def subjects(self) -> Mapping[str, Subject]:
        """Resources and tasks by name, tasks first. No I/O."""

    @abstractmethod
    async def look(self, wish: Wish) -> Sheet:
        """Answer an operation that changes nothing. Raises BadInput, NotFound."""

    @abstractmethod
    async def plan(self, wish: Wish) -> Plan:
        """Check names, types and choices, find what is named, and say what would be done. Changes nothing."""

    @abstractmethod
    async def form(self, wish: Wish) -> tuple[Field, ...]:
        """The fields that a form for this operation asks for, with what they hold now."""

    @abstractmethod
    async def suggest(self, related: str, words: str) -> tuple[tuple[str, str], ...]:
        """Objects of a resource that may be meant by these words: (id, name)."""


def file_operations(backend: Backend) -> tuple[tuple[Subject, Operation], ...]:
    """The tasks of a back end that take a file which was shared in the chat."""
    if not isinstance(backend, ConfiguresResources):
        return ()
    tasks = [one for one in backend.subjects().values() if one.task]
    return tuple(
        (task, operation)
        for task in tasks
        for operation in task.operations
        if any(field.kind is FieldKind.FILE for field in operation.fields)
    )
