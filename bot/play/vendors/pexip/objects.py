"""The configuration's objects of simulated Pexip, with the rules that a running Tastypie was recorded to have.

An alias inside a room that is made or changed is moved from the room that has it, without a word. A to-many relation
is replaced by a PATCH, aliases are added to. Ids are never given twice.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from bot.clock import Clock
from bot.play.vendors.pexip.fields import REQUIRED, RESOURCES, Field, Resource

ROOT = "/api/admin/configuration/v1"
TRUTHS = dict.fromkeys(("True", "t", "1"), True) | dict.fromkeys(("False", "f", "0"), False)  # Django's words
Json = dict[str, Any]


class Invalid(Exception):
    """400: field → messages."""

    def __init__(self, resource: str, fields: Mapping[str, list[str]]) -> None:
        super().__init__(resource)
        self.body = {resource: dict(fields)}


class Wrong(Exception):
    """400 with one sentence."""


class Unprocessable(Exception):
    """404 with Tastypie's apology: something in what was sent does not exist."""


class Objects:
    """Tables by resource. Every change bumps what `snapshot` and `restore` keep for an atomic PATCH."""

    def __init__(self, clock: Clock, resources: Mapping[str, Resource] = RESOURCES) -> None:
        self.resources = dict(resources)
        self.rows: dict[str, dict[int, Json]] = {name: {} for name in self.resources}
        self._last: dict[str, int] = dict.fromkeys(self.resources, 0)
        self._clock = clock
        for name, one in self.resources.items():
            if one.detail_methods == ("get", "patch", "put"):
                self.create(name, {})  # a singleton

    def snapshot(self) -> tuple[dict[str, dict[int, Json]], dict[str, int]]:
        """For `restore`."""
        return copy.deepcopy(self.rows), dict(self._last)

    def restore(self, kept: tuple[dict[str, dict[int, Json]], dict[str, int]]) -> None:
        """Everything as it was, the ids that were given meanwhile included."""
        self.rows, self._last = kept

    def create(self, resource: str, sent: Mapping[str, Any]) -> int:
        """A new object. Raises Invalid, Wrong, Unprocessable; unknown fields are ignored."""
        declared = self.resources[resource].fields
        row = {name: list(one.default) if one.many else one.default for name, one in declared.items()}
        for name in ("creation_time", "last_updated"):
            if name in row:
                row[name] = self._clock.now().replace(tzinfo=None).isoformat(timespec="microseconds")
        row |= self._values(resource, sent)
        self._check(resource, row, None)
        self._last[resource] += 1
        number = self._last[resource]
        self.rows[resource][number] = {name: value for name, value in row.items() if not _belongs(declared[name])}
        self._nest(resource, number, sent)
        return number

    def change(self, resource: str, number: int, sent: Mapping[str, Any]) -> None:
        """Set these fields."""
        row = {**self.rows[resource][number], **self._values(resource, sent)}
        self._check(resource, row, number)
        declared = self.resources[resource].fields
        self.rows[resource][number] = {name: value for name, value in row.items() if not _belongs(declared[name])}
        self._nest(resource, number, sent)

    def delete(self, resource: str, number: int) -> None:
        """With all that belongs to it; whatever named it names nothing or fewer."""
        del self.rows[resource][number]
        for other, field in self.resources[resource].owned:
            for row_id in [key for key, row in self.rows[other].items() if row[field] == number]:
                self.delete(other, row_id)
        for name, one in self.resources.items():
            for field, declared in one.fields.items():
                if declared.related == resource and not _belongs(declared):
                    self._forget(name, field, number)

    def _forget(self, resource: str, field: str, number: int) -> None:
        for row in self.rows[resource].values():
            if isinstance(row[field], list):
                row[field] = [one for one in row[field] if one != number]
            elif row[field] == number:
                row[field] = None

    def shown(self, resource: str, number: int) -> Json:
        """The object as the API answers it."""
        row = self.rows[resource][number]
        shown: Json = {"id": number, "resource_uri": uri(resource, number)}
        for name, declared in self.resources[resource].fields.items():
            shown[name] = self._shown(resource, number, declared, row.get(name))
        return dict(sorted(shown.items()))

    def _shown(self, resource: str, number: int, declared: Field, value: Any) -> Any:  # noqa: ANN401
        if _belongs(declared):
            return [
                self.shown(declared.related, key) if declared.nested else uri(declared.related, key)
                for key in self._belonging(resource, number, declared.related)
            ]
        if declared.many:
            return [uri(declared.related, key) for key in value]
        return uri(declared.related, value) if declared.related and value is not None else value

    def _belonging(self, resource: str, number: int, other: str) -> list[int]:
        found = []
        for name, declared in self.resources[other].fields.items():
            if declared.related == resource:
                for key, row in self.rows[other].items():
                    if row[name] == number or (isinstance(row[name], list) and number in row[name]):
                        found.append(key)
        return sorted(set(found))

    def _values(self, resource: str, sent: Mapping[str, Any]) -> Json:
        """What counts of it; null for a field that cannot be null is passed over."""
        declared = self.resources[resource].fields
        return {
            name: self._relation(name, declared[name], value)
            if declared[name].related
            else typed(declared[name], value)
            for name, value in sent.items()
            if name in declared
            and not _belongs(declared[name])
            and not declared[name].readonly
            and (value is not None or declared[name].nullable)
        }

    def _relation(self, name: str, declared: Field, value: Any) -> Any:  # noqa: ANN401
        if declared.many:
            return [self._id_in(name, declared.related, one) for one in value]
        return None if value is None else self._id_in(name, declared.related, value)

    def named(self, one: Json, field: str) -> list[Json]:
        """The objects that a relation of a shown object names, themselves as shown."""
        value = one.get(field)
        several = value if isinstance(value, list) else [value] if value else []
        return [each if isinstance(each, dict) else self._at(str(each)) for each in several]

    def _at(self, address: str) -> Json:
        resource, number = address.rstrip("/").rsplit("/", 2)[-2:]
        return self.shown(resource, int(number))

    def _id_in(self, name: str, resource: str, value: Any) -> int:  # noqa: ANN401
        if not isinstance(value, str):
            raise Wrong(
                f"The '{name}' field was given data that was not a URI, not a dictionary-alike and does not have a "
                f"'pk' attribute: {value}."
            )
        found = re.search(rf"/{resource}/([0-9]+)/?$", value)
        if not found and value:
            raise Unprocessable
        if not found or int(found[1]) not in self.rows[resource]:
            raise Wrong(f"Could not find the provided {resource} object via resource URI '{value}'.")
        return int(found[1])

    def _nest(self, resource: str, number: int, sent: Mapping[str, Any]) -> None:
        for name, declared in self.resources[resource].fields.items():
            if declared.nested and isinstance(sent.get(name), list):
                self._take(resource, number, declared.related, sent[name])

    def _take(self, resource: str, number: int, other: str, nested: Iterable[Any]) -> None:
        """Each of them, whoever has it, is this object's from now on."""
        [owner] = [name for name, one in self.resources[other].fields.items() if one.related == resource]
        [key] = [name for name, one in self.resources[other].fields.items() if one.unique]
        for one in nested:
            if not isinstance(one, dict):
                raise Unprocessable
            known = next((row_id for row_id, row in self.rows[other].items() if row[key] == one.get(key)), None)
            if known is None:
                self.create(other, {**one, owner: uri(resource, number)})
            else:
                self.rows[other][known][owner] = number

    def _check(self, resource: str, row: Json, number: int | None) -> None:
        wrong: dict[str, list[str]] = {}
        for name, declared in self.resources[resource].fields.items():
            if declared.related and row.get(name) is REQUIRED:
                raise Wrong(f"The '{name}' field has no data and doesn't allow a default or null value.")
            if (said := self._problem(resource, name, declared, row.get(name), number)) is not None:
                wrong[name] = [said]
        if resource == "conference":
            wrong |= {} if wrong else _guest_rules(row)
        if wrong:
            raise Invalid(resource, dict(sorted(wrong.items())))

    def _problem(self, resource: str, name: str, declared: Field, value: Any, number: int | None) -> str | None:  # noqa: ANN401
        if value is REQUIRED or (declared.required and value in ("", None)):
            return f"This field cannot be {'null' if declared.type == 'integer' else 'blank'}."
        if declared.choices and value not in ("", None) and value not in declared.choices:
            return f"Value '{value}' is not a valid choice."
        if declared.pattern and not re.fullmatch(declared.pattern, str(value)):
            return declared.wrong
        if declared.type == "boolean" and not isinstance(value, bool):
            return f"“{value}” value must be either True or False."
        if declared.type == "integer" and value is not None:
            return _range(declared, value)
        if declared.unique and any(row[name] == value and key != number for key, row in self.rows[resource].items()):
            return f"{_words(resource)} with this {_words(name)} already exists."
        return None


def uri(resource: str, number: int) -> str:
    """`/api/admin/configuration/v1/conference/1/`."""
    return f"{ROOT}/{resource}/{number}/"


def _belongs(declared: Field) -> bool:
    """Kept on the other side: the aliases of a room are those that name it."""
    return declared.many and (declared.nested or declared.readonly)


def _guest_rules(row: Json) -> dict[str, list[str]]:
    if row["allow_guests"] and not row["pin"]:
        return {"allow_guests": ["A Host PIN is needed where guests are allowed."]}
    if row["guest_pin"] and row["guest_pin"] == row["pin"]:
        return {"guest_pin": ["Host and Guest PIN must differ."]}
    return {}


def typed(declared: Field, value: Any) -> Any:  # noqa: ANN401
    """Words for numbers and truth values are taken as these; what is neither stays as it is and is refused later."""
    if declared.type == "boolean" and isinstance(value, str | int):
        return TRUTHS.get(str(value), value)
    if declared.type == "integer" and isinstance(value, str):
        with suppress(ValueError):
            return int(value)
    return value


def _range(declared: Field, value: Any) -> str | None:  # noqa: ANN401
    if not isinstance(value, int):
        return f"“{value}” value must be an integer."
    if declared.most is not None and value > declared.most:
        return f"Ensure this value is less than or equal to {declared.most}."
    if declared.least is not None and value < declared.least:
        return f"Ensure this value is greater than or equal to {declared.least}."
    return None


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
