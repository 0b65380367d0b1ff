"""The only place where an address of the management node is made: from an API, a resource's name and a strict id.

A `Collection` can be listed, created in and (configuration alone) changed by the documented bulk PATCH; a `Detail` is
one object. `Transport` takes a Detail for every DELETE and single PATCH, so neither can be said of a collection. An id
is digits, a UUID, or the resource's own key, matched whole: `.`, `1/..`, `?x`, `#`, `%2e%2e` and the empty id never
become an address (on a running Tastypie each of them deleted every room).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bot.errors import BackendError, BadInput


class Api(StrEnum):
    """The management node's four APIs."""

    CONFIGURATION = "configuration"
    STATUS = "status"
    HISTORY = "history"
    COMMAND = "command"


UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NUMBER = r"[1-9][0-9]{0,9}"  # no leading zero: Django would read 01 as 1
OWN_KEYS = {
    "licence": r"[0-9]{10}",  # fulfilment id
    "licence_request": r"[0-9]{1,10}",  # sequence number
    "oauth2_client": UUID,
    "system_backup": r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\.[A-Za-z0-9_-]{1,100}){0,8}",  # file name
}
RESOURCE = re.compile(r"[a-z][a-z0-9_]{0,63}")
SCOPES = ("conference", "participant", "platform")
RESERVED = frozenset({"schema", "set"})  # Tastypie's own words in the place of an id


@dataclass(frozen=True, slots=True)
class Collection:
    """All objects of one resource."""

    api: Api
    resource: str

    def __post_init__(self) -> None:
        if not RESOURCE.fullmatch(self.resource) or self.resource in RESERVED:
            raise BadInput("A resource's name is made of a–z, 0–9 and _, such as conference or system_location.")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return ("api", "admin", str(self.api), "v1", self.resource)

    @property
    def uri(self) -> str:
        """`/api/admin/configuration/v1/conference/`."""
        return f"/{'/'.join(self.segments)}/"

    def one(self, object_id: str) -> Detail:
        """The object with this id. Raises BadInput for what cannot be one."""
        return Detail(self, object_id)


@dataclass(frozen=True, slots=True)
class Detail:
    """One object. `slash`: the licence resources of seeds/002 are called without the last one."""

    collection: Collection
    id: str
    slash: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(_key(self.collection), self.id) or self.id in RESERVED:
            raise BadInput(f"That is not the id of a {self.collection.resource.replace('_', ' ')}.")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return (*self.collection.segments, self.id)

    @property
    def uri(self) -> str:
        """`/api/admin/configuration/v1/conference/1/`: how one object names another."""
        return f"/{'/'.join(self.segments)}/"

    @classmethod
    def of(cls, uri: str) -> Detail:
        """Read a resource URI, a Location (path or whole URL) or a relation. Raises BackendError for anything else."""
        found = re.fullmatch(r"/api/admin/(configuration|status|history)/v1/([a-z0-9_]+)/([^/]+)/?", _path(uri))
        try:
            if found:
                return cls(Collection(Api(found[1]), found[2]), found[3])
        except BadInput:
            found = None
        raise BackendError("The management node named an object in a way that the bot does not understand.")


@dataclass(frozen=True, slots=True)
class Export:
    """The request file of an offline licence request (seeds/002): only ever read."""

    one: Detail

    def __post_init__(self) -> None:
        if self.one.collection != Collection(Api.CONFIGURATION, "licence_request"):
            raise BadInput("Only a licence request can be exported.")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return (*self.one.segments, "export")

    @property
    def slash(self) -> bool:
        """As its licence request is called."""
        return self.one.slash


@dataclass(frozen=True, slots=True)
class Schema:
    """What a resource's objects are made of. A plain signed-in GET, which only somebody who may read it gets."""

    collection: Collection

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return (*self.collection.segments, "schema")


@dataclass(frozen=True, slots=True)
class Root:
    """The list of an API's resources; of the command API, one scope's commands."""

    api: Api
    scope: str = ""

    def __post_init__(self) -> None:
        if self.scope not in (SCOPES if self.api is Api.COMMAND else ("",)):
            raise BadInput("Commands are for a conference, a participant or the platform.")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return ("api", "admin", str(self.api), "v1", *filter(None, (self.scope,)))


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the command API: only ever POSTed."""

    scope: str
    name: str

    def __post_init__(self) -> None:
        if self.scope not in SCOPES or not RESOURCE.fullmatch(self.name) or self.name in RESERVED:
            raise BadInput("There is no such command.")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return ("api", "admin", "command", "v1", self.scope, self.name)


Readable = Collection | Detail | Schema | Root | Export


def configuration(resource: str) -> Collection:
    """A resource of the configuration API."""
    return Collection(Api.CONFIGURATION, resource)


def status(resource: str) -> Collection:
    """A resource of the status API."""
    return Collection(Api.STATUS, resource)


def _key(collection: Collection) -> str:
    if collection.api is Api.CONFIGURATION:
        return OWN_KEYS.get(collection.resource, NUMBER)
    return f"{UUID}|{NUMBER}"


def _path(uri: str) -> str:
    try:
        return urlsplit(uri).path
    except ValueError:
        return ""
