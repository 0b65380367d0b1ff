"""Calls to the management node's four APIs.

Every request goes to one `Path` (see paths.py), signed in, with the trailing slash, as JSON, and is never redirected.
`remove` and `change` take one object; a collection is only ever read, created in, or changed by the atomic bulk PATCH
of seeds/002. A token that was refused is renewed once and the call repeated: a refused call was not executed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.backends.pexip.failures import is_page, raise_for_failure
from bot.backends.pexip.paths import Api, Collection, Command, Detail, Export, Readable, Root, Schema
from bot.backends.pexip.signing import JSON_ANSWER, SignIn
from bot.clock import Clock
from bot.errors import BackendError, BadInput, NotFound
from bot.model import Risk
from bot.rest import Answer, Begin, Downloaded, Rest, Upload, unclear

Json = dict[str, Any]
PAGE = 200  # objects; a whole page of rooms stays far below the largest answer that is read
MOST_OBJECTS = 10_000  # the node's own largest page
BELIEVED = timedelta(minutes=10)  # how long it is believed that the account may read a resource

AT_ONCE = 5  # requests; more bog the management node down (Pexip's own command line keeps to it)
PER_MINUTE = 900  # requests; the node refuses the 1001st within 60 s
PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a listing, and how many there are in all."""

    objects: tuple[Json, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Created:
    """What a POST made. `stored`: a licence that is handled offline (202), to be found at its request."""

    one: Detail
    content: Json = field(repr=False)  # empty where the node answers none; a new key is shown in it only this once
    stored: bool = False


class Transport:
    """One management node. All methods raise `bot.errors`, see failures.py."""

    def __init__(self, rest: Rest, sign_in: SignIn, clock: Clock) -> None:
        self.backend = rest.backend
        self._rest = rest
        self._sign_in = sign_in
        self._clock = clock
        self._readable: dict[Collection, datetime] = {}

    # --- reading ---

    async def read(self, path: Detail | Schema | Root | Export, *, what: str = "that") -> Json:
        """One object, a schema, or the list of an API's resources. Raises NotFound, which speaks of `what`."""
        return self._object(await self._get(path, {}, what))

    async def page(
        self, collection: Collection, filters: Mapping[str, str] | None = None, *, limit: int = PAGE, offset: int = 0
    ) -> Page:
        """Some of the objects. The node ignores a filter it does not know: look at what comes back before acting.

        Where nothing comes back it is made sure that the account may look at all.
        """
        if any(not word.isprintable() for word in (filters or {}).values()):
            raise BadInput("There are characters in that which no name has.")
        query = {**(filters or {}), "limit": str(limit), "offset": str(offset)}
        content = self._object(await self._get(collection, query, "that list"))
        meta, objects = content.get("meta"), content.get("objects")
        if not isinstance(meta, dict) or not isinstance(objects, list) or not all(isinstance(o, dict) for o in objects):
            raise BackendError(f"{self.backend} answered a list without its objects.")
        total = meta.get("total_count")
        found = Page(tuple(objects), total if isinstance(total, int) else offset + len(objects))
        if not found.total:
            await self._check_readable(collection)
        return found

    async def every(
        self, collection: Collection, filters: Mapping[str, str] | None = None, *, most: int = MOST_OBJECTS
    ) -> AsyncIterator[Json]:
        """All objects, page by page, each once, at most `most`."""
        offset, seen = 0, set()
        while offset < most:
            page = await self.page(collection, filters, limit=min(PAGE, most - offset), offset=offset)
            for one in page.objects:
                # Somebody may add or remove objects between two pages.
                if (uri := str(one.get("resource_uri", id(one)))) not in seen:
                    seen.add(uri)
                    yield one
            offset += len(page.objects)
            if not page.objects or offset >= page.total:
                return

    async def exact(self, collection: Collection, field: str, value: str, **more: str) -> tuple[Json, ...]:
        """The objects whose `field` equals `value` to the letter, whatever the node made of the filter."""
        return tuple([one async for one in self.every(collection, {field: value, **more}) if one.get(field) == value])

    async def _check_readable(self, collection: Collection) -> None:
        """An account without the right to read gets an empty list; of the schema it gets a refusal."""
        now = self._clock.now()
        if self._readable.get(collection, now) > now:
            return
        with suppress(NotFound):
            self._object(await self._get(Schema(collection), {}, "that list"))
        self._readable[collection] = now + BELIEVED

    # --- changing ---

    async def create(
        self,
        collection: Collection,
        fields: Mapping[str, object],
        *,
        files: Mapping[str, Upload] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (it is the request's)
    ) -> Created:
        """Make one object. Sent at most once; after UnknownOutcome look for it by what is unique in it."""
        answer = await self._send(
            "POST", collection, Risk.ONCE, body=fields, files=files, what="that resource", timeout=timeout
        )
        content = self._content(answer)
        location = answer.headers.get("Location") or str(content.get("resource_uri", ""))
        if answer.status not in {200, 201, 202} or not location:
            raise unclear(self.backend)
        try:
            return Created(Detail.of(location), content, stored=answer.status == 202)
        except BackendError:
            raise unclear(self.backend) from None

    async def change(
        self,
        one: Detail,
        fields: Mapping[str, object],
        *,
        files: Mapping[str, Upload] | None = None,
        what: str = "that",
        timeout: float | None = None,  # noqa: ASYNC109 (it is the request's)
    ) -> None:
        """Set these fields of one object and no others. With files it is sent as multipart/form-data."""
        await self._send("PATCH", one, Risk.REPEATABLE, body=fields, files=files, what=what, timeout=timeout)

    async def remove(self, one: Detail, *, what: str = "that", offline: bool = False) -> Answer:
        """Delete one object. Raises NotFound when it is gone. `offline` is the one query a DELETE may have (licences).

        A query on anything else would be a filter, and a filter the node does not know is ignored.
        """
        query = {"offline_mode": "True"} if offline and one.collection.resource == "licence" else {}
        return await self._send("DELETE", one, Risk.REPEATABLE, query=query, what=what)

    async def submit(self, one: Detail, files: Mapping[str, Upload], *, what: str) -> None:
        """POST files to an object that is there (the response to a licence request). Sent at most once."""
        await self._send("POST", one, Risk.ONCE, files=files, what=what)

    async def download(
        self, collection: Collection, fields: Mapping[str, object], *, begin: Begin, most: int
    ) -> Downloaded:
        """Make one object whose answer is a file (a node's image). Sent at most once; the file is handed on in pieces.

        Raises BrokenOff when it came in part, BackendError when the node answered something else.
        """
        header = await self._sign_in.header()
        answer = await self._rest.download(
            "POST",
            *collection.segments,
            operation=_operation("POST", collection),
            begin=begin,
            most=most,
            json=fields,
            headers={"Authorization": header},
            slash=True,
        )
        if isinstance(answer, Downloaded):
            return answer
        if answer.status == 401:
            self._sign_in.refused(header)
        raise_for_failure(answer, risk=Risk.ONCE, what="that resource", sent=fields)
        raise unclear(self.backend)

    async def bulk(
        self, collection: Collection, objects: Sequence[Mapping[str, object]], deleted: Sequence[Detail] = ()
    ) -> None:
        """Create (no resource_uri), change and delete in one request: all of it or nothing.

        A resource_uri that is stale creates a new object: re-read before. Raises NotFound when one to delete is gone.
        """
        if any(one.collection != collection for one in deleted):
            raise BackendError("Only objects of one resource can be deleted in one request.")
        body: Json = {"objects": [dict(one) for one in objects]}
        if deleted:
            body["deleted_objects"] = [one.uri for one in deleted]
        await self._send("PATCH", collection, Risk.ONCE, body=body, bulk=True, what="one of those")

    async def command(self, command: Command, fields: Mapping[str, object], *, risk: Risk) -> Json:
        """Give a command to a live meeting; the `data` of its answer, empty where it has none."""
        answer = await self._send("POST", command, risk, body=fields, what="that meeting or participant")
        content = self._content(answer)
        if content.get("status", "success") != "success":
            raise BackendError(f"{self.backend} did not carry out the command.")
        data = content.get("data")
        return data if isinstance(data, dict) else {}

    # --- the wire ---

    async def _get(self, path: Readable, query: Mapping[str, str], what: str) -> Answer:
        return await self._send("GET", path, Risk.READ, query=query, what=what)

    async def _send(
        self,
        method: str,
        path: Readable | Command,
        risk: Risk,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        files: Mapping[str, Upload] | None = None,
        what: str,
        bulk: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 (it is the request's)
    ) -> Answer:
        """One request, again once with a fresh token where the first was refused. Raises what the answer means."""
        _check_reach(method, path, bulk=bulk)
        content: Json = {"json": body} if body is not None and not files else {}
        if files:
            content = {"form": {key: str(value) for key, value in (body or {}).items()}, "files": files}
        for again in (True, False):
            header = await self._sign_in.header()
            answer = await self._rest.request(
                method,
                *path.segments,
                operation=_operation(method, path),
                risk=risk,
                query=query,
                headers=JSON_ANSWER | {"Authorization": header},
                slash=getattr(path, "slash", True),
                timeout=timeout,
                **content,
            )
            if answer.status != 401 or not self._sign_in.refused(header) or not again:
                break
        if method == "DELETE" and answer.status == 404 and answer.repeated:
            return answer  # the attempt that broke off has done it
        raise_for_failure(answer, risk=risk, what=what, sent=body)
        if is_page(answer) and risk is not Risk.READ:
            raise unclear(self.backend)
        return answer

    def _object(self, answer: Answer) -> Json:
        content = answer.json()
        if not isinstance(content, dict):
            raise BackendError(f"{self.backend} answered something else than was asked for.")
        return content

    def _content(self, answer: Answer) -> Json:
        """The JSON object that came along, if any."""
        if not answer.body.lstrip().startswith(b"{"):
            return {}
        try:
            return self._object(answer)
        except BackendError:
            raise unclear(self.backend) from None


def _check_reach(method: str, path: Readable | Command, *, bulk: bool) -> None:
    """The last look before anything leaves: what deletes or changes names one object, but for the bulk PATCH."""
    if method == "GET" and not isinstance(path, Command):
        return
    single = isinstance(path, Detail) and path.collection.api is Api.CONFIGURATION
    whole = isinstance(path, Collection) and path.api is Api.CONFIGURATION
    if method in {"DELETE", "PATCH"} and single:
        return
    if (method == "PATCH" and whole and bulk) or (method == "POST" and (whole or single or isinstance(path, Command))):
        return
    raise RuntimeError(f"no {method} is ever sent there")


def _operation(method: str, path: Readable | Command) -> str:
    """`GET conference`, `participant mute`: for metrics and `status`; holds no name and no id."""
    match path:
        case Command():
            return f"{path.scope} {path.name}"
        case Root():
            return f"{method} {path.api}"
        case Detail() | Schema():
            return f"{method} {path.collection.resource}"
        case Export():
            return f"{method} {path.one.collection.resource}"
        case Collection():
            return f"{method} {path.resource}"
