"""The configuration API of simulated Pexip, on the wire as a running django-tastypie was recorded to be."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from typing import Any

from aiohttp import web

from bot.play.vendors.pexip.fields import HELP, Field, Resource
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
        app.router.add_get(f"{ROOT}/{{resource}}/schema/", self._schema)
        app.router.add_get(f"{ROOT}/{{resource}}/set/{{ids}}/", self._set)
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
        name, resource, account = self._asked(request)
        if not account.reads:
            raise not_permitted()
        return answer(schema(name, resource))

    async def _set(self, request: web.Request) -> web.Response:
        name, _, account = self._asked(request)
        ids = request.match_info["ids"].split(";")
        rows = self._objects.rows[name] if account.reads else {}
        known = [one for one in ids if one.isdecimal() and int(one) in rows]
        objects = [self._objects.shown(name, int(one)) for one in known]
        return answer({"not_found": [one for one in ids if one not in known], "objects": objects})

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
        found, rows = request.match_info["id"], self._objects.rows[name]
        if not (found.isascii() and found.isdecimal() and int(found) in rows):
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
        """Every change is whole or not at all."""
        before = None if request.method == "GET" else self._objects.snapshot()
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
        objects = [self._objects.shown(name, number) for number in sorted(rows)]
        kept = filtered(objects, query, frozenset({*fields, "id"}))
        ordering = frozenset(key for key, one in fields.items() if not one.related) | {"id"}
        return answer(page(request.path, kept, query, ordering))

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
        if not account.writes:
            raise not_permitted()
        body = await sent(request, name)
        if "objects" not in body:
            raise Wrong("Invalid data sent: missing 'objects'")
        for one in body["objects"]:
            number = self._number_in(name, one.get("resource_uri"))
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
            known = frozenset({*self._objects.resources[name].fields, "id"})
            objects = [self._objects.shown(name, number) for number in list(self._objects.rows[name])]
            for one in filtered(objects, query, known):
                self._objects.delete(name, one["id"])
        return empty(204)

    def _asked(self, request: web.Request) -> tuple[str, Resource, Account]:
        name = request.match_info["resource"]
        if name not in self._objects.resources:
            raise web.HTTPNotFound(text=PAGE, content_type="text/html")
        return name, self._objects.resources[name], self._sign_ins.known(request)


def schema(name: str, resource: Resource) -> Json:
    """What the resource's objects are made of."""
    fields = {key: _described(one) for key, one in resource.fields.items()}
    fields["id"] = _described(Field("integer", "", unique=True)) | {"blank": True}
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
    default = None if one.required or one.default is None else one.default
    if one.type == "datetime" and not one.nullable:
        default = SOMETIME  # the node's own present
    said: Json = {
        "blank": default == "",
        "default": default,
        "help_text": HELP.get(one.type, HELP["string"]),
        "nullable": one.nullable,
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
    return web.json_response(content, status=status, headers={"Vary": "Accept", "Cache-Control": "no-cache"})


def empty(status: int, **headers: str) -> web.Response:
    """Nothing, which claims to be HTML."""
    plain = {} if status == 204 else {"Content-Type": "text/html; charset=utf-8"}
    return web.Response(status=status, headers={"Vary": "Accept", **plain, **headers})


def _check_method(request: web.Request, allowed: tuple[str, ...]) -> None:
    if request.method == "PUT" or request.method.lower() not in allowed:
        words = ",".join(method.upper() for method in allowed)
        raise web.HTTPMethodNotAllowed(request.method, [one.upper() for one in allowed], text=words)
