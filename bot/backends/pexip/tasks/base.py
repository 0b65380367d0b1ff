"""What every task is given, and how its words become the fields of a resource."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from bot.backends.pexip.objects import Objects, uri_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.presenting import form_value
from bot.backends.pexip.resources import Resources
from bot.backends.pexip.schema import Json
from bot.capabilities import Operation, Plan, Sheet, Subject, Wish
from bot.errors import BadInput
from bot.forms import Field, FieldKind
from bot.rest import Rest

MOST_LISTED = 45
ROOMS = Field("rooms", FieldKind.OBJECTS, "the rooms, by name, alias or id", required=True, related="conference")


@dataclass(frozen=True, slots=True)
class Node:
    """One management node, for its tasks."""

    backend: str
    objects: Objects
    resources: Resources
    rest: Rest
    download_folder: Path | None = None
    bootstrap_port: int = 8443  # of a conferencing node that was not provisioned yet

    async def rooms(self, words: str) -> list[Json]:
        """The rooms in a list of names. Raises BadInput, NotFound."""
        names = [word.strip().removeprefix(f"{self.backend}/") for word in words.split(",") if word.strip()]
        if not names:
            raise BadInput("Name at least one room: rooms=…")
        found = [await self.objects.find("conference", name) for name in names]
        return list({uri_of(one): one for one in found}.values())


class Task(ABC):
    """One of the frequent tasks. `renamed`: the words of a task → the fields of its resource."""

    subject: ClassVar[Subject]
    resource: ClassVar[str]
    renamed: ClassVar[Mapping[str, str]] = {}

    def __init__(self, node: Node) -> None:
        self.node = node
        self.objects = node.objects
        self.transport = node.objects.transport

    @abstractmethod
    async def look(self, wish: Wish) -> Sheet:
        """See `ConfiguresResources`."""

    @abstractmethod
    async def plan(self, wish: Wish) -> Plan:
        """See `ConfiguresResources`."""

    async def form(self, wish: Wish) -> tuple[Field, ...]:
        """The operation's own fields, with choices and types from the schema."""
        schema = await self.objects.schema(self.resource)
        made = []
        for one in wish.operation.fields:
            known = schema.fields.get(self.renamed.get(one.name, one.name))
            if known is not None and one.kind is FieldKind.TEXT:
                one = replace(known, name=one.name, help=one.help or known.help, required=one.required)
            made.append(one)
        return tuple(made)

    def fields(self, values: Mapping[str, str]) -> dict[str, str]:
        """The words under the names that the resource has for them. Raises BadInput where one is given twice."""
        found: dict[str, str] = {}
        for name, word in values.items():
            real = self.renamed.get(name, name)
            if real in found:
                raise BadInput(f"{name}= and {real}= are the same.")
            found[real] = word
        return found

    async def listed(self, wish: Wish) -> list[Json]:
        """The objects whose name holds the words, all where there are none; at most MOST_LISTED."""
        words = " ".join(wish.words).casefold()
        schema = await self.objects.schema(self.resource)
        found = []
        async for one in self.transport.every(configuration(self.resource)):
            text = " ".join(str(value) for name, value in one.items() if not _hidden(schema.fields.get(name)))
            if words in text.casefold():
                found.append(one)
        return found

    async def one(self, wish: Wish) -> Json:
        """The one object that is named. Raises BadInput, NotFound."""
        if len(wish.words) != 1:
            raise BadInput(f"Name one: {self.subject.name} {wish.operation.name} id|name; quote a name with spaces.")
        return await self.objects.find(self.resource, wish.words[0])


def _hidden(field: Field | None) -> bool:
    return field is not None and field.secret


def only(values: Mapping[str, str], operation: Operation) -> Mapping[str, str]:
    """The values, none of them unknown to the operation. Raises BadInput."""
    known = {one.name for one in operation.fields}
    unknown = [name for name in values if name not in known]
    if unknown:
        takes = ", ".join(f"{name}=" for name in sorted(known)) or "no key=value words"
        raise BadInput(f"There is no {unknown[0]}= here; {operation.name} takes {takes}.")
    missing = [one.name for one in operation.fields if one.required and not values.get(one.name, "").strip()]
    if missing:
        raise BadInput(f"{operation.name} needs {', '.join(f'{name}=' for name in missing)}")
    return values


def related_uris(one: Json, field: str) -> list[str]:
    """The paths of the objects in a to-many field, nested or not."""
    found = one.get(field)
    several: Sequence[Any] = found if isinstance(found, list) else []
    return [str(each.get("resource_uri", "")) if isinstance(each, dict) else str(each) for each in several]


def ids_of(one: Json, field: str) -> str:
    """The same by their ids, for people."""
    return form_value(Field(field, FieldKind.OBJECTS), one.get(field)).replace(",", ", ")
