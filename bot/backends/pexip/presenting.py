"""How schemas and objects are shown to people. Secrets never are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.backends.pexip.catalogue import Resource
from bot.backends.pexip.objects import id_of
from bot.backends.pexip.schema import Json, Schema, shown_value, typed
from bot.forms import Field, FieldKind
from bot.reply import Code, Strong, Text, text

LONGEST_VALUE = 200  # letters


def form_value(field: Field, value: object) -> str:
    """What the field holds, as a form shows it: objects by their id."""
    if field.kind in (FieldKind.OBJECT, FieldKind.OBJECTS):
        several = value if isinstance(value, list) else [value]
        uris = [str(one.get("resource_uri", "")) if isinstance(one, dict) else str(one or "") for one in several]
        return ",".join(uri.rstrip("/").rpartition("/")[2] for uri in uris if uri)
    return typed(value)


def described(field: Field) -> Text:
    """One field for people: type, choices, what it needs."""
    kind = f"{field.kind}" + (f" → {field.related}" if field.related else "")
    notes = [
        kind,
        *(["needed"] if field.required else []),
        *(["given by the node"] if field.readonly else []),
        *(["never shown"] if field.secret else []),
        *([f"one of {', '.join(field.choices)}"] if field.choices else []),
        *([f"default {field.default}"] if field.default and not field.secret else []),
    ]
    helped = f" · {field.help}" if field.help else ""
    return text(Strong(field.name), f" {' · '.join(notes)}{helped}"[:LONGEST_VALUE])


def summary(schema: Schema, one: Json) -> Text:
    """One object on one line: id, name, a few more of its values."""
    naming = schema.naming
    more = [
        f"{name} {shown_value(schema, name, value)[:40]}"
        for name, value in one.items()
        if name not in (naming, "id", "resource_uri")
        and isinstance(value, str | int)
        and value not in ("", None)
        and not (name in schema.fields and schema.fields[name].secret)
    ]
    tail = f" · {' · '.join(more[:4])}" if more else ""
    return text(Code(str(one.get("id", "?"))), " ", Strong(schema.label(one)), tail)


def given(schema: Schema, values: Mapping[str, str]) -> Text:
    """What a new object is given, secrets hidden."""
    words = [f"{name} {'…' if schema.fields[name].secret else word[:LONGEST_VALUE]}" for name, word in values.items()]
    return (", ".join(words) or "with its defaults",)


def named(resource: Resource, schema: Schema, found: Sequence[Json]) -> Text:
    """The objects by name and id."""
    names = ", ".join(f"{schema.label(one)} ({id_of(one)})" for one in found)
    return (f"{resource.name} ", Strong(names))


def changes(schema: Schema, found: Sequence[Json], body: Mapping[str, Any], files: Iterable[str]) -> Text:
    """What was and what will be, secrets hidden."""
    said = []
    for name, value in body.items():
        new = shown_value(schema, name, value)
        old = {shown_value(schema, name, one.get(name)) for one in found}
        before = old.pop() if len(old) == 1 else "(various)"
        said.append(f"{name} {before[:LONGEST_VALUE]} → {new[:LONGEST_VALUE]}")
    said += [f"{name} → a new file" for name in files]
    return ("; ".join(said),)


def binds(schema: Schema, found: Sequence[Json]) -> str:
    """What must still be so when the change is carried out: the very objects, under the names they had."""
    return "\n".join(f"{id_of(one)} {schema.label(one)} {one.get('creation_time', '')}" for one in found)


def same(schema: Schema, name: str, now: object, sent: object) -> bool:
    """Whether the node shows what was sent, as far as it can be told."""
    field = schema.fields[name]
    if field.secret:
        return True  # some nodes never say
    if field.kind in (FieldKind.OBJECT, FieldKind.OBJECTS):
        return set(form_value(field, now).split(",")) == set(form_value(field, sent).split(","))
    if field.kind in (FieldKind.MOMENT, FieldKind.TIME, FieldKind.LINES):
        return True  # written in another way
    return now == sent or typed(now).strip() == typed(sent).strip()


def with_value(field: Field, value: object) -> Field:
    """The field as a form shows it: with what it holds."""
    return replace(field, required=False, value="" if field.secret else form_value(field, value))
