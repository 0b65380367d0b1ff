"""Simulated anynode: the roles, users and dashboard of its REST interface (seeds/003, backends/anynode.md).

Where the document is silent an attribute chooses: whether `add` replaces, what `remove` answers, how a denial looks.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.play.exchange import ExchangeFeed, recording
from bot.play.vendors.anynode.documents import another_role, dashboard, first_roles, role
from bot.play.vendors.jaas.faults import EMPTY, HTML, Fault, Faults

__all__ = ["EMPTY", "HTML", "NO_MONITOR", "Account", "Fault", "Received", "SimulatedAnynode", "role"]

NO_MONITOR = Fault(
    status=200, body="<html><body>There is no connection to the anynode monitor.</body></html>", acts=False
)
LOCAL = "localBackend"
READ, WRITE = ("READ_ACCESS", "READ_WRITE_ACCESS"), ("READ_WRITE_ACCESS",)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the exchange: with the roles of these ids."""

    name: str
    password: str = field(repr=False)
    roles: tuple[str, ...] = ("ADMINISTRATOR",)


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came, but for its credentials."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    cookie: str


class SimulatedAnynode:
    """One exchange on loopback. `faults` and `write_faults` make it misbehave."""

    def __init__(
        self,
        *,
        accounts: Sequence[Account] = (),
        backends: Sequence[str] = (LOCAL,),
        feed: ExchangeFeed | None = None,
        backend: str = "sbc",
    ) -> None:
        self.url = ""
        self.accounts = {one.name: one for one in accounts}
        self.roles: list[Json] = first_roles()
        self.dashboard: Json = dashboard()
        self.faults = Faults()
        self.write_faults = Faults()  # of what is no GET
        self.requests: list[Received] = []
        self.sessions: list[str] = []  # every JSESSIONID that was handed out
        self.duplicates: int | None = None  # the status for a role that is there already; None: it is replaced
        self.removal_answer: Callable[[Json], object] = lambda removed: [another_role()]  # as the document shows it
        self.denial = 403
        self._backends = frozenset(backends)
        self._feed = feed
        self._backend = backend

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; `url` is the base_url of the configuration."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End every connection."""
        await self._runner.cleanup()

    def role_ids(self) -> list[str]:
        """The ids of all roles, in order."""
        return [str(one["id"]) for one in self.roles]

    def sent(self, method: str) -> list[Received]:
        """The requests of that method."""
        return [one for one in self.requests if one.method == method]

    def _application(self) -> web.Application:
        shown = [recording(self._feed, self._backend)] if self._feed else []
        app = web.Application(
            middlewares=[*shown, self._remember, self.faults.middleware, self._writing_fails, self._known]
        )
        app.router.add_get("/api/roles/get", self._get)
        app.router.add_put("/api/roles/add", self._add)
        app.router.add_delete("/api/roles/remove", self._remove)
        app.router.add_get("/api/users/get", self._users)
        app.router.add_get("/api/dashboard/get", self._dashboard)
        return app

    @web.middleware
    async def _remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        cookie = request.cookies.get("JSESSIONID", "")
        self.requests.append(Received(request.method, request.path, dict(request.query), body, cookie))
        return await handler(request)

    @web.middleware
    async def _writing_fails(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "GET":
            return await handler(request)
        return await self.write_faults.middleware(request, handler)

    @web.middleware
    async def _known(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Version and back end of every request, then who asks; who does gets a session."""
        if request.query.get("version") != "0" or request.query.get("backendName", LOCAL) not in self._backends:
            raise web.HTTPBadRequest
        self._account(request)
        response = await handler(request)
        self.sessions.append(token_hex(16).upper())
        response.set_cookie("JSESSIONID", self.sessions[-1], httponly=True)
        return response

    def _account(self, request: web.Request) -> Account:
        """Whose request it is. Raises HTTPUnauthorized."""
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = password = ""
        account = self.accounts.get(name)
        if scheme != "Basic" or account is None or account.password != password:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="anynode"'})
        return account

    def _require(self, request: web.Request, area: str, levels: Sequence[str]) -> None:
        """Raise a denial unless a role of the account has the API and one of these levels."""
        account = self._account(request)
        mine = [one["permissions"] for one in self.roles if one["id"] in account.roles]
        api = any(levels_of.get("api") == "ACCESS" for levels_of in mine)
        if not (api and any(levels_of.get(area) in levels for levels_of in mine)):
            raise web.HTTPForbidden if self.denial == 403 else web.HTTPUnauthorized

    async def _get(self, request: web.Request) -> web.Response:
        self._require(request, "userManagement", READ)
        return web.json_response(self.roles)

    async def _add(self, request: web.Request) -> web.Response:
        self._require(request, "userManagement", WRITE)
        sent = await request.json()
        if not (isinstance(sent, dict) and sent.get("id") and isinstance(sent.get("permissions"), dict)):
            raise web.HTTPBadRequest
        there = next((index for index, one in enumerate(self.roles) if one["id"] == sent["id"]), None)
        if there is None:
            self.roles.append(sent)
        elif self.duplicates is None:
            self.roles[there] = sent
        else:
            return web.Response(status=self.duplicates)
        return web.json_response(sent)

    async def _remove(self, request: web.Request) -> web.Response:
        self._require(request, "userManagement", WRITE)
        named = request.query.get("role", "")
        if not named:
            raise web.HTTPBadRequest
        found = next((one for one in self.roles if named in (one["id"], one["displayName"])), None)
        if found is None:
            raise web.HTTPNotFound
        self.roles.remove(found)
        answer = self.removal_answer(found)
        return web.Response() if answer is None else web.json_response(answer)

    async def _users(self, request: web.Request) -> web.Response:
        self._require(request, "userManagement", READ)
        return web.json_response([_user(one) for one in self.accounts.values()])

    async def _dashboard(self, request: web.Request) -> web.Response:
        self._require(request, "monitoringMode", READ)
        return web.json_response(self.dashboard)


def _user(account: Account) -> Json:
    return {
        "emailAddress": "",
        "displayName": account.name,
        "localUserName": account.name,
        "roles": list(account.roles),
        "enabled": True,
        "local": {"name": account.name},
        "lastLogin": "UTC 2026-11-24 12:00:00",
    }
