"""What a resource's `schema/` answers, read; `key=value` words checked and converted by it; objects shown by it.

The node ignores a field or a filter that it does not know, so nothing is sent whose name was not found here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.backends.pexip.catalogue import CLOSED_FIELDS, FILE_FIELDS, Resource
from bot.backends.pexip.relations import related_resource
from bot.errors import BackendError, BadInput
from bot.forms import Field, FieldKind
from bot.grammar import hint

Json = dict[str, Any]

NO_DEFAULT = "No default provided."
OWN = frozenset({"id", "resource_uri"})  # the node's to give
NAMING = (
    *("name", "alias", "title", "address", "hostname", "domain", "slug", "url", "primary_email_address", "username"),
    *("codename", "realm", "comment", "keytype", "entitlement_id", "reference", "version", "date", "policy_name"),
)
# What Tastypie says of a field that its author said nothing of (tastypie/fields.py).
TASTYPIES_OWN = re.compile(
    r"(Unicode string|Integer|Floating point numeric|Fixed precision numeric|Boolean) data\.|"
    r"A (list|dictionary) of data\.|A (date|date & time|time) as (a )?string\.|"
    r"A (single )?related resource\.|Many related resources\.|A file URL as a string\."
)
SECRET_HELP = re.compile(r"\b(password|passphrase|private key|secret)\b", re.IGNORECASE)
SEVERAL_LINES = re.compile(r"certificate$|private_key|public_key$|^csr$|^key$")
LONGEST = re.compile(r"maximum length: ([0-9]{1,6})", re.IGNORECASE)
RANGE = re.compile(r"range: (-?[0-9]{1,10}) to (-?[0-9]{1,10})", re.IGNORECASE)
KINDS = {
    "boolean": FieldKind.YES_NO,
    "integer": FieldKind.INTEGER,
    "float": FieldKind.NUMBER,
    "decimal": FieldKind.NUMBER,
    "datetime": FieldKind.MOMENT,
    "date": FieldKind.DATE,
    "time": FieldKind.TIME,
    "list": FieldKind.LIST,
    "dict": FieldKind.TABLE,
    "file": FieldKind.FILE,
}
OPERATORS = frozenset(
    {
        *("exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"),
        *("lt", "lte", "gt", "gte", "in", "isnull"),
    }
)  # not regex: a bad one would hold up the node's database


@dataclass(frozen=True, slots=True)
class Schema:
    """One resource of one node."""

    resource: Resource
    fields: Mapping[str, Field]
    filtering: Mapping[str, object]
    ordering: tuple[str, ...]
    collection_methods: frozenset[str]  # lower case; empty: the node does not say
    object_methods: frozenset[str]

    @property
    def naming(self) -> str | None:
        """The field by which people name an object."""
        return next((name for name in NAMING if name in self.fields and not self.fields[name].secret), None)

    @property
    def writable(self) -> tuple[Field, ...]:
        """The fields somebody may give."""
        return tuple(one for one in self.fields.values() if not one.readonly and one.name not in OWN)

    def field(self, name: str) -> Field:
        """A field that may be given. Raises BadInput with the nearest name."""
        found = self.fields.get(name)
        if found is None:
            near = hint(name, [one.name for one in self.writable])
            asked = f" Did you mean {near}?" if near else f" Its fields: config … {self.resource.name} schema."
            raise BadInput(f"{self.resource.name} has no field {name}.{asked}")
        if found.readonly or name in OWN:
            raise BadInput(f"{name} is given by the node and cannot be set.")
        if instead := CLOSED_FIELDS.get((self.resource.name, name)):
            raise BadInput(f"{name} is not set here: {instead}.")
        return found

    def label(self, one: Json) -> str:
        """What people call this object; never empty."""
        naming = self.naming
        word = str(one.get(naming) or "") if naming else ""
        return word or f"{self.resource.name} {one.get('id', '')}".strip()


def read_schema(resource: Resource, content: Json) -> Schema:
    """Read the node's answer. Raises BackendError for something else than a schema."""
    fields = content.get("fields")
    if not isinstance(fields, dict) or not all(isinstance(one, dict) for one in fields.values()):
        raise BackendError(f"The node answered no schema for {resource.name}.")
    filtering, ordering = content.get("filtering"), content.get("ordering")
    return Schema(
        resource,
        {name: _field(resource, name, one) for name, one in fields.items()},
        filtering if isinstance(filtering, dict) else {},
        tuple(str(one) for one in ordering) if isinstance(ordering, list) else (),
        _methods(content.get("allowed_list_http_methods")),
        _methods(content.get("allowed_detail_http_methods")),
    )


def _methods(said: object) -> frozenset[str]:
    return frozenset(str(one).lower() for one in said) if isinstance(said, list) else frozenset()


def _field(resource: Resource, name: str, said: Json) -> Field:
    words, choices = str(said.get("help_text") or ""), tuple(_choices(said))
    kind = _kind(resource, name, said, choices)
    default, nullable = said.get("default"), bool(said.get("nullable"))
    given = default is not None and default != NO_DEFAULT
    longest, limits = LONGEST.search(words), RANGE.search(words)
    optional = nullable or given or bool(said.get("blank"))
    return Field(
        name=name,
        kind=kind,
        help=_short(words),
        required=not optional and not said.get("readonly") and kind is not FieldKind.FILE,
        nullable=nullable,
        readonly=bool(said.get("readonly")),
        secret=_is_secret(resource, name, words, kind),
        choices=choices if kind is FieldKind.CHOICE else (),
        related=related_resource(name, said) if kind in (FieldKind.OBJECT, FieldKind.OBJECTS) else "",
        default=typed(default) if given and default != "" else None,
        longest=int(longest[1]) if longest else None,
        range=(int(limits[1]), int(limits[2])) if limits else None,
    )


def _kind(resource: Resource, name: str, said: Json, choices: tuple[str, ...]) -> FieldKind:
    word = str(said.get("type") or "string").lower()
    if (resource.name, name) in FILE_FIELDS:
        return FieldKind.FILE
    if word == "related":
        return FieldKind.OBJECTS if said.get("related_type") == "to_many" else FieldKind.OBJECT
    if choices and word not in {"boolean", "list"}:
        return FieldKind.CHOICE
    if word == "string" and SEVERAL_LINES.search(name):
        return FieldKind.LINES
    return KINDS.get(word, FieldKind.TEXT)


def _choices(said: Json) -> Iterator[str]:
    """The words that may be given; an empty one is said by leaving the value out."""
    for one in said.get("valid_choices") or said.get("choices") or ():
        value = one[0] if isinstance(one, list | tuple) and one else one
        if value is not None and value != "":
            yield str(value)


def _is_secret(resource: Resource, name: str, words: str, kind: FieldKind) -> bool:
    if kind in (FieldKind.OBJECT, FieldKind.OBJECTS, FieldKind.YES_NO, FieldKind.CHOICE):
        return False
    said = kind in (FieldKind.TEXT, FieldKind.LINES) and SECRET_HELP.search(words.partition(".")[0])
    return resource.hides(name) or bool(said)


def _short(words: str) -> str:
    """The help, without Tastypie's own sentence about the type."""
    return "" if TASTYPIES_OWN.match(words) else re.sub(r"\s*Ex: .*", "", words, flags=re.DOTALL).strip()


def typed(value: object) -> str:
    """A JSON value as the word that would be typed for it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(typed(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("resource_uri") or value.get("alias") or value.get("name") or "…")
    return "" if value is None else str(value)


def shown(schema: Schema, one: Json) -> Iterator[tuple[str, str]]:
    """Field and words for people, of everything that holds something; of secrets only that they are set."""
    for name, value in one.items():
        if value in (None, "", [], {}) or name == "resource_uri":
            continue
        yield name, shown_value(schema, name, value)


def shown_value(schema: Schema, name: str, value: object) -> str:
    """One value for people."""
    field = schema.fields.get(name)
    if field.secret if field is not None else schema.resource.hides(name):
        return "(set)" if value not in (None, "", [], {}) else "(empty)"
    word = ", ".join(_named(each) for each in value) if isinstance(value, list) else _named(value)
    return word or "(empty)"


def _named(value: object) -> str:
    """An object by its name, or by its resource and id."""
    if isinstance(value, dict):
        naming = next((value[name] for name in NAMING if value.get(name)), "")
        return str(naming) or _named(value.get("resource_uri"))
    if isinstance(value, str) and (found := re.fullmatch(r"/api/admin/\w+/v1/(\w+)/([^/]+)/", value)):
        return f"{found[1]} {found[2]}"
    return typed(value)
