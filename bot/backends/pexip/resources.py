"""`config pexip <resource> …`: list, get, add, set, delete and schema of any of the 79 resources, by their schema."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.backends.pexip.catalogue import BY_TASK, RESOURCES, Resource
from bot.backends.pexip.conversion import filters_of, paging_of
from bot.backends.pexip.objects import Objects, detail_of, id_of, uri_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.presenting import (
    LONGEST_VALUE,
    binds,
    changes,
    described,
    given,
    named,
    same,
    summary,
    with_value,
)
from bot.backends.pexip.schema import Json, Schema, shown
from bot.backends.pexip.uploads import check_file, uploads_of
from bot.capabilities import Done, Hands, Plan, Sheet, Wish
from bot.errors import BackendError, BadInput, BotError, NotFound
from bot.files import SharedFile
from bot.forms import Field, FieldKind
from bot.model import Outcome
from bot.reply import Line, Strong, text

MOST_AT_ONCE = 20  # objects changed or deleted by one command
MOST_SHOWN = 45  # lines


class Resources:
    """The operations of the resources."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._transport = objects.transport

    async def look(self, wish: Wish) -> Sheet:
        """list, get, schema."""
        _check_task(wish)
        resource = RESOURCES[wish.subject.name]
        match wish.operation.name:
            case "schema":
                return await self._schema(resource)
            case "get":
                return await self._get(resource, wish)
            case _:
                return await self._list(resource, wish)

    async def _schema(self, resource: Resource) -> Sheet:
        schema = await self._objects.schema(resource.name)
        fields = sorted(schema.fields.values(), key=lambda one: (one.readonly, not one.required))
        lines = [Line(described(one)) for one in fields[:MOST_SHOWN]]
        if len(fields) > MOST_SHOWN:
            rest = ", ".join(one.name for one in fields[MOST_SHOWN:])
            lines.append(Line(text("also: ", rest), quiet=True))
        return Sheet(f"Fields of {resource.name}", tuple(lines))

    async def _get(self, resource: Resource, wish: Wish) -> Sheet:
        word = _one_word(wish, "1" if resource.singleton else "")
        schema = await self._objects.schema(resource.name)
        one = await self._objects.find(resource.name, word)
        lines = [Line(text(Strong(name), " ", value[:LONGEST_VALUE])) for name, value in shown(schema, one)]
        if len(lines) > MOST_SHOWN:
            rest = ", ".join(name for name, _ in list(shown(schema, one))[MOST_SHOWN:])
            lines = [*lines[:MOST_SHOWN], Line(text("also set: ", rest), quiet=True)]
        form = "set" if wish.subject.operation("set") else ""
        return Sheet(f"{resource.name} {id_of(one)}: {schema.label(one)}", tuple(lines), form=form)

    async def _list(self, resource: Resource, wish: Wish) -> Sheet:
        schema = await self._objects.schema(resource.name)
        page, limit = paging_of(wish.values)
        query = filters_of(schema, wish.values)
        if wish.words:
            query |= _search(schema, " ".join(wish.words))
        found = await self._transport.page(configuration(resource.name), query, limit=limit, offset=(page - 1) * limit)
        lines = [Line(summary(schema, one)) for one in found.objects]
        first = (page - 1) * limit + 1
        last = first + len(found.objects) - 1
        title = f"{resource.name}: {first}–{last} of {found.total}" if lines else f"{resource.name}: none"
        more = {**wish.values, "page": str(page + 1)} if last < found.total and lines else None
        return Sheet(title, tuple(lines), next_page=more)

    async def plan(self, wish: Wish) -> Plan:
        """add, set, delete."""
        _check_task(wish)
        return await self.planned(wish.subject.name, wish)

    async def planned(self, name: str, wish: Wish) -> Plan:
        """The same for a task that is done by one of these: its operation's name is one of theirs."""
        resource = RESOURCES[name]
        schema = await self._objects.schema(name)
        _check_method(schema, wish.operation.name)
        match wish.operation.name:
            case "add":
                return await self._add(resource, schema, wish)
            case "set":
                return await self._set(resource, schema, wish)
            case _:
                return await self._delete(resource, schema, wish)

    async def _add(self, resource: Resource, schema: Schema, wish: Wish) -> Plan:
        files = await self._files(resource, wish)
        body = await self._objects.payload(resource.name, wish.values, creating=True, files=frozenset(files))
        says = text("Add to ", Strong(resource.name), ": ", *given(schema, wish.values))

        async def act(hands: Hands) -> Done:
            made = await self._transport.create(
                configuration(resource.name), body, files=await uploads_of(wish, files), timeout=_patience(files)
            )
            return Done(f"Added {resource.name} {made.one.id}.", facts={"object": f"{resource.name} {made.one.id}"})

        return Plan(says, act, values=wish.values, secrets=_secrets(schema))

    async def _set(self, resource: Resource, schema: Schema, wish: Wish) -> Plan:
        if not wish.values:
            raise BadInput(f"Say what to change: config … {resource.name} set {' '.join(wish.words) or 'id'} key=value")
        found = await self._found(resource, wish)
        files = await self._files(resource, wish)
        if files and len(found) > 1:
            raise BadInput("A file goes to one object at a time.")
        body = await self._objects.payload(resource.name, wish.values, creating=False, files=frozenset(files))
        says = text("Change ", *named(resource, schema, found), ": ", *changes(schema, found, body, tuple(files)))

        async def act(hands: Hands) -> Done:
            if len(found) == 1:
                uploads = await uploads_of(wish, files)
                await self._transport.change(
                    detail_of(found[0]), body, files=uploads, what=f"that {resource.name}", timeout=_patience(files)
                )
            else:
                await self._transport.bulk(
                    configuration(resource.name), [{"resource_uri": uri_of(one), **body} for one in found]
                )
            return await self._changed(resource, schema, found, body)

        ids = tuple(id_of(one) for one in found)
        return Plan(says, act, ids, wish.values, _secrets(schema), bulk=len(found) > 1, binds=binds(schema, found))

    async def _changed(self, resource: Resource, schema: Schema, found: list[Json], body: Mapping[str, Any]) -> Done:
        """Look whether it is so now: a 2xx means that the node took it, and it ignores what it does not know."""
        names = ", ".join(f"{resource.name} {id_of(one)}" for one in found)
        differing = set()
        for one in found:
            now = await self._transport.read(detail_of(one), what=f"that {resource.name}")
            differing |= {name for name, value in body.items() if not same(schema, name, now.get(name), value)}
        if differing:
            words = f"Changed {names}, but the node shows something else for {', '.join(sorted(differing))}."
            return Done(words, Outcome.ACCEPTED, {"object": names, "changed": ", ".join(body)})
        return Done(f"Changed {names}: {', '.join(body) or 'the file'}.", Outcome.CONFIRMED, {"object": names})

    async def _delete(self, resource: Resource, schema: Schema, wish: Wish) -> Plan:
        if wish.values:
            raise BadInput("delete takes ids or names, nothing else.")
        found = await self._found(resource, wish)
        whole = len(found) == 1 or "A" not in resource.collection_methods

        async def act(hands: Hands) -> Done:
            names = ", ".join(f"{resource.name} {id_of(one)}" for one in found)
            if not whole:
                await self._transport.bulk(configuration(resource.name), [], [detail_of(one) for one in found])
                return Done(f"Deleted {names}.", facts={"object": names})
            gone = [await self._removed(resource, one) for one in found]
            outcome = Outcome.ALREADY_SO if not any(gone) else Outcome.DONE
            return Done(f"Deleted {names}.", outcome, {"object": names})

        ids = tuple(id_of(one) for one in found)
        says = text("Delete for good ", *named(resource, schema, found))
        return Plan(says, act, ids, bulk=len(found) > 1, binds=binds(schema, found))

    async def _removed(self, resource: Resource, one: Json) -> bool:
        try:
            await self._transport.remove(detail_of(one), what=f"that {resource.name}")
        except NotFound:
            return False
        return True

    async def _found(self, resource: Resource, wish: Wish) -> list[Json]:
        """The objects named, each once, each read now."""
        words = wish.words or (("1",) if resource.singleton else ())
        if not words:
            raise BadInput(f"Name the objects: config … {resource.name} {wish.operation.name} id …")
        if len(words) > MOST_AT_ONCE:
            raise BadInput(f"At most {MOST_AT_ONCE} objects by one command.")
        found = [await self._objects.find(resource.name, word) for word in words]
        return list({uri_of(one): one for one in found}.values())

    async def _files(self, resource: Resource, wish: Wish) -> Mapping[str, SharedFile]:
        fields = await self._objects.file_fields(resource.name)
        return {name: await check_file(wish, word) for name, word in wish.values.items() if name in fields}

    async def form(self, wish: Wish) -> tuple[Field, ...]:
        """The fields of an add, or of a set with what they hold."""
        _check_task(wish)
        schema = await self._objects.schema(wish.subject.name)
        fields = sorted((one for one in schema.writable if _open(schema, one)), key=lambda one: not one.required)
        if wish.operation.name != "set":
            return tuple(fields)
        one = await self._objects.find(wish.subject.name, _one_word(wish, "1" if schema.resource.singleton else ""))
        filled = [with_value(field, one.get(field.name)) for field in fields]
        return tuple(await asyncio.gather(*(self._with_names(field) for field in filled)))

    async def _with_names(self, field: Field) -> Field:
        """The objects that the field names by their own names, as far as the node tells them."""
        ids = [one for one in field.value.split(",") if one][:MOST_AT_ONCE]
        if field.kind not in (FieldKind.OBJECT, FieldKind.OBJECTS) or not field.related or not ids:
            return field
        try:
            schema = await self._objects.schema(field.related)
            names = {one: schema.label(await self._objects.find(field.related, one)) for one in ids}
        except BotError:
            return field
        return replace(field, known=names)


def _open(schema: Schema, field: Field) -> bool:
    try:
        schema.field(field.name)
    except BadInput:
        return False
    return True


def _check_task(wish: Wish) -> None:
    instead = BY_TASK.get((wish.subject.name, wish.operation.name))
    if instead:
        raise BadInput(f"That is done by a task of its own, which takes care of the rest: config … {instead}")


def _check_method(schema: Schema, operation: str) -> None:
    """Refuse at once what the node says it does not offer."""
    method, offered = {
        "add": ("post", schema.collection_methods),
        "set": ("patch", schema.object_methods),
        "delete": ("delete", schema.object_methods),
    }[operation]
    if offered and method not in offered:
        raise BackendError(f"This node does not offer to {operation} {schema.resource.name}.")


def _one_word(wish: Wish, usual: str) -> str:
    if len(wish.words) > 1:
        raise BadInput("Name one object; a name with spaces needs quotes.")
    word = wish.words[0] if wish.words else usual
    if not word:
        raise BadInput(f"Name the object: config … {wish.subject.name} {wish.operation.name} id")
    return word


def _search(schema: Schema, words: str) -> dict[str, str]:
    naming = schema.naming
    if naming is None or naming not in schema.filtering:
        raise BadInput(f"{schema.resource.name} can't be searched by text; use a filter: key=value.")
    return {f"{naming}__icontains": words}


def _secrets(schema: Schema) -> frozenset[str]:
    return frozenset(name for name, one in schema.fields.items() if one.secret)


def _patience(files: Mapping[str, SharedFile]) -> float | None:
    return 600.0 if files else None
