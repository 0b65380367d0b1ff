"""Objects of the configuration as people name them: by id, by name, by the path the node gives them.

A lookup that is about to be acted on ends in exactly one object whose own field says what was asked for: the node
ignores a filter it does not know and then answers everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.backends.pexip.catalogue import BY_TASK, RESOURCES
from bot.backends.pexip.conversion import Reference, value_of, values_of
from bot.backends.pexip.paths import OWN_KEYS, Detail, configuration
from bot.backends.pexip.paths import Schema as SchemaPath
from bot.backends.pexip.schema import Json, Schema, read_schema
from bot.backends.pexip.transport import Transport
from bot.clock import Clock
from bot.errors import BadInput, NotFound
from bot.forms import FieldKind

KEPT = timedelta(minutes=10)  # how long a schema is believed; a node changes it when it is upgraded
MOST_SUGGESTED = 100
MOST_CANDIDATES = 5
ID = re.compile(r"[1-9][0-9]{0,9}|0[0-9]{9}")


class Objects:
    """One node's schemas and objects."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self.transport = transport
        self._clock = clock
        self._schemas: dict[str, tuple[datetime, Schema]] = {}

    async def schema(self, resource: str) -> Schema:
        """The resource's schema, asked at most every ten minutes."""
        kept = self._schemas.get(resource)
        if kept is not None and kept[0] > self._clock.now():
            return kept[1]
        content = await self.transport.read(SchemaPath(configuration(resource)), what=f"a resource {resource}")
        schema = read_schema(RESOURCES[resource], content)
        self._schemas[resource] = (self._clock.now() + KEPT, schema)
        return schema

    async def find(self, resource: str, word: str) -> Json:
        """Exactly one object. Raises NotFound, or BadInput when several bear the name."""
        word = word.strip()
        if word.startswith("/"):
            return await self._at(resource, word)
        if ID.fullmatch(word) or re.fullmatch(OWN_KEYS.get(resource, ""), word):
            return await self._by_id(resource, word)
        return await self._by_name(resource, word)

    async def _at(self, resource: str, uri: str) -> Json:
        one = Detail.of(uri)
        if one.collection != configuration(resource):
            raise BadInput(f"That is not the path of a {_words(resource)}.")
        return await self.transport.read(one, what=f"that {_words(resource)}")

    async def _by_id(self, resource: str, word: str) -> Json:
        try:
            one = configuration(resource).one(word)
            return await self.transport.read(one, what=f"a {_words(resource)} with the id {word}")
        except NotFound:
            named = await self._named(resource, word)
            if len(named) != 1:
                raise
            return named[0]

    async def _named(self, resource: str, word: str) -> tuple[Json, ...]:
        schema = await self.schema(resource)
        if schema.naming is None:
            return ()
        found = await self.transport.exact(configuration(resource), schema.naming, word)
        if not found and resource == "conference":
            aliases = await self.transport.exact(configuration("conference_alias"), "alias", word)
            found = tuple([await self._at("conference", str(one.get("conference"))) for one in aliases])
        return found

    async def _by_name(self, resource: str, word: str) -> Json:
        found = await self._named(resource, word)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(str(one.get("id")) for one in found[:MOST_CANDIDATES])
            raise BadInput(f"Several {_words(resource)} objects are called {word}: {ids}. Name one by its id.")
        near = [label for _, label in (await self.suggest(resource, word))[:MOST_CANDIDATES]]
        asked = f" Did you mean {', '.join(near)}?" if near else ""
        raise NotFound(f"There is no {_words(resource)} called {word}.{asked}")

    async def suggest(self, resource: str, words: str) -> tuple[tuple[str, str], ...]:
        """Objects that may be meant: (id, name). For choices alone, never to be acted on."""
        if resource not in RESOURCES or (resource, "list") in BY_TASK:
            return ()
        schema = await self.schema(resource)
        naming = schema.naming
        filterable = naming is not None and naming in schema.filtering
        filters = {f"{naming}__icontains": words} if filterable and words else {}
        page = await self.transport.page(configuration(resource), filters, limit=MOST_SUGGESTED)
        pairs = [(str(one.get("id", "")), schema.label(one)) for one in page.objects]
        return tuple(pair for pair in pairs if pair[0] and words.lower() in pair[1].lower())

    async def payload(
        self, resource: str, words: Mapping[str, str], *, creating: bool, files: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """What is sent for these words: names and types checked, other objects found. `files` come apart."""
        schema = await self.schema(resource)
        given = {name: word for name, word in words.items() if name not in files}
        if creating and files:
            values = {name: value_of(schema.field(name), word, creating=True) for name, word in given.items()}
        else:
            values = values_of(schema, given, creating=creating)
        return {name: await self._resolved(name, value) for name, value in values.items()}

    async def _resolved(self, name: str, value: object) -> object:
        if not isinstance(value, Reference):
            return value
        uris = [await self._uri(name, value.resource, word) for word in value.words]
        return list(dict.fromkeys(uris)) if value.many else uris[0]

    async def _uri(self, name: str, resource: str, word: str) -> str:
        if word.startswith("/"):
            resource = resource or Detail.of(word).collection.resource
        if resource not in RESOURCES:
            raise BadInput(f"{name}= takes the path of an object, such as /api/admin/configuration/v1/…/1/.")
        return uri_of(await self.find(resource, word))

    async def file_fields(self, resource: str) -> frozenset[str]:
        """The fields whose content is a file."""
        schema = await self.schema(resource)
        return frozenset(name for name, one in schema.fields.items() if one.kind is FieldKind.FILE)


def uri_of(one: Json) -> str:
    """The path by which other objects name this one; its own word for it, checked. Raises BackendError."""
    return detail_of(one).uri


def detail_of(one: Json) -> Detail:
    """The object's address. Raises BackendError."""
    return Detail.of(str(one.get("resource_uri", "")))


def id_of(one: Json) -> str:
    """The object's id."""
    return detail_of(one).id


def _words(resource: str) -> str:
    return resource.replace("_", " ")
