"""The configuration API of simulated Pexip, on the wire as a running django-tastypie was recorded to be."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from email import message_from_bytes
from typing import Any

from aiohttp import web

from bot.play.vendors.pexip.fields import HELP, READ, Field, Resource
from bot.play.vendors.pexip.listing import filtered, page
from bot.play.vendors.pexip.objects import ROOT, Invalid, Objects, Unprocessable, Wrong, uri
from bot.play.vendors.pexip.signin import Account, SignIns, not_permitted

Json = dict[str, Any]
SOMETIME = "2026-11-22T02:41:44.220535"
SORRY = {"error_message": "Sorry, this request could not be processed. Please try again later."}
PAGE = """
<!doctype html>
<html lang="en">
<head>
  <title>Not Found</title>
</head>
<body>
  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>
</body>
</html>
"""


class Configuration:
    """Below /api/admin/configuration/v1."""

    def __init__(self, objects: Objects, sign_ins: SignIns) -> None:
        self._objects = objects
        self._sign_ins = sign_ins

    def routes(self, app: web.Application) -> None:
        """Root, schemas, sets, lists and details of every resource."""
        app.router.add_get(f"{ROOT}/", self._root)
        app.router.add_route("*", f"{ROOT}/{{resource}}/schema/", self._schema)
        app.router.add_route("*", f"{ROOT}/{{resource}}/set/{{ids}}/", self._set)
        app.router.add_route("*", f"{ROOT}/{{resource}}/", self._list)
        app.router.add_route("*", f"{ROOT}/{{resource}}/{{id}}/", self._detail)

    async def _root(self, request: web.Request) -> web.Response:
        self._sign_ins.known(request)
        listed = {
            name: {"list_endpoint": f"{ROOT}/{name}/", "schema": f"{ROOT}/{name}/schema/"}
            for name in sorted(self._objects.resources)
        }
        return answer(listed)

    async def _schema(self, request: web.Request) -> web.Response:
        _, resource, account = self._asked(request)
        _check_method(request, READ)
        if not account.reads:
            raise not_permitted()
        return answer(schema(resource))

    async def _set(self, request: web.Request) -> web.Response:
        name, _, account = self._asked(request)
        _check_method(request, READ)
        ids = request.match_info["ids"].split(";")
        rows = self._objects.rows[name] if account.reads else {}
        known = [one for one in ids if one.isdecimal() and int(one) in rows]
        objects = [self._objects.shown(name, int(one)) for one in known]
        missing = [one for one in ids if one not in known]
        return answer({"objects": objects} | ({"not_found": missing} if missing else {}))

    async def _list(self, request: web.Request) -> web.Response:
        name, resource, account = self._asked(request)
        _check_method(request, resource.list_methods)
        handlers: dict[str, Callable[..., Awaitable[web.Response]]] = {
            "GET": self._get_list,
            "POST": self._post,
            "PATCH": self._bulk,
            "DELETE": self._delete_all,
        }
        return await self._guarded(handlers[request.method], request, name, account)

    async def _detail(self, request: web.Request) -> web.Response:
        name, resource, account = self._asked(request)
        _check_method(request, resource.detail_methods)
        if request.method == "POST":
            return empty(501)
        found, rows = request.match_info["id"], self._objects.rows[name]
        if not re.fullmatch(r"-?[0-9]+", found):
            return answer(SORRY, 404)
        if int(found) not in rows:
            return empty(404)
        if not (account.reads if request.method == "GET" else account.writes):
            raise not_permitted()
        handlers: dict[str, Callable[..., Awaitable[web.Response]]] = {
            "GET": self._get,
            "PATCH": self._patch,
            "DELETE": self._delete,
        }
        return await self._guarded(handlers[request.method], request, name, int(found))

    async def _guarded(
        self,
        handler: Callable[..., Awaitable[web.Response]],
        request: web.Request,
        name: str,
        more: Any,  # noqa: ANN401
    ) -> web.Response:
        """A PATCH of several is whole or not at all; of a POST or a single PATCH the object itself stays."""
        before = self._objects.snapshot() if handler == self._bulk else None
        try:
            return await handler(request, name, more)
        except (Invalid, Wrong, Unprocessable) as error:
            if before is not None:
                self._objects.restore(before)
            if isinstance(error, Invalid):
                return answer(error.body, 400)
            return answer({"error": str(error)}, 400) if isinstance(error, Wrong) else answer(SORRY, 404)

    async def _get_list(self, request: web.Request, name: str, account: Account) -> web.Response:
        rows = self._objects.rows[name] if account.reads else {}
        query = [(key, value) for key, value in request.query.items()]
        fields = self._objects.resources[name].fields
        ordering = frozenset(key for key, one in fields.items() if not one.related)
        return answer(page(request.path, self._matching(name, sorted(rows), query), query, ordering))

    def _matching(self, name: str, numbers: Iterable[int], query: Sequence[tuple[str, str]]) -> list[Json]:
        """These objects of the resource as far as the filters let them pass."""
        resources = self._objects.resources
        fields = resources[name].fields
        related = {key: {*resources[one.related].fields, "id"} for key, one in fields.items() if one.related}
        objects = [self._objects.shown(name, number) for number in numbers]
        return filtered(objects, query, {*fields, "id"}, related=related, follow=self._objects.named)

    async def _get(self, request: web.Request, name: str, number: int) -> web.Response:
        return answer(self._objects.shown(name, number))

    async def _post(self, request: web.Request, name: str, account: Account) -> web.Response:
        if not account.writes:
            raise not_permitted()
        return empty(201, Location=uri(name, self._objects.create(name, await sent(request, name))))

    async def _patch(self, request: web.Request, name: str, number: int) -> web.Response:
        self._objects.change(name, number, await sent(request, name))
        return empty(202)

    async def _bulk(self, request: web.Request, name: str, account: Account) -> web.Response:
        body = await sent(request, name)
        if "objects" not in body:
            raise Wrong("Invalid data sent: missing 'objects'")
        if not account.writes and (body["objects"] or body.get("deleted_objects")):
            raise not_permitted()
        for one in body["objects"]:
            number = self._number_in(name, one.get("resource_uri"))
            if number is None and f"/{name}/" not in str(one.get("resource_uri", f"/{name}/")):
                raise Unprocessable
            if number is None:  # also a stale address: a new object under a new id
                self._objects.create(name, one)
            else:
                self._objects.change(name, number, one)
        for address in body.get("deleted_objects", []):
            number = self._number_in(name, address)
            if number is None:
                raise Unprocessable
            self._objects.delete(name, number)
        return empty(202)

    def _number_in(self, name: str, address: object) -> int | None:
        tail = str(address or "").removeprefix(f"{ROOT}/{name}/").rstrip("/")
        return int(tail) if tail.isascii() and tail.isdecimal() and int(tail) in self._objects.rows[name] else None

    async def _delete(self, request: web.Request, name: str, number: int) -> web.Response:
        self._objects.delete(name, number)
        return empty(204)

    async def _delete_all(self, request: web.Request, name: str, account: Account) -> web.Response:
        """The trap: 204 whatever was removed, filters count, and an unknown filter is no filter."""
        if account.writes:
            query = [(key, value) for key, value in request.query.items()]
            for one in self._matching(name, list(self._objects.rows[name]), query):
                self._objects.delete(name, one["id"])
        return empty(204)

    def _asked(self, request: web.Request) -> tuple[str, Resource, Account]:
        name = request.match_info["resource"]
        if name not in self._objects.resources:
            raise web.HTTPNotFound(text=PAGE, content_type="text/html")
        return name, self._objects.resources[name], self._sign_ins.known(request)


def schema(resource: Resource) -> Json:
    """What the resource's objects are made of."""
    fields = {key: _described(one) for key, one in resource.fields.items()}
    fields["id"] = _described(Field("integer", "", unique=True))
    fields["resource_uri"] = _described(Field("string", None, readonly=True))
    plain = [key for key, one in resource.fields.items() if not one.related]
    return {
        "allowed_detail_http_methods": list(resource.detail_methods),
        "allowed_list_http_methods": list(resource.list_methods),
        "default_format": "application/json",
        "default_limit": 20,
        "fields": dict(sorted(fields.items())),
        "filtering": {key: 2 if one.related else 1 for key, one in resource.fields.items()} | {"id": 1},
        "ordering": sorted(plain),
    }


def _described(one: Field) -> Json:
    default = None if one.required or one.many else one.default
    if one.type == "datetime" and not one.nullable:
        default = SOMETIME  # the node's own present
    said: Json = {
        "blank": default == "" or one.many,
        "default": default,
        "help_text": HELP.get("related to many" if one.many else one.type, HELP["string"]),
        "nullable": one.nullable or one.many,
        "readonly": one.readonly,
        "type": one.type,
        "unique": one.unique,
    }
    if one.choices:
        said["valid_choices"] = list(one.choices)
    if one.related:
        said["related_type"] = "to_many" if one.many else "to_one"
    return said


async def sent(request: web.Request, name: str) -> Json:
    """The body: JSON, or the parts of a form. Raises Wrong, Invalid, HTTPUnsupportedMediaType."""
    if request.content_type == "multipart/form-data":
        return await _parts(request, name)
    if request.content_type == "application/x-www-form-urlencoded":
        return {key: str(value) for key, value in (await request.post()).items()}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text=json.dumps(SORRY), content_type="application/json")
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise Wrong("Request is not valid JSON.") from None
    return body if isinstance(body, dict) else {}


async def _parts(request: web.Request, name: str) -> Json:
    """From the bytes, because whoever shows the exchange has read them already."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields: Json = {}
    for part in message_from_bytes(head + await request.read()).walk():
        key, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(key, str) or not isinstance(content, bytes):
            continue
        filename = part.get_filename()
        if key == "package" and not content.startswith(b"PK"):
            raise Invalid(name, {key: ["File is not a zip file"]})
        fields[key] = filename or content.decode()
    return fields


def answer(content: object, status: int = 200) -> web.Response:
    """JSON."""
    body = json.dumps(content).encode()
    headers = {"Content-Type": "application/json", "Vary": "Accept", "Cache-Control": "no-cache"}
    return web.Response(body=body, status=status, headers=headers)


def empty(status: int, **headers: str) -> web.Response:
    """Nothing, which claims to be HTML."""
    plain = {} if status == 204 else {"Content-Type": "text/html; charset=utf-8"}
    return web.Response(status=status, headers={"Vary": "Accept", **plain, **headers})


def _check_method(request: web.Request, allowed: tuple[str, ...]) -> None:
    words = ",".join(method.upper() for method in allowed)
    if request.method == "OPTIONS":
        raise web.HTTPOk(text=words, headers={"Allow": words})
    if request.method == "PUT" or request.method.lower() not in allowed:
        refusal = web.HTTPMethodNotAllowed(request.method, [], text=words)
        refusal.headers["Allow"] = words  # in Tastypie's order
        raise refusal
